#pragma once

#include <cstdint>
#include <span>

#include "ledger/arithmetic/computed.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// A22: position of the highest edge that is not above the score; edges ascend. kOperand when all
/// are above it.
Computed<std::uint32_t> TierOf(std::uint32_t score, std::span<const std::uint32_t> edges);

/// How a limit may be changed.
struct LimitChange {
  std::uint32_t factor_ppm = 0;
  Amount floor{};
  Amount ceiling{};
  Amount step{};  // Positive.
};

/// A22: clamp(old * factor rounded down, floor, ceiling), then down to a multiple of the step.
/// kOperand for negative numbers, a step of zero or a floor above the ceiling.
Computed<Amount> AdjustLimit(Amount old, const LimitChange& change);

struct LimitUse {
  Amount granted{};
  Amount used{};
  Amount frozen{};
};

/// What may still be drawn: granted - used - frozen, and zero when a cut left the limit below that.
Amount Available(const LimitUse& use);

}  // namespace aval::ledger::arithmetic
