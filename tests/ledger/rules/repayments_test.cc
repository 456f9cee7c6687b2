#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "ledger/record/refunds.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/lender_split.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

using testing::ElementsAre;

/// A market with loan 1 as in InstalmentsTest: three instalments of 333.33 and a fee of 5.00, due
/// 2017-02-01, 03-01 and 04-01.
class RepayTest : public testing::Test {
 protected:
  static constexpr Day kDue{.number = kFirstDay.number + 31};

  RepayTest() { market_.Buy(market_.Order(1)); }

  act::v1::Repay Act(std::int64_t amount) const {
    act::v1::Repay act;
    act.set_repayment(ToWire(Market::RepaymentId(1)));
    act.set_loan(ToWire(Market::PurchaseId(1)));
    act.mutable_amount()->set_currency("BRL");
    act.mutable_amount()->set_minor(amount);
    act.set_reference(std::string(32, 'r'));
    return act;
  }
  Instalment At(std::uint16_t number) const { return market_.InstalmentNow(1, number); }
  Bill BillOf(Day due) {
    return market_.book().Get<Bill>(
        {.borrower = market_.borrower(), .due = due, .currency = TestCurrency()});
  }
  std::int64_t Held() {
    return -market_.book()
                .Balance(kPlatform, account::kBorrowerOverpayment, market_.borrower().id)
                .minor;
  }

  Market market_;
};

TEST_F(RepayTest, PaysTheBillAndFreesTheLimit) {
  market_.PassTo(kDue);
  ASSERT_EQ(market_.Repay(1, 1, 33'833), Verdict::kAccepted);
  EXPECT_EQ(At(1).state, InstalmentState::kPaid);
  EXPECT_EQ(At(1).next_day, Day{});
  EXPECT_EQ(BillOf(kDue).state, BillState::kSettled);
  EXPECT_EQ(BillOf(kDue).paid, Amount{33'833});
  EXPECT_EQ(market_.LoanNow(1).first_unpaid, 2U);
  EXPECT_EQ(market_.GrantNow().used, Amount{66'667});

  const Repayment repayment = market_.book().Get<Repayment>({Market::RepaymentId(1)});
  EXPECT_EQ(repayment.loan, Market::PurchaseId(1));
  EXPECT_EQ(repayment.bank, kBankB);
  EXPECT_EQ(repayment.amount, Amount{33'833});
  EXPECT_EQ(repayment.overpaid, Amount{});
  EXPECT_EQ(repayment.day, kDue);
}

TEST_F(RepayTest, InPartPaysTheFeeFirst) {
  market_.PassTo(kDue);
  ASSERT_EQ(market_.Repay(1, 1, 501), Verdict::kAccepted);
  EXPECT_EQ(At(1).state, InstalmentState::kPartPaid);
  EXPECT_EQ(At(1).fee.paid, Amount{500});
  EXPECT_EQ(At(1).principal.paid, Amount{1});
  EXPECT_EQ(BillOf(kDue).paid, Amount{501});
  EXPECT_EQ(BillOf(kDue).state, BillState::kIssued);
  market_.PassDays(1);
  EXPECT_EQ(At(1).state, InstalmentState::kOverdue);
}

TEST_F(RepayTest, InPartBeforeTheDueDayStaysPartPaidOnIt) {
  market_.PassTo(kDue.Plus(-5));
  ASSERT_EQ(market_.Repay(1, 1, 100), Verdict::kAccepted);
  market_.PassTo(kDue);
  EXPECT_EQ(At(1).state, InstalmentState::kPartPaid);
}

// Golden case G111's shape: penalty, fee, principal of the oldest, then the next.
TEST_F(RepayTest, GoesDownTheWaterfallOldestFirst) {
  market_.PassTo(*Day::FromDate(2017, 3, 6));
  // 33 days of 17 on the first, 5 of 17 on the second.
  ASSERT_EQ(market_.Repay(1, 1, 33'833 + 33 * 17 + 100), Verdict::kAccepted);
  EXPECT_EQ(At(1).state, InstalmentState::kPaid);
  EXPECT_EQ(At(1).bucket, 0);
  EXPECT_EQ(At(2).penalty.paid, Amount{85});
  EXPECT_EQ(At(2).fee.paid, Amount{15});
  EXPECT_EQ(At(2).state, InstalmentState::kOverdue);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOverdue);
  ASSERT_EQ(market_.Repay(2, 1, 33'833 - 15), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
}

TEST_F(RepayTest, PaysPrincipalFirstAboveTheSwitch) {
  market_.book().ChangePolicy([](Policy& policy) { policy.switch_dpd = 4; });
  market_.PassTo(kDue.Plus(4));
  ASSERT_EQ(market_.Repay(1, 1, 100), Verdict::kAccepted);
  EXPECT_EQ(At(1).principal.paid, Amount{});
  market_.PassDays(1);
  ASSERT_EQ(market_.Repay(2, 1, 100), Verdict::kAccepted);
  EXPECT_EQ(At(1).principal.paid, Amount{100});
}

TEST_F(RepayTest, SplitsChargesThatOutliveThePrincipalByWhatLendersAreOwed) {
  market_.book().ChangePolicy([](Policy& policy) { policy.switch_dpd = 4; });
  auto order = market_.Order(2);
  order.set_instalments(1);
  market_.Buy(order);
  market_.PassTo(kDue.Plus(10));
  ASSERT_EQ(market_.Repay(1, 2, 100'000), Verdict::kAccepted);
  const Loan loan = market_.LoanNow(2);
  EXPECT_EQ(loan.state, LoanState::kOverdue);
  EXPECT_EQ(loan.lenders[0].outstanding, Amount{});
  // A fee of 500 is left, on which penalty runs on: round(0.25) a day is nothing.
  const Instalment left = market_.InstalmentNow(2, 1);
  const std::int64_t owed = left.fee.Unpaid().minor + left.penalty.Unpaid().minor;
  ASSERT_EQ(market_.Repay(2, 2, owed), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(2).state, LoanState::kPaidOff);
}

TEST_F(RepayTest, PenaltyOnAFeeThatOutlivesThePrincipalGoesByTheShares) {
  market_.book().ChangePolicy([](Policy& policy) {
    policy.switch_dpd = 4;
    policy.penalty_min_per_day = {10};
  });
  auto order = market_.Order(2);
  order.set_instalments(1);
  market_.Buy(order);
  market_.PassTo(kDue.Plus(10));
  ASSERT_EQ(market_.Repay(1, 2, 100'000), Verdict::kAccepted);
  const Amount before =
      market_.book().Balance(kBankA, account::kPenaltyReceivable, Market::PurchaseId(2));
  market_.PassDays(10);
  ASSERT_EQ(market_.Repay(2, 2, 1), Verdict::kAccepted);
  EXPECT_EQ(market_.book().Balance(kBankA, account::kPenaltyIncome, Market::PurchaseId(2)),
            Amount{-before.minor - 70});
}

// An act that asks what is left of the grant runs what is due of all loans that hold money.
TEST_F(RepayTest, RefusesToHoldMoneyForA257thLoanOfTheGrant) {
  SmallBook& book = market_.book();
  const std::vector<SignerRef> bank{By(kBankB, Department::kOps)};
  const auto holds = [&](std::size_t number) {
    return HeldOf::Key{.grant = market_.grant(),
                       .loan = TestId('X', static_cast<std::uint8_t>(number))};
  };
  for (std::size_t i = 0; i < kHeldLoansMax; ++i) book.Put<HeldOf>(holds(i), {});
  EXPECT_EQ(book.Apply(Act(1), bank), Verdict::kRange);
  book.state().Delete<HeldOf>(holds(0));
  EXPECT_EQ(book.Apply(Act(1), bank), Verdict::kAccepted);
  // One that holds some may hold more.
  auto again = Act(1);
  again.set_repayment(ToWire(Market::RepaymentId(2)));
  EXPECT_EQ(book.Apply(again, bank), Verdict::kAccepted);
}

TEST_F(RepayTest, HoldsWhatIsNotBilledAndTheNextBillTakesIt) {
  market_.PassTo(kDue);
  ASSERT_EQ(market_.Repay(1, 1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(market_.book().Get<Repayment>({Market::RepaymentId(1)}).overpaid, Amount{6'167});
  EXPECT_EQ(market_.LoanNow(1).held, Amount{6'167});
  EXPECT_EQ(Held(), 6'167);
  EXPECT_EQ(market_.book().Balance(kBankB, account::kDueTo, kPlatform.id),
            Amount{-(10'150 + 6'167)});

  market_.PassTo(*Day::FromDate(2017, 2, 19));
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  EXPECT_EQ(Held(), 0);
  EXPECT_EQ(At(2).state, InstalmentState::kPartPaid);
  EXPECT_EQ(At(2).fee.paid, Amount{500});
  EXPECT_EQ(At(2).principal.paid, Amount{5'667});
  EXPECT_EQ(market_.GrantNow().used, Amount{61'000});
  // The platform owes bank A its part of what it held, and itself nothing.
  EXPECT_EQ(market_.book().Balance(kPlatform, account::kDueTo, kBankA.id), Amount{-4'317});
}

TEST_F(RepayTest, HeldMoneyPaysSeveralBillsAndIsFreeWhenTheLoanIsPaid) {
  ASSERT_EQ(market_.Repay(1, 1, 200'000), Verdict::kAccepted);
  EXPECT_EQ(Held(), 200'000);
  market_.PassTo(*Day::FromDate(2017, 4, 1));
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  const auto balance = market_.book().Get<CreditBalance>(
      {.platform = kPlatform, .participant = market_.borrower(), .currency = TestCurrency()});
  EXPECT_EQ(balance.amount, Amount{98'500});
  EXPECT_EQ(Held(), 98'500);
  EXPECT_EQ(market_.GrantNow().used, Amount{});
  EXPECT_EQ(market_.Repay(2, 1, 1), Verdict::kClosed);
}

TEST_F(RepayTest, OfALoanThatADueBillPaysOffComesTooLateBeforeTheSweep) {
  ASSERT_EQ(market_.Repay(1, 1, 200'000), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 21));
  market_.RollDay();  // The last bill's day.
  EXPECT_EQ(market_.Repay(2, 1, 1), Verdict::kClosed);
}

TEST_F(RepayTest, ThroughALendersOwnBankLeavesNoDebtBetweenThem) {
  market_.PassTo(kDue);
  ASSERT_EQ(market_.Apply(Act(33'833), {By(kBankA, Department::kOps)}), Verdict::kAccepted);
  EXPECT_EQ(market_.book().Balance(kBankA, account::kDepositControl, Market::RepaymentId(1)),
            Amount{33'833});
  EXPECT_EQ(market_.book().Balance(kBankA, account::kDueTo, kPlatform.id),
            Amount{-(70'000 + 10'150)});
  EXPECT_EQ(market_.book().Balance(kBankA, account::kDueFrom, kBankA.id), Amount{});
}

TEST_F(RepayTest, ThroughTheServicerItselfHoldsWithoutADebt) {
  Institution platform = market_.book().Get<Institution>({kPlatform});
  platform.account_servicing = true;
  market_.book().Put<Institution>({kPlatform}, platform);
  ASSERT_EQ(market_.Apply(Act(500), {By(kPlatform, Department::kOps)}), Verdict::kAccepted);
  EXPECT_EQ(market_.book().Balance(kPlatform, account::kDepositControl, Market::RepaymentId(1)),
            Amount{500});
  EXPECT_EQ(Held(), 500);
}

TEST_F(RepayTest, ASuspendedBankMayStillRepay) {
  market_.book().SetInstitutionState(kBankB, InstitutionState::kSuspended);
  EXPECT_EQ(market_.Repay(1, 1, 500), Verdict::kAccepted);
}

TEST_F(RepayTest, IsTheActOfOneBankThatKeepsAccounts) {
  const act::v1::Repay act = Act(500);
  EXPECT_EQ(market_.Apply(act, {By(kPlatform, Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(act, {By(kBankB, Department::kTreasury)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(act, {By(market_.borrower())}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(act, {By(kBankA, Department::kOps), By(kBankB, Department::kOps)}),
            Verdict::kRole);
  market_.book().SetInstitutionState(kBankB, InstitutionState::kExited);
  EXPECT_EQ(market_.Apply(act, {By(kBankB, Department::kOps)}), Verdict::kRole);
}

TEST_F(RepayTest, UsesAnIdOnce) {
  ASSERT_EQ(market_.Repay(1, 1, 500), Verdict::kAccepted);
  EXPECT_EQ(market_.Repay(1, 1, 500), Verdict::kDuplicate);
}

TEST_F(RepayTest, NamesALoanThatExistsItsCurrencyAndAnAmount) {
  EXPECT_EQ(market_.Repay(1, 9, 500), Verdict::kUnknown);
  act::v1::Repay act = Act(500);
  act.mutable_amount()->set_currency("CNY");
  EXPECT_EQ(market_.Apply(act, {By(kBankB, Department::kOps)}), Verdict::kCurrency);
  EXPECT_EQ(market_.Repay(1, 1, 0), Verdict::kRange);
  EXPECT_EQ(market_.Repay(1, 1, -1), Verdict::kRange);
  EXPECT_EQ(market_.Repay(1, 1, 10'000'000'000'001), Verdict::kRange);
  EXPECT_EQ(market_.Repay(1, 1, 10'000'000'000'000), Verdict::kAccepted);
}

TEST_F(RepayTest, ARefusalKeepsNothingOfTheItemsThatItRanFirst) {
  market_.PassTo(kDue.Plus(-11));
  market_.RollDay();  // The bill's day.
  EXPECT_EQ(market_.Repay(1, 1, 0), Verdict::kRange);
  EXPECT_EQ(At(1).state, InstalmentState::kScheduled);
  EXPECT_EQ(market_.SweepChunk(512), 1U);
}

TEST_F(RepayTest, RefusesASumThatTheBookCannotHold) {
  const Account::Key held{.owner = kPlatform,
                          .code = account::kBorrowerOverpayment,
                          .subject = market_.borrower().id,
                          .currency = TestCurrency()};
  // The contra keeps the trial balance.
  market_.book().Put<Account>(held, {.debits = {INT64_MAX - 10}, .credits = {INT64_MAX - 10}});
  EXPECT_EQ(market_.Repay(1, 1, 11), Verdict::kOverflow);
  EXPECT_EQ(market_.Repay(1, 1, 10), Verdict::kAccepted);
}

Loan LoanWith(std::vector<std::int64_t> outstanding) {
  Loan loan;
  for (const std::int64_t amount : outstanding) {
    loan.lenders.push_back({.lender = kBankA, .share_ppm = 500'000, .outstanding = {amount}});
  }
  return loan;
}

TEST(LenderSplitTest, GivesNoLenderMoreThanItIsOwed) {
  // By outstanding principal the first lender would get 2 of 3, and it is owed 1.
  const std::vector<Amount> owed{{1}, {2}};
  EXPECT_THAT(SplitChargePaid(LoanWith({60, 40}), {3}, owed), ElementsAre(Amount{1}, Amount{2}));
  const std::vector<Amount> enough{{2}, {2}};
  EXPECT_THAT(SplitChargePaid(LoanWith({60, 40}), {3}, enough), ElementsAre(Amount{2}, Amount{1}));
}

TEST(LenderSplitTest, GoesBySharesWhenNoPrincipalIsOutstanding) {
  EXPECT_THAT(SplitCharge(LoanWith({0, 0}), {7}), ElementsAre(Amount{4}, Amount{3}));
  EXPECT_THAT(SplitCharge(LoanWith({0, 5}), {7}), ElementsAre(Amount{0}, Amount{7}));
}

}  // namespace
}  // namespace aval::ledger::rules
