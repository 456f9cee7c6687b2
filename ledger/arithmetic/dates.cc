#include "ledger/arithmetic/dates.h"

#include <algorithm>

#include "base/result.h"

namespace aval::ledger::arithmetic {

namespace {

constexpr std::int32_t kMonths = 12;
constexpr std::int32_t kDaysOfMonth30 = 30;
constexpr std::uint32_t kShortestMonth = 28;
// No day is so far from another that a later due day could exist.
constexpr std::uint32_t kMaxMonths = 10'000 * 12;

}  // namespace

Computed<Day> DueDay(Day first, std::uint32_t months) {
  if (months > kMaxMonths) return Refusal::kOperand;
  const CivilDate seed = first.Date();
  const auto ahead = static_cast<std::int32_t>(seed.month - 1 + months);
  const std::int32_t year = seed.year + ahead / kMonths;
  const auto month = static_cast<std::uint32_t>(ahead % kMonths + 1);
  for (std::uint32_t day = seed.day; day >= std::min(seed.day, kShortestMonth); --day) {
    if (const auto due = Day::FromDate(year, month, day)) return *due;
  }
  return Refusal::kOperand;
}

Computed<std::vector<Day>> DueDays(Day first, std::uint32_t count) {
  if (count < 1 || count > kMaxInstalments) return Refusal::kCount;
  std::vector<Day> days;
  days.reserve(count);
  for (std::uint32_t months = 0; months < count; ++months) {
    AVAL_TRY(const Day due, DueDay(first, months));
    days.push_back(due);
  }
  return days;
}

std::int64_t ActualDays(Day from, Day to) { return std::int64_t{to.number} - from.number; }

std::int64_t Days30E360(Day from, Day to) {
  const CivilDate a = from.Date();
  const CivilDate b = to.Date();
  const auto day = [](const CivilDate& date) {
    return std::min(static_cast<std::int32_t>(date.day), kDaysOfMonth30);
  };
  const std::int32_t months = (b.year - a.year) * kMonths + static_cast<std::int32_t>(b.month) -
                              static_cast<std::int32_t>(a.month);
  return std::int64_t{months} * kDaysOfMonth30 + day(b) - day(a);
}

Computed<Ratio> YearPart(DayCount convention, Day from, Day to) {
  Ratio part;
  switch (convention) {
    case DayCount::kMonth12:
      return Ratio{.num = 1, .den = kMonths};
    case DayCount::kAct365F:
      part = {.num = ActualDays(from, to), .den = 365};
      break;
    case DayCount::kAct360:
      part = {.num = ActualDays(from, to), .den = 360};
      break;
    case DayCount::k30E360:
      part = {.num = Days30E360(from, to), .den = 360};
      break;
  }
  if (part.num < 0) return Refusal::kOperand;
  return part;
}

Computed<Amount> Interest(Amount balance, std::uint32_t annual_ppm, Ratio year_part,
                          Rounding rounding) {
  if (annual_ppm > kMillion) return Refusal::kRate;
  if (year_part.num < 0 || year_part.den <= 0) return Refusal::kOperand;
  std::int64_t num = 0;
  std::int64_t den = 0;
  if (__builtin_mul_overflow(year_part.num, std::int64_t{annual_ppm}, &num) ||
      __builtin_mul_overflow(year_part.den, kMillion, &den)) {
    return Refusal::kOverflow;
  }
  return MulDiv(balance, {.num = num, .den = den}, rounding);
}

}  // namespace aval::ledger::arithmetic
