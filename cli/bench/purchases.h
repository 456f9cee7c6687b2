#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/bench/target.h"

namespace aval::cli::bench {

/// Acts of a purchase on its first day: capacity, proposal, two decisions, activation,
/// authorisation, capture, delivery.
inline constexpr std::size_t kActsOfPurchase = 8;

/// A load, signed: one chain for each purchase.
struct Purchases {
  std::vector<std::vector<Bytes>> chains;
  Bytes registration;  // One of the acts that were decided to prepare them.
};

/// Registers the parties of `count` purchases of today and signs the purchases' acts. Everything is
/// named by chance: another load on the same ledger meets none of it. kUnavailable, with the
/// verdicts, when the ledger refuses a registration.
Result<Purchases> PreparePurchases(const Target& target, std::size_t count, Random& random,
                                   const std::atomic<bool>& stop);

}  // namespace aval::cli::bench
