#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "consensus/core/core.h"
#include "consensus/message.h"
#include "tests/consensus/invariants.h"
#include "tests/consensus/storage.h"

namespace aval::consensus {

/// Cores, their disks and the letters between them, all in the test's hands: nothing moves unless
/// the test says so, and after every event the invariants are checked.
/// Threads: one.
class Cluster {
 public:
  struct Letter {
    NodeId from;
    NodeId to;
    Message message;
    std::uint32_t incarnation = 1;  // The sender's.
  };
  using Filter = std::function<bool(const Letter&)>;
  using MakeStorage = std::function<std::unique_ptr<Storage>(NodeId)>;
  struct Options {
    std::uint32_t nodes = 3;   // With ids 1 and up.
    std::uint32_t voters = 0;  // The first so many are members from the beginning; 0: all.
    Core::Options core{};      // `self`, `incarnation` and `seed` are set per node.
    bool sync = true;          // Writes complete at once.
    bool apply = true;         // What is committed is applied at once.
    bool forged = false;       // The test plays a leader whose own copies do not exist.
    MakeStorage storage{};     // Empty disks in memory unless given.
  };

  Cluster();
  explicit Cluster(Options options);
  ~Cluster();

  // What the test does.

  void Tick(NodeId node);
  /// Moves the clock without anybody noticing.
  void Pass(Duration time) { now_ = now_ + time; }
  /// Moves the clock, and ticks every node whenever its deadline comes; letters that get under way
  /// arrive at once when `deliver`.
  void Run(Duration time, bool deliver = true);
  /// Proposes a small block; false when the node takes none.
  bool Propose(NodeId node, std::size_t size = 8);
  void Receive(NodeId to, NodeId from, const Message& message, std::uint32_t incarnation = 1);
  /// The oldest letter that fits; false when there is none.
  bool Deliver(const Filter& filter = nullptr);
  void DeliverAt(std::size_t position);
  void DuplicateAt(std::size_t position) { mail_.push_back(mail_.at(position)); }
  void DropAt(std::size_t position);
  /// Delivers, in order, until nothing is under way.
  void Settle(const Filter& filter = nullptr);
  std::size_t Drop(const Filter& filter = nullptr);
  /// Completes the oldest writes of a node, all unless told.
  void Sync(NodeId node);
  void Sync(NodeId node, std::size_t writes);
  /// From now on the node's writes wait although others' complete at once.
  void Stall(NodeId node) { stalled_.insert(node); }
  void EndStall(NodeId node);
  /// The driver has applied up to `index` (what was handed out, unless told).
  void Apply(NodeId node);
  void Apply(NodeId node, Index index);
  /// And its state has it durably.
  void Flush(NodeId node, Index index);
  /// Its log was trimmed.
  void Trim(NodeId node);
  void LinkLost(NodeId node, NodeId peer);
  void Crash(NodeId node, Random& random);
  /// With a state store that has kept what was applied up to `applied`.
  void Restart(NodeId node, Index applied = {});
  /// Asks for a read at a node; nothing when it is down. That what comes is as new as everything
  /// committed before is checked.
  std::optional<std::uint64_t> Read(NodeId node);
  /// Hands leadership over; false when the node refuses.
  bool Transfer(NodeId node, NodeId target);
  /// The node starts again with an empty disk, and nobody has told the others.
  void LoseDisk(NodeId node);
  /// The same, but for what it held up to `kept`.
  void LoseSuffix(NodeId node, Index kept);
  /// From now on nodes that start know so much of their disks.
  void set_memory(Promises::Memory memory) { memory_ = memory; }
  /// The node's disk has room for entries, or not.
  void SetRoom(NodeId node, bool room);
  /// The scrubber of a node's disk in memory finds entries (`before`, `last`] lost.
  void FindDamage(NodeId node, const DamagedRange& range);
  /// Proposes a change of members; false when the node does not take it.
  bool Change(NodeId node, const std::vector<MemberChange>& changes);
  /// The node comes back with an empty disk, as the next incarnation.
  void Renew(NodeId node);
  /// The node starts again from a snapshot of what `from` had applied up to `through`, which lies
  /// beyond its own log; its term and vote stay.
  void Install(NodeId node, NodeId from, Index through);
  std::uint32_t incarnation(NodeId node) const { return nodes_.at(node).incarnation; }
  /// Lets the node win an election: silence, its timeout, and all letters delivered.
  void Elect(NodeId node);
  /// Letters between the two are lost from now on, in one or both directions.
  void CutTo(NodeId from, NodeId to) { cut_.insert({from, to}); }
  void Cut(NodeId a, NodeId b);
  void Isolate(NodeId node);
  void Heal() { cut_.clear(); }
  void set_sync(bool sync) { options_.sync = sync; }
  void set_apply(bool apply) { options_.apply = apply; }

  // What the test sees.

  std::vector<NodeId> ids() const;
  bool up(NodeId node) const { return nodes_.at(node).core != nullptr; }
  const Core& core(NodeId node) const { return *nodes_.at(node).core; }
  Storage& storage(NodeId node) { return *nodes_.at(node).storage; }
  /// Since genesis, over all restarts.
  const std::vector<Entry>& applied(NodeId node) const { return nodes_.at(node).applied; }
  /// By this incarnation, from what its state store had kept on.
  Index handed_out(NodeId node) const { return nodes_.at(node).handed_out; }
  const std::vector<Alarm>& alarms(NodeId node) const { return nodes_.at(node).alarms; }
  /// The node's driver had to stop it, or its disk failed.
  const std::optional<Error>& failure(NodeId node) const { return nodes_.at(node).failure; }
  const std::deque<Letter>& mail() const { return mail_; }
  std::size_t CountMail(const Filter& filter) const;
  Instant now() const { return now_; }
  Role role(NodeId node) const { return core(node).leadership().role; }
  Term term(NodeId node) const { return core(node).leadership().term; }
  /// The leader of the highest term; 0 when nobody leads.
  NodeId leader() const;
  /// Terms of a node's whole log, read through its core.
  std::vector<std::uint64_t> LogTerms(NodeId node) const;
  /// The last answer to the node's reads.
  const std::optional<Actions::Readable>& readable(NodeId node) const {
    return nodes_.at(node).readable;
  }
  bool needs_snapshot(NodeId node) const { return nodes_.at(node).needs_snapshot; }
  /// Every member that is up has the same log, committed and applied to its end.
  bool Converged() const;
  const Invariants& invariants() const { return invariants_; }
  /// By all nodes, over all restarts.
  RarePaths rare_paths() const;
  std::uint64_t reached(RarePath path) const { return rare_paths().of(path); }

 private:
  struct Node {
    std::unique_ptr<Storage> storage;
    std::unique_ptr<Core> core;
    std::vector<Entry> applied;  // Since genesis, over all restarts.
    Index handed_out;
    std::vector<Alarm> alarms;
    std::optional<Error> failure;
    std::map<std::uint64_t, Index> reads;  // Not answered: by ticket, what was committed before.
    std::optional<Actions::Readable> readable;
    bool needs_snapshot = false;
    std::uint64_t starts = 0;
    RarePaths before;  // Reached by its cores before this one.
    std::uint32_t incarnation = 1;
  };
  std::vector<ConfigurationAt> ConfigurationsOf(const Storage& storage) const;
  void Start(NodeId id, Index applied);
  void End(NodeId id);
  void Event(NodeId id, const std::function<void(Core&, Actions&)>& event);
  void React(NodeId id, Actions& actions);
  void CheckReads(NodeId id, const Actions::Readable& readable);

  Options options_;
  Configuration first_;
  std::map<Index, Configuration> committed_configurations_;
  std::map<NodeId, Node> nodes_;
  std::deque<Letter> mail_;
  std::set<std::pair<NodeId, NodeId>> cut_;
  std::set<NodeId> stalled_;
  Promises::Memory memory_ = Promises::Memory::kWhole;
  Instant now_;
  Invariants invariants_;
  std::uint64_t payloads_ = 0;
};

/// Letters that carry a T.
template <class T>
Cluster::Filter Kind() {
  return [](const Cluster::Letter& letter) { return std::holds_alternative<T>(letter.message); };
}
Cluster::Filter From(NodeId node);
Cluster::Filter To(NodeId node);
Cluster::Filter operator&&(Cluster::Filter a, Cluster::Filter b);
Cluster::Filter operator||(Cluster::Filter a, Cluster::Filter b);
Cluster::Filter operator!(Cluster::Filter filter);

}  // namespace aval::consensus
