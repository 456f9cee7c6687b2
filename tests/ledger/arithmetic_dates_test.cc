#include "ledger/arithmetic/dates.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

Day On(std::string_view text) { return *Day::Parse(text); }

// 1970 to about 2243.
Day AnyDay() { return {static_cast<std::int32_t>(From(0, 99'999))}; }

TEST(DueDaysTest, ClampToTheMonthsEndAndKeepTheSeed) {
  const auto days = *DueDays(On("2023-12-31"), 5);
  const std::vector<Day> expected{On("2023-12-31"), On("2024-01-31"), On("2024-02-29"),
                                  On("2024-03-31"), On("2024-04-30")};
  EXPECT_EQ(days, expected);
}

TEST(DueDaysTest, KnowThat2100HasNoLeapDay) {
  EXPECT_EQ(*DueDay(On("2100-01-31"), 1), On("2100-02-28"));
  EXPECT_EQ(*DueDay(On("2000-01-31"), 1), On("2000-02-29"));
}

TEST(DueDaysTest, RefuseCountsOutsideTheRange) {
  EXPECT_EQ(DueDays(On("2024-01-01"), 0).error(), Refusal::kCount);
  EXPECT_EQ(DueDays(On("2024-01-01"), kMaxInstalments + 1).error(), Refusal::kCount);
  EXPECT_EQ(DueDays(On("2024-01-01"), kMaxInstalments)->size(), kMaxInstalments);
}

TEST(DueDaysTest, RefuseWhatHasNoDate) {
  EXPECT_EQ(*DueDay(On("9999-11-30"), 1), On("9999-12-30"));
  EXPECT_EQ(DueDay(On("9999-11-01"), 2).error(), Refusal::kOperand);
  EXPECT_EQ(DueDay(On("2024-01-31"), ~0U).error(), Refusal::kOperand);
}

RC_GTEST_PROP(DueDaysTest, AreTheSeedsDayOrTheLastOfEachMonth, ()) {
  const Day first = AnyDay();
  const auto days = *DueDays(first, Instalments());
  RC_ASSERT(days.front() == first);
  for (std::size_t k = 0; k < days.size(); ++k) {
    const CivilDate date = days[k].Date();
    const CivilDate seed = first.Date();
    const auto months = static_cast<std::size_t>(date.year - seed.year) * 12 + date.month;
    RC_ASSERT(months == seed.month + k);
    RC_ASSERT(date.day == seed.day || (date.day < seed.day && days[k].Plus(1).Date().day == 1));
  }
}

RC_GTEST_PROP(DayTest, EveryDayIsTheDayOfItsDate, ()) {
  const Day day = AnyDay();
  const CivilDate date = day.Date();
  RC_ASSERT(Day::FromDate(date.year, date.month, date.day) == day);
}

TEST(DayCountTest, TheFirstDayCountsAndTheLastDoesNot) {
  EXPECT_EQ(ActualDays(On("2024-02-01"), On("2024-03-01")), 29);
  EXPECT_EQ(ActualDays(On("2024-03-01"), On("2024-02-29")), -1);
}

TEST(DayCountTest, EveryMonthOf30E360Has30Days) {
  EXPECT_EQ(Days30E360(On("2024-01-31"), On("2024-03-31")), 60);
  EXPECT_EQ(Days30E360(On("2023-02-28"), On("2023-03-31")), 32);
  EXPECT_EQ(Days30E360(On("2024-01-30"), On("2024-01-31")), 0);
}

RC_GTEST_PROP(DayCountTest, DaysOfAdjoiningIntervalsAddUp, ()) {
  const Day a = AnyDay();
  const Day b = AnyDay();
  const Day c = AnyDay();
  RC_ASSERT(ActualDays(a, b) + ActualDays(b, c) == ActualDays(a, c));
  RC_ASSERT(Days30E360(a, b) + Days30E360(b, c) == Days30E360(a, c));
}

TEST(InterestTest, FollowsItsDayCount) {
  const auto of = [](DayCount convention, std::string_view from, std::string_view to) {
    return Interest({1'000'000}, 100'000, *YearPart(convention, On(from), On(to)))->minor;
  };
  EXPECT_EQ(of(DayCount::kAct365F, "2024-01-01", "2025-01-01"), 100'274);
  EXPECT_EQ(of(DayCount::kAct360, "2024-01-01", "2025-01-01"), 101'667);
  EXPECT_EQ(of(DayCount::k30E360, "2024-01-01", "2025-01-01"), 100'000);
  EXPECT_EQ(of(DayCount::kMonth12, "2024-01-01", "2025-01-01"), 8'333);
  EXPECT_EQ(of(DayCount::kAct365F, "2024-01-01", "2024-01-01"), 0);
}

TEST(InterestTest, RefusesIntervalsThatEndBeforeTheyBegin) {
  const Day later = On("2024-03-01");
  const Day earlier = On("2024-02-29");
  EXPECT_EQ(YearPart(DayCount::kAct365F, later, earlier).error(), Refusal::kOperand);
  EXPECT_EQ(YearPart(DayCount::kAct360, later, earlier).error(), Refusal::kOperand);
  EXPECT_EQ(YearPart(DayCount::k30E360, later, earlier).error(), Refusal::kOperand);
}

TEST(InterestTest, RefusesRatesAboveAHundredPerCent) {
  EXPECT_EQ(Interest({1}, 1'000'001, {.num = 1, .den = 12}).error(), Refusal::kRate);
  EXPECT_EQ(*Interest({100}, 1'000'000, {.num = 1, .den = 1}), Amount{100});
  EXPECT_EQ(Interest({-1}, 1, {.num = 1, .den = 12}).error(), Refusal::kOperand);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
