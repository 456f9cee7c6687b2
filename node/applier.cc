#include "node/applier.h"

#include <algorithm>
#include <utility>

namespace aval::node {

Result<AppliedRun> StandingOf(AppliedLedger& ledger) {
  AVAL_TRY(const AppliedLedger::Standing standing, ledger.standing());
  const std::shared_ptr<const View> view = ledger.view();
  const auto checkpoint = ledger.checkpoints().highest();
  return AppliedRun{.applied = {standing.raft_index},
                    .tree_size = standing.tree_size,
                    .time_ms = standing.time_ms,
                    .has_due_items = standing.has_due_items,
                    .flushed = {view->raft_index},
                    .checkpoint_size = checkpoint ? checkpoint->size : 0,
                    .acts = {},
                    .alarms = {}};
}

Applier::Applier(AppliedLedger& ledger, Waiters& waiters, const Clock& clock, Applied applied,
                 Cut cut, std::size_t run_bytes)
    : ledger_(ledger),
      waiters_(waiters),
      clock_(clock),
      applied_(std::move(applied)),
      cut_(std::move(cut)),
      run_bytes_(run_bytes) {}

Result<void> Applier::Apply(std::deque<CommittedEntry> entries) {
  if (entries.empty()) return {};
  std::vector<AppliedAct> acts;
  std::vector<std::string> alarms;
  // A long run, after a restart perhaps, must not keep readers waiting to its end.
  Instant pause = clock_.Now() + kFlushInterval;
  for (CommittedEntry& entry : entries) {
    AVAL_TRY(const AppliedLedger::Applied applied,
             ledger_.Apply(entry.index.value, entry.block.get()));
    flushed_ = false;
    waiters_.Resolve(applied.acts);
    acts.insert(acts.end(), applied.acts.begin(), applied.acts.end());
    if (applied.faults > 0) {
      alarms.push_back("node " + std::to_string(entry.block->header.leader) + " put " +
                       std::to_string(applied.faults) + " envelopes into the block at raft index " +
                       std::to_string(entry.index.value) + " that it should have refused");
    }
    entry.block.reset();
    const bool cuts = entry.mark.has_value() && cut_ != nullptr;
    if (ledger_.unflushed_bytes() < run_bytes_ && clock_.Now() < pause && !cuts) continue;
    AVAL_CHECK(Report(std::exchange(acts, {}), std::exchange(alarms, {})));
    AVAL_CHECK(Flush());
    if (cuts) {
      AVAL_TRY(ledger::SnapshotCut cut, ledger_.Cut());
      cut_(std::move(cut), *std::move(entry.mark));
    }
    pause = clock_.Now() + kFlushInterval;
  }
  if (flushed_) return {};
  AVAL_CHECK(Report(std::move(acts), std::move(alarms)));
  return FlushIfDue();
}

Result<void> Applier::Report(std::vector<AppliedAct> acts, std::vector<std::string> alarms) {
  AVAL_TRY(AppliedRun run, StandingOf(ledger_));
  run.acts = std::move(acts);
  run.alarms = std::move(alarms);
  applied_(run);
  return {};
}

std::optional<Duration> Applier::flush_in() const {
  if (flushed_) return std::nullopt;
  if (!last_flush_) return Duration(0);
  const Duration interval = wanted_ ? kWantedInterval : kFlushInterval;
  return std::max(*last_flush_ + interval - clock_.Now(), Duration(0));
}

Result<void> Applier::FlushIfDue() { return flush_in() == Duration(0) ? Flush() : Result<void>{}; }

Result<void> Applier::Flush() {
  if (flushed_) return {};
  AVAL_CHECK(ledger_.Flush());
  flushed_ = true;
  wanted_ = false;
  last_flush_ = clock_.Now();
  std::vector<std::string> alarms;
  if (const auto ahead = ledger_.ahead_ms()) {
    alarms.push_back("the leader's time is " + std::to_string(*ahead) +
                     " ms ahead of this node's clock: its checkpoint was not signed");
  }
  return Report({}, std::move(alarms));
}

ApplierThread::ApplierThread(Applier applier, std::function<void(const Error&)> failed)
    : applier_(std::move(applier)), failed_(std::move(failed)) {}

ApplierThread::~ApplierThread() { Stop(); }

void ApplierThread::Commit(std::vector<CommittedEntry> entries) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.empty()) thread_.Post([this] { ApplyWaiting(); });
  for (CommittedEntry& entry : entries) waiting_.push_back(std::move(entry));
}

void ApplierThread::FlushSoon() {
  if (flush_asked_.exchange(true)) return;
  thread_.Post([this] {
    flush_asked_ = false;
    applier_.WantFlush();
    FlushWhenDue();
  });
}

void ApplierThread::Stop() {
  thread_.Stop();
  if (!has_failed_) Check(applier_.Flush());
}

void ApplierThread::ApplyWaiting() {
  std::deque<CommittedEntry> entries;
  {
    const std::scoped_lock lock(mutex_);
    entries.swap(waiting_);
  }
  if (has_failed_) return;
  Check(applier_.Apply(std::move(entries)));
  FlushWhenDue();
}

void ApplierThread::FlushWhenDue() {
  const std::optional<Duration> delay = applier_.flush_in();
  if (has_failed_ || !delay) return;
  const std::uint64_t turn = ++flush_turn_;
  thread_.After(*delay, [this, turn] {
    if (has_failed_ || turn != flush_turn_) return;
    Check(applier_.FlushIfDue());
    FlushWhenDue();
  });
}

void ApplierThread::Check(const Result<void>& result) {
  if (result) return;
  has_failed_ = true;
  failed_(result.error());
}

}  // namespace aval::node
