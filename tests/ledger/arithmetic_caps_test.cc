#include "ledger/arithmetic/caps.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "ledger/arithmetic/schedule.h"
#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

std::vector<Amount> FlatFeePayments(Amount principal, std::uint32_t count, std::uint32_t fee_ppm) {
  std::vector<Amount> payments;
  for (const ScheduleRow& row :
       *FlatFeeSchedule({.principal = principal, .instalments = count, .rate_ppm = fee_ppm})) {
    payments.push_back(row.Due());
  }
  return payments;
}

TEST(SimpleCapTest, IsReachedAtEquality) {
  // 24 % of 1,000.00 for 365 days.
  EXPECT_TRUE(WithinSimpleCap({24'000}, 36'500'000, 240'000));
  EXPECT_FALSE(WithinSimpleCap({24'001}, 36'500'000, 240'000));
  // A penalty of 0.01 a day on 1.00.
  EXPECT_FALSE(WithinSimpleCap({30}, 3'000, 240'000));
}

TEST(SimpleCapTest, ComparesTheLargestNumbersExactly) {
  const Amount most{std::numeric_limits<std::int64_t>::max()};
  const Int128 days = Int128{most.minor} * 365;  // At 100 % a year: one year of that amount.
  EXPECT_TRUE(WithinSimpleCap(most, days, 1'000'000));
  EXPECT_FALSE(WithinSimpleCap(most, days - 1, 1'000'000));
}

TEST(SimpleCapTest, HoldsNothingNegative) {
  EXPECT_FALSE(WithinSimpleCap({-1}, 3'000, 240'000));
  EXPECT_FALSE(WithinSimpleCap({0}, -1, 240'000));
}

TEST(SimpleCapTest, HasNoMostOutsideItsBounds) {
  EXPECT_EQ(SimpleCapCharges(-1, 240'000).error(), Refusal::kOperand);
  EXPECT_EQ(SimpleCapCharges(Int128{1} << 95U, 240'000).error(), Refusal::kOperand);
  EXPECT_EQ(*SimpleCapCharges((Int128{1} << 95U) - 1, 1'000'000),
            Amount{std::numeric_limits<std::int64_t>::max()});
}

RC_GTEST_PROP(SimpleCapPropertyTest, TheMostIsWithinTheCapAndOneMoreIsNot, ()) {
  const auto days = *rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max());
  const auto cap = *rc::gen::inRange<std::uint32_t>(0, 1'000'001);
  const Amount most = *SimpleCapCharges(days, cap);
  RC_ASSERT(WithinSimpleCap(most, days, cap));
  RC_ASSERT(!WithinSimpleCap({most.minor + 1}, days, cap));
}

TEST(IrrCapTest, JudgesThePublishedFees) {
  constexpr std::uint32_t kCap = 240'000;
  EXPECT_TRUE(WithinIrrCap({1'000'000}, FlatFeePayments({1'000'000}, 3, 5'000), kCap));
  EXPECT_TRUE(WithinIrrCap({1'000'000}, FlatFeePayments({1'000'000}, 24, 10'000), kCap));
  EXPECT_FALSE(WithinIrrCap({1'000'000}, FlatFeePayments({1'000'000}, 12, 12'000), kCap));
}

TEST(IrrCapTest, OfZeroAllowsThePrincipalBackAndNoMore) {
  const std::vector<Amount> exact{{40}, {60}};
  const std::vector<Amount> more{{41}, {60}};
  EXPECT_TRUE(WithinIrrCap({100}, exact, 0));
  EXPECT_FALSE(WithinIrrCap({100}, more, 0));
}

TEST(IrrCapTest, HoldsNothingNegativeAndNoLongerSchedule) {
  const std::vector<Amount> negative{{-1}};
  EXPECT_FALSE(WithinIrrCap({100}, negative, 240'000));
  EXPECT_FALSE(WithinIrrCap({-100}, {}, 240'000));
  EXPECT_TRUE(WithinIrrCap({100}, std::vector<Amount>(kMaxInstalments), 240'000));
  EXPECT_FALSE(WithinIrrCap({100}, std::vector<Amount>(kMaxInstalments + 1), 240'000));
}

TEST(IrrCapTest, DoesNotOverflowAtTheLargestOfEverything) {
  const std::vector<Amount> most(kMaxInstalments, {std::numeric_limits<std::int64_t>::max()});
  EXPECT_TRUE(WithinIrrCap(most[0], most, ~0U));
  EXPECT_FALSE(WithinIrrCap(most[0], most, 0));
}

// The rule as domain.md states it, which early exits must not change.
RC_GTEST_PROP(IrrCapTest, IsThePlainCompounding, ()) {
  const Amount principal{From(0, 1'000'000'000)};
  const auto payments = Amounts(0, 24, 100'000'000);
  const std::uint32_t cap_ppm = Uint(0, 1'000'000);
  Int128 balance = Int128{principal.minor} * 1'000'000;
  bool stays = balance >= 0;
  for (const Amount& payment : payments) {
    balance = balance * (12'000'000 + cap_ppm) / 12'000'000 - Int128{payment.minor} * 1'000'000;
    stays = stays && balance >= 0;
  }
  RC_ASSERT(WithinIrrCap(principal, payments, cap_ppm) == stays);
}

TEST(Irr12Test, HasThePublishedRates) {
  const auto irr = [](std::uint32_t count, std::uint32_t fee_ppm) {
    return *Irr12Ppm({1'000'000}, FlatFeePayments({1'000'000}, count, fee_ppm));
  };
  EXPECT_EQ(irr(3, 5'000), 89'777U);
  EXPECT_EQ(irr(24, 10'000), 215'710U);
  EXPECT_EQ(irr(12, 12'000), 255'953U);
}

TEST(Irr12Test, IsZeroWhenLessIsPaidThanWasLent) {
  const std::vector<Amount> payments{{40}, {59}};
  EXPECT_EQ(*Irr12Ppm({100}, payments), 0U);
}

TEST(Irr12Test, RefusesPaymentsForNothing) {
  const std::vector<Amount> payments{{1}};
  EXPECT_EQ(Irr12Ppm({0}, payments).error(), Refusal::kRate);
}

RC_GTEST_PROP(Irr12Test, IsTheLeastCapThatPasses, ()) {
  const Amount principal{From(1, kMaxAmount.minor)};
  const auto payments = Amounts(1, 24, principal.minor);
  const auto irr = Irr12Ppm(principal, payments);
  RC_PRE(irr.has_value());
  RC_ASSERT(WithinIrrCap(principal, payments, *irr));
  RC_ASSERT(*irr == 0 || !WithinIrrCap(principal, payments, *irr - 1));
}

TEST(MaxFlatFeeTest, HasThePublishedFeesUnder24PerCent) {
  EXPECT_EQ(*MaxFlatFee(3, 240'000), 13'421U);
  EXPECT_EQ(*MaxFlatFee(6, 240'000), 11'859U);
  EXPECT_EQ(*MaxFlatFee(12, 240'000), 11'226U);
  EXPECT_EQ(*MaxFlatFee(24, 240'000), 11'204U);
}

TEST(MaxFlatFeeTest, RefusesWhatHasNoSchedule) {
  EXPECT_EQ(MaxFlatFee(0, 240'000).error(), Refusal::kCount);
  EXPECT_EQ(MaxFlatFee(61, 240'000).error(), Refusal::kCount);
  EXPECT_EQ(MaxFlatFee(3, 240'000, {0}).error(), Refusal::kAmount);
}

RC_GTEST_PROP(MaxFlatFeeTest, PassesTheCapAndTheNextFeeDoesNot, ()) {
  const std::uint32_t count = Uint(1, 24);
  const std::uint32_t cap_ppm = Uint(0, 1'000'000);
  const Amount principal = Principal();
  const std::uint32_t fee_ppm = *MaxFlatFee(count, cap_ppm, principal);
  RC_ASSERT(WithinIrrCap(principal, FlatFeePayments(principal, count, fee_ppm), cap_ppm));
  RC_PRE(fee_ppm < 1'000'000);
  RC_ASSERT(!WithinIrrCap(principal, FlatFeePayments(principal, count, fee_ppm + 1), cap_ppm));
}

TEST(PartnerFloorTest, BindsTheBankWhosePartnersHoldLess) {
  const std::vector<std::uint32_t> at_the_floor{700'000, 300'000};
  const std::vector<std::uint32_t> below{710'000, 290'000};
  EXPECT_EQ(PartnerFloor(at_the_floor, 300'000), (std::vector{true, true}));
  EXPECT_EQ(PartnerFloor(below, 300'000), (std::vector{false, true}));
}

TEST(WithinRatioTest, IsReachedAtEqualityAndHoldsNothingNegative) {
  EXPECT_TRUE(WithinRatio({25}, {100}, 250'000));
  EXPECT_FALSE(WithinRatio({26}, {100}, 250'000));
  EXPECT_FALSE(WithinRatio({1}, {0}, 250'000));
  EXPECT_FALSE(WithinRatio({-1}, {100}, 250'000));
  EXPECT_FALSE(WithinRatio({1}, {-100}, 250'000));
}

}  // namespace
}  // namespace aval::ledger::arithmetic
