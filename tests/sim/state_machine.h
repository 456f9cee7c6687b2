#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/act.h"
#include "ledger/log/log.h"
#include "node/act_verifier.h"
#include "node/applier.h"
#include "node/waiters.h"

namespace aval::sim {

/// What a node's committed blocks are applied to: the real ledger, or a hash chain of the acts.
/// Threads: one, the node's.
class StateMachine : public node::CommitSink {
 public:
  struct Parts {
    Executor* executor = nullptr;  // All of these outlive the machine.
    const Clock* clock = nullptr;
    Random* random = nullptr;
    node::Waiters* waiters = nullptr;
    Duration disk_time{};  // The mean of one application.
    /// What the next application takes beyond that; asked once for each.
    std::function<Duration()> stall;
    /// Hears of every run, and again when it is flushed.
    std::function<void(const node::AppliedRun&)> applied;
    /// The hash of the state at a run's end; equal on all nodes.
    std::function<void(consensus::Index, const crypto::Digest&)> reached;
    /// Hears of the ledger at each mark.
    node::Applier::Cut cut;
    /// The disk failed: the process ends.
    std::function<void(const Error&)> failed;
  };

  explicit StateMachine(Parts parts) : parts_(std::move(parts)) {}

  /// Everything that waits is applied in one run, once the disk had its time.
  void Commit(std::vector<node::CommittedEntry> entries) final;

  virtual node::AppliedRun standing() const = 0;
  /// Checks what comes in; of the node's replica, too.
  virtual node::ActVerifier& verifier() = 0;
  /// An act as the node's admission makes it of a client's bytes, or of a forwarder's.
  virtual ledger::Preparation Prepare(std::shared_ptr<const Bytes> envelope) = 0;
  /// Of its leaves: what the node serves, and fills after a snapshot.
  virtual const ledger::Log& log() const = 0;
  virtual void ForgetLogStart() = 0;
  /// Of the highest checkpoint that was signed.
  virtual std::uint64_t signed_size() const = 0;
  /// The ledger's own invariants, over all of the state; an empty text when they hold.
  virtual std::string Check() const = 0;

 protected:
  virtual void Apply(std::deque<node::CommittedEntry> entries) = 0;
  const Parts& parts() const { return parts_; }

 private:
  const Parts parts_;
  std::deque<node::CommittedEntry> waiting_;
};

}  // namespace aval::sim
