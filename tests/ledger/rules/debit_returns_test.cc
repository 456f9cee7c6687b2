#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

/// Loan 1 of debits_test.cc on 2017-03-06: borrower 2 has been debited 169.59 of the second
/// instalment: 0.85 of penalty, 5.00 of fee and 163.74 of principal.
class DebitReturnsTest : public testing::Test {
 protected:
  static constexpr std::int64_t kHalf = 16'959;
  static constexpr std::int64_t kPrincipal = 16'374;

  DebitReturnsTest() : market_(3), desk_(market_) { desk_.OpenLoan(); }

  void Agree(std::int64_t cap = 50'000) {
    auto invitation = desk_.Invitation(1);
    invitation.mutable_cap()->set_minor(cap);
    ASSERT_EQ(desk_.Agree(invitation, 1), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 6));
  }
  void Submit() {
    ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
    ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  }
  void Confirm() { ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted); }
  void Take(std::int64_t cap = 50'000) {
    Agree(cap);
    Submit();
    Confirm();
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_NE(verdict, Verdict::kAccepted);
    EXPECT_EQ(market_.book().Hash(), before);
    return verdict;
  }
  Instalment SecondNow() const { return market_.InstalmentNow(1, 2); }
  std::map<Account::Key, std::int64_t> Balances() {
    std::map<Account::Key, std::int64_t> balances;
    for (const auto& [key, account] : market_.book().state().List<Account>({}, 1'000)) {
      const std::int64_t balance = account.debits.minor - account.credits.minor;
      if (balance != 0) balances[key] = balance;
    }
    return balances;
  }

  Market market_;
  CopayDesk desk_;
};

TEST_F(DebitReturnsTest, MirrorsAllThatTheResultPosted) {
  Agree();
  Submit();
  const auto before = Balances();
  const Grant grant = market_.GrantNow();
  Confirm();
  ASSERT_EQ(desk_.DebitNow(1).parts.size(), 2U);
  EXPECT_EQ(desk_.DebitNow(1).result_day, market_.book().today());
  EXPECT_EQ(desk_.DebitNow(1).parts[0].paid.principal.minor +
                desk_.DebitNow(1).parts[1].paid.principal.minor,
            kPrincipal);
  const auto lines = market_.book().journal().size();
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(market_.book().journal().size(), lines);
  EXPECT_EQ(Balances(), before);
  EXPECT_EQ(market_.GrantNow().used, grant.used);

  const ledger::Debit debit = desk_.DebitNow(1);
  EXPECT_EQ(debit.state, DebitState::kReturned);
  EXPECT_EQ(debit.reason, 7U);
  EXPECT_EQ(ToWire(debit.return_reference), std::string(32, 'b'));
  const Instalment instalment = SecondNow();
  EXPECT_EQ(instalment.state, InstalmentState::kOverdue);
  EXPECT_EQ(instalment.penalty.paid, Amount{});
  EXPECT_EQ(instalment.fee.paid, Amount{});
  EXPECT_EQ(instalment.principal.paid, Amount{});
  EXPECT_EQ(instalment.copaid, Amount{});
  EXPECT_EQ(instalment.reserved, Amount{});
  const Agreement agreement = desk_.AgreementNow(1);
  EXPECT_EQ(agreement.state, AgreementState::kActive);
  EXPECT_EQ(agreement.paid, Amount{});
  EXPECT_EQ(agreement.parts[0].paid, Amount{});
  EXPECT_EQ(desk_.Memo(9200, 1), 50'000);
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kReturned);
  EXPECT_EQ(desk_.Memo(9300, 1), 0);
  EXPECT_FALSE(market_.book().Find<Copaid>(
      {.loan = Market::PurchaseId(1), .number = 2, .co_payer = market_.borrower(2)}));
}

TEST_F(DebitReturnsTest, LendersOweTheBankWhatItPaidThem) {
  Take();
  const auto owed = market_.book().state().List<Obligation>({}, 100);
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  const auto now = market_.book().state().List<Obligation>({}, 100);
  ASSERT_EQ(now.size(), owed.size() + 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const Obligation& paid = owed[owed.size() - 2 + i].second;
    const Obligation& back = now[owed.size() + i].second;
    EXPECT_EQ(back.from, paid.to);
    EXPECT_EQ(back.to, paid.from);
    EXPECT_EQ(back.amount, paid.amount);
  }
}

TEST_F(DebitReturnsTest, ABankThatLendsOwesItselfNothing) {
  ASSERT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  auto acceptance = desk_.Acceptance(1);
  acceptance.set_bank(ToWire(kBankA));
  ASSERT_EQ(desk_.Accept(acceptance), Verdict::kAccepted);
  desk_.AttestCapacity(1, market_.borrower(2), 1'000'000);
  ASSERT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kAccepted);
  ASSERT_EQ(desk_.LendersWord(desk_.Word(1)), Verdict::kAccepted);
  ASSERT_EQ(market_.Apply(desk_.Joining(1), {By(kBankA, Department::kOps)}), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 6));
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
  act::v1::DebitSubmit submit;
  submit.set_debit(ToWire(CopayDesk::DebitId(1)));
  ASSERT_EQ(market_.Apply(submit, {By(kBankA, Department::kOps)}), Verdict::kAccepted);
  const auto before = Balances();
  ASSERT_EQ(market_.Apply(desk_.Confirmation(1, kHalf), {By(kBankA, Department::kOps)}),
            Verdict::kAccepted);
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(Balances(), before);
}

TEST_F(DebitReturnsTest, OnlyItsBankReturnsItOnceAndAfterItsConfirmation) {
  Agree();
  Submit();
  EXPECT_EQ(Unchanged([&] { return desk_.Return(1); }), Verdict::kState);
  Confirm();
  act::v1::DebitReturn act;
  act.set_debit(ToWire(CopayDesk::DebitId(1)));
  act.set_reason(7);
  act.set_reference(std::string(32, 'b'));
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(kBankA, Department::kOps)}); }),
            Verdict::kRole);
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(kBankB, Department::kRisk)}); }),
            Verdict::kRole);
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Return(1); }), Verdict::kState);
  act.set_debit(ToWire(CopayDesk::DebitId(9)));
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(kBankB, Department::kOps)}); }),
            Verdict::kUnknown);
}

TEST_F(DebitReturnsTest, TheWindowIsSoManyDaysLong) {
  Take();
  market_.PassDays(21);
  EXPECT_EQ(Unchanged([&] { return desk_.Return(1); }), Verdict::kWindow);
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.return_days = 21; });
  EXPECT_EQ(desk_.Return(1), Verdict::kAccepted);
}

TEST_F(DebitReturnsTest, APaidInstalmentIsOverdueAgainWithoutPenaltyForTheDaysBetween) {
  Take();
  ASSERT_EQ(market_.Repay(2, 1, kHalf), Verdict::kAccepted);
  ASSERT_EQ(SecondNow().state, InstalmentState::kPaid);
  ASSERT_EQ(desk_.AgreementNow(1).state, AgreementState::kCompleted);
  market_.PassTo(*Day::FromDate(2017, 3, 10));
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kOverdue);
  EXPECT_EQ(SecondNow().bucket, 1);
  EXPECT_EQ(SecondNow().penalty_day, market_.book().today());
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOverdue);
  EXPECT_EQ(market_.LoanNow(1).first_unpaid, 2U);
  const auto bill = market_.book().Get<Bill>(
      {.borrower = market_.borrower(1), .due = SecondNow().due, .currency = TestCurrency()});
  EXPECT_EQ(bill.state, BillState::kOverdue);
  // The agreement has ended; that it was paid less does not bring it back.
  EXPECT_EQ(desk_.AgreementNow(1).state, AgreementState::kCompleted);
  EXPECT_EQ(desk_.AgreementNow(1).paid, Amount{});
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
  market_.PassDays(2);
  ASSERT_EQ(market_.Repay(3, 1, kHalf + 2 * 8), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
}

TEST_F(DebitReturnsTest, APaidLoanOpensAgainAndUsesTheLimitAgainEvenAboveIt) {
  Take();
  ASSERT_EQ(market_.Repay(2, 1, kHalf), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 22));
  ASSERT_EQ(market_.Repay(3, 1, 33'834), Verdict::kAccepted);
  ASSERT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  Grant grant = market_.GrantNow();
  ASSERT_EQ(grant.used, Amount{});
  grant.limit = {100};
  market_.book().Put<Grant>({market_.grant()}, grant);
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOverdue);
  EXPECT_EQ(market_.GrantNow().used, Amount{kPrincipal});
  EXPECT_NE(SecondNow().next_day, Day{});
}

TEST_F(DebitReturnsTest, WhatAPaidLoanHeldIsTheBorrowersAndDoesNotPayItAgain) {
  Take();
  ASSERT_EQ(market_.Repay(2, 1, kHalf), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 22));
  ASSERT_EQ(market_.Repay(3, 1, 33'834 + 5'000), Verdict::kAccepted);
  ASSERT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  const SupplyDesk supply(market_);
  ASSERT_EQ(supply.BalanceOf(1).amount, Amount{5'000});
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  EXPECT_EQ(supply.BalanceOf(1).amount, Amount{5'000});
  EXPECT_EQ(UnpaidInAll(SecondNow()), Amount{kHalf});
}

TEST_F(DebitReturnsTest, BeforeItsDueDayItIsBilledAgain) {
  auto invitation = desk_.Invitation(1);
  ASSERT_EQ(desk_.Agree(invitation, 1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(SecondNow().state, InstalmentState::kPartPaid);
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kBilled);
}

TEST_F(DebitReturnsTest, OnItsDueDayItIsDueAgain) {
  ASSERT_EQ(desk_.Agree(desk_.Invitation(1), 1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 1));
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kDue);
  market_.PassDays(1);
  EXPECT_EQ(SecondNow().state, InstalmentState::kOverdue);
}

TEST_F(DebitReturnsTest, AnExhaustedAgreementStaysSo) {
  Take(kHalf);
  ASSERT_EQ(desk_.AgreementNow(1).state, AgreementState::kExhausted);
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(desk_.AgreementNow(1).state, AgreementState::kExhausted);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
}

TEST_F(DebitReturnsTest, WhatWasPaidBackOrForgivenIsNoMoreThanTheClaim) {
  Take();
  ASSERT_EQ(desk_.Forgive(1), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Return(1); }), Verdict::kState);
}

TEST_F(DebitReturnsTest, AnAgreementPastItsLastDayEndsFirstAsItsSweepWould) {
  Take();
  market_.PassTo(desk_.AgreementNow(1).last_day);
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.return_days = 200; });
  market_.RollDay();  // Its sweep has not run.
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(desk_.AgreementNow(1).state, AgreementState::kExpired);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
}

TEST_F(DebitReturnsTest, OfACancelledInstalmentTheOldestThatIsBilledOwesItAgain) {
  Take();
  market_.PassTo(*Day::FromDate(2017, 3, 22));
  // As if the rest of the second had been put on the third.
  Instalment second = SecondNow();
  const Amount rest = second.principal.Unpaid();
  second.state = InstalmentState::kCancelled;
  second.principal.due = second.principal.paid;
  market_.book().Put<Instalment>({.loan = Market::PurchaseId(1), .number = 2}, second);
  Instalment third = market_.InstalmentNow(1, 3);
  third.principal.due.minor += rest.minor;
  market_.book().Put<Instalment>({.loan = Market::PurchaseId(1), .number = 3}, third);
  Loan loan = market_.LoanNow(1);
  loan.first_unpaid = 3;
  market_.book().Put<Loan>({Market::PurchaseId(1)}, loan);
  act::v1::DebitReturn act;
  act.set_debit(ToWire(CopayDesk::DebitId(1)));
  act.set_reason(7);
  act.set_reference(std::string(32, 'b'));
  ASSERT_EQ(market_.book().Apply(act, {By(kBankB, Department::kOps)}), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kCancelled);
  EXPECT_EQ(SecondNow().principal.paid, Amount{});
  EXPECT_EQ(SecondNow().principal.Unpaid(), Amount{});
  EXPECT_EQ(SecondNow().copaid, Amount{});
  const Instalment now = market_.InstalmentNow(1, 3);
  EXPECT_EQ(now.principal.due.minor, third.principal.due.minor + kPrincipal);
  EXPECT_EQ(now.fee.due.minor, third.fee.due.minor + 500);
  EXPECT_EQ(now.penalty.due.minor, third.penalty.due.minor + 85);
}

TEST_F(DebitReturnsTest, NothingIsTakenBackOfAWrittenOffLoan) {
  Take();
  Loan loan = market_.LoanNow(1);
  loan.state = LoanState::kWrittenOff;
  market_.book().Put<Loan>({Market::PurchaseId(1)}, loan);
  act::v1::DebitReturn act;
  act.set_debit(ToWire(CopayDesk::DebitId(1)));
  EXPECT_EQ(market_.book().Apply(act, {By(kBankB, Department::kOps)}), Verdict::kClosed);
}

}  // namespace
}  // namespace aval::ledger::rules
