#include "ledger/rules/penalties.h"

#include <cstdint>

#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/penalty.h"
#include "ledger/rules/charges.h"

namespace aval::ledger::rules {
namespace {

// Of the days from penalty_day to before today. A policy's bounds and a calendar's length keep it
// far inside int64.
Amount PenaltySince(const Debt& debt, const Instalment& instalment, Amount base, Day today) {
  const Policy& policy = debt.policy();
  const std::int64_t days = arithmetic::ActualDays(instalment.penalty_day, today);
  return *arithmetic::Penalty(
      base, {.ppm_per_day = policy.penalty_ppm_per_day, .min_per_day = policy.penalty_min_per_day},
      days);
}

// Whether penalty runs on it: credit is unpaid, past due and past the grace days.
bool Accrues(const Debt& debt, const Instalment& instalment, Day today) {
  return IsPayable(instalment) && UnpaidCredit(instalment).minor > 0 &&
         arithmetic::DaysPastDue(instalment.due, today, debt.policy().grace_days) > 0;
}

// OVERDUE_ONLY: each overdue instalment by itself.
Amount ChargeOverdue(Debt& debt, Day today) {
  Amount charged;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (!Accrues(debt, instalment, today) || instalment.penalty_day >= today) continue;
    const Amount penalty = PenaltySince(debt, instalment, UnpaidCredit(instalment), today);
    debt.Change(k).penalty.due.minor += penalty.minor;
    debt.Change(k).penalty_day = today;
    charged.minor += penalty.minor;
  }
  return charged;
}

// ALL_UNPAID: the whole loan's unpaid principal and fees, while one instalment is overdue, charged
// to the oldest that is. Interest counts once it is billed: before, it is not owed.
Amount ChargeAllUnpaid(Debt& debt, Day today) {
  std::uint16_t oldest = 0;
  Amount base;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (oldest == 0 && Accrues(debt, instalment, today)) oldest = k;
    base.minor += instalment.principal.Unpaid().minor + instalment.fee.Unpaid().minor;
    if (IsPayable(instalment)) base.minor += instalment.interest.Unpaid().minor;
  }
  if (oldest == 0 || debt.At(oldest).penalty_day >= today) return {};
  const Amount penalty = PenaltySince(debt, debt.At(oldest), base, today);
  debt.Change(oldest).penalty.due.minor += penalty.minor;
  // These days are charged for the whole loan: no other instalment charges them again.
  for (std::uint16_t k = oldest; k <= debt.count(); ++k) {
    if (debt.At(k).penalty_day < today) debt.Change(k).penalty_day = today;
  }
  return penalty;
}

}  // namespace

void ChargePenalty(Context& context, Debt& debt) {
  const Amount charged = debt.policy().penalty_on_all_unpaid
                             ? ChargeAllUnpaid(debt, context.today())
                             : ChargeOverdue(debt, context.today());
  PostCharge(context, debt, charged, account::kPenaltyReceivable, account::kPenaltyIncome);
}

}  // namespace aval::ledger::rules
