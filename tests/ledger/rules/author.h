#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <vector>

#include "ledger/record/loans.h"
#include "ledger/rules/rules.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {

constexpr std::uint8_t kBorrowers = 2;
constexpr std::uint8_t kMaxPurchases = 12;
constexpr std::uint8_t kImpostors = 12;

/// Terms of the policy that change how debts behave.
struct Terms {
  std::uint32_t lead = 0;
  std::uint32_t grace = 0;
  std::uint32_t switch_dpd = 0;
  bool all_unpaid = false;
  std::int64_t penalty_min = 0;
  std::uint32_t agreements = 0;
  std::uint32_t guarantee_months = 0;
  std::uint32_t recourse_days = 0;
  EarlyPolicy early;
};

enum class Wish : std::uint8_t {
  kBuy,  // Authorises, and captures all.
  kAuthorise,
  kCapture,
  kVoid,
  kDeliver,
  kRepay,
  kAgree,   // The other borrower becomes a co-payer, at once.
  kInvite,  // The same, step by step.
  kAccept,
  kReview,  // The attester's or the lender's; it may decline.
  kJoin,
  kPrepay,  // Invites, accepts, pays the whole loan, and waits for what the next day has to do.
  kDebit,   // Creates and submits.
  kAnswer,  // Confirms or rejects.
  kReturn,
  kGive,      // A mandate; or it is revoked.
  kOwnDebit,  // Creates under a mandate, and mostly submits.
  kTerminate,
  kDemand,
  kSuspend,   // Or resumes.
  kRecourse,  // Pays back or forgives.
  kQuote,     // What ends a loan; mostly it is paid at once.
  kGiveUp,    // One lender, or both.
  kRecover,
  kPropose,      // A restructuring.
  kConsent,      // Or a decline.
  kRestructure,  // Proposed, and consented to by borrower and lenders.
  kRelease,
  kAssign,
  kRefund,
  kPayBack,
  kDispute,
  kResolve,
  kHold,  // A grant or a borrower; or it is lifted.
  kPassDays,
};

/// What somebody wants; the numbers choose among what there is and how much. `impostor` chooses who
/// signs in another's place, below kImpostors; nobody from there on.
struct Step {
  Wish wish = Wish::kBuy;
  std::uint8_t which = 0;
  std::uint8_t how = 0;
  std::uint16_t amount = 0;
  std::uint8_t impostor = kImpostors;
};

void showValue(const Terms& terms, std::ostream& os);
void showValue(const Step& step, std::ostream& os);

/// An act that is the same in every run, or days that pass.
struct Deed {
  std::function<Verdict(Market&)> act;
  int days = 0;  // When there is no act.
};

/// Puts the terms in force, and gives every borrower room for two purchases or so.
void Agree(Market& market, const Terms& terms);

/// Turns wishes into deeds, by what a market that works everything off at once looks like.
class Author {
 public:
  explicit Author(const Terms& terms);

  void Write(const Step& step);

  Market& market() { return market_; }
  const std::vector<Deed>& deeds() const { return deeds_; }
  const std::vector<Verdict>& verdicts() const { return verdicts_; }

 private:
  Verdict Act(std::function<Verdict(Market&)> act);
  void Pass(int days);
  static std::int64_t OrderedAmount(const Step& step);
  Verdict Authorise(const Step& step);
  void Capture(std::uint8_t number, std::int64_t amount);
  std::int64_t RepayAmount(const Step& step, std::uint8_t number);
  void Repay(std::uint8_t loan, std::int64_t amount);
  int DaysToNext();
  int DaysToPass(const Step& step);
  std::optional<act::v1::CopayInvite> Invitation(const Step& step, std::uint8_t purchase,
                                                 std::uint32_t skipped);
  void AgreeOn(const Step& step, std::uint8_t purchase);
  void Invite(const Step& step, std::uint8_t purchase);
  void Accept(const Step& step, std::uint8_t number);
  void Prepay(const Step& step, std::uint8_t purchase);
  void Review(const Step& step);
  void Join(const Step& step);
  void Debit(const Step& step);
  std::optional<std::uint8_t> AnyAgreement(const Step& step);
  void Return(const Step& step);
  void Give(const Step& step);
  void OwnDebit(const Step& step, std::uint8_t purchase);
  void Terminate(const Step& step);
  void Demand(const Step& step);
  void Suspend(const Step& step);
  void Recourse(const Step& step);
  void Answer(const Step& step);
  bool IsLoan(std::uint8_t number);
  void RepayEarly(const Step& step, std::uint8_t loan);
  void GiveUp(const Step& step, std::uint8_t loan);
  void Recover(const Step& step, std::uint8_t loan);
  void Propose(const Step& step, std::uint8_t loan);
  void ConsentAs(std::size_t which, std::uint8_t number, bool decline = false);
  static std::uint8_t Next(const Step& step, std::uint8_t count,
                           const std::function<bool(std::uint8_t)>& fit);
  bool IsPurchase(std::uint8_t number, const std::function<bool(const Purchase&)>& fit);
  void Deliver(const Step& step, std::uint8_t purchase);
  void Release(const Step& step);
  void Assign(const Step& step);
  std::int64_t ReturnedAmount(const Step& step, std::uint8_t number);
  void Refund(const Step& step, std::uint8_t purchase);
  void PayBack(const Step& step);
  void Dispute(const Step& step, std::uint8_t purchase);
  void Resolve(const Step& step);
  void Hold(const Step& step);

  Market market_;
  std::optional<SignerRef> impostor_;
  std::uint8_t quotes_ = 0;
  std::uint8_t recoveries_ = 0;
  std::uint8_t restructurings_ = 0;
  std::uint8_t agreements_ = 0;
  std::uint8_t debits_ = 0;
  std::uint8_t mandates_ = 0;
  std::uint8_t payments_ = 0;
  std::uint8_t refunds_ = 0;
  std::uint8_t pay_backs_ = 0;
  std::uint8_t disputes_ = 0;
  std::uint8_t purchases_ = 0;
  std::uint8_t repayments_ = 0;
  std::vector<Deed> deeds_;
  std::vector<Verdict> verdicts_;
};

}  // namespace aval::ledger::rules
