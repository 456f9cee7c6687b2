#include <gtest/gtest.h>

#include <vector>

#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"

namespace aval::ledger::rules {
namespace {

constexpr Id kAttestation = TestId('T', 1);

class AttestTest : public ::testing::Test {
 protected:
  AttestTest() {
    auto newcomer = book_.Get<Participant>({.participant = borrower_});
    newcomer.state = ParticipantState::kRegistered;
    newcomer.kyc_expiry = {};
    book_.Put<Participant>({.participant = borrower_}, newcomer);
    const Id known = TestId('I', 1);
    book_.state().Delete<Attestation>({.attestation = known});
    book_.state().Delete<AttestationOf>(
        {.subject = borrower_, .kind = AttestationKind::kIdentity, .attestation = known});
    Names(kAttestation, act::v1::IDENTITY, book_.today().Plus(10));
  }

  void Names(const Id& id, act::v1::AttestationKind kind, Day expiry) {
    act_.Clear();
    act_.set_attestation(ToWire(id));
    act_.set_subject(ToWire(borrower_));
    act_.set_kind(kind);
    act_.set_commitment(ToWire(kCommitment));
    act_.set_expiry_day(ToWire(expiry));
  }
  void AddValue(std::uint32_t code, std::int64_t value) {
    act_.add_values()->set_code(code);
    act_.mutable_values()->rbegin()->set_value(value);
  }
  Verdict Apply(PartyId issuer = kAttester) {
    return book_.Apply(act_, {By(issuer, Department::kCompliance)});
  }
  Verdict Revoke(const Id& id) {
    act::v1::AttestRevoke act;
    act.set_attestation(ToWire(id));
    act.set_reason(7);
    return book_.Apply(act, {By(kAttester, Department::kCompliance)});
  }
  Participant Borrower() { return book_.Get<Participant>({.participant = borrower_}); }
  Attestation Written() { return book_.Get<Attestation>({.attestation = kAttestation}); }
  bool Indexed(AttestationKind kind) {
    return book_
        .Find<AttestationOf>({.subject = borrower_, .kind = kind, .attestation = kAttestation})
        .has_value();
  }
  bool Scheduled(Day day) {
    return book_
        .Find<CalendarItem>(
            {.day = day, .queue = Queue::kAttestation, .subject = kAttestation, .number = 0})
        .has_value();
  }
  Verdict Standing() { return StandingOf(Borrower(), book_.today()); }

  static constexpr crypto::Digest kCommitment{{9, 8, 7}};
  SmallBook book_;
  const PartyId borrower_ = book_.AddBorrower(1);
  act::v1::Attest act_;
};

TEST_F(AttestTest, WritesWhatTheAttesterStates) {
  Names(kAttestation, act::v1::SCORE, book_.today());
  AddValue(1, -5);
  AddValue(4, 600);
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  const Attestation written = Written();
  EXPECT_EQ(written.kind, AttestationKind::kScore);
  EXPECT_EQ(written.state, AttestationState::kIssued);
  EXPECT_EQ(written.subject, borrower_);
  EXPECT_EQ(written.issuer, kAttester);
  ASSERT_EQ(written.values.size(), 2U);
  EXPECT_EQ(written.values[0].value, -5);
  EXPECT_EQ(written.values[1].code, 4U);
  EXPECT_EQ(written.commitment, kCommitment);
  EXPECT_EQ(written.issued, book_.today());
  EXPECT_EQ(written.expiry, book_.today());
  EXPECT_TRUE(Indexed(AttestationKind::kScore));
  EXPECT_TRUE(Scheduled(book_.today().Plus(1)));
  EXPECT_EQ(Borrower().state, ParticipantState::kRegistered);
}

TEST_F(AttestTest, AnIdentityMakesTheParticipantKycValid) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_EQ(Borrower().state, ParticipantState::kKycValid);
  EXPECT_EQ(Borrower().kyc_expiry, book_.today().Plus(10));
  EXPECT_EQ(Standing(), Verdict::kAccepted);
}

TEST_F(AttestTest, AShorterIdentityDoesNotShortenALongerOne) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  Names(TestId('T', 2), act::v1::IDENTITY, book_.today().Plus(3));
  ASSERT_EQ(Apply(kOtherAttester), Verdict::kAccepted);
  EXPECT_EQ(Borrower().kyc_expiry, book_.today().Plus(10));
}

TEST_F(AttestTest, ASupplierMayBeTheSubject) {
  Names(kAttestation, act::v1::IDENTITY, book_.today());
  const PartyId supplier = book_.AddSupplier(1);
  act_.set_subject(ToWire(supplier));
  EXPECT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_FALSE(book_.Find<Participant>({.participant = supplier}));
}

TEST_F(AttestTest, APlatformAttestsWhatItSees) {
  Names(kAttestation, act::v1::CONSUMPTION, book_.today());
  EXPECT_EQ(Apply(kPlatform), Verdict::kAccepted);
}

TEST_F(AttestTest, AFrozenParticipantStaysFrozen) {
  Participant frozen = Borrower();
  frozen.state = ParticipantState::kFrozen;
  frozen.holds = 1;
  book_.Put<Participant>({.participant = borrower_}, frozen);
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_EQ(Borrower().state, ParticipantState::kFrozen);
  EXPECT_EQ(Borrower().kyc_expiry, book_.today().Plus(10));
}

TEST_F(AttestTest, RefusesAnotherDepartment) {
  EXPECT_EQ(book_.Apply(act_, {By(kAttester, Department::kRisk)}), Verdict::kRole);
}

TEST_F(AttestTest, RefusesTwoIssuers) {
  EXPECT_EQ(book_.Apply(act_, {By(kAttester, Department::kCompliance),
                               By(kOtherAttester, Department::kCompliance)}),
            Verdict::kRole);
}

TEST_F(AttestTest, RefusesAnIssuerWithoutLicence) {
  Names(kAttestation, act::v1::SCORE, book_.today());
  EXPECT_EQ(Apply(kBankA), Verdict::kIssuer);
}

TEST_F(AttestTest, RefusesAnIdentityByThePlatform) {
  EXPECT_EQ(Apply(kPlatform), Verdict::kIssuer);
}

TEST_F(AttestTest, RefusesAnIdThatExists) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_EQ(Apply(), Verdict::kDuplicate);
}

TEST_F(AttestTest, RefusesASubjectThatDoesNotExist) {
  act_.set_subject(ToWire(TestId('N', 9)));
  EXPECT_EQ(Apply(), Verdict::kUnknown);
}

TEST_F(AttestTest, RefusesASuspendedIssuer) {
  book_.SetInstitutionState(kAttester, InstitutionState::kSuspended);
  EXPECT_EQ(Apply(), Verdict::kSuspended);
}

TEST_F(AttestTest, RefusesAnErasedSubject) {
  Participant erased = Borrower();
  erased.state = ParticipantState::kErased;
  book_.Put<Participant>({.participant = borrower_}, erased);
  EXPECT_EQ(Apply(), Verdict::kState);
}

TEST_F(AttestTest, FurtherKindsAreThoseOfThePolicyOfTheDay) {
  Names(kAttestation, act::v1::REGISTERED, book_.today());
  act_.set_code(7);
  EXPECT_EQ(Apply(), Verdict::kRange);
  book_.ChangePolicy([](Policy& policy) { policy.attestation_codes = {6, 8}; });
  EXPECT_EQ(Apply(), Verdict::kRange);
  book_.ChangePolicy([](Policy& policy) { policy.attestation_codes = {6, 7, 8}; });
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_EQ(book_.Get<Attestation>({.attestation = kAttestation}).code, 7U);
}

TEST_F(AttestTest, RefusesAnIdentityWithValues) {
  AddValue(1, 1);
  EXPECT_EQ(Apply(), Verdict::kRange);
}

TEST_F(AttestTest, RefusesACapacityThatIsNotOneNumberFromZeroUp) {
  Names(kAttestation, act::v1::CAPACITY, book_.today());
  EXPECT_EQ(Apply(), Verdict::kRange);
  AddValue(2, 100);
  EXPECT_EQ(Apply(), Verdict::kRange);
  act_.mutable_values(0)->set_code(1);
  act_.mutable_values(0)->set_value(-1);
  EXPECT_EQ(Apply(), Verdict::kRange);
  act_.mutable_values(0)->set_value(0);
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(AttestTest, RefusesAnExpiryBeforeToday) {
  act_.set_expiry_day(ToWire(book_.today().Plus(-1)));
  EXPECT_EQ(Apply(), Verdict::kAttestExpired);
}

TEST_F(AttestTest, RefusesASeventeenthLiveIdentity) {
  for (std::uint8_t number = 1; number <= 16; ++number) {
    Names(TestId('T', number), act::v1::IDENTITY, book_.today());
    ASSERT_EQ(Apply(), Verdict::kAccepted);
  }
  Names(TestId('T', 17), act::v1::IDENTITY, book_.today());
  EXPECT_EQ(Apply(), Verdict::kRange);
  act_.set_kind(act::v1::SCORE);
  EXPECT_EQ(Apply(), Verdict::kAccepted);
  // Those of yesterday do not count, whether the sweep has been there or not.
  book_.SetDay(book_.today().Plus(1));
  Names(TestId('T', 18), act::v1::IDENTITY, book_.today());
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(AttestTest, ARevocationEndsAnAttestation) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  book_.SetDay(book_.today().Plus(2));
  ASSERT_EQ(Revoke(kAttestation), Verdict::kAccepted);
  EXPECT_EQ(Written().state, AttestationState::kRevoked);
  EXPECT_EQ(Written().revoke_reason, 7U);
  EXPECT_FALSE(Indexed(AttestationKind::kIdentity));
  EXPECT_FALSE(Scheduled(Written().expiry.Plus(1)));
  EXPECT_EQ(Borrower().state, ParticipantState::kKycExpired);
  EXPECT_EQ(Borrower().kyc_expiry, book_.today().Plus(-1));
  EXPECT_EQ(Standing(), Verdict::kKyc);
}

TEST_F(AttestTest, ARevocationLeavesTheIdentityToAnotherAttestation) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  Names(TestId('T', 2), act::v1::IDENTITY, book_.today().Plus(3));
  ASSERT_EQ(Apply(kOtherAttester), Verdict::kAccepted);
  ASSERT_EQ(Revoke(kAttestation), Verdict::kAccepted);
  EXPECT_EQ(Borrower().state, ParticipantState::kKycValid);
  EXPECT_EQ(Borrower().kyc_expiry, book_.today().Plus(3));
}

TEST_F(AttestTest, ARevocationOfAnotherKindLeavesTheIdentity) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  Names(TestId('T', 2), act::v1::SCORE, book_.today().Plus(3));
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  ASSERT_EQ(Revoke(TestId('T', 2)), Verdict::kAccepted);
  EXPECT_EQ(Borrower().state, ParticipantState::kKycValid);
}

TEST_F(AttestTest, ASuspendedIssuerMayRevoke) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  book_.SetInstitutionState(kAttester, InstitutionState::kSuspended);
  EXPECT_EQ(Revoke(kAttestation), Verdict::kAccepted);
}

TEST_F(AttestTest, ARevocationNeedsTheIssuersCompliance) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  act::v1::AttestRevoke act;
  act.set_attestation(ToWire(kAttestation));
  act.set_reason(1);
  EXPECT_EQ(book_.Apply(act, {By(kAttester, Department::kRisk)}), Verdict::kRole);
  EXPECT_EQ(book_.Apply(act, {By(kOtherAttester, Department::kCompliance)}), Verdict::kRole);
}

TEST_F(AttestTest, ARevocationOfNothingIsRefused) {
  EXPECT_EQ(Revoke(kAttestation), Verdict::kUnknown);
}

TEST_F(AttestTest, ASecondRevocationIsRefused) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  ASSERT_EQ(Revoke(kAttestation), Verdict::kAccepted);
  EXPECT_EQ(Revoke(kAttestation), Verdict::kState);
}

TEST_F(AttestTest, ARevocationPastTheLastDayIsRefusedBeforeTheSweep) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  book_.SetDay(Written().expiry.Plus(1));
  EXPECT_EQ(Revoke(kAttestation), Verdict::kState);
}

TEST_F(AttestTest, ExpiryFollowsTheLastDay) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  const Day last = Written().expiry;
  book_.SetDay(last);
  EXPECT_TRUE(book_.Sweep(Queue::kAttestation, RunAttestationItem).empty());
  EXPECT_EQ(Standing(), Verdict::kAccepted);

  book_.SetDay(last.Plus(1));
  EXPECT_EQ(Standing(), Verdict::kKyc);
  EXPECT_EQ(book_.Sweep(Queue::kAttestation, RunAttestationItem), std::vector{Verdict::kAccepted});
  EXPECT_EQ(Written().state, AttestationState::kExpired);
  EXPECT_FALSE(Indexed(AttestationKind::kIdentity));
  EXPECT_EQ(Borrower().state, ParticipantState::kKycExpired);
  EXPECT_EQ(Borrower().kyc_expiry, last);
}

TEST_F(AttestTest, AnExpiredParticipantBecomesValidAgain) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  book_.SetDay(Written().expiry.Plus(1));
  Names(TestId('T', 2), act::v1::IDENTITY, book_.today().Plus(5));
  // The same whether it comes before the sweep or after it.
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_EQ(Borrower().kyc_expiry, book_.today().Plus(5));
  book_.Sweep(Queue::kAttestation, RunAttestationItem);
  EXPECT_EQ(Borrower().state, ParticipantState::kKycValid);
  EXPECT_EQ(Borrower().kyc_expiry, book_.today().Plus(5));
}

TEST_F(AttestTest, AnItemOfNothingOrTooEarlyIsAnAlert) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  for (const Id& id : {kAttestation, TestId('T', 9)}) {
    book_.Put<CalendarItem>(
        {.day = book_.today(), .queue = Queue::kAttestation, .subject = id, .number = 0}, {});
  }
  EXPECT_EQ(book_.Sweep(Queue::kAttestation, RunAttestationItem),
            (std::vector{Verdict::kState, Verdict::kUnknown}));
}

TEST_F(AttestTest, AnItemOfARevokedAttestationLeavesItRevoked) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  ASSERT_EQ(Revoke(kAttestation), Verdict::kAccepted);
  book_.SetDay(Written().expiry.Plus(1));
  book_.Put<CalendarItem>(
      {.day = book_.today(), .queue = Queue::kAttestation, .subject = kAttestation, .number = 0},
      {});
  EXPECT_EQ(book_.Sweep(Queue::kAttestation, RunAttestationItem), std::vector{Verdict::kState});
  EXPECT_EQ(Written().state, AttestationState::kRevoked);
}

}  // namespace
}  // namespace aval::ledger::rules
