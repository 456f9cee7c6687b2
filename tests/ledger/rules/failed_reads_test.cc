#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/recovery_desk.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

/// Fails every read but the first `good` ones, as a disk that has gone.
class FailingReader final : public Reader {
 public:
  FailingReader(const Reader& below, int good) : below_(below), good_(good) {}

  Result<std::optional<Bytes>> Get(ByteView key) const override {
    if (good_-- <= 0) return kGone;
    return below_.Get(key);
  }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    if (good_-- <= 0) return kGone;
    return below_.Scan(from, to, visit);
  }

 private:
  inline static const Error kGone{.code = Code::kIo, .message = "disk gone"};
  const Reader& below_;
  mutable int good_;
};

using Rule = std::function<Verdict(Context&)>;

/// Runs the rule again and again, its first failing read later each time, until none fails: the
/// machine stops the node then by the overlay's failure, so the rule must come back to it.
Verdict SurvivesEveryFailedRead(Market& market, std::vector<SignerRef> signers, const Rule& rule) {
  std::sort(signers.begin(), signers.end());
  for (int good = 0;; ++good) {
    const FailingReader reader(market.book().state(), good);
    Overlay written(&reader);
    Context context(written, {.leaf = 99,
                              .time_ms = 0,
                              .today = market.book().today(),
                              .identity = {},
                              .signers = signers});
    const Verdict verdict = rule(context);
    if (!written.failure()) return verdict;
  }
}

template <class Act>
Rule Applying(const Act& act) {
  return [act](Context& context) { return Apply(context, act); };
}

class FailedReadsTest : public testing::Test {
 protected:
  static constexpr SignerRef kPlatformOps{.party = kPlatform, .department = Department::kOps};
  Market market_;
};

TEST_F(FailedReadsTest, AnAuthorisationComesBack) {
  auto order = market_.Order(1);
  order.mutable_amount()->set_minor(600'000);
  market_.Buy(order);
  ASSERT_EQ(market_.Repay(1, 1, 100'000), Verdict::kAccepted);
  auto short_lived = market_.Order(2);
  short_lived.set_expiry_day(ToWire(kFirstDay.Plus(20)));
  ASSERT_EQ(market_.Authorise(short_lived), Verdict::kAccepted);
  market_.PassDays(20);
  market_.RollDay();  // A reservation has ended and a bill takes held money.
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(market_.borrower()), kPlatformOps},
                                    Applying(market_.Order(3))),
            Verdict::kAccepted);
}

TEST_F(FailedReadsTest, ACaptureAndAVoidComeBack) {
  ASSERT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
  act::v1::PurchaseCapture capture;
  capture.set_purchase(ToWire(Market::PurchaseId(1)));
  capture.set_amount(60'000);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {kPlatformOps}, Applying(capture)),
            Verdict::kAccepted);
  act::v1::PurchaseVoid revoke;
  revoke.set_purchase(ToWire(Market::PurchaseId(1)));
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {kPlatformOps}, Applying(revoke)), Verdict::kAccepted);
}

TEST_F(FailedReadsTest, ADeliveryComesBack) {
  market_.Buy(market_.Order(1));
  act::v1::DeliveryConfirm deliver;
  deliver.set_purchase(ToWire(Market::PurchaseId(1)));
  EXPECT_EQ(
      SurvivesEveryFailedRead(market_, {By(market_.supplier(), Department::kOps), kPlatformOps},
                              Applying(deliver)),
      Verdict::kAccepted);
}

TEST_F(FailedReadsTest, ARepaymentOfAnOverdueLoanComesBack) {
  market_.Buy(market_.Order(1));
  market_.PassTo(*Day::FromDate(2017, 3, 1));
  market_.RollDay();
  act::v1::Repay repay;
  repay.set_repayment(ToWire(Market::RepaymentId(1)));
  repay.set_loan(ToWire(Market::PurchaseId(1)));
  repay.mutable_amount()->set_currency("BRL");
  repay.mutable_amount()->set_minor(80'000);
  repay.set_reference(std::string(32, 'r'));
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kBankB, Department::kOps)}, Applying(repay)),
            Verdict::kAccepted);
}

TEST_F(FailedReadsTest, AnEarlyRepaymentComesBack) {
  market_.book().ChangePolicy([](Policy& policy) {
    policy.early = {.charges = arithmetic::EarlyCharges::kCurrentOnly, .prepay_ppm = 0};
  });
  market_.Buy(market_.Order(1));
  market_.PassDays(30);
  RecoveryDesk desk(market_);
  const auto quote = desk.Quote(1, 1, 101'000);
  EXPECT_EQ(
      SurvivesEveryFailedRead(market_, {By(market_.borrower()), kPlatformOps}, Applying(quote)),
      Verdict::kAccepted);
  ASSERT_EQ(desk.Agree(quote), Verdict::kAccepted);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kBankB, Department::kOps)},
                                    Applying(desk.Payment(1, 1))),
            Verdict::kAccepted);
}

TEST_F(FailedReadsTest, AWriteOffAndARecoveryComeBack) {
  market_.Buy(market_.Order(1));
  ASSERT_EQ(market_.Authorise(market_.Order(2)), Verdict::kAccepted);
  ASSERT_EQ(market_.Repay(1, 1, 1'000), Verdict::kAccepted);
  RecoveryDesk desk(market_);
  const SignerRef bank_a{.party = kBankA, .department = Department::kCredit};
  const SignerRef platform{.party = kPlatform, .department = Department::kCredit};
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {bank_a}, Applying(desk.GivingUp(1, true))),
            Verdict::kAccepted);
  ASSERT_EQ(desk.GiveUp(1, kBankA, true), Verdict::kAccepted);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {platform}, Applying(desk.GivingUp(1, true))),
            Verdict::kAccepted);
  ASSERT_EQ(desk.GiveUp(1, kPlatform, true), Verdict::kAccepted);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kBankB, Department::kOps)},
                                    Applying(desk.Recovering(1, 1, 50'000))),
            Verdict::kAccepted);
}

TEST_F(FailedReadsTest, ARestructuringComesBack) {
  market_.book().ChangePolicy([](Policy& policy) {
    policy.recovery.restructurings = 1;
    policy.recovery.restructure_days = 100;
  });
  market_.Buy(market_.Order(1));
  market_.PassDays(40);
  RecoveryDesk desk(market_);
  const auto proposal = desk.Proposal(1, 1);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(market_.borrower())}, Applying(proposal)),
            Verdict::kAccepted);
  ASSERT_EQ(desk.Propose(proposal), Verdict::kAccepted);
  ASSERT_EQ(desk.ConsentAs(kPlatform, 1), Verdict::kAccepted);
  ASSERT_EQ(desk.ConsentAs(market_.borrower(), 1), Verdict::kAccepted);
  const SignerRef bank_a{.party = kBankA, .department = Department::kCredit};
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {bank_a}, Applying(desk.Consent(1))),
            Verdict::kAccepted);
}

TEST_F(FailedReadsTest, AStepOfAnEscrowComesBack) {
  SupplyDesk::Agree(market_);
  market_.Buy(SupplyDesk(market_).PrepaidOrder(1, {5}));
  EXPECT_EQ(
      SurvivesEveryFailedRead(market_, {By(market_.supplier(), Department::kOps), kPlatformOps},
                              Applying(SupplyDesk::Step(1, 1))),
      Verdict::kAccepted);
}

/// A loan of borrower 1's, of which borrower 2 has paid a part; delivered, and paid later.
class FailedReadsOfSupplyTest : public testing::Test {
 protected:
  static constexpr SignerRef kPlatformOps{.party = kPlatform, .department = Department::kOps};

  FailedReadsOfSupplyTest() : market_(2), desk_(market_) {
    SupplyDesk::Agree(market_);
    CopayDesk copay(market_);
    copay.OpenLoan();
    EXPECT_EQ(copay.Agree(copay.Invitation(1), 1), Verdict::kAccepted);
    EXPECT_EQ(copay.Create(copay.Instruction(1, 10'000)), Verdict::kAccepted);
    EXPECT_EQ(copay.Submit(1), Verdict::kAccepted);
    EXPECT_EQ(copay.Result(copay.Confirmation(1, 10'000)), Verdict::kAccepted);
    EXPECT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 10)), Verdict::kAccepted);
  }

  Market market_;
  SupplyDesk desk_;
};

TEST_F(FailedReadsOfSupplyTest, AnAssignmentAndWhatFallsDueComeBack) {
  EXPECT_EQ(SurvivesEveryFailedRead(market_,
                                    {By(market_.supplier(), Department::kTreasury),
                                     By(kBankB, Department::kCredit), kPlatformOps},
                                    Applying(SupplyDesk::Sale(1, 90'000))),
            Verdict::kAccepted);
  market_.PassDays(9);
  market_.RollDay();
  const CalendarItem::Key due{
      .day = market_.book().today(), .queue = Queue::kPayable, .subject = Market::PurchaseId(1)};
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {},
                                    [&](Context& context) { return RunPayableItem(context, due); }),
            Verdict::kAccepted);
}

TEST_F(FailedReadsOfSupplyTest, ARefundAndAPayBackComeBack) {
  market_.PassDays(9);
  market_.RollDay();
  EXPECT_EQ(
      SurvivesEveryFailedRead(market_, {By(market_.supplier(), Department::kOps), kPlatformOps},
                              Applying(SupplyDesk::Return(1, 1, 100'000))),
      Verdict::kAccepted);
  ASSERT_EQ(desk_.Refund(SupplyDesk::Return(1, 1, 100'000)), Verdict::kAccepted);
  market_.PassDays(1);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kBankB, Department::kOps), kPlatformOps},
                                    Applying(desk_.Payment(1, 2, 10'000))),
            Verdict::kAccepted);
}

TEST_F(FailedReadsOfSupplyTest, ADisputeComesBack) {
  market_.PassDays(9);
  market_.RollDay();
  const auto open = desk_.Quarrel(1, 1, {2}, 3);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(market_.borrower(2))}, Applying(open)),
            Verdict::kAccepted);
  ASSERT_EQ(desk_.Open(open), Verdict::kAccepted);
  EXPECT_EQ(
      SurvivesEveryFailedRead(market_, {By(market_.supplier(), Department::kOps), kPlatformOps},
                              Applying(SupplyDesk::Decision(1, act::v1::DisputeResolve::SPLIT))),
      Verdict::kAccepted);
  market_.PassDays(3);
  market_.RollDay();
  const CalendarItem::Key end{
      .day = market_.book().today(), .queue = Queue::kDispute, .subject = SupplyDesk::DisputeId(1)};
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {},
                                    [&](Context& context) { return RunDisputeItem(context, end); }),
            Verdict::kAccepted);
}

TEST_F(FailedReadsTest, ItemsAndADayRollComeBack) {
  market_.Buy(market_.Order(1));
  ASSERT_EQ(market_.Authorise(market_.Order(2)), Verdict::kAccepted);
  const CalendarItem::Key bill{.day = market_.InstalmentNow(1, 1).next_day,
                               .queue = Queue::kInstalment,
                               .subject = Market::PurchaseId(1),
                               .number = 1};
  EXPECT_EQ(SurvivesEveryFailedRead(
                market_, {}, [&](Context& context) { return RunInstalmentItem(context, bill); }),
            Verdict::kAccepted);
  market_.book().SetDay(kFirstDay.Plus(11));
  const CalendarItem::Key expiry{
      .day = kFirstDay.Plus(11), .queue = Queue::kReservation, .subject = Market::PurchaseId(2)};
  EXPECT_EQ(SurvivesEveryFailedRead(
                market_, {}, [&](Context& context) { return RunReservationItem(context, expiry); }),
            Verdict::kAccepted);
  market_.book().SetDay(kFirstDay);
  act::v1::DayRoll roll;
  roll.set_day(ToWire(kFirstDay.Plus(1)));
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kBankA, Department::kOps), kPlatformOps},
                                    Applying(roll)),
            Verdict::kAccepted);
}

/// Loan 1 of CopayDesk with a debit of borrower 2 confirmed and another created, both overdue.
class FailedCopayReadsTest : public testing::Test {
 protected:
  FailedCopayReadsTest() : market_(2), desk_(market_) {
    desk_.OpenLoan();
    auto invitation = desk_.Invitation(1);
    invitation.set_mode(act::v1::JOINT_GUARANTEE);
    invitation.set_joint(true);
    EXPECT_EQ(desk_.Agree(invitation, 1), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 6));
    EXPECT_EQ(desk_.Create(desk_.Instruction(1, 10'000)), Verdict::kAccepted);
    EXPECT_EQ(desk_.Submit(1), Verdict::kAccepted);
    EXPECT_EQ(desk_.Result(desk_.Confirmation(1, 10'000)), Verdict::kAccepted);
    EXPECT_EQ(desk_.Create(desk_.Instruction(2, 5'000)), Verdict::kAccepted);
    market_.PassDays(2);
    market_.RollDay();  // Its sweep has not run.
  }
  static std::string Agreement() { return ToWire(CopayDesk::AgreementId(1)); }

  Market market_;
  CopayDesk desk_;
};

TEST_F(FailedCopayReadsTest, AReturnComesBack) {
  act::v1::DebitReturn act;
  act.set_debit(ToWire(CopayDesk::DebitId(1)));
  act.set_reference(std::string(32, 'b'));
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kBankB, Department::kOps)}, Applying(act)),
            Verdict::kAccepted);
}

TEST_F(FailedCopayReadsTest, ATerminationAndADemandComeBack) {
  act::v1::CopayTerminate terminate;
  terminate.set_agreement(Agreement());
  terminate.set_ground(act::v1::CopayTerminate::REGULATORY);
  EXPECT_EQ(
      SurvivesEveryFailedRead(market_, {By(kBankA, Department::kCompliance)}, Applying(terminate)),
      Verdict::kAccepted);
  act::v1::Demand demand;
  demand.set_agreement(Agreement());
  demand.set_notice(std::string(32, 'n'));
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kBankA, Department::kCredit)}, Applying(demand)),
            Verdict::kAccepted);
}

TEST_F(FailedCopayReadsTest, WhatAClaimMeetsComesBack) {
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(market_.borrower(1)), By(market_.borrower(2))},
                                    Applying(desk_.PayingBack(1, 1'000))),
            Verdict::kAccepted);
  market_.book().SetDay(desk_.ClaimNow(1).last_day.Plus(1));
  const CalendarItem::Key item{
      .day = market_.book().today(), .queue = Queue::kClaim, .subject = CopayDesk::AgreementId(1)};
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {},
                                    [&](Context& context) { return RunClaimItem(context, item); }),
            Verdict::kAccepted);
}

TEST_F(FailedCopayReadsTest, AMandatesDebitComesBack) {
  ASSERT_EQ(desk_.Give(1), Verdict::kAccepted);
  EXPECT_EQ(SurvivesEveryFailedRead(market_, {By(kPlatform, Department::kOps)},
                                    Applying(desk_.OwnInstruction(3, 10'000))),
            Verdict::kAccepted);
}

}  // namespace
}  // namespace aval::ledger::rules
