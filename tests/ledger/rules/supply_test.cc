// What the platform owes for what was bought: deliveries, escrow, assigned receivables.

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "ledger/record/notices.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

constexpr SignerRef kPlatformOps{.party = kPlatform, .department = Department::kOps};

class SupplyTest : public testing::Test {
 protected:
  SupplyTest() : market_(2), desk_(market_) { SupplyDesk::Agree(market_); }

  void Buy() { market_.Buy(market_.Order(1)); }
  void BuyPrepaid(const std::vector<int>& later) { market_.Buy(desk_.PrepaidOrder(1, later)); }
  // Bought, and delivered on these terms.
  void BuyOn(std::uint32_t payment_days) {
    Buy();
    ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, payment_days)), Verdict::kAccepted);
  }
  template <class Act>
  Verdict Refused(const Act& act, std::vector<SignerRef> signers) {
    return Unchanged([&] { return market_.Apply(act, signers); });
  }
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  std::int64_t Balance(PartyId owner, std::uint16_t code, PartyId subject) {
    return market_.book().Balance(owner, code, subject.id).minor;
  }
  std::int64_t OfPurchase(PartyId owner, std::uint16_t code) {
    return market_.book().Balance(owner, code, Market::PurchaseId(1)).minor;
  }
  SupplierSales Sales() {
    return market_.book().Get<SupplierSales>(
        {.supplier = market_.supplier(), .currency = TestCurrency()});
  }
  SignerRef SupplierOps() const { return By(market_.supplier(), Department::kOps); }
  SignerRef SupplierTreasury() const { return By(market_.supplier(), Department::kTreasury); }

  Market market_;
  SupplyDesk desk_;
};

using DeliveryTest = SupplyTest;

TEST_F(DeliveryTest, WithoutDaysThePlatformOwesAtOnce) {
  BuyOn(0);
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), 0);
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), -100'000);
  EXPECT_EQ(Balance(market_.supplier(), 1300, kPlatform), 100'000);
  EXPECT_EQ(Balance(market_.supplier(), 1350, kPlatform), 0);
  const Purchase purchase = market_.PurchaseNow(1);
  EXPECT_EQ(purchase.state, PurchaseState::kDelivered);
  EXPECT_EQ(purchase.payable, Amount{});
  EXPECT_EQ(purchase.payable_due, Day{});
}

TEST_F(DeliveryTest, WithDaysThePlatformOwesOnTheLastOfThem) {
  BuyOn(30);
  const Purchase purchase = market_.PurchaseNow(1);
  EXPECT_EQ(purchase.state, PurchaseState::kDelivered);
  EXPECT_EQ(purchase.payable, Amount{100'000});
  EXPECT_EQ(purchase.payable_due, kFirstDay.Plus(30));
  EXPECT_TRUE(market_.book().journal().empty());
  market_.PassDays(29);
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), -100'000);
  market_.PassDays(1);
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), 0);
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), -100'000);
  EXPECT_EQ(Balance(market_.supplier(), 1300, kPlatform), 100'000);
  EXPECT_EQ(Balance(market_.supplier(), 1350, kPlatform), 0);
  EXPECT_EQ(market_.PurchaseNow(1).payable, Amount{});
}

TEST_F(DeliveryTest, DaysAreWithinThePolicys) {
  Buy();
  EXPECT_EQ(Unchanged([&] { return desk_.Deliver(SupplyDesk::Delivery(1, 61)); }), Verdict::kTenor);
  EXPECT_EQ(Unchanged([&] { return desk_.Deliver(SupplyDesk::Delivery(1, UINT32_MAX)); }),
            Verdict::kTenor);
  EXPECT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 60)), Verdict::kAccepted);
}

TEST_F(DeliveryTest, IsBothSidesWord) {
  Buy();
  const auto act = SupplyDesk::Delivery(1, 0);
  EXPECT_EQ(Refused(act, {SupplierOps()}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {SupplierOps(), By(market_.borrower())}), Verdict::kRole);
  EXPECT_EQ(Refused(SupplyDesk::Delivery(2, 0), {SupplierOps(), kPlatformOps}), Verdict::kUnknown);
}

TEST_F(DeliveryTest, IsOfWhatWasCapturedAndNotYetDelivered) {
  ASSERT_EQ(market_.Authorise(market_.Order(1)), Verdict::kAccepted);
  const auto deliver = [&] { return desk_.Deliver(SupplyDesk::Delivery(1, 0)); };
  EXPECT_EQ(Unchanged(deliver), Verdict::kOrder);
  ASSERT_EQ(market_.Capture(1, 50'000), Verdict::kAccepted);
  EXPECT_EQ(deliver(), Verdict::kAccepted);
  EXPECT_EQ(Unchanged(deliver), Verdict::kOrder);
}

TEST_F(DeliveryTest, IsNotOfWhatWasRefundedOrPrepaid) {
  Buy();
  ASSERT_EQ(desk_.Refund(SupplyDesk::Return(1, 1, 100'000)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Deliver(SupplyDesk::Delivery(1, 0)); }), Verdict::kOrder);
  market_.Buy(desk_.PrepaidOrder(2, {}));
  EXPECT_EQ(Unchanged([&] { return desk_.Deliver(SupplyDesk::Delivery(2, 0)); }), Verdict::kOrder);
}

using SalesTest = SupplyTest;

TEST_F(SalesTest, CountTheDaysFromCaptureToWhatThePlatformOwes) {
  BuyOn(0);
  EXPECT_EQ(Sales().collected, Amount{100'000});
  EXPECT_EQ(Sales().amount_days, 0U);
  market_.Buy(market_.Order(2));
  ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(2, 30)), Verdict::kAccepted);
  market_.PassDays(29);
  EXPECT_EQ(Sales().collected, Amount{100'000});
  market_.PassDays(1);
  EXPECT_EQ(Sales().collected, Amount{200'000});
  EXPECT_EQ(Sales().amount_days, 100'000U * 30U);
}

TEST_F(SalesTest, CountWhatIsSoldToAFinancierFromThatDayAndOnce) {
  BuyOn(30);
  market_.PassDays(10);
  ASSERT_EQ(desk_.Assign(SupplyDesk::Sale(1, 95'000)), Verdict::kAccepted);
  market_.PassDays(20);
  EXPECT_EQ(Sales().collected, Amount{100'000});
  EXPECT_EQ(Sales().amount_days, 100'000U * 10U);
}

TEST_F(SalesTest, CountEachStepOfAnEscrowByItself) {
  BuyPrepaid({5});
  ASSERT_EQ(desk_.Release(SupplyDesk::Step(1, 1)), Verdict::kAccepted);
  market_.PassDays(5);
  ASSERT_EQ(desk_.Release(SupplyDesk::Step(1, 2)), Verdict::kAccepted);
  EXPECT_EQ(Sales().collected, Amount{100'000});
  EXPECT_EQ(Sales().amount_days, 50'000U * 5U);
}

TEST_F(SalesTest, KeepTheirQuotientWhenASumIsFull) {
  market_.book().Put<SupplierSales>(
      {.supplier = market_.supplier(), .currency = TestCurrency()},
      {.collected = {2'000'000}, .amount_days = std::numeric_limits<std::uint64_t>::max() - 1});
  Buy();
  market_.PassDays(1);
  ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 0)), Verdict::kAccepted);
  EXPECT_EQ(Sales().collected, Amount{1'100'000});
  EXPECT_EQ(Sales().amount_days, std::numeric_limits<std::uint64_t>::max() / 2 + 100'000U);
}

using EscrowTest = SupplyTest;

TEST_F(EscrowTest, PrepaidScenariosAloneHaveSteps) {
  auto order = market_.Order(1);
  order.set_scenario(2);
  EXPECT_EQ(Unchanged([&] { return market_.Authorise(order); }), Verdict::kScenario);
  order = desk_.PrepaidOrder(1, {1});
  order.set_scenario(1);
  EXPECT_EQ(Unchanged([&] { return market_.Authorise(order); }), Verdict::kScenario);
  EXPECT_EQ(market_.Authorise(desk_.PrepaidOrder(1, {1})), Verdict::kAccepted);
  const std::vector<Day> days{kFirstDay, kFirstDay.Plus(1)};
  EXPECT_EQ(market_.PurchaseNow(1).release_days, days);
}

TEST_F(EscrowTest, StepsAreAsManyAsThePolicySaysAndBeginTodayAtTheEarliest) {
  EXPECT_EQ(Unchanged([&] { return market_.Authorise(desk_.PrepaidOrder(1, {1, 2, 3, 4})); }),
            Verdict::kRange);
  auto order = desk_.PrepaidOrder(1, {1, 2, 3});
  order.set_release_days(0, ToWire(kFirstDay.Plus(-1)));
  EXPECT_EQ(Unchanged([&] { return market_.Authorise(order); }), Verdict::kRange);
  EXPECT_EQ(market_.Authorise(desk_.PrepaidOrder(1, {1, 2, 3})), Verdict::kAccepted);
}

TEST_F(EscrowTest, EachStepReleasesItsPartOfWhatIsLeft) {
  BuyPrepaid({5, 9});
  ASSERT_EQ(desk_.Release(SupplyDesk::Step(1, 1)), Verdict::kAccepted);
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), -66'667);
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), -33'333);
  EXPECT_EQ(Balance(market_.supplier(), 1300, kPlatform), 33'333);
  EXPECT_EQ(Balance(market_.supplier(), 1350, kPlatform), 66'667);
  EXPECT_EQ(market_.PurchaseNow(1).state, PurchaseState::kCaptured);
  EXPECT_EQ(market_.PurchaseNow(1).released, 1U);
  market_.PassDays(9);
  // A refund in between is the supplier's to give from what it has not got yet.
  ASSERT_EQ(desk_.Refund(SupplyDesk::Return(1, 1, 6'666)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Release(SupplyDesk::Step(1, 2)), Verdict::kAccepted);
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), -33'333 - 30'000);
  ASSERT_EQ(desk_.Release(SupplyDesk::Step(1, 3)), Verdict::kAccepted);
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), 0);
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), -93'334);
  EXPECT_EQ(market_.PurchaseNow(1).state, PurchaseState::kDelivered);
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(1, 4)); }), Verdict::kOrder);
}

TEST_F(EscrowTest, StepsComeInTheirOrderAndNotBeforeTheirDays) {
  BuyPrepaid({5});
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(1, 0)); }), Verdict::kOrder);
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(1, 2)); }), Verdict::kOrder);
  ASSERT_EQ(desk_.Release(SupplyDesk::Step(1, 1)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(1, 1)); }), Verdict::kOrder);
  market_.PassDays(4);
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(1, 2)); }), Verdict::kOrder);
  market_.PassDays(1);
  EXPECT_EQ(desk_.Release(SupplyDesk::Step(1, 2)), Verdict::kAccepted);
}

TEST_F(EscrowTest, TheBorrowerOrThePlatformConfirmsAStep) {
  BuyPrepaid({1});
  const auto act = SupplyDesk::Step(1, 1);
  EXPECT_EQ(Refused(act, {SupplierOps()}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {By(market_.borrower()), kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {SupplierOps(), By(market_.borrower(2))}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {SupplierOps(), By(market_.borrower()), kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Refused(SupplyDesk::Step(2, 1), {SupplierOps(), kPlatformOps}), Verdict::kUnknown);
  EXPECT_EQ(market_.Apply(act, {SupplierOps(), By(market_.borrower())}), Verdict::kAccepted);
}

TEST_F(EscrowTest, WhatIsNotPrepaidOrNotCapturedHasNoSteps) {
  Buy();
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(1, 1)); }), Verdict::kOrder);
  ASSERT_EQ(market_.Authorise(desk_.PrepaidOrder(2, {})), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(2, 1)); }), Verdict::kOrder);
  ASSERT_EQ(market_.Capture(2, 40'000), Verdict::kAccepted);
  ASSERT_EQ(desk_.Refund(SupplyDesk::Return(1, 2, 40'000)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.Release(SupplyDesk::Step(2, 1)); }), Verdict::kOrder);
}

using ReceivableTest = SupplyTest;

TEST_F(ReceivableTest, TheFinancierPaysThePriceAndIsOwedTheFace) {
  BuyOn(30);
  ASSERT_EQ(desk_.Assign(SupplyDesk::Sale(1, 95'000)), Verdict::kAccepted);
  EXPECT_EQ(Balance(market_.supplier(), 1300, kBankB), 95'000);
  EXPECT_EQ(OfPurchase(market_.supplier(), 5300), 5'000);
  EXPECT_EQ(Balance(market_.supplier(), 1350, kPlatform), 0);
  EXPECT_EQ(OfPurchase(kBankB, 1400), 100'000);
  EXPECT_EQ(Balance(kBankB, 2200, market_.supplier()), -95'000);
  EXPECT_EQ(OfPurchase(kBankB, 4110), -5'000);
  EXPECT_EQ(Balance(kPlatform, 2100, market_.supplier()), 0);
  EXPECT_EQ(Balance(kPlatform, 2100, kBankB), -100'000);
  EXPECT_EQ(market_.PurchaseNow(1).financier, kBankB);
  market_.PassDays(30);
  EXPECT_EQ(Balance(kPlatform, 2100, kBankB), 0);
  EXPECT_EQ(Balance(kPlatform, 2200, kBankB), -100'000);
  EXPECT_EQ(Balance(kPlatform, 2200, market_.supplier()), 0);
  EXPECT_EQ(Balance(kBankB, 1300, kPlatform), 100'000);
  EXPECT_EQ(OfPurchase(kBankB, 1400), 0);
}

TEST_F(ReceivableTest, IsSoldOnce) {
  BuyOn(30);
  ASSERT_EQ(desk_.Assign(SupplyDesk::Sale(1, 95'000)), Verdict::kAccepted);
  const auto again = [&] { return desk_.Assign(SupplyDesk::Sale(1, 95'000)); };
  EXPECT_EQ(Unchanged(again), Verdict::kDoubleAssign);
  market_.PassDays(30);
  EXPECT_EQ(Unchanged(again), Verdict::kDoubleAssign);
}

TEST_F(ReceivableTest, IsPayableOnADayToCome) {
  const auto assign = [&] { return desk_.Assign(SupplyDesk::Sale(1, 95'000)); };
  Buy();
  EXPECT_EQ(Unchanged(assign), Verdict::kOrder);
  ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 2)), Verdict::kAccepted);
  market_.PassDays(1);
  market_.RollDay();  // Due today, whether or not the sweep has come to it.
  EXPECT_EQ(Unchanged(assign), Verdict::kOrder);
  market_.PassDays(0);
  EXPECT_EQ(Unchanged(assign), Verdict::kOrder);
}

TEST_F(ReceivableTest, IsSoldWithinThePolicysTerm) {
  market_.book().ChangePolicy([](Policy& policy) { policy.supplier.assign_max_days = 20; });
  BuyOn(21);
  const auto assign = [&] { return desk_.Assign(SupplyDesk::Sale(1, 95'000)); };
  EXPECT_EQ(Unchanged(assign), Verdict::kTenor);
  market_.PassDays(1);
  EXPECT_EQ(assign(), Verdict::kAccepted);
}

TEST_F(ReceivableTest, CostsAtMostItsFace) {
  BuyOn(30);
  for (const std::int64_t price : {-1, 0, 100'001}) {
    EXPECT_EQ(Unchanged([&] { return desk_.Assign(SupplyDesk::Sale(1, price)); }),
              Verdict::kAmount);
  }
  EXPECT_EQ(desk_.Assign(SupplyDesk::Sale(1, 100'000)), Verdict::kAccepted);
  EXPECT_EQ(OfPurchase(kBankB, 4110), 0);
}

TEST_F(ReceivableTest, ThreeHandsSellIt) {
  BuyOn(30);
  const auto act = SupplyDesk::Sale(1, 95'000);
  const SignerRef credit = By(kBankB, Department::kCredit);
  EXPECT_EQ(Refused(act, {SupplierTreasury(), credit}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {SupplierTreasury(), kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {credit, kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {SupplierOps(), credit, kPlatformOps}), Verdict::kRole);
  EXPECT_EQ(Refused(act, {SupplierTreasury(), By(kBankB, Department::kOps), kPlatformOps}),
            Verdict::kRole);
  EXPECT_EQ(Refused(SupplyDesk::Sale(2, 95'000), {SupplierTreasury(), credit, kPlatformOps}),
            Verdict::kUnknown);
}

TEST_F(ReceivableTest, TheFinancierIsALenderInBusinessAndNotThePlatform) {
  BuyOn(30);
  auto act = SupplyDesk::Sale(1, 95'000);
  act.set_financier(ToWire(kAttester));
  EXPECT_EQ(Unchanged([&] { return desk_.Assign(act); }), Verdict::kRole);
  act.set_financier(ToWire(kPlatform));
  EXPECT_EQ(Unchanged([&] { return desk_.Assign(act); }), Verdict::kRole);
  act.set_financier(ToWire(kBankB));
  market_.book().SetInstitutionState(kBankB, InstitutionState::kSuspended);
  EXPECT_EQ(Unchanged([&] { return desk_.Assign(act); }), Verdict::kSuspended);
}

TEST_F(ReceivableTest, EveryCoPayerOfTheLoanIsNotifiedOnce) {
  CopayDesk copay(market_);
  copay.OpenLoan();
  ASSERT_EQ(copay.Agree(copay.Invitation(1), 1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Deliver(SupplyDesk::Delivery(1, 30)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Assign(SupplyDesk::Sale(1, 95'000)), Verdict::kAccepted);
  const auto notices = market_.book().state().List<Notice>({}, 10);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices.front().first.party, market_.borrower(2));
  EXPECT_EQ(notices.front().first.leaf, market_.book().leaf());
  EXPECT_EQ(notices.front().first.number, 0U);
  EXPECT_EQ(notices.front().second.kind, NoticeKind::kReceivableAssigned);
  EXPECT_EQ(notices.front().second.subject, Market::PurchaseId(1));
  EXPECT_EQ(notices.front().second.day, market_.book().today());
}

}  // namespace
}  // namespace aval::ledger::rules
