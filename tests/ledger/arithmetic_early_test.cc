#include "ledger/arithmetic/early.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "tests/ledger/arithmetic_generators.h"

namespace aval::ledger::arithmetic {
namespace {

const std::vector<FutureInstalment> kTwoLeft{{{33'333}, {500}}, {{33'334}, {500}}};

TEST(QuoteEarlyTest, ChargesNothingOfTheFutureTheNextOrAll) {
  using enum EarlyCharges;
  EXPECT_EQ(*QuoteEarly(kTwoLeft, {.charges = kWaiveFuture}), (EarlyQuote{{66'667}, {}, {}}));
  EXPECT_EQ(*QuoteEarly(kTwoLeft, {.charges = kCurrentOnly}), (EarlyQuote{{66'667}, {500}, {}}));
  EXPECT_EQ(*QuoteEarly(kTwoLeft, {.charges = kChargeRemaining}),
            (EarlyQuote{{66'667}, {1'000}, {}}));
}

TEST(QuoteEarlyTest, TheFeeForRepayingEarlyIsOnThePrincipalAlone) {
  const auto quote =
      QuoteEarly(kTwoLeft, {.charges = EarlyCharges::kChargeRemaining, .prepay_ppm = 10'000});
  EXPECT_EQ(quote->prepay_fee, Amount{667});
  EXPECT_EQ(quote->Total(), Amount{68'334});
}

TEST(QuoteEarlyTest, NothingIsLeftOfALoanThatIsBilledWhole) {
  EXPECT_EQ(*QuoteEarly({}, {.charges = EarlyCharges::kCurrentOnly}), EarlyQuote{});
}

TEST(QuoteEarlyTest, RefusesNegativeAmountsRatesAboveTheWholeAndSumsBeyondInt64) {
  const std::vector<FutureInstalment> negative_principal{{{-1}, {}}};
  const std::vector<FutureInstalment> negative_charge{{{}, {-1}}};
  const std::vector<FutureInstalment> huge{{{INT64_MAX}, {}}, {{1}, {}}};
  EXPECT_EQ(QuoteEarly(negative_principal, {}).error(), Refusal::kOperand);
  EXPECT_EQ(QuoteEarly(negative_charge, {}).error(), Refusal::kOperand);
  EXPECT_EQ(QuoteEarly(huge, {}).error(), Refusal::kOverflow);
  EXPECT_EQ(QuoteEarly({}, {.prepay_ppm = 1'000'001}).error(), Refusal::kRate);
}

RC_GTEST_PROP(QuoteEarlyTest, IsNeverBelowThePrincipalAndWaivingIsNeverDearer, ()) {
  std::vector<FutureInstalment> future;
  std::int64_t principal = 0;
  for (const Amount& part : Amounts(0, 60, kMaxAmount.minor)) {
    future.push_back({.principal = part, .charge = {From(0, 1'000'000)}});
    principal += part.minor;
  }
  const std::uint32_t prepay = Uint(0, 1'000'000);
  const auto total = [&](EarlyCharges charges) {
    return QuoteEarly(future, {.charges = charges, .prepay_ppm = prepay})->Total().minor;
  };
  RC_ASSERT(total(EarlyCharges::kWaiveFuture) >= principal);
  RC_ASSERT(total(EarlyCharges::kWaiveFuture) <= total(EarlyCharges::kCurrentOnly));
  RC_ASSERT(total(EarlyCharges::kCurrentOnly) <= total(EarlyCharges::kChargeRemaining));
}

}  // namespace
}  // namespace aval::ledger::arithmetic
