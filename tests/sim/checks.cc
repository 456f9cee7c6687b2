#include "tests/sim/checks.h"

#include "base/assert.h"

namespace aval::sim {

using consensus::EntryId;
using consensus::Index;
using consensus::NodeId;

void ConfirmedLog::Confirm(const consensus::Persist& write) {
  if (write.truncate_after) {
    AVAL_ASSERT(write.truncate_after->index >= anchor_.index);
    entries_.resize(write.truncate_after->index.value - anchor_.index.value);
  }
  for (const consensus::Entry& entry : write.entries) {
    AVAL_ASSERT(entry.index.value == last().index.value + 1);
    entries_.push_back(IdOf(entry));
  }
  if (write.hard_state) hard_state_ = *write.hard_state;
}

bool ConfirmedLog::Recover(const std::deque<consensus::Persist>& writes,
                           const consensus::HardState& hard_state, const EntryId& last) {
  auto next = writes.begin();
  for (; hard_state != hard_state_ || last != this->last(); ++next) {
    if (next == writes.end()) return false;
    Confirm(*next);
  }
  return true;
}

void ConfirmedLog::Forget(const consensus::LogReader& log, const consensus::HardState& hard_state,
                          Index last) {
  std::vector<EntryId> held;
  for (Index at{anchor_.index.value + 1}; at <= last; ++at.value) {
    const auto id = log.IdAt(at);
    const auto before = IdAt(at);
    held.push_back(id ? *id : before ? *before : EntryId{});
  }
  entries_ = std::move(held);
  hard_state_ = hard_state;
}

bool ConfirmedLog::BeginAfter(const EntryId& mark, const consensus::HardState& hard_state) {
  if (mark == anchor_ && hard_state == hard_state_) return true;  // Opened once more.
  const bool forgets = mark.index <= last().index || hard_state.term < hard_state_.term ||
                       (hard_state.term == hard_state_.term && hard_state_.vote != NodeId{} &&
                        hard_state.vote != hard_state_.vote);
  anchor_ = mark;
  entries_.clear();
  hard_state_ = hard_state;
  return !forgets;
}

EntryId ConfirmedLog::last() const { return entries_.empty() ? anchor_ : entries_.back(); }

Result<EntryId> ConfirmedLog::IdAt(Index index) const {
  if (index == anchor_.index) return EntryId(anchor_);
  if (index < anchor_.index || index > last().index) {
    return Error{.code = Code::kNotFound,
                 .message = "entry " + std::to_string(index.value) + " is not durable"};
  }
  return EntryId(entries_[index.value - anchor_.index.value - 1]);
}

Checks::Checks(Trace& trace)
    : trace_(trace), raft_([this](const std::string& violation) { Violated(violation); }) {}

void Checks::Watch(NodeId node, const consensus::DurableView& disk) { disks_.emplace(node, &disk); }

void Checks::OnTask(NodeId node, const consensus::Core& core) {
  raft_.OnStep(node, core);
  raft_.CheckDurable(disks_);
}

void Checks::Violated(const std::string& what) {
  trace_.Say("VIOLATED: " + what);
  if (violation_.empty()) violation_ = what;
}

void Checks::OnState(NodeId node, Index index, const crypto::Digest& state) {
  const auto [at, fresh] = states_.emplace(index, state);
  if (at->second == state) return;
  Violated("node " + std::to_string(node.value) + ": another state at index " +
           std::to_string(index.value));
}

void Checks::OnEffect(NodeId node, const crypto::Digest& act, std::uint64_t position) {
  const auto [at, fresh] = positions_.emplace(act, position);
  const auto [holder, free] = acts_.emplace(position, act);
  if (at->second == position && holder->second == act) return;
  Violated("node " + std::to_string(node.value) + ": an act takes effect at " +
           std::to_string(position) + " and at " + std::to_string(at->second));
}

}  // namespace aval::sim
