#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "ledger/rules/reservations.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

using act::v1::PurchaseAuthorise;

TEST(PurchaseAuthoriseTest, ReservesTheAmountAndPostsNothing) {
  Market market;
  const PurchaseAuthorise order = market.Order(1);
  ASSERT_EQ(market.Authorise(order), Verdict::kAccepted);
  EXPECT_TRUE(market.book().journal().empty());
  EXPECT_EQ(market.GrantNow().used, Amount{100'000});
  EXPECT_EQ(market.GrantNow().reserved, Amount{100'000});

  const Purchase purchase = market.PurchaseNow(1);
  EXPECT_EQ(purchase.state, PurchaseState::kAuthorised);
  EXPECT_EQ(purchase.grant, market.grant());
  EXPECT_EQ(purchase.borrower, market.borrower());
  EXPECT_EQ(purchase.supplier, market.supplier());
  EXPECT_EQ(purchase.order, ToDigest(order.order()));
  EXPECT_EQ(purchase.product_version, 1U);
  EXPECT_EQ(purchase.policy_effective, kFirstDay);
  EXPECT_EQ(purchase.amount, Amount{100'000});
  EXPECT_EQ(purchase.instalments, 3U);
  EXPECT_EQ(purchase.first_due, kFirstDay.Plus(31));
  EXPECT_EQ(purchase.expiry, kFirstDay.Plus(10));
}

TEST(PurchaseAuthoriseTest, TakesTheNewestVersionOfTheProduct) {
  Market market;
  Product product = market.book().Get<Product>({.product = 1, .version = 1});
  product.rate_ppm = 6'000;
  market.book().Put<Product>({.product = 1, .version = 2}, product);
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  EXPECT_EQ(market.PurchaseNow(1).product_version, 2U);
}

TEST(PurchaseAuthoriseTest, MayDrawTheWholeLimitAndNotOneUnitMore) {
  Market market;
  PurchaseAuthorise order = market.Order(1);
  order.mutable_amount()->set_minor(900'000);
  ASSERT_EQ(market.Authorise(order), Verdict::kAccepted);
  PurchaseAuthorise rest = market.Order(2);
  rest.mutable_amount()->set_minor(100'001);
  EXPECT_EQ(market.Authorise(rest), Verdict::kLimit);
  rest.mutable_amount()->set_minor(100'000);
  EXPECT_EQ(market.Authorise(rest), Verdict::kAccepted);
}

TEST(PurchaseAuthoriseTest, LeavesNothingAvailableWhereACutWentBelowTheUse) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  Grant grant = market.GrantNow();
  grant.limit = {50'000};
  market.book().Put<Grant>({market.grant()}, grant);
  PurchaseAuthorise order = market.Order(2);
  order.mutable_amount()->set_minor(300);
  EXPECT_EQ(market.Authorise(order), Verdict::kLimit);
}

TEST(PurchaseAuthoriseTest, CountsWhatExpiredYesterdayAsFreeBeforeTheSweepHasCome) {
  Market market;
  PurchaseAuthorise order = market.Order(1);
  order.mutable_amount()->set_minor(1'000'000);
  ASSERT_EQ(market.Authorise(order), Verdict::kAccepted);
  market.PassDays(10);
  EXPECT_EQ(market.Authorise(market.Order(2)), Verdict::kLimit);
  market.RollDay();
  ASSERT_EQ(market.Authorise(market.Order(2)), Verdict::kAccepted);
  EXPECT_EQ(market.PurchaseNow(1).state, PurchaseState::kExpired);
  EXPECT_EQ(market.GrantNow().reserved, Amount{100'000});
}

TEST(PurchaseAuthoriseTest, CountsWhatABillTakesFromHeldMoneyAsFreeBeforeTheSweepHasCome) {
  Market market;
  PurchaseAuthorise order = market.Order(1);
  order.mutable_amount()->set_minor(1'000'000);
  market.Buy(order);
  ASSERT_EQ(market.Repay(1, 1, 300'000), Verdict::kAccepted);
  market.PassDays(20);
  PurchaseAuthorise next = market.Order(2);
  next.mutable_amount()->set_minor(290'000);
  EXPECT_EQ(market.Authorise(next), Verdict::kLimit);
  market.RollDay();  // The first bill: 5,000.00 of fee, the rest of 3,000.00 principal.
  next.set_expiry_day(ToWire(market.book().today()));
  EXPECT_EQ(market.Authorise(next), Verdict::kAccepted);
}

TEST(PurchaseAuthoriseTest, KeepsTheNumberOfAGrantsLiveReservations) {
  Market market;
  for (std::size_t i = 0; i < kLiveReservationsMax; ++i) {
    PurchaseAuthorise order = market.Order(1);
    Id id = Market::PurchaseId(static_cast<std::uint8_t>(i));
    id.bytes[1] = 1;
    order.set_purchase(ToWire(id));
    order.mutable_amount()->set_minor(300);
    ASSERT_EQ(market.book().Apply(order, {By(market.borrower()), By(kPlatform, Department::kOps)}),
              Verdict::kAccepted);
  }
  EXPECT_EQ(market.Authorise(market.Order(1)), Verdict::kRange);
  market.PassDays(10);
  market.RollDay();  // All have ended, and the sweep has not come.
  EXPECT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  EXPECT_EQ(market.GrantNow().reserved, Amount{100'000});
}

TEST(PurchaseAuthoriseTest, WantsTheBorrowerAndThePlatformAndNobodyElse) {
  Market market;
  const PurchaseAuthorise order = market.Order(1);
  const SignerRef borrower = By(market.borrower());
  const SignerRef platform = By(kPlatform, Department::kOps);
  EXPECT_EQ(market.Apply(order, {borrower}), Verdict::kRole);
  EXPECT_EQ(market.Apply(order, {platform}), Verdict::kRole);
  EXPECT_EQ(market.Apply(order, {borrower, By(kPlatform, Department::kCredit)}), Verdict::kRole);
  EXPECT_EQ(market.Apply(order, {borrower, platform, By(kBankA, Department::kOps)}),
            Verdict::kRole);
}

TEST(PurchaseAuthoriseTest, UsesAnIdOnce) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  EXPECT_EQ(market.Authorise(market.Order(1)), Verdict::kDuplicate);
  ASSERT_EQ(market.Void(1), Verdict::kAccepted);
  EXPECT_EQ(market.Authorise(market.Order(1)), Verdict::kDuplicate);
}

/// One thing wrong with an order that would be accepted.
struct BadOrder {
  std::string name;
  std::function<void(Market&, PurchaseAuthorise&)> spoil;
  Verdict verdict;
};

class BadOrderTest : public testing::TestWithParam<BadOrder> {};

TEST_P(BadOrderTest, IsRefusedAndReservesNothing) {
  Market market;
  PurchaseAuthorise order = market.Order(1);
  GetParam().spoil(market, order);
  EXPECT_EQ(market.Apply(order, {By(market.borrower()), By(kPlatform, Department::kOps)}),
            GetParam().verdict);
  EXPECT_EQ(market.GrantNow().used, Amount{});
  EXPECT_FALSE(market.book().Find<Purchase>({Market::PurchaseId(1)}));
}

void ChangeGrant(Market& market, const std::function<void(Grant&)>& change) {
  Grant grant = market.GrantNow();
  change(grant);
  market.book().Put<Grant>({market.grant()}, grant);
}

void ChangeProduct(Market& market, const std::function<void(Product&)>& change) {
  Product product = market.book().Get<Product>({.product = 1, .version = 1});
  change(product);
  market.book().Put<Product>({.product = 1, .version = 1}, product);
}

void ChangeBorrower(Market& market, const std::function<void(Participant&)>& change) {
  Participant borrower = market.book().Get<Participant>({market.borrower()});
  change(borrower);
  market.book().Put<Participant>({market.borrower()}, borrower);
}

const BadOrder kObjects[] = {
    {"UnknownGrant", [](Market&, auto& order) { order.set_grant(ToWire(TestId('G', 9))); },
     Verdict::kUnknown},
    {"UnknownSupplier", [](Market&, auto& order) { order.set_supplier(ToWire(TestId('S', 9))); },
     Verdict::kUnknown},
    {"AnotherPlatformsSupplier",
     [](Market& market, auto&) {
       Supplier supplier = market.book().Get<Supplier>({market.supplier()});
       supplier.platform = kBankA;
       market.book().Put<Supplier>({market.supplier()}, supplier);
     },
     Verdict::kUnknown},
    {"GrantNotYetActive",
     [](Market& market, auto&) {
       ChangeGrant(market, [](Grant& grant) { grant.state = GrantState::kOffered; });
     },
     Verdict::kState},
    {"GrantPastItsLastDay",
     [](Market& market, auto&) {
       ChangeGrant(market, [](Grant& grant) { grant.expiry = kFirstDay.Plus(-1); });
     },
     Verdict::kState},
    {"GrantFrozen",
     [](Market& market, auto&) {
       ChangeGrant(market, [](Grant& grant) {
         grant.state = GrantState::kFrozen;
         grant.holds = 1;
       });
     },
     Verdict::kFrozen},
    {"BorrowerFrozen",
     [](Market& market, auto&) {
       ChangeBorrower(market, [](auto& borrower) { borrower.state = ParticipantState::kFrozen; });
     },
     Verdict::kFrozen},
    {"BorrowerNoLongerIdentified",
     [](Market& market, auto&) {
       ChangeBorrower(market, [](auto& borrower) { borrower.kyc_expiry = kFirstDay.Plus(-1); });
     },
     Verdict::kKyc},
    {"LenderSuspended",
     [](Market& market, auto&) {
       market.book().SetInstitutionState(kBankA, InstitutionState::kSuspended);
     },
     Verdict::kSuspended},
    {"EvidenceRevoked",
     [](Market& market, auto&) {
       const Attestation::Key key{TestId('C', 1)};
       Attestation capacity = market.book().Get<Attestation>(key);
       capacity.state = AttestationState::kRevoked;
       market.book().Put(key, capacity);
     },
     Verdict::kAttestMissing},
};

const BadOrder kTerms[] = {
    {"AnotherCurrency", [](Market&, auto& order) { order.mutable_amount()->set_currency("CNY"); },
     Verdict::kCurrency},
    {"ProductInAnotherCurrency",
     [](Market& market, auto&) {
       ChangeProduct(market, [](Product& product) { product.currency = *Currency::Parse("CNY"); });
     },
     Verdict::kCurrency},
    {"NoAmount", [](Market&, auto& order) { order.mutable_amount()->set_minor(0); },
     Verdict::kRange},
    {"NegativeAmount", [](Market&, auto& order) { order.mutable_amount()->set_minor(-1); },
     Verdict::kRange},
    {"AmountBeyondTheBook",
     [](Market&, auto& order) { order.mutable_amount()->set_minor(10'000'000'000'001); },
     Verdict::kRange},
    {"AmountAboveThePolicys",
     [](Market&, auto& order) { order.mutable_amount()->set_minor(10'000'001); }, Verdict::kAmount},
    {"UnlistedScenario", [](Market&, auto& order) { order.set_scenario(2); }, Verdict::kScenario},
    {"ReservationThatHasEnded",
     [](Market&, auto& order) { order.set_expiry_day(ToWire(kFirstDay.Plus(-1))); },
     Verdict::kRange},
    {"ReservationForTooLong",
     [](Market&, auto& order) { order.set_expiry_day(ToWire(kFirstDay.Plus(31))); },
     Verdict::kRange},
    {"FirstDueToday", [](Market&, auto& order) { order.set_first_due_day(ToWire(kFirstDay)); },
     Verdict::kDueDay},
    {"FirstDueTooFar",
     [](Market&, auto& order) { order.set_first_due_day(ToWire(kFirstDay.Plus(61))); },
     Verdict::kDueDay},
    {"UnknownProduct", [](Market&, auto& order) { order.set_product(9); }, Verdict::kProduct},
    {"NoInstalments", [](Market&, auto& order) { order.set_instalments(0); }, Verdict::kProduct},
    {"MoreInstalmentsThanTheProduct", [](Market&, auto& order) { order.set_instalments(25); },
     Verdict::kProduct},
    {"MoreInstalmentsThanThePolicy",
     [](Market& market, auto&) {
       market.book().ChangePolicy([](Policy& policy) { policy.max_instalments = 2; });
     },
     Verdict::kProduct},
    {"AmountBelowTheProducts", [](Market&, auto& order) { order.mutable_amount()->set_minor(99); },
     Verdict::kProduct},
    {"MoreFreeInstalmentsThanInstalments",
     [](Market& market, auto&) {
       ChangeProduct(market, [](Product& product) { product.free_instalments = 4; });
     },
     Verdict::kProduct},
    {"InstalmentTooSmall", [](Market&, auto& order) { order.mutable_amount()->set_minor(299); },
     Verdict::kMinInstalment},
    {"AnnuityThatEndsEarly",
     [](Market& market, auto& order) {
       market.book().ChangePolicy([](Policy& policy) {
         policy.min_instalment = {};
         policy.cost_cap_irr_ppm = 1'000'000;
       });
       market.book().Put<Product>({.product = 9, .version = 1}, {.method = Method::kAnnuity,
                                                                 .rate_ppm = 240'000,
                                                                 .min_amount = {1},
                                                                 .max_amount = {100},
                                                                 .currency = TestCurrency()});
       order.set_product(9);
       order.mutable_amount()->set_minor(5);
       order.set_instalments(6);
     },
     Verdict::kMinInstalment},
    {"DearerThanTheCap",
     [](Market& market, auto& order) {  // domain.md 3.2: 12 x 1.2 % a month costs 25.6 % a year.
       ChangeProduct(market, [](Product& product) { product.rate_ppm = 12'000; });
       order.set_instalments(12);
     },
     Verdict::kCostCap},
    {"AboveTheLimit", [](Market&, auto& order) { order.mutable_amount()->set_minor(1'000'001); },
     Verdict::kLimit},
};

std::string NameOfCase(const testing::TestParamInfo<BadOrder>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Objects, BadOrderTest, testing::ValuesIn(kObjects), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Terms, BadOrderTest, testing::ValuesIn(kTerms), NameOfCase);

TEST(PurchaseVoidTest, GivesTheReservationBack) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  ASSERT_EQ(market.Void(1), Verdict::kAccepted);
  EXPECT_EQ(market.PurchaseNow(1).state, PurchaseState::kVoided);
  EXPECT_EQ(market.GrantNow().used, Amount{});
  EXPECT_TRUE(market.book().journal().empty());
}

TEST(PurchaseVoidTest, EndsOnlyALiveAuthorisation) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  ASSERT_EQ(market.Authorise(market.Order(2)), Verdict::kAccepted);
  market.Buy(market.Order(3));
  ASSERT_EQ(market.Void(1), Verdict::kAccepted);
  EXPECT_EQ(market.Void(1), Verdict::kAuthState);
  EXPECT_EQ(market.Void(3), Verdict::kAuthState);
  EXPECT_EQ(market.Void(9), Verdict::kUnknown);
  market.PassDays(10);
  market.RollDay();  // The second ended yesterday, and the sweep has not come.
  EXPECT_EQ(market.Void(2), Verdict::kAuthState);
}

TEST(PurchaseVoidTest, IsThePlatformsAlone) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  act::v1::PurchaseVoid act;
  act.set_purchase(ToWire(Market::PurchaseId(1)));
  EXPECT_EQ(market.Apply(act, {By(market.borrower())}), Verdict::kRole);
  EXPECT_EQ(market.Apply(act, {By(kPlatform, Department::kCredit)}), Verdict::kRole);
}

TEST(ReservationItemTest, EndsTheReservationOnTheDayAfterItsLast) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  market.PassDays(10);
  EXPECT_EQ(market.PurchaseNow(1).state, PurchaseState::kAuthorised);
  market.PassDays(1);
  EXPECT_EQ(market.PurchaseNow(1).state, PurchaseState::kExpired);
  EXPECT_EQ(market.GrantNow().used, Amount{});
}

TEST(ReservationItemTest, OfNoLiveReservationFails) {
  Market market;
  ASSERT_EQ(market.Authorise(market.Order(1)), Verdict::kAccepted);
  for (const auto& [subject, verdict] : {std::pair{Market::PurchaseId(9), Verdict::kUnknown},
                                         std::pair{Market::PurchaseId(1), Verdict::kState}}) {
    market.book().Put<CalendarItem>(
        {.day = kFirstDay, .queue = Queue::kReservation, .subject = subject}, {});
    EXPECT_EQ(market.book().Sweep(Queue::kReservation, &RunReservationItem), std::vector{verdict});
  }
}

}  // namespace
}  // namespace aval::ledger::rules
