#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ledger/proto/acts.pb.h"
#include "ledger/record/policy.h"
#include "ledger/types.h"
#include "ledger/verdict.h"
#include "tests/ledger/rules/book.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/recovery_desk.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {

/// The tables behind codes_test.cc: for each act of acts.proto what makes the book accept it, and,
/// in the order in which its rule looks, every reason to refuse it.

/// A market with three borrowers and every desk, and one act that is about to be sent.
struct Attempt {
  Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  Market market{3};
  CopayDesk copay{market};
  SupplyDesk supply{market};
  RecoveryDesk recovery{market};
  act::v1::Act act;
  std::vector<SignerRef> signers;

  SmallBook& book() { return market.book(); }
  Day today() { return market.book().today(); }
  /// The act is this body, by these.
  void Say(const google::protobuf::Message& body, std::vector<SignerRef> by);
  /// As a machine decides: what has not the shape of an act is dropped before any rule (kFormat).
  Verdict Send();
};

/// Expects that what a case needs is accepted.
void Must(Verdict verdict);

using Spoil = std::function<void(Attempt&)>;

/// One reason why an act is refused.
struct Reason {
  std::string name;
  Spoil spoil;
  Verdict code = Verdict::kAccepted;
  /// Spoils before the reason in front of it does, because it needs what that one takes away.
  bool first = false;
  /// Cannot stand beside its neighbours: they want different things of the same field.
  bool apart = false;
};

/// The codes for a bad field, by its path within the body. One code is for all values that a field
/// of its kind is tried with (codes_test.cc), several are for these one by one. kAccepted means
/// that the author chooses: nothing to compare it with.
using FieldCodes = std::map<std::string, std::vector<Verdict>>;

struct ActCase {
  std::string name;
  /// Ends in Say; what it says is accepted.
  Spoil prepare;
  /// In the order of the rule.
  std::vector<Reason> reasons;
  /// Fields that name what the act makes: any new id is right.
  std::vector<std::string> makes{};
  FieldCodes fields{};
  /// Somebody else of the same kind may sign it as well.
  bool open = false;
};

std::vector<ActCase> PartyCases();
std::vector<ActCase> GrantCases();
std::vector<ActCase> PurchaseCases();
std::vector<ActCase> DebtCases();
std::vector<ActCase> DebitCases();
std::vector<ActCase> CopayCases();

/// What reasons do, over and over.
std::string Nowhere();  // An id that nothing has.
std::string Text32(char c);
Spoil SignedBy(std::vector<SignerRef> signers);
/// A supervisor holds it, by an act.
Spoil WithHold(act::v1::Held what, Id subject);
Spoil PartyHeld(PartyId party);
/// Its identity attestations have run out.
Spoil Unidentified(PartyId participant);
Spoil WithPolicy(std::function<void(Policy&)> change);
Spoil WithCopayPolicy(std::function<void(CopayPolicy&)> change);
/// Changes a record, as if an act had.
template <Record R>
Spoil Changed(typename R::Key key, std::function<void(R&)> change) {
  return [key, change](Attempt& a) {
    R record = a.book().Get<R>(key);
    change(record);
    a.book().Put<R>(key, record);
  };
}
/// The first loan is paid off.
Spoil LoanClosed();
/// The account is so full that nothing more can be credited to it.
Spoil AccountFull(PartyId owner, std::uint16_t code, Id subject);

inline constexpr SignerRef kPlatformOps{.party = kPlatform, .department = Department::kOps};
inline constexpr SignerRef kBankOps{.party = kBankB, .department = Department::kOps};
inline constexpr SignerRef kSupervisorLegal{.party = kSupervisor, .department = Department::kLegal};
inline constexpr SignerRef kSupplierOps{.party = {TestId('S', 1)}, .department = Department::kOps};
/// Of the market's borrowers: who buys, who stands for it, and who has nothing to do with it.
inline constexpr PartyId kBorrower{TestId('B', 1)};
inline constexpr PartyId kCoPayer{TestId('B', 2)};
inline constexpr PartyId kStranger{TestId('B', 3)};

}  // namespace aval::ledger::rules
