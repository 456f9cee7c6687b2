#include "ledger/arithmetic/split.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

std::vector<Amount> Parts(std::initializer_list<std::int64_t> numbers) {
  std::vector<Amount> parts;
  for (const std::int64_t number : numbers) parts.push_back({number});
  return parts;
}

bool NoneNegative(const std::vector<Amount>& amounts) {
  return std::all_of(amounts.begin(), amounts.end(), [](Amount part) { return part.minor >= 0; });
}

TEST(SplitPrincipalTest, PutsTheRemainderWhereTheModeSays) {
  EXPECT_EQ(*SplitPrincipal({100'000}, 3), Parts({33'333, 33'333, 33'334}));
  EXPECT_EQ(*SplitPrincipal({14}, 4, SplitMode::kSpreadFirst), Parts({4, 4, 3, 3}));
  EXPECT_EQ(*SplitPrincipal({15}, 4, SplitMode::kNearestLast), Parts({4, 4, 4, 3}));
}

TEST(SplitPrincipalTest, RefusesANegativeLastPart) {
  EXPECT_EQ(SplitPrincipal({14}, 24, SplitMode::kNearestLast).error(), Refusal::kNegativeLast);
  EXPECT_EQ(SplitPrincipal({14}, 24, SplitMode::kFloorLast)->back(), Amount{14});
}

TEST(SplitPrincipalTest, RefusesABaseBelowThePolicysFloor) {
  const auto split = [](std::int64_t floor) {
    return SplitPrincipal({100'000}, 3, SplitMode::kFloorLast, {floor});
  };
  EXPECT_TRUE(split(33'333));
  EXPECT_EQ(split(33'334).error(), Refusal::kMinInstalment);
}

TEST(SplitPrincipalTest, RefusesWhatIsOutOfRange) {
  EXPECT_EQ(SplitPrincipal({100}, 0).error(), Refusal::kCount);
  EXPECT_EQ(SplitPrincipal({100}, 61).error(), Refusal::kCount);
  EXPECT_EQ(SplitPrincipal({0}, 1).error(), Refusal::kAmount);
  EXPECT_EQ(SplitPrincipal({kMaxAmount.minor + 1}, 1).error(), Refusal::kAmount);
  EXPECT_TRUE(SplitPrincipal(kMaxAmount, 60));
}

RC_GTEST_PROP(SplitPrincipalTest, ConservesThePrincipalWithoutANegativePart, ()) {
  const Amount principal = Principal();
  const std::uint32_t count = Instalments();
  const auto mode =
      *rc::gen::element(SplitMode::kFloorLast, SplitMode::kSpreadFirst, SplitMode::kNearestLast);
  const auto parts = SplitPrincipal(principal, count, mode);
  if (!parts) {
    RC_ASSERT(mode == SplitMode::kNearestLast);
    RC_ASSERT(parts.error() == Refusal::kNegativeLast);
    return;
  }
  RC_ASSERT(parts->size() == count);
  RC_ASSERT(Sum(*parts) == principal.minor);
  RC_ASSERT(NoneNegative(*parts));
}

std::vector<Amount> Split(std::int64_t total, std::initializer_list<std::int64_t> weights) {
  return *LargestRemainder({total}, std::vector(weights));
}

TEST(LargestRemainderTest, GivesUnitsLeftOverToTheLargestRemaindersThenToTheFirst) {
  EXPECT_EQ(Split(10'001, {300'000, 700'000}), Parts({3'000, 7'001}));
  EXPECT_EQ(Split(2, {1, 1, 1}), Parts({1, 1, 0}));
  EXPECT_EQ(Split(1, {300'000, 350'000, 350'000}), Parts({0, 1, 0}));
  EXPECT_EQ(Split(7, {0, 3, 0}), Parts({0, 7, 0}));
}

// Why allocations are never made from differences of cumulative ones: the third would get -1.
TEST(LargestRemainderTest, MayTakeAUnitAwayWhenTheTotalGrows) {
  EXPECT_EQ(Split(10, {6, 6, 2}), Parts({4, 4, 2}));
  EXPECT_EQ(Split(11, {6, 6, 2}), Parts({5, 5, 1}));
}

TEST(LargestRemainderTest, RefusesWeightsWithoutAPositiveOne) {
  const std::vector<std::int64_t> zeros{0, 0};
  const std::vector<std::int64_t> negative{5, -1};
  const std::vector<std::int64_t> one{1};
  EXPECT_EQ(LargestRemainder({7}, zeros).error(), Refusal::kOperand);
  EXPECT_EQ(LargestRemainder({7}, {}).error(), Refusal::kOperand);
  EXPECT_EQ(LargestRemainder({7}, negative).error(), Refusal::kOperand);
  EXPECT_EQ(LargestRemainder({-7}, one).error(), Refusal::kOperand);
}

RC_GTEST_PROP(LargestRemainderTest, ConservesTheTotalWithinAUnitOfEveryQuota, ()) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const Amount total{From(0, kMost)};
  std::vector<std::int64_t> weights;
  for (const Amount& weight : Amounts(1, 12, kMost)) weights.push_back(weight.minor);
  const Int128 sum = std::accumulate(weights.begin(), weights.end(), Int128{0});
  RC_PRE(sum > 0);
  const auto parts = *LargestRemainder(total, weights);
  RC_ASSERT(Sum(parts) == total.minor);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Int128 floor = Int128{total.minor} * weights[i] / sum;
    const bool exact = Int128{total.minor} * weights[i] % sum == 0;
    RC_ASSERT(parts[i].minor == floor || (!exact && parts[i].minor == floor + 1));
  }
}

TEST(SplitRepaymentTest, RefusesMoreThanIsOutstanding) {
  const auto outstanding = Parts({2, 2, 3});
  EXPECT_EQ(SplitRepayment({8}, outstanding).error(), Refusal::kOverpay);
  EXPECT_EQ(*SplitRepayment({7}, outstanding), outstanding);
}

TEST(SplitRepaymentTest, GivesNothingOfNothing) {
  EXPECT_EQ(*SplitRepayment({0}, Parts({0, 0})), Parts({0, 0}));
  EXPECT_EQ(*SplitRepayment({0}, Parts({5, 1})), Parts({0, 0}));
}

RC_GTEST_PROP(SplitRepaymentTest, AnyPaymentsEndAtZeroForAllLenders, ()) {
  auto outstanding = Amounts(1, 8, kMaxAmount.minor);
  for (Int128 left = Sum(outstanding); left > 0; left = Sum(outstanding)) {
    const Amount payment{From(1, static_cast<std::int64_t>(left))};
    const auto parts = *SplitRepayment(payment, outstanding);
    RC_ASSERT(Sum(parts) == payment.minor);
    RC_ASSERT(NoneNegative(parts));
    for (std::size_t i = 0; i < parts.size(); ++i) outstanding[i].minor -= parts[i].minor;
    RC_ASSERT(NoneNegative(outstanding));
  }
}

}  // namespace
}  // namespace aval::ledger::arithmetic
