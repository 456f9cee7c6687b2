#include "ledger/arithmetic/penalty.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string_view>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

Day On(std::string_view text) { return *Day::Parse(text); }

TEST(PenaltyTest, IsRoundedForEachDay) {
  EXPECT_EQ(*Penalty({100'000}, {.ppm_per_day = 700}, 5), Amount{350});
  EXPECT_EQ(*Penalty({123'456}, {.ppm_per_day = 150}, 17), Amount{323});
  EXPECT_EQ(*Penalty({1'000}, {.ppm_per_day = 500}, 3), Amount{3});
}

TEST(PenaltyTest, IsAtLeastTheMinimumOfEachDay) {
  EXPECT_EQ(*Penalty({100}, {.ppm_per_day = 500, .min_per_day = {1}}, 30), Amount{30});
  EXPECT_EQ(*Penalty({100'000}, {.ppm_per_day = 700, .min_per_day = {1}}, 1), Amount{70});
}

TEST(PenaltyTest, OfNothingIsNothingInSpiteOfTheMinimum) {
  EXPECT_EQ(*Penalty({0}, {.ppm_per_day = 500, .min_per_day = {1}}, 30), Amount{0});
}

TEST(PenaltyTest, RefusesNegativeNumbersAndResultsBeyondInt64) {
  EXPECT_EQ(Penalty({-1}, {.ppm_per_day = 500}, 1).error(), Refusal::kOperand);
  EXPECT_EQ(Penalty({1}, {.ppm_per_day = 500}, -1).error(), Refusal::kOperand);
  EXPECT_EQ(Penalty({1}, {.min_per_day = {-1}}, 1).error(), Refusal::kOperand);
  const Amount most{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(Penalty(most, {.ppm_per_day = 1'000'000}, 2).error(), Refusal::kOverflow);
}

RC_GTEST_PROP(PenaltyTest, DoesNotDependOnWhenItIsAssessed, ()) {
  const Amount base{From(0, kMaxAmount.minor)};
  const PenaltyRate rate{.ppm_per_day = Uint(0, 10'000), .min_per_day = {From(0, 3)}};
  const std::int64_t first = From(0, 2'000);
  const std::int64_t second = From(0, 2'000);
  RC_ASSERT(Penalty(base, rate, first)->minor + Penalty(base, rate, second)->minor ==
            Penalty(base, rate, first + second)->minor);
}

TEST(DaysPastDueTest, CountFromTheDueDayOnceTheGraceIsOver) {
  const Day due = On("2024-02-29");
  EXPECT_EQ(DaysPastDue(due, On("2024-03-03"), 3), 0);
  EXPECT_EQ(DaysPastDue(due, On("2024-03-04"), 3), 4);
  EXPECT_EQ(DaysPastDue(due, On("2024-03-01"), 0), 1);
}

TEST(DaysPastDueTest, AreNoneUntilTheDueDayHasPassed) {
  EXPECT_EQ(DaysPastDue(On("2024-02-29"), On("2024-02-29"), 0), 0);
  EXPECT_EQ(DaysPastDue(On("2024-02-29"), On("2024-01-01"), 0), 0);
}

TEST(BucketTest, BeginsADayAfterTheLastOneEnds) {
  EXPECT_EQ(Bucket(-5), 0);
  EXPECT_EQ(Bucket(0), 0);
  EXPECT_EQ(Bucket(1), 1);
  EXPECT_EQ(Bucket(30), 1);
  EXPECT_EQ(Bucket(31), 2);
  EXPECT_EQ(Bucket(60), 2);
  EXPECT_EQ(Bucket(61), 3);
  EXPECT_EQ(Bucket(90), 3);
  EXPECT_EQ(Bucket(91), 4);
  EXPECT_EQ(Bucket(120), 4);
  EXPECT_EQ(Bucket(121), 5);
  EXPECT_EQ(Bucket(180), 5);
  EXPECT_EQ(Bucket(181), 6);
  EXPECT_EQ(Bucket(std::numeric_limits<std::int64_t>::max()), 6);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
