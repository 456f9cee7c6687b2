#include "ledger/arithmetic/schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string_view>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

Day On(std::string_view text) { return *Day::Parse(text); }

ScheduleTerms AnyTerms() {
  ScheduleTerms terms{.principal = Principal(),
                      .instalments = Instalments(),
                      .rate_ppm = Uint(0, 1'000'000),
                      .rounding = *rc::gen::element(Rounding::kHalfUp, Rounding::kHalfEven)};
  terms.free_instalments = Uint(0, terms.instalments);
  terms.day_count = *rc::gen::element(DayCount::kMonth12, DayCount::kAct365F, DayCount::kAct360,
                                      DayCount::k30E360);
  terms.start = Day{static_cast<std::int32_t>(From(0, 40'000))};
  for (std::uint32_t k = 1; k <= terms.instalments; ++k) {
    terms.dues.push_back(*DueDay(terms.start, k));
  }
  return terms;
}

void CheckConservation(const ScheduleTerms& terms, const std::vector<ScheduleRow>& rows) {
  RC_ASSERT(rows.size() == terms.instalments);
  Amount balance = terms.principal;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const ScheduleRow& row = rows[k];
    RC_ASSERT(row.principal.minor >= 0);
    balance.minor -= row.principal.minor;
    RC_ASSERT(row.balance == balance);
    const bool free = k < terms.free_instalments;
    RC_ASSERT((free ? row.Due() == row.principal : row.subsidy.minor == 0));
    RC_ASSERT(std::min({row.fee, row.interest, row.subsidy}) >= Amount{0});
  }
  RC_ASSERT(balance.minor == 0);
}

TEST(FlatFeeTest, ChargesTheSameFeeOnTheOriginalPrincipal) {
  const auto rows = *FlatFeeSchedule({.principal = {100'000}, .instalments = 3, .rate_ppm = 5'000});
  const std::vector<ScheduleRow> expected{
      {.principal = {33'333}, .fee = {500}, .balance = {66'667}},
      {.principal = {33'333}, .fee = {500}, .balance = {33'334}},
      {.principal = {33'334}, .fee = {500}, .balance = {0}}};
  EXPECT_EQ(rows, expected);
}

TEST(FlatFeeTest, BillsFreeInstalmentsToTheSponsor) {
  const auto rows = *FlatFeeSchedule(
      {.principal = {100'000}, .instalments = 2, .rate_ppm = 5'000, .free_instalments = 1});
  EXPECT_EQ(rows[0].Due(), rows[0].principal);
  EXPECT_EQ(rows[0].subsidy, Amount{500});
  EXPECT_EQ(rows[1].fee, Amount{500});
  EXPECT_EQ(rows[1].subsidy, Amount{0});
}

TEST(ScheduleTest, EveryMethodRefusesTermsOutOfRange) {
  const auto refusals = [](const ScheduleTerms& terms) {
    return std::vector{FlatFeeSchedule(terms).error(), EqualPrincipalSchedule(terms).error(),
                       AnnuitySchedule(terms).error(), AnnuityPayment(terms).error()};
  };
  const auto all = [](Refusal refusal) { return std::vector(4, refusal); };
  const ScheduleTerms sound{.principal = {100'000}, .instalments = 3, .rate_ppm = 5'000};
  ScheduleTerms terms = sound;
  terms.principal = {kMaxAmount.minor + 1};
  EXPECT_EQ(refusals(terms), all(Refusal::kAmount));
  terms = sound;
  terms.principal = {0};
  EXPECT_EQ(refusals(terms), all(Refusal::kAmount));
  terms = sound;
  terms.instalments = 0;
  EXPECT_EQ(refusals(terms), all(Refusal::kCount));
  terms.instalments = kMaxInstalments + 1;
  EXPECT_EQ(refusals(terms), all(Refusal::kCount));
  terms = sound;
  terms.rate_ppm = 1'000'001;
  EXPECT_EQ(refusals(terms), all(Refusal::kRate));
  terms = sound;
  terms.free_instalments = 4;
  EXPECT_EQ(refusals(terms), all(Refusal::kFreeInstalments));
}

TEST(ScheduleTest, SplitsRefuseInstalmentsBelowThePolicysFloor) {
  const ScheduleTerms terms{
      .principal = {100'000}, .instalments = 3, .rate_ppm = 5'000, .min_instalment = {33'334}};
  EXPECT_EQ(FlatFeeSchedule(terms).error(), Refusal::kMinInstalment);
  EXPECT_EQ(EqualPrincipalSchedule(terms).error(), Refusal::kMinInstalment);
}

TEST(EqualPrincipalTest, BearsInterestOnTheBalanceByItsDayCount) {
  const auto rows =
      *EqualPrincipalSchedule({.principal = {120'000},
                               .instalments = 3,
                               .rate_ppm = 180'000,
                               .day_count = DayCount::kAct365F,
                               .start = On("2023-12-31"),
                               .dues = {On("2024-01-31"), On("2024-02-29"), On("2024-03-31")}});
  EXPECT_EQ(rows[0].interest, Amount{1'835});
  EXPECT_EQ(rows[1].interest, Amount{1'144});
  EXPECT_EQ(rows[2].interest, Amount{612});
}

TEST(EqualPrincipalTest, RefusesADayCountWithoutItsDays) {
  const ScheduleTerms terms{.principal = {120'000},
                            .instalments = 3,
                            .rate_ppm = 180'000,
                            .day_count = DayCount::kAct365F,
                            .start = On("2023-12-31"),
                            .dues = {On("2024-01-31")}};
  EXPECT_EQ(EqualPrincipalSchedule(terms).error(), Refusal::kOperand);
}

TEST(AnnuityTest, HasThePublishedPayments) {
  const auto payment = [](std::int64_t principal, std::uint32_t count, std::uint32_t rate) {
    return AnnuityPayment({.principal = {principal}, .instalments = count, .rate_ppm = rate})
        ->minor;
  };
  EXPECT_EQ(payment(10'000, 6, 94'822), 1'713);
  EXPECT_EQ(payment(20'000'000, 24, 240'000), 1'057'422);
  EXPECT_EQ(payment(kMaxAmount.minor, 60, 1'000'000), 840'230'521'553);
  EXPECT_EQ(payment(100'000, 12, 0), 8'333);
}

TEST(AnnuityTest, RoundsThePaymentToItsMultiple) {
  ScheduleTerms terms{.principal = {20'000'000}, .instalments = 24, .rate_ppm = 240'000};
  terms.payment_multiple = 100;
  EXPECT_EQ(*AnnuityPayment(terms), Amount{1'057'400});
  terms.payment_multiple = 1'000;
  EXPECT_EQ(*AnnuityPayment(terms), Amount{1'057'000});
  terms.payment_multiple = 0;
  EXPECT_EQ(AnnuityPayment(terms).error(), Refusal::kOperand);
}

TEST(AnnuityTest, RefusesAPaymentThatDoesNotCoverTheFirstInterest) {
  const ScheduleTerms terms{.principal = {1}, .instalments = 24, .rate_ppm = 240'000};
  EXPECT_EQ(*AnnuityPayment(terms), Amount{0});
  EXPECT_EQ(AnnuitySchedule(terms).error(), Refusal::kNonAmortising);
}

// The payment is that of nominal months: February's interest is below it, March's above.
TEST(AnnuityTest, RefusesAPaymentThatDoesNotCoverALaterInterest) {
  ScheduleTerms terms{.principal = kMaxAmount, .instalments = 60, .rate_ppm = 1'000'000};
  terms.day_count = DayCount::kAct365F;
  terms.start = On("2023-02-01");
  terms.dues = *DueDays(On("2023-03-01"), 60);
  EXPECT_EQ(AnnuitySchedule(terms).error(), Refusal::kNonAmortising);
  terms.day_count = DayCount::kMonth12;
  EXPECT_TRUE(AnnuitySchedule(terms));
}

TEST(AnnuityTest, EndsEarlyWhenRoundingMakesThePaymentLarge) {
  const auto annuity = *AnnuitySchedule({.principal = {5}, .instalments = 6, .rate_ppm = 240'000});
  EXPECT_EQ(annuity.rows[4].balance, Amount{0});
  EXPECT_EQ(annuity.rows[5].Due(), Amount{0});
}

RC_GTEST_PROP(FlatFeeTest, EndsAtZeroAndChargesEveryMonthAlike, ()) {
  const ScheduleTerms terms = AnyTerms();
  const auto rows = *FlatFeeSchedule(terms);
  CheckConservation(terms, rows);
  for (const ScheduleRow& row : rows) {
    RC_ASSERT(row.fee.minor + row.subsidy.minor == rows[0].fee.minor + rows[0].subsidy.minor);
  }
}

RC_GTEST_PROP(EqualPrincipalTest, EndsAtZeroWithInterestThatFallsInNominalMonths, ()) {
  const ScheduleTerms terms = AnyTerms();
  const auto rows = *EqualPrincipalSchedule(terms);
  CheckConservation(terms, rows);
  RC_PRE(terms.day_count == DayCount::kMonth12);
  RC_ASSERT(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.interest.minor + a.subsidy.minor > b.interest.minor + b.subsidy.minor;
  }));
}

RC_GTEST_PROP(AnnuityTest, EndsAtZeroWithTheSamePaymentUntilTheLast, ()) {
  const ScheduleTerms terms = AnyTerms();
  const auto annuity = AnnuitySchedule(terms);
  if (!annuity) {
    RC_ASSERT(annuity.error() == Refusal::kNonAmortising);
    return;
  }
  CheckConservation(terms, annuity->rows);
  for (std::size_t k = 0; k + 1 < annuity->rows.size(); ++k) {
    const ScheduleRow& row = annuity->rows[k];
    RC_ASSERT(row.Due().minor + row.subsidy.minor == annuity->payment.minor ||
              row.balance.minor == 0);
  }
}

// Compounded at the loan's own rate with six guard digits, nothing is left of the principal after
// the last payment, but for the half unit by which every payment is rounded, and its interest.
RC_GTEST_PROP(AnnuityTest, PaymentsRepayThePrincipalAtTheLoansRate, ()) {
  constexpr std::int64_t kGuard = 1'000'000;
  ScheduleTerms terms = AnyTerms();
  terms.principal = {From(1, 1'000'000'000)};
  const Int128 payment = Int128{AnnuityPayment(terms)->minor} * kGuard;
  const auto with_interest = [&terms](Int128 balance) {
    return balance * (12'000'000 + terms.rate_ppm) / 12'000'000;
  };
  Int128 balance = Int128{terms.principal.minor} * kGuard;
  Int128 bound = 0;
  for (std::uint32_t k = 0; k < terms.instalments; ++k) {
    balance = with_interest(balance) - payment;
    bound = with_interest(bound) + kGuard / 2 + 2;  // Each division cuts off less than one.
  }
  RC_ASSERT(balance <= bound);
  RC_ASSERT(balance >= -bound);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
