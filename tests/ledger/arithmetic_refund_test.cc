#include "ledger/arithmetic/refund.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <vector>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

const std::vector<Amount> kUnpaid{{33'333}, {33'333}, {33'334}};

TEST(ReducePrincipalTest, TakesTheLastInstalmentFirst) {
  const auto reduction = ReducePrincipal(kUnpaid, {100'000}, {40'000});
  EXPECT_EQ(reduction->off, (std::vector<Amount>{{0}, {6'666}, {33'334}}));
  EXPECT_EQ(reduction->excess, Amount{0});
}

TEST(ReducePrincipalTest, WhatIsPaidAlreadyIsExcess) {
  const auto reduction = ReducePrincipal(std::vector<Amount>{{10'000}}, {100'000}, {30'000});
  EXPECT_EQ(reduction->off, (std::vector<Amount>{{10'000}}));
  EXPECT_EQ(reduction->excess, Amount{20'000});
}

TEST(ReducePrincipalTest, RefusesNothingMoreThanThereIsAndNegativeAmounts) {
  EXPECT_EQ(ReducePrincipal(kUnpaid, {100'000}, {0}).error(), Refusal::kRefundRange);
  EXPECT_EQ(ReducePrincipal(kUnpaid, {100'000}, {-1}).error(), Refusal::kRefundRange);
  EXPECT_EQ(ReducePrincipal(kUnpaid, {100'000}, {100'001}).error(), Refusal::kRefundRange);
  EXPECT_EQ(ReducePrincipal(std::vector<Amount>{{-1}}, {100'000}, {1}).error(), Refusal::kOperand);
}

RC_GTEST_PROP(ReducePrincipalTest, GivesAwayExactlyTheRefundAndTouchesNoEarlierInstalmentFirst,
              ()) {
  const std::vector<Amount> unpaid = Amounts(0, 60, kMaxAmount.minor);
  const Amount refund{From(1, kMaxAmount.minor)};
  const auto reduction = ReducePrincipal(unpaid, kMaxAmount, refund);
  std::int64_t sum = reduction->excess.minor;
  bool later_left = false;  // Whether a later instalment keeps something.
  for (std::size_t i = unpaid.size(); i-- > 0;) {
    RC_ASSERT(reduction->off[i].minor >= 0 && reduction->off[i] <= unpaid[i]);
    if (later_left) RC_ASSERT(reduction->off[i].minor == 0);
    later_left = later_left || reduction->off[i] < unpaid[i];
    sum += reduction->off[i].minor;
  }
  RC_ASSERT(sum == refund.minor);
  if (later_left) RC_ASSERT(reduction->excess.minor == 0);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
