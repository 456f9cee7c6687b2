#include "ledger/arithmetic/penalty.h"

#include <algorithm>
#include <array>

#include "base/result.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/money.h"

namespace aval::ledger::arithmetic {

Computed<Amount> Penalty(Amount base, const PenaltyRate& rate, std::int64_t days) {
  if (base.minor < 0 || rate.min_per_day.minor < 0 || days < 0) return Refusal::kOperand;
  if (base.minor == 0) return Amount{0};
  AVAL_TRY(const Amount by_rate, MulDiv(base, Ratio::Ppm(rate.ppm_per_day)));
  return MulDiv(std::max(by_rate, rate.min_per_day), {.num = days, .den = 1});
}

std::int64_t DaysPastDue(Day due, Day today, std::uint32_t grace_days) {
  const std::int64_t days = ActualDays(due, today);
  return days > grace_days ? days : 0;
}

std::uint8_t Bucket(std::int64_t days_past_due) {
  constexpr std::array<std::int64_t, 6> kLastDays{0, 30, 60, 90, 120, 180};
  const auto* const bucket = std::ranges::lower_bound(kLastDays, days_past_due);
  return static_cast<std::uint8_t>(bucket - kLastDays.begin());
}

}  // namespace aval::ledger::arithmetic
