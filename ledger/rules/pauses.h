#pragma once

#include <cstdint>

#include "ledger/record/loans.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Time as an instalment feels it: days in dispute do not count, neither for its age nor for its
/// penalty. All follow from the days in its record, so that it does not matter when a dispute's own
/// item is worked off.

/// Whether that day is in dispute.
bool IsPaused(const Instalment& instalment, Day day);

/// Whether any instalment is in dispute on that day.
bool AnyPaused(const Debt& debt, Day day);

/// Days of [from, to) that are not in the latest dispute.
std::int64_t CountedDays(const Instalment& instalment, Day from, Day to);

/// DPD on that day (arithmetic/penalty.h), pauses left out.
std::int64_t DaysPastDueOn(Day day, const Instalment& instalment, std::uint32_t grace_days);

/// The first day on which it is past due and past the grace days, as its disputes stand.
Day FirstLateDay(const Instalment& instalment, std::uint32_t grace_days);

/// Days in dispute in all, with those to come of the latest.
std::int64_t DisputedDays(const Instalment& instalment);

/// A dispute from today on, to before `until`. Penalty has been charged until today.
void Pause(Instalment& instalment, Day today, Day until);

/// It ends today instead.
void Resume(Instalment& instalment, Day today);

}  // namespace aval::ledger::rules
