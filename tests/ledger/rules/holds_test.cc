#include "ledger/record/holds.h"

#include <gtest/gtest.h>

#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

const SignerRef kSupervisorsLegal = By(kSupervisor, Department::kLegal);

class HoldsTest : public testing::Test {
 protected:
  Verdict Hold(act::v1::Held what, const Id& subject, SignerRef by = kSupervisorsLegal) {
    return market_.Hold(what, subject, by);
  }
  Verdict Lift(act::v1::Held what, const Id& subject, SignerRef by = kSupervisorsLegal) {
    return market_.Lift(what, subject, by);
  }
  Participant Borrower() {
    return market_.book().Get<Participant>({.participant = market_.borrower()});
  }

  Market market_{2};
};

TEST_F(HoldsTest, AHeldParticipantIsFrozenUntilTheHoldIsLifted) {
  ASSERT_EQ(Hold(act::v1::PARTY, market_.borrower().id), Verdict::kAccepted);
  EXPECT_EQ(Borrower().state, ParticipantState::kFrozen);
  EXPECT_EQ(Borrower().holds, 1U);
  const auto hold = market_.book().Get<HoldOn>({.what = Held::kParty,
                                                .subject = market_.borrower().id,
                                                .holder = kSupervisor,
                                                .department = Department::kLegal});
  EXPECT_EQ(hold.reason, 7U);
  EXPECT_EQ(hold.since, market_.book().today());
  EXPECT_EQ(market_.Authorise(market_.Order(1)), Verdict::kFrozen);

  ASSERT_EQ(Lift(act::v1::PARTY, market_.borrower().id), Verdict::kAccepted);
  EXPECT_EQ(Borrower().state, ParticipantState::kKycValid);
  EXPECT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
}

TEST_F(HoldsTest, WhatWasBoughtStaysOwedAndCanBePaid) {
  market_.Buy(market_.Order(1));
  ASSERT_EQ(Hold(act::v1::PARTY, market_.borrower().id), Verdict::kAccepted);
  EXPECT_EQ(market_.Deliver(1), Verdict::kAccepted);
  market_.PassDays(31);
  EXPECT_EQ(market_.Repay(1, 1, 10'000), Verdict::kAccepted);
}

TEST_F(HoldsTest, AnIdentityThatEndsMeanwhileShowsAfterTheLifting) {
  ASSERT_EQ(Hold(act::v1::PARTY, market_.borrower().id), Verdict::kAccepted);
  Participant borrower = Borrower();
  borrower.kyc_expiry = market_.book().today().Plus(-1);
  market_.book().Put<Participant>({.participant = market_.borrower()}, borrower);
  ASSERT_EQ(market_.book().Apply(
                [&] {
                  act::v1::Lift act;
                  act.set_what(act::v1::PARTY);
                  act.set_subject(ToWire(market_.borrower().id));
                  return act;
                }(),
                {kSupervisorsLegal}),
            Verdict::kAccepted);
  EXPECT_EQ(Borrower().state, ParticipantState::kKycExpired);
}

TEST_F(HoldsTest, AHeldSupplierSellsNothing) {
  ASSERT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
  ASSERT_EQ(Hold(act::v1::PARTY, market_.supplier().id), Verdict::kAccepted);
  EXPECT_EQ(market_.Authorise(market_.Order(2)), Verdict::kFrozen);
  EXPECT_EQ(market_.Capture(1, 100'000), Verdict::kFrozen);
  ASSERT_EQ(Lift(act::v1::PARTY, market_.supplier().id), Verdict::kAccepted);
  EXPECT_EQ(market_.Capture(1, 100'000), Verdict::kAccepted);
}

TEST_F(HoldsTest, AHeldInstitutionIsSuspended) {
  ASSERT_EQ(Hold(act::v1::PARTY, kBankA.id), Verdict::kAccepted);
  EXPECT_EQ(market_.book().Get<Institution>({.institution = kBankA}).state,
            InstitutionState::kSuspended);
  EXPECT_EQ(market_.Authorise(market_.Order(1)), Verdict::kSuspended);
  ASSERT_EQ(Lift(act::v1::PARTY, kBankA.id), Verdict::kAccepted);
  EXPECT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
}

TEST_F(HoldsTest, AGrantIsFrozenByItsLendersByItsPlatformAndBySupervisors) {
  for (const SignerRef& by :
       {By(kBankA, Department::kRisk), By(kPlatform, Department::kRisk), kSupervisorsLegal}) {
    ASSERT_EQ(Hold(act::v1::GRANT, market_.grant(), by), Verdict::kAccepted);
    EXPECT_EQ(market_.GrantNow().state, GrantState::kFrozen);
    EXPECT_EQ(market_.Authorise(market_.Order(1)), Verdict::kFrozen);
    ASSERT_EQ(Lift(act::v1::GRANT, market_.grant(), by), Verdict::kAccepted);
    EXPECT_EQ(market_.GrantNow().state, GrantState::kActive);
  }
}

TEST_F(HoldsTest, EachHoldsByItself) {
  const SignerRef bank = By(kBankA, Department::kRisk);
  ASSERT_EQ(Hold(act::v1::GRANT, market_.grant(), bank), Verdict::kAccepted);
  ASSERT_EQ(Hold(act::v1::GRANT, market_.grant()), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().holds, 2U);
  ASSERT_EQ(Lift(act::v1::GRANT, market_.grant(), bank), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kFrozen);
  EXPECT_EQ(Lift(act::v1::GRANT, market_.grant(), bank), Verdict::kUnknown);
}

TEST_F(HoldsTest, NobodyHoldsTwice) {
  ASSERT_EQ(Hold(act::v1::GRANT, market_.grant()), Verdict::kAccepted);
  EXPECT_EQ(Hold(act::v1::GRANT, market_.grant()), Verdict::kDuplicate);
}

TEST_F(HoldsTest, RefusesEverybodyElse) {
  const Id party = market_.borrower().id;
  EXPECT_EQ(Hold(act::v1::PARTY, party, By(kSupervisor, Department::kRisk)), Verdict::kRole);
  EXPECT_EQ(Hold(act::v1::PARTY, party, By(kBankA, Department::kLegal)), Verdict::kRole);
  EXPECT_EQ(Hold(act::v1::PARTY, party, By(kBankA, Department::kRisk)), Verdict::kRole);
  EXPECT_EQ(Hold(act::v1::GRANT, market_.grant(), By(kBankB, Department::kRisk)), Verdict::kRole);
  EXPECT_EQ(Hold(act::v1::GRANT, market_.grant(), By(kBankA, Department::kCredit)), Verdict::kRole);
  EXPECT_EQ(market_.Apply(Market::HoldOf(act::v1::GRANT, market_.grant()),
                          {kSupervisorsLegal, By(kBankA, Department::kRisk)}),
            Verdict::kRole);
}

TEST_F(HoldsTest, RefusesWhatDoesNotExistAndWhatIsOver) {
  EXPECT_EQ(Hold(act::v1::PARTY, TestId('B', 9)), Verdict::kUnknown);
  EXPECT_EQ(Hold(act::v1::GRANT, TestId('G', 9)), Verdict::kUnknown);
  EXPECT_EQ(Hold(act::v1::AGREEMENT, TestId('A', 9)), Verdict::kUnknown);
  EXPECT_EQ(Lift(act::v1::GRANT, market_.grant()), Verdict::kUnknown);
  market_.book().SetDay(market_.GrantNow().expiry.Plus(1));
  EXPECT_EQ(
      market_.book().Apply(Market::HoldOf(act::v1::GRANT, market_.grant()), {kSupervisorsLegal}),
      Verdict::kState);
}

TEST_F(HoldsTest, AHoldThatOutlivesItsGrantCanBeLifted) {
  ASSERT_EQ(Hold(act::v1::GRANT, market_.grant()), Verdict::kAccepted);
  market_.PassTo(market_.GrantNow().expiry.Plus(1));
  EXPECT_EQ(market_.GrantNow().state, GrantState::kExpired);
  EXPECT_EQ(Lift(act::v1::GRANT, market_.grant()), Verdict::kAccepted);
  EXPECT_EQ(market_.GrantNow().state, GrantState::kExpired);
}

}  // namespace
}  // namespace aval::ledger::rules
