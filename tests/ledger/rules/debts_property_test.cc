#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <tuple>
#include <utility>
#include <vector>

#include "ledger/arithmetic/early.h"
#include "ledger/record/notices.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/calendar.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/invariants.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/recovery_desk.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

constexpr std::uint8_t kBorrowers = 2;
constexpr std::uint8_t kMaxPurchases = 12;
constexpr std::uint8_t kMaxAgreements = 100;
constexpr std::uint8_t kMaxDebits = 200;
constexpr std::uint8_t kMaxMandates = 100;
constexpr std::uint8_t kMaxQuotes = 200;
constexpr std::uint8_t kMaxReturns = 200;  // Refunds, payments and disputes, of each.

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
  kPassDays,
};

/// What somebody wants; the numbers choose among what there is and how much.
struct Step {
  Wish wish = Wish::kBuy;
  std::uint8_t which = 0;
  std::uint8_t how = 0;
  std::uint16_t amount = 0;
};

void showValue(const Terms& terms, std::ostream& os) {
  os << "lead " << terms.lead << ", grace " << terms.grace << ", switch " << terms.switch_dpd
     << (terms.all_unpaid ? ", all unpaid" : "") << ", least penalty " << terms.penalty_min
     << ", agreements " << terms.agreements << ", guarantee months " << terms.guarantee_months
     << ", recourse days " << terms.recourse_days << ", early "
     << int{static_cast<std::uint8_t>(terms.early.charges)} << " + " << terms.early.prepay_ppm;
}

void showValue(const Step& step, std::ostream& os) {
  os << "{Wish(" << int{static_cast<std::uint8_t>(step.wish)} << "), " << int{step.which} << ", "
     << int{step.how} << ", " << step.amount << "}";
}

/// An act that is the same in every run, or days that pass.
struct Deed {
  std::function<Verdict(Market&)> act;
  int days = 0;  // When there is no act.
};

void Agree(Market& market, const Terms& terms) {
  SupplyDesk::Agree(market);
  market.book().ChangePolicy([&](Policy& policy) {
    policy.bill_lead_days = terms.lead;
    policy.grace_days = terms.grace;
    policy.switch_dpd = terms.switch_dpd;
    policy.default_dpd = 25;
    policy.penalty_on_all_unpaid = terms.all_unpaid;
    policy.penalty_min_per_day = {terms.penalty_min};
    policy.copay.window_days = 40;
    policy.copay.agreements = terms.agreements;
    policy.copay.min = {1};
    policy.copay.guarantee_months = terms.guarantee_months;
    policy.copay.recourse_days = terms.recourse_days;
    policy.copay.return_days = 15;
    policy.copay.notice_days = 2;
    policy.early = terms.early;
    policy.recovery = {
        .write_off_dpd = 20, .restructurings = 2, .restructure_days = 120, .dispute_days = 0};
  });
  for (std::uint8_t number = 1; number <= kBorrowers; ++number) {
    Grant grant = market.GrantNow(number);
    grant.limit = {300'000};  // Two purchases or so.
    market.book().Put<Grant>({market.grant(number)}, grant);
  }
}

/// Of what is billed, and of the whole loan.
struct OwedAmounts {
  std::int64_t billed = 0;
  std::int64_t all = 0;
};

OwedAmounts Owed(const Market& market, std::uint8_t loan) {
  OwedAmounts owed;
  for (std::uint16_t k = 1; k <= market.LoanNow(loan).instalments; ++k) {
    const Instalment instalment = market.InstalmentNow(loan, k);
    owed.all += UnpaidInAll(instalment).minor;
    if (IsPayable(instalment)) owed.billed += UnpaidInAll(instalment).minor;
  }
  return owed;
}

/// What would end the loan now, as EarlyRepay asks for it.
std::int64_t EndingTotal(Market& market, std::uint8_t loan) {
  Overlay thrown_away(&market.book().state());
  Context context(
      thrown_away,
      {.leaf = 0, .time_ms = 0, .today = market.book().today(), .identity = {}, .signers = {}});
  auto debt = Debt::Load(context, Market::PurchaseId(loan));
  if (!debt) return 0;
  CatchUp(context, *debt);
  ChargePenalty(context, *debt);
  std::vector<arithmetic::FutureInstalment> unbilled;
  std::int64_t total = -debt->loan().held.minor;
  for (std::uint16_t k = debt->FirstUnpaid(); k <= debt->count(); ++k) {
    const Instalment& instalment = debt->At(k);
    if (IsFinished(instalment)) continue;
    total += UnpaidInAll(instalment).minor;
    if (instalment.billed != Day{}) continue;
    unbilled.push_back(
        {.principal = instalment.principal.Unpaid(), .charge = UnbilledCharge(instalment)});
    total -= UnbilledCharge(instalment).minor;
  }
  const EarlyPolicy& early = debt->policy().early;
  const auto quote =
      arithmetic::QuoteEarly(unbilled, {.charges = early.charges, .prepay_ppm = early.prepay_ppm});
  total += quote->charges.minor + quote->prepay_fee.minor;
  return std::max<std::int64_t>(total, 0);
}

/// Turns wishes into deeds, by what a market that works everything off at once looks like.
class Author {
 public:
  explicit Author(const Terms& terms) : market_(kBorrowers) { Agree(market_, terms); }

  void Write(const Step& step) {
    const auto purchase =
        static_cast<std::uint8_t>(purchases_ == 0 ? 1 : step.which % purchases_ + 1);
    switch (step.wish) {
      case Wish::kBuy:
        if (Authorise(step) == Verdict::kAccepted) Capture(purchases_, OrderedAmount(step));
        return;
      case Wish::kAuthorise:
        Authorise(step);
        return;
      case Wish::kCapture:
        Capture(purchase, 1 + step.amount % 60'000);
        return;
      case Wish::kVoid:
        Act([purchase](Market& market) { return market.Void(purchase); });
        return;
      case Wish::kDeliver:
        Deliver(step, purchase);
        return;
      case Wish::kRepay:
        Repay(purchase, RepayAmount(step, purchase));
        return;
      case Wish::kAgree:
        AgreeOn(step, purchase);
        return;
      case Wish::kInvite:
        Invite(step, purchase);
        return;
      case Wish::kAccept:
        Accept(step, static_cast<std::uint8_t>(step.which % (agreements_ + 1)));
        return;
      case Wish::kReview:
        Review(step);
        return;
      case Wish::kJoin:
        Join(step);
        return;
      case Wish::kPrepay:
        Prepay(step, purchase);
        return;
      case Wish::kDebit:
        Debit(step);
        return;
      case Wish::kAnswer:
        Answer(step);
        return;
      case Wish::kReturn:
        Return(step);
        return;
      case Wish::kGive:
        Give(step);
        return;
      case Wish::kOwnDebit:
        OwnDebit(step, purchase);
        return;
      case Wish::kTerminate:
        Terminate(step);
        return;
      case Wish::kDemand:
        Demand(step);
        return;
      case Wish::kSuspend:
        Suspend(step);
        return;
      case Wish::kRecourse:
        Recourse(step);
        return;
      case Wish::kQuote:
        RepayEarly(step, purchase);
        return;
      case Wish::kGiveUp:
        GiveUp(step, purchase);
        return;
      case Wish::kRecover:
        Recover(step, purchase);
        return;
      case Wish::kPropose:
        Propose(step, purchase);
        return;
      case Wish::kConsent:
        if (restructurings_ > 0) {
          ConsentAs(step.how / 9, static_cast<std::uint8_t>(step.which % restructurings_ + 1),
                    step.how % 9 == 0);
        }
        return;
      case Wish::kRestructure:
        Propose(step, purchase);
        for (std::size_t party = 0; party < 4; ++party) {
          if (party < 3 || step.how % 2 == 0) ConsentAs((party + step.how) % 4, restructurings_);
        }
        return;
      case Wish::kRelease:
        Release(step);
        return;
      case Wish::kAssign:
        Assign(step);
        return;
      case Wish::kRefund:
        Refund(step, purchase);
        return;
      case Wish::kPayBack:
        PayBack(step);
        return;
      case Wish::kDispute:
        Dispute(step, purchase);
        return;
      case Wish::kResolve:
        Resolve(step);
        return;
      case Wish::kPassDays:
        Pass(DaysToPass(step));
        return;
    }
  }

  Market& market() { return market_; }
  const std::vector<Deed>& deeds() const { return deeds_; }
  const std::vector<Verdict>& verdicts() const { return verdicts_; }

 private:
  Verdict Act(std::function<Verdict(Market&)> act) {
    verdicts_.push_back(act(market_));
    market_.PassDays(0);
    deeds_.push_back({.act = std::move(act), .days = 0});
    return verdicts_.back();
  }

  void Pass(int days) {
    deeds_.push_back({.act = {}, .days = days});
    market_.PassDays(days);
    verdicts_.push_back(Verdict::kAccepted);
  }

  static std::int64_t OrderedAmount(const Step& step) {
    return 300 + std::int64_t{step.amount} * 3;
  }

  Verdict Authorise(const Step& step) {
    if (purchases_ == kMaxPurchases) return Verdict::kDuplicate;
    auto order = market_.Order(++purchases_);
    order.set_grant(ToWire(market_.grant(static_cast<std::uint8_t>(step.which % kBorrowers + 1))));
    order.set_product(step.how % 5U + 1);
    order.set_instalments(order.product() == 5 ? 1 : step.how / 5U % 5 + 1);
    order.mutable_amount()->set_minor(OrderedAmount(step));
    const Day today = market_.book().today();
    order.set_first_due_day(ToWire(today.Plus(1 + step.amount % 45)));
    order.set_expiry_day(ToWire(today.Plus(step.which % 6)));
    if (step.which % 4 == 3) {
      order.set_scenario(2);
      for (int k = 0; k <= step.how % 3; ++k) {
        order.add_release_days(ToWire(today.Plus(step.amount % 5 + k * 3)));
      }
    }
    return Act([order](Market& market) { return market.Authorise(order); });
  }

  void Capture(std::uint8_t number, std::int64_t amount) {
    Act([number, amount](Market& market) { return market.Capture(number, amount); });
  }

  std::int64_t RepayAmount(const Step& step, std::uint8_t number) {
    const bool is_loan = market_.book().Find<Loan>({Market::PurchaseId(number)}).has_value();
    const OwedAmounts owed = is_loan ? Owed(market_, number) : OwedAmounts{};
    switch (step.how % 5) {
      case 0:
        return 1 + step.amount % 1'000;
      case 1:
        return std::max<std::int64_t>(1, owed.billed);
      case 2:
        return owed.billed + step.amount + 1;
      case 3:
        return std::max<std::int64_t>(1, owed.all);
      default:
        return 1 + owed.billed * (step.amount % 100) / 100;
    }
  }

  void Repay(std::uint8_t loan, std::int64_t amount) {
    Act([repayment = ++repayments_, loan, amount](Market& market) {
      return market.Repay(repayment, loan, amount);
    });
  }

  // To the next day that has something to do, so that deeds come before its sweep.
  int DaysToNext() {
    const int next = FirstItemDay(market_.book().state()).number - market_.book().today().number;
    return std::clamp(next, 1, 31);
  }
  int DaysToPass(const Step& step) { return step.how % 2 == 0 ? 1 + step.how % 20 : DaysToNext(); }

  // For one to three instalments, from the one after `skipped` that are unpaid on.
  std::optional<act::v1::CopayInvite> Invitation(const Step& step, std::uint8_t purchase,
                                                 std::uint32_t skipped) {
    const auto loan = market_.book().Find<Loan>({Market::PurchaseId(purchase)});
    if (!loan || agreements_ == kMaxAgreements) return std::nullopt;
    act::v1::CopayInvite act = CopayDesk(market_).Invitation(++agreements_);
    act.set_loan(ToWire(Market::PurchaseId(purchase)));
    act.set_invitee(ToWire(market_.borrower(loan->borrower == market_.borrower(1) ? 2 : 1)));
    act.clear_instalments();
    for (std::uint32_t k = 0; k <= step.how % 3U; ++k) {
      act.add_instalments(loan->first_unpaid + skipped + k);
    }
    act.set_share_ppm(100'000 * (1 + step.which % 6U));
    act.mutable_cap()->set_minor(1 + step.amount);
    act.set_joint(step.which % 2 == 1);
    act.set_mode(static_cast<act::v1::LiabilityMode>(step.amount % 4 + 1));
    return act;
  }

  void AgreeOn(const Step& step, std::uint8_t purchase) {
    const auto act = Invitation(step, purchase, 0);
    if (!act) return;
    Act([act = *act, number = agreements_](Market& market) {
      return CopayDesk(market).Agree(act, number);
    });
  }

  void Invite(const Step& step, std::uint8_t purchase) {
    const auto act = Invitation(step, purchase, step.how % 2U);
    if (act) Act([act = *act](Market& market) { return CopayDesk(market).Invite(act); });
  }

  // For up to two months.
  void Accept(const Step& step, std::uint8_t number) {
    if (!market_.book().Find<ledger::Invitation>({CopayDesk::InvitationId(number)})) return;
    Act([number, days = step.amount % 60](Market& market) {
      auto act = CopayDesk(market).Acceptance(number);
      act.set_last_day(ToWire(market.book().today().Plus(days)));
      return CopayDesk(market).Accept(act);
    });
  }

  void Prepay(const Step& step, std::uint8_t purchase) {
    Invite(step, purchase);
    Accept(step, agreements_);
    if (!market_.book().Find<Loan>({Market::PurchaseId(purchase)})) return;
    const std::int64_t owed = Owed(market_, purchase).all;
    if (owed > 0) Repay(purchase, owed);
    Pass(DaysToNext());
  }

  // A capacity for an agreement or two.
  void Review(const Step& step) {
    const auto number = static_cast<std::uint8_t>(step.which % (agreements_ + 1));
    if (!market_.book().Find<Agreement>({CopayDesk::AgreementId(number)})) return;
    Act([number, step](Market& market) {
      CopayDesk desk(market);
      auto act = step.how % 2 == 0 ? desk.Review(number) : desk.Word(number);
      act.set_decline(step.how % 7 == 6);
      if (act.decline()) act.clear_capacity();
      if (step.how % 2 == 1) return desk.LendersWord(act);
      if (!market.book().Find<Attestation>({TestId('K', number)})) {
        desk.AttestCapacity(number, desk.AgreementNow(number).co_payer, 1 + 2 * step.amount);
      }
      return desk.SecondOpinion(act);
    });
  }

  void Join(const Step& step) {
    const auto number = static_cast<std::uint8_t>(step.which % (agreements_ + 1));
    if (!market_.book().Find<Agreement>({CopayDesk::AgreementId(number)})) return;
    Act([number](Market& market) {
      CopayDesk desk(market);
      return desk.Join(desk.Joining(number));
    });
  }

  void Debit(const Step& step) {
    if (agreements_ == 0 || debits_ == kMaxDebits) return;
    const std::uint8_t number = Next(step, agreements_, [&](std::uint8_t k) {
      const auto agreement = market_.book().Find<Agreement>({CopayDesk::AgreementId(k)});
      return agreement && agreement->state == AgreementState::kActive;
    });
    const auto agreement = market_.book().Find<Agreement>({CopayDesk::AgreementId(number)});
    if (!agreement) return;
    act::v1::DebitCreate act = CopayDesk(market_).Instruction(++debits_, 1 + step.amount % 9'000);
    act.set_agreement(ToWire(CopayDesk::AgreementId(number)));
    act.set_instalment(agreement->parts[step.how % agreement->parts.size()].number);
    act.set_expiry_day(ToWire(market_.book().today().Plus(step.how % 4)));
    Act([act, number = debits_](Market& market) {
      const Verdict verdict = CopayDesk(market).Create(act);
      const bool submits = verdict == Verdict::kAccepted && act.amount().minor() % 8 > 0;
      return submits ? CopayDesk(market).Submit(number) : verdict;
    });
  }

  // The number of an agreement that there is.
  std::optional<std::uint8_t> AnyAgreement(const Step& step) {
    const auto number = static_cast<std::uint8_t>(step.which % (agreements_ + 1));
    if (!market_.book().Find<Agreement>({CopayDesk::AgreementId(number)})) return std::nullopt;
    return number;
  }

  void Return(const Step& step) {
    if (debits_ == 0) return;
    const auto number = static_cast<std::uint8_t>(step.which % debits_ + 1);
    if (!market_.book().Find<ledger::Debit>({CopayDesk::DebitId(number)})) return;
    Act([number](Market& market) { return CopayDesk(market).Return(number); });
  }

  void Give(const Step& step) {
    if (step.how % 4 == 3 || mandates_ == kMaxMandates) {
      act::v1::MandateRevoke act;
      act.set_mandate(ToWire(CopayDesk::MandateId(static_cast<std::uint8_t>(step.which % 8))));
      const SignerRef signer = By(market_.borrower(static_cast<std::uint8_t>(step.how % 2 + 1)));
      Act([act, signer](Market& market) { return market.Apply(act, {signer}); });
      return;
    }
    auto act = CopayDesk(market_).Mandate(++mandates_);
    act.mutable_most()->set_minor(1 + step.amount);
    act.set_last_day(ToWire(market_.book().today().Plus(step.amount % 90)));
    const PartyId borrower = market_.borrower(static_cast<std::uint8_t>(step.which % 2 + 1));
    Act([act, borrower](Market& market) { return CopayDesk(market).Give(act, borrower); });
  }

  void OwnDebit(const Step& step, std::uint8_t purchase) {
    const auto loan = market_.book().Find<Loan>({Market::PurchaseId(purchase)});
    if (!loan || mandates_ == 0 || debits_ == kMaxDebits) return;
    act::v1::DebitCreate act =
        CopayDesk(market_).OwnInstruction(++debits_, 1 + step.amount % 9'000);
    act.set_mandate(
        ToWire(CopayDesk::MandateId(static_cast<std::uint8_t>(step.how % mandates_ + 1))));
    act.set_loan(ToWire(Market::PurchaseId(purchase)));
    act.set_instalment(std::min(loan->first_unpaid + step.how % 2U, loan->instalments));
    act.set_expiry_day(ToWire(market_.book().today().Plus(step.how % 4)));
    Act([act, number = debits_](Market& market) {
      const Verdict verdict = CopayDesk(market).Create(act);
      const bool submits = verdict == Verdict::kAccepted && act.amount().minor() % 4 > 0;
      return submits ? CopayDesk(market).Submit(number) : verdict;
    });
  }

  void Terminate(const Step& step) {
    const auto number = AnyAgreement(step);
    if (!number) return;
    const auto ground = static_cast<act::v1::CopayTerminate::Ground>(step.how % 5 + 1);
    Act([number = *number, ground](Market& market) {
      return CopayDesk(market).Terminate(number, ground);
    });
  }

  void Demand(const Step& step) {
    const auto number = AnyAgreement(step);
    if (!number) return;
    Act([number = *number](Market& market) { return CopayDesk(market).Demand(number); });
  }

  void Suspend(const Step& step) {
    const auto number = AnyAgreement(step);
    if (!number) return;
    Act([number = *number, resumes = step.how % 2 == 1](Market& market) {
      CopayDesk desk(market);
      return resumes ? desk.Resume(number) : desk.Suspend(number);
    });
  }

  void Recourse(const Step& step) {
    const auto number = AnyAgreement(step);
    if (!number) return;
    const auto claim = market_.book().Find<RecourseClaim>({CopayDesk::AgreementId(*number)});
    if (!claim) return;
    const std::int64_t open = std::max<std::int64_t>(1, claim->Open().minor);
    const std::int64_t amount = step.how % 3 == 0 ? open : 1 + step.amount % open;
    act::v1::RecourseForgive forgive;
    forgive.set_agreement(ToWire(CopayDesk::AgreementId(*number)));
    forgive.set_amount(amount);
    auto act = CopayDesk(market_).PayingBack(++payments_, amount);
    act.set_agreement(forgive.agreement());
    const SignerRef co_payer = By(claim->co_payer);
    const SignerRef borrower = By(claim->borrower);
    switch (step.how % 4) {
      case 0:
        Act([forgive, co_payer](Market& market) { return market.Apply(forgive, {co_payer}); });
        return;
      case 1:
        Act([act](Market& market) { return CopayDesk(market).PayBackByBank(act); });
        return;
      default:
        Act([act, co_payer, borrower](Market& market) {
          return market.Apply(act, {co_payer, borrower});
        });
    }
  }

  void Answer(const Step& step) {
    if (debits_ == 0) return;
    const auto number = static_cast<std::uint8_t>(step.which % debits_ + 1);
    const auto debit = market_.book().Find<ledger::Debit>({CopayDesk::DebitId(number)});
    if (!debit) return;
    const CopayDesk desk(market_);
    const auto act =
        step.how % 3 == 0 ? desk.Rejection(number) : desk.Confirmation(number, debit->amount.minor);
    Act([act](Market& market) { return CopayDesk(market).Result(act); });
  }

  bool IsLoan(std::uint8_t number) {
    return market_.book().Find<Loan>({Market::PurchaseId(number)}).has_value();
  }

  void RepayEarly(const Step& step, std::uint8_t loan) {
    if (!IsLoan(loan) || quotes_ == kMaxQuotes) return;
    const std::int64_t total = EndingTotal(market_, loan) + (step.how % 8 == 7 ? 1 : 0);
    const act::v1::EarlyRepay quote = RecoveryDesk(market_).Quote(++quotes_, loan, total);
    const Verdict agreed =
        Act([quote](Market& market) { return RecoveryDesk(market).Agree(quote); });
    if (agreed != Verdict::kAccepted) return;
    if (step.how % 4 == 3) Repay(loan, 1 + step.amount % 100);
    const act::v1::Repay payment = RecoveryDesk(market_).Payment(++repayments_, quotes_);
    Act([payment](Market& market) { return RecoveryDesk(market).Pay(payment); });
  }

  void GiveUp(const Step& step, std::uint8_t loan) {
    const bool proof = step.how % 3 == 0;
    if (step.how % 4 != 1) {
      Act([loan, proof](Market& market) {
        return RecoveryDesk(market).GiveUp(loan, kBankA, proof);
      });
    }
    if (step.how % 4 != 2) {
      Act([loan, proof](Market& market) {
        return RecoveryDesk(market).GiveUp(loan, kPlatform, proof);
      });
    }
  }

  void Recover(const Step& step, std::uint8_t loan) {
    if (!IsLoan(loan) || recoveries_ == kMaxQuotes) return;
    const std::int64_t all = Owed(market_, loan).all;
    const act::v1::Recover act = RecoveryDesk(market_).Recovering(
        ++recoveries_, loan, step.how % 3 == 0 ? all : 1 + all * (step.amount % 100) / 100);
    Act([act](Market& market) { return RecoveryDesk(market).Recover(act); });
  }

  void Propose(const Step& step, std::uint8_t loan) {
    if (!IsLoan(loan) || restructurings_ == kMaxQuotes) return;
    auto act = RecoveryDesk(market_).Proposal(++restructurings_, loan);
    const Day today = market_.book().today();
    const int first = 1 + step.amount % 45;
    act.set_instalments(1 + step.how % 5U);
    act.set_first_due_day(ToWire(today.Plus(first)));
    act.set_expiry_day(ToWire(today.Plus(step.which % first)));
    act.set_rate_ppm(step.how % 6U * 1'000);
    Act([act](Market& market) { return RecoveryDesk(market).Propose(act); });
  }

  void ConsentAs(std::size_t which, std::uint8_t number, bool decline = false) {
    const std::array parties{market_.borrower(1), market_.borrower(2), kBankA, kPlatform};
    if (!market_.book().Find<Restructuring>({RecoveryDesk::RestructuringId(number)})) return;
    Act([party = parties[which % parties.size()], number, decline](Market& market) {
      return RecoveryDesk(market).ConsentAs(party, number, decline);
    });
  }

  // The next of `count` numbers, from the step's own on, that is `fit`; its own when none is.
  static std::uint8_t Next(const Step& step, std::uint8_t count,
                           const std::function<bool(std::uint8_t)>& fit) {
    for (std::uint8_t k = 0; k < count; ++k) {
      const auto number = static_cast<std::uint8_t>((step.which + k) % count + 1);
      if (fit(number)) return number;
    }
    return static_cast<std::uint8_t>(step.which % std::max<std::uint8_t>(count, 1) + 1);
  }

  bool IsPurchase(std::uint8_t number, const std::function<bool(const Purchase&)>& fit) {
    const auto purchase = market_.book().Find<Purchase>({Market::PurchaseId(number)});
    return purchase && fit(*purchase);
  }

  void Deliver(const Step& step, std::uint8_t purchase) {
    const std::uint32_t days = step.how % 3 == 0 ? 0 : step.amount % 40U;
    Act([act = SupplyDesk::Delivery(purchase, days)](Market& market) {
      return SupplyDesk(market).Deliver(act);
    });
  }

  void Release(const Step& step) {
    const std::uint8_t number = Next(step, purchases_, [&](std::uint8_t k) {
      return IsPurchase(k, [](const Purchase& purchase) {
        return purchase.payable.minor > 0 && !purchase.release_days.empty();
      });
    });
    const auto purchase = market_.book().Find<Purchase>({Market::PurchaseId(number)});
    if (!purchase) return;
    const std::uint32_t next = purchase->released + (step.how % 8 == 7 ? 2U : 1U);
    Act([act = SupplyDesk::Step(number, next)](Market& market) {
      return SupplyDesk(market).Release(act);
    });
  }

  void Assign(const Step& step) {
    const std::uint8_t number = Next(step, purchases_, [&](std::uint8_t k) {
      return IsPurchase(k, [](const Purchase& purchase) {
        return purchase.payable.minor > 0 && purchase.payable_due != Day{};
      });
    });
    const auto act = SupplyDesk::Sale(number, 1 + step.amount % 400);
    Act([act](Market& market) { return SupplyDesk(market).Assign(act); });
  }

  std::int64_t ReturnedAmount(const Step& step, std::uint8_t number) {
    const auto loan = market_.book().Find<Loan>({Market::PurchaseId(number)});
    const std::int64_t most = loan ? loan->principal.minor - loan->refunded.minor : 0;
    switch (step.how % 4) {
      case 0:
        return most;
      case 1:
        return 1 + step.amount % 1'000;
      case 2:
        return most / 2;
      default:
        return most * (step.amount % 100) / 100;
    }
  }

  void Refund(const Step& step, std::uint8_t purchase) {
    if (refunds_ == kMaxReturns) return;
    const auto act = SupplyDesk::Return(++refunds_, purchase, ReturnedAmount(step, purchase));
    Act([act](Market& market) { return SupplyDesk(market).Refund(act); });
  }

  void PayBack(const Step& step) {
    if (pay_backs_ == kMaxReturns) return;
    const auto borrower = static_cast<std::uint8_t>(step.which % kBorrowers + 1);
    const SupplyDesk desk(market_);
    const std::int64_t all = desk.BalanceOf(borrower).amount.minor;
    const auto act =
        desk.Payment(++pay_backs_, borrower, step.how % 2 == 0 ? all : 1 + step.amount % 500);
    Act([act](Market& market) { return SupplyDesk(market).PayBack(act); });
  }

  // For up to 12 days, of one or two instalments from the first that is unpaid on.
  void Dispute(const Step& step, std::uint8_t purchase) {
    const auto loan = market_.book().Find<Loan>({Market::PurchaseId(purchase)});
    if (!loan || disputes_ == kMaxReturns) return;
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t k = 0; k <= step.how % 2U; ++k) {
      numbers.push_back(loan->first_unpaid + step.how / 2U % 2 + k);
    }
    const auto act = SupplyDesk(market_).Quarrel(++disputes_, purchase, numbers, step.amount % 12);
    Act([act](Market& market) { return SupplyDesk(market).Open(act); });
  }

  void Resolve(const Step& step) {
    const std::uint8_t number = Next(step, disputes_, [&](std::uint8_t k) {
      const auto dispute = market_.book().Find<ledger::Dispute>({SupplyDesk::DisputeId(k)});
      return dispute && dispute->state == DisputeState::kOpen;
    });
    const auto act = SupplyDesk::Decision(number, act::v1::DisputeResolve::SPLIT);
    Act([act](Market& market) { return SupplyDesk(market).Resolve(act); });
  }

  Market market_;
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

/// Does the deeds again, sweeping in chunks between them. A day ends with its work done.
std::vector<Verdict> Repeat(Market& market, const std::vector<Deed>& deeds,
                            const std::vector<std::uint8_t>& chunks) {
  std::size_t next = 0;
  const auto chunk = [&] { return chunks.empty() ? 0U : chunks[next++ % chunks.size()] % 4U; };
  std::vector<Verdict> verdicts;
  for (const Deed& deed : deeds) {
    if (deed.act) {
      if (const auto size = chunk(); size > 0) market.SweepChunk(size);
      verdicts.push_back(deed.act(market));
      continue;
    }
    for (int day = 0; day < deed.days; ++day) {
      while (market.SweepChunk(chunk() + 1) > 0) continue;
      market.RollDay();
    }
    verdicts.push_back(Verdict::kAccepted);
  }
  while (market.SweepChunk(512) > 0) continue;
  return verdicts;
}

/// All of a state but where and in what order obligations and notices arose, and the identities of
/// acts, which in this book follow from their places.
struct Picture {
  std::map<Bytes, Bytes> records;
  std::vector<std::tuple<PartyId, PartyId, Currency, Amount, Day>> obligations;
  std::vector<std::pair<Bytes, Bytes>> notices;
  friend bool operator==(const Picture&, const Picture&) = default;
};

Picture PictureOf(Market& market) {
  Picture picture;
  RC_ASSERT(market.book().state().Scan({}, {}, [&](ByteView key, ByteView value) {
    if (key[0] == static_cast<std::uint8_t>(Table::kObligation)) {
      const Obligation owed = *DecodeValue<Obligation>(value);
      picture.obligations.emplace_back(owed.from, owed.to, owed.currency, owed.amount, owed.day);
    } else if (key[0] == static_cast<std::uint8_t>(Table::kAgreement)) {
      Agreement agreement = *DecodeValue<Agreement>(value);
      agreement.acceptance = {};
      picture.records.emplace(CopyBytes(key), EncodeValue(agreement));
    } else if (key[0] == static_cast<std::uint8_t>(Table::kRestructuring)) {
      Restructuring restructuring = *DecodeValue<Restructuring>(value);
      restructuring.proposal = {};
      picture.records.emplace(CopyBytes(key), EncodeValue(restructuring));
    } else if (key[0] == static_cast<std::uint8_t>(Table::kNotice)) {
      Notice::Key without_leaf = *DecodeKey<Notice>(key);
      without_leaf.leaf = 0;
      picture.notices.emplace_back(EncodeKey<Notice>(without_leaf), CopyBytes(value));
    } else {
      picture.records.emplace(CopyBytes(key), CopyBytes(value));
    }
    return true;
  }));
  std::sort(picture.obligations.begin(), picture.obligations.end());
  std::sort(picture.notices.begin(), picture.notices.end());
  return picture;
}

rc::Gen<Terms> AnyTerms() {
  return rc::gen::build<Terms>(
      rc::gen::set(&Terms::lead, rc::gen::element<std::uint32_t>(0, 3, 10, 40)),
      rc::gen::set(&Terms::grace, rc::gen::element<std::uint32_t>(0, 2)),
      rc::gen::set(&Terms::switch_dpd, rc::gen::element<std::uint32_t>(3, 90)),
      rc::gen::set(&Terms::all_unpaid),
      rc::gen::set(&Terms::penalty_min, rc::gen::element<std::int64_t>(0, 60)),
      rc::gen::set(&Terms::agreements, rc::gen::element<std::uint32_t>(1, 2, 16)),
      rc::gen::set(&Terms::guarantee_months, rc::gen::element<std::uint32_t>(0, 1, 2)),
      rc::gen::set(&Terms::recourse_days, rc::gen::element<std::uint32_t>(0, 5, 40)),
      rc::gen::set(
          &Terms::early,
          rc::gen::element<EarlyPolicy>(
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kWaiveFuture, .prepay_ppm = 0},
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kWaiveFuture, .prepay_ppm = 5'000},
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kCurrentOnly, .prepay_ppm = 0},
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kChargeRemaining,
                          .prepay_ppm = 1'000})));
}

rc::Gen<std::vector<Step>> AnySteps() {
  const auto step = rc::gen::build<Step>(
      rc::gen::set(&Step::wish,
                   rc::gen::weightedElement<Wish>(
                       {{4, Wish::kBuy},     {1, Wish::kAuthorise}, {1, Wish::kCapture},
                        {1, Wish::kVoid},    {2, Wish::kDeliver},   {6, Wish::kRepay},
                        {2, Wish::kAgree},   {3, Wish::kInvite},    {3, Wish::kAccept},
                        {3, Wish::kReview},  {1, Wish::kJoin},      {2, Wish::kPrepay},
                        {4, Wish::kDebit},   {3, Wish::kAnswer},    {2, Wish::kReturn},
                        {1, Wish::kGive},    {2, Wish::kOwnDebit},  {1, Wish::kTerminate},
                        {1, Wish::kDemand},  {1, Wish::kSuspend},   {1, Wish::kRecourse},
                        {2, Wish::kQuote},   {2, Wish::kGiveUp},    {2, Wish::kRecover},
                        {1, Wish::kPropose}, {2, Wish::kConsent},   {3, Wish::kRestructure},
                        {2, Wish::kRelease}, {2, Wish::kAssign},    {3, Wish::kRefund},
                        {1, Wish::kPayBack}, {2, Wish::kDispute},   {1, Wish::kResolve},
                        {4, Wish::kPassDays}})),
      rc::gen::set(&Step::which), rc::gen::set(&Step::how), rc::gen::set(&Step::amount));
  return rc::gen::scale(1.0, rc::gen::container<std::vector<Step>>(step));
}

RC_GTEST_PROP(DebtsPropertyTest, InvariantsHoldAndTheStateDoesNotHangOnTheSweepsChunks, ()) {
  const Terms terms = *AnyTerms();
  const std::vector<Step> steps = *AnySteps();
  const auto chunks = *rc::gen::arbitrary<std::vector<std::uint8_t>>();

  Author author(terms);
  for (const Step& step : steps) {
    author.Write(step);
    RC_ASSERT(BrokenInvariants(author.market().book().state()).empty());
  }
  const Picture expected = PictureOf(author.market());

  for (const auto& sizes : {chunks, std::vector<std::uint8_t>{}}) {
    Market market(kBorrowers);
    Agree(market, terms);
    RC_ASSERT(Repeat(market, author.deeds(), sizes) == author.verdicts());
    RC_ASSERT(BrokenInvariants(market.book().state()).empty());
    RC_ASSERT(PictureOf(market) == expected);
  }
}

void ChargeAll(Market& market) {
  for (std::uint8_t loan = 1; loan <= kMaxPurchases; ++loan) {
    market.book().With([&](Context& context) {
      auto debt = Debt::Load(context, Market::PurchaseId(loan));
      if (!debt) return;
      ChargePenalty(context, *debt);
      debt->Save(context);
    });
  }
}

/// Does the deeds again, and charges penalty each time that `when` says so: before a day's sweep,
/// in its midst and after it. The instalments in the end, when all penalty has been charged.
std::map<Bytes, Bytes> InstalmentsAfter(const Terms& terms, const std::vector<Deed>& deeds,
                                        const std::vector<bool>& when) {
  Market market(kBorrowers);
  Agree(market, terms);
  std::size_t next = 0;
  const auto perhaps_charge = [&] {
    if (!when.empty() && when[next++ % when.size()]) ChargeAll(market);
  };
  for (const Deed& deed : deeds) {
    if (deed.act) {
      perhaps_charge();
      deed.act(market);
      continue;
    }
    for (int day = 0; day < deed.days; ++day) {
      perhaps_charge();
      while (market.SweepChunk(1) > 0) perhaps_charge();
      market.RollDay();
    }
  }
  while (market.SweepChunk(512) > 0) continue;
  ChargeAll(market);
  std::map<Bytes, Bytes> instalments;
  for (const auto& [key, row] : market.book().state().List<Instalment>({}, 1'000)) {
    instalments.emplace(EncodeKey<Instalment>(key), EncodeValue(row));
  }
  return instalments;
}

RC_GTEST_PROP(DebtsPropertyTest, PenaltyDoesNotHangOnWhenOrHowOftenItIsCharged, ()) {
  const Terms terms = *AnyTerms();
  const std::vector<Step> steps = *AnySteps();
  Author author(terms);
  for (const Step& step : steps) author.Write(step);
  const auto expected = InstalmentsAfter(terms, author.deeds(), {});
  RC_ASSERT(InstalmentsAfter(terms, author.deeds(), {true}) == expected);
  RC_ASSERT(InstalmentsAfter(terms, author.deeds(), *rc::gen::arbitrary<std::vector<bool>>()) ==
            expected);
}

}  // namespace
}  // namespace aval::ledger::rules
