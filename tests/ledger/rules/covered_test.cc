#include <gtest/gtest.h>

#include <cstdint>

#include "ledger/record/copay.h"
#include "ledger/record/loans.h"
#include "ledger/rules/debt.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

/// As DebitsTest, on 2017-02-27, two days before instalment 2 of 338.33 is due: what money that the
/// loan holds stands for while a debit has reserved a part of it (docs/adr/0012).
class CoveredTest : public testing::Test {
 protected:
  static constexpr std::int64_t kHalf = 16'916;

  CoveredTest() : market_(2), desk_(market_) {
    desk_.OpenLoan();
    auto invitation = desk_.Invitation(1);
    invitation.add_instalments(3);
    EXPECT_EQ(desk_.Agree(invitation, 1), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 2, 27));
  }

  void Debit(std::uint8_t number, std::int64_t amount) {
    ASSERT_EQ(desk_.Create(desk_.Instruction(number, amount)), Verdict::kAccepted);
    ASSERT_EQ(desk_.Submit(number), Verdict::kAccepted);
  }
  // All but `short_of` of instalment 2, of which a debit has reserved half: what goes beyond the
  // other half is held.
  void Pay(std::int64_t short_of) {
    const std::int64_t unpaid = UnpaidInAll(SecondNow()).minor;
    ASSERT_EQ(market_.Repay(2, 1, unpaid - short_of), Verdict::kAccepted);
    ASSERT_EQ(market_.LoanNow(1).held, Amount{kHalf - short_of});
  }
  Instalment SecondNow() const { return market_.InstalmentNow(1, 2); }

  Market market_;
  CopayDesk desk_;
};

TEST_F(CoveredTest, WhatIsPaidInTimeIsNeverLateWhenTheDebitFails) {
  Debit(1, kHalf);
  Pay(0);
  market_.PassTo(*Day::FromDate(2017, 3, 2));
  EXPECT_EQ(SecondNow().state, InstalmentState::kPartPaid);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
  market_.PassDays(1);  // The debit has expired.
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
  EXPECT_EQ(SecondNow().penalty.due, Amount{});
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
}

TEST_F(CoveredTest, WhatIsPaidInTimeIsNeverLateWhenTheDebitIsConfirmed) {
  Debit(1, kHalf);
  Pay(0);
  market_.PassTo(*Day::FromDate(2017, 3, 2));
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
  EXPECT_EQ(SecondNow().penalty.due, Amount{});
  EXPECT_EQ(market_.LoanNow(1).held, Amount{kHalf});  // For the third.
}

TEST_F(CoveredTest, OnlyWhatIsNotCoveredBearsPenalty) {
  Debit(1, kHalf);
  Pay(10'000);
  market_.PassTo(*Day::FromDate(2017, 3, 2));
  EXPECT_EQ(SecondNow().state, InstalmentState::kOverdue);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().penalty.due, Amount{5});  // Of 100.00 for a day.
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
}

TEST_F(CoveredTest, NeitherDoesAnOverdueOneGoUpABucketNorIsTheLoanInDefault) {
  market_.book().ChangePolicy([](Policy& policy) { policy.default_dpd = 30; });
  market_.PassTo(*Day::FromDate(2017, 3, 30));
  Debit(1, kHalf);
  market_.PassDays(1);
  ASSERT_EQ(SecondNow().bucket, 1);
  // The third is billed, too: it is due on 2017-04-01, and paid for.
  ASSERT_EQ(
      market_.Repay(
          2, 1, UnpaidInAll(SecondNow()).minor + UnpaidInAll(market_.InstalmentNow(1, 3)).minor),
      Verdict::kAccepted);
  ASSERT_EQ(market_.LoanNow(1).held, Amount{kHalf});
  market_.PassDays(1);
  EXPECT_EQ(SecondNow().bucket, 1);
  EXPECT_FALSE(market_.LoanNow(1).defaulted);
}

TEST_F(CoveredTest, WhatABillTakesCoversNoMore) {
  market_.PassTo(*Day::FromDate(2017, 3, 20));
  Debit(1, kHalf);
  Pay(0);
  const Amount before = SecondNow().penalty.due;
  market_.PassTo(*Day::FromDate(2017, 3, 22));  // The third's bill.
  ASSERT_EQ(market_.LoanNow(1).held, Amount{});
  market_.PassDays(2);  // The debit has expired: two days' penalty on its amount.
  EXPECT_EQ(SecondNow().penalty.due.minor, before.minor + 2 * 8);
}

TEST_F(CoveredTest, OfTheWholeLoanWhatIsCoveredBearsNoPenaltyEither) {
  market_.book().ChangePolicy([](Policy& policy) { policy.penalty_on_all_unpaid = true; });
  market_.PassTo(*Day::FromDate(2017, 3, 6));
  Debit(1, kHalf);
  Pay(0);
  const Amount before = SecondNow().penalty.due;
  market_.PassDays(2);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().penalty.due, before);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
}

TEST_F(CoveredTest, AMonthsEndLetsHeldMoneyPayThePenaltyThatItCharges) {
  market_.PassTo(*Day::FromDate(2017, 3, 30));
  Debit(1, kHalf);
  const std::int64_t short_of = 10'000;
  ASSERT_EQ(market_.Repay(2, 1,
                          UnpaidInAll(SecondNow()).minor +
                              UnpaidInAll(market_.InstalmentNow(1, 3)).minor - short_of),
            Verdict::kAccepted);
  ASSERT_EQ(market_.LoanNow(1).held, Amount{kHalf - short_of});
  market_.PassDays(1);
  EXPECT_EQ(SecondNow().penalty.Unpaid(), Amount{});
  EXPECT_EQ(market_.LoanNow(1).held, Amount{kHalf - short_of - 5});
}

}  // namespace
}  // namespace aval::ledger::rules
