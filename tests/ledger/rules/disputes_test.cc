#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "ledger/record/parties.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

constexpr SignerRef kPlatformOps{.party = kPlatform, .department = Department::kOps};
constexpr PartyId kSupervisor = TestInstitution(6);
constexpr SignerRef kSupervisorLegal{.party = kSupervisor, .department = Department::kLegal};

/// Loan 1 of three instalments of 338.33, due 2017-02-01, 03-01 and 04-01 and billed ten days
/// before; a day overdue costs 0.17.
class DisputesTest : public testing::Test {
 protected:
  DisputesTest() : market_(3), desk_(market_) {
    SupplyDesk::Agree(market_);
    market_.book().Put<Institution>({kSupervisor}, {.kind = InstitutionKind::kSupervisor,
                                                    .state = InstitutionState::kActive,
                                                    .name = "supervisor.example"});
    market_.Buy(market_.Order(1));
  }

  static Day InFebruary(std::uint32_t day) { return *Day::FromDate(2017, 2, day); }
  using Numbers = std::vector<std::uint32_t>;
  Verdict Open(std::uint8_t dispute, const Numbers& numbers, int days) {
    return Unchanged([&] { return desk_.Open(desk_.Quarrel(dispute, 1, numbers, days)); });
  }
  Verdict Resolve(std::uint8_t dispute) {
    return Unchanged([&] {
      return desk_.Resolve(SupplyDesk::Decision(dispute, act::v1::DisputeResolve::UPHELD));
    });
  }
  template <class Act>
  Verdict Signed(const Act& act, std::vector<SignerRef> signers) {
    return Unchanged([&] { return market_.Apply(act, signers); });
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  // As a payment of one centavo charges it.
  std::int64_t PenaltyNow(std::uint16_t number) {
    EXPECT_EQ(market_.Repay(++repayments_, 1, 1), Verdict::kAccepted);
    return Row(number).penalty.due.minor;
  }
  Instalment Row(std::uint16_t number) const { return market_.InstalmentNow(1, number); }
  SignerRef SupplierOps() const { return By(market_.supplier(), Department::kOps); }

  Market market_;
  SupplyDesk desk_;
  std::uint8_t repayments_ = 100;
};

TEST_F(DisputesTest, OpeningPausesItsInstalmentsAndChargesWhatWasLateBefore) {
  market_.PassTo(InFebruary(6));
  ASSERT_EQ(Open(1, {1, 2}, 10), Verdict::kAccepted);
  const Dispute dispute = desk_.DisputeNow(1);
  EXPECT_EQ(dispute.state, DisputeState::kOpen);
  EXPECT_EQ(dispute.loan, Market::PurchaseId(1));
  EXPECT_EQ(dispute.instalments, (std::vector<std::uint16_t>{1, 2}));
  EXPECT_EQ(dispute.opener, market_.borrower());
  EXPECT_EQ(dispute.opened, InFebruary(6));
  EXPECT_EQ(dispute.last_day, InFebruary(16));
  EXPECT_EQ(dispute.outcome, DisputeOutcome::kNone);
  EXPECT_EQ(dispute.ended, Day{});
  for (const std::uint16_t number : {std::uint16_t{1}, std::uint16_t{2}}) {
    EXPECT_EQ(Row(number).disputed_from, InFebruary(6));
    EXPECT_EQ(Row(number).disputed_until, InFebruary(17));
  }
  EXPECT_EQ(Row(3).disputed_until, Day{});
  EXPECT_EQ(Row(1).penalty.due, Amount{5 * 17});
}

TEST_F(DisputesTest, DaysInDisputeCostNothing) {
  market_.PassTo(InFebruary(6));
  ASSERT_EQ(Open(1, {1}, 10), Verdict::kAccepted);
  market_.PassTo(InFebruary(17));
  EXPECT_EQ(PenaltyNow(1), 5 * 17);
  market_.PassTo(InFebruary(20));
  EXPECT_EQ(PenaltyNow(1), 8 * 17);
}

TEST_F(DisputesTest, DaysInDisputeDoNotAge) {
  market_.book().ChangePolicy([](Policy& policy) { policy.default_dpd = 10; });
  market_.PassTo(InFebruary(10));
  ASSERT_EQ(Open(1, {1}, 15), Verdict::kAccepted);  // After nine days, until 02-25.
  market_.PassTo(InFebruary(26));
  EXPECT_FALSE(market_.LoanNow(1).defaulted);
  EXPECT_EQ(Row(1).state, InstalmentState::kOverdue);
  market_.PassTo(InFebruary(27));
  EXPECT_FALSE(market_.LoanNow(1).defaulted);
  market_.PassTo(InFebruary(28));
  EXPECT_TRUE(market_.LoanNow(1).defaulted);
}

TEST_F(DisputesTest, WhatFallsDueInDisputeFallsOverdueAfterIt) {
  market_.book().ChangePolicy([](Policy& policy) { policy.grace_days = 2; });
  market_.PassTo(*Day::FromDate(2017, 1, 25));
  ASSERT_EQ(Open(1, {1}, 16), Verdict::kAccepted);  // To 02-10.
  market_.PassTo(InFebruary(13));
  EXPECT_EQ(Row(1).state, InstalmentState::kDue);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
  market_.PassTo(InFebruary(14));
  EXPECT_EQ(Row(1).state, InstalmentState::kOverdue);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOverdue);
  EXPECT_EQ(PenaltyNow(1), 3 * 17);
}

TEST_F(DisputesTest, GraceDaysBeforeADisputeCountOnAfterIt) {
  market_.book().ChangePolicy([](Policy& policy) { policy.grace_days = 2; });
  market_.PassTo(InFebruary(2));
  ASSERT_EQ(Open(1, {1}, 3), Verdict::kAccepted);  // To 02-05.
  market_.PassTo(InFebruary(7));
  EXPECT_EQ(Row(1).state, InstalmentState::kDue);
  market_.PassTo(InFebruary(8));
  EXPECT_EQ(Row(1).state, InstalmentState::kOverdue);
  EXPECT_EQ(PenaltyNow(1), 3 * 17);
}

TEST_F(DisputesTest, ASecondDisputeAddsToThePause) {
  market_.book().ChangePolicy([](Policy& policy) { policy.grace_days = 2; });
  market_.PassTo(InFebruary(2));
  ASSERT_EQ(Open(1, {1}, 3), Verdict::kAccepted);  // To 02-05.
  market_.PassTo(InFebruary(7));
  ASSERT_EQ(Open(2, {1}, 0), Verdict::kAccepted);  // That day.
  EXPECT_EQ(Row(1).paused_days, 4U);
  market_.PassTo(InFebruary(8));
  EXPECT_EQ(Row(1).state, InstalmentState::kDue);
  market_.PassTo(InFebruary(9));
  EXPECT_EQ(Row(1).state, InstalmentState::kOverdue);
  EXPECT_EQ(PenaltyNow(1), 3 * 17);
}

TEST_F(DisputesTest, AllOfAnInstalmentTogetherLastWithinThePolicys) {
  market_.book().ChangePolicy([](Policy& policy) { policy.recovery.dispute_days = 5; });
  ASSERT_EQ(Open(1, {1, 2}, 2), Verdict::kAccepted);  // Three days.
  market_.PassDays(1);
  ASSERT_EQ(Resolve(1), Verdict::kAccepted);  // One of them.
  EXPECT_EQ(Open(2, {2}, 5), Verdict::kRange);
  ASSERT_EQ(Open(2, {2}, 4), Verdict::kAccepted);
  market_.PassDays(5);
  EXPECT_EQ(Open(3, {1, 2}, 0), Verdict::kRange);
  EXPECT_EQ(Open(3, {1}, 4), Verdict::kAccepted);
}

TEST_F(DisputesTest, BillsAndPaymentsGoOn) {
  ASSERT_EQ(Open(1, {1}, 30), Verdict::kAccepted);
  market_.PassTo(kFirstDay.Plus(21));
  EXPECT_EQ(Row(1).state, InstalmentState::kBilled);
  ASSERT_EQ(market_.Repay(1, 1, 33'833), Verdict::kAccepted);
  EXPECT_EQ(Row(1).state, InstalmentState::kPaid);
}

TEST_F(DisputesTest, AllUnpaidPenaltyLeavesOutWhatIsInDispute) {
  market_.book().ChangePolicy([](Policy& policy) { policy.penalty_on_all_unpaid = true; });
  market_.PassTo(InFebruary(6));
  ASSERT_EQ(Open(1, {1}, 30), Verdict::kAccepted);
  EXPECT_EQ(Row(1).penalty.due, Amount{5 * 51});  // Of 1,015.00.
  market_.PassTo(*Day::FromDate(2017, 3, 3));
  EXPECT_EQ(PenaltyNow(1), 5 * 51);
  EXPECT_EQ(Row(2).penalty.due, Amount{2 * 34});  // Of 676.67.
}

TEST_F(DisputesTest, TheSidesResolveItAndTimeGoesOn) {
  market_.PassTo(InFebruary(6));
  ASSERT_EQ(Open(1, {1}, 30), Verdict::kAccepted);
  market_.PassTo(InFebruary(10));
  ASSERT_EQ(Resolve(1), Verdict::kAccepted);
  const Dispute dispute = desk_.DisputeNow(1);
  EXPECT_EQ(dispute.state, DisputeState::kResolved);
  EXPECT_EQ(dispute.outcome, DisputeOutcome::kUpheld);
  EXPECT_EQ(dispute.decision.bytes[0], 'x');
  EXPECT_EQ(dispute.arbiter, PartyId::Memo());
  EXPECT_EQ(dispute.ended, InFebruary(10));
  EXPECT_EQ(Row(1).disputed_until, InFebruary(10));
  market_.PassTo(InFebruary(12));
  EXPECT_EQ(PenaltyNow(1), 7 * 17);
  EXPECT_EQ(Resolve(1), Verdict::kState);
}

TEST_F(DisputesTest, ItLapsesAfterItsLastDayWhetherSweptOrNot) {
  ASSERT_EQ(Open(1, {1}, 3), Verdict::kAccepted);
  market_.PassDays(3);
  EXPECT_EQ(desk_.DisputeNow(1).state, DisputeState::kOpen);
  EXPECT_EQ(Open(2, {1}, 3), Verdict::kDisputed);
  market_.RollDay();
  EXPECT_EQ(Resolve(1), Verdict::kState);
  EXPECT_EQ(Open(2, {1}, 3), Verdict::kAccepted);
  market_.PassDays(0);
  EXPECT_EQ(desk_.DisputeNow(1).state, DisputeState::kLapsed);
  EXPECT_EQ(desk_.DisputeNow(1).ended, kFirstDay.Plus(4));
}

TEST_F(DisputesTest, IsOfWhatIsUnpaidAndNotInAnother) {
  market_.PassTo(InFebruary(1));
  ASSERT_EQ(market_.Repay(1, 1, 33'833), Verdict::kAccepted);
  EXPECT_EQ(Open(1, {1, 2}, 3), Verdict::kState);
  EXPECT_EQ(Open(1, {0}, 3), Verdict::kUnknown);
  EXPECT_EQ(Open(1, {4}, 3), Verdict::kUnknown);
  EXPECT_EQ(Open(1, {65'538}, 3), Verdict::kUnknown);
  ASSERT_EQ(Open(1, {2}, 3), Verdict::kAccepted);
  EXPECT_EQ(Open(1, {3}, 3), Verdict::kDuplicate);
  EXPECT_EQ(Open(2, {2, 3}, 3), Verdict::kDisputed);
  EXPECT_EQ(Open(2, {3}, 3), Verdict::kAccepted);
}

TEST_F(DisputesTest, LastsWithinThePolicys) {
  EXPECT_EQ(Open(1, {1}, -1), Verdict::kRange);
  EXPECT_EQ(Open(1, {1}, 31), Verdict::kRange);
  EXPECT_EQ(Open(1, {1}, 30), Verdict::kAccepted);
}

TEST_F(DisputesTest, IsOfAnOpenLoan) {
  EXPECT_EQ(Unchanged([&] { return desk_.Open(desk_.Quarrel(1, 2, {1}, 3)); }), Verdict::kUnknown);
  ASSERT_EQ(desk_.Refund(SupplyDesk::Return(1, 1, 100'000)), Verdict::kAccepted);
  EXPECT_EQ(Open(1, {1}, 3), Verdict::kClosed);
}

TEST_F(DisputesTest, BorrowerAndSupplierMayOpenIt) {
  const auto act = desk_.Quarrel(1, 1, {1}, 3);
  EXPECT_EQ(Signed(act, {kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(market_.borrower(2))}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(market_.borrower()), kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(market_.supplier(), Department::kTreasury)}), Verdict::kRole);
  ASSERT_EQ(Signed(act, {SupplierOps()}), Verdict::kAccepted);
  EXPECT_EQ(desk_.DisputeNow(1).opener, market_.supplier());
}

TEST_F(DisputesTest, ACoPayerMayOpenItOfWhatItStandsFor) {
  CopayDesk copay(market_);
  market_.PassTo(InFebruary(1));
  ASSERT_EQ(market_.Repay(1, 1, 33'833), Verdict::kAccepted);
  market_.PassTo(InFebruary(24));
  ASSERT_EQ(copay.Agree(copay.Invitation(1), 1), Verdict::kAccepted);
  const SignerRef co_payer = By(market_.borrower(2));
  EXPECT_EQ(Signed(desk_.Quarrel(1, 1, {2, 3}, 3), {co_payer}), Verdict::kRole);
  EXPECT_EQ(Signed(desk_.Quarrel(1, 1, {2}, 3), {By(market_.borrower(3))}), Verdict::kRole);
  ASSERT_EQ(Signed(desk_.Quarrel(1, 1, {2}, 3), {co_payer}), Verdict::kAccepted);
  EXPECT_EQ(desk_.DisputeNow(1).opener, market_.borrower(2));
  // No new debit in it.
  EXPECT_EQ(Unchanged([&] { return copay.Create(copay.Instruction(1, 5'000)); }),
            Verdict::kDisputed);
  ASSERT_EQ(Resolve(1), Verdict::kAccepted);
  EXPECT_EQ(copay.Create(copay.Instruction(1, 5'000)), Verdict::kAccepted);
}

TEST_F(DisputesTest, TheOtherSideOrAnArbiterResolvesIt) {
  const auto act = SupplyDesk::Decision(1, act::v1::DisputeResolve::REJECTED);
  EXPECT_EQ(Signed(act, {kSupervisorLegal}), Verdict::kUnknown);
  ASSERT_EQ(Signed(desk_.Quarrel(1, 1, {1}, 3), {SupplierOps()}), Verdict::kAccepted);
  EXPECT_EQ(Signed(act, {SupplierOps(), kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(market_.borrower())}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(kBankA, Department::kLegal)}), Verdict::kRole);
  EXPECT_EQ(Signed(act, {By(kSupervisor, Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(Signed(SupplyDesk::Decision(1, act::v1::DisputeResolve::OUTCOME_UNSPECIFIED),
                   {kSupervisorLegal}),
            Verdict::kRange);
  market_.book().SetInstitutionState(kSupervisor, InstitutionState::kSuspended);
  EXPECT_EQ(Signed(act, {kSupervisorLegal}), Verdict::kSuspended);
  market_.book().SetInstitutionState(kSupervisor, InstitutionState::kActive);
  ASSERT_EQ(Signed(act, {kSupervisorLegal}), Verdict::kAccepted);
  EXPECT_EQ(desk_.DisputeNow(1).arbiter, kSupervisor);
  EXPECT_EQ(desk_.DisputeNow(1).outcome, DisputeOutcome::kRejected);
  ASSERT_EQ(Signed(desk_.Quarrel(2, 1, {1}, 3), {SupplierOps()}), Verdict::kAccepted);
  EXPECT_EQ(Signed(SupplyDesk::Decision(2, act::v1::DisputeResolve::SPLIT),
                   {By(market_.borrower()), kPlatformOps}),
            Verdict::kAccepted);
}

}  // namespace
}  // namespace aval::ledger::rules
