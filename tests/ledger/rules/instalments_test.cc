#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "ledger/wire.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

/// A market with loan 1: 1,000.00 over three instalments at 0.5 % a month, bills ten days ahead;
/// due 2017-02-01, 03-01 and 04-01.
class InstalmentsTest : public testing::Test {
 protected:
  static constexpr Day kDue{.number = kFirstDay.number + 31};
  static constexpr Day kBillDay{.number = kDue.number - 10};

  /// `change` sets what differs of policy and order.
  void Buy(
      const std::function<void(Policy&)>& policy = [](Policy&) {},
      const std::function<void(act::v1::PurchaseAuthorise&)>& change = [](auto&) {}) {
    market_.book().ChangePolicy(policy);
    auto order = market_.Order(1);
    change(order);
    market_.Buy(order);
  }
  Instalment First() const { return market_.InstalmentNow(1, 1); }
  Bill FirstBill() {
    return market_.book().Get<Bill>(
        {.borrower = market_.borrower(), .due = kDue, .currency = TestCurrency()});
  }
  std::int64_t Balance(PartyId owner, std::uint16_t code) {
    return market_.book().Balance(owner, code, Market::PurchaseId(1)).minor;
  }

  Market market_;
};

TEST_F(InstalmentsTest, ABillChargesEachLendersPartOnItsDay) {
  Buy();
  market_.PassTo(kBillDay.Plus(-1));
  EXPECT_EQ(First().state, InstalmentState::kScheduled);
  EXPECT_TRUE(market_.swept().empty());
  market_.PassTo(kBillDay);
  EXPECT_EQ(First().state, InstalmentState::kBilled);
  EXPECT_EQ(First().next_day, kDue);
  EXPECT_EQ(market_.swept().size(), 4U);
  EXPECT_EQ(Balance(kPlatform, account::kFeeReceivable), 150);
  EXPECT_EQ(Balance(kPlatform, account::kFeeIncome), -150);
  EXPECT_EQ(Balance(kBankA, account::kFeeReceivable), 350);
  EXPECT_EQ(Balance(kBankA, account::kFeeIncome), -350);

  const Bill bill = FirstBill();
  EXPECT_EQ(bill.state, BillState::kIssued);
  EXPECT_EQ(bill.issued, kBillDay);
  EXPECT_EQ(bill.amount, Amount{33'833});
  EXPECT_EQ(bill.instalments, 1U);
  EXPECT_EQ(bill.open, 1U);
}

TEST_F(InstalmentsTest, ABillOfAnInterestProductChargesInterest) {
  Buy([](Policy&) {},
      [](auto& order) {
        order.set_product(2);
        order.mutable_amount()->set_minor(120'000);
      });
  market_.PassTo(kBillDay);
  EXPECT_EQ(Balance(kPlatform, account::kInterestReceivable), 540);
  EXPECT_EQ(Balance(kBankA, account::kInterestIncome), -1'260);
}

TEST_F(InstalmentsTest, ABillWhoseDayHasPassedAtCaptureIsIssuedAtOnce) {
  Buy([](Policy& policy) { policy.bill_lead_days = 40; });
  EXPECT_EQ(First().next_day, kFirstDay);
  market_.PassTo(kFirstDay);
  EXPECT_EQ(First().state, InstalmentState::kBilled);
  EXPECT_EQ(First().next_day, kDue);
}

TEST_F(InstalmentsTest, ABillOnTheDueDayIsDueAtOnce) {
  Buy([](Policy& policy) { policy.bill_lead_days = 0; });
  market_.PassTo(kDue);
  EXPECT_EQ(First().state, InstalmentState::kDue);
  EXPECT_EQ(First().next_day, kDue.Plus(1));
}

TEST_F(InstalmentsTest, APlatformThatSponsorsOwesOtherLendersAloneTheirPart) {
  Product product = market_.book().Get<Product>({.product = 4, .version = 1});
  product.sponsor = Sponsor::kPlatform;
  market_.book().Put<Product>({.product = 4, .version = 1}, product);
  Buy([](Policy&) {}, [](auto& order) { order.set_product(4); });
  market_.PassTo(kBillDay);
  EXPECT_EQ(Balance(kPlatform, account::kSubsidyExpense), 500);
  EXPECT_EQ(Balance(kPlatform, account::kFeeIncome), -150);
  EXPECT_EQ(Balance(kBankA, account::kFeeIncome), -350);
  EXPECT_EQ(market_.book().Balance(kBankA, account::kDueFrom, kPlatform.id), Amount{350});
  EXPECT_EQ(FirstBill().amount, Amount{33'333});
}

TEST_F(InstalmentsTest, AFreeInstalmentWithoutSponsorIsNobodysIncome) {
  Product product = market_.book().Get<Product>({.product = 4, .version = 1});
  product.sponsor = Sponsor::kNone;
  market_.book().Put<Product>({.product = 4, .version = 1}, product);
  Buy([](Policy&) {}, [](auto& order) { order.set_product(4); });
  market_.PassTo(kBillDay);
  EXPECT_TRUE(market_.swept().empty());
  EXPECT_EQ(First().state, InstalmentState::kBilled);
}

TEST_F(InstalmentsTest, OneBillGroupsTheInstalmentsOfADay) {
  Buy();
  market_.Buy(market_.Order(2));
  market_.PassTo(kBillDay);
  EXPECT_EQ(FirstBill().instalments, 2U);
  EXPECT_EQ(FirstBill().amount, Amount{67'666});
}

TEST_F(InstalmentsTest, AnInstalmentIsDueOnItsDayAndOverdueTheDayAfter) {
  Buy();
  market_.PassTo(kDue);
  EXPECT_EQ(First().state, InstalmentState::kDue);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
  market_.PassDays(1);
  EXPECT_EQ(First().state, InstalmentState::kOverdue);
  EXPECT_EQ(First().bucket, 1);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOverdue);
  EXPECT_EQ(FirstBill().state, BillState::kOverdue);
  EXPECT_EQ(FirstBill().overdue, 1U);
}

TEST_F(InstalmentsTest, GraceDaysDelayBeingOverdueAndThenCountFromTheDueDay) {
  Buy([](Policy& policy) { policy.grace_days = 3; });
  market_.PassTo(kDue.Plus(3));
  EXPECT_EQ(First().state, InstalmentState::kDue);
  market_.PassDays(1);
  EXPECT_EQ(First().state, InstalmentState::kOverdue);
  ASSERT_EQ(market_.Repay(1, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(First().penalty.due, Amount{4 * 17});
}

// 33,833 less 20,000 at 500 ppm rounds to 7 a day.
TEST_F(InstalmentsTest, WhatIsPaidInTheGraceDaysWasPaidInTime) {
  Buy([](Policy& policy) { policy.grace_days = 3; });
  market_.PassTo(kDue.Plus(2));
  ASSERT_EQ(market_.Repay(1, 1, 20'000), Verdict::kAccepted);
  EXPECT_EQ(First().penalty.due, Amount{});
  market_.PassTo(kDue.Plus(4));
  ASSERT_EQ(market_.Repay(2, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(First().penalty.due, Amount{4 * 7});
}

TEST_F(InstalmentsTest, AnInstalmentGoesUpTheBuckets) {
  Buy();
  for (const auto& [dpd, bucket] : {std::pair{30, 1},
                                    {31, 2},
                                    {60, 2},
                                    {61, 3},
                                    {91, 4},
                                    {120, 4},
                                    {121, 5},
                                    {180, 5},
                                    {181, 6}}) {
    market_.PassTo(kDue.Plus(dpd));
    EXPECT_EQ(First().bucket, bucket) << dpd;
  }
}

TEST_F(InstalmentsTest, ALoanIsInDefaultAboveThePolicysDays) {
  Buy([](Policy& policy) { policy.default_dpd = 20; });
  market_.PassTo(kDue.Plus(20));
  EXPECT_FALSE(market_.LoanNow(1).defaulted);
  market_.PassDays(1);
  EXPECT_TRUE(market_.LoanNow(1).defaulted);
}

// 33,833 * 500 ppm rounds to 17 a day; split by 20,000 to 46,667 outstanding once the first
// instalment is paid, as in the worked trace.
TEST_F(InstalmentsTest, PenaltyIsChargedAtMonthEndForTheDaysBefore) {
  Buy();
  market_.PassTo(kDue.Plus(26));
  EXPECT_EQ(First().penalty.due, Amount{});
  market_.PassTo(*Day::FromDate(2017, 2, 28));
  EXPECT_EQ(First().penalty.due, Amount{27 * 17});
  EXPECT_EQ(First().penalty_day, *Day::FromDate(2017, 2, 28));
  EXPECT_EQ(Balance(kPlatform, account::kPenaltyReceivable), 138);
  EXPECT_EQ(Balance(kBankA, account::kPenaltyIncome), -321);
  // Two instalments run now, and March has a day of both.
  market_.PassTo(*Day::FromDate(2017, 3, 31));
  EXPECT_EQ(First().penalty.due, Amount{58 * 17});
  EXPECT_EQ(market_.InstalmentNow(1, 2).penalty.due, Amount{30 * 17});
}

TEST_F(InstalmentsTest, PenaltyIsTheSameHoweverOftenItIsCharged) {
  Buy();
  market_.Buy(market_.Order(2));
  market_.PassTo(kDue.Plus(1));
  // One unit a day to loan 1 alone: its penalty is paid first, so that the base stays.
  for (std::uint8_t day = 1; day <= 20; ++day) {
    ASSERT_EQ(market_.Repay(day, 1, 1), Verdict::kAccepted);
    market_.PassDays(1);
  }
  ASSERT_EQ(market_.Repay(30, 1, 1), Verdict::kAccepted);
  ASSERT_EQ(market_.Repay(31, 2, 1), Verdict::kAccepted);
  EXPECT_EQ(First().penalty.due, Amount{21 * 17});
  EXPECT_EQ(market_.InstalmentNow(2, 1).penalty.due, Amount{21 * 17});
}

TEST_F(InstalmentsTest, PenaltyIsNotChargedOnPenalty) {
  Buy();
  market_.PassTo(kDue.Plus(365));
  EXPECT_EQ(First().penalty.due, Amount{17 * (First().penalty_day.number - kDue.number)});
}

TEST_F(InstalmentsTest, PenaltyHasTheDailyMinimumOfThePolicy) {
  Buy([](Policy& policy) { policy.penalty_min_per_day = {40}; });
  market_.PassTo(kDue.Plus(5));
  ASSERT_EQ(market_.Repay(1, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(First().penalty.due, Amount{200});
}

// domain.md 3.3: (1000 + 15) at 0.07 % for five days is 3.55.
TEST_F(InstalmentsTest, PenaltyMayRunOnAllThatIsUnpaid) {
  Buy([](Policy& policy) {
    policy.penalty_on_all_unpaid = true;
    policy.penalty_ppm_per_day = 700;
  });
  market_.PassTo(kDue.Plus(5));
  ASSERT_EQ(market_.Repay(1, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(First().penalty.due, Amount{355});
}

TEST_F(InstalmentsTest, PenaltyOnAllThatIsUnpaidChargesADayOnce) {
  Buy([](Policy& policy) { policy.penalty_on_all_unpaid = true; });
  // Two instalments are overdue; 101,500 * 500 ppm rounds to 51 a day.
  market_.PassTo(*Day::FromDate(2017, 3, 11));
  ASSERT_EQ(market_.Repay(1, 1, 38 * 51 + 33'833), Verdict::kAccepted);
  EXPECT_EQ(First().state, InstalmentState::kPaid);
  EXPECT_EQ(First().penalty.paid, Amount{38 * 51});
  EXPECT_EQ(market_.InstalmentNow(1, 2).penalty.due, Amount{});
  // The second is the oldest now: 67,667 * 500 ppm rounds to 34 a day, from today on.
  market_.PassDays(4);
  ASSERT_EQ(market_.Repay(2, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(market_.InstalmentNow(1, 2).penalty.due, Amount{4 * 34});
}

// Interest of 1,800 and then of 1,200: 121,800 is 61 a day, and 123,000 is 62 from the day on which
// the second is billed.
TEST_F(InstalmentsTest, PenaltyOnAllThatIsUnpaidRunsOnInterestFromItsBillOn) {
  const Day second_bill = *Day::FromDate(2017, 2, 19);
  for (const bool charged_before : {false, true}) {
    Market market;
    market.book().ChangePolicy([](Policy& policy) {
      policy.penalty_on_all_unpaid = true;
      policy.cost_cap_irr_ppm = 1'000'000;
    });
    auto order = market.Order(1);
    order.set_product(2);
    order.mutable_amount()->set_minor(120'000);
    market.Buy(order);
    market.PassTo(second_bill.Plus(-1));
    if (charged_before) {
      ASSERT_EQ(market.Repay(1, 1, 1), Verdict::kAccepted);
    }
    market.PassTo(*Day::FromDate(2017, 2, 28));
    EXPECT_EQ(market.InstalmentNow(1, 1).penalty.due, Amount{18 * 61 + 9 * 62});
  }
}

// R12b: 120,000 at 24 % are 78.9 a day; interest of 3,000 and a penalty of 1,098 use up what 51
// days give, the 52nd day leaves room for 5.
TEST_F(InstalmentsTest, PenaltyLeavesAllChargesWithinTheSimpleCap) {
  Buy([](Policy& policy) { policy.penalty_on_all_unpaid = true; },
      [](auto& order) {
        order.set_product(2);
        order.mutable_amount()->set_minor(120'000);
      });
  market_.PassTo(*Day::FromDate(2017, 2, 28));
  EXPECT_EQ(First().penalty.due, Amount{18 * 61 + 5 + 6 * 62});
}

TEST_F(InstalmentsTest, PenaltyKeepsEachDaysOwnCap) {
  Buy();
  market_.PassTo(kDue.Plus(20));
  Policy policy = market_.book().Get<Policy>({.effective = kFirstDay, .version = 1});
  policy.cost_cap_irr_ppm = 0;
  market_.book().Put<Policy>({.effective = kDue.Plus(22), .version = 2}, policy);
  market_.PassTo(kDue.Plus(27));
  EXPECT_EQ(First().penalty.due, Amount{21 * 17});
}

TEST_F(InstalmentsTest, ThePrincipalOfEachDayCountsTowardsTheCap) {
  Buy();
  market_.PassTo(kDue);
  ASSERT_EQ(market_.Repay(1, 1, 33'833), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).principal_days, 31U * 100'000U);
  market_.PassDays(10);
  ASSERT_EQ(market_.Repay(2, 1, 5), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).counted, kDue);  // No principal: it lies until the next bill.
  market_.PassTo(*Day::FromDate(2017, 3, 1));
  ASSERT_EQ(market_.Repay(3, 1, 33'828), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).counted, *Day::FromDate(2017, 3, 1));
  EXPECT_EQ(market_.LoanNow(1).principal_days, 31U * 100'000U + 28U * 66'667U);
}

TEST_F(InstalmentsTest, AnActOnTheLoanRunsItsDueItemsFirst) {
  Buy();
  market_.PassTo(kDue);
  market_.RollDay();
  EXPECT_EQ(First().state, InstalmentState::kDue);
  ASSERT_EQ(market_.Repay(1, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(First().state, InstalmentState::kOverdue);
  EXPECT_EQ(First().penalty.due, Amount{17});
  EXPECT_EQ(market_.SweepChunk(512), 0U);
}

TEST_F(InstalmentsTest, CatchingUpALoanTwiceChangesNothing) {
  Buy();
  market_.PassTo(kBillDay.Plus(-1));
  market_.RollDay();
  const auto catch_up = [](Context& context) { CatchUpLoan(context, Market::PurchaseId(1)); };
  market_.book().With(catch_up);
  EXPECT_EQ(market_.book().journal().size(), 4U);
  market_.book().With(catch_up);
  EXPECT_TRUE(market_.book().journal().empty());
  market_.Check();
}

TEST_F(InstalmentsTest, AnItemThatIsNotTheInstalmentsFails) {
  Buy();
  const auto run = [&](const Id& loan, std::uint16_t number) {
    market_.book().Put<CalendarItem>(
        {.day = kFirstDay, .queue = Queue::kInstalment, .subject = loan, .number = number}, {});
    return market_.book().Sweep(Queue::kInstalment, &RunInstalmentItem);
  };
  EXPECT_EQ(run(Market::PurchaseId(9), 1), std::vector{Verdict::kUnknown});
  EXPECT_EQ(run(Market::PurchaseId(1), 0), std::vector{Verdict::kUnknown});
  EXPECT_EQ(run(Market::PurchaseId(1), 4), std::vector{Verdict::kUnknown});
  EXPECT_EQ(run(Market::PurchaseId(1), 1), std::vector{Verdict::kState});
}

}  // namespace
}  // namespace aval::ledger::rules
