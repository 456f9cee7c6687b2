#include "ledger/rules/penalties.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ledger/arithmetic/caps.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/penalty.h"
#include "ledger/rules/charges.h"
#include "ledger/rules/pauses.h"

namespace aval::ledger::rules {
namespace {

// A day before its bills and payments, and how much may still be charged on it.
struct Morning {
  Day day;
  Amount room;
};

// Of the days from penalty_day to before that morning, within its room. A policy's bounds and a
// calendar's length keep it far inside int64.
Amount PenaltyUntil(const Morning& morning, const Debt& debt, const Instalment& instalment,
                    Amount base) {
  if (base.minor == 0) return {};
  const Policy& policy = debt.policy();
  const std::int64_t days = CountedDays(instalment, instalment.penalty_day, morning.day);
  const Amount penalty = *arithmetic::Penalty(
      base, {.ppm_per_day = policy.penalty_ppm_per_day, .min_per_day = policy.penalty_min_per_day},
      days);
  return std::min(penalty, morning.room);
}

// Whether penalty runs on it: credit is unpaid, past due and past the grace days.
bool Accrues(const Debt& debt, const Instalment& instalment, Day day) {
  return IsPayable(instalment) && UnpaidCredit(instalment).minor > 0 &&
         DaysPastDueOn(day, instalment, debt.policy().grace_days) > 0;
}

bool BilledBefore(const Instalment& instalment, Day day) {
  return instalment.billed != Day{} && instalment.billed < day;
}

// OVERDUE_ONLY: each overdue instalment by itself.
Amount ChargeOverdue(Debt& debt, Morning morning) {
  Amount charged;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (!Accrues(debt, instalment, morning.day) || instalment.penalty_day >= morning.day) continue;
    const Amount penalty = PenaltyUntil(morning, debt, instalment, UncoveredCredit(debt, k));
    debt.Change(k).penalty.due.minor += penalty.minor;
    debt.Change(k).penalty_day = morning.day;
    morning.room.minor -= penalty.minor;
    charged.minor += penalty.minor;
  }
  return charged;
}

// ALL_UNPAID: the whole loan's unpaid principal and fees that are not covered, while one instalment
// is overdue and not all covered, charged to the oldest that is overdue. Interest counts once it is
// billed: before, it is not owed. What was in dispute on the day before that morning is left out.
Amount ChargeAllUnpaid(Debt& debt, const Morning& morning) {
  std::uint16_t oldest = 0;
  bool late = false;
  Amount base;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (IsPaused(instalment, morning.day.Plus(-1))) continue;
    if (Accrues(debt, instalment, morning.day)) {
      if (oldest == 0) oldest = k;
      late = late || !IsCovered(debt, k);
    }
    base.minor -= Covered(debt, k).minor;
    base.minor += instalment.principal.Unpaid().minor +
                  UncarriedUnpaid(instalment.fee, instalment.carried_fee).minor;
    if (BilledBefore(instalment, morning.day)) {
      base.minor += UncarriedUnpaid(instalment.interest, instalment.carried_interest).minor;
    }
  }
  if (oldest == 0 || debt.At(oldest).penalty_day >= morning.day) return {};
  base.minor = late ? std::max<std::int64_t>(base.minor, 0) : 0;
  const Amount penalty = PenaltyUntil(morning, debt, debt.At(oldest), base);
  debt.Change(oldest).penalty.due.minor += penalty.minor;
  // These days are charged for the whole loan: no other instalment charges them again.
  for (std::uint16_t k = oldest; k <= debt.count(); ++k) {
    if (debt.At(k).penalty_day < morning.day) debt.Change(k).penalty_day = morning.day;
  }
  return penalty;
}

// What the borrower has been charged before that morning, whether paid or not.
Amount ChargedBefore(const Debt& debt, Day day) {
  Amount charged;
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    charged.minor += instalment.penalty.due.minor - instalment.penalty.waived.minor;
    if (!BilledBefore(instalment, day)) {
      charged.minor += instalment.carried_fee.minor + instalment.carried_interest.minor;
      continue;
    }
    for (const Component& charge : {instalment.fee, instalment.interest}) {
      charged.minor += charge.due.minor - charge.waived.minor;
    }
  }
  return charged;
}

Morning MorningOf(const Debt& debt, Day day, std::uint32_t cap_ppm) {
  const auto most = arithmetic::SimpleCapCharges(debt.PrincipalDays(day), cap_ppm);
  const std::int64_t room = most->minor - ChargedBefore(debt, day).minor;
  return {.day = day, .room = {std::max<std::int64_t>(room, 0)}};
}

// The first morning that has something to charge; a month's end lies before today at most once.
std::optional<Day> FirstMorning(const Debt& debt, Day today) {
  std::optional<Day> first;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (!Accrues(debt, instalment, today) || instalment.penalty_day >= today) continue;
    const Day day = std::max(instalment.penalty_day.Plus(1),
                             FirstLateDay(instalment, debt.policy().grace_days));
    first = std::min(first.value_or(day), day);
  }
  return first;
}

// The caps of R12b from one day to another.
class CostCaps {
 public:
  CostCaps(Context& context, Day first, Day last)
      : context_(context), first_(context.PolicyOn(first)), last_(context.PolicyOn(last)) {}

  std::uint32_t On(Day day) {
    const bool one_policy =
        first_.key.effective == last_.key.effective && first_.key.version == last_.key.version;
    return one_policy ? last_.policy.cost_cap_irr_ppm
                      : context_.PolicyOn(day).policy.cost_cap_irr_ppm;
  }

 private:
  Context& context_;
  const Context::PolicyInForce first_;
  const Context::PolicyInForce last_;
};

}  // namespace

void ChargePenalty(Context& context, Debt& debt) {
  const Day today = context.today();
  const std::optional<Day> first = FirstMorning(debt, today);
  if (!first) return;
  CostCaps caps(context, *first, today);
  Amount charged;
  for (Day day = *first; day <= today; day = day.Plus(1)) {
    const Morning morning = MorningOf(debt, day, caps.On(day));
    charged.minor += (debt.policy().penalty_on_all_unpaid ? ChargeAllUnpaid(debt, morning)
                                                          : ChargeOverdue(debt, morning))
                         .minor;
  }
  PostCharge(context, debt, charged, account::kPenaltyReceivable, account::kPenaltyIncome);
}

}  // namespace aval::ledger::rules
