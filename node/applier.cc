#include "node/applier.h"

#include <pthread.h>

#include <utility>

namespace aval::node {

AppliedRun StandingOf(const AppliedLedger& ledger) {
  const std::shared_ptr<const View> view = ledger.view();
  const auto checkpoint = ledger.checkpoints().highest();
  return {.applied = {view->raft_index},
          .tree_size = view->tree.size(),
          .time_ms = view->time_ms,
          .checkpoint_size = checkpoint ? checkpoint->size : 0,
          .has_due_items = view->has_due_items,
          .acts = {},
          .alarms = {}};
}

Applier::Applier(AppliedLedger& ledger, Waiters& waiters, Applied applied)
    : ledger_(ledger), waiters_(waiters), applied_(std::move(applied)) {}

Result<void> Applier::Apply(std::deque<CommittedEntry> entries) {
  AppliedRun run;
  for (CommittedEntry& entry : entries) {
    AVAL_TRY(const AppliedLedger::Applied applied,
             ledger_.Apply(entry.index.value, entry.block.get()));
    waiters_.Resolve(applied.acts);
    run.acts.insert(run.acts.end(), applied.acts.begin(), applied.acts.end());
    if (applied.faults > 0) {
      run.alarms.push_back("node " + std::to_string(entry.block->header.leader) + " put " +
                           std::to_string(applied.faults) +
                           " envelopes into the block at raft index " +
                           std::to_string(entry.index.value) + " that it should have refused");
    }
    entry.block.reset();
    run.applied = entry.index;
    if (ledger_.unflushed_bytes() >= kRunBytes) AVAL_CHECK(EndRun(run));
  }
  if (run.applied.value > 0) AVAL_CHECK(EndRun(run));
  return {};
}

Result<void> Applier::EndRun(AppliedRun& run) {
  AVAL_CHECK(ledger_.Flush());
  AppliedRun flushed = StandingOf(ledger_);
  flushed.acts = std::move(run.acts);
  flushed.alarms = std::move(run.alarms);
  if (const auto ahead = ledger_.ahead_ms()) {
    flushed.alarms.push_back("the leader's time is " + std::to_string(*ahead) +
                             " ms ahead of this node's clock: its checkpoint was not signed");
  }
  applied_(flushed);
  run = AppliedRun{};
  return {};
}

ApplierThread::ApplierThread(Applier applier, std::function<void(const Error&)> failed)
    : applier_(std::move(applier)), failed_(std::move(failed)), thread_([this] { Run(); }) {
  pthread_setname_np(thread_.native_handle(), "applier");
}

ApplierThread::~ApplierThread() { Stop(); }

void ApplierThread::Commit(std::vector<CommittedEntry> entries) {
  for (CommittedEntry& entry : entries) queue_.Push(std::move(entry));
}

void ApplierThread::Stop() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
}

void ApplierThread::Run() {
  for (;;) {
    std::deque<CommittedEntry> entries = queue_.PopAll();
    if (entries.empty()) return;
    if (const Result<void> applied = applier_.Apply(std::move(entries)); !applied) {
      failed_(applied.error());
      return;
    }
  }
}

}  // namespace aval::node
