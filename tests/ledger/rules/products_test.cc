// What a product is, and for whom: bullets, scenarios, tiers, kinds of borrowers.

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>

#include "ledger/record/policy.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

class ProductsTest : public testing::Test {
 protected:
  ProductsTest() : desk_(market_) { SupplyDesk::Agree(market_); }

  act::v1::PurchaseAuthorise Bullet(int days) {
    auto order = market_.Order(1);
    order.set_product(5);
    order.set_instalments(1);
    order.set_first_due_day(ToWire(market_.book().today().Plus(days)));
    return order;
  }
  void ChangeProduct(std::uint32_t number, const std::function<void(Product&)>& change) {
    const Product::Key key{.product = number, .version = 1};
    Product product = market_.book().Get<Product>(key);
    change(product);
    market_.book().Put<Product>(key, product);
  }
  Verdict Authorise(const act::v1::PurchaseAuthorise& order) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = market_.Authorise(order);
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }

  Market market_;
  SupplyDesk desk_;
};

TEST_F(ProductsTest, ABulletsInterestCountsTheDaysFromItsCapture) {
  ASSERT_EQ(market_.Authorise(Bullet(200)), Verdict::kAccepted);
  market_.PassDays(5);
  ASSERT_EQ(market_.Capture(1, 100'000), Verdict::kAccepted);
  const Instalment bullet = market_.InstalmentNow(1, 1);
  EXPECT_EQ(bullet.due, kFirstDay.Plus(200));
  EXPECT_EQ(bullet.principal.due, Amount{100'000});
  EXPECT_EQ(bullet.interest.due, Amount{9'616});  // 100,000 * 18 % * 195 / 365
  EXPECT_EQ(bullet.fee.due, Amount{});
}

TEST_F(ProductsTest, ABulletIsBilledAndPaidAsOthersAre) {
  market_.Buy(Bullet(200));
  market_.PassTo(kFirstDay.Plus(190));
  EXPECT_EQ(market_.InstalmentNow(1, 1).state, InstalmentState::kBilled);
  ASSERT_EQ(market_.Repay(1, 1, 109'863), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
}

TEST_F(ProductsTest, ABulletIsDueWithinItsOwnTerm) {
  EXPECT_EQ(Authorise(Bullet(366)), Verdict::kDueDay);
  EXPECT_EQ(Authorise(Bullet(0)), Verdict::kDueDay);
  EXPECT_EQ(Authorise(Bullet(365)), Verdict::kAccepted);
  market_.book().ChangePolicy([](Policy& policy) { policy.bullet_max_days = 364; });
  EXPECT_EQ(market_.Capture(1, 100'000), Verdict::kDueDay);
  market_.PassDays(1);
  EXPECT_EQ(market_.Capture(1, 100'000), Verdict::kAccepted);
}

TEST_F(ProductsTest, ABulletHasOneInstalment) {
  ChangeProduct(5, [](Product& product) { product.max_instalments = 24; });
  auto order = Bullet(30);
  order.set_instalments(2);
  EXPECT_EQ(Authorise(order), Verdict::kProduct);
}

TEST_F(ProductsTest, ABulletCostsNoMoreThanTheSimpleCap) {
  ChangeProduct(5, [](Product& product) { product.rate_ppm = 241'000; });
  EXPECT_EQ(Authorise(Bullet(200)), Verdict::kCostCap);
  ChangeProduct(5, [](Product& product) { product.rate_ppm = 239'000; });
  EXPECT_EQ(Authorise(Bullet(200)), Verdict::kAccepted);
  market_.book().ChangePolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 200'000; });
  EXPECT_EQ(market_.Capture(1, 100'000), Verdict::kCostCap);
}

TEST_F(ProductsTest, AProductIsForItsScenarios) {
  ChangeProduct(1, [](Product& product) { product.scenarios = {2, 3}; });
  EXPECT_EQ(Authorise(market_.Order(1)), Verdict::kProduct);
  ChangeProduct(1, [](Product& product) { product.scenarios = {1, 3}; });
  EXPECT_EQ(Authorise(market_.Order(1)), Verdict::kAccepted);
}

TEST_F(ProductsTest, AProductIsForItsTiers) {
  const std::uint32_t tier = market_.GrantNow().tier;
  ChangeProduct(1, [&](Product& product) { product.tiers = {tier + 1, tier + 2}; });
  EXPECT_EQ(Authorise(market_.Order(1)), Verdict::kProduct);
  ChangeProduct(1, [&](Product& product) { product.tiers = {tier, tier + 2}; });
  EXPECT_EQ(Authorise(market_.Order(1)), Verdict::kAccepted);
}

TEST_F(ProductsTest, AProductIsForItsBorrowers) {
  ChangeProduct(1, [](Product& product) { product.borrowers = Borrowers::kSmes; });
  EXPECT_EQ(Authorise(market_.Order(1)), Verdict::kProduct);
  ChangeProduct(1, [](Product& product) { product.borrowers = Borrowers::kPersons; });
  EXPECT_EQ(Authorise(market_.Order(1)), Verdict::kAccepted);
  auto borrower = market_.book().Get<Participant>({market_.borrower()});
  borrower.kind = ParticipantKind::kSme;
  market_.book().Put<Participant>({market_.borrower()}, borrower);
  EXPECT_EQ(Authorise(market_.Order(2)), Verdict::kProduct);
  ChangeProduct(1, [](Product& product) { product.borrowers = Borrowers::kSmes; });
  EXPECT_EQ(Authorise(market_.Order(2)), Verdict::kAccepted);
}

}  // namespace
}  // namespace aval::ledger::rules
