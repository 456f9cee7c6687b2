#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ledger/act.h"
#include "ledger/block.h"
#include "node/key_cache.h"

namespace aval::node {

/// Takes one envelope apart and checks the signatures whose keys are known.
ledger::Preparation PrepareAct(std::shared_ptr<const Bytes> envelope, const std::string& origin,
                               KeyCache& keys);

/// A block on its way from arrival to apply: its acts are prepared in slices by whoever has time,
/// the pool while the disk syncs, the applier when its turn comes and something is left.
/// Threads: Work and Result are safe from all.
class BlockPreparation {
 public:
  /// `origin` and `keys` outlive it.
  BlockPreparation(ledger::Block block, const std::string& origin, KeyCache& keys);
  /// The leader's own block, whose acts were prepared when they were submitted.
  BlockPreparation(ledger::BlockHeader header, std::vector<ledger::Preparation> acts);

  const ledger::BlockHeader& header() const { return block_.header; }
  std::size_t slices() const { return slices_; }
  /// Prepares slices that nobody has claimed until none is left.
  void Work();
  /// Work, then waits for the slices that others have claimed. One for each act of the block.
  const std::vector<ledger::Preparation>& Result();

 private:
  static constexpr std::size_t kSlice = 16;

  ledger::Block block_;
  std::vector<ledger::Preparation> acts_;
  const std::string* origin_ = nullptr;
  KeyCache* keys_ = nullptr;
  std::size_t slices_ = 0;
  std::atomic<std::size_t> claimed_ = 0;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t done_ = 0;
};

}  // namespace aval::node
