#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "ledger/genesis.h"
#include "ledger/log/checkpoints.h"
#include "ledger/log/log.h"
#include "ledger/machine.h"
#include "ledger/snapshot/source.h"
#include "ledger/state/store.h"
#include "node/act_preparation.h"
#include "node/state_cache.h"
#include "node/waiters.h"

namespace aval::node {

/// The state and the log at one block's end; what a read answers from. Immutable, kept alive by
/// those who read; lives no longer than the ledger.
struct View {
  std::unique_ptr<ledger::Reader> state;
  crypto::Frontier tree;
  std::uint64_t raft_index = 0;
  std::int64_t time_ms = 0;
  ledger::Day today;
  bool has_due_items = false;  // The sweep of today's calendar queue is not done.
};

/// This node's applied ledger: machine, log, state and signed checkpoints, kept in step.
///
/// Order of durability: log and effects, then one state batch that carries the applied index; so
/// the log is never behind the state, and Open cuts it back to the state (DESIGN.md section 4).
/// Threads: one applier (Apply, Flush, SignCheckpoints); view and the log's reads from any.
class AppliedLedger {
 public:
  struct Parts {
    Disk* disk = nullptr;  // These outlive the ledger.
    const Clock* clock = nullptr;
    const ledger::Genesis* genesis = nullptr;
    const crypto::SecretKey* log_key = nullptr;
    const crypto::SecretKey* cosigner_key = nullptr;
    std::uint32_t node = 0;
    std::unique_ptr<ledger::Store> state;
    std::filesystem::path log_directory;
  };

  /// Opens what is there, or begins with genesis on an empty state. kCorruption where state, log
  /// and genesis do not belong together.
  static Result<std::unique_ptr<AppliedLedger>> Open(Parts parts);

  /// What a block came to.
  struct Applied {
    std::vector<AppliedAct> acts;
    std::size_t faults = 0;  // Envelopes that a leader who checks never takes.
  };
  /// Applies a block at `raft_index` (null for an entry without one). What comes of it is held back
  /// until Flush; the answers may leave at once. An error is final: the node stops.
  Result<Applied> Apply(std::uint64_t raft_index, BlockPreparation* block);
  /// Makes everything applied durable and visible to readers, then signs the checkpoints that
  /// blocks have asked for.
  Result<void> Flush();

  /// The ledger as it is at the last applied entry, for a snapshot (ledger/snapshot/source.h); all
  /// is flushed then. To be called when that entry, a mark, has just been applied. What it gives
  /// lives no longer than the ledger.
  Result<ledger::SnapshotCut> Cut();
  /// What lies before the log's first leaf has been put there (ledger/log/backfill.h). Of any
  /// thread.
  void ForgetLogStart() { log_->ForgetStart(); }

  /// Since the start; of any thread.
  struct Counters {
    std::uint64_t signatures = 0;  // Of the acts applied.
    std::uint64_t unchecked = 0;   // Of these, what nobody had checked: left to the rules.
    std::uint64_t flushes = 0;
  };
  Counters counters() const;

  /// Where the ledger stands, flushed or not. Of the applier.
  struct Standing {
    std::uint64_t raft_index = 0;
    std::uint64_t tree_size = 0;
    std::int64_t time_ms = 0;
    bool has_due_items = false;
  };
  Result<Standing> standing();

  /// Leaves applied, flushed or not. Of any thread.
  std::uint64_t applied_size() const { return applied_size_; }
  /// Bytes of leaves and effects waiting for Flush.
  std::size_t unflushed_bytes() const { return unflushed_bytes_; }

  std::shared_ptr<const View> view() const;
  const ledger::Store& state() const { return *parts_.state; }
  const ledger::Log& log() const { return *log_; }
  const ledger::CheckpointSigner& checkpoints() const { return *checkpoints_; }
  /// Why this node signs no more, if so.
  std::optional<Error> signing_failure() const;
  /// How far the last block's time was ahead of this node's clock when a checkpoint went unsigned
  /// for that; nothing otherwise. Of the applier.
  std::optional<std::int64_t> ahead_ms() const { return ahead_ms_; }

 private:
  void CountSignatures(const ledger::PreparedAct& act);
  explicit AppliedLedger(Parts parts) : parts_(std::move(parts)), recent_(parts_.state.get()) {}
  Result<void> Begin();
  Result<void> Continue(const Bytes& mark);
  Result<void> OpenFiles(const crypto::Frontier& tree);
  Result<void> Publish();
  void SignCheckpoints();
  /// Once the log is as long as what this node has signed before: is it the same log?
  void CompareWithSigned();
  void StopSigningOn(const Result<void>& result);
  crypto::Digest GenesisDigest() const;
  std::uint64_t SignedSize() const;

  const Parts parts_;
  std::unique_ptr<ledger::Log> log_;
  std::unique_ptr<ledger::CheckpointSigner> checkpoints_;
  StateCache recent_;  // What the machine reads.
  std::optional<ledger::Machine> machine_;
  std::uint64_t raft_index_ = 0;
  std::size_t unflushed_bytes_ = 0;
  std::vector<crypto::Checkpoint> to_sign_;
  std::optional<std::int64_t> ahead_ms_;
  bool compared_ = false;  // What this node had signed before its start, with its log.

  std::atomic<std::uint64_t> applied_size_ = 0;
  std::atomic<std::uint64_t> signatures_ = 0;
  std::atomic<std::uint64_t> unchecked_ = 0;
  std::atomic<std::uint64_t> flushes_ = 0;

  mutable std::mutex mutex_;
  std::shared_ptr<const View> view_;
  std::optional<Error> signing_failure_;
};

}  // namespace aval::node
