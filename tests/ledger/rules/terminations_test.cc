#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

using act::v1::CopayTerminate;

/// Loan 1 of debits_test.cc on 2017-02-24, five days before its second instalment is due. Borrower
/// 2 stands for half of that, as the test says.
class TerminationsTest : public testing::Test {
 protected:
  static constexpr std::int64_t kHalf = 16'959;  // On 2017-03-06.

  TerminationsTest() : market_(3), desk_(market_) { desk_.OpenLoan(); }

  void Agree(act::v1::LiabilityMode mode = act::v1::THIRD_PARTY_PAYMENT) {
    auto invitation = desk_.Invitation(1);
    invitation.set_mode(mode);
    ASSERT_EQ(desk_.Agree(invitation, 1), Verdict::kAccepted);
  }
  void PassToMarch(int day) { market_.PassTo(*Day::FromDate(2017, 3, day)); }
  Verdict Terminate(CopayTerminate::Ground ground) { return desk_.Terminate(1, ground); }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_NE(verdict, Verdict::kAccepted);
    EXPECT_EQ(market_.book().Hash(), before);
    return verdict;
  }
  Agreement Now() const { return desk_.AgreementNow(1); }
  void Reject(std::uint8_t number) {
    ASSERT_EQ(desk_.Create(desk_.Instruction(number, 10'000)), Verdict::kAccepted);
    ASSERT_EQ(desk_.Submit(number), Verdict::kAccepted);
    ASSERT_EQ(desk_.Result(desk_.Rejection(number)), Verdict::kAccepted);
  }
  Participant CoPayer() { return market_.book().Get<Participant>({market_.borrower(2)}); }
  Verdict Suspend(std::uint8_t number) { return desk_.Suspend(number); }
  void Resume() { ASSERT_EQ(desk_.Resume(1), Verdict::kAccepted); }

  Market market_;
  CopayDesk desk_;
};

TEST_F(TerminationsTest, EachGroundHasItsSigners) {
  Agree();
  const SignerRef co_payer = By(market_.borrower(2));
  const SignerRef ops = By(kPlatform, Department::kOps);
  const SignerRef risk = By(kPlatform, Department::kRisk);
  const SignerRef lender = By(kBankA, Department::kCompliance);
  const struct {
    CopayTerminate::Ground ground;
    std::vector<std::vector<SignerRef>> others;
  } cases[] = {
      {CopayTerminate::PAID, {{co_payer}, {co_payer, ops}, {risk}}},
      {CopayTerminate::WITHDRAWAL, {{ops}, {co_payer, ops}, {By(market_.borrower(1))}}},
      {CopayTerminate::BREACH, {{ops}, {lender}, {co_payer}}},
      {CopayTerminate::MUTUAL, {{ops}, {co_payer}, {co_payer, risk}}},
      {CopayTerminate::REGULATORY, {{ops}, {By(kBankB, Department::kCompliance)}, {risk}}},
  };
  for (const auto& [ground, others] : cases) {
    CopayTerminate act;
    act.set_agreement(ToWire(CopayDesk::AgreementId(1)));
    act.set_ground(ground);
    for (const auto& signers : others) {
      EXPECT_EQ(Unchanged([&] { return market_.Apply(act, signers); }), Verdict::kRole);
    }
    act.set_agreement(ToWire(CopayDesk::AgreementId(9)));
    EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {ops}); }), Verdict::kUnknown);
  }
}

TEST_F(TerminationsTest, AThirdPartyWithdrawsSoManyDaysBeforeTheNextDueDay) {
  Agree();
  market_.PassTo(*Day::FromDate(2017, 2, 27));  // Two days before.
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::WITHDRAWAL); }), Verdict::kNotice);
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.notice_days = 2; });
  ASSERT_EQ(Terminate(CopayTerminate::WITHDRAWAL), Verdict::kAccepted);
  EXPECT_EQ(Now().state, AgreementState::kTerminated);
  EXPECT_EQ(Now().ground, TerminationGround::kWithdrawal);
  EXPECT_EQ(Now().by, market_.borrower(2));
  EXPECT_EQ(Now().accrued, Amount{});
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::WITHDRAWAL); }), Verdict::kState);
  EXPECT_EQ(Unchanged([&] { return desk_.Create(desk_.Instruction(1, 5'000)); }), Verdict::kState);
}

TEST_F(TerminationsTest, NobodyElseWithdrawsAlone) {
  Agree(act::v1::DEBT_JOINING);
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::WITHDRAWAL); }), Verdict::kGround);
}

TEST_F(TerminationsTest, WhatHasFallenDueStaysOwed) {
  Agree();
  PassToMarch(6);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(Terminate(CopayTerminate::MUTUAL), Verdict::kAccepted);
  EXPECT_EQ(Now().state, AgreementState::kTerminated);
  EXPECT_EQ(Now().ground, TerminationGround::kMutual);
  EXPECT_EQ(Now().accrued, Amount{kHalf - 10'000});
  EXPECT_EQ(Now().paid, Amount{10'000});
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
  EXPECT_EQ(desk_.Memo(9300, 1), 10'000);
}

TEST_F(TerminationsTest, ARuleEndsIt) {
  Agree(act::v1::GENERAL_GUARANTEE);
  ASSERT_EQ(Terminate(CopayTerminate::REGULATORY), Verdict::kAccepted);
  EXPECT_EQ(Now().ground, TerminationGround::kRegulatory);
  EXPECT_EQ(Now().code, 9U);
  EXPECT_EQ(Now().by, kBankA);
}

TEST_F(TerminationsTest, CancelsADebitThatItsBankHasNotHad) {
  Agree();
  PassToMarch(6);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(market_.Repay(2, 1, 33'918), Verdict::kAccepted);  // 100.00 of it are held.
  ASSERT_EQ(market_.LoanNow(1).held, Amount{10'000});
  ASSERT_EQ(Terminate(CopayTerminate::MUTUAL), Verdict::kAccepted);
  EXPECT_EQ(desk_.DebitNow(1).state, DebitState::kCancelled);
  EXPECT_EQ(market_.InstalmentNow(1, 2).reserved, Amount{});
  EXPECT_EQ(market_.InstalmentNow(1, 2).state, InstalmentState::kPaid);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  EXPECT_EQ(Now().reserved, Amount{});
  EXPECT_EQ(Now().accrued, Amount{});
  EXPECT_EQ(Now().parts[0].failures, 0U);
  EXPECT_EQ(Unchanged([&] { return desk_.Submit(1); }), Verdict::kState);
}

TEST_F(TerminationsTest, ADebitThatItsBankHasComesFirst) {
  Agree();
  PassToMarch(6);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::MUTUAL); }), Verdict::kReserved);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(Terminate(CopayTerminate::MUTUAL), Verdict::kAccepted);
}

TEST_F(TerminationsTest, DebitsThatFailInARowAreABreach) {
  Agree();
  PassToMarch(6);
  Reject(1);
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::BREACH); }), Verdict::kGround);
  PassToMarch(7);
  Reject(2);
  ASSERT_EQ(Terminate(CopayTerminate::BREACH), Verdict::kAccepted);
  EXPECT_EQ(Now().state, AgreementState::kTerminated);
  EXPECT_EQ(Now().ground, TerminationGround::kBreach);
  EXPECT_EQ(Now().code, 9U);
  EXPECT_EQ(Now().by, kPlatform);
  EXPECT_EQ(CoPayer().breaches, 1U);
  EXPECT_EQ(CoPayer().breached, market_.book().today());
}

TEST_F(TerminationsTest, WhoHasJoinedTheDebtIsInBreachWhenItsShareIsOverdue) {
  Agree(act::v1::DEBT_JOINING);
  PassToMarch(1);
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::BREACH); }), Verdict::kGround);
  PassToMarch(2);
  ASSERT_EQ(Terminate(CopayTerminate::BREACH), Verdict::kAccepted);
  EXPECT_EQ(Now().accrued, Amount{16'925});  // Half of 338.33 and a day's 0.17.
}

TEST_F(TerminationsTest, WhoHasPaidItsShareIsInNoBreach) {
  Agree(act::v1::DEBT_JOINING);
  PassToMarch(6);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::BREACH); }), Verdict::kGround);
}

TEST_F(TerminationsTest, AThirdPartyAndAGuarantorNotAskedAreInNoBreachWhenItIsOverdue) {
  Agree(act::v1::JOINT_GUARANTEE);
  PassToMarch(6);
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::BREACH); }), Verdict::kGround);
  ASSERT_EQ(desk_.Demand(1), Verdict::kAccepted);
  EXPECT_EQ(Terminate(CopayTerminate::BREACH), Verdict::kAccepted);
}

TEST_F(TerminationsTest, ItIsPaidWhenNothingThatItCoversIsLeft) {
  Agree();
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::PAID); }), Verdict::kGround);
  // As if a refund had cancelled what it covers.
  Instalment second = market_.InstalmentNow(1, 2);
  second.state = InstalmentState::kCancelled;
  market_.book().Put<Instalment>({.loan = Market::PurchaseId(1), .number = 2}, second);
  CopayTerminate act;
  act.set_agreement(ToWire(CopayDesk::AgreementId(1)));
  act.set_ground(CopayTerminate::PAID);
  ASSERT_EQ(market_.book().Apply(act, {By(kPlatform, Department::kOps)}), Verdict::kAccepted);
  EXPECT_EQ(Now().state, AgreementState::kCompleted);
  EXPECT_EQ(Now().ground, TerminationGround::kPaid);
}

TEST_F(TerminationsTest, AnAgreementPastItsLastDayIsNotTerminated) {
  Agree();
  market_.PassTo(Now().last_day);
  market_.RollDay();  // Its sweep has not run.
  EXPECT_EQ(Unchanged([&] { return Terminate(CopayTerminate::MUTUAL); }), Verdict::kState);
}

TEST_F(TerminationsTest, AGuaranteeEndsByLawAfterItsPeriod) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.guarantee_months = 1; });
  Agree(act::v1::GENERAL_GUARANTEE);
  const Day last = *Day::FromDate(2017, 4, 1);
  EXPECT_EQ(Now().period_end, last);
  market_.PassTo(last);
  EXPECT_EQ(Now().state, AgreementState::kActive);
  market_.RollDay();  // Its sweep has not run.
  EXPECT_EQ(Unchanged([&] { return desk_.Demand(1); }), Verdict::kState);
  market_.PassDays(0);
  EXPECT_EQ(Now().state, AgreementState::kExpiredByLaw);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
}

TEST_F(TerminationsTest, ADemandStopsThePeriodAndTheAgreedEndStays) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.guarantee_months = 1; });
  Agree(act::v1::JOINT_GUARANTEE);
  PassToMarch(6);
  ASSERT_EQ(desk_.Demand(1), Verdict::kAccepted);
  EXPECT_EQ(Now().demanded, market_.book().today());
  EXPECT_EQ(ToWire(Now().notice), std::string(32, 'n'));
  EXPECT_TRUE(market_.book().journal().empty());
  EXPECT_EQ(Unchanged([&] { return desk_.Demand(1); }), Verdict::kState);
  market_.PassTo(Now().last_day);
  EXPECT_EQ(Now().state, AgreementState::kActive);
  market_.PassDays(1);
  EXPECT_EQ(Now().state, AgreementState::kExpired);
}

TEST_F(TerminationsTest, ADebitEndsWithinTheGuaranteesPeriod) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.guarantee_months = 1; });
  Agree(act::v1::JOINT_GUARANTEE);
  market_.PassTo(*Day::FromDate(2017, 3, 30));
  auto act = desk_.Instruction(1, 5'000);  // For three days.
  EXPECT_EQ(Unchanged([&] { return desk_.Create(act); }), Verdict::kMandate);
  act.set_expiry_day(act.expiry_day() - 1);
  EXPECT_EQ(desk_.Create(act), Verdict::kAccepted);
}

TEST_F(TerminationsTest, OnlyAGuaranteeHasAPeriodAndADemand) {
  Agree(act::v1::DEBT_JOINING);
  EXPECT_EQ(Now().period_end, Day{});
  PassToMarch(6);
  EXPECT_EQ(Unchanged([&] { return desk_.Demand(1); }), Verdict::kGround);
}

TEST_F(TerminationsTest, TheLeadLenderDemandsWhatIsOverdue) {
  Agree(act::v1::JOINT_GUARANTEE);
  PassToMarch(1);
  EXPECT_EQ(Unchanged([&] { return desk_.Demand(1); }), Verdict::kState);
  PassToMarch(2);
  act::v1::Demand act;
  act.set_agreement(ToWire(CopayDesk::AgreementId(1)));
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(kPlatform, Department::kCredit)}); }),
            Verdict::kRole);
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(kBankA, Department::kOps)}); }),
            Verdict::kRole);
  act.set_agreement(ToWire(CopayDesk::AgreementId(9)));
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(kBankA, Department::kCredit)}); }),
            Verdict::kUnknown);
  EXPECT_EQ(desk_.Demand(1), Verdict::kAccepted);
}

TEST_F(TerminationsTest, ASuspendedAgreementCountsButTakesNoDebit) {
  Agree();
  PassToMarch(6);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(Suspend(9), Verdict::kUnknown);
  ASSERT_EQ(Suspend(1), Verdict::kAccepted);
  EXPECT_EQ(Now().state, AgreementState::kSuspended);
  EXPECT_EQ(Suspend(1), Verdict::kDuplicate);
  EXPECT_EQ(desk_.Memo(9200, 1), 50'000);
  EXPECT_EQ(Unchanged([&] { return desk_.Submit(1); }), Verdict::kState);
  EXPECT_EQ(Unchanged([&] { return desk_.Create(desk_.Instruction(2, 1'000)); }), Verdict::kState);
  Resume();
  EXPECT_EQ(Now().state, AgreementState::kActive);
  EXPECT_EQ(desk_.Submit(1), Verdict::kAccepted);
}

TEST_F(TerminationsTest, WhatWasSubmittedBeforeASuspensionTakesItsResult) {
  Agree();
  PassToMarch(6);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(Suspend(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(Now().state, AgreementState::kSuspended);
  ASSERT_EQ(market_.Repay(2, 1, 33'918 - 10'000), Verdict::kAccepted);
  EXPECT_EQ(Now().state, AgreementState::kCompleted);
  Resume();
  EXPECT_EQ(Now().state, AgreementState::kCompleted);
}

/// Of the second instalment, 339.18 on 2017-03-06, borrower 2 bears half up to 100.00, and borrower
/// 3 three tenths.
class JointSharesTest : public TerminationsTest {
 protected:
  void AgreeOn(std::uint8_t number, PartyId invitee, std::uint32_t ppm, std::int64_t cap,
               bool joint) {
    auto invitation = desk_.Invitation(number);
    invitation.set_invitee(ToWire(invitee));
    invitation.set_share_ppm(ppm);
    invitation.mutable_cap()->set_minor(cap);
    invitation.set_joint(joint);
    ASSERT_EQ(desk_.Agree(invitation, number), Verdict::kAccepted);
    EXPECT_EQ(desk_.AgreementNow(number).joint, joint);
  }
  void AgreeBoth(bool first, bool second) {
    AgreeOn(1, market_.borrower(2), 500'000, 10'000, first);
    AgreeOn(2, market_.borrower(3), 300'000, 50'000, second);
    PassToMarch(6);
  }
  Verdict Debit(std::uint8_t number, std::uint8_t agreement, std::int64_t amount) {
    auto act = desk_.Instruction(number, amount);
    act.set_agreement(ToWire(CopayDesk::AgreementId(agreement)));
    return desk_.Create(act);
  }
  static constexpr std::int64_t kSeveral = 10'175;
  static constexpr std::int64_t kJoint = 10'175 + 16'959 - 10'000;
};

TEST_F(JointSharesTest, AJointOneBearsWhatAnothersCapDoesNot) {
  AgreeBoth(true, true);
  EXPECT_EQ(Unchanged([&] { return Debit(1, 2, kJoint + 1); }), Verdict::kShareMax);
  EXPECT_EQ(Debit(1, 2, kJoint), Verdict::kAccepted);
}

TEST_F(JointSharesTest, BearsItTooWhenTheOthersCapIsSpent) {
  AgreeBoth(true, true);
  ASSERT_EQ(Debit(1, 1, 10'000), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(desk_.AgreementNow(1).state, AgreementState::kExhausted);
  EXPECT_EQ(market_.InstalmentNow(1, 2).spent_ppm, 500'000U);
  EXPECT_EQ(market_.InstalmentNow(1, 2).spent, Amount{10'000});
  EXPECT_EQ(Unchanged([&] { return Debit(2, 2, kJoint + 1); }), Verdict::kShareMax);
  EXPECT_EQ(Debit(2, 2, kJoint), Verdict::kAccepted);
}

TEST_F(JointSharesTest, ASeveralOneBearsItsOwnShareAlone) {
  AgreeBoth(true, false);
  EXPECT_EQ(Unchanged([&] { return Debit(1, 2, kSeveral + 1); }), Verdict::kShareMax);
  EXPECT_EQ(Debit(1, 2, kSeveral), Verdict::kAccepted);
}

TEST_F(JointSharesTest, WhatASeveralOnesCapDoesNotAllowIsTheBorrowers) {
  AgreeBoth(false, true);
  EXPECT_EQ(Unchanged([&] { return Debit(1, 2, kSeveral + 1); }), Verdict::kShareMax);
  EXPECT_EQ(Debit(1, 2, kSeveral), Verdict::kAccepted);
}

}  // namespace
}  // namespace aval::ledger::rules
