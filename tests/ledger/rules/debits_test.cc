#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

/// Loan 1 of three instalments of 338.33, the first paid; the second was due 2017-03-01 and is five
/// days overdue: 339.18 with a penalty of 0.85. Borrower 2 stands for half of it, up to 500.00,
/// under agreement 1, which is ACTIVE and joined.
class DebitsTest : public testing::Test {
 protected:
  static constexpr std::int64_t kHalf = 16'959;

  DebitsTest() : market_(3), desk_(market_) {
    desk_.OpenLoan();
    EXPECT_EQ(desk_.Agree(desk_.Invitation(1), 1), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 6));
  }

  using Change = std::function<void(act::v1::DebitCreate&)>;
  Verdict CreateWith(const Change& change) {
    auto act = desk_.Instruction(1, kHalf);
    change(act);
    return Unchanged([&] { return desk_.Create(act); });
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  void Debit(std::uint8_t number, std::int64_t amount) {
    ASSERT_EQ(desk_.Create(desk_.Instruction(number, amount)), Verdict::kAccepted);
    ASSERT_EQ(desk_.Submit(number), Verdict::kAccepted);
  }
  void ChangeAgreement(const std::function<void(Agreement&)>& change) {
    Agreement agreement = desk_.AgreementNow(1);
    change(agreement);
    market_.book().Put<Agreement>({CopayDesk::AgreementId(1)}, agreement);
  }
  // As if the agreement had been so from the first.
  void SetCap(std::int64_t cap) {
    const std::int64_t less = desk_.AgreementNow(1).cap.minor - cap;
    ChangeAgreement([&](Agreement& agreement) { agreement.cap = {cap}; });
    market_.book().With([&](Context& context) {
      const Id id = CopayDesk::AgreementId(1);
      context.Debit(PartyId::Memo(), 9201, id, TestCurrency(), {less});
      context.Credit(PartyId::Memo(), 9200, id, TestCurrency(), {less});
    });
  }
  void SetLastDay(Day day) {
    const Id id = CopayDesk::AgreementId(1);
    ChangeAgreement([&](Agreement& agreement) {
      market_.book().state().Delete<CalendarItem>(
          {.day = agreement.last_day.Plus(1), .queue = Queue::kAgreement, .subject = id});
      agreement.last_day = day;
      market_.book().Put<CalendarItem>(
          {.day = day.Plus(1), .queue = Queue::kAgreement, .subject = id}, {});
      const AgreementBy::Key by{.co_payer = agreement.co_payer, .agreement = id};
      auto index = market_.book().Get<AgreementBy>(by);
      index.last_day = day;
      market_.book().Put<AgreementBy>(by, index);
    });
  }
  Instalment SecondNow() const { return market_.InstalmentNow(1, 2); }
  act::v1::DebitCreate Under(std::uint8_t agreement, std::uint8_t number, std::int64_t amount) {
    auto act = desk_.Instruction(number, amount);
    act.set_agreement(ToWire(CopayDesk::AgreementId(agreement)));
    return act;
  }

  // Agreement 2: borrower 3 stands for three tenths of the second and the third instalment, which
  // is billed on the day on which this leaves the market.
  void AgreeOnTwo(std::int64_t cap) {
    auto invitation = desk_.Invitation(2);
    invitation.set_invitee(ToWire(market_.borrower(3)));
    invitation.add_instalments(3);
    invitation.set_share_ppm(300'000);
    invitation.mutable_cap()->set_minor(cap);
    ASSERT_EQ(desk_.Agree(invitation, 2), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 22));
  }
  act::v1::DebitCreate ForTheThird(std::uint8_t number, std::int64_t amount) {
    auto act = Under(2, number, amount);
    act.set_instalment(3);
    return act;
  }

  Market market_;
  CopayDesk desk_;
};

TEST_F(DebitsTest, CreatingReservesAndPostsOnlyThePenalty) {
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
  const ledger::Debit debit = desk_.DebitNow(1);
  EXPECT_EQ(debit.state, DebitState::kCreated);
  EXPECT_EQ(debit.agreement, CopayDesk::AgreementId(1));
  EXPECT_EQ(debit.loan, Market::PurchaseId(1));
  EXPECT_EQ(debit.instalment, 2);
  EXPECT_EQ(debit.payer, market_.borrower(2));
  EXPECT_EQ(debit.bank, kBankB);
  EXPECT_EQ(debit.amount, Amount{kHalf});
  EXPECT_EQ(SecondNow().reserved, Amount{kHalf});
  EXPECT_EQ(SecondNow().penalty.due, Amount{85});
  EXPECT_EQ(desk_.AgreementNow(1).reserved, Amount{kHalf});
  EXPECT_EQ(desk_.Memo(9200, 1), 50'000);
}

TEST_F(DebitsTest, AConfirmedDebitPaysTheInstalmentAndMakesAClaim) {
  Debit(1, kHalf);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(desk_.DebitNow(1).state, DebitState::kConfirmed);
  const Instalment instalment = SecondNow();
  EXPECT_EQ(instalment.reserved, Amount{});
  EXPECT_EQ(instalment.penalty.paid, Amount{85});
  EXPECT_EQ(instalment.fee.paid, Amount{500});
  EXPECT_EQ(instalment.principal.paid, Amount{kHalf - 585});
  EXPECT_EQ(instalment.state, InstalmentState::kOverdue);
  EXPECT_EQ(market_.book().Balance(kBankB, 1600, CopayDesk::DebitId(1)), Amount{kHalf});
  const Agreement agreement = desk_.AgreementNow(1);
  EXPECT_EQ(agreement.paid, Amount{kHalf});
  EXPECT_EQ(agreement.state, AgreementState::kActive);
  EXPECT_EQ(desk_.Memo(9200, 1), 50'000 - kHalf);
  const auto claim = market_.book().Get<RecourseClaim>({CopayDesk::AgreementId(1)});
  EXPECT_EQ(claim.state, ClaimState::kOpen);
  EXPECT_EQ(claim.co_payer, market_.borrower(2));
  EXPECT_EQ(claim.borrower, market_.borrower(1));
  EXPECT_EQ(claim.amount, Amount{kHalf});
  EXPECT_EQ(desk_.Memo(9300, 1), kHalf);
  EXPECT_EQ(desk_.Memo(9301, 1), -kHalf);
}

TEST_F(DebitsTest, OnlyTheServicerCreatesAndOnlyTheAccountBankAnswers) {
  const auto create = desk_.Instruction(1, kHalf);
  EXPECT_EQ(market_.Apply(create, {By(kBankA, Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(create, {By(kPlatform, Department::kCredit)}), Verdict::kRole);
  ASSERT_EQ(desk_.Create(create), Verdict::kAccepted);
  act::v1::DebitSubmit submit;
  submit.set_debit(create.debit());
  EXPECT_EQ(market_.Apply(submit, {By(kBankA, Department::kOps)}), Verdict::kRole);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  EXPECT_EQ(market_.Apply(desk_.Confirmation(1, kHalf), {By(kPlatform, Department::kOps)}),
            Verdict::kRole);
}

TEST_F(DebitsTest, ADebitWithoutAMandateIsRefused) {
  ChangeAgreement([](Agreement& agreement) { agreement.bank_joined = false; });
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kMandate);
}

TEST_F(DebitsTest, AMandateCoversItsInstalmentsAndItsDays) {
  EXPECT_EQ(CreateWith([](auto& act) { act.set_instalment(1); }), Verdict::kMandate);
  EXPECT_EQ(CreateWith([](auto& act) { act.set_instalment(65'538); }), Verdict::kMandate);
  SetLastDay(market_.book().today().Plus(2));
  EXPECT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kMandate);
}

TEST_F(DebitsTest, ACapExceededIsRefused) {
  SetCap(kHalf - 1);
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kCap);
}

TEST_F(DebitsTest, WhatIsReservedForAnotherInstalmentCountsAgainstTheCap) {
  AgreeOnTwo(12'000);
  ASSERT_EQ(desk_.Create(Under(2, 1, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Create(ForTheThird(2, 2'001)), Verdict::kCap);
  EXPECT_EQ(desk_.Create(ForTheThird(2, 2'000)), Verdict::kAccepted);
}

TEST_F(DebitsTest, WhatHasExpiredUnderTheSameAgreementCountsNoMore) {
  AgreeOnTwo(12'000);
  ASSERT_EQ(desk_.Create(Under(2, 1, 10'000)), Verdict::kAccepted);
  market_.PassDays(3);
  market_.RollDay();  // Its sweep has not run.
  ASSERT_EQ(desk_.Create(ForTheThird(2, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(desk_.AgreementNow(2).reserved, Amount{10'000});
}

TEST_F(DebitsTest, ASecondPaymentOfAReservedAmountIsRefused) {
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf - 5'000)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Create(desk_.Instruction(2, 5'000)); }),
            Verdict::kReserved);
}

TEST_F(DebitsTest, ADebitTakesNothingThatAnotherCoPayersDebitHasReserved) {
  auto invitation = desk_.Invitation(2);
  invitation.set_invitee(ToWire(market_.borrower(3)));
  invitation.set_share_ppm(300'000);
  ASSERT_EQ(desk_.Agree(invitation, 2), Verdict::kAccepted);
  // The borrower pays all but 200.00, of which the first co-payer's debit reserves 169.59.
  ASSERT_EQ(market_.Repay(2, 1, 13'918), Verdict::kAccepted);
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Create(Under(2, 2, 3'042)); }), Verdict::kReserved);
  EXPECT_EQ(desk_.Create(Under(2, 2, 3'041)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(2), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(2, 3'041)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().reserved, Amount{kHalf});
  EXPECT_EQ(SecondNow().principal.Unpaid(), Amount{kHalf});
}

TEST_F(DebitsTest, TheBorrowersPaymentLeavesWhatIsReserved) {
  Debit(1, kHalf);
  ASSERT_EQ(market_.Repay(2, 1, 33'918), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().principal.Unpaid(), Amount{kHalf});
  EXPECT_EQ(SecondNow().fee.Unpaid(), Amount{});
  EXPECT_EQ(market_.LoanNow(1).held, Amount{kHalf});
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
  EXPECT_EQ(desk_.AgreementNow(1).state, AgreementState::kCompleted);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{kHalf});  // For the third.
}

TEST_F(DebitsTest, PenaltyThatComesMeanwhileIsPaidByWhatTheBorrowerHasPaidBefore) {
  Debit(1, kHalf);
  ASSERT_EQ(market_.Repay(2, 1, 23'918), Verdict::kAccepted);  // Of 169.59, 69.59 are held.
  market_.PassDays(2);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
  EXPECT_EQ(SecondNow().penalty.due, Amount{85 + 2 * 5});  // On 100.00 a day.
  EXPECT_EQ(market_.LoanNow(1).held, Amount{6'959 - 10});
}

TEST_F(DebitsTest, ARejectedDebitFreesWhatItReservedAndTheLoanTakesWhatItHolds) {
  Debit(1, kHalf);
  ASSERT_EQ(market_.Repay(2, 1, 33'918), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(desk_.DebitNow(1).state, DebitState::kRejected);
  EXPECT_EQ(desk_.DebitNow(1).reason, 4U);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
  EXPECT_EQ(desk_.AgreementNow(1).paid, Amount{});
  EXPECT_EQ(desk_.AgreementNow(1).state, AgreementState::kCompleted);
  EXPECT_FALSE(market_.book().Find<RecourseClaim>({CopayDesk::AgreementId(1)}));
}

TEST_F(DebitsTest, RefusesEachOfTheseAmounts) {
  const struct {
    Change change;
    Verdict verdict;
  } cases[] = {
      {[](auto& act) { act.mutable_amount()->set_currency("USD"); }, Verdict::kCurrency},
      {[](auto& act) { act.mutable_amount()->set_minor(0); }, Verdict::kRange},
      {[](auto& act) { act.mutable_amount()->set_minor(999); }, Verdict::kCopayMin},
      {[](auto& act) { act.mutable_amount()->set_minor(33'919); }, Verdict::kAmount},
      {[](auto& act) { act.mutable_amount()->set_minor(kHalf + 1); }, Verdict::kShareMax},
      {[](auto& act) { act.set_agreement(std::string(16, 'x')); }, Verdict::kUnknown},
  };
  for (const auto& [change, verdict] : cases) {
    EXPECT_EQ(VerdictCode(CreateWith(change)), VerdictCode(verdict));
  }
}

TEST_F(DebitsTest, TheShareIsOfAllThatWasDueHoweverOftenItIsDebited) {
  Debit(1, 10'000);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Create(desk_.Instruction(2, kHalf - 10'000 + 1)), Verdict::kShareMax);
  EXPECT_EQ(desk_.Create(desk_.Instruction(2, kHalf - 10'000)), Verdict::kAccepted);
}

TEST_F(DebitsTest, WhatIsPaidUnderEndedAgreementsLeavesTheBorrowerItsShare) {
  SetCap(kHalf);
  Debit(1, kHalf);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  ASSERT_EQ(desk_.AgreementNow(1).state, AgreementState::kExhausted);
  EXPECT_EQ(SecondNow().copaid, Amount{kHalf});

  auto invitation = desk_.Invitation(2);
  invitation.set_invitee(ToWire(market_.borrower(3)));
  invitation.set_share_ppm(600'000);
  ASSERT_EQ(desk_.Agree(invitation, 2), Verdict::kAccepted);
  constexpr std::int64_t kBorrowers = 33'918 / 5;  // 20 %.
  constexpr std::int64_t kLeft = 33'918 - kBorrowers - kHalf;
  EXPECT_EQ(Unchanged([&] { return desk_.Create(Under(2, 2, kLeft + 1)); }), Verdict::kShareMax);
  EXPECT_EQ(desk_.Create(Under(2, 2, kLeft)), Verdict::kAccepted);
}

TEST_F(DebitsTest, OneCoPayerPaysNoMoreThanTheMostOfOneOverAllItsAgreements) {
  SetCap(kHalf);
  Debit(1, kHalf);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  ASSERT_EQ(desk_.AgreementNow(1).state, AgreementState::kExhausted);

  auto invitation = desk_.Invitation(2);
  invitation.set_share_ppm(300'000);
  ASSERT_EQ(desk_.Agree(invitation, 2), Verdict::kAccepted);
  constexpr std::int64_t kMost = 33'918 * 6 / 10 + 1;  // 60 %, rounded up.
  EXPECT_EQ(Unchanged([&] { return desk_.Create(Under(2, 2, kMost - kHalf + 1)); }),
            Verdict::kShareMax);
  EXPECT_EQ(desk_.Create(Under(2, 2, kMost - kHalf)), Verdict::kAccepted);
}

TEST_F(DebitsTest, WhoIsNotIdentifiedAnyMoreIsNotDebited) {
  auto co_payer = market_.book().Get<Participant>({market_.borrower(2)});
  co_payer.state = ParticipantState::kKycExpired;
  market_.book().Put<Participant>({market_.borrower(2)}, co_payer);
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kKyc);
  co_payer.state = ParticipantState::kKycValid;
  market_.book().Put<Participant>({market_.borrower(2)}, co_payer);
  ASSERT_EQ(desk_.Create(desk_.Instruction(2, 5'000)), Verdict::kAccepted);
  co_payer.state = ParticipantState::kFrozen;
  market_.book().Put<Participant>({market_.borrower(2)}, co_payer);
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kFrozen);
  EXPECT_EQ(Unchanged([&] { return desk_.Submit(2); }), Verdict::kFrozen);
}

TEST_F(DebitsTest, AnIdNamesADebitOrARepaymentNeverBoth) {
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
  act::v1::Repay repay;
  repay.set_repayment(ToWire(CopayDesk::DebitId(1)));
  repay.set_loan(ToWire(Market::PurchaseId(1)));
  repay.mutable_amount()->set_currency("BRL");
  repay.mutable_amount()->set_minor(1'000);
  repay.set_reference(std::string(32, 'r'));
  EXPECT_EQ(market_.Apply(repay, {By(kBankB, Department::kOps)}), Verdict::kDuplicate);

  repay.set_repayment(ToWire(CopayDesk::DebitId(2)));
  ASSERT_EQ(market_.Apply(repay, {By(kBankB, Department::kOps)}), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  market_.PassDays(1);
  EXPECT_EQ(desk_.Create(desk_.Instruction(2, 10'000)), Verdict::kDuplicate);
  EXPECT_EQ(desk_.Create(desk_.Instruction(3, 10'000)), Verdict::kAccepted);
}

TEST_F(DebitsTest, ABankThatHasLeftIsSentNoDebit) {
  market_.book().SetInstitutionState(kBankB, InstitutionState::kExited);
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kMandate);
}

TEST_F(DebitsTest, EndsWithinThePolicysDays) {
  const Day today = market_.book().today();
  EXPECT_EQ(CreateWith([&](auto& act) { act.set_expiry_day(ToWire(today.Plus(-1))); }),
            Verdict::kRange);
  EXPECT_EQ(CreateWith([&](auto& act) { act.set_expiry_day(ToWire(today.Plus(4))); }),
            Verdict::kRange);
}

TEST_F(DebitsTest, OnlyAnActiveAgreementIsDebited) {
  for (const AgreementState state : {AgreementState::kSigned, AgreementState::kReviewed}) {
    ChangeAgreement([&](Agreement& agreement) { agreement.state = state; });
    EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kState);
  }
}

TEST_F(DebitsTest, OnlyWhatIsBilledIsDebited) {
  ChangeAgreement([](Agreement& agreement) { agreement.parts = {{.number = 3}}; });
  auto act = desk_.Instruction(1, kHalf);
  act.set_instalment(3);
  EXPECT_EQ(desk_.Create(act), Verdict::kState);
}

TEST_F(DebitsTest, AGeneralGuarantorIsNeverDebitedAndAJointOneWhenItIsOverdue) {
  ChangeAgreement([](Agreement& agreement) { agreement.mode = LiabilityMode::kGeneralGuarantee; });
  EXPECT_EQ(CreateWith([](auto&) {}), Verdict::kLiabilityMode);
  ChangeAgreement([](Agreement& agreement) { agreement.mode = LiabilityMode::kJointGuarantee; });
  EXPECT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
}

TEST_F(DebitsTest, AJointGuarantorIsNotDebitedBeforeTheBorrowerIsLate) {
  ChangeAgreement([](Agreement& agreement) {
    agreement.mode = LiabilityMode::kJointGuarantee;
    agreement.parts = {{.number = 3}};
  });
  market_.PassTo(*Day::FromDate(2017, 4, 1));
  auto act = desk_.Instruction(1, 5'000);
  act.set_instalment(3);
  EXPECT_EQ(desk_.Create(act), Verdict::kLiabilityMode);
  market_.PassDays(1);
  EXPECT_EQ(desk_.Create(act), Verdict::kAccepted);
}

TEST_F(DebitsTest, ResultsComeOnceAndAfterSubmission) {
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kDuplicate);
  EXPECT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kState);
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  EXPECT_EQ(desk_.Submit(1), Verdict::kState);
  EXPECT_EQ(desk_.Result(desk_.Confirmation(1, kHalf - 1)), Verdict::kAmount);
  auto rejection = desk_.Rejection(1);
  rejection.set_amount(1);
  EXPECT_EQ(desk_.Result(rejection), Verdict::kAmount);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Result(desk_.Confirmation(1, kHalf)), Verdict::kState);
  EXPECT_EQ(desk_.Result(desk_.Confirmation(9, kHalf)), Verdict::kUnknown);
}

TEST_F(DebitsTest, ALateResultForAnExpiredInstructionIsRefused) {
  Debit(1, kHalf);
  market_.PassDays(3);
  market_.RollDay();  // Its sweep has not run.
  EXPECT_EQ(Unchanged([&] { return desk_.Result(desk_.Confirmation(1, kHalf)); }),
            Verdict::kDebitExpired);
  market_.PassDays(0);
  EXPECT_EQ(desk_.DebitNow(1).state, DebitState::kExpired);
  EXPECT_EQ(Unchanged([&] { return desk_.Result(desk_.Confirmation(1, kHalf)); }),
            Verdict::kDebitExpired);
  EXPECT_EQ(Unchanged([&] { return desk_.Submit(1); }), Verdict::kDebitExpired);
  EXPECT_EQ(SecondNow().reserved, Amount{});
  EXPECT_EQ(desk_.AgreementNow(1).reserved, Amount{});
}

TEST_F(DebitsTest, AnActOnTheLoanEndsWhatHasExpiredBeforeTheSweepDoes) {
  Debit(1, kHalf);
  market_.PassDays(3);
  market_.RollDay();
  ASSERT_EQ(market_.Repay(2, 1, 33'986), Verdict::kAccepted);  // Nine days of 0.17.
  EXPECT_EQ(desk_.DebitNow(1).state, DebitState::kExpired);
  EXPECT_EQ(SecondNow().state, InstalmentState::kPaid);
}

TEST_F(DebitsTest, AFailedDebitIsTriedAgainTheNextDayAndSoManyTimes) {
  Debit(1, kHalf);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Create(desk_.Instruction(2, kHalf)), Verdict::kRetry);
  market_.PassDays(1);
  Debit(2, kHalf);
  ASSERT_EQ(desk_.Result(desk_.Rejection(2)), Verdict::kAccepted);
  market_.PassDays(1);
  EXPECT_EQ(desk_.Create(desk_.Instruction(3, kHalf)), Verdict::kRetry);
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.debit_attempts = 3; });
  EXPECT_EQ(desk_.Create(desk_.Instruction(3, kHalf)), Verdict::kAccepted);
}

TEST_F(DebitsTest, ADebitThatSucceedsForgetsThoseThatFailedBefore) {
  Debit(1, 10'000);
  ASSERT_EQ(desk_.Result(desk_.Rejection(1)), Verdict::kAccepted);
  market_.PassDays(1);
  Debit(2, 5'000);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(2, 5'000)), Verdict::kAccepted);
  Debit(3, 5'000);
  ASSERT_EQ(desk_.Result(desk_.Rejection(3)), Verdict::kAccepted);
  market_.PassDays(1);
  EXPECT_EQ(desk_.Create(desk_.Instruction(4, 5'000)), Verdict::kAccepted);
}

TEST_F(DebitsTest, AnExpiredDebitMayBeTriedAgainOnTheDayAfterItsLast) {
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, kHalf)), Verdict::kAccepted);
  market_.PassDays(4);
  EXPECT_EQ(desk_.Create(desk_.Instruction(2, kHalf)), Verdict::kAccepted);
}

TEST_F(DebitsTest, APaidCapExhaustsTheAgreement) {
  SetCap(10'000);
  Debit(1, 10'000);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
  EXPECT_EQ(desk_.AgreementNow(1).state, AgreementState::kExhausted);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
  EXPECT_EQ(desk_.Create(desk_.Instruction(2, 1'000)), Verdict::kState);
}

TEST_F(DebitsTest, AnAgreementThatEndsWithADebitUnderWayEndsAfterIt) {
  SetLastDay(market_.book().today().Plus(3));
  Debit(1, kHalf);
  market_.PassDays(4);
  EXPECT_EQ(desk_.DebitNow(1).state, DebitState::kExpired);
  EXPECT_EQ(desk_.AgreementNow(1).state, AgreementState::kExpired);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
}

}  // namespace
}  // namespace aval::ledger::rules
