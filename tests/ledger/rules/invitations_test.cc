#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

using testing::ElementsAre;

/// Loan 1 of three instalments, due 2017-02-01, 03-01 and 04-01, the first paid in time; the day is
/// five days before the second is due.
class InvitationsTest : public testing::Test {
 protected:
  InvitationsTest() : market_(3), desk_(market_) { desk_.OpenLoan(); }

  using Change = std::function<void(act::v1::CopayInvite&)>;
  /// What the book says to invitation 1 with that change; an invitation that it refuses changes
  /// nothing.
  Verdict InviteWith(const Change& change) {
    auto act = desk_.Invitation(1);
    change(act);
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = desk_.Invite(act);
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  Invitation InvitationNow(std::uint8_t number) {
    return market_.book().Get<Invitation>({CopayDesk::InvitationId(number)});
  }
  template <class Body>
  Body Answer(std::uint8_t number) {
    Body act;
    act.set_invitation(ToWire(CopayDesk::InvitationId(number)));
    return act;
  }
  Verdict Withdraw(std::uint8_t number, PartyId signer) {
    return market_.Apply(Answer<act::v1::CopayWithdraw>(number), {By(signer)});
  }
  Verdict Decline(std::uint8_t number, PartyId signer) {
    return market_.Apply(Answer<act::v1::CopayDecline>(number), {By(signer)});
  }

  Market market_;
  CopayDesk desk_;
};

TEST_F(InvitationsTest, KeepsWhatTheBorrowerAskedFor) {
  ASSERT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  const Invitation invitation = InvitationNow(1);
  EXPECT_EQ(invitation.state, InvitationState::kOpen);
  EXPECT_EQ(invitation.loan, Market::PurchaseId(1));
  EXPECT_EQ(invitation.borrower, market_.borrower(1));
  EXPECT_EQ(invitation.invitee, market_.borrower(2));
  EXPECT_THAT(invitation.instalments, ElementsAre(2));
  EXPECT_EQ(invitation.share_ppm, 500'000U);
  EXPECT_EQ(invitation.cap, Amount{50'000});
  EXPECT_EQ(invitation.currency, TestCurrency());
  EXPECT_EQ(invitation.mode, LiabilityMode::kThirdPartyPayment);
  EXPECT_EQ(invitation.invited, market_.book().today());
  EXPECT_EQ(invitation.expiry, market_.book().today().Plus(1));
  EXPECT_THAT(market_.book().journal(), ElementsAre());
}

TEST_F(InvitationsTest, OnlyTheBorrowerInvites) {
  const auto act = desk_.Invitation(1);
  EXPECT_EQ(market_.Apply(act, {By(market_.borrower(2))}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(act, {By(market_.borrower(1)), By(market_.borrower(2))}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(act, {By(kPlatform, Department::kOps)}), Verdict::kRole);
}

TEST_F(InvitationsTest, NobodyIsACoPayerForItself) {
  EXPECT_EQ(InviteWith([&](auto& act) { act.set_invitee(ToWire(market_.borrower(1))); }),
            Verdict::kSelf);
}

TEST_F(InvitationsTest, AnEmptyLiabilityModeIsRefused) {
  EXPECT_EQ(InviteWith([](auto& act) { act.clear_mode(); }), Verdict::kLiabilityMode);
}

TEST_F(InvitationsTest, RefusesEachOfThese) {
  const Day today = market_.book().today();
  const struct {
    Change change;
    Verdict verdict;
  } cases[] = {
      {[](auto& act) { act.set_loan(ToWire(Market::PurchaseId(9))); }, Verdict::kUnknown},
      {[](auto& act) { act.set_invitee(std::string(16, 'x')); }, Verdict::kUnknown},
      {[](auto& act) { act.mutable_cap()->set_currency("USD"); }, Verdict::kCurrency},
      {[](auto& act) { act.set_instalments(0, 4); }, Verdict::kRange},
      {[](auto& act) { act.set_instalments(0, 0); }, Verdict::kRange},
      {[](auto& act) { act.set_instalments(0, 65'538); }, Verdict::kRange},
      {[](auto& act) { act.set_instalments(0, 1); }, Verdict::kWindow},  // Paid.
      {[](auto& act) { act.set_instalments(0, 3); }, Verdict::kWindow},  // Too early.
      {[](auto& act) { act.set_share_ppm(0); }, Verdict::kShareMax},
      {[](auto& act) { act.set_share_ppm(600'001); }, Verdict::kShareMax},
      {[](auto& act) { act.mutable_cap()->set_minor(0); }, Verdict::kRange},
      {[](auto& act) { act.mutable_cap()->set_minor(999); }, Verdict::kCopayMin},
      {[](auto& act) { act.mutable_cap()->set_minor(200'001); }, Verdict::kCap},
      {[today](auto& act) { act.set_expiry_day(ToWire(today.Plus(-1))); }, Verdict::kRange},
      {[today](auto& act) { act.set_expiry_day(ToWire(today.Plus(2))); }, Verdict::kRange},
  };
  for (const auto& [change, verdict] : cases) {
    EXPECT_EQ(VerdictCode(InviteWith(change)), VerdictCode(verdict));
  }
}

TEST_F(InvitationsTest, CoversNoMoreInstalmentsThanThePolicyAllows) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.max_instalments = 1; });
  EXPECT_EQ(InviteWith([](auto& act) { act.add_instalments(3); }), Verdict::kRange);
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.max_instalments = 2; });
  EXPECT_EQ(InviteWith([](auto& act) { act.add_instalments(3); }), Verdict::kAccepted);
}

TEST_F(InvitationsTest, NobodyInvitesWhereThePolicyKnowsNoCoPayers) {
  market_.PassTo(*Day::FromDate(2017, 3, 1));
  market_.book().ChangePolicy([](Policy& policy) { policy.copay = {}; });
  EXPECT_EQ(InviteWith([](auto&) {}), Verdict::kShareMax);
}

TEST_F(InvitationsTest, TheWindowOpensSoManyDaysBeforeTheDueDay) {
  market_.PassTo(*Day::FromDate(2017, 3, 21));
  EXPECT_EQ(InviteWith([](auto& act) { act.set_instalments(0, 3); }), Verdict::kWindow);
  market_.PassDays(1);
  EXPECT_EQ(InviteWith([](auto& act) { act.set_instalments(0, 3); }), Verdict::kAccepted);
}

TEST_F(InvitationsTest, AnOverdueInstalmentIsInTheWindowButALoanInDefaultIsNot) {
  market_.book().ChangePolicy([](Policy& policy) { policy.default_dpd = 20; });
  market_.PassTo(*Day::FromDate(2017, 3, 21));
  EXPECT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  market_.PassDays(1);
  EXPECT_EQ(desk_.Invite(desk_.Invitation(2)), Verdict::kWindow);
}

TEST_F(InvitationsTest, APaidLoanNeedsNoHelp) {
  ASSERT_EQ(market_.Repay(2, 1, 67'667), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 4, 1));
  EXPECT_EQ(InviteWith([](auto&) {}), Verdict::kClosed);
}

TEST_F(InvitationsTest, AFrozenBorrowerInvitesNobody) {
  auto borrower = market_.book().Get<Participant>({market_.borrower(1)});
  borrower.state = ParticipantState::kFrozen;
  market_.book().Put<Participant>({market_.borrower(1)}, borrower);
  EXPECT_EQ(InviteWith([](auto&) {}), Verdict::kFrozen);
}

TEST_F(InvitationsTest, SoManyMayBeOpenAndExpiredOnesCountNoMore) {
  EXPECT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kDuplicate);
  EXPECT_EQ(desk_.Invite(desk_.Invitation(2)), Verdict::kAccepted);
  EXPECT_EQ(desk_.Invite(desk_.Invitation(3)), Verdict::kInviteLimit);
  market_.PassDays(1);
  EXPECT_EQ(desk_.Invite(desk_.Invitation(3)), Verdict::kInviteLimit);
  market_.RollDay();  // Its sweep has not run.
  EXPECT_EQ(desk_.Invite(desk_.Invitation(3)), Verdict::kAccepted);
}

TEST_F(InvitationsTest, TheInviteeDeclinesAndTheBorrowerWithdraws) {
  ASSERT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  EXPECT_EQ(Decline(1, market_.borrower(1)), Verdict::kRole);
  EXPECT_EQ(Decline(9, market_.borrower(2)), Verdict::kUnknown);
  EXPECT_EQ(Decline(1, market_.borrower(2)), Verdict::kAccepted);
  EXPECT_EQ(InvitationNow(1).state, InvitationState::kDeclined);
  EXPECT_EQ(Decline(1, market_.borrower(2)), Verdict::kState);

  ASSERT_EQ(desk_.Invite(desk_.Invitation(2)), Verdict::kAccepted);
  EXPECT_EQ(Withdraw(2, market_.borrower(2)), Verdict::kRole);
  EXPECT_EQ(Withdraw(2, market_.borrower(1)), Verdict::kAccepted);
  EXPECT_EQ(InvitationNow(2).state, InvitationState::kWithdrawn);
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(2)), Verdict::kState);
}

TEST_F(InvitationsTest, ExpiresWithItsLastDayHoweverFarTheSweepHasCome) {
  ASSERT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  const auto acceptance = desk_.Acceptance(1);
  market_.PassDays(1);
  market_.RollDay();
  EXPECT_EQ(InvitationNow(1).state, InvitationState::kOpen);
  EXPECT_EQ(desk_.Accept(acceptance), Verdict::kInviteExpired);
  EXPECT_EQ(Withdraw(1, market_.borrower(1)), Verdict::kInviteExpired);
  market_.PassDays(0);
  EXPECT_EQ(InvitationNow(1).state, InvitationState::kExpired);
  EXPECT_EQ(desk_.Accept(acceptance), Verdict::kInviteExpired);
  EXPECT_EQ(Decline(1, market_.borrower(2)), Verdict::kInviteExpired);
}

TEST_F(InvitationsTest, TheBorrowerConsentsToAnotherDisclosureAndTheOldIsNoMoreAccepted) {
  ASSERT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  const auto old = desk_.Acceptance(1);
  auto act = Answer<act::v1::DisclosureConsent>(1);
  act.set_disclosure(std::string(32, 'S'));
  EXPECT_EQ(market_.Apply(act, {By(market_.borrower(2))}), Verdict::kRole);
  EXPECT_EQ(market_.Apply(act, {By(kPlatform, Department::kOps)}), Verdict::kRole);
  ASSERT_EQ(market_.Apply(act, {By(market_.borrower(1))}), Verdict::kAccepted);
  EXPECT_EQ(ToWire(InvitationNow(1).disclosure), std::string(32, 'S'));
  EXPECT_EQ(desk_.Accept(old), Verdict::kTerms);
  EXPECT_EQ(desk_.Accept(desk_.Acceptance(1)), Verdict::kAccepted);
  EXPECT_EQ(market_.Apply(act, {By(market_.borrower(1))}), Verdict::kState);
  act.set_invitation(ToWire(CopayDesk::InvitationId(9)));
  EXPECT_EQ(market_.Apply(act, {By(market_.borrower(1))}), Verdict::kUnknown);
}

TEST_F(InvitationsTest, NobodyConsentsForAnExpiredInvitation) {
  ASSERT_EQ(desk_.Invite(desk_.Invitation(1)), Verdict::kAccepted);
  market_.PassDays(1);
  market_.RollDay();
  auto act = Answer<act::v1::DisclosureConsent>(1);
  act.set_disclosure(std::string(32, 'S'));
  EXPECT_EQ(market_.Apply(act, {By(market_.borrower(1))}), Verdict::kInviteExpired);
}

}  // namespace
}  // namespace aval::ledger::rules
