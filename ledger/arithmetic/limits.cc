#include "ledger/arithmetic/limits.h"

#include <algorithm>

#include "base/assert.h"
#include "base/checked.h"
#include "base/result.h"
#include "ledger/arithmetic/money.h"

namespace aval::ledger::arithmetic {

Computed<std::uint32_t> TierOf(std::uint32_t score, std::span<const std::uint32_t> edges) {
  const auto above = std::ranges::upper_bound(edges, score);
  if (above == edges.begin()) return Refusal::kOperand;
  return static_cast<std::uint32_t>(above - edges.begin() - 1);
}

Computed<Amount> AdjustLimit(Amount old, const LimitChange& change) {
  if (change.floor.minor < 0 || change.ceiling < change.floor || change.step.minor <= 0) {
    return Refusal::kOperand;
  }
  AVAL_TRY(const Amount scaled, MulDiv(old, Ratio::Ppm(change.factor_ppm), Rounding::kDown));
  const Amount clamped = std::clamp(scaled, change.floor, change.ceiling);
  return Amount{clamped.minor - clamped.minor % change.step.minor};
}

Amount Available(const LimitUse& use) {
  const Int128 left = Int128{use.granted.minor} - use.used.minor - use.frozen.minor;
  if (left <= 0) return {};
  const auto narrow = Narrow(left);
  AVAL_ASSERT(narrow.has_value());  // What is used and frozen is never negative.
  return {*narrow};
}

}  // namespace aval::ledger::arithmetic
