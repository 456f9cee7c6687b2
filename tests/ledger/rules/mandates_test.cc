#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

/// Loan 1 of debits_test.cc on 2017-03-06, whose borrower has given mandate 1: of its second
/// instalment 339.18 are owed.
class MandatesTest : public testing::Test {
 protected:
  static constexpr std::int64_t kOwed = 33'918;

  MandatesTest() : market_(3), desk_(market_) {
    desk_.OpenLoan();
    EXPECT_EQ(desk_.Give(1), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 6));
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_NE(verdict, Verdict::kAccepted);
    EXPECT_EQ(market_.book().Hash(), before);
    return verdict;
  }
  Verdict CreateWith(const std::function<void(act::v1::DebitCreate&)>& change) {
    auto act = desk_.OwnInstruction(1, kOwed);
    change(act);
    return Unchanged([&] { return desk_.Create(act); });
  }
  void Submit(std::uint8_t number, std::int64_t amount) {
    ASSERT_EQ(desk_.Create(desk_.OwnInstruction(number, amount)), Verdict::kAccepted);
    ASSERT_EQ(desk_.Submit(number), Verdict::kAccepted);
  }
  Verdict Revoke(const SignerRef& signer) {
    act::v1::MandateRevoke act;
    act.set_mandate(ToWire(CopayDesk::MandateId(1)));
    return market_.Apply(act, {signer});
  }
  void ChangeMandate(const std::function<void(Mandate&)>& change) {
    Mandate mandate = market_.book().Get<Mandate>({CopayDesk::MandateId(1)});
    change(mandate);
    market_.book().Put<Mandate>({CopayDesk::MandateId(1)}, mandate);
  }
  Instalment SecondNow() const { return market_.InstalmentNow(1, 2); }

  Market market_;
  CopayDesk desk_;
};

TEST_F(MandatesTest, KeepsWhatTheBorrowerHasGiven) {
  const Mandate mandate = market_.book().Get<Mandate>({CopayDesk::MandateId(1)});
  EXPECT_EQ(mandate.state, MandateState::kGiven);
  EXPECT_EQ(mandate.borrower, market_.borrower(1));
  EXPECT_EQ(mandate.platform, kPlatform);
  EXPECT_EQ(mandate.bank, kBankB);
  EXPECT_EQ(ToWire(mandate.account), std::string(32, 'a'));
  EXPECT_EQ(mandate.currency, TestCurrency());
  EXPECT_EQ(mandate.most, Amount{40'000});
  EXPECT_EQ(mandate.last_day, mandate.given.Plus(100));
}

TEST_F(MandatesTest, TheBorrowerAndItsBankGiveIt) {
  const auto act = desk_.Mandate(2);
  const SignerRef borrower = By(market_.borrower(1));
  for (const auto& signers : std::vector<std::vector<SignerRef>>{
           {borrower},
           {By(kBankB, Department::kOps)},
           {borrower, By(kBankA, Department::kOps)},
           {borrower, By(kBankB, Department::kRisk)},
           {borrower, By(market_.borrower(2)), By(kBankB, Department::kOps)}}) {
    EXPECT_EQ(Unchanged([&] { return market_.Apply(act, signers); }), Verdict::kRole);
  }
  EXPECT_EQ(desk_.Give(2), Verdict::kAccepted);
}

TEST_F(MandatesTest, RefusesEachOfThese) {
  const auto give_with = [&](const std::function<void(act::v1::MandateGive&)>& change) {
    auto act = desk_.Mandate(2);
    change(act);
    return Unchanged([&] { return desk_.Give(act, market_.borrower(1)); });
  };
  EXPECT_EQ(give_with([](auto& act) { act.set_mandate(ToWire(CopayDesk::MandateId(1))); }),
            Verdict::kDuplicate);
  EXPECT_EQ(give_with([](auto& act) { act.set_platform(ToWire(TestInstitution(99))); }),
            Verdict::kUnknown);
  EXPECT_EQ(give_with([](auto& act) { act.set_platform(ToWire(kBankA)); }), Verdict::kRole);
  EXPECT_EQ(give_with([](auto& act) { act.mutable_most()->set_minor(0); }), Verdict::kRange);
  EXPECT_EQ(give_with([](auto& act) { act.mutable_most()->set_minor(-1); }), Verdict::kRange);
  EXPECT_EQ(give_with([](auto& act) { act.mutable_most()->set_minor(10'000'000'000'001); }),
            Verdict::kRange);
  const Day today = market_.book().today();
  EXPECT_EQ(give_with([&](auto& act) { act.set_last_day(ToWire(today.Plus(-1))); }),
            Verdict::kRange);
  market_.book().SetInstitutionState(kBankB, InstitutionState::kExited);
  EXPECT_EQ(give_with([](auto&) {}), Verdict::kRole);
}

TEST_F(MandatesTest, WhoIsNotIdentifiedGivesNone) {
  auto borrower = market_.book().Get<Participant>({market_.borrower(1)});
  borrower.state = ParticipantState::kKycExpired;
  market_.book().Put<Participant>({market_.borrower(1)}, borrower);
  EXPECT_EQ(Unchanged([&] { return desk_.Give(2); }), Verdict::kKyc);
}

TEST_F(MandatesTest, TheBorrowerOrItsBankRevokesItOnce) {
  EXPECT_EQ(Unchanged([&] { return Revoke(By(market_.borrower(2))); }), Verdict::kRole);
  EXPECT_EQ(Unchanged([&] { return Revoke(By(kPlatform, Department::kOps)); }), Verdict::kRole);
  ASSERT_EQ(Revoke(By(kBankB, Department::kOps)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return Revoke(By(market_.borrower(1))); }), Verdict::kState);
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kMandate);
}

TEST_F(MandatesTest, WhatHasRunOutIsNotRevoked) {
  const Day last = market_.book().today();
  ChangeMandate([&](Mandate& mandate) { mandate.last_day = last; });
  market_.RollDay();
  EXPECT_EQ(Unchanged([&] { return Revoke(By(market_.borrower(1))); }), Verdict::kState);
}

TEST_F(MandatesTest, TheBorrowersDebitPaysItsInstalmentAndClaimsNothing) {
  ASSERT_EQ(desk_.Create(desk_.OwnInstruction(1, kOwed)), Verdict::kAccepted);
  const ledger::Debit debit = desk_.DebitNow(1);
  EXPECT_EQ(debit.agreement, Id{});
  EXPECT_EQ(debit.mandate, CopayDesk::MandateId(1));
  EXPECT_EQ(debit.loan, Market::PurchaseId(1));
  EXPECT_EQ(debit.payer, market_.borrower(1));
  EXPECT_EQ(debit.bank, kBankB);
  EXPECT_EQ(SecondNow().reserved, Amount{kOwed});
  EXPECT_EQ(SecondNow().own.reserved, Amount{kOwed});
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kOwed)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
  EXPECT_EQ(SecondNow().own.reserved, Amount{});
  EXPECT_EQ(SecondNow().copaid, Amount{});
  EXPECT_EQ(market_.book().Balance(kBankB, 1600, CopayDesk::DebitId(1)), Amount{kOwed});
  for (const JournalLine& line : market_.book().journal()) EXPECT_LT(line.code, 9000);
  EXPECT_TRUE(market_.book().state().List<Copaid>({}, 1).empty());
}

TEST_F(MandatesTest, ItComesBackLikeAnyOther) {
  Submit(1, kOwed);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kOwed)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kOverdue);
  EXPECT_EQ(SecondNow().principal.Unpaid(), Amount{33'333});
  EXPECT_EQ(market_.book().Balance(kBankB, 1600, CopayDesk::DebitId(1)), Amount{});
}

TEST_F(MandatesTest, ItIsOwedAgainAlsoWhenARefundHasGivenItsChargesBack) {
  Submit(1, kOwed);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kOwed)), Verdict::kAccepted);
  SupplyDesk supply(market_);
  ASSERT_EQ(supply.Refund(SupplyDesk::Return(1, 1, 100'000)), Verdict::kAccepted);
  ASSERT_EQ(market_.LoanNow(1).state, LoanState::kRefunded);
  ASSERT_EQ(SecondNow().fee.waived, Amount{500});
  const Amount balance = supply.BalanceOf(1).amount;
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOverdue);
  EXPECT_EQ(UnpaidInAll(SecondNow()), Amount{kOwed});
  EXPECT_EQ(SecondNow().fee.waived, Amount{});
  EXPECT_EQ(supply.BalanceOf(1).amount, balance);
}

TEST_F(MandatesTest, ADebitIsWithinItsMandate) {
  EXPECT_EQ(CreateWith([](auto& act) { act.set_mandate(ToWire(CopayDesk::MandateId(9))); }),
            Verdict::kUnknown);
  EXPECT_EQ(CreateWith([](auto& act) { act.set_loan(ToWire(Market::PurchaseId(9))); }),
            Verdict::kUnknown);
  ChangeMandate([](Mandate& mandate) { mandate.most = {kOwed - 1}; });
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kMandate);
  ChangeMandate([](Mandate& mandate) { mandate.most = {kOwed}; });
  ChangeMandate([&](Mandate& mandate) { mandate.borrower = market_.borrower(2); });
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kMandate);
  ChangeMandate([&](Mandate& mandate) {
    mandate.borrower = market_.borrower(1);
    mandate.platform = TestInstitution(77);
  });
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kMandate);
  ChangeMandate([&](Mandate& mandate) {
    mandate.platform = kPlatform;
    mandate.last_day = market_.book().today().Plus(2);
  });
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kMandate);  // It lasts for three.
  EXPECT_EQ(market_.Apply(desk_.OwnInstruction(1, kOwed), {By(kBankA, Department::kOps)}),
            Verdict::kRole);
}

TEST_F(MandatesTest, RefusesEachOfTheseAmountsAndInstalments) {
  EXPECT_EQ(CreateWith([](auto& act) { act.set_instalment(0); }), Verdict::kRange);
  EXPECT_EQ(CreateWith([](auto& act) { act.set_instalment(4); }), Verdict::kRange);
  EXPECT_EQ(CreateWith([](auto& act) { act.set_instalment(65'538); }), Verdict::kRange);
  EXPECT_EQ(CreateWith([](auto& act) { act.set_instalment(1); }), Verdict::kState);
  EXPECT_EQ(CreateWith([](auto& act) { act.set_instalment(3); }), Verdict::kState);
  EXPECT_EQ(CreateWith([](auto& act) { act.mutable_amount()->set_currency("USD"); }),
            Verdict::kCurrency);
  EXPECT_EQ(CreateWith([](auto& act) { act.mutable_amount()->set_minor(0); }), Verdict::kRange);
  EXPECT_EQ(CreateWith([](auto& act) { act.mutable_amount()->set_minor(-1); }), Verdict::kRange);
  EXPECT_EQ(CreateWith([](auto& act) { act.mutable_amount()->set_minor(kOwed + 1); }),
            Verdict::kAmount);
  EXPECT_EQ(CreateWith([](auto& act) { act.set_expiry_day(act.expiry_day() + 1); }),
            Verdict::kRange);
}

TEST_F(MandatesTest, WhatACoPayersDebitHasReservedIsNotTaken) {
  ASSERT_EQ(desk_.Agree(desk_.Invitation(1), 1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Create(desk_.Instruction(2, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(CreateWith([](auto& act) { act.mutable_amount()->set_minor(kOwed - 9'999); }),
            Verdict::kReserved);
  ASSERT_EQ(desk_.Create(desk_.OwnInstruction(1, kOwed - 10'000)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Create(desk_.OwnInstruction(3, 1)); }),
            Verdict::kReserved);
}

TEST_F(MandatesTest, WhatTheBorrowersOwnDebitHasReservedIsNoCoPayersPart) {
  ASSERT_EQ(desk_.Agree(desk_.Invitation(1), 1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Create(desk_.OwnInstruction(1, 16'959)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Create(desk_.Instruction(2, 16'959)), Verdict::kAccepted);
}

TEST_F(MandatesTest, AFailedDebitIsTriedAgainTheNextDayAndSoManyTimes) {
  Submit(1, 10'000);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().own.failures, 1U);
  EXPECT_EQ(Unchanged([&] { return desk_.Create(desk_.OwnInstruction(2, 10'000)); }),
            Verdict::kRetry);
  market_.PassDays(1);
  ASSERT_EQ(desk_.Create(desk_.OwnInstruction(2, 10'000)), Verdict::kAccepted);
  market_.PassDays(4);
  EXPECT_EQ(desk_.DebitNow(2).state, DebitState::kExpired);
  EXPECT_EQ(SecondNow().own.failures, 2U);
  EXPECT_EQ(Unchanged([&] { return desk_.Create(desk_.OwnInstruction(3, 10'000)); }),
            Verdict::kRetry);
}

TEST_F(MandatesTest, NothingIsSubmittedUnderARevokedMandateAndWhatWasTakesItsResult) {
  Submit(1, 10'000);
  ASSERT_EQ(Revoke(By(market_.borrower(1))), Verdict::kAccepted);
  EXPECT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
}

TEST_F(MandatesTest, ACreatedDebitIsNotSubmittedUnderARevokedMandate) {
  ASSERT_EQ(desk_.Create(desk_.OwnInstruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(Revoke(By(market_.borrower(1))), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Submit(1); }), Verdict::kState);
}

TEST(CollectionAgentTest, APlatformThatDoesNotFundTheLoanDoesNotCollect) {
  Market market(2);
  Grant grant = market.GrantNow();
  grant.lenders = {{.lender = kBankA, .share_ppm = 1'000'000, .decided = true}};
  market.book().Put<Grant>({market.grant()}, grant);
  market.book().ChangePolicy([](Policy& policy) { policy.partner_floor_ppm = 0; });
  CopayDesk desk(market);
  desk.OpenLoan();
  ASSERT_EQ(desk.Give(1), Verdict::kAccepted);
  EXPECT_EQ(desk.Create(desk.OwnInstruction(1, 10'000)), Verdict::kMandate);
}

}  // namespace
}  // namespace aval::ledger::rules
