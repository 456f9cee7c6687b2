#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/thread_executor.h"
#include "consensus/types.h"
#include "ledger/snapshot/source.h"
#include "node/act_preparation.h"
#include "node/applied_ledger.h"
#include "node/waiters.h"

namespace aval::node {

/// A committed entry, with its block where it has one.
struct CommittedEntry {
  consensus::Index index;
  std::shared_ptr<BlockPreparation> block;
  /// Of an entry that marks where a snapshot is to be cut: what Raft adds to it.
  std::optional<ledger::RaftMark> mark = {};
};

/// What the applier has come to.
struct AppliedRun {
  consensus::Index applied;
  std::uint64_t tree_size = 0;
  std::int64_t time_ms = 0;
  bool has_due_items = false;
  consensus::Index flushed;           // Durable here and visible to readers, up to this.
  std::uint64_t checkpoint_size = 0;  // Of the highest that this node has signed.
  std::vector<AppliedAct> acts;       // Of this run, and answered.
  std::vector<std::string> alarms;    // What a leader did that an honest one does not do.
};

/// Where the ledger stands when it has just been opened, as a run without acts.
Result<AppliedRun> StandingOf(AppliedLedger& ledger);

/// Applies committed entries. Answers leave as soon as acts are applied; log and state are flushed
/// together for all that came since the last flush, which under load is kFlushInterval ago, or
/// kWantedInterval where a reader waits for it: what is written again meanwhile is written once,
/// for three syncs in all (docs/adr/0013). Until then the Raft log alone has it, on which the
/// answers rest. Threads: one.
class Applier {
 public:
  /// Hears of every run, and again when it is flushed.
  using Applied = std::function<void(const AppliedRun&)>;
  /// Hears of the ledger at each mark.
  using Cut = std::function<void(ledger::SnapshotCut, ledger::RaftMark)>;
  static constexpr Duration kFlushInterval = std::chrono::milliseconds(100);
  static constexpr Duration kWantedInterval = std::chrono::milliseconds(20);
  static constexpr std::size_t kRunBytes = std::size_t{8} << 20U;

  /// `ledger`, `waiters` and `clock` outlive the applier. `run_bytes` are flushed at once. Without
  /// `cut` marks are entries like others.
  Applier(AppliedLedger& ledger, Waiters& waiters, const Clock& clock, Applied applied,
          Cut cut = nullptr, std::size_t run_bytes = kRunBytes);

  /// In order, without a gap; flushes when it is time. An error of these three is final: the node
  /// stops.
  Result<void> Apply(std::deque<CommittedEntry> entries);
  /// Somebody waits to see what is applied: the next flush need not wait for all of its time.
  void WantFlush() { wanted_ = !flushed_; }
  /// In how long whoever runs the applier is to call FlushIfDue; nothing when all is flushed.
  std::optional<Duration> flush_in() const;
  Result<void> FlushIfDue();
  Result<void> Flush();

 private:
  Result<void> Report(std::vector<AppliedAct> acts, std::vector<std::string> alarms);

  AppliedLedger& ledger_;
  Waiters& waiters_;
  const Clock& clock_;
  const Applied applied_;
  const Cut cut_;
  const std::size_t run_bytes_;
  bool flushed_ = true;
  bool wanted_ = false;
  std::optional<Instant> last_flush_;
};

/// Where committed entries go, in order. The simulator has one without a thread.
class CommitSink {
 public:
  virtual ~CommitSink() = default;
  virtual void Commit(std::vector<CommittedEntry> entries) = 0;
};

/// An applier on a thread of its own, which takes everything that waits in one run. What waits is
/// bounded by what the core hands out unapplied.
/// Threads: Commit from one; events come on the applier's thread, but for those of Stop.
class ApplierThread final : public CommitSink {
 public:
  /// `failed` is called once; then nothing more is applied.
  ApplierThread(Applier applier, std::function<void(const Error&)> failed);
  ~ApplierThread() override;

  void Commit(std::vector<CommittedEntry> entries) override;
  /// Somebody waits to see what is applied. From any thread.
  void FlushSoon();
  /// Applies and flushes what was committed, and joins the thread.
  void Stop();

 private:
  void ApplyWaiting();
  void FlushWhenDue();
  void Check(const Result<void>& result);

  Applier applier_;
  const std::function<void(const Error&)> failed_;
  bool has_failed_ = false;
  std::atomic<bool> flush_asked_ = false;  // A FlushSoon is under way to the thread.
  std::uint64_t flush_turn_ = 0;           // Of the flush scheduled last; those before it are void.
  std::mutex mutex_;
  std::deque<CommittedEntry> waiting_;
  ThreadExecutor thread_{"applier"};  // Last: its tasks use the rest.
};

}  // namespace aval::node
