#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "base/result.h"
#include "consensus/types.h"
#include "crypto/digest.h"
#include "node/act_preparation.h"
#include "node/applied_ledger.h"
#include "node/waiters.h"

namespace aval::node {

/// A committed entry, with its block where it has one.
struct CommittedEntry {
  consensus::Index index;
  std::shared_ptr<BlockPreparation> block;
};

/// What one run of the applier came to.
struct AppliedRun {
  consensus::Index applied;
  std::uint64_t tree_size = 0;
  std::int64_t time_ms = 0;
  std::uint64_t checkpoint_size = 0;  // Of the highest that this node has signed.
  bool has_due_items = false;
  std::vector<AppliedAct> acts;
  std::vector<std::string> alarms;  // What a leader did that an honest one does not do.
};

/// Where the ledger stands after its last flush, as a run that has just come to it, without acts.
AppliedRun StandingOf(const AppliedLedger& ledger);

/// Applies committed entries: answers leave as soon as acts are applied, then log and state are
/// flushed once for all of them. Threads: one.
class Applier {
 public:
  /// Hears what is durable here and visible to readers.
  using Applied = std::function<void(const AppliedRun&)>;
  /// A run ends when this much waits for the flush.
  static constexpr std::size_t kRunBytes = std::size_t{8} << 20U;

  /// `ledger` and `waiters` outlive the applier.
  Applier(AppliedLedger& ledger, Waiters& waiters, Applied applied);

  /// In order, without a gap. An error is final: the node stops.
  Result<void> Apply(std::deque<CommittedEntry> entries);

 private:
  Result<void> EndRun(AppliedRun& run);

  AppliedLedger& ledger_;
  Waiters& waiters_;
  const Applied applied_;
};

/// Where committed entries go, in order. The simulator has one without a thread.
class CommitSink {
 public:
  virtual ~CommitSink() = default;
  virtual void Commit(std::vector<CommittedEntry> entries) = 0;
};

/// An applier on a thread of its own, which takes everything that waits in one run.
/// Threads: Commit from one; events come on the applier's thread.
class ApplierThread final : public CommitSink {
 public:
  /// More than the core ever hands out unapplied; a full queue would make its thread wait.
  static constexpr std::size_t kQueue = 1U << 17U;

  /// `failed` is called once; then nothing more is applied.
  ApplierThread(Applier applier, std::function<void(const Error&)> failed);
  ~ApplierThread() override;

  void Commit(std::vector<CommittedEntry> entries) override;
  /// Applies what was committed and joins the thread.
  void Stop();

 private:
  void Run();

  Applier applier_;
  const std::function<void(const Error&)> failed_;
  BoundedQueue<CommittedEntry> queue_{kQueue};
  std::thread thread_;
};

}  // namespace aval::node
