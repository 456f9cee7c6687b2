#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "ledger/wire.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

using testing::ElementsAre;

// A policy of its own day that changes the first one.
void NewPolicy(Market& market, Day effective, const std::function<void(Policy&)>& change) {
  Policy policy = market.book().Get<Policy>({.effective = kFirstDay, .version = 1});
  change(policy);
  market.book().Put<Policy>({.effective = effective, .version = 2}, policy);
}

std::vector<std::int64_t> PrincipalsOf(const Market& market, std::uint8_t loan) {
  std::vector<std::int64_t> principals;
  for (std::uint16_t k = 1; k <= market.LoanNow(loan).instalments; ++k) {
    principals.push_back(market.InstalmentNow(loan, k).principal.due.minor);
  }
  return principals;
}

TEST(PurchaseCaptureTest, MakesTheLoanFromThePurchaseAndTheGrant) {
  Market market;
  market.Buy(market.Order(1));
  const Loan loan = market.LoanNow(1);
  EXPECT_EQ(loan.state, LoanState::kOpen);
  EXPECT_EQ(loan.grant, market.grant());
  EXPECT_EQ(loan.borrower, market.borrower());
  EXPECT_EQ(loan.platform, kPlatform);
  EXPECT_EQ(loan.supplier, market.supplier());
  EXPECT_EQ(loan.sponsor, PartyId::Memo());
  EXPECT_EQ(loan.principal, Amount{100'000});
  EXPECT_EQ(loan.instalments, 3U);
  EXPECT_EQ(loan.first_unpaid, 1U);
  EXPECT_EQ(loan.opened, kFirstDay);
  ASSERT_EQ(loan.lenders.size(), 2U);
  EXPECT_EQ(loan.lenders[0].outstanding, Amount{30'000});
  EXPECT_EQ(loan.lenders[1].outstanding, Amount{70'000});
  EXPECT_EQ(market.GrantNow().used, Amount{100'000});
  EXPECT_EQ(market.GrantNow().reserved, Amount{});
}

TEST(PurchaseCaptureTest, ScheduleKeepsTheSeedDayOfTheFirstDueDay) {
  Market market;
  auto order = market.Order(1);
  order.set_first_due_day(ToWire(*Day::FromDate(2017, 1, 31)));
  market.Buy(order);
  EXPECT_EQ(market.InstalmentNow(1, 2).due, *Day::FromDate(2017, 2, 28));
  EXPECT_EQ(market.InstalmentNow(1, 3).due, *Day::FromDate(2017, 3, 31));
  EXPECT_EQ(market.InstalmentNow(1, 3).penalty_day, *Day::FromDate(2017, 3, 31));
  EXPECT_EQ(market.InstalmentNow(1, 3).next_day, *Day::FromDate(2017, 3, 21));
}

TEST(PurchaseCaptureTest, SplitsTheDrawdownByLargestRemainder) {
  Market market;
  market.book().AddGrant(
      2,
      {.borrower = market.borrower(),
       .lenders = {{kPlatform, 333'333, true}, {kBankA, 333'333, true}, {kBankB, 333'334, true}}});
  auto order = market.Order(1);
  order.set_grant(ToWire(market.grant(2)));
  order.mutable_amount()->set_minor(100'001);
  market.Buy(order);
  const Loan loan = market.LoanNow(1);
  EXPECT_EQ(loan.lenders[0].outstanding, Amount{33'334});
  EXPECT_EQ(loan.lenders[1].outstanding, Amount{33'333});
  EXPECT_EQ(loan.lenders[2].outstanding, Amount{33'334});
  EXPECT_EQ(market.book().Balance(kPlatform, account::kDueFrom, kBankB.id), Amount{33'334});
}

TEST(PurchaseCaptureTest, EqualPrincipalChargesInterestOnTheBalance) {
  Market market;
  auto order = market.Order(1);
  order.set_product(2);
  order.mutable_amount()->set_minor(120'000);
  market.Buy(order);
  EXPECT_THAT(PrincipalsOf(market, 1), ElementsAre(40'000, 40'000, 40'000));
  EXPECT_EQ(market.InstalmentNow(1, 1).interest.due, Amount{1'800});
  EXPECT_EQ(market.InstalmentNow(1, 3).interest.due, Amount{600});
  EXPECT_EQ(market.InstalmentNow(1, 1).fee.due, Amount{});
}

// Golden case G063: 18 % a year, six instalments, three of them free.
TEST(PurchaseCaptureTest, AnnuityWithFreeInstalmentsWaivesTheirInterestForTheSponsor) {
  Market market;
  Product product = market.book().Get<Product>({.product = 3, .version = 1});
  product.free_instalments = 3;
  product.sponsor = Sponsor::kPlatform;
  market.book().Put<Product>({.product = 3, .version = 1}, product);
  auto order = market.Order(1);
  order.set_product(3);
  order.set_instalments(6);
  market.Buy(order);
  EXPECT_THAT(PrincipalsOf(market, 1), ElementsAre(16'053, 16'294, 16'538, 16'786, 17'038, 17'291));
  const Instalment free = market.InstalmentNow(1, 2);
  EXPECT_EQ(free.interest.due, Amount{1'259});
  EXPECT_EQ(free.interest.waived, Amount{1'259});
  EXPECT_EQ(free.subsidy, Amount{1'259});
  EXPECT_EQ(market.InstalmentNow(1, 4).interest.due, Amount{767});
  EXPECT_EQ(market.InstalmentNow(1, 4).subsidy, Amount{});
  EXPECT_EQ(market.LoanNow(1).sponsor, kPlatform);
}

TEST(PurchaseCaptureTest, OfAPartReleasesTheRest) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  ASSERT_EQ(market.Capture(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(market.GrantNow().used, Amount{40'000});
  EXPECT_EQ(market.PurchaseNow(1).amount, Amount{100'000});
  EXPECT_EQ(market.PurchaseNow(1).captured, Amount{40'000});
  EXPECT_THAT(PrincipalsOf(market, 1), ElementsAre(13'333, 13'333, 13'334));
  EXPECT_EQ(market.book().Balance(kPlatform, account::kMerchantPayable, market.supplier().id),
            Amount{-40'000});
}

TEST(PurchaseCaptureTest, IsPricedByThePolicyOfTheAuthorisation) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  NewPolicy(market, kFirstDay.Plus(1), [](Policy& policy) {
    policy.penalty_ppm_per_day = 600;
    policy.bill_lead_days = 3;
  });
  market.PassDays(1);
  ASSERT_EQ(market.Capture(1, 100'000), Verdict::kAccepted);
  EXPECT_EQ(market.LoanNow(1).policy_version, 1U);
  EXPECT_EQ(market.InstalmentNow(1, 1).next_day, kFirstDay.Plus(21));
}

TEST(PurchaseCaptureTest, HappensOnceWhileTheAuthorisationIsLive) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  ASSERT_EQ(market.Authorise(market.Order(2)), Verdict::kAccepted);
  ASSERT_EQ(market.Authorise(market.Order(3)), Verdict::kAccepted);
  ASSERT_EQ(market.Void(3), Verdict::kAccepted);
  EXPECT_EQ(market.Capture(3, 100'000), Verdict::kAuthState);
  market.PassDays(10);
  ASSERT_EQ(market.Capture(1, 40'000), Verdict::kAccepted);
  EXPECT_EQ(market.Capture(1, 40'000), Verdict::kAuthState);
  market.RollDay();  // The second ended yesterday, and the sweep has not come.
  EXPECT_EQ(market.Capture(2, 100'000), Verdict::kAuthState);
  EXPECT_EQ(market.Capture(9, 100'000), Verdict::kUnknown);
}

TEST(PurchaseCaptureTest, TakesAtMostWhatIsReserved) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  EXPECT_EQ(market.Capture(1, 100'001), Verdict::kAmount);
  EXPECT_EQ(market.Capture(1, 0), Verdict::kAmount);
  EXPECT_EQ(market.Capture(1, -1), Verdict::kAmount);
}

TEST(PurchaseCaptureTest, IsThePlatformsAlone) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  act::v1::PurchaseCapture act;
  act.set_purchase(ToWire(Market::PurchaseId(1)));
  act.set_amount(100'000);
  EXPECT_EQ(market.Apply(act, {By(kBankA, Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(market.Apply(act, {By(market.borrower()), By(kPlatform, Department::kOps)}),
            Verdict::kRole);
}

TEST(PurchaseCaptureTest, GoesOnThoughTheGrantIsFrozen) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  Grant grant = market.GrantNow();
  grant.state = GrantState::kFrozen;
  market.book().Put<Grant>({market.grant()}, grant);
  EXPECT_EQ(market.Capture(1, 100'000), Verdict::kAccepted);
}

TEST(PurchaseCaptureTest, IsNoActOfASuspendedLender) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  market.book().SetInstitutionState(kBankA, InstitutionState::kSuspended);
  EXPECT_EQ(market.Capture(1, 100'000), Verdict::kSuspended);
  EXPECT_EQ(market.Capture(1, 100'001), Verdict::kSuspended);  // States come before ranges.
}

TEST(PurchaseCaptureTest, KeepsThePartnerFloorOfTheDay) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  market.book().ChangePolicy([](Policy& policy) { policy.partner_floor_ppm = 300'001; });
  EXPECT_EQ(market.Capture(1, 100'000), Verdict::kPartnerFloor);
}

TEST(PurchaseCaptureTest, LendsNotJointlyWhereConcentrationCannotBeShown) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  market.book().ChangePolicy([](Policy& policy) { policy.single_partner_ppm = 250'000; });
  EXPECT_EQ(market.Capture(1, 100'000), Verdict::kConcentration);
}

TEST(PurchaseCaptureTest, ComesBeforeTheFirstDueDay) {
  Market market;
  auto order = market.Order(1);
  order.set_first_due_day(ToWire(kFirstDay.Plus(5)));
  ASSERT_EQ(market.Authorise(order), Verdict::kAccepted);
  market.PassDays(5);
  EXPECT_EQ(market.Capture(1, 100'000), Verdict::kDueDay);
}

TEST(PurchaseCaptureTest, OfAPartKeepsTheSmallestInstalment) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  EXPECT_EQ(market.Capture(1, 299), Verdict::kMinInstalment);
  EXPECT_EQ(market.Capture(1, 300), Verdict::kAccepted);
}

TEST(PurchaseCaptureTest, KeepsTheCostCapOfTheDay) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  NewPolicy(market, kFirstDay.Plus(1), [](Policy& policy) { policy.cost_cap_irr_ppm = 80'000; });
  market.PassDays(1);
  EXPECT_EQ(market.Capture(1, 100'000), Verdict::kCostCap);
}

TEST(DeliveryConfirmTest, MakesThePlatformsPayableDue) {
  Market market;
  market.Buy(market.Order(1));
  ASSERT_EQ(market.Deliver(1), Verdict::kAccepted);
  EXPECT_EQ(market.PurchaseNow(1).state, PurchaseState::kDelivered);
  SmallBook& book = market.book();
  EXPECT_EQ(book.Balance(kPlatform, account::kMerchantPayable, market.supplier().id), Amount{});
  EXPECT_EQ(book.Balance(kPlatform, account::kDueTo, market.supplier().id), Amount{-100'000});
  EXPECT_EQ(book.Balance(market.supplier(), account::kDueFrom, kPlatform.id), Amount{100'000});
  EXPECT_EQ(book.Balance(market.supplier(), account::kPlatformReceivable, kPlatform.id), Amount{});
  EXPECT_EQ(book.Get<Obligation>({2}).amount, Amount{100'000});
}

TEST(DeliveryConfirmTest, FollowsTheCaptureOnce) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  EXPECT_EQ(market.Deliver(1), Verdict::kOrder);
  ASSERT_EQ(market.Capture(1, 60'000), Verdict::kAccepted);
  ASSERT_EQ(market.Deliver(1), Verdict::kAccepted);
  EXPECT_EQ(market.Deliver(1), Verdict::kOrder);
  EXPECT_EQ(market.Deliver(9), Verdict::kUnknown);
}

TEST(DeliveryConfirmTest, WantsTheSupplierAndThePlatform) {
  Market market;
  market.Buy(market.Order(1));
  act::v1::DeliveryConfirm act;
  act.set_purchase(ToWire(Market::PurchaseId(1)));
  act.set_delivery(std::string(32, 'd'));
  const SignerRef platform = By(kPlatform, Department::kOps);
  EXPECT_EQ(market.Apply(act, {platform}), Verdict::kRole);
  EXPECT_EQ(market.Apply(act, {By(market.supplier(), Department::kTreasury), platform}),
            Verdict::kRole);
  EXPECT_EQ(market.Apply(act, {By(market.supplier(), Department::kOps)}), Verdict::kRole);
}

}  // namespace
}  // namespace aval::ledger::rules
