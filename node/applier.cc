#include "node/applier.h"

#include <pthread.h>

#include <utility>

namespace aval::node {

Applier::Applier(AppliedLedger& ledger, Waiters& waiters, Applied applied)
    : ledger_(ledger), waiters_(waiters), applied_(std::move(applied)) {}

Result<void> Applier::Apply(std::deque<CommittedEntry> entries) {
  AppliedRun run;
  for (CommittedEntry& entry : entries) {
    AVAL_TRY(const std::vector<AppliedAct> answers,
             ledger_.Apply(entry.index.value, entry.block.get()));
    entry.block.reset();
    waiters_.Resolve(answers);
    run.acts.insert(run.acts.end(), answers.begin(), answers.end());
    run.applied = entry.index;
    if (ledger_.unflushed_bytes() >= kRunBytes) AVAL_CHECK(EndRun(run));
  }
  if (run.applied.value > 0) AVAL_CHECK(EndRun(run));
  return {};
}

Result<void> Applier::EndRun(AppliedRun& run) {
  AVAL_CHECK(ledger_.Flush());
  const std::shared_ptr<const View> view = ledger_.view();
  run.tree_size = view->tree.size();
  run.time_ms = view->time_ms;
  if (const auto highest = ledger_.checkpoints().highest()) run.checkpoint_size = highest->size;
  run.has_due_items = view->has_due_items;
  applied_(run);
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
