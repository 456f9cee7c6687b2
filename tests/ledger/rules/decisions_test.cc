#include <gtest/gtest.h>

#include <vector>

#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"

namespace aval::ledger::rules {
namespace {

std::uint64_t Pair(PartyId bank, PartyId partner) {
  return (std::uint64_t{bank.InstitutionNumber()} << 32U) | partner.InstitutionNumber();
}

class GrantDecideTest : public ::testing::Test {
 protected:
  GrantDecideTest() { Propose({{kPlatform, 300'000}, {kBankA, 700'000}}); }

  struct Share {
    PartyId lender;
    std::uint32_t ppm;
  };
  // Another grant, undecided; the one that the test is about from here on.
  void Propose(const std::vector<Share>& shares) {
    GrantTerms terms{.borrower = borrower_, .state = GrantState::kProposed};
    for (const Share& share : shares) {
      terms.lenders.push_back({.lender = share.lender, .share_ppm = share.ppm});
    }
    grant_ = book_.AddGrant(++grants_, terms);
  }
  act::v1::GrantDecide Act(PartyId lender) {
    act::v1::GrantDecide act;
    act.set_grant(ToWire(grant_));
    act.set_proposal(ToWire(Written().proposal));
    for (const GrantLender& part : Written().lenders) {
      if (part.lender == lender) act.set_share_ppm(part.share_ppm);
    }
    return act;
  }
  Verdict Decide(PartyId lender) {
    return book_.Apply(Act(lender), {By(lender, Department::kCredit)});
  }
  Grant Written() { return book_.Get<Grant>({.grant = grant_}); }

  SmallBook book_;
  const PartyId borrower_ = book_.AddBorrower(1);
  std::uint8_t grants_ = 0;
  Id grant_;
};

TEST_F(GrantDecideTest, TheLastLenderMakesItAnOffer) {
  ASSERT_EQ(Decide(kBankA), Verdict::kAccepted);
  EXPECT_EQ(Written().state, GrantState::kProposed);
  EXPECT_FALSE(Written().lenders[0].HasDecided());
  EXPECT_EQ(Written().lenders[1].decided, book_.today());
  ASSERT_EQ(Decide(kPlatform), Verdict::kAccepted);
  EXPECT_EQ(Written().state, GrantState::kOffered);
  EXPECT_TRUE(book_.journal().empty());
}

TEST_F(GrantDecideTest, ADeclineEndsIt) {
  ASSERT_EQ(Decide(kPlatform), Verdict::kAccepted);
  act::v1::GrantDecide act = Act(kBankA);
  act.set_decline(true);
  ASSERT_EQ(book_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kAccepted);
  EXPECT_EQ(Written().state, GrantState::kDeclined);
  EXPECT_FALSE(book_.Find<GrantOf>({.borrower = borrower_, .grant = grant_}));
  EXPECT_TRUE(book_.state().List<CalendarItem>({}, 100).size() == 2);  // Those of attestations.
}

TEST_F(GrantDecideTest, ASuspendedLenderMayDecline) {
  book_.SetInstitutionState(kBankA, InstitutionState::kSuspended);
  act::v1::GrantDecide act = Act(kBankA);
  act.set_decline(true);
  EXPECT_EQ(book_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kAccepted);
}

TEST_F(GrantDecideTest, RefusesAnotherDepartment) {
  EXPECT_EQ(book_.Apply(Act(kBankA), {By(kBankA, Department::kRisk)}), Verdict::kRole);
}

TEST_F(GrantDecideTest, RefusesOneEnvelopeForTwoLenders) {
  EXPECT_EQ(book_.Apply(Act(kBankA),
                        {By(kBankA, Department::kCredit), By(kPlatform, Department::kCredit)}),
            Verdict::kRole);
}

TEST_F(GrantDecideTest, RefusesAGrantThatDoesNotExist) {
  act::v1::GrantDecide act = Act(kBankA);
  act.set_grant(ToWire(TestId('G', 99)));
  EXPECT_EQ(book_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kUnknown);
}

TEST_F(GrantDecideTest, RefusesABankThatIsNoLender) {
  EXPECT_EQ(book_.Apply(Act(kBankA), {By(kBankB, Department::kCredit)}), Verdict::kRole);
}

TEST_F(GrantDecideTest, RefusesASecondDecision) {
  ASSERT_EQ(Decide(kBankA), Verdict::kAccepted);
  EXPECT_EQ(Decide(kBankA), Verdict::kState);
}

TEST_F(GrantDecideTest, RefusesAGrantThatIsOffered) {
  ASSERT_EQ(Decide(kBankA), Verdict::kAccepted);
  ASSERT_EQ(Decide(kPlatform), Verdict::kAccepted);
  EXPECT_EQ(Decide(kPlatform), Verdict::kState);
}

TEST_F(GrantDecideTest, RefusesPastTheLastDayBeforeTheSweep) {
  book_.SetDay(Written().expiry.Plus(1));
  EXPECT_EQ(Decide(kBankA), Verdict::kState);
}

TEST_F(GrantDecideTest, RefusesWhileAnInstitutionIsSuspended) {
  for (const PartyId institution : {kPlatform, kBankA}) {
    book_.SetInstitutionState(institution, InstitutionState::kSuspended);
    EXPECT_EQ(Decide(kBankA), Verdict::kSuspended);
    book_.SetInstitutionState(institution, InstitutionState::kActive);
  }
}

TEST_F(GrantDecideTest, RefusesWithoutValidIdentity) {
  auto borrower = book_.Get<Participant>({.participant = borrower_});
  borrower.kyc_expiry = book_.today().Plus(-1);
  book_.Put<Participant>({.participant = borrower_}, borrower);
  EXPECT_EQ(Decide(kBankA), Verdict::kKyc);
}

TEST_F(GrantDecideTest, RefusesAnotherProposal) {
  act::v1::GrantDecide act = Act(kBankA);
  act.set_proposal(ToWire(crypto::Digest{}));
  EXPECT_EQ(book_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kProposal);
  act.set_decline(true);
  EXPECT_EQ(book_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kProposal);
}

TEST_F(GrantDecideTest, RefusesAnotherShare) {
  act::v1::GrantDecide act = Act(kBankA);
  act.set_share_ppm(699'999);
  EXPECT_EQ(book_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kProposal);
}

TEST_F(GrantDecideTest, RefusesWhenAnAttestationWasRevoked) {
  act::v1::AttestRevoke revoke;
  revoke.set_attestation(ToWire(Written().attestations.front()));
  revoke.set_reason(1);
  ASSERT_EQ(book_.Apply(revoke, {By(kAttester, Department::kCompliance)}), Verdict::kAccepted);
  EXPECT_EQ(Decide(kBankA), Verdict::kAttestMissing);
}

// R01 binds the partners of a bank, not those of the platform.
TEST_F(GrantDecideTest, RefusesABankWhosePartnersHoldLessThanTheFloor) {
  Propose({{kPlatform, 299'999}, {kBankA, 700'001}});
  EXPECT_EQ(Decide(kPlatform), Verdict::kPartnerFloor);
  Propose({{kPlatform, 710'000}, {kBankA, 290'000}});
  EXPECT_EQ(Decide(kPlatform), Verdict::kAccepted);
}

TEST_F(GrantDecideTest, RefusesABankAloneUnlessThePolicyHasNoFloor) {
  Propose({{kBankA, 1'000'000}});
  EXPECT_EQ(Decide(kBankA), Verdict::kPartnerFloor);
  book_.ChangePolicy([](Policy& policy) { policy.partner_floor_ppm = 0; });
  EXPECT_EQ(Decide(kBankA), Verdict::kAccepted);
}

// R02 and R03: no act states a bank's capital and loans, so that it cannot show that it keeps them.
TEST_F(GrantDecideTest, RefusesJointLendingWhereConcentrationIsLimited) {
  book_.ChangePolicy([](Policy& policy) { policy.single_partner_ppm = 250'000; });
  EXPECT_EQ(Decide(kPlatform), Verdict::kConcentration);
  book_.ChangePolicy([](Policy& policy) {
    policy.single_partner_ppm = 0;
    policy.joint_lending_ppm = 500'000;
  });
  EXPECT_EQ(Decide(kPlatform), Verdict::kConcentration);
  Propose({{kPlatform, 1'000'000}});
  EXPECT_EQ(Decide(kPlatform), Verdict::kAccepted);
}

TEST_F(GrantDecideTest, RefusesAPartnerThatTheBankDoesNotList) {
  book_.ChangePolicy([](Policy& policy) { policy.lender_pairs = {Pair(kBankB, kPlatform)}; });
  EXPECT_EQ(Decide(kPlatform), Verdict::kLenderPair);
  book_.ChangePolicy([](Policy& policy) { policy.lender_pairs = {Pair(kBankA, kPlatform)}; });
  EXPECT_EQ(Decide(kPlatform), Verdict::kAccepted);
}

TEST_F(GrantDecideTest, EachOfTwoBanksListsTheOtherAndThePlatform) {
  Propose({{kBankA, 500'000}, {kBankB, 500'000}});
  std::vector<std::uint64_t> pairs{Pair(kBankA, kBankB), Pair(kBankA, kPlatform),
                                   Pair(kBankB, kBankA), Pair(kBankB, kPlatform)};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    std::vector<std::uint64_t> rest = pairs;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    book_.ChangePolicy([&](Policy& policy) { policy.lender_pairs = rest; });
    EXPECT_EQ(Decide(kBankA), Verdict::kLenderPair) << i;
  }
  book_.ChangePolicy([&](Policy& policy) { policy.lender_pairs = pairs; });
  EXPECT_EQ(Decide(kBankA), Verdict::kAccepted);
}

TEST_F(GrantDecideTest, RefusesAboveTheCeilingOfItsOwnDay) {
  book_.ChangePolicy([](Policy& policy) { policy.max_limit_person = {999'999}; });
  EXPECT_EQ(Decide(kBankA), Verdict::kLimitCap);
}

class GrantActivateTest : public ::testing::Test {
 protected:
  Verdict Activate() { return Activate({By(borrower_)}); }
  Verdict Activate(std::vector<SignerRef> signers) {
    act::v1::GrantActivate act;
    act.set_grant(ToWire(grant_));
    act.set_disclosure(ToWire(crypto::Digest{}));
    return book_.Apply(act, std::move(signers));
  }
  Grant Written() { return book_.Get<Grant>({.grant = grant_}); }
  Amount Memo(std::uint16_t code) { return book_.Balance(PartyId::Memo(), code, grant_); }

  SmallBook book_;
  const PartyId borrower_ = book_.AddBorrower(1);
  Id grant_ = book_.AddGrant(1, {.borrower = borrower_, .state = GrantState::kOffered});
};

TEST_F(GrantActivateTest, PutsTheLimitIntoTheMemo) {
  ASSERT_EQ(Activate(), Verdict::kAccepted);
  EXPECT_EQ(Written().state, GrantState::kActive);
  EXPECT_EQ(Memo(account::kLimitGranted), Amount{1'000'000});
  EXPECT_EQ(Memo(account::kLimitGrantedContra), Amount{-1'000'000});
  EXPECT_EQ(book_.journal().size(), 2U);
}

TEST_F(GrantActivateTest, RefusesAGrantThatDoesNotExist) {
  grant_ = TestId('G', 9);
  EXPECT_EQ(Activate(), Verdict::kUnknown);
}

TEST_F(GrantActivateTest, RefusesEverybodyButTheBorrowerAlone) {
  EXPECT_EQ(Activate({By(book_.AddBorrower(2))}), Verdict::kRole);
  EXPECT_EQ(Activate({By(borrower_), By(kPlatform, Department::kCredit)}), Verdict::kRole);
}

TEST_F(GrantActivateTest, RefusesAGrantThatIsNotOffered) {
  ASSERT_EQ(Activate(), Verdict::kAccepted);
  EXPECT_EQ(Activate(), Verdict::kState);
  grant_ = book_.AddGrant(2, {.borrower = borrower_, .state = GrantState::kProposed});
  EXPECT_EQ(Activate(), Verdict::kState);
}

TEST_F(GrantActivateTest, RefusesPastTheLastDayBeforeTheSweep) {
  book_.SetDay(Written().expiry.Plus(1));
  EXPECT_EQ(Activate(), Verdict::kState);
}

TEST_F(GrantActivateTest, RefusesWhileALenderIsSuspended) {
  book_.SetInstitutionState(kBankA, InstitutionState::kSuspended);
  EXPECT_EQ(Activate(), Verdict::kSuspended);
}

TEST_F(GrantActivateTest, RefusesABorrowerThatIsFrozenOrUnknownByNow) {
  auto borrower = book_.Get<Participant>({.participant = borrower_});
  borrower.state = ParticipantState::kFrozen;
  book_.Put<Participant>({.participant = borrower_}, borrower);
  EXPECT_EQ(Activate(), Verdict::kFrozen);
  borrower.state = ParticipantState::kKycExpired;
  book_.Put<Participant>({.participant = borrower_}, borrower);
  EXPECT_EQ(Activate(), Verdict::kKyc);
}

TEST_F(GrantActivateTest, RefusesWhenAnAttestationNoLongerCounts) {
  auto capacity = book_.Get<Attestation>({.attestation = Written().attestations.front()});
  capacity.expiry = book_.today();
  book_.Put<Attestation>({.attestation = Written().attestations.front()}, capacity);
  book_.SetDay(book_.today().Plus(1));
  EXPECT_EQ(Activate(), Verdict::kAttestMissing);
}

class GrantItemTest : public GrantActivateTest {
 protected:
  std::vector<Verdict> SweepAfterTheLastDay() {
    book_.SetDay(Written().expiry.Plus(1));
    return book_.Sweep(Queue::kGrant, RunGrantItem);
  }
};

TEST_F(GrantItemTest, AnActiveGrantExpiresAndLeavesTheMemo) {
  ASSERT_EQ(Activate(), Verdict::kAccepted);
  EXPECT_EQ(SweepAfterTheLastDay(), std::vector{Verdict::kAccepted});
  EXPECT_EQ(Written().state, GrantState::kExpired);
  EXPECT_EQ(Memo(account::kLimitGranted), Amount{});
  EXPECT_EQ(Memo(account::kLimitGrantedContra), Amount{});
  EXPECT_FALSE(book_.Find<GrantOf>({.borrower = borrower_, .grant = grant_}));
}

TEST_F(GrantItemTest, AnOfferExpiresWithoutAPosting) {
  EXPECT_EQ(SweepAfterTheLastDay(), std::vector{Verdict::kAccepted});
  EXPECT_EQ(Written().state, GrantState::kExpired);
  EXPECT_TRUE(book_.journal().empty());
}

TEST_F(GrantItemTest, AFrozenGrantExpiresToo) {
  grant_ = book_.AddGrant(2, {.borrower = borrower_, .state = GrantState::kFrozen});
  book_.SetDay(Written().expiry.Plus(1));
  book_.Sweep(Queue::kGrant, RunGrantItem);
  EXPECT_EQ(Written().state, GrantState::kExpired);
  EXPECT_EQ(Memo(account::kLimitGranted), Amount{});
}

TEST_F(GrantItemTest, TheLastDayIsAGrantsOwn) {
  book_.SetDay(Written().expiry);
  EXPECT_TRUE(book_.Sweep(Queue::kGrant, RunGrantItem).empty());
}

TEST_F(GrantItemTest, AnItemOfNothingTooEarlyOrTooLateIsAnAlert) {
  EXPECT_EQ(SweepAfterTheLastDay(), std::vector{Verdict::kAccepted});
  const Id live = book_.AddGrant(2, {.borrower = borrower_, .expiry = book_.today()});
  for (const Id& id : {grant_, live, TestId('G', 9)}) {
    book_.Put<CalendarItem>(
        {.day = book_.today(), .queue = Queue::kGrant, .subject = id, .number = 0}, {});
  }
  EXPECT_EQ(book_.Sweep(Queue::kGrant, RunGrantItem),
            (std::vector{Verdict::kState, Verdict::kState, Verdict::kUnknown}));
}

}  // namespace
}  // namespace aval::ledger::rules
