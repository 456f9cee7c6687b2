#include "node/applier.h"

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
                    .flushed_size = view->tree.size(),
                    .checkpoint_size = checkpoint ? checkpoint->size : 0,
                    .acts = {},
                    .alarms = {}};
}

Applier::Applier(AppliedLedger& ledger, Waiters& waiters, const Clock& clock, Applied applied)
    : ledger_(ledger), waiters_(waiters), clock_(clock), applied_(std::move(applied)) {}

Result<void> Applier::Apply(std::deque<CommittedEntry> entries) {
  if (entries.empty()) return {};
  AppliedRun run;
  for (CommittedEntry& entry : entries) {
    AVAL_TRY(const AppliedLedger::Applied applied,
             ledger_.Apply(entry.index.value, entry.block.get()));
    flushed_ = false;
    waiters_.Resolve(applied.acts);
    run.acts.insert(run.acts.end(), applied.acts.begin(), applied.acts.end());
    if (applied.faults > 0) {
      run.alarms.push_back("node " + std::to_string(entry.block->header.leader) + " put " +
                           std::to_string(applied.faults) +
                           " envelopes into the block at raft index " +
                           std::to_string(entry.index.value) + " that it should have refused");
    }
    entry.block.reset();
    if (ledger_.unflushed_bytes() < kRunBytes) continue;
    AVAL_CHECK(Report(std::exchange(run, {})));
    AVAL_CHECK(Flush());
  }
  AVAL_CHECK(Report(std::move(run)));
  return FlushIfDue();
}

Result<void> Applier::Report(AppliedRun run) {
  AVAL_TRY(AppliedRun standing, StandingOf(ledger_));
  standing.acts = std::move(run.acts);
  standing.alarms = std::move(run.alarms);
  applied_(standing);
  return {};
}

std::optional<Instant> Applier::flush_due() const {
  if (flushed_) return std::nullopt;
  return last_flush_ ? *last_flush_ + kFlushInterval : clock_.Now();
}

Result<void> Applier::FlushIfDue() {
  const std::optional<Instant> due = flush_due();
  return due && *due <= clock_.Now() ? Flush() : Result<void>{};
}

Result<void> Applier::Flush() {
  if (flushed_) return {};
  AVAL_CHECK(ledger_.Flush());
  flushed_ = true;
  last_flush_ = clock_.Now();
  AppliedRun run;
  if (const auto ahead = ledger_.ahead_ms()) {
    run.alarms.push_back("the leader's time is " + std::to_string(*ahead) +
                         " ms ahead of this node's clock: its checkpoint was not signed");
  }
  return Report(std::move(run));
}

ApplierThread::ApplierThread(Applier applier, const Clock& clock,
                             std::function<void(const Error&)> failed)
    : applier_(std::move(applier)), clock_(clock), failed_(std::move(failed)) {}

ApplierThread::~ApplierThread() { Stop(); }

void ApplierThread::Commit(std::vector<CommittedEntry> entries) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.empty()) thread_.Post([this] { ApplyWaiting(); });
  for (CommittedEntry& entry : entries) waiting_.push_back(std::move(entry));
}

void ApplierThread::FlushSoon() {
  thread_.Post([this] {
    if (!has_failed_) Check(applier_.Flush());
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
  const std::optional<Instant> due = applier_.flush_due();
  if (has_failed_ || flush_scheduled_ || !due) return;
  flush_scheduled_ = true;
  thread_.After(*due - clock_.Now(), [this] {
    flush_scheduled_ = false;
    if (has_failed_) return;
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
