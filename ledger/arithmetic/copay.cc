#include "ledger/arithmetic/copay.h"

#include <algorithm>

#include "base/assert.h"
#include "base/checked.h"
#include "base/result.h"
#include "ledger/arithmetic/money.h"
#include "ledger/arithmetic/split.h"

namespace aval::ledger::arithmetic {
namespace {

// Gives `amount` to the joint ones below their caps, by share; what none of them can take is left.
Computed<Amount> Spread(Amount amount, std::span<const CopayPromise> promises,
                        std::vector<Amount>& taken) {
  // Bounded: each round but the last brings somebody to the cap.
  while (amount.minor > 0) {
    std::vector<std::int64_t> weights;
    for (std::size_t i = 0; i < promises.size(); ++i) {
      const bool takes = promises[i].joint && taken[i] < promises[i].cap;
      weights.push_back(takes ? promises[i].share_ppm : 0);
    }
    if (std::ranges::all_of(weights, [](std::int64_t weight) { return weight == 0; })) break;
    AVAL_TRY(const std::vector<Amount> parts, LargestRemainder(amount, weights));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::int64_t part = std::min(parts[i].minor, promises[i].cap.minor - taken[i].minor);
      taken[i].minor += part;
      amount.minor -= part;
    }
  }
  return amount;
}

}  // namespace

Computed<CopaySplit> SplitCopay(Amount due, std::span<const CopayPromise> promises) {
  if (due.minor < 0) return Refusal::kOperand;
  std::vector<std::int64_t> weights;
  std::int64_t left = kMillion;
  for (const CopayPromise& copayer : promises) {
    if (copayer.cap.minor < 0) return Refusal::kOperand;
    weights.push_back(copayer.share_ppm);
    left -= copayer.share_ppm;
    if (left < 0) return Refusal::kShareSum;
  }
  weights.push_back(left);
  AVAL_TRY(std::vector<Amount> quotas, LargestRemainder(due, weights));
  CopaySplit split{.copayers = {}, .borrower = quotas.back()};
  Amount joint;
  for (std::size_t i = 0; i < promises.size(); ++i) {
    split.copayers.push_back(std::min(quotas[i], promises[i].cap));
    const std::int64_t above = quotas[i].minor - split.copayers[i].minor;
    (promises[i].joint ? joint : split.borrower).minor += above;
  }
  AVAL_TRY(const Amount left_over, Spread(joint, promises, split.copayers));
  split.borrower.minor += left_over.minor;
  return split;
}

Computed<RecourseSplit> SplitRecourse(Amount payment, Amount outstanding,
                                      std::span<const Amount> claims) {
  if (payment.minor < 0 || outstanding.minor < 0) return Refusal::kOperand;
  Int128 sum = 0;
  std::vector<std::int64_t> weights;
  for (const Amount& claim : claims) {
    if (claim.minor < 0) return Refusal::kOperand;
    weights.push_back(claim.minor);
    sum += claim.minor;
  }
  RecourseSplit split{.lenders = std::min(payment, outstanding), .claims = {}, .unapplied = {}};
  const Amount rest{payment.minor - split.lenders.minor};
  if (rest.minor >= sum) {
    split.claims.assign(claims.begin(), claims.end());
    const auto unapplied = Narrow(Int128{rest.minor} - sum);
    AVAL_ASSERT(unapplied.has_value());
    split.unapplied = {*unapplied};
    return split;
  }
  // Below its claim each: rest * claim / sum < claim.
  AVAL_TRY(split.claims, LargestRemainder(rest, weights));
  return split;
}

}  // namespace aval::ledger::arithmetic
