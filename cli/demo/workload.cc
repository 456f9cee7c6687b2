#include "cli/demo/workload.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/checked.h"
#include "cli/demo/copay.h"
#include "cli/demo/debts.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "cli/demo/grants.h"
#include "cli/demo/supply.h"
#include "ledger/record/debits.h"
#include "ledger/record/disputes.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/pauses.h"

namespace aval::cli::demo {
namespace {

using ledger::Amount;
using ledger::Day;
using ledger::rules::Debt;

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kPartRefundPercent = 30;
constexpr std::int64_t kDiscountDays = 3'000;  // 1 % for each 30 days.
constexpr std::int64_t kMandateDays = 30;      // After the last payment.

Amount Part(Amount amount, std::int64_t ppm) {
  // Amounts are at most 10^13 minor units: far inside 128 bits, and back inside 64.
  return {static_cast<std::int64_t>(Int128{amount.minor} * ppm / kMillion)};
}

std::string Numbered(const char* name, std::uint32_t number) {
  return std::string(name) + std::to_string(number);
}

}  // namespace

Workload::Workload(std::vector<PurchaseRow> rows, const PayingHabits& habits,
                   const Network& network, Random& random, Rehearsal& rehearsal)
    : rows_(std::move(rows)), rehearsal_(rehearsal), writer_(network, random, &rehearsal) {
  const std::vector<std::optional<Help>> help = demo::PlanHelp(rows_, habits);
  plans_.resize(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!IsCancelled(rows_[i])) plans_[i] = PlanOf(rows_[i], habits, help[i]);
    Plan(i);
  }
}

Day Workload::first_day() const {
  AVAL_ASSERT(!events_.empty());
  return events_.begin()->first;
}

double Workload::Progress() const {
  return static_cast<double>(taken_) / static_cast<double>(std::max<std::size_t>(planned_, 1));
}

Bytes Workload::DayRoll(Day day) {
  writer_.set_today(day);
  std::vector<Bytes> roll;
  writer_.set_chain(roll);
  WriteDayRoll(writer_, day);
  return std::move(roll.front());
}

Result<DayOfActs> Workload::Take(Day day) {
  DayOfActs acts;
  if (const auto at = events_.find(day); at != events_.end()) {
    const std::set<Event> events = std::move(at->second);
    events_.erase(at);
    std::optional<std::size_t> row_of_chain;
    for (const Event& event : events) {
      if (event.step == Step::kBuy) {
        writer_.set_chain(acts.first);
        WriteRegistrations(writer_, rows_[event.row], registered_);
      }
      if (row_of_chain != event.row) acts.chains.emplace_back();
      row_of_chain = event.row;
      writer_.set_chain(acts.chains.back());
      Run(event);
    }
    taken_ += events.size();
  }
  // One whose events all came to nothing.
  std::erase_if(acts.chains, [](const std::vector<Bytes>& chain) { return chain.empty(); });
  rehearsal_.EndDay();
  AVAL_CHECK(rehearsal_.Check());
  return acts;
}

void Workload::Run(const Event& event) {
  switch (event.step) {
    case Step::kBuy:
    case Step::kCapture:
    case Step::kVoid:
    case Step::kDeliver:
      return RunSale(event);
    case Step::kRelease:
    case Step::kAssign:
    case Step::kDispute:
    case Step::kResolve:
    case Step::kRefund:
    case Step::kPayBack:
      return RunSupply(event);
    case Step::kMandate:
    case Step::kOwnFails:
    case Step::kOwnDebit:
    case Step::kOwnReturn:
    case Step::kPart:
    case Step::kPay:
    case Step::kEndEarly:
    case Step::kRevoke:
      return RunPayment(event);
    case Step::kRestructure:
    case Step::kWriteOff:
    case Step::kRecover:
      return RunTrouble(event);
    case Step::kAgree:
    case Step::kDemand:
    case Step::kCopayFails:
    case Step::kCopay:
    case Step::kCopayReturn:
    case Step::kEndAgreement:
    case Step::kRecourse:
      return RunCopay(event);
    case Step::kReview:
    case Step::kHold:
    case Step::kLift:
    case Step::kClose:
      return RunGrant(event);
  }
}

void Workload::RunSale(const Event& event) {
  const PurchaseRow& row = rows_[event.row];
  if (event.step == Step::kBuy) {
    const bool prepaid = !IsCancelled(row) && IsPrepaid(row);
    WritePurchase(writer_, row, prepaid ? ReleaseDaysOf(row) : std::vector<Day>{});
  } else if (event.step == Step::kCapture) {
    WriteCapture(writer_, row);
  } else if (event.step == Step::kVoid) {
    WriteVoid(writer_, row);
  } else {
    Deliver(row);
  }
}

// What was refunded before it was sent is not delivered any more.
void Workload::Deliver(const PurchaseRow& row) {
  const auto purchase = rehearsal_.Get<ledger::Purchase>({.purchase = PurchaseOf(row)});
  if (purchase && purchase->payable.minor > 0) WriteDelivery(writer_, row, PaymentDaysOf(row));
}

void Workload::RunSupply(const Event& event) {
  const PurchaseRow& row = rows_[event.row];
  switch (event.step) {
    case Step::kRelease: {
      const auto purchase = rehearsal_.Get<ledger::Purchase>({.purchase = PurchaseOf(row)});
      const bool left = purchase && purchase->payable.minor > 0;
      if (left) WriteRelease(writer_, row, event.number, /*by_borrower=*/event.number != 2);
      return;
    }
    case Step::kAssign:
      return Assign(row);
    case Step::kDispute: {
      const auto debt = OpenDebt(row);
      if (!debt || ledger::rules::IsFinished(debt->At(static_cast<std::uint16_t>(event.number)))) {
        return;
      }
      // A day longer than it takes, so that it is resolved and does not lapse.
      return WriteDispute(writer_, row, event.number, writer_.today().Plus(kDisputeDays + 1));
    }
    case Step::kResolve:
      return Resolve(event.row);
    case Step::kRefund:
      return Refund(event.row);
    default:
      return PayBack(event.row);
  }
}

void Workload::Assign(const PurchaseRow& row) {
  const auto purchase = rehearsal_.Get<ledger::Purchase>({.purchase = PurchaseOf(row)});
  if (!purchase || purchase->payable_due <= writer_.today()) return;
  const std::int64_t days = purchase->payable_due.number - writer_.today().number;
  const Amount discount = Part(purchase->payable, days * kMillion / kDiscountDays);
  const Amount price{purchase->payable.minor - discount.minor};
  if (price.minor > 0) WriteAssignment(writer_, row, price);
}

// Upheld, the supplier takes all back; split, a part.
void Workload::Resolve(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const auto dispute = rehearsal_.Get<ledger::Dispute>({.dispute = DisputeOf(row)});
  if (!dispute || dispute->state != ledger::DisputeState::kOpen) return;
  const act::v1::DisputeResolve::Outcome outcome = OutcomeOf(row);
  WriteResolution(writer_, row, outcome);
  if (outcome != act::v1::DisputeResolve::REJECTED) Refund(index);
}

// All that is left of the price, or a part of it: by the purchase's course.
void Workload::Refund(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const PurchasePlan& plan = plans_[index];
  const auto debt = rehearsal_.DebtToday(PurchaseOf(row));
  if (!debt || std::ranges::any_of(debt->loan().lenders, &ledger::LenderPart::GaveUp)) return;
  const bool part =
      plan.course == Course::kPartRefund ||
      (plan.course == Course::kDispute && OutcomeOf(row) == act::v1::DisputeResolve::SPLIT);
  const Amount left{debt->loan().principal.minor - debt->loan().refunded.minor};
  const Amount amount = part ? Part(left, kPartRefundPercent * kMillion / 100) : left;
  if (amount.minor > 0) WriteRefund(writer_, row, amount);
}

// To whom it belongs: what the platform has of the borrower and, after a refund, of the co-payer.
void Workload::PayBack(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const auto pay = [&](const ledger::PartyId& participant, std::uint32_t bank) {
    const Amount amount =
        rehearsal_.MayBePaidBack({.platform = ledger::PartyId::Institution(kPlatform),
                                  .participant = participant,
                                  .currency = InCurrency({}).currency});
    if (amount.minor > 0) WritePayBack(writer_, row, participant, bank, amount);
  };
  pay(BorrowerOf(row), BankOf(row));
  if (const auto& help = plans_[index].help) {
    pay(BorrowerOf(rows_[help->co_payer]), OtherBankOf(row));
  }
}

std::optional<Debt> Workload::OpenDebt(const PurchaseRow& row) {
  auto debt = rehearsal_.DebtToday(PurchaseOf(row));
  if (debt && !debt->IsOpen()) debt.reset();
  return debt;
}

Amount Workload::Debitable(const PurchaseRow& row, std::uint32_t number) {
  const auto debt = OpenDebt(row);
  if (!debt || number > debt->count()) return {};
  const ledger::Instalment& instalment = debt->At(static_cast<std::uint16_t>(number));
  const bool asked_for = ledger::rules::IsPayable(instalment) && instalment.reserved.minor == 0 &&
                         !ledger::rules::IsPaused(instalment, writer_.today());
  return asked_for ? ledger::rules::UnpaidInAll(instalment) : Amount{};
}

void Workload::Repay(const PurchaseRow& row, const std::string& name, Amount amount) {
  if (amount.minor > 0) WriteRepayment(writer_, row, name, amount);
}

void Workload::RunPayment(const Event& event) {
  const PurchaseRow& row = rows_[event.row];
  const std::uint32_t number = event.number;
  switch (event.step) {
    case Step::kMandate:
      return WriteMandate(writer_, row, plans_[event.row].LastPaid()->Plus(kMandateDays));
    case Step::kOwnFails:
    case Step::kOwnDebit: {
      const bool confirmed = event.step == Step::kOwnDebit;
      const Amount amount = Debitable(row, number);
      if (amount.minor == 0) return;
      return WriteOwnDebit(writer_, row, number, Numbered(confirmed ? "" : "failed/", number),
                           amount, confirmed);
    }
    case Step::kOwnReturn: {
      const auto debit =
          rehearsal_.Get<ledger::Debit>({.debit = OwnDebitOf(row, Numbered("", number))});
      if (debit && debit->state == ledger::DebitState::kConfirmed) {
        WriteOwnDebitReturn(writer_, row, Numbered("", number));
      }
      return;
    }
    case Step::kRevoke:
      return WriteRevocation(writer_, row);
    default:
      break;
  }
  const auto debt = OpenDebt(row);
  if (!debt) return;
  if (event.step == Step::kEndEarly) {
    const Amount total = EarlyTotal(*debt);
    if (!debt->AnyReserved() && total.minor > 0) WriteEarlyEnd(writer_, row, total);
  } else if (event.step == Step::kPart) {
    const std::uint32_t ppm = plans_[event.row].instalments[number - 1].part_ppm;
    const Amount due{UnpaidUpTo(*debt, number).minor - UnpaidUpTo(*debt, number - 1).minor};
    Repay(row, Numbered("part/", number), Part(due, ppm));
  } else {
    Repay(row, std::to_string(number), UnpaidUpTo(*debt, number));
  }
}

void Workload::RunTrouble(const Event& event) {
  const PurchaseRow& row = rows_[event.row];
  if (event.step == Step::kRestructure) return Restructure(event.row);
  const auto debt = rehearsal_.DebtToday(PurchaseOf(row));
  if (!debt) return;
  if (event.step == Step::kRecover) {
    const Amount amount = Part(LeftToRecover(*debt), RecoveredPpm(row));
    if (amount.minor > 0) WriteRecovery(writer_, row, amount);
    return;
  }
  const bool late = debt->DaysPastDue(writer_.today()) >= kWriteOffDays;
  if (debt->IsOpen() && !debt->AnyReserved() && late) WriteWriteOff(writer_, row);
}

// The new instalments are paid in time.
void Workload::Restructure(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const auto before = OpenDebt(row);
  if (!before || before->AnyReserved()) return;
  const std::uint32_t instalments = InstalmentsAnew(row, *before);
  if (instalments == 0) return;
  WriteRestructuring(writer_, row, instalments, ConsentIsRefused(row));
  const auto after = OpenDebt(row);
  if (!after) return;
  for (std::uint32_t k = before->count() + 1U; k <= after->count(); ++k) {
    Add(after->At(static_cast<std::uint16_t>(k)).due, index, Step::kPay, k);
  }
}

void Workload::RunCopay(const Event& event) {
  const PurchaseRow& row = rows_[event.row];
  const PurchasePlan& plan = plans_[event.row];
  switch (event.step) {
    case Step::kAgree:
      return Agree(event.row);
    case Step::kRecourse:
      return Recourse(event.row);
    default:
      break;
  }
  const auto agreement = rehearsal_.Get<ledger::Agreement>({.agreement = AgreementOf(row)});
  if (!agreement) return;
  const bool active = agreement->state == ledger::AgreementState::kActive;
  switch (event.step) {
    case Step::kDemand:
      if (active) WriteDemand(writer_, row);
      return;
    case Step::kCopayFails:
      if (active) Copay(event.row, event.number);
      return;
    case Step::kCopay:
      if (active) Copay(event.row, 0);
      return;
    case Step::kCopayReturn:
      if (agreement->paid.minor > 0) WriteCopayReturn(writer_, row, "confirmed");
      return;
    default:
      if (!active) return;
      if (plan.copay == CopayCourse::kBreach) return WriteBreach(writer_, row);
      return WriteMutualEnd(writer_, row, rows_[plan.help->co_payer]);
  }
}

void Workload::Agree(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const PurchasePlan& plan = plans_[index];
  const Amount due = Debitable(row, plan.help->instalment);
  if (due.minor == 0) return;
  const bool guarantee = plan.copay == CopayCourse::kBreach;
  WriteAgreement(writer_, {.row = row,
                           .co_payer = rows_[plan.help->co_payer],
                           .declines = plan.help->declines ? &rows_[*plan.help->declines] : nullptr,
                           .instalment = plan.help->instalment,
                           .mode = guarantee ? ledger::LiabilityMode::kJointGuarantee
                                             : ledger::LiabilityMode::kThirdPartyPayment,
                           // Penalty runs on for some days: less than the borrower's own part.
                           .cap = due});
}

// Attempt 0 is confirmed, and the borrower pays the rest.
void Workload::Copay(std::size_t index, std::uint32_t attempt) {
  const PurchaseRow& row = rows_[index];
  const std::uint32_t number = plans_[index].help->instalment;
  const Amount amount = CopayPart(Debitable(row, number));
  if (amount.minor == 0) return;
  if (attempt > 0) {
    return WriteCopayDebit(writer_, row, number, Numbered("failed/", attempt), amount,
                           /*confirmed=*/false);
  }
  WriteCopayDebit(writer_, row, number, "confirmed", amount, /*confirmed=*/true);
  const auto debt = OpenDebt(row);
  if (debt) Repay(row, std::to_string(number) + "/rest", UnpaidUpTo(*debt, number));
}

void Workload::Recourse(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const PurchaseRow& co_payer = rows_[plans_[index].help->co_payer];
  const auto claim = rehearsal_.Get<ledger::RecourseClaim>({.agreement = AgreementOf(row)});
  const auto debt = rehearsal_.DebtToday(PurchaseOf(row));
  if (!claim || !debt || claim->Open().minor == 0) return;
  switch (RecourseFateOf(row)) {
    case RecourseFate::kOpen:
      return;
    case RecourseFate::kRepaid:  // Through a bank, and so after the lenders (R15).
      if (!debt->IsOwed()) WriteRecourse(writer_, row, claim->Open());
      return;
    case RecourseFate::kHalfSettled:
      return WriteSettlement(writer_, row, co_payer, {(claim->Open().minor + 1) / 2});
    case RecourseFate::kForgiven:
      return WriteForgiving(writer_, row, co_payer, claim->Open());
  }
}

bool Workload::GrantIsLive(const PurchaseRow& row) const {
  const auto grant = rehearsal_.Get<ledger::Grant>({.grant = GrantOf(row)});
  return grant && ledger::rules::IsInForce(*grant) &&
         ledger::rules::IsLive(*grant, writer_.today());
}

void Workload::RunGrant(const Event& event) {
  const PurchaseRow& row = rows_[event.row];
  if (event.step == Step::kLift) {
    if (rehearsal_.Get<ledger::HoldOn>(HoldOf(row))) WriteLift(writer_, row);
    return;
  }
  if (!GrantIsLive(row)) return;
  if (event.step == Step::kHold) return WriteHold(writer_, row);
  if (event.step == Step::kReview) return WriteReview(writer_, row, ReviewIsDeclined(row));
  WriteClosing(writer_, row);
}

}  // namespace aval::cli::demo
