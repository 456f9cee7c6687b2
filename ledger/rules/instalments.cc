#include "ledger/rules/instalments.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ledger/arithmetic/penalty.h"
#include "ledger/rules/bills.h"
#include "ledger/rules/charges.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/debits.h"
#include "ledger/rules/pauses.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/reservations.h"
#include "ledger/rules/rules.h"

namespace aval::ledger::rules {
namespace {

// domain.md 2.5 BILL_ISSUE.
void IssueBill(Context& context, Debt& debt, std::uint16_t number) {
  Instalment& instalment = debt.Change(number);
  instalment.state =
      context.today() < instalment.due ? InstalmentState::kBilled : InstalmentState::kDue;
  PutOnBill(context, debt, number);
  PostSubsidy(
      context, debt, instalment.subsidy,
      instalment.interest.waived.minor > 0 ? account::kInterestIncome : account::kFeeIncome);
  ApplyHeld(context, debt);
}

// How late an instalment is (domain.md 2.4 Overdue/default).
struct Arrears {
  std::int64_t dpd = 0;
  std::uint8_t bucket = 0;
  bool defaulted = false;
};

Arrears ArrearsOn(Day day, const Instalment& instalment, const Policy& policy) {
  const std::int64_t dpd = DaysPastDueOn(day, instalment, policy.grace_days);
  return {.dpd = dpd, .bucket = arithmetic::Bucket(dpd), .defaulted = dpd > policy.default_dpd};
}

bool IsMonthEnd(Day day) { return day.Plus(1).Date().day == 1; }

// The next day, after today, on which time does something to a billed instalment: it is due, falls
// overdue, goes up a bucket, is in default, or a month ends while penalty runs. Whether one that
// ought to be overdue is covered is asked again every day: no longer than a debit lasts.
Day NextDay(const Debt& debt, std::uint16_t number, Day today) {
  const Instalment& instalment = debt.At(number);
  const Policy& policy = debt.policy();
  if (today < instalment.due) return instalment.due;
  const Day overdue = FirstLateDay(instalment, policy.grace_days);
  if (today < overdue) return overdue;
  if (IsCovered(debt, number)) return today.Plus(1);
  const Arrears now = ArrearsOn(today, instalment, policy);
  Day day = today.Plus(1);
  while (!IsMonthEnd(day)) {  // At most a month of days.
    const Arrears then = ArrearsOn(day, instalment, policy);
    if (then.bucket != now.bucket || then.defaulted != now.defaulted) break;
    day = day.Plus(1);
  }
  return day;
}

void FallOverdue(Context& context, Debt& debt, Instalment& instalment) {
  instalment.state = InstalmentState::kOverdue;
  UpdateBill(context, debt.loan(), instalment.due, {.overdue = 1});
  debt.FollowInstalments();
}

void Age(Context& context, Debt& debt, std::uint16_t number) {
  const Day today = context.today();
  Instalment& instalment = debt.Change(number);
  if (instalment.state == InstalmentState::kBilled) instalment.state = InstalmentState::kDue;
  const Arrears arrears = ArrearsOn(today, instalment, debt.policy());
  if (arrears.dpd == 0) return;
  if (!IsCovered(debt, number)) {
    if (instalment.state != InstalmentState::kOverdue) FallOverdue(context, debt, instalment);
    instalment.bucket = arrears.bucket;
    debt.loan().defaulted = debt.loan().defaulted || arrears.defaulted;
  }
  if (!IsMonthEnd(today)) return;
  ChargePenalty(context, debt);
  ApplyHeld(context, debt);
}

// What the calendar has for one instalment today, and when it has something again.
void RunStep(Context& context, Debt& debt, std::uint16_t number) {
  if (debt.At(number).state == InstalmentState::kScheduled) {
    IssueBill(context, debt, number);
  } else {
    Age(context, debt, number);
  }
  SetNextDay(debt, number, context.today());
}

}  // namespace

void PutOnBill(Context& context, Debt& debt, std::uint16_t number) {
  Instalment& instalment = debt.Change(number);
  instalment.billed = context.today();
  const Amount fee{instalment.fee.Unpaid().minor - instalment.carried_fee.minor};
  const Amount interest{instalment.interest.Unpaid().minor - instalment.carried_interest.minor};
  PostCharge(context, debt, fee, account::kFeeReceivable, account::kFeeIncome);
  PostCharge(context, debt, interest, account::kInterestReceivable, account::kInterestIncome);
  UpdateBill(context, debt.loan(), instalment.due,
             {.billed = UnpaidCredit(instalment), .instalments = 1, .open = 1});
}

void SetNextDay(Debt& debt, std::uint16_t number, Day today) {
  if (!IsPayable(debt.At(number))) return;
  debt.Change(number).next_day = NextDay(debt, number, today);
}

Verdict RunInstalmentItem(Context& context, const CalendarItem::Key& item) {
  std::optional<Debt> debt = Debt::Load(context, item.subject);
  if (!debt || item.number < 1 || item.number > debt->count()) return Verdict::kUnknown;
  if (debt->At(item.number).next_day != item.day) return Verdict::kState;
  RunStep(context, *debt, item.number);
  debt->Save(context);
  return Verdict::kAccepted;
}

void CatchUp(Context& context, Debt& debt) {
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    const Day day = debt.At(k).next_day;
    if (day != Day{} && day <= context.today()) RunStep(context, debt, k);
  }
  EndExpiredDebits(context, debt);
}

void CatchUpLoan(Context& context, const Id& loan) {
  std::optional<Debt> debt = Debt::Load(context, loan);
  if (!debt) return;
  CatchUp(context, *debt);
  debt->Save(context);
}

bool MayHold(Context& context, const Id& grant) {
  return context.state().List<HeldOf>(grant.bytes, kHeldLoansMax).size() < kHeldLoansMax;
}

void CatchUpGrant(Context& context, const Id& grant) {
  EndExpiredReservations(context, grant);
  for (const auto& [key, index] : context.state().List<HeldOf>(grant.bytes, kHeldLoansMax)) {
    CatchUpLoan(context, key.loan);
  }
}

void Reopen(Context& context, Debt& debt, std::uint16_t number) {
  const Day today = context.today();
  Instalment& instalment = debt.Change(number);
  if (!IsPayable(instalment)) {
    instalment.state = InstalmentState::kPartPaid;
    instalment.penalty_day = std::max(instalment.penalty_day, today);
    UpdateBill(context, debt.loan(), instalment.due, {.open = 1});
  }
  if (instalment.state == InstalmentState::kPartPaid && PaidInAll(instalment).minor == 0) {
    instalment.state = today < instalment.due ? InstalmentState::kBilled : InstalmentState::kDue;
  }
  debt.FollowReopened(number);
  ApplyHeld(context, debt);
  if (!IsPayable(instalment)) return;
  if (today >= instalment.due) Age(context, debt, number);
  if (IsPayable(instalment)) instalment.next_day = NextDay(debt, number, today);
}

Day FirstBillDay(const Instalment& instalment, const Policy& policy, Day today) {
  return std::max(today, instalment.due.Plus(-std::int64_t{policy.bill_lead_days}));
}

}  // namespace aval::ledger::rules
