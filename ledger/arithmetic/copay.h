#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/arithmetic/computed.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// What one co-payer has promised of an instalment: a share of what is due, up to a cap. What is
/// above the cap stays with the borrower; of a joint one, the joint ones below their caps take it,
/// by share, as far as they go.
struct CopayPromise {
  std::uint32_t share_ppm = 0;
  Amount cap{};
  bool joint = false;
};

struct CopaySplit {
  std::vector<Amount> copayers{};  // In the order of the promises; none above its cap.
  Amount borrower{};               // copayers + borrower = due.
};

/// A10: quotas of `due` by largest remainder over the co-payers and, last, the borrower, who has
/// what they leave of 1,000,000. kShareSum when they leave less than nothing, kOperand for negative
/// amounts.
Computed<CopaySplit> SplitCopay(Amount due, std::span<const CopayPromise> promises);

struct RecourseSplit {
  Amount lenders{};
  std::vector<Amount> claims{};  // Paid of each; none above what it was.
  Amount unapplied{};            // lenders + claims + unapplied = payment.
};

/// A21: what a borrower pays goes to the lenders until nothing is outstanding there; then to the
/// co-payers' claims by largest remainder. kOperand for negative amounts.
Computed<RecourseSplit> SplitRecourse(Amount payment, Amount outstanding,
                                      std::span<const Amount> claims);

}  // namespace aval::ledger::arithmetic
