#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/recovery_desk.h"

namespace aval::ledger::rules {
namespace {

/// Loan 1 of 333.33, 333.33 and 333.34 with a fee of 5.00 each, due 2017-02-01, 03-01 and 04-01,
/// of which the platform lends 30 % and bank A 70 %. It is 2017-03-06: nothing is paid, the first
/// is 33 days overdue and the second five, at 0.17 a day; the third is not billed. A lender may
/// give up from 33 days on.
class WriteOffTest : public testing::Test {
 protected:
  static constexpr std::int64_t kPenalty = 33 * 17 + 5 * 17;
  static constexpr std::array<std::uint16_t, 3> kAll{1, 2, 3};

  WriteOffTest() : market_(2), desk_(market_) {
    market_.book().ChangePolicy([](Policy& policy) { policy.recovery.write_off_dpd = 33; });
    market_.Buy(market_.Order(1));
    market_.PassTo(*Day::FromDate(2017, 3, 6));
  }

  Loan LoanNow() const { return market_.LoanNow(1); }
  LenderPart Platform() const { return LoanNow().lenders[0]; }
  LenderPart BankA() const { return LoanNow().lenders[1]; }
  Instalment At(std::uint16_t number) const { return market_.InstalmentNow(1, number); }
  std::int64_t Balance(PartyId owner, std::uint16_t code) {
    return market_.book().Balance(owner, code, Market::PurchaseId(1)).minor;
  }
  Bill BillOf(std::uint16_t number) {
    return market_.book().Get<Bill>(
        {.borrower = market_.borrower(), .due = At(number).due, .currency = TestCurrency()});
  }
  std::int64_t Unpaid() const {
    std::int64_t sum = 0;
    for (const std::uint16_t number : kAll) sum += UnpaidInAll(At(number)).minor;
    return sum;
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  Verdict GiveUp(PartyId lender, bool proof = false) {
    return Unchanged([&] { return desk_.GiveUp(1, lender, proof); });
  }
  Verdict Recover(std::uint8_t number, std::int64_t amount) {
    return Unchanged([&] { return desk_.Recover(desk_.Recovering(number, 1, amount)); });
  }
  void WriteOffAll(bool proof = false) {
    ASSERT_EQ(GiveUp(kBankA, proof), Verdict::kAccepted);
    ASSERT_EQ(GiveUp(kPlatform, proof), Verdict::kAccepted);
  }
  // Borrower 2 stands for half of instalment 1, which is billed.
  void Guarantee(CopayDesk& copay) {
    auto invitation = copay.Invitation(1);
    invitation.clear_instalments();
    invitation.add_instalments(1);
    ASSERT_EQ(copay.Agree(invitation, 1), Verdict::kAccepted);
  }
  act::v1::DebitCreate OfTheFirst(const CopayDesk& copay, std::int64_t amount) {
    auto act = copay.Instruction(1, amount);
    act.set_instalment(1);
    return act;
  }

  Market market_;
  RecoveryDesk desk_;
};

TEST_F(WriteOffTest, ALendersReceivablesBecomeItsLossAndAMemo) {
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  const LenderPart part = BankA();
  EXPECT_EQ(part.gave_up, market_.book().today());
  EXPECT_EQ(part.outstanding, Amount{});
  EXPECT_EQ(part.written_off.principal, Amount{70'000});
  EXPECT_EQ(part.written_off.fee, Amount{700});
  EXPECT_EQ(part.written_off.penalty, Amount{452});
  const std::int64_t lost = 70'000 + 700 + 452;
  EXPECT_EQ(Balance(kBankA, account::kCreditLoss), lost);
  for (const std::uint16_t code :
       {account::kLoanPrincipal, account::kFeeReceivable, account::kPenaltyReceivable}) {
    EXPECT_EQ(Balance(kBankA, code), 0);
  }
  EXPECT_EQ(Balance(PartyId::Memo(), account::kWrittenOffClaim), lost);
  EXPECT_EQ(Balance(PartyId::Memo(), account::kWrittenOffClaimContra), -lost);
  // The borrower owes what it owed, and the other lender's claim stands.
  EXPECT_EQ(LoanNow().state, LoanState::kOverdue);
  EXPECT_TRUE(LoanNow().defaulted);
  EXPECT_EQ(Unpaid(), 100'000 + 1'500 + kPenalty);
  EXPECT_EQ(Platform().outstanding, Amount{30'000});
  EXPECT_EQ(Balance(kPlatform, account::kCreditLoss), 0);
  EXPECT_EQ(market_.GrantNow().used, Amount{30'000});
}

TEST_F(WriteOffTest, EndsTheGrantAndWhatIsAuthorisedUnderIt) {
  ASSERT_EQ(market_.Authorise(market_.Order(2)), Verdict::kAccepted);
  auto ended = market_.Order(3);
  ended.set_expiry_day(ToWire(market_.book().today()));
  ASSERT_EQ(market_.Authorise(ended), Verdict::kAccepted);
  market_.RollDay();  // Its sweep has not run.
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kClosed);
  EXPECT_EQ(market_.GrantNow().reserved, Amount{});
  EXPECT_EQ(market_.book().Balance(PartyId::Memo(), account::kLimitGranted, market_.grant()),
            Amount{});
  EXPECT_EQ(market_.PurchaseNow(2).state, PurchaseState::kVoided);
  EXPECT_EQ(market_.PurchaseNow(3).state, PurchaseState::kExpired);
  EXPECT_EQ(market_.Capture(2, 1'000), Verdict::kAuthState);
  EXPECT_EQ(market_.Authorise(market_.Order(4)), Verdict::kState);
  market_.PassDays(0);
}

TEST_F(WriteOffTest, AGrantThatRanOutYesterdayIsTheSweepsToEnd) {
  const Day last = market_.GrantNow().expiry;
  market_.PassTo(last);
  market_.RollDay();
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  market_.PassDays(0);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kExpired);
}

TEST_F(WriteOffTest, WhatIsPaidLaterIsARecoveryOfTheLenderThatHasGivenUp) {
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  ASSERT_EQ(market_.Repay(1, 1, 33'833 + 33 * 17), Verdict::kAccepted);
  EXPECT_EQ(At(1).state, InstalmentState::kPaid);
  EXPECT_EQ(BankA().written_off.principal, Amount{70'000 - 23'333});
  EXPECT_EQ(BankA().written_off.fee, Amount{350});
  EXPECT_EQ(Platform().outstanding, Amount{20'000});
  const std::int64_t got = 23'333 + 350 + 393;
  EXPECT_EQ(Balance(kBankA, account::kRecoveryIncome), -got);
  EXPECT_EQ(market_.book().Balance(kBankB, account::kDueTo, kBankA.id), Amount{-got});
  EXPECT_EQ(LoanNow().recovered, Amount{got});
  EXPECT_EQ(Balance(PartyId::Memo(), account::kWrittenOffClaim), 71'152 - got);
  EXPECT_EQ(market_.GrantNow().used, Amount{20'000});
}

TEST_F(WriteOffTest, WhatIsChargedLaterIsNoIncomeOfTheLenderThatHasGivenUp) {
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  const std::int64_t before = Balance(kBankA, account::kFeeIncome);
  market_.PassTo(*Day::FromDate(2017, 3, 22));  // The third bill.
  EXPECT_EQ(Balance(kBankA, account::kFeeIncome), before);
  EXPECT_EQ(BankA().written_off.fee, Amount{700 + 350});
  EXPECT_EQ(Balance(kPlatform, account::kFeeReceivable), 450);
}

TEST_F(WriteOffTest, ALoanThatIsPaidAfterOneLenderHasGivenUpIsPaidOff) {
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 22));
  ASSERT_EQ(market_.Repay(1, 1, 200'000), Verdict::kAccepted);
  EXPECT_EQ(LoanNow().state, LoanState::kPaidOff);
  EXPECT_EQ(Balance(PartyId::Memo(), account::kWrittenOffClaim), 0);
}

TEST_F(WriteOffTest, ALoanThatOneLenderHasGivenUpMayBeRepaidEarly) {
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  ASSERT_EQ(desk_.Agree(desk_.Quote(1, 1, 101'000 + kPenalty)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Pay(desk_.Payment(1, 1)), Verdict::kAccepted);
  EXPECT_EQ(LoanNow().state, LoanState::kPaidOff);
  EXPECT_EQ(LoanNow().recovered, Amount{71'152});
}

TEST_F(WriteOffTest, WithTheLastLenderTheLoanIsWrittenOff) {
  WriteOffAll();
  EXPECT_EQ(LoanNow().state, LoanState::kWrittenOff);
  EXPECT_EQ(LoanNow().first_unpaid, 4U);
  for (const std::uint16_t number : kAll) {
    EXPECT_EQ(At(number).state, InstalmentState::kWrittenOff);
    EXPECT_EQ(At(number).next_day, Day{});
  }
  EXPECT_EQ(At(3).fee.waived, Amount{500});  // It was not billed, and will not be.
  EXPECT_EQ(At(3).billed, Day{});
  EXPECT_EQ(BillOf(2).state, BillState::kOverdue);
  EXPECT_EQ(market_.GrantNow().used, Amount{});
  EXPECT_EQ(Balance(PartyId::Memo(), account::kWrittenOffClaim), 101'000 + kPenalty);
  market_.PassDays(60);
  EXPECT_EQ(Unpaid(), 101'000 + kPenalty);
  EXPECT_EQ(Unchanged([&] { return market_.Repay(1, 1, 1'000); }), Verdict::kClosed);
}

TEST_F(WriteOffTest, AProofIsEnoughBeforeItIsLateAndPutsEveryBillInArrears) {
  market_.Buy(market_.Order(2));
  market_.PassDays(25);
  ASSERT_EQ(desk_.GiveUp(2, kBankA), Verdict::kNotEligible);
  ASSERT_EQ(desk_.GiveUp(2, kBankA, true), Verdict::kAccepted);
  ASSERT_EQ(desk_.GiveUp(2, kPlatform, true), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(2).state, LoanState::kWrittenOff);
  const Bill bill = market_.book().Get<Bill>({.borrower = market_.borrower(),
                                              .due = market_.InstalmentNow(2, 1).due,
                                              .currency = TestCurrency()});
  EXPECT_EQ(bill.state, BillState::kOverdue);
}

TEST_F(WriteOffTest, TakesWhatTheLoanHoldsForBillsThatWillNotCome) {
  ASSERT_EQ(market_.Repay(1, 1, 67'666 + kPenalty + 1'000), Verdict::kAccepted);
  ASSERT_EQ(LoanNow().held, Amount{1'000});
  WriteOffAll(true);
  EXPECT_EQ(LoanNow().held, Amount{});
  EXPECT_EQ(At(3).principal.paid, Amount{1'000});
  EXPECT_EQ(LoanNow().recovered, Amount{1'000});
  EXPECT_EQ(market_.book().Balance(kPlatform, account::kDueTo, kBankA.id), Amount{-700});
}

TEST_F(WriteOffTest, IsEligibleFromThePolicysDayOn) {
  market_.book().ChangePolicy([](Policy& policy) { policy.recovery.write_off_dpd = 34; });
  EXPECT_EQ(GiveUp(kBankA), Verdict::kNotEligible);
  market_.RollDay();
  EXPECT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  market_.PassDays(0);
}

TEST_F(WriteOffTest, WhatIsNotLateIsNotEligibleWhateverThePolicySays) {
  market_.book().ChangePolicy([](Policy& policy) { policy.recovery.write_off_dpd = 0; });
  market_.Buy(market_.Order(2));
  EXPECT_EQ(Unchanged([&] { return desk_.GiveUp(2, kBankA); }), Verdict::kNotEligible);
}

TEST_F(WriteOffTest, IsTheWordOfOneLendersCreditDepartment) {
  const auto act = desk_.GivingUp(1, false);
  const std::vector<std::vector<SignerRef>> wrong{
      {By(kBankB, Department::kCredit)},
      {By(kBankA, Department::kOps)},
      {By(market_.borrower())},
      {By(kBankA, Department::kCredit), By(kPlatform, Department::kCredit)}};
  for (const auto& signers : wrong) {
    EXPECT_EQ(Unchanged([&] { return market_.Apply(act, signers); }), Verdict::kRole);
  }
  EXPECT_EQ(desk_.GiveUp(9, kBankA), Verdict::kUnknown);
}

TEST_F(WriteOffTest, HappensOnceToEachLender) {
  ASSERT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  EXPECT_EQ(GiveUp(kBankA), Verdict::kState);
  ASSERT_EQ(GiveUp(kPlatform), Verdict::kAccepted);
  EXPECT_EQ(GiveUp(kPlatform), Verdict::kState);
}

TEST_F(WriteOffTest, APaidLoanIsNotWrittenOff) {
  ASSERT_EQ(desk_.Agree(desk_.Quote(1, 1, 101'000 + kPenalty)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Pay(desk_.Payment(1, 1)), Verdict::kAccepted);
  EXPECT_EQ(GiveUp(kBankA, true), Verdict::kClosed);
}

TEST_F(WriteOffTest, WaitsForADebitUnderWay) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.window_days = 100; });
  CopayDesk copay(market_);
  Guarantee(copay);
  ASSERT_EQ(copay.Create(OfTheFirst(copay, 5'000)), Verdict::kAccepted);
  EXPECT_EQ(GiveUp(kBankA), Verdict::kReserved);
  market_.PassDays(3);
  market_.RollDay();  // It has expired; its sweep has not run.
  EXPECT_EQ(GiveUp(kBankA), Verdict::kAccepted);
  market_.PassDays(0);
}

TEST_F(WriteOffTest, RecoveriesGoToEachLenderByWhatItHasWrittenOff) {
  WriteOffAll();
  ASSERT_EQ(Recover(1, 10'000), Verdict::kAccepted);
  const auto recovery = market_.book().Get<Recovery>({RecoveryDesk::RecoveryId(1)});
  EXPECT_EQ(recovery.loan, Market::PurchaseId(1));
  EXPECT_EQ(recovery.bank, kBankB);
  EXPECT_EQ(recovery.amount, Amount{10'000});
  EXPECT_EQ(recovery.day, market_.book().today());
  EXPECT_EQ(market_.book().Balance(kBankB, account::kDepositControl, RecoveryDesk::RecoveryId(1)),
            Amount{10'000});
  // Penalty of 5.61 and the fee of 5.00 first, then principal.
  EXPECT_EQ(At(1).penalty.paid, Amount{561});
  EXPECT_EQ(At(1).principal.paid, Amount{10'000 - 561 - 500});
  EXPECT_EQ(At(1).state, InstalmentState::kWrittenOff);
  EXPECT_EQ(Balance(kBankA, account::kRecoveryIncome), -(393 + 350 + 6'257));
  EXPECT_EQ(Balance(kPlatform, account::kRecoveryIncome), -(168 + 150 + 2'682));
  EXPECT_EQ(market_.book().Balance(kBankB, account::kDueTo, kBankA.id),
            Amount{-(393 + 350 + 6'257)});
  EXPECT_EQ(LoanNow().recovered, Amount{10'000});
  EXPECT_EQ(LoanNow().state, LoanState::kWrittenOff);
  EXPECT_EQ(Balance(PartyId::Memo(), account::kWrittenOffClaim), 91'000 + kPenalty);
}

TEST_F(WriteOffTest, WhenAllIsRecoveredTheLoanIs) {
  WriteOffAll();
  ASSERT_EQ(Recover(1, 50'000), Verdict::kAccepted);
  EXPECT_EQ(Recover(2, 51'001 + kPenalty), Verdict::kAmount);
  ASSERT_EQ(Recover(2, 51'000 + kPenalty), Verdict::kAccepted);
  EXPECT_EQ(LoanNow().state, LoanState::kRecovered);
  EXPECT_EQ(BillOf(1).state, BillState::kSettled);
  EXPECT_EQ(Balance(PartyId::Memo(), account::kWrittenOffClaim), 0);
  EXPECT_EQ(Recover(3, 1), Verdict::kState);
  EXPECT_EQ(Unchanged([&] { return market_.Repay(1, 1, 1); }), Verdict::kClosed);
}

TEST_F(WriteOffTest, ARecoveryIsTheActOfOneBankThatKeepsAccounts) {
  WriteOffAll();
  const auto act = desk_.Recovering(1, 1, 1'000);
  const std::vector<std::vector<SignerRef>> wrong{
      {By(kPlatform, Department::kOps)},
      {By(kBankB, Department::kCredit)},
      {By(market_.borrower())},
      {By(kBankA, Department::kOps), By(kBankB, Department::kOps)}};
  for (const auto& signers : wrong) {
    EXPECT_EQ(Unchanged([&] { return market_.Apply(act, signers); }), Verdict::kRole);
  }
}

TEST_F(WriteOffTest, RefusesARecoveryOfAnotherSortOrAmount) {
  EXPECT_EQ(Recover(1, 1'000), Verdict::kState);
  WriteOffAll();
  const struct {
    std::function<void(act::v1::Recover&)> change;
    Verdict verdict;
  } cases[] = {
      {[](auto& act) { act.set_loan(ToWire(Market::PurchaseId(9))); }, Verdict::kUnknown},
      {[](auto& act) { act.mutable_amount()->set_currency("USD"); }, Verdict::kCurrency},
      {[](auto& act) { act.mutable_amount()->set_minor(0); }, Verdict::kRange},
      {[](auto& act) { act.mutable_amount()->set_minor(-1); }, Verdict::kRange},
      {[](auto& act) { act.mutable_amount()->set_minor(10'000'000'000'001); }, Verdict::kRange},
      {[](auto& act) { act.mutable_amount()->set_minor(10'000'000'000'000); }, Verdict::kAmount},
  };
  for (const auto& [change, verdict] : cases) {
    auto act = desk_.Recovering(1, 1, 1'000);
    change(act);
    EXPECT_EQ(VerdictCode(Unchanged([&] { return desk_.Recover(act); })), VerdictCode(verdict));
  }
}

TEST_F(WriteOffTest, AnIdMovesOneDeposit) {
  ASSERT_EQ(market_.Repay(1, 1, 1'000), Verdict::kAccepted);
  WriteOffAll();
  auto act = desk_.Recovering(1, 1, 1'000);
  act.set_recovery(ToWire(Market::RepaymentId(1)));
  EXPECT_EQ(Unchanged([&] { return desk_.Recover(act); }), Verdict::kDuplicate);
  ASSERT_EQ(Recover(1, 1'000), Verdict::kAccepted);
  EXPECT_EQ(Recover(1, 1'000), Verdict::kDuplicate);
  act::v1::Repay repay;
  repay.set_repayment(ToWire(RecoveryDesk::RecoveryId(1)));
  repay.set_loan(ToWire(Market::PurchaseId(1)));
  repay.mutable_amount()->set_currency("BRL");
  repay.mutable_amount()->set_minor(1'000);
  repay.set_reference(std::string(32, 'r'));
  EXPECT_EQ(market_.Apply(repay, {By(kBankB, Department::kOps)}), Verdict::kDuplicate);
}

// Co-payers stand for what is written off as they did before: what is debited is recovered.
TEST_F(WriteOffTest, ACoPayerIsStillDebitedAndItsDebitIsARecovery) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.window_days = 100; });
  CopayDesk copay(market_);
  Guarantee(copay);
  WriteOffAll();
  EXPECT_EQ(copay.AgreementNow(1).state, AgreementState::kActive);
  ASSERT_EQ(copay.Create(OfTheFirst(copay, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(Recover(1, 101'000 + kPenalty - 10'000 + 1), Verdict::kReserved);
  ASSERT_EQ(copay.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(copay.Result(copay.Confirmation(1, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(LoanNow().recovered, Amount{10'000});
  EXPECT_EQ(market_.book().Get<RecourseClaim>({CopayDesk::AgreementId(1)}).amount, Amount{10'000});
  ASSERT_EQ(Recover(1, 91'000 + kPenalty), Verdict::kAccepted);
  EXPECT_EQ(LoanNow().state, LoanState::kRecovered);
  EXPECT_EQ(copay.AgreementNow(1).state, AgreementState::kCompleted);
}

TEST_F(WriteOffTest, ADebitThatExpiresOnAWrittenOffLoanFreesWhatItReserved) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.window_days = 100; });
  CopayDesk copay(market_);
  Guarantee(copay);
  WriteOffAll();
  ASSERT_EQ(copay.Create(OfTheFirst(copay, 10'000)), Verdict::kAccepted);
  market_.PassDays(3);
  market_.RollDay();
  EXPECT_EQ(Recover(1, 101'000 + kPenalty), Verdict::kAccepted);
  market_.PassDays(0);
  EXPECT_EQ(copay.DebitNow(1).state, DebitState::kExpired);
}

}  // namespace
}  // namespace aval::ledger::rules
