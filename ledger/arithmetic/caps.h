#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/checked.h"
#include "ledger/arithmetic/computed.h"
#include "ledger/arithmetic/money.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// Ceilings of cost and of concentration as exact comparisons of integers: equality passes, nothing
/// is rounded in the borrower's or the lender's favour. A negative operand is within no cap.

/// A14 (a): charges * 365 * 1e6 <= cap * sum(principal * days), `cap_ppm` a year. `principal_days`
/// is below 2^95.
bool WithinSimpleCap(Amount charges, Int128 principal_days, std::uint32_t cap_ppm);

/// A14 (a): the most that may be charged on these principal-days; rounded down. kOperand outside
/// WithinSimpleCap's bounds.
Computed<Amount> SimpleCapCharges(Int128 principal_days, std::uint32_t cap_ppm);

/// A14 (b): 12 * IRR <= cap. The principal, compounded monthly at cap / 12 with six guard digits
/// and rounded down, is not used up by the payments. At most kMaxInstalments of them.
bool WithinIrrCap(Amount principal, std::span<const Amount> payments, std::uint32_t cap_ppm);

/// The least cap that passes WithinIrrCap: 12 * IRR in ppm, rounded up; zero when less is paid than
/// was lent. kRate when no cap of 32 bits passes.
Computed<std::uint32_t> Irr12Ppm(Amount principal, std::span<const Amount> payments);

/// The highest monthly flat fee (A5) in ppm, up to 100 %, whose schedule for this principal stays
/// within the cap. The largest principal is the one on which rounding weighs least.
Computed<std::uint32_t> MaxFlatFee(std::uint32_t instalments, std::uint32_t cap_ppm,
                                   Amount principal = kMaxAmount);

/// R01, true at each lender whose partners hold at least the floor together.
std::vector<bool> PartnerFloor(std::span<const std::uint32_t> shares_ppm, std::uint32_t floor_ppm);

/// R02, R03: part * 1e6 <= cap * whole.
bool WithinRatio(Amount part, Amount whole, std::uint32_t cap_ppm);

}  // namespace aval::ledger::arithmetic
