#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>

#include "ledger/record/copay.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/recovery_desk.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

using arithmetic::EarlyCharges;

/// Loan 1 of 333.33, 333.33 and 333.34 with a fee of 5.00 each, due 2017-02-01, 03-01 and 04-01; it
/// is 2017-01-25 and the first is billed. 1,005.00 end it while future fees are waived.
class EarlyTest : public testing::Test {
 protected:
  static constexpr std::int64_t kTotal = 100'500;

  EarlyTest() : market_(2), desk_(market_) {
    market_.Buy(market_.Order(1));
    market_.PassTo(*Day::FromDate(2017, 1, 25));
  }

  void SetCharges(EarlyCharges charges, std::uint32_t prepay_ppm = 0) {
    market_.book().ChangePolicy(
        [&](Policy& policy) { policy.early = {.charges = charges, .prepay_ppm = prepay_ppm}; });
  }
  Instalment At(std::uint16_t number) const { return market_.InstalmentNow(1, number); }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  Verdict Agree(std::int64_t total) {
    return Unchanged([&] { return desk_.Agree(desk_.Quote(1, 1, total)); });
  }
  Verdict Pay(const act::v1::Repay& act) {
    return Unchanged([&] { return desk_.Pay(act); });
  }
  // Quotes that and pays it.
  void End(std::int64_t total) {
    ASSERT_EQ(Agree(total - 1), Verdict::kQuoteStale);
    ASSERT_EQ(Agree(total + 1), Verdict::kQuoteStale);
    ASSERT_EQ(Agree(total), Verdict::kAccepted);
    ASSERT_EQ(Pay(desk_.Payment(100, 1)), Verdict::kAccepted);
    EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
    EXPECT_EQ(market_.GrantNow().used, Amount{});
  }

  Market market_;
  RecoveryDesk desk_;
};

TEST_F(EarlyTest, AQuoteIsWrittenAndChangesNothingElse) {
  ASSERT_EQ(Agree(kTotal), Verdict::kAccepted);
  const auto quote = market_.book().Get<EarlyQuote>({RecoveryDesk::QuoteId(1)});
  EXPECT_EQ(quote.loan, Market::PurchaseId(1));
  EXPECT_EQ(quote.day, market_.book().today());
  EXPECT_EQ(quote.total, Amount{kTotal});
  EXPECT_TRUE(market_.book().journal().empty());
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
}

TEST_F(EarlyTest, ThePaymentEndsTheLoanAndNothingMoreIsCharged) {
  End(kTotal);
  EXPECT_EQ(At(1).state, InstalmentState::kPaid);
  for (const std::uint16_t number : std::initializer_list<std::uint16_t>{2, 3}) {
    const Instalment instalment = At(number);
    EXPECT_EQ(instalment.state, InstalmentState::kCancelled);
    EXPECT_EQ(instalment.principal.paid, instalment.principal.due);
    EXPECT_EQ(instalment.fee.waived, Amount{500});
    EXPECT_EQ(instalment.billed, Day{});
    EXPECT_EQ(instalment.next_day, Day{});
    EXPECT_FALSE(market_.book().Find<Bill>(
        {.borrower = market_.borrower(), .due = instalment.due, .currency = TestCurrency()}));
  }
  EXPECT_EQ(market_.LoanNow(1).first_unpaid, 4U);
  const Id loan = Market::PurchaseId(1);
  EXPECT_EQ(market_.book().Balance(kBankA, account::kLoanPrincipal, loan), Amount{});
  EXPECT_EQ(market_.book().Balance(kBankA, account::kFeeIncome, loan), Amount{-350});
  EXPECT_EQ(market_.book().Balance(kBankB, account::kDepositControl, Market::RepaymentId(100)),
            Amount{kTotal});
  EXPECT_EQ(market_.book().Balance(kBankB, account::kDueTo, kBankA.id), Amount{-70'350});
  const auto repayment = market_.book().Get<Repayment>({Market::RepaymentId(100)});
  EXPECT_EQ(repayment.quote, RecoveryDesk::QuoteId(1));
  EXPECT_EQ(repayment.overpaid, Amount{});
  market_.PassDays(100);
  EXPECT_EQ(market_.book().Balance(kBankA, account::kFeeIncome, loan), Amount{-350});
}

TEST_F(EarlyTest, TheNextFeeAloneIsBilledAndPaidWhereThePolicySaysSo) {
  SetCharges(EarlyCharges::kCurrentOnly);
  End(kTotal + 500);
  EXPECT_EQ(At(2).state, InstalmentState::kCancelled);
  EXPECT_EQ(At(2).fee.paid, Amount{500});
  EXPECT_EQ(At(2).billed, market_.book().today());
  const auto bill = market_.book().Get<Bill>(
      {.borrower = market_.borrower(), .due = At(2).due, .currency = TestCurrency()});
  EXPECT_EQ(bill.state, BillState::kSettled);
  EXPECT_EQ(bill.paid, Amount{33'833});
  EXPECT_EQ(At(3).fee.waived, Amount{500});
  EXPECT_EQ(market_.book().Balance(kPlatform, account::kFeeIncome, Market::PurchaseId(1)),
            Amount{-300});
}

TEST_F(EarlyTest, AllFeesAndAFeeForRepayingEarlyAreIncomeOfTheLenders) {
  SetCharges(EarlyCharges::kChargeRemaining, 10'000);
  market_.book().ChangePolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 1'000'000; });
  End(kTotal + 1'000 + 667);
  EXPECT_EQ(At(2).fee.paid, Amount{500});
  EXPECT_EQ(At(3).fee.paid, Amount{500 + 667});
  EXPECT_EQ(market_.book().Balance(kPlatform, account::kFeeIncome, Market::PurchaseId(1)).minor +
                market_.book().Balance(kBankA, account::kFeeIncome, Market::PurchaseId(1)).minor,
            -(3 * 500 + 667));
}

// At 18 % a year the first month bears 15.00.
TEST_F(EarlyTest, InterestOfTheFutureIsWaivedAsAFeeIs) {
  auto order = market_.Order(2);
  order.set_product(2);
  market_.Buy(order);
  ASSERT_EQ(desk_.Agree(desk_.Quote(1, 2, 100'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Pay(desk_.Payment(100, 1)), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(2).state, LoanState::kPaidOff);
  EXPECT_EQ(market_.InstalmentNow(2, 1).interest.waived, Amount{1'500});
  EXPECT_EQ(market_.book().Balance(kBankA, account::kInterestIncome, Market::PurchaseId(2)),
            Amount{});
}

TEST_F(EarlyTest, NoSponsorPaysForWhatIsNotBilled) {
  auto order = market_.Order(2);
  order.set_product(4);
  market_.Buy(order);
  SetCharges(EarlyCharges::kCurrentOnly);
  ASSERT_EQ(desk_.Agree(desk_.Quote(1, 2, 100'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Pay(desk_.Payment(100, 1)), Verdict::kAccepted);
  EXPECT_EQ(market_.InstalmentNow(2, 1).subsidy, Amount{});
  EXPECT_EQ(
      market_.book().Balance(market_.supplier(), account::kSubsidyExpense, Market::PurchaseId(2)),
      Amount{});
}

TEST_F(EarlyTest, WhatIsHeldIsPaidFirst) {
  ASSERT_EQ(market_.Repay(1, 1, 40'000), Verdict::kAccepted);
  End(kTotal - 40'000);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  EXPECT_EQ(market_.book().Balance(kPlatform, account::kBorrowerOverpayment, market_.borrower().id),
            Amount{});
}

TEST_F(EarlyTest, WhereWhatIsHeldIsEnoughTheQuoteItselfEndsTheLoan) {
  ASSERT_EQ(market_.Repay(1, 1, kTotal + 100), Verdict::kAccepted);
  ASSERT_EQ(Agree(0), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  EXPECT_EQ(At(2).state, InstalmentState::kCancelled);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  EXPECT_EQ(SupplyDesk(market_).BalanceOf(1).amount, Amount{100});
}

TEST_F(EarlyTest, WhatIsOverdueIsPaidWithItsPenalty) {
  market_.PassTo(*Day::FromDate(2017, 3, 6));
  End(kTotal + 500 + 33 * 17 + 5 * 17);
  EXPECT_EQ(At(1).penalty.paid, Amount{33 * 17});
}

TEST_F(EarlyTest, ABillOfTodayCountsBeforeTheSweep) {
  market_.PassTo(*Day::FromDate(2017, 2, 18));
  market_.RollDay();  // The second bill's day.
  End(kTotal + 500 + 18 * 17);
  EXPECT_EQ(At(2).state, InstalmentState::kPaid);
}

TEST_F(EarlyTest, CompletesTheAgreementsOfCoPayers) {
  CopayDesk copay(market_);
  auto invitation = copay.Invitation(1);
  invitation.clear_instalments();
  invitation.add_instalments(1);
  ASSERT_EQ(copay.Agree(invitation, 1), Verdict::kAccepted);
  End(kTotal);
  EXPECT_EQ(copay.AgreementNow(1).state, AgreementState::kCompleted);
}

// 1,000.00 for 24 days bear 15.78 at 24 %, for 23 days 15.12, for 22 days 14.46.
TEST_F(EarlyTest, ChargesForEndingEarlyStayWithinTheSimpleCapOfToday) {
  SetCharges(EarlyCharges::kChargeRemaining, 0);
  EXPECT_EQ(Agree(kTotal + 1'000), Verdict::kAccepted);
  market_.book().ChangePolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 228'125; });
  EXPECT_EQ(desk_.Agree(desk_.Quote(2, 1, kTotal + 1'000)), Verdict::kAccepted);
  market_.book().ChangePolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 228'124; });
  EXPECT_EQ(Unchanged([&] { return desk_.Agree(desk_.Quote(3, 1, kTotal + 1'000)); }),
            Verdict::kCostCap);
}

TEST_F(EarlyTest, EndingEarlyIsNeverTooDearWhereItCostsNothing) {
  market_.book().ChangePolicy([](Policy& policy) { policy.bill_lead_days = 40; });
  market_.Buy(market_.Order(2));
  market_.PassDays(0);
  EXPECT_EQ(desk_.Agree(desk_.Quote(1, 2, 100'000 + 500)), Verdict::kAccepted);
}

TEST_F(EarlyTest, IsQuotedByBorrowerAndPlatform) {
  const auto quote = desk_.Quote(1, 1, kTotal);
  const PartyId borrower = market_.borrower();
  EXPECT_EQ(market_.Apply(quote, {By(borrower)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(quote, {By(kPlatform, Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(quote, {By(borrower), By(kPlatform, Department::kCredit)}),
            Verdict::kRole);
  EXPECT_EQ(market_.Apply(quote, {By(market_.borrower(2)), By(kPlatform, Department::kOps)}),
            Verdict::kRole);
}

TEST_F(EarlyTest, NamesALoanToday) {
  EXPECT_EQ(desk_.Agree(desk_.Quote(1, 9, kTotal)), Verdict::kUnknown);
  for (const int days : {-1, 1}) {
    auto quote = desk_.Quote(1, 1, kTotal);
    quote.set_day(ToWire(market_.book().today().Plus(days)));
    EXPECT_EQ(Unchanged([&] { return desk_.Agree(quote); }), Verdict::kQuoteStale);
  }
  EXPECT_EQ(Agree(-1), Verdict::kQuoteStale);
  EXPECT_EQ(Agree(0), Verdict::kQuoteStale);
  ASSERT_EQ(Agree(kTotal), Verdict::kAccepted);
  EXPECT_EQ(Agree(kTotal), Verdict::kDuplicate);
}

TEST_F(EarlyTest, AClosedLoanIsNotQuoted) {
  End(kTotal);
  EXPECT_EQ(Unchanged([&] { return desk_.Agree(desk_.Quote(2, 1, 0)); }), Verdict::kClosed);
  EXPECT_EQ(Unchanged([&] { return market_.Repay(101, 1, 1); }), Verdict::kClosed);
}

TEST_F(EarlyTest, APaymentThatIsNotTheQuotedOneIsRefused) {
  market_.Buy(market_.Order(2));
  ASSERT_EQ(Agree(kTotal), Verdict::kAccepted);
  const act::v1::Repay payment = desk_.Payment(100, 1);
  const struct {
    std::function<void(act::v1::Repay&)> change;
    Verdict verdict;
  } cases[] = {
      {[](auto& act) { act.set_quote(ToWire(RecoveryDesk::QuoteId(9))); }, Verdict::kUnknown},
      {[](auto& act) { act.set_loan(ToWire(Market::PurchaseId(2))); }, Verdict::kQuoteStale},
      {[](auto& act) { act.mutable_amount()->set_minor(kTotal - 1); }, Verdict::kQuoteStale},
      {[](auto& act) { act.mutable_amount()->set_minor(kTotal + 1); }, Verdict::kQuoteStale},
      {[](auto& act) { act.mutable_amount()->set_minor(0); }, Verdict::kRange},
      {[](auto& act) { act.mutable_amount()->set_currency("USD"); }, Verdict::kCurrency},
  };
  for (const auto& [change, verdict] : cases) {
    act::v1::Repay act = payment;
    change(act);
    EXPECT_EQ(VerdictCode(Pay(act)), VerdictCode(verdict));
  }
  market_.PassDays(1);
  EXPECT_EQ(Pay(payment), Verdict::kQuoteStale);
}

TEST_F(EarlyTest, AQuoteIsStaleOnceSomethingElseIsPaid) {
  ASSERT_EQ(Agree(kTotal), Verdict::kAccepted);
  ASSERT_EQ(market_.Repay(1, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(Pay(desk_.Payment(100, 1)), Verdict::kQuoteStale);
}

TEST_F(EarlyTest, NothingEndsALoanWithADebitUnderWay) {
  CopayDesk copay(market_);
  auto invitation = copay.Invitation(1);
  invitation.clear_instalments();
  invitation.add_instalments(1);
  ASSERT_EQ(copay.Agree(invitation, 1), Verdict::kAccepted);
  ASSERT_EQ(Agree(kTotal), Verdict::kAccepted);
  auto debit = copay.Instruction(1, 5'000);
  debit.set_instalment(1);
  ASSERT_EQ(copay.Create(debit), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Agree(desk_.Quote(2, 1, kTotal)); }), Verdict::kReserved);
  EXPECT_EQ(Pay(desk_.Payment(100, 1)), Verdict::kReserved);
  ASSERT_EQ(copay.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(copay.Result(copay.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(Pay(desk_.Payment(100, 1)), Verdict::kAccepted);
}

}  // namespace
}  // namespace aval::ledger::rules
