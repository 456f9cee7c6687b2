#include "ledger/arithmetic/limits.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

TEST(TierTest, IncludesItsLowerEdge) {
  const std::vector<std::uint32_t> edges{0, 550, 600, 650, 700};
  EXPECT_EQ(*TierOf(600, edges), 2U);
  EXPECT_EQ(*TierOf(599, edges), 1U);
  EXPECT_EQ(*TierOf(0, edges), 0U);
  EXPECT_EQ(*TierOf(~0U, edges), 4U);
}

TEST(TierTest, RefusesAScoreBelowEveryEdge) {
  const std::vector<std::uint32_t> edges{550, 600};
  EXPECT_EQ(TierOf(549, edges).error(), Refusal::kOperand);
  EXPECT_EQ(TierOf(0, {}).error(), Refusal::kOperand);
}

TEST(AdjustLimitTest, RoundsDownToTheStep) {
  const LimitChange change{
      .factor_ppm = 1'200'000, .floor = {50'000}, .ceiling = {20'000'000}, .step = {10'000}};
  EXPECT_EQ(*AdjustLimit({1'234'500}, change), Amount{1'480'000});
}

TEST(AdjustLimitTest, StaysBetweenFloorAndCeiling) {
  const LimitChange change{
      .factor_ppm = 2'000'000, .floor = {50'000}, .ceiling = {200'000}, .step = {10'000}};
  EXPECT_EQ(*AdjustLimit({150'000}, change), Amount{200'000});
  EXPECT_EQ(*AdjustLimit({10'000}, change), Amount{50'000});
}

TEST(AdjustLimitTest, CutsToNothing) {
  EXPECT_EQ(*AdjustLimit({19'000'000}, {.ceiling = {20'000'000}, .step = {10'000}}), Amount{0});
}

TEST(AdjustLimitTest, RefusesAChangeWithoutMeaning) {
  EXPECT_EQ(AdjustLimit({1}, {.step = {0}}).error(), Refusal::kOperand);
  EXPECT_EQ(AdjustLimit({1}, {.floor = {2}, .ceiling = {1}, .step = {1}}).error(),
            Refusal::kOperand);
  EXPECT_EQ(AdjustLimit({1}, {.floor = {-1}, .step = {1}}).error(), Refusal::kOperand);
  EXPECT_EQ(AdjustLimit({-1}, {.step = {1}}).error(), Refusal::kOperand);
}

RC_GTEST_PROP(AdjustLimitTest, GivesAMultipleOfTheStepUpToTheCeiling, ()) {
  const Amount old{From(0, kMaxAmount.minor)};
  const Amount floor{From(0, kMaxAmount.minor)};
  const LimitChange change{.factor_ppm = Uint(0, 5'000'000),
                           .floor = floor,
                           .ceiling = {From(floor.minor, kMaxAmount.minor)},
                           .step = {From(1, 1'000'000)}};
  const Amount limit = *AdjustLimit(old, change);
  RC_ASSERT(limit.minor % change.step.minor == 0);
  RC_ASSERT(limit >= Amount{0} && limit <= change.ceiling);
  RC_ASSERT(limit.minor > change.floor.minor - change.step.minor);
}

TEST(AvailableTest, IsNeverNegative) {
  EXPECT_EQ(Available({.granted = {100'000}, .used = {30'000}, .frozen = {20'000}}),
            Amount{50'000});
  EXPECT_EQ(Available({.granted = {50'000}, .used = {80'000}}), Amount{0});
  const Amount most{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(Available({.granted = {0}, .used = most, .frozen = most}), Amount{0});
  EXPECT_EQ(Available({.granted = most}), most);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
