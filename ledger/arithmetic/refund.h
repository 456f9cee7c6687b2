#pragma once

#include <span>
#include <vector>

#include "ledger/arithmetic/computed.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// What a refund takes off the unpaid principal of each instalment, and what of it is left: the
/// borrower has paid that already.
struct PrincipalReduction {
  std::vector<Amount> off{};  // In the order of the instalments; none above what is unpaid.
  Amount excess{};            // The refund less all of `off`.
};

/// A13: from the last instalment backwards. kRefundRange unless 1 <= refund <= `refundable`, which
/// is the loan's principal less what was refunded before; kOperand for a negative amount.
Computed<PrincipalReduction> ReducePrincipal(std::span<const Amount> unpaid, Amount refundable,
                                             Amount refund);

}  // namespace aval::ledger::arithmetic
