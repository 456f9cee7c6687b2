#include "ledger/rules/pauses.h"

#include <algorithm>

#include "base/assert.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/penalty.h"

namespace aval::ledger::rules {
namespace {

// Days of [from, to) that are in the latest dispute.
std::int64_t PausedDays(const Instalment& instalment, Day from, Day to) {
  const Day first = std::max(instalment.disputed_from, from);
  const Day end = std::min(instalment.disputed_until, to);
  return first < end ? arithmetic::ActualDays(first, end) : 0;
}

}  // namespace

bool IsPaused(const Instalment& instalment, Day day) {
  return instalment.disputed_from <= day && day < instalment.disputed_until;
}

bool AnyPaused(const Debt& debt, Day day) {
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    if (IsPaused(debt.At(k), day)) return true;
  }
  return false;
}

std::int64_t CountedDays(const Instalment& instalment, Day from, Day to) {
  return arithmetic::ActualDays(from, to) - PausedDays(instalment, from, to);
}

std::int64_t DaysPastDueOn(Day day, const Instalment& instalment, std::uint32_t grace_days) {
  const std::int64_t paused = instalment.paused_days + PausedDays(instalment, instalment.due, day);
  return arithmetic::DaysPastDue(instalment.due, day.Plus(-paused), grace_days);
}

Day FirstLateDay(const Instalment& instalment, std::uint32_t grace_days) {
  const Day day = instalment.due.Plus(std::int64_t{instalment.paused_days} + grace_days + 1);
  // A dispute that begins later finds it late.
  if (instalment.disputed_from >= day) return day;
  return day.Plus(PausedDays(instalment, instalment.due, instalment.disputed_until));
}

std::int64_t DisputedDays(const Instalment& instalment) {
  return instalment.disputed_days +
         arithmetic::ActualDays(instalment.disputed_from, instalment.disputed_until);
}

void Pause(Instalment& instalment, Day today, Day until) {
  AVAL_ASSERT(!IsPaused(instalment, today) && until > today);
  instalment.disputed_days = static_cast<std::uint32_t>(DisputedDays(instalment));
  instalment.paused_days +=
      static_cast<std::uint32_t>(PausedDays(instalment, instalment.due, instalment.disputed_until));
  instalment.penalty_day =
      instalment.penalty_day.Plus(PausedDays(instalment, instalment.penalty_day, today));
  instalment.disputed_from = today;
  instalment.disputed_until = until;
}

void Resume(Instalment& instalment, Day today) {
  AVAL_ASSERT(IsPaused(instalment, today));
  instalment.disputed_until = today;
}

}  // namespace aval::ledger::rules
