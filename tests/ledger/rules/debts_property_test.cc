#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <tuple>
#include <utility>
#include <vector>

#include "ledger/arithmetic/early.h"
#include "ledger/record/notices.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/calendar.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/author.h"
#include "tests/ledger/rules/invariants.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/replays.h"

namespace aval::ledger::rules {
namespace {

rc::Gen<Terms> AnyTerms() {
  return rc::gen::build<Terms>(
      rc::gen::set(&Terms::lead, rc::gen::element<std::uint32_t>(0, 3, 10, 40)),
      rc::gen::set(&Terms::grace, rc::gen::element<std::uint32_t>(0, 2)),
      rc::gen::set(&Terms::switch_dpd, rc::gen::element<std::uint32_t>(3, 90)),
      rc::gen::set(&Terms::all_unpaid),
      rc::gen::set(&Terms::penalty_min, rc::gen::element<std::int64_t>(0, 60)),
      rc::gen::set(&Terms::agreements, rc::gen::element<std::uint32_t>(1, 2, 16)),
      rc::gen::set(&Terms::guarantee_months, rc::gen::element<std::uint32_t>(0, 1, 2)),
      rc::gen::set(&Terms::recourse_days, rc::gen::element<std::uint32_t>(0, 5, 40)),
      rc::gen::set(
          &Terms::early,
          rc::gen::element<EarlyPolicy>(
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kWaiveFuture, .prepay_ppm = 0},
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kWaiveFuture, .prepay_ppm = 5'000},
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kCurrentOnly, .prepay_ppm = 0},
              EarlyPolicy{.charges = arithmetic::EarlyCharges::kChargeRemaining,
                          .prepay_ppm = 1'000})));
}

rc::Gen<std::vector<Step>> AnySteps() {
  const auto step = rc::gen::build<Step>(
      rc::gen::set(&Step::wish,
                   rc::gen::weightedElement<Wish>(
                       {{4, Wish::kBuy},     {1, Wish::kAuthorise}, {1, Wish::kCapture},
                        {1, Wish::kVoid},    {2, Wish::kDeliver},   {6, Wish::kRepay},
                        {2, Wish::kAgree},   {3, Wish::kInvite},    {3, Wish::kAccept},
                        {3, Wish::kReview},  {1, Wish::kJoin},      {2, Wish::kPrepay},
                        {4, Wish::kDebit},   {3, Wish::kAnswer},    {2, Wish::kReturn},
                        {1, Wish::kGive},    {2, Wish::kOwnDebit},  {1, Wish::kTerminate},
                        {1, Wish::kDemand},  {1, Wish::kSuspend},   {1, Wish::kRecourse},
                        {2, Wish::kQuote},   {2, Wish::kGiveUp},    {2, Wish::kRecover},
                        {1, Wish::kPropose}, {2, Wish::kConsent},   {3, Wish::kRestructure},
                        {2, Wish::kRelease}, {2, Wish::kAssign},    {3, Wish::kRefund},
                        {1, Wish::kPayBack}, {2, Wish::kDispute},   {1, Wish::kResolve},
                        {1, Wish::kHold},    {4, Wish::kPassDays}})),
      rc::gen::set(&Step::which), rc::gen::set(&Step::how), rc::gen::set(&Step::amount),
      rc::gen::set(&Step::impostor, rc::gen::weightedOneOf<std::uint8_t>(
                                        {{7, rc::gen::just(kImpostors)},
                                         {1, rc::gen::inRange<std::uint8_t>(0, kImpostors)}})));
  return rc::gen::scale(1.0, rc::gen::container<std::vector<Step>>(step));
}

RC_GTEST_PROP(DebtsPropertyTest, InvariantsHoldAndTheStateDoesNotHangOnTheSweepsChunks, ()) {
  const Terms terms = *AnyTerms();
  const std::vector<Step> steps = *AnySteps();
  const auto chunks = *rc::gen::arbitrary<std::vector<std::uint8_t>>();

  Author author(terms);
  for (const Step& step : steps) {
    author.Write(step);
    RC_ASSERT(BrokenInvariants(author.market().book().state()).empty());
  }
  const Picture expected = PictureOf(author.market());

  for (const auto& sizes : {chunks, std::vector<std::uint8_t>{}}) {
    Market market(kBorrowers);
    Agree(market, terms);
    RC_ASSERT(Repeat(market, author.deeds(), sizes) == author.verdicts());
    RC_ASSERT(BrokenInvariants(market.book().state()).empty());
    RC_ASSERT(PictureOf(market) == expected);
  }
}

void ChargeAll(Market& market) {
  for (std::uint8_t loan = 1; loan <= kMaxPurchases; ++loan) {
    market.book().With([&](Context& context) {
      auto debt = Debt::Load(context, Market::PurchaseId(loan));
      if (!debt) return;
      ChargePenalty(context, *debt);
      debt->Save(context);
    });
  }
}

/// Does the deeds again, and charges penalty each time that `when` says so: before a day's sweep,
/// in its midst and after it. The instalments in the end, when all penalty has been charged.
std::map<Bytes, Bytes> InstalmentsAfter(const Terms& terms, const std::vector<Deed>& deeds,
                                        const std::vector<bool>& when) {
  Market market(kBorrowers);
  Agree(market, terms);
  std::size_t next = 0;
  const auto perhaps_charge = [&] {
    if (!when.empty() && when[next++ % when.size()]) ChargeAll(market);
  };
  for (const Deed& deed : deeds) {
    if (deed.act) {
      perhaps_charge();
      deed.act(market);
      continue;
    }
    for (int day = 0; day < deed.days; ++day) {
      perhaps_charge();
      while (market.SweepChunk(1) > 0) perhaps_charge();
      market.RollDay();
    }
  }
  while (market.SweepChunk(512) > 0) continue;
  ChargeAll(market);
  std::map<Bytes, Bytes> instalments;
  for (const auto& [key, row] : market.book().state().List<Instalment>({}, 1'000)) {
    instalments.emplace(EncodeKey<Instalment>(key), EncodeValue(row));
  }
  return instalments;
}

RC_GTEST_PROP(DebtsPropertyTest, PenaltyDoesNotHangOnWhenOrHowOftenItIsCharged, ()) {
  const Terms terms = *AnyTerms();
  const std::vector<Step> steps = *AnySteps();
  Author author(terms);
  for (const Step& step : steps) author.Write(step);
  const auto expected = InstalmentsAfter(terms, author.deeds(), {});
  RC_ASSERT(InstalmentsAfter(terms, author.deeds(), {true}) == expected);
  RC_ASSERT(InstalmentsAfter(terms, author.deeds(), *rc::gen::arbitrary<std::vector<bool>>()) ==
            expected);
}

}  // namespace
}  // namespace aval::ledger::rules
