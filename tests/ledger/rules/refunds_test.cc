// What goes back: refunds to the debt, and what lies with the platform to its owner.

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/record/debits.h"
#include "ledger/rules/debt.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/recovery_desk.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

constexpr SignerRef kPlatformOps{.party = kPlatform, .department = Department::kOps};
constexpr SignerRef kBankOps{.party = kBankB, .department = Department::kOps};

/// Loan 1: 1,000.00 at 0.5 % a month over 333.33, 333.33 and 333.34, each with a fee of 5.00, due
/// 2017-02-01, 03-01 and 04-01, and billed ten days before; 30 % the platform's, 70 % bank A's.
class RefundsTest : public testing::Test {
 protected:
  RefundsTest() : market_(2), desk_(market_) { SupplyDesk::Agree(market_); }

  void Buy() { market_.Buy(market_.Order(1)); }
  // The first instalment is paid, the second billed.
  void BuyAndPayOne() {
    Buy();
    market_.PassTo(kFirstDay.Plus(31));
    ASSERT_EQ(market_.Repay(1, 1, 33'833), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 2, 24));
  }
  Verdict Refund(std::uint8_t refund, std::int64_t amount, std::uint8_t purchase = 1) {
    return Unchanged([&] { return desk_.Refund(SupplyDesk::Return(refund, purchase, amount)); });
  }
  Verdict PayBack(std::uint8_t payment, std::uint8_t borrower, std::int64_t amount) {
    return Unchanged([&] { return desk_.PayBack(desk_.Payment(payment, borrower, amount)); });
  }
  template <class Act>
  Verdict Signed(const Act& act, std::vector<SignerRef> signers) {
    return Unchanged([&] { return market_.Apply(act, signers); });
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  std::int64_t Balance(PartyId owner, std::uint16_t code, PartyId subject) {
    return market_.book().Balance(owner, code, subject.id).minor;
  }
  std::int64_t OfLoan(PartyId owner, std::uint16_t code) {
    return market_.book().Balance(owner, code, Market::PurchaseId(1)).minor;
  }
  Instalment Row(std::uint16_t number) const { return market_.InstalmentNow(1, number); }
  SignerRef SupplierOps() const { return By(market_.supplier(), Department::kOps); }

  Market market_;
  SupplyDesk desk_;
};

TEST_F(RefundsTest, TakesPrincipalOffFromTheLastInstalmentBackwards) {
  Buy();
  ASSERT_EQ(Refund(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(Row(1).principal.Unpaid(), Amount{33'333});
  EXPECT_EQ(Row(2).principal.Unpaid(), Amount{26'667});
  EXPECT_EQ(Row(2).principal.waived, Amount{6'666});
  EXPECT_EQ(Row(3).principal.Unpaid(), Amount{});
  EXPECT_EQ(Row(3).state, InstalmentState::kCancelled);
  EXPECT_EQ(Row(3).fee.due, Amount{});
  EXPECT_EQ(Row(3).next_day, Day{});
  const Loan loan = market_.LoanNow(1);
  EXPECT_EQ(loan.state, LoanState::kOpen);
  EXPECT_EQ(loan.refunded, Amount{40'000});
  EXPECT_EQ(loan.lenders[0].outstanding, Amount{18'000});
  EXPECT_EQ(loan.lenders[1].outstanding, Amount{42'000});
  EXPECT_EQ(market_.GrantNow().used, Amount{60'000});
  const ledger::Refund refund = desk_.RefundNow(1);
  EXPECT_EQ(refund.purchase, Market::PurchaseId(1));
  EXPECT_EQ(refund.amount, Amount{40'000});
  EXPECT_EQ(refund.undue, Amount{40'000});
  EXPECT_EQ(refund.principal, Amount{40'000});
  EXPECT_EQ(refund.charges, Amount{});
  EXPECT_EQ(refund.claims, Amount{});
  EXPECT_EQ(refund.reason, 7U);
  EXPECT_EQ(refund.day, kFirstDay);
}

TEST_F(RefundsTest, BeforeItIsDueTheSupplierLosesItsClaim) {
  Buy();
  ASSERT_EQ(Refund(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), -60'000);
  EXPECT_EQ(Balance(market_.supplier(), 1350, kPlatform), 60'000);
  EXPECT_EQ(market_.book().Balance(market_.supplier(), 3900, Id{}), Amount{-60'000});
  EXPECT_EQ(Balance(market_.supplier(), 2200, kPlatform), 0);
  // Bank A is owed its part of what it lent; the platform owes itself nothing.
  EXPECT_EQ(Balance(kPlatform, 2200, kBankA), -28'000);
  EXPECT_EQ(Balance(kBankA, 1300, kPlatform), 28'000);
  EXPECT_EQ(OfLoan(kPlatform, 1100), 18'000);
  EXPECT_EQ(OfLoan(kBankA, 1100), 42'000);
  EXPECT_EQ(market_.PurchaseNow(1).payable, Amount{60'000});
}

TEST_F(RefundsTest, OnceItIsDueTheSupplierOwesThePlatform) {
  Buy();
  ASSERT_EQ(market_.Deliver(1), Verdict::kAccepted);
  ASSERT_EQ(Refund(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(Balance(market_.supplier(), 2200, kPlatform), -40'000);
  EXPECT_EQ(Balance(kPlatform, 1300, market_.supplier()), 40'000);
  EXPECT_EQ(market_.book().Balance(market_.supplier(), 3900, Id{}), Amount{-60'000});
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), -100'000);
  EXPECT_EQ(desk_.RefundNow(1).undue, Amount{});
}

TEST_F(RefundsTest, TheDueDayDecidesAndNotItsSweep) {
  Buy();
  ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 2)), Verdict::kAccepted);
  market_.PassDays(1);
  ASSERT_EQ(Refund(1, 10'000), Verdict::kAccepted);
  EXPECT_EQ(desk_.RefundNow(1).undue, Amount{10'000});
  market_.RollDay();
  ASSERT_EQ(Refund(2, 10'000), Verdict::kAccepted);
  EXPECT_EQ(desk_.RefundNow(2).undue, Amount{});
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), -90'000);
}

TEST_F(RefundsTest, WhatWillNeverBeDueLeavesTheCalendar) {
  Buy();
  ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 20)), Verdict::kAccepted);
  ASSERT_EQ(Refund(1, 100'000), Verdict::kAccepted);
  EXPECT_EQ(market_.PurchaseNow(1).payable, Amount{});
  market_.PassDays(20);
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), 0);
}

TEST_F(RefundsTest, EscrowGoesBackFirst) {
  market_.Buy(desk_.PrepaidOrder(1, {5, 9}));
  ASSERT_EQ(desk_.Release(SupplyDesk::Step(1, 1)), Verdict::kAccepted);
  ASSERT_EQ(Refund(1, 80'000), Verdict::kAccepted);
  EXPECT_EQ(desk_.RefundNow(1).undue, Amount{66'667});
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), 0);
  EXPECT_EQ(Balance(market_.supplier(), 2200, kPlatform), -13'333);
}

TEST_F(RefundsTest, AFinancierKeepsWhatItBought) {
  Buy();
  ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 30)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Assign(SupplyDesk::Sale(1, 95'000)), Verdict::kAccepted);
  ASSERT_EQ(Refund(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(Balance(market_.supplier(), 2200, kPlatform), -40'000);
  EXPECT_EQ(OfLoan(kBankB, 1400), 100'000);
  market_.PassDays(30);
  EXPECT_EQ(Balance(kPlatform, 2200, kBankB), -100'000);
}

TEST_F(RefundsTest, FutureFeesAreOnWhatRefundsLeave) {
  Buy();
  ASSERT_EQ(Refund(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(Row(1).fee.due, Amount{300});
  EXPECT_EQ(Row(2).fee.due, Amount{300});
  market_.PassTo(kFirstDay.Plus(21));
  ASSERT_EQ(Row(1).state, InstalmentState::kBilled);
  ASSERT_EQ(Refund(2, 10'000), Verdict::kAccepted);
  EXPECT_EQ(Row(1).fee.due, Amount{300});  // Billed.
  EXPECT_EQ(Row(2).fee.due, Amount{250});
}

TEST_F(RefundsTest, FutureInterestIsOnTheBalanceBeforeTheInstalment) {
  auto order = market_.Order(1);
  order.set_product(2);
  market_.Buy(order);
  ASSERT_EQ(Row(1).interest.due, Amount{1'500});
  ASSERT_EQ(Refund(1, 50'000), Verdict::kAccepted);
  EXPECT_EQ(Row(1).interest.due, Amount{750});
  EXPECT_EQ(Row(2).interest.due, Amount{250});
  EXPECT_EQ(Row(3).state, InstalmentState::kCancelled);
}

TEST_F(RefundsTest, ABulletsInterestIsOnWhatIsLeft) {
  auto order = market_.Order(1);
  order.set_product(5);
  order.set_instalments(1);
  order.set_first_due_day(ToWire(kFirstDay.Plus(200)));
  market_.Buy(order);
  ASSERT_EQ(Row(1).interest.due, Amount{9'863});
  ASSERT_EQ(Refund(1, 50'000), Verdict::kAccepted);
  EXPECT_EQ(Row(1).interest.due, Amount{4'932});
}

TEST_F(RefundsTest, ASponsorBearsTheSmallerChargeToo) {
  auto order = market_.Order(1);
  order.set_product(4);
  market_.Buy(order);
  ASSERT_EQ(Row(1).subsidy, Amount{500});
  ASSERT_EQ(Refund(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(Row(1).fee.due, Amount{300});
  EXPECT_EQ(Row(1).fee.waived, Amount{300});
  EXPECT_EQ(Row(1).subsidy, Amount{300});
  EXPECT_EQ(Row(2).fee.Unpaid(), Amount{300});
}

TEST_F(RefundsTest, ABilledInstalmentKeepsItsChargeUnlessAllIsRefunded) {
  BuyAndPayOne();
  ASSERT_EQ(Row(2).state, InstalmentState::kBilled);
  ASSERT_EQ(Refund(1, 66'667), Verdict::kAccepted);
  EXPECT_EQ(Row(2).principal.Unpaid(), Amount{});
  EXPECT_EQ(Row(2).fee.Unpaid(), Amount{500});
  EXPECT_EQ(Row(2).state, InstalmentState::kBilled);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
  const auto bill = market_.book().Get<Bill>({.borrower = market_.borrower(),
                                              .due = *Day::FromDate(2017, 3, 1),
                                              .currency = TestCurrency()});
  EXPECT_EQ(bill.amount, Amount{500});
  ASSERT_EQ(market_.Repay(2, 1, 500), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
}

TEST_F(RefundsTest, WhatExceedsTheDebtPaysTheNextBillFirst) {
  BuyAndPayOne();
  ASSERT_EQ(Refund(1, 66'667), Verdict::kAccepted);
  ASSERT_EQ(Refund(2, 10'000), Verdict::kAccepted);
  EXPECT_EQ(desk_.RefundNow(2).principal, Amount{});
  EXPECT_EQ(Row(2).state, InstalmentState::kPaid);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{9'500});
}

TEST_F(RefundsTest, WhatExceedsTheDebtIsHeldWhileABillIsToCome) {
  BuyAndPayOne();
  ASSERT_EQ(market_.Repay(2, 1, 43'833), Verdict::kAccepted);  // 100.00 too much.
  EXPECT_EQ(market_.LoanNow(1).held, Amount{10'000});
  ASSERT_EQ(Refund(1, 23'334), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{10'000});
  EXPECT_EQ(Row(3).principal.Unpaid(), Amount{10'000});
  market_.PassTo(*Day::FromDate(2017, 3, 22));
  EXPECT_EQ(Row(3).fee.due, Amount{383});
  EXPECT_EQ(UnpaidInAll(Row(3)), Amount{383});
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
}

TEST_F(RefundsTest, AFullRefundUndoesTheSaleWithItsCharges) {
  BuyAndPayOne();
  ASSERT_EQ(Refund(1, 100'000), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kRefunded);
  EXPECT_EQ(market_.GrantNow().used, Amount{});
  for (const PartyId lender : {kPlatform, kBankA}) {
    EXPECT_EQ(OfLoan(lender, 1100), 0);
    EXPECT_EQ(OfLoan(lender, 1200), 0);
    EXPECT_EQ(OfLoan(lender, 4100), 0);
  }
  EXPECT_EQ(Row(1).state, InstalmentState::kPaid);
  EXPECT_EQ(Row(1).fee.paid, Amount{});
  EXPECT_EQ(Row(1).fee.waived, Amount{500});
  EXPECT_EQ(Row(2).state, InstalmentState::kCancelled);
  EXPECT_EQ(Row(3).state, InstalmentState::kCancelled);
  const ledger::Refund refund = desk_.RefundNow(1);
  EXPECT_EQ(refund.principal, Amount{66'667});
  EXPECT_EQ(refund.charges, Amount{500});
  // All that the borrower has paid.
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{33'833});
  EXPECT_EQ(Balance(kPlatform, 2300, market_.borrower()), -33'833);
  // Bank A owes its part of the fee.
  EXPECT_EQ(Balance(kBankA, 2200, kPlatform), -70'000 - 350);
}

TEST_F(RefundsTest, APaidLoanIsRefundedIntoTheBorrowersBalance) {
  Buy();
  market_.PassTo(*Day::FromDate(2017, 3, 25));
  ASSERT_EQ(market_.Repay(1, 1, 200'000), Verdict::kAccepted);
  ASSERT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  const std::int64_t overpaid = desk_.BalanceOf(1).amount.minor;
  ASSERT_EQ(Refund(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{overpaid + 40'000});
  ASSERT_EQ(Refund(2, 60'000), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kRefunded);
  // All that was paid, fees and penalty, too.
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{200'000});
}

TEST_F(RefundsTest, CoPayersComeBeforeTheBorrower) {
  CopayDesk copay(market_);
  copay.OpenLoan();
  ASSERT_EQ(copay.Agree(copay.Invitation(1), 1), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 6));
  ASSERT_EQ(copay.Create(copay.Instruction(1, 16'959)), Verdict::kAccepted);
  ASSERT_EQ(copay.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(copay.Result(copay.Confirmation(1, 16'959)), Verdict::kAccepted);
  ASSERT_EQ(Refund(1, 100'000), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kRefunded);
  EXPECT_EQ(desk_.RefundNow(1).claims, Amount{16'959});
  EXPECT_EQ(desk_.BalanceOf(2).amount, Amount{16'959});
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{33'833});
  const auto claim = market_.book().Get<RecourseClaim>({CopayDesk::AgreementId(1)});
  EXPECT_EQ(claim.state, ClaimState::kRecovered);
  EXPECT_EQ(claim.recovered, Amount{16'959});
  EXPECT_EQ(copay.Memo(9300, 1), 0);
  EXPECT_EQ(copay.Memo(9301, 1), 0);
  EXPECT_EQ(copay.AgreementNow(1).state, AgreementState::kCompleted);
  EXPECT_EQ(copay.Memo(9200, 1), 0);
}

/// Half of the overdue second instalment is reserved by a debit.
class RefundUnderADebitTest : public RefundsTest {
 protected:
  RefundUnderADebitTest() : copay_(market_) {
    copay_.OpenLoan();
    EXPECT_EQ(copay_.Agree(copay_.Invitation(1), 1), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 6));
    EXPECT_EQ(copay_.Create(copay_.Instruction(1, 16'959)), Verdict::kAccepted);
    EXPECT_EQ(copay_.Submit(1), Verdict::kAccepted);
  }

  CopayDesk copay_;
};

TEST_F(RefundUnderADebitTest, WhatIsReservedStaysAndIsHeldFor) {
  ASSERT_EQ(Refund(1, 100'000), Verdict::kAccepted);
  EXPECT_EQ(Row(2).principal.Unpaid(), Amount{16'959});
  EXPECT_EQ(Row(2).fee.Unpaid(), Amount{});
  EXPECT_EQ(Row(2).penalty.Unpaid(), Amount{});
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOverdue);
  // 333.33 paid and its fee, and what is reserved.
  EXPECT_EQ(market_.LoanNow(1).held, Amount{33'833 + 16'959});
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{});
}

TEST_F(RefundUnderADebitTest, ItsFailureLetsTheRefundPay) {
  ASSERT_EQ(Refund(1, 100'000), Verdict::kAccepted);
  ASSERT_EQ(copay_.Result(copay_.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kRefunded);
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{33'833});
}

TEST_F(RefundUnderADebitTest, ItsSuccessPaysTheCoPayerBackFirst) {
  ASSERT_EQ(Refund(1, 100'000), Verdict::kAccepted);
  ASSERT_EQ(copay_.Result(copay_.Confirmation(1, 16'959)), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kRefunded);
  EXPECT_EQ(desk_.BalanceOf(2).amount, Amount{16'959});
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{33'833});
}

TEST_F(RefundsTest, IsOfWhatWasCapturedAndNotYetRefunded) {
  ASSERT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
  EXPECT_EQ(Refund(1, 1), Verdict::kOrder);
  ASSERT_EQ(market_.Capture(1, 60'000), Verdict::kAccepted);
  EXPECT_EQ(Refund(1, 0), Verdict::kRefundRange);
  EXPECT_EQ(Refund(1, -1), Verdict::kRefundRange);
  EXPECT_EQ(Refund(1, 60'001), Verdict::kRefundRange);
  ASSERT_EQ(Refund(1, 59'999), Verdict::kAccepted);
  EXPECT_EQ(Refund(2, 2), Verdict::kRefundRange);
  EXPECT_EQ(Refund(2, 1), Verdict::kAccepted);
  EXPECT_EQ(Refund(3, 1), Verdict::kRefundRange);
}

TEST_F(RefundsTest, IsTheSuppliersAndThePlatformsWord) {
  Buy();
  const auto act = SupplyDesk::Return(1, 1, 1'000);
  EXPECT_EQ(Signed(act, {SupplierOps()}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(market_.borrower()), kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Refund(1, 1'000, 2), Verdict::kUnknown);
}

TEST_F(RefundsTest, AnIdNamesOneRefund) {
  Buy();
  ASSERT_EQ(Refund(1, 1'000), Verdict::kAccepted);
  EXPECT_EQ(Refund(1, 1'000), Verdict::kDuplicate);
}

TEST_F(RefundsTest, ALoanThatALenderHasGivenUpHasNoRefund) {
  Buy();
  ASSERT_EQ(RecoveryDesk(market_).GiveUp(1, kBankA, true), Verdict::kAccepted);
  const auto act = SupplyDesk::Return(1, 1, 1'000);
  EXPECT_EQ(market_.book().Apply(act, {SupplierOps(), kPlatformOps}), Verdict::kClosed);
}

/// A refund of yesterday has left 338.33 in the name of borrower 1.
class PayBackTest : public RefundsTest {
 protected:
  PayBackTest() {
    BuyAndPayOne();
    EXPECT_EQ(Refund(1, 100'000), Verdict::kAccepted);
    market_.PassDays(1);
  }
};

TEST_F(PayBackTest, TheBankPaysTheAccountAndThePlatformOwesTheBank) {
  const std::int64_t owed = Balance(kPlatform, 2200, kBankB);
  ASSERT_EQ(PayBack(1, 1, 33'833), Verdict::kAccepted);
  EXPECT_EQ(Balance(kPlatform, 2300, market_.borrower()), 0);
  EXPECT_EQ(Balance(kPlatform, 2200, kBankB), owed - 33'833);
  EXPECT_EQ(market_.book().Balance(kBankB, 1600, SupplyDesk::PaymentId(1)), Amount{-33'833});
  EXPECT_EQ(desk_.BalanceOf(1).amount, Amount{});
  const auto payment = market_.book().Get<Payment>({SupplyDesk::PaymentId(1)});
  EXPECT_EQ(payment.platform, kPlatform);
  EXPECT_EQ(payment.participant, market_.borrower());
  EXPECT_EQ(payment.bank, kBankB);
  EXPECT_EQ(payment.amount, Amount{33'833});
  EXPECT_EQ(payment.day, market_.book().today());
  EXPECT_EQ(PayBack(2, 1, 1), Verdict::kAmount);
}

TEST_F(PayBackTest, IsOfWhatIsThere) {
  EXPECT_EQ(PayBack(1, 1, 33'834), Verdict::kAmount);
  EXPECT_EQ(PayBack(1, 1, 0), Verdict::kRange);
  EXPECT_EQ(PayBack(1, 1, -1), Verdict::kRange);
  EXPECT_EQ(PayBack(1, 1, 10'000'000'000'001), Verdict::kRange);
  EXPECT_EQ(PayBack(1, 2, 1), Verdict::kAmount);
  EXPECT_EQ(PayBack(1, 9, 1), Verdict::kUnknown);
  auto act = desk_.Payment(1, 1, 1);
  act.mutable_amount()->set_currency("CNY");
  EXPECT_EQ(Signed(act, {kPlatformOps, kBankOps}), Verdict::kAmount);
  ASSERT_EQ(PayBack(1, 1, 33'000), Verdict::kAccepted);
  EXPECT_EQ(PayBack(2, 1, 834), Verdict::kAmount);
  EXPECT_EQ(PayBack(2, 1, 833), Verdict::kAccepted);
}

TEST_F(PayBackTest, WhatCameInTodayIsPaidBackFromTomorrowOn) {
  market_.Buy(market_.Order(2));
  market_.PassTo(market_.book().today().Plus(32));
  ASSERT_EQ(market_.Repay(5, 2, 33'850), Verdict::kAccepted);
  ASSERT_EQ(Refund(2, 100'000, 2), Verdict::kAccepted);
  const std::int64_t all = desk_.BalanceOf(1).amount.minor;
  ASSERT_GT(all, 33'833);
  EXPECT_EQ(PayBack(1, 1, 33'834), Verdict::kAmount);
  market_.RollDay();
  EXPECT_EQ(PayBack(1, 1, all), Verdict::kAccepted);
}

TEST_F(PayBackTest, WhatAnOpenLoanHoldsStays) {
  market_.Buy(market_.Order(2));
  ASSERT_EQ(market_.Repay(5, 2, 10'000), Verdict::kAccepted);
  ASSERT_EQ(market_.LoanNow(2).held, Amount{10'000});
  market_.PassDays(1);
  EXPECT_EQ(PayBack(1, 1, 33'834), Verdict::kAmount);
}

TEST_F(PayBackTest, IsThePlatformsAndAnAccountBanksWord) {
  auto act = desk_.Payment(1, 1, 1'000);
  EXPECT_EQ(Signed(act, {kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {kBankOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(kBankA, Department::kOps), kBankOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {kPlatformOps, By(kBankB, Department::kTreasury)}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {kPlatformOps, By(kBankA, Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {kPlatformOps, kBankOps, By(kBankA, Department::kOps)}), Verdict::kRole);
  act.set_bank(ToWire(kAttester));
  EXPECT_EQ(Signed(act, {kPlatformOps, By(kAttester, Department::kOps)}), Verdict::kRole);
  act.set_bank(ToWire(kPlatform));
  EXPECT_EQ(Signed(act, {kPlatformOps}), Verdict::kRole);
}

TEST_F(PayBackTest, AnIdNamesOneDeposit) {
  ASSERT_EQ(PayBack(1, 1, 1'000), Verdict::kAccepted);
  EXPECT_EQ(PayBack(1, 1, 1'000), Verdict::kDuplicate);
  auto act = desk_.Payment(2, 1, 1'000);
  act.set_payment(ToWire(Market::RepaymentId(1)));
  EXPECT_EQ(Signed(act, {kPlatformOps, kBankOps}), Verdict::kDuplicate);
  market_.Buy(market_.Order(2));
  act::v1::Repay repay;
  repay.set_repayment(ToWire(SupplyDesk::PaymentId(1)));
  repay.set_loan(ToWire(Market::PurchaseId(2)));
  repay.mutable_amount()->set_currency("BRL");
  repay.mutable_amount()->set_minor(1);
  repay.set_reference(std::string(32, 'r'));
  EXPECT_EQ(Signed(repay, {kBankOps}), Verdict::kDuplicate);
}

}  // namespace
}  // namespace aval::ledger::rules
