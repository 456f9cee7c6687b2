#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/arithmetic/computed.h"
#include "ledger/arithmetic/money.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// Where the remainder of principal / instalments goes (A4).
enum class SplitMode : std::uint8_t {
  kFloorLast,    // Into the last one; normative, because it is never negative.
  kSpreadFirst,  // One unit each into the first ones.
  kNearestLast,  // The others rounded to nearest, the last takes the difference: kNegativeLast.
};

/// The parts of a principal, of which there are `count`; they sum to it. kMinInstalment when the
/// base (what all parts but the last get at least) is below `min_instalment`.
Computed<std::vector<Amount>> SplitPrincipal(Amount principal, std::uint32_t count,
                                             SplitMode mode = SplitMode::kFloorLast,
                                             Amount min_instalment = {});

/// A9, largest remainder: parts of `total` by weight, which sum to it, each within one unit of
/// total * weight / sum. Units left over go to the largest remainders, of equal ones to the lowest
/// position. kOperand for a negative number, or when no weight is positive.
Computed<std::vector<Amount>> LargestRemainder(Amount total, std::span<const std::int64_t> weights);

/// A9 for a repayment of principal: parts by each lender's outstanding principal, of which none is
/// above it, so that all reach zero together. kOverpay when the payment is above their sum.
///
/// Charges go by the same weights but may exceed them: LargestRemainder.
Computed<std::vector<Amount>> SplitRepayment(Amount payment, std::span<const Amount> outstanding);

}  // namespace aval::ledger::arithmetic
