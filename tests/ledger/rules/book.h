#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/record/attestations.h"
#include "ledger/record/calendar.h"
#include "ledger/record/credit.h"
#include "ledger/record/parties.h"
#include "ledger/rules/context.h"
#include "ledger/rules/rules.h"
#include "ledger/state/overlay.h"
#include "ledger/state/store.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// The id that tests call `number`, of the kind `tag`; never an institution's.
constexpr Id TestId(char tag, std::uint8_t number) {
  Id id;
  id.bytes[0] = static_cast<std::uint8_t>(tag);
  id.bytes[15] = number;
  return id;
}

constexpr PartyId TestInstitution(std::uint8_t number) {
  PartyId party;
  party.id.bytes[15] = number;
  return party;
}

/// The founders of a SmallBook. All are ACTIVE. The platform lends, and attests what it sees; the
/// banks lend and keep accounts; the attesters attest.
inline constexpr PartyId kPlatform = TestInstitution(1);
inline constexpr PartyId kBankA = TestInstitution(2);
inline constexpr PartyId kBankB = TestInstitution(3);
inline constexpr PartyId kAttester = TestInstitution(4);
inline constexpr PartyId kOtherAttester = TestInstitution(5);
inline constexpr PartyId kSupervisor = TestInstitution(6);

/// 2017-01-01.
inline constexpr Day kFirstDay{.number = 17'167};
/// Money in the book's one currency, BRL; amounts are centavos.
Currency TestCurrency();

/// A signer by the name of its department.
SignerRef By(PartyId party, Department department = Department::kNone);

/// A grant that a test wants to find: the platform's 30 % and bank A's 70 %, ACTIVE, for a year.
struct GrantTerms {
  PartyId borrower;
  Amount limit{.minor = 1'000'000};
  std::vector<GrantLender> lenders{};  // None: as above.
  GrantState state = GrantState::kActive;
  Day expiry{.number = kFirstDay.number + 365};
};

/// A book over a map to try rules on, with what a genesis would write: six institutions with a key
/// for each department, one policy and four products. Acts run as the machine runs them: on an
/// overlay of their own that a refusal throws away.
///
/// Checked here for every act: what it posted balances (I1), and the trial balance is zero for each
/// owner and currency.
class SmallBook {
 public:
  SmallBook();

  /// Applies one act, signed by exactly these, at the next leaf.
  template <class Body>
  Verdict Apply(const Body& body, std::vector<SignerRef> signers) {
    return Run(std::move(signers), [&](Context& context) { return rules::Apply(context, body); });
  }
  /// The same of a whole act, by the rule of its body.
  Verdict Apply(const act::v1::Act& act, std::vector<SignerRef> signers) {
    return Run(std::move(signers), [&](Context& context) { return Dispatch(context, act); });
  }
  /// The same for anything that takes a Context, without signers.
  void With(const std::function<void(Context&)>& work);

  using ItemRule = Verdict (*)(Context&, const CalendarItem::Key&);
  /// Works off what is due today of one queue, in key order, each item removed before its rule
  /// runs. The verdicts in that order. Takes no leaf of its own, so that a book that sweeps later
  /// numbers its acts alike.
  std::vector<Verdict> Sweep(Queue queue, ItemRule rule);

  Day today() const { return today_; }
  /// Begins another day; works nothing off.
  void SetDay(Day day);
  /// Changes the one policy, as if genesis had said so.
  void ChangePolicy(const std::function<void(Policy&)>& change);
  void SetInstitutionState(PartyId institution, InstitutionState state);

  /// Records of parties as their acts would leave them. A borrower is KYC_VALID for two years and
  /// has an IDENTITY attestation; number 1 and up.
  PartyId AddBorrower(std::uint8_t number, ParticipantKind kind = ParticipantKind::kPerson);
  PartyId AddSupplier(std::uint8_t number);
  /// Issued today by kAttester.
  Id AddAttestation(Id id, PartyId subject, AttestationKind kind, std::vector<AttestedValue> values,
                    Day expiry);
  /// With the memo posting of its limit when it is ACTIVE, and a CAPACITY attestation of its own.
  Id AddGrant(std::uint8_t number, const GrantTerms& terms);

  /// The key by which a party signs in this book: a function of the two.
  static crypto::SecretKey KeyOf(PartyId party, Department department);
  void AddKey(PartyId party, Department department, const crypto::PublicKey& key);

  template <Record R>
  std::optional<R> Find(const typename R::Key& key) const {
    return state_.Get<R>(key);
  }
  /// What must be there.
  template <Record R>
  R Get(const typename R::Key& key) const {
    return state_.Get<R>(key).value();
  }
  template <Record R>
  void Put(const typename R::Key& key, const R& record) {
    state_.Put<R>(key, record);
  }
  /// Debits less credits.
  Amount Balance(PartyId owner, std::uint16_t code, const Id& subject) const;

  /// Of all its records (StateHash).
  crypto::Digest Hash() const;

  Overlay& state() { return state_; }
  const Overlay& state() const { return state_; }
  /// Of the last accepted act or sweep.
  const std::vector<JournalLine>& journal() const { return journal_; }
  /// Of the last act: its identity and its leaf.
  const crypto::Digest& identity() const { return identity_; }
  std::uint64_t leaf() const { return leaf_; }

 private:
  Verdict Run(std::vector<SignerRef> signers, const std::function<Verdict(Context&)>& rule);
  Context::Position PositionNow() const;
  Context::Position NextPosition(std::span<const SignerRef> signers);
  /// One rule on an overlay of its own; takes over what an acceptance wrote and posted.
  Verdict Attempt(const Context::Position& at, const std::function<Verdict(Context&)>& rule);
  void Found(PartyId institution, const Institution& record);
  void FoundPolicyAndProducts();

  MemoryStore store_;
  Overlay state_{&store_};
  Day today_ = kFirstDay;
  std::uint64_t leaf_ = 1;
  crypto::Digest identity_;
  std::vector<JournalLine> journal_;
};

}  // namespace aval::ledger::rules
