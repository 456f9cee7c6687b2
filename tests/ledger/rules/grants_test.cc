#include "ledger/rules/grants.h"

#include <gtest/gtest.h>

#include <vector>

#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"

namespace aval::ledger::rules {
namespace {

constexpr Id kGrant = TestId('G', 1);
constexpr Id kIdentity = TestId('I', 1);
constexpr Id kCapacity = TestId('C', 1);
constexpr crypto::Digest kModel{{4, 4, 4}};

class GrantProposeTest : public ::testing::Test {
 protected:
  GrantProposeTest() {
    Attest(100'000);
    act_.set_grant(ToWire(kGrant));
    act_.set_borrower(ToWire(borrower_));
    AddLender(kPlatform, 300'000);
    AddLender(kBankA, 700'000);
    act_.mutable_limit()->set_currency("BRL");
    act_.mutable_limit()->set_minor(1'000'000);
    act_.set_expiry_day(ToWire(kFirstDay.Plus(365)));
    act_.set_tier(1);
    act_.add_attestations(ToWire(kCapacity));
    act_.add_attestations(ToWire(kIdentity));
    act_.set_score(100'000);
    act_.set_model(ToWire(kModel));
  }

  void Attest(std::int64_t capacity) {
    book_.AddAttestation(kCapacity, borrower_, AttestationKind::kCapacity,
                         {{.code = 1, .value = capacity}}, kFirstDay.Plus(100));
  }
  void AddLender(PartyId lender, std::uint32_t share) {
    act_.add_lenders()->set_lender(ToWire(lender));
    act_.mutable_lenders()->rbegin()->set_share_ppm(share);
  }
  Verdict Apply() { return book_.Apply(act_, {By(kPlatform, Department::kCredit)}); }
  void SetBorrowerState(ParticipantState state) {
    auto borrower = book_.Get<Participant>({.participant = borrower_});
    borrower.state = state;
    book_.Put<Participant>({.participant = borrower_}, borrower);
  }

  SmallBook book_;
  const PartyId borrower_ = book_.AddBorrower(1);
  act::v1::GrantPropose act_;
};

TEST_F(GrantProposeTest, WritesTheProposal) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  const auto grant = book_.Get<Grant>({.grant = kGrant});
  EXPECT_EQ(grant.state, GrantState::kProposed);
  EXPECT_EQ(grant.borrower, borrower_);
  EXPECT_EQ(grant.platform, kPlatform);
  ASSERT_EQ(grant.lenders.size(), 2U);
  EXPECT_EQ(grant.lenders[1].lender, kBankA);
  EXPECT_EQ(grant.lenders[1].share_ppm, 700'000U);
  EXPECT_FALSE(grant.lenders[1].HasDecided());
  EXPECT_EQ(grant.currency, TestCurrency());
  EXPECT_EQ(grant.limit, Amount{1'000'000});
  EXPECT_EQ(grant.used, Amount{});
  EXPECT_EQ(grant.tier, 1U);
  EXPECT_EQ(grant.attestations, (std::vector{kCapacity, kIdentity}));
  EXPECT_EQ(grant.model, kModel);
  EXPECT_EQ(grant.proposal, book_.identity());
  EXPECT_EQ(grant.proposed, kFirstDay);
  EXPECT_EQ(grant.expiry, kFirstDay.Plus(365));
  EXPECT_TRUE(book_.Find<GrantOf>({.borrower = borrower_, .grant = kGrant}));
  EXPECT_TRUE(book_.Find<CalendarItem>(
      {.day = kFirstDay.Plus(366), .queue = Queue::kGrant, .subject = kGrant, .number = 0}));
  EXPECT_TRUE(book_.journal().empty());
}

TEST_F(GrantProposeTest, RefusesABanksProposal) {
  EXPECT_EQ(book_.Apply(act_, {By(kBankA, Department::kCredit)}), Verdict::kRole);
}

TEST_F(GrantProposeTest, RefusesAnotherDepartment) {
  EXPECT_EQ(book_.Apply(act_, {By(kPlatform, Department::kOps)}), Verdict::kRole);
}

TEST_F(GrantProposeTest, RefusesAnIdThatExists) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_EQ(Apply(), Verdict::kDuplicate);
}

TEST_F(GrantProposeTest, RefusesASupplierAsBorrower) {
  act_.set_borrower(ToWire(book_.AddSupplier(1)));
  EXPECT_EQ(Apply(), Verdict::kUnknown);
}

TEST_F(GrantProposeTest, RefusesALenderThatDoesNotExist) {
  act_.mutable_lenders(1)->set_lender(ToWire(TestInstitution(9)));
  EXPECT_EQ(Apply(), Verdict::kUnknown);
}

TEST_F(GrantProposeTest, RefusesAnAttestationThatDoesNotExist) {
  act_.set_attestations(0, ToWire(TestId('C', 9)));
  EXPECT_EQ(Apply(), Verdict::kUnknown);
}

TEST_F(GrantProposeTest, RefusesASuspendedInstitution) {
  for (const PartyId institution : {kPlatform, kBankA}) {
    book_.SetInstitutionState(institution, InstitutionState::kSuspended);
    EXPECT_EQ(Apply(), Verdict::kSuspended);
    book_.SetInstitutionState(institution, InstitutionState::kActive);
  }
}

TEST_F(GrantProposeTest, RefusesAFrozenBorrower) {
  SetBorrowerState(ParticipantState::kFrozen);
  EXPECT_EQ(Apply(), Verdict::kFrozen);
}

TEST_F(GrantProposeTest, RefusesABorrowerWithoutValidIdentity) {
  SetBorrowerState(ParticipantState::kKycExpired);
  EXPECT_EQ(Apply(), Verdict::kKyc);
}

TEST_F(GrantProposeTest, RefusesALenderWithoutLicence) {
  act_.mutable_lenders(1)->set_lender(ToWire(kAttester));
  EXPECT_EQ(Apply(), Verdict::kState);
}

TEST_F(GrantProposeTest, RefusesALimitOutsideTheBook) {
  for (const std::int64_t limit :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10'000'000'000'001}}) {
    act_.mutable_limit()->set_minor(limit);
    EXPECT_EQ(Apply(), Verdict::kRange) << limit;
  }
}

TEST_F(GrantProposeTest, RefusesAnExpiryBeforeToday) {
  act_.set_expiry_day(ToWire(kFirstDay.Plus(-1)));
  EXPECT_EQ(Apply(), Verdict::kRange);
  act_.set_expiry_day(ToWire(kFirstDay));
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, RefusesASixtyFifthLiveGrant) {
  book_.ChangePolicy([](Policy& policy) { policy.grants_per_30_days = 0; });
  for (std::uint8_t number = 10; number < 10 + kLiveGrantsMax; ++number) {
    book_.AddGrant(number, {.borrower = borrower_, .limit = {1}});
  }
  EXPECT_EQ(Apply(), Verdict::kRange);
}

TEST_F(GrantProposeTest, RefusesSharesThatAreNotTheWhole) {
  for (const std::uint32_t share : {699'999U, 700'001U, 0U}) {
    act_.mutable_lenders(1)->set_share_ppm(share);
    EXPECT_EQ(Apply(), Verdict::kShareSum) << share;
  }
  act_.clear_lenders();
  EXPECT_EQ(Apply(), Verdict::kShareSum);
}

TEST_F(GrantProposeTest, RefusesAShareOfZeroBesideTheWhole) {
  act_.mutable_lenders(1)->set_share_ppm(0);
  act_.mutable_lenders(0)->set_share_ppm(1'000'000);
  EXPECT_EQ(Apply(), Verdict::kShareSum);
}

TEST_F(GrantProposeTest, RefusesWithoutARequiredKind) {
  act_.clear_attestations();
  act_.add_attestations(ToWire(kCapacity));
  EXPECT_EQ(Apply(), Verdict::kAttestMissing);
}

TEST_F(GrantProposeTest, RefusesAnothersAttestation) {
  const PartyId other = book_.AddBorrower(2);
  act_.set_attestations(1, ToWire(TestId('I', 2)));
  EXPECT_EQ(Apply(), Verdict::kAttestMissing) << other.Hex();
}

TEST_F(GrantProposeTest, RefusesAnAttestationPastItsLastDayBeforeTheSweep) {
  book_.SetDay(kFirstDay.Plus(101));
  EXPECT_EQ(Apply(), Verdict::kAttestMissing);
}

TEST_F(GrantProposeTest, RefusesARevokedAttestation) {
  auto capacity = book_.Get<Attestation>({.attestation = kCapacity});
  capacity.state = AttestationState::kRevoked;
  book_.Put<Attestation>({.attestation = kCapacity}, capacity);
  EXPECT_EQ(Apply(), Verdict::kAttestMissing);
}

TEST_F(GrantProposeTest, RefusesATierThatTheScoreDoesNotGive) {
  act_.set_tier(2);
  EXPECT_EQ(Apply(), Verdict::kTier);
}

TEST_F(GrantProposeTest, RefusesAScoreThatNobodyAttested) {
  act_.set_score(100'001);
  EXPECT_EQ(Apply(), Verdict::kTier);
}

TEST_F(GrantProposeTest, RefusesALimitAboveTheTiers) {
  act_.mutable_limit()->set_minor(2'000'001);
  EXPECT_EQ(Apply(), Verdict::kTier);
  act_.mutable_limit()->set_minor(2'000'000);
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, RefusesWhatWithOtherLiveGrantsExceedsTheCeiling) {
  book_.AddGrant(2, {.borrower = borrower_, .limit = {19'000'001}});
  EXPECT_EQ(Apply(), Verdict::kLimitCap);
  act_.mutable_limit()->set_minor(999'999);
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, GrantsPastTheirLastDayLeaveRoomBeforeTheSweep) {
  book_.AddGrant(
      2, {.borrower = borrower_, .limit = {20'000'000}, .lenders = {}, .expiry = kFirstDay});
  EXPECT_EQ(Apply(), Verdict::kLimitCap);
  book_.SetDay(kFirstDay.Plus(1));
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, ACeilingHoldsForEachCurrencyByItself) {
  book_.AddGrant(2, {.borrower = borrower_, .limit = {20'000'000}});
  act_.mutable_limit()->set_currency("CNY");
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, AnSmeHasItsOwnCeiling) {
  book_.AddGrant(2, {.borrower = borrower_, .limit = {20'000'000}});
  ASSERT_EQ(Apply(), Verdict::kLimitCap);
  auto borrower = book_.Get<Participant>({.participant = borrower_});
  borrower.kind = ParticipantKind::kSme;
  book_.Put<Participant>({.participant = borrower_}, borrower);
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, RefusesTooManyGrantsWithinThirtyDays) {
  for (std::uint8_t number = 2; number <= 4; ++number) {
    book_.AddGrant(number, {.borrower = borrower_, .limit = {1}});
  }
  EXPECT_EQ(Apply(), Verdict::kVelocity);
  book_.SetDay(kFirstDay.Plus(29));
  EXPECT_EQ(Apply(), Verdict::kVelocity);
  book_.SetDay(kFirstDay.Plus(30));
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, AProposalCountsWhateverBecameOfIt) {
  book_.ChangePolicy([](Policy& policy) { policy.grants_per_30_days = 2; });
  act_.set_expiry_day(ToWire(kFirstDay));
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  act::v1::GrantDecide decline;
  decline.set_grant(ToWire(kGrant));
  decline.set_proposal(ToWire(book_.identity()));
  decline.set_share_ppm(700'000);
  decline.set_decline(true);
  ASSERT_EQ(book_.Apply(decline, {By(kBankA, Department::kCredit)}), Verdict::kAccepted);
  act_.set_grant(ToWire(TestId('G', 2)));
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  book_.SetDay(kFirstDay.Plus(29));  // The second has run out, too.
  act_.set_grant(ToWire(TestId('G', 3)));
  act_.set_expiry_day(ToWire(kFirstDay.Plus(29)));
  EXPECT_EQ(Apply(), Verdict::kVelocity);
  book_.SetDay(kFirstDay.Plus(30));
  act_.set_expiry_day(ToWire(kFirstDay.Plus(30)));
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, APolicyOfZeroDoesNotCountGrants) {
  book_.ChangePolicy([](Policy& policy) { policy.grants_per_30_days = 0; });
  for (std::uint8_t number = 2; number <= 4; ++number) {
    book_.AddGrant(number, {.borrower = borrower_, .limit = {1}});
  }
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

TEST_F(GrantProposeTest, AnothersGrantsDoNotCount) {
  const PartyId other = book_.AddBorrower(2);
  for (std::uint8_t number = 2; number <= 4; ++number) {
    book_.AddGrant(number, {.borrower = other, .limit = {10'000'000}});
  }
  EXPECT_EQ(Apply(), Verdict::kAccepted);
}

}  // namespace
}  // namespace aval::ledger::rules
