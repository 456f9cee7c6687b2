#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/worker_pool.h"
#include "ledger/act.h"
#include "ledger/block.h"
#include "node/act_verifier.h"

namespace aval::node {

/// Envelopes taken apart and, where their keys are known, their signatures checked: in slices, by
/// whoever has time. Threads: all functions are safe from all.
class ActPreparation {
 public:
  /// `verifier` outlives it.
  ActPreparation(std::vector<std::shared_ptr<const Bytes>> envelopes, ActVerifier& verifier);
  /// Of acts that are prepared.
  explicit ActPreparation(std::vector<ledger::Preparation> acts);

  /// As they came, until somebody begins to prepare them; none of acts that came prepared.
  const std::vector<std::shared_ptr<const Bytes>>& envelopes() const { return envelopes_; }

  /// Asks the pool's threads to help with `preparation`, as many as it has room for.
  static void Share(const std::shared_ptr<ActPreparation>& preparation, WorkerPool& pool);
  /// Prepares a slice that nobody has claimed; false when none is left.
  bool WorkSlice();
  /// WorkSlice until none is left.
  void Work();
  /// Work, then waits for the slices that others have claimed. One for each envelope, in order.
  const std::vector<ledger::Preparation>& Result();

 private:
  static constexpr std::size_t kSlice = 16;

  std::vector<std::shared_ptr<const Bytes>> envelopes_;
  std::vector<ledger::Preparation> acts_;
  ActVerifier* verifier_ = nullptr;
  std::size_t slices_ = 0;
  std::atomic<std::size_t> claimed_ = 0;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t done_ = 0;
};

/// A block on its way from arrival to apply: the pool prepares its acts while the disk syncs, the
/// applier when its turn comes and something is left.
struct BlockPreparation {
  ledger::BlockHeader header;
  std::shared_ptr<ActPreparation> acts;
};

}  // namespace aval::node
