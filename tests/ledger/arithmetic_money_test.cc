#include "ledger/arithmetic/money.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(MulDivTest, RoundsAnExactHalfUpToEvenOrDown) {
  EXPECT_EQ(*MulDiv(5, {.num = 1, .den = 2}, Rounding::kHalfUp), 3);
  EXPECT_EQ(*MulDiv(5, {.num = 1, .den = 2}, Rounding::kHalfEven), 2);
  EXPECT_EQ(*MulDiv(7, {.num = 1, .den = 2}, Rounding::kHalfEven), 4);
  EXPECT_EQ(*MulDiv(7, {.num = 1, .den = 2}, Rounding::kDown), 3);
}

TEST(MulDivTest, MultipliesIn128Bits) {
  EXPECT_EQ(*MulDiv(kMost, {.num = kMost, .den = kMost}), kMost);
  EXPECT_EQ(*MulDiv(kMaxAmount, Ratio::Ppm(999'999)), Amount{9'999'990'000'000});
}

TEST(MulDivTest, RefusesAResultBeyondInt64) {
  EXPECT_EQ(MulDiv(kMost, {.num = 2, .den = 1}).error(), Refusal::kOverflow);
  EXPECT_EQ(*MulDiv(kMost, {.num = 2, .den = 2}), kMost);
  // One half beyond, and what rounding makes of it.
  EXPECT_EQ(*MulDiv(kMost, {.num = 3, .den = 3}, Rounding::kHalfUp), kMost);
  EXPECT_EQ(MulDiv(kMost, {.num = kMost, .den = kMost - 1}).error(), Refusal::kOverflow);
}

TEST(MulDivTest, RefusesNegativeOperandsAndAZeroDivisor) {
  EXPECT_EQ(MulDiv(-1, {.num = 1, .den = 2}).error(), Refusal::kOperand);
  EXPECT_EQ(MulDiv(1, {.num = -1, .den = 2}).error(), Refusal::kOperand);
  EXPECT_EQ(MulDiv(1, {.num = 1, .den = -2}).error(), Refusal::kOperand);
  EXPECT_EQ(MulDiv(1, {.num = 1, .den = 0}).error(), Refusal::kOperand);
}

TEST(DivideRoundedTest, RoundsAtTheEdgeOf128Bits) {
  constexpr UInt128 kAll = ~UInt128{0};
  EXPECT_TRUE(DivideRounded(kAll, kAll, Rounding::kHalfUp) == 1);
  EXPECT_TRUE(DivideRounded(kAll / 2, kAll, Rounding::kHalfUp) == 0);
  EXPECT_TRUE(DivideRounded(kAll / 2 + 1, kAll, Rounding::kHalfUp) == 1);
  EXPECT_TRUE(DivideRounded(kAll - 1, kAll, Rounding::kHalfEven) == 1);
}

RC_GTEST_PROP(MulDivTest, EveryRoundingIsTheNearestOfItsKind, ()) {
  const std::int64_t value = From(0, kMost);
  const Ratio ratio{.num = From(0, kMost), .den = From(1, kMost)};
  const auto down = MulDiv(value, ratio, Rounding::kDown);
  const Int128 product = Int128{value} * ratio.num;
  if (!down) {
    RC_ASSERT(product / ratio.den > kMost);
    RC_DISCARD("beyond int64");
  }
  const Int128 rest = product - Int128{*down} * ratio.den;
  RC_ASSERT(rest >= 0);
  RC_ASSERT(rest < ratio.den);
  RC_PRE(*down < kMost);
  RC_ASSERT(*MulDiv(value, ratio, Rounding::kHalfUp) == *down + (2 * rest >= ratio.den ? 1 : 0));
  const bool odd = *down % 2 == 1;
  const bool up = 2 * rest > ratio.den || (2 * rest == ratio.den && odd);
  RC_ASSERT(*MulDiv(value, ratio, Rounding::kHalfEven) == *down + (up ? 1 : 0));
}

TEST(MoneyTest, AddsAndSubtractsUpToTheEdgeOfInt64) {
  EXPECT_EQ(*Add({kMost - 1}, {1}), Amount{kMost});
  EXPECT_EQ(Add({kMost}, {1}).error(), Refusal::kOverflow);
  EXPECT_EQ(*Subtract({-kMost}, {1}), Amount{-kMost - 1});
  EXPECT_EQ(Subtract({-kMost}, {2}).error(), Refusal::kOverflow);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
