#pragma once

#include <cstdint>

#include "ledger/arithmetic/computed.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// A policy's price of a day overdue.
struct PenaltyRate {
  std::uint32_t ppm_per_day = 0;
  Amount min_per_day{};  // Of a positive base.
};

/// A8: days * max(min_per_day, round(base * ppm)); nothing on a base of zero. Rounded per day, so
/// that the sum does not depend on when it is assessed. The base excludes penalty itself. kOperand
/// for negative numbers.
Computed<Amount> Penalty(Amount base, const PenaltyRate& rate, std::int64_t days);

/// DPD: days since `due`; zero up to and including `grace_days`, and then all of them.
std::int64_t DaysPastDue(Day due, Day today, std::uint32_t grace_days);

/// Delinquency bucket: 0 current, 1: 1-30 days, 2: 31-60, 3: 61-90, 4: 91-120, 5: 121-180, 6: more.
std::uint8_t Bucket(std::int64_t days_past_due);

}  // namespace aval::ledger::arithmetic
