// R07: a lender's decision lasts a year; and how a grant ends before its last day.

#include <gtest/gtest.h>

#include "ledger/rules/context.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

constexpr int kReviewDays = 100;

class GrantReviewTest : public testing::Test {
 protected:
  GrantReviewTest() {
    market_.book().ChangePolicy([](Policy& policy) { policy.review_days = kReviewDays; });
    // As the last decision leaves it.
    market_.book().With([this](Context& context) {
      Grant grant = market_.GrantNow();
      ScheduleReview(context, market_.grant(), grant);
      context.state().Put<Grant>({.grant = market_.grant()}, grant);
    });
  }

  Id Capacity(std::uint8_t number) {
    return market_.book().AddAttestation(
        TestId('K', number), market_.borrower(), AttestationKind::kCapacity,
        {{.code = 1, .value = 100'000}}, market_.book().today().Plus(365));
  }
  act::v1::GrantReview Decision(const Id& evidence) const {
    act::v1::GrantReview act;
    act.set_grant(ToWire(market_.grant()));
    act.set_evidence(ToWire(evidence));
    return act;
  }
  Verdict Decide(PartyId lender, const Id& evidence) {
    return market_.Apply(Decision(evidence), {By(lender, Department::kCredit)});
  }
  Verdict Close(const std::vector<SignerRef>& signers) {
    act::v1::GrantClose act;
    act.set_grant(ToWire(market_.grant()));
    act.set_reason(1);
    return market_.Apply(act, signers);
  }
  std::int64_t Memo() const {
    return market_.book().Balance(PartyId::Memo(), account::kLimitGranted, market_.grant()).minor;
  }

  mutable Market market_;
};

TEST_F(GrantReviewTest, AGrantIsFrozenTheDayAfterTheOldestDecisionsLast) {
  market_.PassDays(kReviewDays);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kActive);
  EXPECT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
  market_.RollDay();
  EXPECT_EQ(market_.Authorise(market_.Order(2)), Verdict::kFrozen) << "before the sweep";
  market_.PassDays(0);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kFrozen);
  EXPECT_EQ(market_.GrantNow().review, Day{});
  EXPECT_EQ(Memo(), 1'000'000);
}

TEST_F(GrantReviewTest, EveryLendersNewDecisionThawsIt) {
  market_.PassDays(kReviewDays + 5);
  const Id evidence = Capacity(1);
  ASSERT_EQ(Decide(kBankA, evidence), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kFrozen);
  ASSERT_EQ(Decide(kPlatform, evidence), Verdict::kAccepted);
  const Grant grant = market_.GrantNow();
  EXPECT_EQ(grant.state, GrantState::kActive);
  EXPECT_EQ(grant.review, market_.book().today().Plus(kReviewDays + 1));
  EXPECT_EQ(grant.attestations, std::vector{evidence});
  for (const GrantLender& lender : grant.lenders) {
    EXPECT_EQ(lender.decided, market_.book().today());
  }
  EXPECT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
}

TEST_F(GrantReviewTest, DecisionsInTimeLetNothingFreeze) {
  market_.PassDays(50);
  const Id evidence = Capacity(1);
  ASSERT_EQ(Decide(kBankA, evidence), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().review, kFirstDay.Plus(kReviewDays + 1)) << "the platform's is old";
  ASSERT_EQ(Decide(kPlatform, evidence), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().review, kFirstDay.Plus(50 + kReviewDays + 1));
  market_.PassDays(60);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kActive);
}

TEST_F(GrantReviewTest, APolicyThatGivesMoreTimeMovesTheReview) {
  market_.book().ChangePolicy([](Policy& policy) { policy.review_days = 2 * kReviewDays; });
  market_.PassDays(kReviewDays + 1);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kActive);
  EXPECT_EQ(market_.GrantNow().review, kFirstDay.Plus(2 * kReviewDays + 1));
}

TEST_F(GrantReviewTest, ADeclineClosesTheGrantAndLeavesItsLoans) {
  market_.Buy(market_.Order(1));
  act::v1::GrantReview act = Decision({});
  act.clear_evidence();
  act.set_decline(true);
  ASSERT_EQ(market_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kClosed);
  EXPECT_EQ(Memo(), 0);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
  EXPECT_EQ(market_.Authorise(market_.Order(2)), Verdict::kState);
}

TEST_F(GrantReviewTest, AHoldStaysWhenTheDecisionsAreFresh) {
  Grant grant = market_.GrantNow();
  grant.holds = 1;
  grant.state = GrantState::kFrozen;
  market_.book().Put<Grant>({.grant = market_.grant()}, grant);
  const Id evidence = Capacity(1);
  const auto decide = [&](PartyId lender) {
    return market_.book().Apply(Decision(evidence), {By(lender, Department::kCredit)});
  };
  ASSERT_EQ(decide(kBankA), Verdict::kAccepted);
  ASSERT_EQ(decide(kPlatform), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kFrozen);
}

TEST_F(GrantReviewTest, RefusesWhoIsNoLenderAndWhatIsNoGrantInForce) {
  const Id evidence = Capacity(1);
  EXPECT_EQ(Decide(kBankB, evidence), Verdict::kRole);
  EXPECT_EQ(market_.Apply(Decision(evidence), {By(kBankA, Department::kRisk)}), Verdict::kRole);
  auto act = Decision(evidence);
  act.set_grant(ToWire(TestId('G', 9)));
  EXPECT_EQ(market_.Apply(act, {By(kBankA, Department::kCredit)}), Verdict::kUnknown);
  ASSERT_EQ(Close({By(market_.borrower())}), Verdict::kAccepted);
  EXPECT_EQ(Decide(kBankA, evidence), Verdict::kState);
}

TEST_F(GrantReviewTest, RefusesEvidenceThatIsUnknownAnothersOfAnotherKindOrStale) {
  EXPECT_EQ(Decide(kBankA, TestId('K', 9)), Verdict::kUnknown);
  const PartyId other = market_.book().AddBorrower(2);
  const Day later = market_.book().today().Plus(300);
  const Id others = market_.book().AddAttestation(TestId('K', 2), other, AttestationKind::kCapacity,
                                                  {{.code = 1, .value = 1}}, later);
  EXPECT_EQ(Decide(kBankA, others), Verdict::kAttestMissing);
  const Id score = market_.book().AddAttestation(TestId('K', 3), market_.borrower(),
                                                 AttestationKind::kScore, {}, later);
  EXPECT_EQ(Decide(kBankA, score), Verdict::kAttestMissing);
  const Id old = Capacity(4);
  market_.PassDays(181);
  EXPECT_EQ(Decide(kBankA, old), Verdict::kCapacityStale);
}

TEST_F(GrantReviewTest, RefusesAboveTodaysCeilings) {
  market_.book().ChangePolicy([](Policy& policy) { policy.max_limit_person = {999'999}; });
  EXPECT_EQ(Decide(kBankA, Capacity(1)), Verdict::kLimitCap);
  market_.book().ChangePolicy([](Policy& policy) { policy.partner_floor_ppm = 400'000; });
  EXPECT_EQ(Decide(kBankA, TestId('K', 1)), Verdict::kPartnerFloor);
}

TEST_F(GrantReviewTest, TheBorrowerOrThePlatformClosesAGrant) {
  ASSERT_EQ(Close({By(kPlatform, Department::kCredit)}), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kClosed);
  EXPECT_EQ(Memo(), 0);
  EXPECT_FALSE(
      market_.book().Find<GrantOf>({.borrower = market_.borrower(), .grant = market_.grant()}));
  EXPECT_EQ(Close({By(market_.borrower())}), Verdict::kState);
}

TEST_F(GrantReviewTest, NobodyElseCloses) {
  EXPECT_EQ(Close({By(kBankA, Department::kCredit)}), Verdict::kRole);
  EXPECT_EQ(Close({By(kPlatform, Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(Close({By(market_.borrower()), By(kPlatform, Department::kCredit)}), Verdict::kRole);
}

}  // namespace
}  // namespace aval::ledger::rules
