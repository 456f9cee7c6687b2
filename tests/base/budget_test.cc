#include "base/budget.h"

#include <gtest/gtest.h>

#include <memory>

namespace aval {
namespace {

TEST(BudgetTest, BoundsThingsAndBytesOfAllTogetherAndTakesThemBack) {
  Budget<int> budget({.things = 10, .bytes = 1'000}, {.things = 10, .bytes = 1'000});
  auto seven = budget.Take(1, {.things = 7, .bytes = 100});
  ASSERT_TRUE(seven);
  EXPECT_FALSE(budget.Take(2, {.things = 4, .bytes = 1}));
  EXPECT_FALSE(budget.Take(2, {.things = 1, .bytes = 901}));
  const auto rest = budget.Take(2, {.things = 3, .bytes = 900});
  EXPECT_TRUE(rest);
  EXPECT_EQ(budget.counters().taken, (Load{.things = 10, .bytes = 1'000}));
  seven.reset();
  EXPECT_EQ(budget.counters().taken, (Load{.things = 3, .bytes = 900}));
  EXPECT_TRUE(budget.Take(1, {.things = 7, .bytes = 100}));
}

TEST(BudgetTest, WhoHasHisShareLeavesTheRestToOthers) {
  Budget<int> budget({.things = 8, .bytes = 800}, {.things = 2, .bytes = 500});
  const auto share = budget.Take(1, {.things = 2, .bytes = 10});
  ASSERT_TRUE(share);
  EXPECT_FALSE(budget.Take(1, {.things = 1, .bytes = 0}));
  EXPECT_TRUE(budget.Take(2, {.things = 2, .bytes = 500}));
  EXPECT_FALSE(budget.Take(2, {.things = 1, .bytes = 501}));
  EXPECT_EQ(budget.counters().refused, 2U);
  EXPECT_EQ(budget.counters().greedy, 2U);
}

TEST(BudgetTest, ARefusalForWantOfRoomIsNobodysGreed) {
  Budget<int> budget({.things = 2, .bytes = 100}, {.things = 2, .bytes = 100});
  const auto all = budget.Take(1, {.things = 2, .bytes = 0});
  EXPECT_FALSE(budget.Take(2, {.things = 1, .bytes = 0}));
  EXPECT_EQ(budget.counters().refused, 1U);
  EXPECT_EQ(budget.counters().greedy, 0U);
}

TEST(BudgetTest, NothingIsAlwaysGiven) {
  Budget<int> budget({.things = 1, .bytes = 1}, {.things = 1, .bytes = 1});
  const auto all = budget.Take(1, {.things = 1, .bytes = 1});
  EXPECT_TRUE(budget.Take(1, {}));
  const auto nothing = budget.Take(2, {});
  const auto again = budget.Take(2, {});
  EXPECT_TRUE(nothing && again);
}

}  // namespace
}  // namespace aval
