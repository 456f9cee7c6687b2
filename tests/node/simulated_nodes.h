#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "crypto/digest.h"
#include "ledger/genesis.h"
#include "ledger/record/calendar.h"
#include "node/replica.h"
#include "tests/base/fault_disk.h"
#include "tests/base/virtual_time.h"

namespace aval::node {

/// The test network's nodes in virtual time: real replicas, appliers and ledgers over a network,
/// disks and clocks that follow from a seed. Links keep the order and lose everything under way
/// when they break, as TCP's do. Nodes are numbered from 1. Threads: one.
class SimulatedNodes {
 public:
  struct Options {
    std::uint64_t seed = 1;
    Replica::Limits limits{};
    Duration latency_max = std::chrono::milliseconds(5);
    Duration disk_max = std::chrono::milliseconds(4);
    bool trims = false;                                          // The Raft logs.
    std::function<void(consensus::CoreOptions&)> change_core{};  // Null: nothing.
    /// Of node 1; see Replica::Parts.
    decltype(Replica::Parts::remember) remember{};
  };
  /// An act on its way, and its answer once there is one.
  struct Submission {
    std::shared_ptr<ledger::PreparedAct> act;
    std::optional<ActAnswer> answer;
  };
  using Ticket = std::shared_ptr<const Submission>;

  static constexpr std::uint32_t kNodes = 3;

  explicit SimulatedNodes(Options options);
  SimulatedNodes() : SimulatedNodes(Options{}) {}
  ~SimulatedNodes();

  void Run(Duration duration) { time_.RunFor(duration); }
  /// Runs until `done`, which is looked at every millisecond; false when a minute was not enough.
  bool RunUntil(const std::function<bool()>& done);
  /// Until somebody leads whom everyone who is up follows; its number.
  std::uint32_t Elect();
  /// Until every node has applied all there is, nothing is due and nothing waits.
  bool Settle();

  /// Messages of forwarded acts that left any node so far.
  std::size_t forwards() const { return forwards_; }
  /// Submits at `node` as its API does; the client waits for `timeout`.
  Ticket Submit(std::uint32_t node, const std::shared_ptr<const Bytes>& envelope,
                Duration timeout = std::chrono::seconds(30));
  /// What a peer would have sent.
  void Deliver(std::uint32_t to, std::uint32_t from, const consensus::Message& message);
  void DeliverRefusal(std::uint32_t to, std::uint32_t from, net::ForwardRefused refused);
  void DeliverForward(std::uint32_t to, std::uint32_t from,
                      const std::vector<std::shared_ptr<const Bytes>>& envelopes,
                      net::Receipt receipt = nullptr);

  /// The wall clock of `node` is so far from the others'.
  void ShiftClock(std::uint32_t node, Duration by);
  /// What `node` commits waits to be applied there until ReleaseApplies.
  void HoldApplies(std::uint32_t node);
  void ReleaseApplies(std::uint32_t node);
  /// Cuts the power: what was not synced survives in part.
  void Kill(std::uint32_t node);
  void Start(std::uint32_t node);
  /// What those that start from now on know of their disks.
  void set_memory(consensus::Promises::Memory memory) { memory_ = memory; }
  void Cut(std::uint32_t a, std::uint32_t b);
  void Isolate(std::uint32_t node);
  void Heal();

  bool up(std::uint32_t node) const { return nodes_.at(node).process != nullptr; }
  Replica& replica(std::uint32_t node);
  Replica::Status status(std::uint32_t node) const;
  bool leads(std::uint32_t node) const;
  /// Before the first and at the last entry of its Raft log.
  std::pair<consensus::Index, consensus::Index> raft_log(std::uint32_t node) const;
  std::shared_ptr<const View> view(std::uint32_t node) const;
  crypto::Digest state_hash(std::uint32_t node) const;
  /// What `node` has stored of an act; nothing when it has not applied it.
  std::optional<ledger::Outcome> OutcomeAt(std::uint32_t node,
                                           const ledger::PreparedAct& act) const;
  const ledger::CheckpointSigner& checkpoints(std::uint32_t node) const;
  /// Signatures that `node` has verified in this life, and those of what it has applied.
  ActVerifier::Counters verifications(std::uint32_t node) const;
  AppliedLedger::Counters applied_counters(std::uint32_t node) const;
  std::optional<Error> signing_failure(std::uint32_t node) const;
  /// While it is down: makes it have signed this root at the size that it signed last.
  void ForgeSignedRoot(std::uint32_t node, const crypto::Digest& root);
  /// In all its lives.
  const std::vector<std::string>& alarms(std::uint32_t node) const {
    return nodes_.at(node).alarms;
  }
  /// The last Append that `node` was sent with a block in it; nothing when there was none.
  const std::optional<consensus::Append>& last_block(std::uint32_t node) const {
    return nodes_.at(node).last_block;
  }
  Random& random() { return random_; }
  VirtualTime& time() { return time_; }

 private:
  struct Process;
  // What outlives a process.
  struct Machine;
  struct Slot {
    std::shared_ptr<Machine> machine;
    std::unique_ptr<Process> process;
    std::vector<std::string> alarms;
    std::optional<consensus::Append> last_block;
  };
  // A link in one direction. Its epoch moves on when it breaks: what was sent before is lost.
  struct Link {
    std::uint64_t epoch = 0;
    Instant last_arrival;
  };

  bool Connected(std::uint32_t a, std::uint32_t b) const;
  void Break(std::uint32_t a, std::uint32_t b);
  void TellOfLink(std::uint32_t a, std::uint32_t b, bool is_up);
  /// Runs `arrive` at `to` when what `from` sends now is there.
  void Carry(std::uint32_t from, std::uint32_t to, std::function<void(Process&)> arrive);
  Duration UpTo(Duration most);

  const Options options_;
  const ledger::Genesis genesis_;
  SeededRandom random_;
  VirtualTime time_;
  std::map<std::uint32_t, Slot> nodes_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Link> links_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> cut_;
  std::size_t forwards_ = 0;
  consensus::Promises::Memory memory_ = consensus::Promises::Memory::kWhole;
};

}  // namespace aval::node
