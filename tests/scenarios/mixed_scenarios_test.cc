// Everything at once, under which implementations of Raft were wrong: README.md, H38.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

/// Lost, repeated and reordered letters, cuts, crashes with an older state, slow disks, changes of
/// members, logs trimmed whoever lags, snapshots for those, leadership handed over, and reads: all
/// of it drawn from a seed.
class Nemesis {
 public:
  explicit Nemesis(std::uint64_t seed)
      : random_(seed),
        cluster_({.nodes = 5,
                  .voters = 3,
                  .core = {.seed = seed,
                           .append_bytes = 600,
                           .window = {.messages = 3, .bytes = 2'000},
                           .unapplied_bytes = 1'000,
                           .memory_bytes = 500},
                  .sync = false,
                  .apply = false}) {
    cluster_.set_memory(Promises::Memory::kUncertain);
  }

  void Run(std::size_t steps) {
    for (; steps > 0 && cluster_.invariants().ok(); --steps) Step();
  }
  /// Ends all faults. True when everybody then comes to one log, and a proposal is applied.
  bool Heals();

  const Cluster& cluster() const { return cluster_; }
  std::size_t snapshots() const { return snapshots_; }
  std::size_t changes() const { return changes_; }
  std::size_t transfers() const { return transfers_; }

 private:
  bool Chance(std::uint64_t of_thousand) { return random_.Below(1'000) < of_thousand; }
  NodeId AnyNode() { return {1 + static_cast<std::uint32_t>(random_.Below(5))}; }
  void Step();
  void Mail();
  void Disk(NodeId node);
  void Time(NodeId node);
  void Faults(NodeId node);
  void Wishes(NodeId leader);
  void Change(NodeId leader, NodeId node);
  /// Whoever lacks what its leader has trimmed starts again from what that has applied.
  void Install(NodeId node);

  SeededRandom random_;
  Cluster cluster_;
  std::map<NodeId, Index> kept_;  // What each state store has durably applied.
  std::size_t snapshots_ = 0;
  std::size_t changes_ = 0;
  std::size_t transfers_ = 0;
};

void Nemesis::Step() {
  Mail();
  const NodeId node = AnyNode();
  Disk(node);
  if (Chance(60)) Time(AnyNode());
  Faults(node);
  Install(node);
  if (const NodeId leader = cluster_.leader(); leader != NodeId{}) Wishes(leader);
}

void Nemesis::Mail() {
  while (cluster_.mail().size() > 500) cluster_.DropAt(0);
  if (cluster_.mail().empty()) return;
  const std::size_t at = Chance(300) ? random_.Below(cluster_.mail().size()) : 0;
  if (Chance(50)) return cluster_.DropAt(at);
  if (Chance(50)) cluster_.DuplicateAt(at);
  cluster_.DeliverAt(at);
}

void Nemesis::Disk(NodeId node) {
  if (!cluster_.up(node)) return;
  if (Chance(400)) cluster_.Sync(node, random_.Below(cluster_.storage(node).pending() + 1));
  if (!Chance(300)) return;
  cluster_.Apply(node);
  Index& kept = kept_[node];
  const Index applied = cluster_.handed_out(node);
  if (applied > kept) kept.value += random_.Below(applied.value - kept.value + 1);
  if (Chance(50)) cluster_.storage(node).TrimTo({random_.Below(kept.value + 1)});
}

void Nemesis::Time(NodeId node) {
  if (Chance(700)) return cluster_.Run(Duration(random_.Below(20'000)), /*deliver=*/false);
  if (!cluster_.up(node)) return;
  cluster_.Pass(std::max(Duration(0), cluster_.core(node).NextDeadline() - cluster_.now()));
  cluster_.Tick(node);
}

void Nemesis::Faults(NodeId node) {
  if (!cluster_.up(node)) {
    if (Chance(100)) cluster_.Restart(node, kept_[node]);
    return;
  }
  if (Chance(4)) return cluster_.Crash(node, random_);
  if (Chance(5)) cluster_.CutTo(node, AnyNode());
  if (Chance(3)) cluster_.Isolate(node);
  if (Chance(20)) cluster_.Heal();
}

void Nemesis::Wishes(NodeId leader) {
  if (Chance(150)) cluster_.Propose(leader, 8 + random_.Below(200));
  if (Chance(50)) cluster_.Read(AnyNode());
  if (Chance(3) && cluster_.Transfer(leader, AnyNode())) ++transfers_;
  if (Chance(20)) Change(leader, AnyNode());
}

void Nemesis::Change(NodeId leader, NodeId node) {
  // No disk is emptied before it is certain that its node was removed.
  const Core& core = cluster_.core(leader);
  if (core.membership().index() > core.commit()) return;
  MemberChange change{
      .kind = static_cast<MemberChange::Kind>(random_.Below(4)), .node = node, .member = {}};
  if (change.kind == MemberChange::Kind::kAdd) {
    if (core.membership().current().retired.contains(node)) {
      kept_[node] = {};
      cluster_.Renew(node);
    }
    change = Add(node, cluster_.incarnation(node));
  }
  if (cluster_.Change(leader, {change})) ++changes_;
}

void Nemesis::Install(NodeId node) {
  const NodeId from = cluster_.leader();
  if (from == NodeId{} || from == node || !cluster_.up(node)) return;
  const Index last = cluster_.storage(node).last().index;
  if (last >= cluster_.core(from).log().anchor().index || last >= kept_[from]) return;
  cluster_.Install(node, from, kept_[from]);
  kept_[node] = kept_[from];
  ++snapshots_;
}

bool Nemesis::Heals() {
  cluster_.Heal();
  cluster_.set_sync(true);
  cluster_.set_apply(true);
  for (const NodeId id : cluster_.ids()) {
    if (!cluster_.up(id)) cluster_.Restart(id, kept_[id]);
    cluster_.Sync(id);
    cluster_.Apply(id);
  }
  for (int rounds = 0; rounds < 10; ++rounds) {
    cluster_.Run(10 * kTimeout);
    for (const NodeId id : cluster_.ids()) {
      kept_[id] = cluster_.handed_out(id);
    }
    for (const NodeId id : cluster_.ids()) Install(id);
  }
  const NodeId leader = cluster_.leader();
  if (leader == NodeId{} || !cluster_.Propose(leader)) return false;
  cluster_.Run(2 * kTimeout);
  return cluster_.invariants().ok() && cluster_.Converged();
}

TEST(Scenarios, H38_LongMixedNemesisWithMembersAndSnapshotsLosesAndDoublesNothing) {
  constexpr std::uint64_t kSeeds = 40;
  std::size_t committed = 0;
  std::size_t snapshots = 0;
  std::size_t changes = 0;
  std::size_t transfers = 0;
  RarePaths rare_paths;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Nemesis nemesis(seed);
    nemesis.Run(6'000);
    ASSERT_TRUE(nemesis.cluster().invariants().ok());
    ASSERT_TRUE(nemesis.Heals());
    // What the clients of the last leader have seen: each block once, in one order.
    std::set<Bytes> blocks;
    for (const Entry& entry : nemesis.cluster().applied(nemesis.cluster().leader())) {
      if (entry.kind != EntryKind::kBlock) continue;
      EXPECT_TRUE(blocks.insert(*entry.payload).second);
    }
    EXPECT_FALSE(blocks.empty());
    committed += nemesis.cluster().invariants().committed().size();
    snapshots += nemesis.snapshots();
    changes += nemesis.changes();
    transfers += nemesis.transfers();
    rare_paths.Add(nemesis.cluster().rare_paths());
  }
  EXPECT_GT(committed, 50 * kSeeds);
  EXPECT_GT(snapshots, kSeeds / 2);
  EXPECT_GT(changes, kSeeds);
  EXPECT_GT(transfers, kSeeds / 2);
  for (const RarePath path :
       {RarePath::kFollowerBehindLog, RarePath::kConflictTruncated, RarePath::kWindowFull,
        RarePath::kJointLeftForOlderLeader, RarePath::kReadForwarded,
        RarePath::kVoteGivenForTransfer, RarePath::kHeardNothingBeforeGreeting}) {
    EXPECT_GT(rare_paths.of(path), 0U) << "never: " << RarePathName(path);
  }
}

}  // namespace
}  // namespace aval::consensus
