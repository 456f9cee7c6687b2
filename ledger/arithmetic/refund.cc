#include "ledger/arithmetic/refund.h"

#include <algorithm>
#include <cstddef>

namespace aval::ledger::arithmetic {

Computed<PrincipalReduction> ReducePrincipal(std::span<const Amount> unpaid, Amount refundable,
                                             Amount refund) {
  const auto is_negative = [](Amount amount) { return amount.minor < 0; };
  if (std::ranges::any_of(unpaid, is_negative)) return Refusal::kOperand;
  if (refund.minor < 1 || refund > refundable) return Refusal::kRefundRange;
  PrincipalReduction reduction{.off = std::vector<Amount>(unpaid.size()), .excess = refund};
  for (std::size_t i = unpaid.size(); i-- > 0;) {
    reduction.off[i] = std::min(unpaid[i], reduction.excess);
    reduction.excess.minor -= reduction.off[i].minor;
  }
  return reduction;
}

}  // namespace aval::ledger::arithmetic
