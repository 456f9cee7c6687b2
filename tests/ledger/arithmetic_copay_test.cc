#include "ledger/arithmetic/copay.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

using Promises = std::vector<CopayPromise>;

std::vector<Amount> Parts(std::initializer_list<std::int64_t> numbers) {
  std::vector<Amount> parts;
  for (const std::int64_t number : numbers) parts.push_back({number});
  return parts;
}

Promises AllJoint(Promises promises) {
  for (CopayPromise& promise : promises) promise.joint = true;
  return promises;
}

TEST(SplitCopayTest, OddUnitsGoToTheCopayerBeforeTheBorrower) {
  const auto split = SplitCopay({33'833}, Promises{{500'000, {100'000}}});
  EXPECT_EQ(split->copayers, Parts({16'917}));
  EXPECT_EQ(split->borrower, Amount{16'916});
}

TEST(SplitCopayTest, WhatIsAboveACapStaysWithTheBorrowerOrGoesToTheOthers) {
  const Promises promises{{500'000, {3'000}}, {300'000, {10'000}}};
  const auto several = SplitCopay({10'000}, promises);
  EXPECT_EQ(several->copayers, Parts({3'000, 3'000}));
  EXPECT_EQ(several->borrower, Amount{4'000});
  const auto joint = SplitCopay({10'000}, AllJoint(promises));
  EXPECT_EQ(joint->copayers, Parts({3'000, 5'000}));
  EXPECT_EQ(joint->borrower, Amount{2'000});
}

TEST(SplitCopayTest, ASecondCapIsSpreadAgain) {
  const Promises promises{{300'000, {0}}, {300'000, {3'500}}, {400'000, {100'000}}};
  const auto split = SplitCopay({10'000}, AllJoint(promises));
  EXPECT_EQ(split->copayers, Parts({0, 3'500, 6'500}));
  EXPECT_EQ(split->borrower, Amount{0});
}

TEST(SplitCopayTest, OnlyJointOnesTakeWhatIsAboveACapAndOnlyOfJointOnes) {
  const Promises promises{{300'000, {1'000}, true},
                          {300'000, {1'000}, false},
                          {200'000, {9'000}, true},
                          {100'000, {9'000}, false}};
  const auto split = SplitCopay({10'000}, promises);
  EXPECT_EQ(split->copayers, Parts({1'000, 1'000, 4'000, 1'000}));
  EXPECT_EQ(split->borrower, Amount{3'000});
}

TEST(SplitCopayTest, RefusesSharesAboveTheWholeAndNegativeAmounts) {
  const Promises promises{{600'000, {1}}, {400'001, {1}}};
  EXPECT_EQ(SplitCopay({100}, promises).error(), Refusal::kShareSum);
  EXPECT_EQ(SplitCopay({-1}, {}).error(), Refusal::kOperand);
  EXPECT_EQ(SplitCopay({1}, Promises{{1, {-1}}}).error(), Refusal::kOperand);
}

RC_GTEST_PROP(SplitCopayTest, ConservesWhatIsDueAndKeepsEveryCap, ()) {
  const Amount due{From(0, kMaxAmount.minor)};
  Promises promises;
  std::uint32_t left = 1'000'000;
  for (const Amount& cap : Amounts(0, 5, kMaxAmount.minor)) {
    promises.push_back({.share_ppm = Uint(0, left), .cap = cap});
    left -= promises.back().share_ppm;
  }
  Promises some = promises;
  for (CopayPromise& promise : some) promise.joint = *rc::gen::arbitrary<bool>();
  const auto several = SplitCopay(due, promises);
  const auto joint = SplitCopay(due, AllJoint(promises));
  const auto mixed = SplitCopay(due, some);
  RC_ASSERT(several.has_value() && joint.has_value() && mixed.has_value());
  for (const auto* split : {&several, &joint, &mixed}) {
    RC_ASSERT(Sum((*split)->copayers) + (*split)->borrower.minor == due.minor);
    RC_ASSERT((*split)->borrower.minor >= 0);
  }
  // Of joint quotas, what caps do not allow and no joint one takes.
  std::int64_t quotas = 0;
  const auto uncapped = [&] {
    Promises all = promises;
    for (CopayPromise& promise : all) promise.cap = due;
    return SplitCopay(due, all);
  }();
  bool any_open = false;
  for (std::size_t i = 0; i < promises.size(); ++i) {
    RC_ASSERT(several->copayers[i].minor >= 0);
    RC_ASSERT(joint->copayers[i] >= several->copayers[i]);
    RC_ASSERT(joint->copayers[i] <= promises[i].cap);
    RC_ASSERT(mixed->copayers[i] <= promises[i].cap);
    // A several one bears the same, whoever is joint beside it.
    RC_ASSERT(mixed->copayers[i] >= several->copayers[i]);
    RC_ASSERT(static_cast<bool>(some[i].joint) || mixed->copayers[i] == several->copayers[i]);
    if (some[i].joint) {
      quotas += uncapped->copayers[i].minor - mixed->copayers[i].minor;
      any_open = any_open || (some[i].share_ppm > 0 && mixed->copayers[i] < some[i].cap);
    }
    // Who is below the cap leaves the borrower nothing that joint co-payers owe.
    const bool open = promises[i].share_ppm > 0 && joint->copayers[i] < promises[i].cap;
    RC_ASSERT(!open || joint->borrower == uncapped->borrower);
  }
  RC_ASSERT(quotas >= 0);
  RC_ASSERT(!any_open || quotas == 0);
}

TEST(SplitRecourseTest, LendersComeFirstThenClaimsByLargestRemainder) {
  const auto open = SplitRecourse({10'000}, {12'000}, Parts({16'959}));
  EXPECT_EQ(open->lenders, Amount{10'000});
  EXPECT_EQ(open->claims, Parts({0}));
  const auto mixed = SplitRecourse({10'000}, {4'000}, Parts({6'000, 3'000}));
  EXPECT_EQ(mixed->lenders, Amount{4'000});
  EXPECT_EQ(mixed->claims, Parts({4'000, 2'000}));
  EXPECT_EQ(SplitRecourse({1}, {0}, Parts({5, 5}))->claims, Parts({1, 0}));
  EXPECT_EQ(SplitRecourse({10'000}, {0}, Parts({6'000, 3'000}))->unapplied, Amount{1'000});
}

TEST(SplitRecourseTest, RefusesNegativeAmounts) {
  EXPECT_EQ(SplitRecourse({-1}, {0}, {}).error(), Refusal::kOperand);
  EXPECT_EQ(SplitRecourse({1}, {-1}, {}).error(), Refusal::kOperand);
  EXPECT_EQ(SplitRecourse({1}, {0}, Parts({-1})).error(), Refusal::kOperand);
}

RC_GTEST_PROP(SplitRecourseTest, ConservesThePaymentAndPaysNoClaimTwice, ()) {
  const Amount payment{From(0, kMaxAmount.minor)};
  const Amount outstanding{From(0, kMaxAmount.minor)};
  const auto claims = Amounts(0, 6, kMaxAmount.minor);
  const auto split = SplitRecourse(payment, outstanding, claims);
  RC_ASSERT(split.has_value());
  RC_ASSERT(split->lenders.minor + Sum(split->claims) + split->unapplied.minor == payment.minor);
  RC_ASSERT(split->lenders == outstanding || Sum(split->claims) == 0);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    RC_ASSERT(split->claims[i].minor >= 0 && split->claims[i] <= claims[i]);
    RC_ASSERT(split->unapplied.minor == 0 || split->claims[i] == claims[i]);
  }
}

}  // namespace
}  // namespace aval::ledger::arithmetic
