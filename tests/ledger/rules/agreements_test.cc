#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

using testing::ElementsAre;

/// As InvitationsTest, with invitation 1 open: half of instalment 2, up to 500.00, to borrower 2.
class AgreementsTest : public testing::Test {
 protected:
  AgreementsTest() : market_(3), desk_(market_) {
    desk_.OpenLoan();
    EXPECT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  }

  using Change = std::function<void(act::v1::CopayAccept&)>;
  Verdict AcceptWith(const Change& change) {
    auto act = desk_.Acceptance(1);
    change(act);
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = desk_.Accept(act);
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  void Sign() { ASSERT_EQ(desk_.Accept(desk_.Acceptance(1)), Verdict::kAccepted); }
  void Review() {
    desk_.AttestCapacity(1, market_.borrower(2), 50'000);
    ASSERT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kAccepted);
  }
  AgreementState StateNow() { return desk_.AgreementNow(1).state; }

  // Agreement 2: borrower 2 stands for the second and the third instalment. Both are paid for, and
  // the bill of the third is to take what the loan holds today, in a sweep that has not run.
  void SignForWhatTodaysBillPays() {
    auto invitation = desk_.Invitation(2);
    invitation.add_instalments(3);
    ASSERT_EQ(desk_.Invite(invitation), Verdict::kAccepted);
    ASSERT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kAccepted);
    desk_.AttestCapacity(2, market_.borrower(2), 50'000);
    ASSERT_EQ(market_.Repay(2, 1, 67'667), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 21));
    market_.RollDay();
    ASSERT_EQ(desk_.AgreementNow(2).state, AgreementState::kSigned);
  }

  // A loan of another borrower, of one instalment that may be asked help for at once.
  void BuyFor(std::uint8_t borrower, std::uint8_t loan) {
    auto order = market_.Order(loan);
    order.set_grant(ToWire(market_.grant(borrower)));
    order.set_instalments(1);
    order.set_first_due_day(ToWire(market_.book().today().Plus(5)));
    market_.Buy(order);
  }
  act::v1::CopayInvite Ask(std::uint8_t number, std::uint8_t loan, std::uint8_t invitee) {
    auto act = desk_.Invitation(number);
    act.set_loan(ToWire(Market::PurchaseId(loan)));
    act.set_invitee(ToWire(market_.borrower(invitee)));
    act.set_instalments(0, loan == 1 ? 2 : 1);
    return act;
  }

  Market market_;
  CopayDesk desk_;
};

TEST_F(AgreementsTest, AcceptanceKeepsTheTermsAndTheMandateAndCommitsTheCap) {
  Sign();
  const Agreement agreement = desk_.AgreementNow(1);
  EXPECT_EQ(agreement.state, AgreementState::kSigned);
  EXPECT_EQ(agreement.loan, Market::PurchaseId(1));
  EXPECT_EQ(agreement.borrower, market_.borrower(1));
  EXPECT_EQ(agreement.co_payer, market_.borrower(2));
  EXPECT_EQ(agreement.mode, LiabilityMode::kThirdPartyPayment);
  EXPECT_EQ(agreement.share_ppm, 500'000U);
  EXPECT_EQ(agreement.cap, Amount{50'000});
  ASSERT_EQ(agreement.parts.size(), 1U);
  EXPECT_EQ(agreement.parts[0].number, 2);
  EXPECT_EQ(agreement.acceptance, market_.book().identity());
  EXPECT_EQ(agreement.bank, kBankB);
  EXPECT_FALSE(agreement.bank_joined);
  EXPECT_EQ(agreement.last_day, market_.book().today().Plus(100));
  EXPECT_EQ(market_.book().Get<Invitation>({CopayDesk::InvitationId(1)}).state,
            InvitationState::kAccepted);
  EXPECT_EQ(desk_.Memo(9200, 1), 50'000);
  EXPECT_EQ(desk_.Memo(9201, 1), -50'000);
}

TEST_F(AgreementsTest, OnlyTheInviteeAccepts) {
  EXPECT_EQ(market_.Apply(desk_.Acceptance(1), {By(market_.borrower(3))}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(desk_.Acceptance(1), {By(market_.borrower(1))}), Verdict::kRole);
}

TEST_F(AgreementsTest, AnAgreementWhoseTextDigestDiffersIsRefused) {
  EXPECT_EQ(AcceptWith([](auto& act) { act.set_terms(std::string(32, 'u')); }), Verdict::kTerms);
  EXPECT_EQ(AcceptWith([](auto& act) { act.set_disclosure(std::string(32, 'u')); }),
            Verdict::kTerms);
}

TEST_F(AgreementsTest, AnEmptyOrOtherLiabilityModeIsRefused) {
  EXPECT_EQ(AcceptWith([](auto& act) { act.clear_mode(); }), Verdict::kLiabilityMode);
  EXPECT_EQ(AcceptWith([](auto& act) { act.set_mode(act::v1::DEBT_JOINING); }),
            Verdict::kLiabilityMode);
}

TEST_F(AgreementsTest, RefusesEachOfThese) {
  const Day today = market_.book().today();
  const struct {
    Change change;
    Verdict verdict;
  } cases[] = {
      {[](auto& act) { act.set_bank(ToWire(PartyId::Institution(9))); }, Verdict::kUnknown},
      {[](auto& act) { act.set_bank(ToWire(kAttester)); }, Verdict::kMandate},
      {[today](auto& act) { act.set_last_day(ToWire(today.Plus(-1))); }, Verdict::kRange},
      {[today](auto& act) { act.set_last_day(ToWire(today.Plus(366))); }, Verdict::kRange},
  };
  for (const auto& [change, verdict] : cases) {
    EXPECT_EQ(VerdictCode(AcceptWith(change)), VerdictCode(verdict));
  }
  Sign();
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(1)), Verdict::kDuplicate);
  EXPECT_EQ(AcceptWith([](auto& act) { act.set_agreement(std::string(16, 'x')); }),
            Verdict::kState);
}

TEST_F(AgreementsTest, ACoPayerHasAValidIdentity) {
  auto co_payer = market_.book().Get<Participant>({market_.borrower(2)});
  co_payer.kyc_expiry = market_.book().today().Plus(-1);
  market_.book().Put<Participant>({market_.borrower(2)}, co_payer);
  EXPECT_EQ(AcceptWith([](auto&) {}), Verdict::kKyc);
  co_payer.state = ParticipantState::kFrozen;
  market_.book().Put<Participant>({market_.borrower(2)}, co_payer);
  EXPECT_EQ(AcceptWith([](auto&) {}), Verdict::kFrozen);
}

TEST_F(AgreementsTest, AFirmStandsForAnother) {
  for (std::uint8_t number = 1; number <= 2; ++number) {
    auto firm = market_.book().Get<Participant>({market_.borrower(number)});
    firm.kind = ParticipantKind::kSme;
    market_.book().Put<Participant>({market_.borrower(number)}, firm);
  }
  EXPECT_EQ(AcceptWith([](auto&) {}), Verdict::kAccepted);
}

TEST_F(AgreementsTest, NobodyStandsForWhatIsPaidMeanwhile) {
  market_.PassDays(0);
  ASSERT_EQ(market_.Repay(2, 1, 33'833), Verdict::kAccepted);
  EXPECT_EQ(AcceptWith([](auto&) {}), Verdict::kWindow);
}

TEST_F(AgreementsTest, SharesOfAllCoPayersLeaveTheBorrowerItsOwn) {
  auto second = desk_.Invitation(2);
  second.set_invitee(ToWire(market_.borrower(3)));
  second.set_share_ppm(300'000);
  ASSERT_EQ(desk_.Invite(second), Verdict::kAccepted);
  Sign();
  ASSERT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kAccepted);  // 80 % in all.
  auto third = desk_.Invitation(3);
  third.set_share_ppm(1);
  EXPECT_EQ(desk_.Invite(third), Verdict::kShareMax);
}

TEST_F(AgreementsTest, OneCoPayerBearsNoMoreByTwoAgreements) {
  auto second = desk_.Invitation(2);
  second.set_share_ppm(100'001);
  ASSERT_EQ(desk_.Invite(second), Verdict::kAccepted);
  Sign();
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kShareMax);
}

TEST_F(AgreementsTest, AFrozenBorrowerOrALoanInDefaultFindsNoCoPayer) {
  auto borrower = market_.book().Get<Participant>({market_.borrower(1)});
  borrower.state = ParticipantState::kFrozen;
  market_.book().Put<Participant>({market_.borrower(1)}, borrower);
  EXPECT_EQ(AcceptWith([](auto&) {}), Verdict::kFrozen);
  borrower.state = ParticipantState::kKycValid;
  market_.book().Put<Participant>({market_.borrower(1)}, borrower);
  Loan loan = market_.LoanNow(1);
  loan.defaulted = true;
  market_.book().Put<Loan>({Market::PurchaseId(1)}, loan);
  EXPECT_EQ(AcceptWith([](auto&) {}), Verdict::kWindow);
}

TEST_F(AgreementsTest, ReviewersLookAtTheCoPayersStandingAndALenderMayOriginate) {
  Sign();
  desk_.AttestCapacity(1, market_.borrower(2), 50'000);
  auto co_payer = market_.book().Get<Participant>({market_.borrower(2)});
  co_payer.state = ParticipantState::kFrozen;
  market_.book().Put<Participant>({market_.borrower(2)}, co_payer);
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kFrozen);
  co_payer.state = ParticipantState::kKycValid;
  market_.book().Put<Participant>({market_.borrower(2)}, co_payer);
  ASSERT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kAccepted);
  market_.book().SetInstitutionState(kBankA, InstitutionState::kSuspended);
  EXPECT_EQ(desk_.LendersWord(desk_.Word(1)), Verdict::kSuspended);
}

TEST_F(AgreementsTest, SharesAreCountedAgainWhenTheSecondAccepts) {
  auto second = desk_.Invitation(2);
  second.set_invitee(ToWire(market_.borrower(3)));
  second.set_share_ppm(300'001);
  ASSERT_EQ(desk_.Invite(second), Verdict::kAccepted);
  Sign();
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kShareMax);
}

TEST_F(AgreementsTest, OneCoPayerStandsForSoMuchAndSoMany) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.max_commitment = {99'999}; });
  Sign();
  BuyFor(3, 3);
  ASSERT_EQ(desk_.Invite(Ask(2, 3, 2)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kCap);
  market_.book().ChangePolicy([](Policy& policy) {
    policy.copay.max_commitment = {100'000};
    policy.copay.agreements = 1;
  });
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kRange);
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.agreements = 2; });
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kAccepted);
}

TEST_F(AgreementsTest, NoCircleOfGuarantees) {
  Sign();  // 2 stands for 1.
  BuyFor(2, 2);
  BuyFor(3, 3);
  ASSERT_EQ(desk_.Invite(Ask(2, 2, 3)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kAccepted);  // 3 stands for 2.
  ASSERT_EQ(desk_.Invite(Ask(3, 3, 1)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(3)), Verdict::kCycle);  // 1 for 3 for 2 for 1.
}

TEST_F(AgreementsTest, AnEndedAgreementIsNoEdgeOfACircle) {
  auto acceptance = desk_.Acceptance(1);
  acceptance.set_last_day(ToWire(market_.book().today()));
  ASSERT_EQ(desk_.Accept(acceptance), Verdict::kAccepted);
  BuyFor(2, 2);
  ASSERT_EQ(desk_.Invite(Ask(2, 2, 1)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kCycle);
  market_.RollDay();  // The sweep has not come to it.
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kAccepted);
}

TEST_F(AgreementsTest, TheSecondOpinionThenTheLeadLendersWordMakeItActive) {
  Sign();
  desk_.AttestCapacity(1, market_.borrower(2), 50'000);
  EXPECT_EQ(desk_.LendersWord(desk_.Word(1)), Verdict::kState);
  ASSERT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kAccepted);
  EXPECT_EQ(StateNow(), AgreementState::kReviewed);
  EXPECT_EQ(desk_.AgreementNow(1).reviewer, kOtherAttester);
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kState);
  ASSERT_EQ(desk_.LendersWord(desk_.Word(1)), Verdict::kAccepted);
  EXPECT_EQ(StateNow(), AgreementState::kActive);
  EXPECT_EQ(desk_.LendersWord(desk_.Word(1)), Verdict::kState);
}

TEST_F(AgreementsTest, OnlyAnIndependentAttesterGivesTheSecondOpinion) {
  Sign();
  desk_.AttestCapacity(1, market_.borrower(2), 50'000);
  const auto review = desk_.Review(1);
  const auto by = [&](PartyId party, Department department) {
    return market_.Apply(review, {By(party, department)});
  };
  EXPECT_EQ(by(kOtherAttester, Department::kOps), Verdict::kRole);
  EXPECT_EQ(by(kBankB, Department::kCompliance), Verdict::kRole);  // Attests nothing.
  EXPECT_EQ(by(market_.borrower(1), Department::kNone), Verdict::kRole);
  // It has attested for the borrower's grant.
  EXPECT_EQ(by(kAttester, Department::kCompliance), Verdict::kNotIndependent);
  // It lends, and runs the loan.
  EXPECT_EQ(by(kPlatform, Department::kCompliance), Verdict::kNotIndependent);
  market_.book().SetInstitutionState(kOtherAttester, InstitutionState::kSuspended);
  EXPECT_EQ(by(kOtherAttester, Department::kCompliance), Verdict::kSuspended);
}

TEST_F(AgreementsTest, WhoHasAttestedBeforeARaiseIsNotIndependentLater) {
  Sign();
  const Grant::Key key{market_.book().Get<Loan>({Market::PurchaseId(1)}).grant};
  auto grant = market_.book().Get<Grant>(key);
  grant.former_attesters = {kOtherAttester};
  market_.book().Put<Grant>(key, grant);
  desk_.AttestCapacity(1, market_.borrower(2), 50'000);
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kNotIndependent);
}

TEST_F(AgreementsTest, ALenderIsNotIndependentEvenWhenItAttests) {
  Sign();
  auto bank = market_.book().Get<Institution>({kBankA});
  bank.attest = true;
  market_.book().Put<Institution>({kBankA}, bank);
  desk_.AttestCapacity(1, market_.borrower(2), 50'000);
  EXPECT_EQ(market_.Apply(desk_.Review(1), {By(kBankA, Department::kCompliance)}),
            Verdict::kNotIndependent);
}

TEST_F(AgreementsTest, TheReviewNamesTheAcceptanceAndACapacityThatBearsIt) {
  Sign();
  const Id capacity = desk_.AttestCapacity(1, market_.borrower(2), 49'999);
  auto review = desk_.Review(1);
  review.set_acceptance(std::string(32, 'x'));
  EXPECT_EQ(desk_.SecondOpinion(review), Verdict::kTerms);
  EXPECT_EQ(desk_.SecondOpinion(desk_.Word(1)), Verdict::kAttestMissing);
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kCapacity);

  desk_.AttestCapacity(1, market_.borrower(3), 50'000);  // Another's.
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kAttestMissing);
  desk_.AttestCapacity(1, market_.borrower(2), 50'000);
  auto attestation = market_.book().Get<Attestation>({capacity});
  attestation.issuer = kAttester;
  market_.book().Put<Attestation>({capacity}, attestation);
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kAttestMissing);
  attestation.issuer = kOtherAttester;
  attestation.issued = market_.book().today().Plus(-181);
  market_.book().Put<Attestation>({capacity}, attestation);
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kCapacityStale);
}

TEST_F(AgreementsTest, CapacityBearsAllCommitmentsAndIsLookedAtAgain) {
  Sign();
  Review();
  BuyFor(3, 3);
  ASSERT_EQ(desk_.Invite(Ask(2, 3, 2)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kAccepted);
  // Capacity 500.00 for commitments of 1,000.00 now.
  EXPECT_EQ(desk_.LendersWord(desk_.Word(1)), Verdict::kCapacity);
  EXPECT_EQ(StateNow(), AgreementState::kReviewed);
}

TEST_F(AgreementsTest, ARevokedAttestationStopsTheLendersWord) {
  Sign();
  Review();
  auto attestation = market_.book().Get<Attestation>({TestId('K', 1)});
  attestation.state = AttestationState::kRevoked;
  market_.book().Put<Attestation>({TestId('K', 1)}, attestation);
  EXPECT_EQ(desk_.LendersWord(desk_.Word(1)), Verdict::kAttestMissing);
}

TEST_F(AgreementsTest, OnlyTheLeadLenderHasAWord) {
  Sign();
  Review();
  EXPECT_EQ(market_.Apply(desk_.Word(1), {By(kPlatform, Department::kCredit)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(desk_.Word(1), {By(kBankA, Department::kOps)}), Verdict::kRole);
}

TEST_F(AgreementsTest, EitherReviewerMayDeclineAndTheCapIsFree) {
  Sign();
  auto review = desk_.Word(1);
  review.set_decline(true);
  ASSERT_EQ(desk_.SecondOpinion(review), Verdict::kAccepted);
  EXPECT_EQ(StateNow(), AgreementState::kDeclined);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);

  ASSERT_EQ(desk_.Invite(desk_.Invitation(2)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kAccepted);
  desk_.AttestCapacity(2, market_.borrower(2), 50'000);
  ASSERT_EQ(desk_.SecondOpinion(desk_.Review(2)), Verdict::kAccepted);
  auto word = desk_.Word(2);
  word.set_decline(true);
  ASSERT_EQ(desk_.LendersWord(word), Verdict::kAccepted);
  EXPECT_EQ(desk_.AgreementNow(2).state, AgreementState::kDeclined);
  EXPECT_EQ(desk_.Memo(9200, 2), 0);
}

TEST_F(AgreementsTest, OnlyTheSecondOpinionNamesACapacityAndOnlyWhenItAgrees) {
  Sign();
  auto review = desk_.Review(1);
  review.set_decline(true);
  EXPECT_EQ(desk_.SecondOpinion(review), Verdict::kRange);
  Review();
  EXPECT_EQ(desk_.LendersWord(desk_.Review(1)), Verdict::kRange);
  review.set_decline(true);
  EXPECT_EQ(desk_.LendersWord(review), Verdict::kRange);
}

TEST_F(AgreementsTest, WhoHasNoWordIsToldSoEvenWhenTheAgreementHasEnded) {
  Sign();
  auto decline = desk_.Word(1);
  decline.set_decline(true);
  ASSERT_EQ(desk_.SecondOpinion(decline), Verdict::kAccepted);
  EXPECT_EQ(market_.Apply(decline, {By(kBankB, Department::kCompliance)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(decline, {By(kPlatform, Department::kCredit)}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(decline, {By(kAttester, Department::kCompliance)}),
            Verdict::kNotIndependent);
  EXPECT_EQ(desk_.SecondOpinion(decline), Verdict::kState);
}

TEST_F(AgreementsTest, ABankThatHasLeftJoinsNothing) {
  Sign();
  market_.book().SetInstitutionState(kBankB, InstitutionState::kExited);
  EXPECT_EQ(desk_.Join(desk_.Joining(1)), Verdict::kRole);
}

TEST_F(AgreementsTest, TheAccountBankJoinsOnceAndNamesTheAcceptance) {
  Sign();
  auto joining = desk_.Joining(1);
  joining.set_acceptance(std::string(32, 'x'));
  EXPECT_EQ(desk_.Join(joining), Verdict::kTerms);
  EXPECT_EQ(market_.Apply(desk_.Joining(1), {By(kBankA, Department::kOps)}), Verdict::kRole);
  ASSERT_EQ(desk_.Join(desk_.Joining(1)), Verdict::kAccepted);
  EXPECT_TRUE(desk_.AgreementNow(1).bank_joined);
  EXPECT_EQ(desk_.Join(desk_.Joining(1)), Verdict::kState);
}

TEST_F(AgreementsTest, EndsAfterItsLastDayHoweverFarTheSweepHasCome) {
  auto acceptance = desk_.Acceptance(1);
  acceptance.set_last_day(ToWire(market_.book().today().Plus(1)));
  ASSERT_EQ(desk_.Accept(acceptance), Verdict::kAccepted);
  desk_.AttestCapacity(1, market_.borrower(2), 50'000);
  market_.PassDays(1);
  market_.RollDay();
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(1)), Verdict::kState);
  EXPECT_EQ(desk_.Join(desk_.Joining(1)), Verdict::kState);
  EXPECT_EQ(StateNow(), AgreementState::kSigned);
  market_.PassDays(0);
  EXPECT_EQ(StateNow(), AgreementState::kExpired);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
}

TEST_F(AgreementsTest, WhatTodaysBillCompletesIsEndedForReviewersAndBankBeforeTheSweep) {
  SignForWhatTodaysBillPays();
  EXPECT_EQ(desk_.SecondOpinion(desk_.Review(2)), Verdict::kState);
  EXPECT_EQ(desk_.LendersWord(desk_.Word(2)), Verdict::kState);
  EXPECT_EQ(desk_.Join(desk_.Joining(2)), Verdict::kState);
}

TEST_F(AgreementsTest, WhatTodaysBillCompletesIsNoCommitmentBeforeTheSweep) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.agreements = 1; });
  SignForWhatTodaysBillPays();
  BuyFor(3, 3);
  ASSERT_EQ(desk_.Invite(Ask(3, 3, 2)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Accept(desk_.Acceptance(3)), Verdict::kAccepted);
  EXPECT_EQ(desk_.AgreementNow(2).state, AgreementState::kCompleted);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
}

TEST_F(AgreementsTest, WhatTodaysBillCompletesIsNoEdgeOfACircleBeforeTheSweep) {
  SignForWhatTodaysBillPays();  // 2 stands for 1.
  BuyFor(2, 2);
  ASSERT_EQ(desk_.Invite(Ask(3, 2, 1)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(3)), Verdict::kAccepted);
}

TEST_F(AgreementsTest, ACoPayerStandsForOneCurrency) {
  Sign();
  BuyFor(3, 3);
  ASSERT_EQ(desk_.Invite(Ask(2, 3, 2)), Verdict::kAccepted);
  auto invitation = market_.book().Get<Invitation>({CopayDesk::InvitationId(2)});
  invitation.currency = *Currency::Parse("USD");
  market_.book().Put<Invitation>({CopayDesk::InvitationId(2)}, invitation);
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kCurrency);
}

TEST_F(AgreementsTest, IsCompletedWhenAllThatItCoversIsPaid) {
  Sign();
  ASSERT_EQ(market_.Repay(2, 1, 33'832), Verdict::kAccepted);
  EXPECT_EQ(StateNow(), AgreementState::kSigned);
  ASSERT_EQ(market_.Repay(3, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(StateNow(), AgreementState::kCompleted);
  EXPECT_EQ(desk_.Memo(9200, 1), 0);
}

}  // namespace
}  // namespace aval::ledger::rules
