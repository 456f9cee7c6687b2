#pragma once

#include <cstdint>
#include <vector>

#include "ledger/arithmetic/computed.h"
#include "ledger/arithmetic/money.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// A3: the due day `months` months after `first`, on the same day of the month, or on the month's
/// last day where the month is shorter. Always count from the first due day, so that it recovers:
/// 31 January, 28 February, 31 March. kOperand when it falls after the year 9999.
Computed<Day> DueDay(Day first, std::uint32_t months);

/// All `count` due days, the first included. kCount outside 1 to kMaxInstalments.
Computed<std::vector<Day>> DueDays(Day first, std::uint32_t count);

/// Days of [from, to): the first counts, the last does not; negative when `to` is earlier.
std::int64_t ActualDays(Day from, Day to);
/// The same with months of 30 days: a 31st counts as a 30th at either end (30E/360).
std::int64_t Days30E360(Day from, Day to);

enum class DayCount : std::uint8_t {
  kMonth12,  // The nominal month: 1/12 of a year, whatever its length.
  kAct365F,
  kAct360,
  k30E360,
};

/// The part of a year that [from, to) is. kOperand when `to` is earlier. kMonth12 reads no day.
Computed<Ratio> YearPart(DayCount convention, Day from, Day to);

/// Interest on `balance` for a part of a year: round(balance * rate * num / (1e6 * den)). kRate
/// above 100 % a year.
Computed<Amount> Interest(Amount balance, std::uint32_t annual_ppm, Ratio year_part,
                          Rounding rounding = Rounding::kHalfUp);

}  // namespace aval::ledger::arithmetic
