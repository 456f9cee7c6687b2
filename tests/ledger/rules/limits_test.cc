#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "ledger/rules/reservations.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"

namespace aval::ledger::rules {
namespace {

using testing::ElementsAre;

constexpr Id kEvidence = TestId('C', 77);

// The grant: limit 1,000,000, tier 1 (up to 2,000,000), steps of 10,000.
class LimitAdjustTest : public ::testing::Test {
 protected:
  LimitAdjustTest() {
    book_.ChangePolicy([](Policy& policy) { policy.grants_per_30_days = 0; });
    Attest(AttestationKind::kCapacity, borrower_);
  }

  void Attest(AttestationKind kind, PartyId subject) {
    book_.AddAttestation(kEvidence, subject, kind, {{.code = 1, .value = 5}}, kFirstDay.Plus(300));
  }
  act::v1::LimitAdjust Act(std::int64_t limit, std::uint32_t factor_ppm) {
    act::v1::LimitAdjust act;
    act.set_grant(ToWire(grant_));
    act.set_limit(limit);
    act.set_factor_ppm(factor_ppm);
    act.set_reason(1);
    return act;
  }
  act::v1::LimitAdjust Raise() {
    act::v1::LimitAdjust act = Act(1'200'000, 1'200'000);
    act.set_evidence(ToWire(kEvidence));
    return act;
  }
  Verdict Apply(const act::v1::LimitAdjust& act) {
    const bool lowers = act.limit() <= Written().limit.minor;
    return book_.Apply(act, lowers ? one_lender_ : all_);
  }
  Grant Written() { return book_.Get<Grant>({.grant = grant_}); }
  void Change(const std::function<void(Grant&)>& change) {
    Grant grant = Written();
    change(grant);
    book_.Put<Grant>({.grant = grant_}, grant);
  }
  std::vector<Day> CreditDays() {
    return book_.Get<Participant>({.participant = borrower_}).credit_days;
  }
  void SetCreditDays(std::vector<Day> days) {
    auto borrower = book_.Get<Participant>({.participant = borrower_});
    borrower.credit_days = std::move(days);
    book_.Put<Participant>({.participant = borrower_}, borrower);
  }
  Amount Memo(std::uint16_t code) { return book_.Balance(PartyId::Memo(), code, grant_); }

  SmallBook book_;
  const PartyId borrower_ = book_.AddBorrower(1);
  const Id grant_ = book_.AddGrant(1, {.borrower = borrower_});
  const std::vector<SignerRef> one_lender_{By(kBankA, Department::kCredit)};
  const std::vector<SignerRef> all_{By(kPlatform, Department::kCredit),
                                    By(kBankA, Department::kCredit)};
};

TEST_F(LimitAdjustTest, ALenderLowers) {
  ASSERT_EQ(Apply(Act(490'000, 499'999)), Verdict::kAccepted);
  EXPECT_EQ(Written().limit, Amount{490'000});
  EXPECT_EQ(Memo(account::kLimitGranted), Amount{490'000});
  EXPECT_EQ(Memo(account::kLimitGrantedContra), Amount{-490'000});
  ASSERT_EQ(book_.journal().size(), 2U);
  EXPECT_EQ(book_.journal()[0].code, account::kLimitGrantedContra);
  EXPECT_EQ(book_.journal()[0].debit, Amount{510'000});
  EXPECT_THAT(CreditDays(), ElementsAre(kFirstDay));
}

TEST_F(LimitAdjustTest, ACutBelowWhatIsUsedIsAllowed) {
  Change([](Grant& grant) { grant.used = {800'000}; });
  EXPECT_EQ(Apply(Act(0, 0)), Verdict::kAccepted);
  EXPECT_EQ(Memo(account::kLimitGranted), Amount{});
  EXPECT_EQ(Written().used, Amount{800'000});
}

TEST_F(LimitAdjustTest, AFrozenGrantAndASuspendedLenderMayBeCut) {
  Change([](Grant& grant) { grant.state = GrantState::kFrozen; });
  book_.SetInstitutionState(kBankA, InstitutionState::kSuspended);
  EXPECT_EQ(Apply(Act(500'000, 500'000)), Verdict::kAccepted);
}

TEST_F(LimitAdjustTest, AllRaiseOnFreshEvidence) {
  const Id old_capacity = Written().attestations.front();
  Change([](Grant& grant) { grant.attestations.push_back(TestId('I', 1)); });
  ASSERT_EQ(Apply(Raise()), Verdict::kAccepted);
  EXPECT_EQ(Written().limit, Amount{1'200'000});
  EXPECT_EQ(Memo(account::kLimitGranted), Amount{1'200'000});
  EXPECT_EQ(Memo(account::kLimitGrantedContra), Amount{-1'200'000});
  EXPECT_EQ(Written().attestations, (std::vector{kEvidence, TestId('I', 1)}));
  EXPECT_NE(old_capacity, kEvidence);
  const PartyId former = book_.Get<Attestation>({old_capacity}).issuer;
  EXPECT_EQ(Written().former_attesters, std::vector{former});
  EXPECT_THAT(CreditDays(), ElementsAre(kFirstDay, kFirstDay));
}

TEST_F(LimitAdjustTest, ARaiseForgetsWhatWasBeforeTheWindow) {
  SetCreditDays({kFirstDay, kFirstDay.Plus(1)});
  book_.SetDay(kFirstDay.Plus(30));
  ASSERT_EQ(Apply(Raise()), Verdict::kAccepted);
  EXPECT_THAT(CreditDays(), ElementsAre(kFirstDay.Plus(1), kFirstDay.Plus(30)));
}

TEST_F(LimitAdjustTest, ARaiseEndsAtTheTiersCeiling) {
  act::v1::LimitAdjust act = Raise();
  act.set_factor_ppm(2'000'000);
  act.set_limit(1'500'000);
  book_.ChangePolicy([](Policy& policy) { policy.tier_limits[1] = {1'509'999}; });
  EXPECT_EQ(Apply(act), Verdict::kAccepted);
}

TEST_F(LimitAdjustTest, EndsReservationsThatRanOut) {
  Purchase purchase;
  purchase.grant = grant_;
  purchase.amount = {300'000};
  purchase.expiry = kFirstDay;
  book_.With([&](Context& context) { MakeReservation(context, TestId('P', 1), purchase); });
  ASSERT_EQ(Written().used, Amount{300'000});
  book_.SetDay(kFirstDay.Plus(1));
  ASSERT_EQ(Apply(Act(500'000, 500'000)), Verdict::kAccepted);
  EXPECT_EQ(Written().used, Amount{});
  EXPECT_EQ(book_.Get<Purchase>({.purchase = TestId('P', 1)}).state, PurchaseState::kExpired);
}

TEST_F(LimitAdjustTest, RefusesAGrantThatDoesNotExist) {
  act::v1::LimitAdjust act = Act(500'000, 500'000);
  act.set_grant(ToWire(TestId('G', 9)));
  EXPECT_EQ(Apply(act), Verdict::kUnknown);
}

TEST_F(LimitAdjustTest, RefusesToLowerByWhoIsNoLender) {
  for (const SignerRef& signer : {By(kBankB, Department::kCredit), By(kBankA, Department::kRisk)}) {
    EXPECT_EQ(book_.Apply(Act(500'000, 500'000), {signer}), Verdict::kRole);
  }
  EXPECT_EQ(book_.Apply(Act(500'000, 500'000), all_), Verdict::kRole);
}

TEST_F(LimitAdjustTest, RefusesToRaiseWithoutEveryLenderAndThePlatform) {
  EXPECT_EQ(book_.Apply(Raise(), {all_[0]}), Verdict::kRole);
  EXPECT_EQ(book_.Apply(Raise(), {all_[1]}), Verdict::kRole);
  EXPECT_EQ(book_.Apply(Raise(), {all_[0], all_[1], By(kBankB, Department::kCredit)}),
            Verdict::kRole);
}

TEST_F(LimitAdjustTest, RefusesToRaiseWithoutAPlatformThatDoesNotLend) {
  Change([](Grant& grant) { grant.lenders = {{.lender = kBankA, .share_ppm = 1'000'000}}; });
  EXPECT_EQ(book_.Apply(Raise(), one_lender_), Verdict::kRole);
}

TEST_F(LimitAdjustTest, RefusesEvidenceThatDoesNotExist) {
  act::v1::LimitAdjust act = Raise();
  act.set_evidence(ToWire(TestId('C', 99)));
  EXPECT_EQ(Apply(act), Verdict::kUnknown);
}

TEST_F(LimitAdjustTest, RefusesAGrantThatIsNotInForce) {
  Change([](Grant& grant) { grant.state = GrantState::kOffered; });
  EXPECT_EQ(Apply(Raise()), Verdict::kState);
  EXPECT_EQ(Apply(Act(500'000, 500'000)), Verdict::kState);
}

TEST_F(LimitAdjustTest, RefusesPastTheLastDayBeforeTheSweep) {
  book_.SetDay(Written().expiry.Plus(1));
  EXPECT_EQ(Apply(Raise()), Verdict::kState);
  EXPECT_EQ(Apply(Act(500'000, 500'000)), Verdict::kState);
}

TEST_F(LimitAdjustTest, RefusesToRaiseAFrozenGrant) {
  Change([](Grant& grant) {
    grant.state = GrantState::kFrozen;
    grant.holds = 1;
  });
  EXPECT_EQ(Apply(Raise()), Verdict::kFrozen);
}

TEST_F(LimitAdjustTest, RefusesToRaiseWhileALenderIsSuspended) {
  book_.SetInstitutionState(kBankA, InstitutionState::kSuspended);
  EXPECT_EQ(Apply(Raise()), Verdict::kSuspended);
}

TEST_F(LimitAdjustTest, RefusesToRaiseWithoutValidIdentity) {
  auto borrower = book_.Get<Participant>({.participant = borrower_});
  borrower.state = ParticipantState::kKycExpired;
  book_.Put<Participant>({.participant = borrower_}, borrower);
  EXPECT_EQ(Apply(Raise()), Verdict::kKyc);
}

TEST_F(LimitAdjustTest, RefusesNumbersOutsideTheirBounds) {
  EXPECT_EQ(Apply(Act(-1, 0)), Verdict::kRange);
  EXPECT_EQ(Apply(Act(1'000'000, 1'000'000)), Verdict::kRange);
  act::v1::LimitAdjust no_reason = Act(500'000, 500'000);
  no_reason.clear_reason();
  EXPECT_EQ(Apply(no_reason), Verdict::kRange);
  act::v1::LimitAdjust too_fast = Raise();
  too_fast.set_factor_ppm(2'000'001);
  too_fast.set_limit(2'000'000);
  EXPECT_EQ(Apply(too_fast), Verdict::kRange);
}

TEST_F(LimitAdjustTest, RefusesEvidenceForACut) {
  act::v1::LimitAdjust act = Act(500'000, 500'000);
  act.set_evidence(ToWire(kEvidence));
  EXPECT_EQ(Apply(act), Verdict::kRange);
}

TEST_F(LimitAdjustTest, RefusesALimitThatFactorAndStepDoNotGive) {
  EXPECT_EQ(Apply(Act(490'001, 499'999)), Verdict::kStep);
  EXPECT_EQ(Apply(Act(500'000, 499'999)), Verdict::kStep);
  act::v1::LimitAdjust act = Raise();
  act.set_limit(1'210'000);
  EXPECT_EQ(Apply(act), Verdict::kStep);
}

TEST_F(LimitAdjustTest, RefusesToRaiseWithoutTheBorrowersOwnCapacity) {
  act::v1::LimitAdjust act = Raise();
  act.clear_evidence();
  EXPECT_EQ(Apply(act), Verdict::kAttestMissing);
  Attest(AttestationKind::kScore, borrower_);
  EXPECT_EQ(Apply(Raise()), Verdict::kAttestMissing);
  Attest(AttestationKind::kCapacity, book_.AddBorrower(2));
  EXPECT_EQ(Apply(Raise()), Verdict::kAttestMissing);
}

TEST_F(LimitAdjustTest, RefusesToRaiseOnExpiredEvidence) {
  book_.SetDay(kFirstDay.Plus(301));
  EXPECT_EQ(Apply(Raise()), Verdict::kAttestMissing);
}

TEST_F(LimitAdjustTest, RefusesToRaiseOnStaleEvidence) {
  book_.SetDay(kFirstDay.Plus(181));
  EXPECT_EQ(Apply(Raise()), Verdict::kCapacityStale);
  book_.SetDay(kFirstDay.Plus(180));
  EXPECT_EQ(Apply(Raise()), Verdict::kAccepted);
}

TEST_F(LimitAdjustTest, RefusesToRaiseWhatRestsOnARevokedAttestation) {
  Change([](Grant& grant) { grant.attestations.push_back(TestId('I', 1)); });
  auto identity = book_.Get<Attestation>({.attestation = TestId('I', 1)});
  identity.state = AttestationState::kRevoked;
  book_.Put<Attestation>({.attestation = TestId('I', 1)}, identity);
  EXPECT_EQ(Apply(Raise()), Verdict::kAttestMissing);
}

TEST_F(LimitAdjustTest, FreshCapacityReplacesARevokedOne) {
  const Id old = Written().attestations.front();
  auto capacity = book_.Get<Attestation>({.attestation = old});
  capacity.state = AttestationState::kRevoked;
  book_.Put<Attestation>({.attestation = old}, capacity);
  EXPECT_EQ(Apply(Raise()), Verdict::kAccepted);
}

TEST_F(LimitAdjustTest, RefusesToRaiseBelowThePartnersFloor) {
  Change([](Grant& grant) {
    grant.lenders[0].share_ppm = 200'000;
    grant.lenders[1].share_ppm = 800'000;
  });
  EXPECT_EQ(Apply(Raise()), Verdict::kPartnerFloor);
}

TEST_F(LimitAdjustTest, RefusesToRaiseAboveTheCeilingOfAllGrants) {
  book_.AddGrant(2, {.borrower = borrower_, .limit = {18'800'001}});
  EXPECT_EQ(Apply(Raise()), Verdict::kLimitCap);
  auto other = book_.Get<Grant>({.grant = TestId('G', 2)});
  other.limit = {18'800'000};
  book_.Put<Grant>({.grant = TestId('G', 2)}, other);
  EXPECT_EQ(Apply(Raise()), Verdict::kAccepted);
}

TEST_F(LimitAdjustTest, RaisesCountAsGrantsDo) {
  book_.ChangePolicy([](Policy& policy) { policy.grants_per_30_days = 2; });
  ASSERT_EQ(Apply(Raise()), Verdict::kAccepted);
  act::v1::LimitAdjust again = Raise();
  again.set_limit(1'440'000);
  EXPECT_EQ(Apply(again), Verdict::kVelocity);
  book_.SetDay(kFirstDay.Plus(30));
  EXPECT_EQ(Apply(again), Verdict::kAccepted);
}

TEST_F(LimitAdjustTest, ABorrowerKeepsTheLast64DaysOfTheWindow) {
  SetCreditDays(std::vector<Day>(64, kFirstDay));
  book_.ChangePolicy([](Policy& policy) { policy.grants_per_30_days = 64; });
  EXPECT_EQ(Apply(Raise()), Verdict::kVelocity);
  book_.ChangePolicy([](Policy& policy) { policy.grants_per_30_days = 0; });
  book_.SetDay(kFirstDay.Plus(1));
  ASSERT_EQ(Apply(Raise()), Verdict::kAccepted);
  std::vector<Day> expected(63, kFirstDay);
  expected.push_back(kFirstDay.Plus(1));
  EXPECT_EQ(CreditDays(), expected);
}

}  // namespace
}  // namespace aval::ledger::rules
