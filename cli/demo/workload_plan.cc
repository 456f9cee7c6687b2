#include <algorithm>

#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "cli/demo/workload.h"

// When what happens to a purchase; how it is done is workload.cc's.
namespace aval::cli::demo {

using ledger::Day;

void Workload::Add(Day day, std::size_t row, Step step, std::uint32_t number) {
  if (events_[day].insert({.row = row, .step = step, .number = number}).second) ++planned_;
}

void Workload::Plan(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  ++counts_.rows;
  counts_.with_customer += row.customer.empty() ? 0 : 1;
  counts_.with_purchase_time += row.purchased ? 1 : 0;
  counts_.with_status += row.status.empty() ? 0 : 1;
  counts_.value.minor += row.value.minor;
  Add(PurchaseDay(row), index, Step::kBuy);
  if (IsCancelled(row)) {
    ++counts_.cancelled;
    Add(PurchaseDay(row).Plus(1), index, Step::kVoid);
    return;
  }
  counts_.instalments += row.instalments;
  PlanSale(index);
  PlanCourse(index);
  PlanPayments(index);
  if (plans_[index].help) PlanHelp(index);
  PlanTrouble(index);
  PlanEnd(index);
}

void Workload::PlanSale(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  Add(CaptureDay(row), index, Step::kCapture);
  if (!IsPrepaid(row)) Add(DeliveryDay(row), index, Step::kDeliver);
  if (IsAssigned(row)) Add(DeliveryDay(row).Plus(1), index, Step::kAssign);
  std::uint32_t step = 0;
  for (const Day day : ReleaseDaysOf(row)) Add(day, index, Step::kRelease, ++step);
  if (IsReviewed(row)) Add(PurchaseDay(row).Plus(kReviewDays), index, Step::kReview);
}

void Workload::PlanCourse(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const PurchasePlan& plan = plans_[index];
  switch (plan.course) {
    case Course::kUsual:
      return;
    case Course::kEarly: {
      const std::uint32_t middle = (row.instalments + 1) / 2;
      return Add(*plan.instalments[middle - 1].paid, index, Step::kEndEarly, middle);
    }
    case Course::kPartRefund:
      return Add(DeliveryDay(row).Plus(kPartRefundDays), index, Step::kRefund);
    case Course::kFullRefund: {
      const Day day = std::max(CaptureDay(row).Plus(kFullRefundDays), DeliveryDay(row).Plus(1));
      Add(day, index, Step::kRefund);
      return Add(day.Plus(1), index, Step::kPayBack);
    }
    case Course::kDispute: {
      const Day due = plan.instalments[plan.disputed - 1].due;
      Add(due, index, Step::kDispute, plan.disputed);
      Add(due.Plus(kDisputeDays), index, Step::kResolve);
      return Add(due.Plus(kDisputeDays + 1), index, Step::kPayBack);
    }
    case Course::kOwnDebits: {
      Add(CaptureDay(row), index, Step::kMandate);
      if (RevokesMandate(row)) Add(plan.LastPaid()->Plus(1), index, Step::kRevoke);
      return;
    }
  }
}

void Workload::PlanPayments(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const PurchasePlan& plan = plans_[index];
  for (std::uint32_t k = 1; k <= row.instalments; ++k) {
    const auto& [due, paid, part_ppm] = plan.instalments[k - 1];
    if (part_ppm > 0) Add(due, index, Step::kPart, k);
    if (plan.help && plan.help->instalment == k) continue;
    if (plan.course != Course::kOwnDebits) {  // Who has these pays all in the end.
      if (paid) Add(*paid, index, Step::kPay, k);
    } else if (*paid == due.Plus(kReturnDays + 2) && IsReturned(row, k)) {
      Add(due, index, Step::kOwnDebit, k);
      Add(due.Plus(kReturnDays), index, Step::kOwnReturn, k);
      Add(*paid, index, Step::kPay, k);
    } else {
      if (*paid != due) Add(due, index, Step::kOwnFails, k);
      Add(*paid, index, Step::kOwnDebit, k);
    }
  }
}

// The agreement comes the day before its debit, when the instalment is overdue.
void Workload::PlanHelp(std::size_t index) {
  const PurchasePlan& plan = plans_[index];
  const Day day = plan.help_day;
  const std::uint32_t number = plan.help->instalment;
  Add(day.Plus(-1), index, Step::kAgree);
  switch (plan.copay) {
    case CopayCourse::kPlain:
      Add(day, index, Step::kCopay);
      break;
    case CopayCourse::kRejected:
      Add(day, index, Step::kCopayFails, 1);
      Add(day.Plus(1), index, Step::kCopay);
      break;
    case CopayCourse::kReturned:
      Add(day, index, Step::kCopay);
      Add(day.Plus(kCopayReturnDays), index, Step::kCopayReturn);
      Add(day.Plus(kCopayReturnDays + 5), index, Step::kPay, number);
      break;
    case CopayCourse::kMutual:
      Add(day, index, Step::kEndAgreement);
      Add(day.Plus(1), index, Step::kPay, number);
      break;
    case CopayCourse::kBreach:
      Add(day, index, Step::kDemand);
      for (std::uint32_t attempt = 0; attempt < kDebitAttempts; ++attempt) {
        Add(day.Plus(attempt), index, Step::kCopayFails, attempt + 1);
      }
      Add(day.Plus(kDebitAttempts), index, Step::kEndAgreement);
      Add(day.Plus(kDebitAttempts + 1), index, Step::kPay, number);
      break;
    case CopayCourse::kRefunded: {
      const Day refund = std::max(day.Plus(kPartRefundDays), DeliveryDay(rows_[index]).Plus(1));
      Add(day, index, Step::kCopay);
      Add(refund, index, Step::kRefund);
      Add(refund.Plus(1), index, Step::kPayBack);
      break;
    }
  }
  const std::optional<Day> last = plan.LastPaid();
  if (last && !plan.StopsAt()) Add(last->Plus(kRecourseDays), index, Step::kRecourse);
}

// What is late holds the grant; what is never paid has its own fate.
void Workload::PlanTrouble(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  const PurchasePlan& plan = plans_[index];
  const auto late = std::ranges::find_if(plan.instalments, [](const PlannedInstalment& instalment) {
    return !instalment.paid || *instalment.paid > instalment.due.Plus(kHoldDays);
  });
  if (late != plan.instalments.end() && IsHeld(row)) {
    Add(late->due.Plus(kHoldDays), index, Step::kHold);
    if (late->paid) Add(*late->paid, index, Step::kLift);
  }
  const std::optional<std::uint32_t> stop = plan.StopsAt();
  if (!stop) return;
  const Day due = plan.instalments[*stop - 1].due;
  switch (FateOf(row)) {
    case Fate::kLeft:
      return;
    case Fate::kRestructured:
      return Add(due.Plus(kRestructureDays), index, Step::kRestructure);
    case Fate::kWrittenOff:
      Add(due.Plus(kWriteOffDays), index, Step::kWriteOff);
      if (RecoveredPpm(row) > 0) {
        Add(due.Plus(kWriteOffDays + kRecoveryDays), index, Step::kRecover);
      }
      return;
  }
}

void Workload::PlanEnd(std::size_t index) {
  const PurchasePlan& plan = plans_[index];
  const std::optional<Day> last = plan.LastPaid();
  if (last && !plan.StopsAt() && ClosesGrant(rows_[index])) {
    Add(last->Plus(1), index, Step::kClose);
  }
}

}  // namespace aval::cli::demo
