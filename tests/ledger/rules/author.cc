#include "tests/ledger/rules/author.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "ledger/arithmetic/early.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/calendar.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/recovery_desk.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

constexpr std::uint8_t kMaxAgreements = 100;
constexpr std::uint8_t kMaxDebits = 200;
constexpr std::uint8_t kMaxMandates = 100;
constexpr std::uint8_t kMaxQuotes = 200;
constexpr std::uint8_t kMaxReturns = 200;  // Refunds, payments and disputes, of each.

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

std::optional<SignerRef> Impostor(const Market& market, const Step& step) {
  const std::array impostors{By(market.borrower(1)),
                             By(market.borrower(2)),
                             By(market.supplier(), Department::kOps),
                             By(market.supplier(), Department::kTreasury),
                             By(kPlatform, Department::kOps),
                             By(kPlatform, Department::kCredit),
                             By(kBankA, Department::kCredit),
                             By(kBankA, Department::kOps),
                             By(kBankB, Department::kOps),
                             By(kBankB, Department::kRisk),
                             By(kSupervisor, Department::kLegal),
                             By(kAttester, Department::kCompliance)};
  static_assert(impostors.size() == kImpostors);
  if (step.impostor >= impostors.size()) return std::nullopt;
  return impostors.at(step.impostor);
}

}  // namespace

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
        .write_off_dpd = 20, .restructurings = 2, .restructure_days = 120, .dispute_days = 12};
  });
  for (std::uint8_t number = 1; number <= kBorrowers; ++number) {
    Grant grant = market.GrantNow(number);
    grant.limit = {300'000};  // Two purchases or so.
    market.book().Put<Grant>({market.grant(number)}, grant);
  }
}

Author::Author(const Terms& terms) : market_(kBorrowers) { Agree(market_, terms); }

void Author::Write(const Step& step) {
  impostor_ = Impostor(market_, step);
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
    case Wish::kHold:
      Hold(step);
      return;
    case Wish::kPassDays:
      Pass(DaysToPass(step));
      return;
  }
}

Verdict Author::Act(std::function<Verdict(Market&)> act) {
  if (const auto impostor = std::exchange(impostor_, std::nullopt)) {
    act = [act = std::move(act), impostor = *impostor](Market& market) {
      market.Impersonate(impostor);
      return act(market);
    };
  }
  verdicts_.push_back(act(market_));
  market_.PassDays(0);
  deeds_.push_back({.act = std::move(act), .days = 0});
  return verdicts_.back();
}

void Author::Pass(int days) {
  deeds_.push_back({.act = {}, .days = days});
  market_.PassDays(days);
  verdicts_.push_back(Verdict::kAccepted);
}

std::int64_t Author::OrderedAmount(const Step& step) { return 300 + std::int64_t{step.amount} * 3; }

Verdict Author::Authorise(const Step& step) {
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

void Author::Capture(std::uint8_t number, std::int64_t amount) {
  Act([number, amount](Market& market) { return market.Capture(number, amount); });
}

std::int64_t Author::RepayAmount(const Step& step, std::uint8_t number) {
  const bool is_loan = market_.book().Find<Loan>({Market::PurchaseId(number)}).has_value();
  const OwedAmounts owed = is_loan ? Owed(market_, number) : OwedAmounts{};
  switch (step.how % 7) {
    case 0:
      return 1 + step.amount % 1'000;
    case 1:
      return std::max<std::int64_t>(1, owed.billed);
    case 2:
      return owed.billed + step.amount + 1;
    case 3:
      return std::max<std::int64_t>(1, owed.all);
    case 4:
      return -std::int64_t{step.amount};
    case 5:
      return std::numeric_limits<std::int64_t>::max() - step.amount;
    default:
      return 1 + owed.billed * (step.amount % 100) / 100;
  }
}

void Author::Repay(std::uint8_t loan, std::int64_t amount) {
  Act([repayment = ++repayments_, loan, amount](Market& market) {
    return market.Repay(repayment, loan, amount);
  });
}

// To the next day that has something to do, so that deeds come before its sweep.
int Author::DaysToNext() {
  const int next = FirstItem(market_.book().state()).day.number - market_.book().today().number;
  return std::clamp(next, 1, 31);
}

// For one to three instalments, from the one after `skipped` that are unpaid on.
std::optional<act::v1::CopayInvite> Author::Invitation(const Step& step, std::uint8_t purchase,
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

void Author::AgreeOn(const Step& step, std::uint8_t purchase) {
  const auto act = Invitation(step, purchase, 0);
  if (!act) return;
  Act([act = *act, number = agreements_](Market& market) {
    return CopayDesk(market).Agree(act, number);
  });
}

void Author::Invite(const Step& step, std::uint8_t purchase) {
  const auto act = Invitation(step, purchase, step.how % 2U);
  if (act) Act([act = *act](Market& market) { return CopayDesk(market).Invite(act); });
}

// For up to two months.
void Author::Accept(const Step& step, std::uint8_t number) {
  if (!market_.book().Find<ledger::Invitation>({CopayDesk::InvitationId(number)})) return;
  Act([number, days = step.amount % 60](Market& market) {
    auto act = CopayDesk(market).Acceptance(number);
    act.set_last_day(ToWire(market.book().today().Plus(days)));
    return CopayDesk(market).Accept(act);
  });
}

void Author::Prepay(const Step& step, std::uint8_t purchase) {
  Invite(step, purchase);
  Accept(step, agreements_);
  if (!market_.book().Find<Loan>({Market::PurchaseId(purchase)})) return;
  const std::int64_t owed = Owed(market_, purchase).all;
  if (owed > 0) Repay(purchase, owed);
  Pass(DaysToNext());
}

// A capacity for an agreement or two.
void Author::Review(const Step& step) {
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

void Author::Join(const Step& step) {
  const auto number = static_cast<std::uint8_t>(step.which % (agreements_ + 1));
  if (!market_.book().Find<Agreement>({CopayDesk::AgreementId(number)})) return;
  Act([number](Market& market) {
    CopayDesk desk(market);
    return desk.Join(desk.Joining(number));
  });
}

void Author::Debit(const Step& step) {
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
std::optional<std::uint8_t> Author::AnyAgreement(const Step& step) {
  const auto number = static_cast<std::uint8_t>(step.which % (agreements_ + 1));
  if (!market_.book().Find<Agreement>({CopayDesk::AgreementId(number)})) return std::nullopt;
  return number;
}

void Author::Return(const Step& step) {
  if (debits_ == 0) return;
  const auto number = static_cast<std::uint8_t>(step.which % debits_ + 1);
  if (!market_.book().Find<ledger::Debit>({CopayDesk::DebitId(number)})) return;
  Act([number](Market& market) { return CopayDesk(market).Return(number); });
}

void Author::Give(const Step& step) {
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

void Author::OwnDebit(const Step& step, std::uint8_t purchase) {
  const auto loan = market_.book().Find<Loan>({Market::PurchaseId(purchase)});
  if (!loan || mandates_ == 0 || debits_ == kMaxDebits) return;
  act::v1::DebitCreate act = CopayDesk(market_).OwnInstruction(++debits_, 1 + step.amount % 9'000);
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

void Author::Terminate(const Step& step) {
  const auto number = AnyAgreement(step);
  if (!number) return;
  const auto ground = static_cast<act::v1::CopayTerminate::Ground>(step.how % 5 + 1);
  Act([number = *number, ground](Market& market) {
    return CopayDesk(market).Terminate(number, ground);
  });
}

void Author::Demand(const Step& step) {
  const auto number = AnyAgreement(step);
  if (!number) return;
  Act([number = *number](Market& market) { return CopayDesk(market).Demand(number); });
}

void Author::Suspend(const Step& step) {
  const auto number = AnyAgreement(step);
  if (!number) return;
  Act([number = *number, resumes = step.how % 2 == 1](Market& market) {
    CopayDesk desk(market);
    return resumes ? desk.Resume(number) : desk.Suspend(number);
  });
}

void Author::Recourse(const Step& step) {
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

void Author::Answer(const Step& step) {
  if (debits_ == 0) return;
  const auto number = static_cast<std::uint8_t>(step.which % debits_ + 1);
  const auto debit = market_.book().Find<ledger::Debit>({CopayDesk::DebitId(number)});
  if (!debit) return;
  const CopayDesk desk(market_);
  const auto act =
      step.how % 3 == 0 ? desk.Rejection(number) : desk.Confirmation(number, debit->amount.minor);
  Act([act](Market& market) { return CopayDesk(market).Result(act); });
}

bool Author::IsLoan(std::uint8_t number) {
  return market_.book().Find<Loan>({Market::PurchaseId(number)}).has_value();
}

void Author::RepayEarly(const Step& step, std::uint8_t loan) {
  if (!IsLoan(loan) || quotes_ == kMaxQuotes) return;
  const std::int64_t total = EndingTotal(market_, loan) + (step.how % 8 == 7 ? 1 : 0);
  const act::v1::EarlyRepay quote = RecoveryDesk(market_).Quote(++quotes_, loan, total);
  const Verdict agreed = Act([quote](Market& market) { return RecoveryDesk(market).Agree(quote); });
  if (agreed != Verdict::kAccepted) return;
  if (step.how % 4 == 3) Repay(loan, 1 + step.amount % 100);
  const act::v1::Repay payment = RecoveryDesk(market_).Payment(++repayments_, quotes_);
  Act([payment](Market& market) { return RecoveryDesk(market).Pay(payment); });
}

void Author::GiveUp(const Step& step, std::uint8_t loan) {
  const bool proof = step.how % 3 == 0;
  if (step.how % 4 != 1) {
    Act([loan, proof](Market& market) { return RecoveryDesk(market).GiveUp(loan, kBankA, proof); });
  }
  if (step.how % 4 != 2) {
    Act([loan, proof](Market& market) {
      return RecoveryDesk(market).GiveUp(loan, kPlatform, proof);
    });
  }
}

void Author::Recover(const Step& step, std::uint8_t loan) {
  if (!IsLoan(loan) || recoveries_ == kMaxQuotes) return;
  const std::int64_t all = Owed(market_, loan).all;
  const act::v1::Recover act = RecoveryDesk(market_).Recovering(
      ++recoveries_, loan, step.how % 3 == 0 ? all : 1 + all * (step.amount % 100) / 100);
  Act([act](Market& market) { return RecoveryDesk(market).Recover(act); });
}

void Author::Propose(const Step& step, std::uint8_t loan) {
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

void Author::ConsentAs(std::size_t which, std::uint8_t number, bool decline) {
  const std::array parties{market_.borrower(1), market_.borrower(2), kBankA, kPlatform};
  if (!market_.book().Find<Restructuring>({RecoveryDesk::RestructuringId(number)})) return;
  Act([party = parties[which % parties.size()], number, decline](Market& market) {
    return RecoveryDesk(market).ConsentAs(party, number, decline);
  });
}

// The next of `count` numbers, from the step's own on, that is `fit`; its own when none is.
std::uint8_t Author::Next(const Step& step, std::uint8_t count,
                          const std::function<bool(std::uint8_t)>& fit) {
  for (std::uint8_t k = 0; k < count; ++k) {
    const auto number = static_cast<std::uint8_t>((step.which + k) % count + 1);
    if (fit(number)) return number;
  }
  return static_cast<std::uint8_t>(step.which % std::max<std::uint8_t>(count, 1) + 1);
}

bool Author::IsPurchase(std::uint8_t number, const std::function<bool(const Purchase&)>& fit) {
  const auto purchase = market_.book().Find<Purchase>({Market::PurchaseId(number)});
  return purchase && fit(*purchase);
}

void Author::Deliver(const Step& step, std::uint8_t purchase) {
  const std::uint32_t days = step.how % 3 == 0 ? 0 : step.amount % 40U;
  Act([act = SupplyDesk::Delivery(purchase, days)](Market& market) {
    return SupplyDesk(market).Deliver(act);
  });
}

void Author::Release(const Step& step) {
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

void Author::Assign(const Step& step) {
  const std::uint8_t number = Next(step, purchases_, [&](std::uint8_t k) {
    return IsPurchase(k, [](const Purchase& purchase) {
      return purchase.payable.minor > 0 && purchase.payable_due != Day{};
    });
  });
  const auto act = SupplyDesk::Sale(number, 1 + step.amount % 400);
  Act([act](Market& market) { return SupplyDesk(market).Assign(act); });
}

std::int64_t Author::ReturnedAmount(const Step& step, std::uint8_t number) {
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

void Author::Refund(const Step& step, std::uint8_t purchase) {
  if (refunds_ == kMaxReturns) return;
  const auto act = SupplyDesk::Return(++refunds_, purchase, ReturnedAmount(step, purchase));
  Act([act](Market& market) { return SupplyDesk(market).Refund(act); });
}

void Author::PayBack(const Step& step) {
  if (pay_backs_ == kMaxReturns) return;
  const auto borrower = static_cast<std::uint8_t>(step.which % kBorrowers + 1);
  const SupplyDesk desk(market_);
  const std::int64_t all = desk.BalanceOf(borrower).amount.minor;
  const auto act =
      desk.Payment(++pay_backs_, borrower, step.how % 2 == 0 ? all : 1 + step.amount % 500);
  Act([act](Market& market) { return SupplyDesk(market).PayBack(act); });
}

// For up to 12 days, of one or two instalments from the first that is unpaid on.
void Author::Dispute(const Step& step, std::uint8_t purchase) {
  const auto loan = market_.book().Find<Loan>({Market::PurchaseId(purchase)});
  if (!loan || disputes_ == kMaxReturns) return;
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t k = 0; k <= step.how % 2U; ++k) {
    numbers.push_back(loan->first_unpaid + step.how / 2U % 2 + k);
  }
  const auto act = SupplyDesk(market_).Quarrel(++disputes_, purchase, numbers, step.amount % 12);
  Act([act](Market& market) { return SupplyDesk(market).Open(act); });
}

void Author::Resolve(const Step& step) {
  const std::uint8_t number = Next(step, disputes_, [&](std::uint8_t k) {
    const auto dispute = market_.book().Find<ledger::Dispute>({SupplyDesk::DisputeId(k)});
    return dispute && dispute->state == DisputeState::kOpen;
  });
  const auto act = SupplyDesk::Decision(number, act::v1::DisputeResolve::SPLIT);
  Act([act](Market& market) { return SupplyDesk(market).Resolve(act); });
}

int Author::DaysToPass(const Step& step) {
  return step.how % 2 == 0 ? 1 + step.how % 20 : DaysToNext();
}

void Author::Hold(const Step& step) {
  const auto borrower = static_cast<std::uint8_t>(step.which % kBorrowers + 1);
  const bool on_grant = step.how / 2 % 2 == 0;
  const auto what = on_grant ? act::v1::GRANT : act::v1::PARTY;
  const Id subject = on_grant ? market_.grant(borrower) : market_.borrower(borrower).id;
  const SignerRef by = step.amount % 2 == 0 && on_grant ? By(kBankA, Department::kRisk)
                                                        : By(kSupervisor, Department::kLegal);
  Act([what, subject, by, lifts = step.how % 2 == 1](Market& market) {
    return lifts ? market.Lift(what, subject, by) : market.Hold(what, subject, by);
  });
}

}  // namespace aval::ledger::rules
