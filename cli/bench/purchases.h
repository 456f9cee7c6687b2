#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/bench/target.h"
#include "cli/client.h"
#include "cli/demo/purchases_file.h"
#include "ledger/types.h"

namespace aval::cli::bench {

/// Acts of a purchase on its first day: capacity, proposal, two decisions, activation,
/// authorisation, capture, delivery.
inline constexpr std::size_t kActsOfPurchase = 8;

/// As many as have `acts` acts, or a few more.
constexpr std::size_t PurchasesOf(std::size_t acts) {
  return (acts + kActsOfPurchase - 1) / kActsOfPurchase;
}

/// Purchases that all happen on `day`; amounts and terms as real ones have them, in a fixed cycle,
/// named by chance.
std::vector<demo::PurchaseRow> MakeRows(std::size_t count, ledger::Day day, Random& random);

/// Has acts decided in their order: what a later one says builds on an earlier one. kUnavailable,
/// with the verdicts, when the ledger refuses one.
Result<void> DecideInOrder(const std::vector<ApiClient*>& nodes, std::vector<Bytes> acts,
                           const std::atomic<bool>& stop);

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
