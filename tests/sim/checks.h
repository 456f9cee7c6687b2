#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "consensus/storage.h"
#include "crypto/digest.h"
#include "tests/consensus/invariants.h"
#include "tests/consensus/storage.h"
#include "tests/sim/trace.h"

namespace aval::sim {

/// What of a node's log was confirmed durable: it must be there after every restart.
/// Threads: one.
class ConfirmedLog final : public consensus::DurableView {
 public:
  void Confirm(const consensus::Persist& write);
  /// A restart found this. Of what was under way, `writes`, the first few may have become durable
  /// unconfirmed; false when this is no such state.
  bool Recover(const std::deque<consensus::Persist>& writes, const consensus::HardState& hard_state,
               const consensus::EntryId& last);
  /// The disk has lied, and holds this now. What of it cannot be read is what was confirmed there.
  void Forget(const consensus::LogReader& log, const consensus::HardState& hard_state,
              consensus::Index last);
  /// A snapshot was installed, and the log begins at its mark with this. False when it drops what
  /// was confirmed.
  bool BeginAfter(const consensus::EntryId& mark, const consensus::HardState& hard_state);

  consensus::HardState hard_state() const override { return hard_state_; }
  consensus::EntryId last() const override;
  consensus::EntryId Anchor() const override { return anchor_; }
  Result<consensus::EntryId> IdAt(consensus::Index index) const override;

 private:
  consensus::HardState hard_state_;
  consensus::EntryId anchor_;
  std::vector<consensus::EntryId> entries_;  // Those after the anchor.
};

/// What must hold of the whole cluster after every event; the first violation ends the run.
/// Threads: one.
class Checks {
 public:
  explicit Checks(Trace& trace);

  consensus::Invariants& raft() { return raft_; }
  /// `disk` outlives the checks.
  void Watch(consensus::NodeId node, const consensus::DurableView& disk);
  /// After every task of a node.
  void OnTask(consensus::NodeId node, const consensus::Core& core);

  void Violated(const std::string& what);
  bool ok() const { return violation_.empty(); }
  const std::string& violation() const { return violation_; }

  /// A node's state at this index: the same on all nodes, in all their lives.
  void OnState(consensus::NodeId node, consensus::Index index, const crypto::Digest& state);
  /// An act took effect at a position, or is known to have: the same on all nodes, and one only.
  void OnEffect(consensus::NodeId node, const crypto::Digest& act, std::uint64_t position);
  /// A change of members has begun.
  void CountChange() { ++changes_; }
  std::uint64_t changes() const { return changes_; }
  /// Acts that took effect so far.
  std::size_t effects() const { return positions_.size(); }

 private:
  Trace& trace_;
  std::string violation_;
  consensus::Invariants raft_;
  std::map<consensus::NodeId, const consensus::DurableView*> disks_;
  std::map<consensus::Index, crypto::Digest> states_;
  std::map<crypto::Digest, std::uint64_t> positions_;
  std::map<std::uint64_t, crypto::Digest> acts_;
  std::uint64_t changes_ = 0;
};

}  // namespace aval::sim
