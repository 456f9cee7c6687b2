#include "ledger/arithmetic/waterfall.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

using Scan = WaterfallOrder::Scan;

std::int64_t Total(const Components& one) {
  return one.cost.minor + one.penalty.minor + one.fee.minor + one.interest.minor +
         one.principal.minor;
}

const std::vector<Components> kTwo{
    {.cost = {3}, .penalty = {71}, .fee = {500}, .interest = {9}, .principal = {33'333}},
    {.fee = {500}, .principal = {33'333}}};

TEST(WaterfallTest, PaysChargesBeforePrincipalAndTheOldestInstalmentFirst) {
  const auto result = *Waterfall({34'000}, kTwo, {});
  EXPECT_EQ(result.paid[0], kTwo[0]);
  EXPECT_EQ(result.paid[1], (Components{.fee = {84}}));
  EXPECT_EQ(result.unapplied, Amount{0});
}

TEST(WaterfallTest, PaysCostThenPenaltyThenFeeThenInterest) {
  EXPECT_EQ(Waterfall({3}, kTwo, {})->paid[0], (Components{.cost = {3}}));
  EXPECT_EQ(Waterfall({74}, kTwo, {})->paid[0], (Components{.cost = {3}, .penalty = {71}}));
  EXPECT_EQ(Waterfall({579}, kTwo, {})->paid[0],
            (Components{.cost = {3}, .penalty = {71}, .fee = {500}, .interest = {5}}));
}

TEST(WaterfallTest, PaysPrincipalBeforeChargesOfTheSameInstalmentAfterTheSwitch) {
  const auto result = *Waterfall({33'400}, kTwo, {.principal_first = true});
  EXPECT_EQ(result.paid[0], (Components{.cost = {3}, .penalty = {64}, .principal = {33'333}}));
  EXPECT_EQ(result.paid[1], Components{});
}

TEST(WaterfallTest, SwitchesOnlyAboveThePolicysDays) {
  EXPECT_FALSE(PrincipalFirst(90, 90));
  EXPECT_TRUE(PrincipalFirst(91, 90));
}

TEST(WaterfallTest, MayPayOneComponentOfAllInstalmentsFirst) {
  const auto result = *Waterfall({1'083}, kTwo, {.scan = Scan::kByComponent});
  EXPECT_EQ(result.paid[0],
            (Components{.cost = {3}, .penalty = {71}, .fee = {500}, .interest = {9}}));
  EXPECT_EQ(result.paid[1], (Components{.fee = {500}}));
}

TEST(WaterfallTest, RefusesNegativeNumbers) {
  const std::vector<Components> negative{{.interest = {-1}}};
  EXPECT_EQ(Waterfall({-1}, kTwo, {}).error(), Refusal::kOperand);
  EXPECT_EQ(Waterfall({1}, negative, {}).error(), Refusal::kOperand);
}

RC_GTEST_PROP(WaterfallTest, AppliesAllThatIsOwedAndNoMore, ()) {
  std::vector<Components> unpaid;
  std::int64_t owed = 0;
  for (std::int64_t count = From(0, 6); count > 0; --count) {
    const auto parts = Amounts(5, 5, 1'000'000'000);
    unpaid.push_back({parts[0], parts[1], parts[2], parts[3], parts[4]});
    owed += Total(unpaid.back());
  }
  const Amount payment{From(0, owed + 1'000)};
  const WaterfallOrder order{.scan = *rc::gen::element(Scan::kByInstalment, Scan::kByComponent),
                             .principal_first = *rc::gen::arbitrary<bool>()};
  const auto result = *Waterfall(payment, unpaid, order);
  RC_ASSERT(result.paid.size() == unpaid.size());
  std::int64_t applied = 0;
  bool earlier_are_paid = true;
  for (std::size_t i = 0; i < unpaid.size(); ++i) {
    const Components& paid = result.paid[i];
    RC_ASSERT(paid.cost >= Amount{0} && paid.cost <= unpaid[i].cost);
    RC_ASSERT(paid.penalty >= Amount{0} && paid.penalty <= unpaid[i].penalty);
    RC_ASSERT(paid.fee >= Amount{0} && paid.fee <= unpaid[i].fee);
    RC_ASSERT(paid.interest >= Amount{0} && paid.interest <= unpaid[i].interest);
    RC_ASSERT(paid.principal >= Amount{0} && paid.principal <= unpaid[i].principal);
    applied += Total(paid);
    if (order.scan == Scan::kByInstalment) RC_ASSERT(earlier_are_paid || Total(paid) == 0);
    earlier_are_paid = earlier_are_paid && paid == unpaid[i];
  }
  RC_ASSERT(applied == std::min(payment.minor, owed));
  RC_ASSERT(applied + result.unapplied.minor == payment.minor);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
