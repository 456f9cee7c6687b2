#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/attestations.h"
#include "ledger/record/calendar.h"
#include "ledger/record/credit.h"
#include "ledger/record/journal.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/state/overlay.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// Versions of the policy that a ledger may have; governance refuses more.
inline constexpr std::size_t kMaxPolicies = 1024;

/// Everything a rule may see and do: the state, the position, the signers, the journal. A rule is a
/// pure function of it and of the act; it returns a Verdict, and on a refusal the machine throws
/// writes and lines away.
///
/// Invariant: what `Post` was given balances per owner and currency when the rule accepts; the
/// machine asserts it (I1), and the sign rules of receivables (I5).
/// Threads: one.
class Context {
 public:
  struct Position {
    std::uint64_t leaf = 0;
    std::int64_t time_ms = 0;
    Day today;
    crypto::Digest identity;             // Of the act; zero in a system leaf.
    std::span<const SignerRef> signers;  // Ascending; verified and live. Empty in a system leaf.
    // No calendar item, and no outcome, lies before these: where to look for the first. What is
    // found does not hang on them.
    CalendarItem::Key first_item{};
    Outcome::Key first_outcome{};
  };

  Context(Overlay& state, const Position& at) : state_(state), at_(at) {}

  Overlay& state() { return state_; }
  const Position& at() const { return at_; }
  Day today() const { return at_.today; }

  /// True when the act's signers are exactly these, in any order.
  bool SignedBy(std::initializer_list<SignerRef> expected) const;
  bool HasSigner(const SignerRef& signer) const;

  /// The policy with the latest effective day <= `day`; of equal days the highest version. Genesis
  /// guarantees one from the first day on.
  struct PolicyInForce {
    Policy::Key key;
    Policy policy;
  };
  PolicyInForce PolicyOn(Day day);
  Policy PolicyAt(const Policy::Key& key);

  /// Debits or credits one account; an amount of zero posts nothing, a negative one is a broken
  /// invariant. A sum beyond int64 posts nothing either and is remembered: the machine then makes
  /// an acceptance kOverflow. Balance = debits - credits of the account.
  void Debit(PartyId owner, std::uint16_t code, const Id& subject, const Currency& currency,
             Amount amount);
  void Credit(PartyId owner, std::uint16_t code, const Id& subject, const Currency& currency,
              Amount amount);
  bool overflowed() const { return overflowed_; }
  Amount Balance(PartyId owner, std::uint16_t code, const Id& subject, const Currency& currency);

  /// Records that `from` owes `to`: Dr `to`/1300/from, Cr `from`/2200/to are the caller's postings;
  /// this writes the obligation that settlement will net. Zero amounts write nothing.
  void Owe(PartyId from, PartyId to, const Currency& currency, Amount amount);

  /// Puts (or removes) an item of the calendar queue. An item for today or before is run in this
  /// day's sweep, so an item that puts itself again names tomorrow at the earliest: else the sweep
  /// never ends.
  void Schedule(Day day, Queue queue, const Id& subject, std::uint16_t number);
  void Unschedule(Day day, Queue queue, const Id& subject, std::uint16_t number);

  const std::vector<JournalLine>& journal() const { return journal_; }

 private:
  void Post(const JournalLine& line);

  Overlay& state_;
  Position at_;
  std::vector<JournalLine> journal_;
  bool overflowed_ = false;
};

/// Account codes of the chart (domain.md 2.2).
namespace account {
inline constexpr std::uint16_t kLoanPrincipal = 1100;
inline constexpr std::uint16_t kFeeReceivable = 1200;
inline constexpr std::uint16_t kInterestReceivable = 1210;
inline constexpr std::uint16_t kPenaltyReceivable = 1220;
inline constexpr std::uint16_t kCostReceivable = 1230;
inline constexpr std::uint16_t kDueFrom = 1300;
inline constexpr std::uint16_t kPlatformReceivable = 1350;
inline constexpr std::uint16_t kReceivableFinanced = 1400;
inline constexpr std::uint16_t kDepositControl = 1600;
inline constexpr std::uint16_t kMerchantPayable = 2100;
inline constexpr std::uint16_t kDueTo = 2200;
inline constexpr std::uint16_t kBorrowerOverpayment = 2300;
inline constexpr std::uint16_t kExternalControl = 3900;
inline constexpr std::uint16_t kFeeIncome = 4100;
inline constexpr std::uint16_t kInterestIncome = 4110;
inline constexpr std::uint16_t kPenaltyIncome = 4120;
inline constexpr std::uint16_t kRecoveryIncome = 4300;
inline constexpr std::uint16_t kCreditLoss = 5100;
inline constexpr std::uint16_t kSubsidyExpense = 5200;
inline constexpr std::uint16_t kServicingExpense = 5300;
inline constexpr std::uint16_t kLimitGranted = 9100;
inline constexpr std::uint16_t kLimitGrantedContra = 9101;
inline constexpr std::uint16_t kGuaranteeCommitted = 9200;
inline constexpr std::uint16_t kGuaranteeCommittedContra = 9201;
inline constexpr std::uint16_t kRecourseClaim = 9300;
inline constexpr std::uint16_t kRecourseObligation = 9301;
inline constexpr std::uint16_t kWrittenOffClaim = 9400;
inline constexpr std::uint16_t kWrittenOffClaimContra = 9401;
}  // namespace account

}  // namespace aval::ledger::rules
