// Snapshots and trimmed logs with which implementations of Raft were wrong: README.md, by number.
// A snapshot is no message here: a node is stopped, and starts again with a log that begins after
// it (Cluster::Install). So nobody campaigns, votes or applies while one is under way.

#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

// The log is empty after the snapshot: what stands for its end is the snapshot's index and term.
TEST(Scenarios, H12_NodeWithNothingAfterItsSnapshotStandsByItsIndexAndTerm) {
  SeededRandom random(1);
  Cluster cluster;
  cluster.Elect(kOne);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  ASSERT_TRUE(cluster.Converged());
  const EntryId last = cluster.core(kTwo).last();
  cluster.Crash(kTwo, random);
  cluster.storage(kTwo).TrimTo(last.index);
  cluster.Restart(kTwo, last.index);
  ASSERT_EQ(cluster.core(kTwo).log().anchor(), last);
  cluster.Isolate(kOne);
  cluster.Pass(2 * kTimeout);
  cluster.Tick(kTwo);
  const auto request = std::get<VoteRequest>(cluster.mail().back().message);
  EXPECT_EQ(request.last_index, last.index);
  EXPECT_EQ(request.last_term, last.term);
  cluster.Settle();
  EXPECT_EQ(cluster.role(kTwo), Role::kLeader);
  EXPECT_EQ(cluster.core(kTwo).commit(), cluster.core(kThree).last().index);
}

TEST(Scenarios, H12_NodeWithNothingAfterItsSnapshotVotesForNoShorterLog) {
  SeededRandom random(1);
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  const EntryId last = cluster.core(kTwo).last();
  cluster.Crash(kTwo, random);
  cluster.storage(kTwo).TrimTo(last.index);
  cluster.Restart(kTwo, last.index);
  cluster.Crash(kOne, random);
  cluster.Heal();
  cluster.Pass(2 * kTimeout);
  cluster.Tick(kThree);
  cluster.Settle();
  EXPECT_EQ(cluster.role(kThree), Role::kPreCandidate);  // Two of three would be enough.
  cluster.Receive(kTwo, kThree,
                  AskVote(last.term.value + 5, false, last.index.value - 1, last.term.value));
  EXPECT_FALSE(Only<VoteResponse>(cluster).granted);
  cluster.Drop();
  cluster.Restart(kOne, last.index);
  cluster.Run(10 * kTimeout);
  EXPECT_NE(cluster.leader(), kThree);
  ExpectReached(cluster, {RarePath::kPreVoteRefusedToStaleLog, RarePath::kVoteDeniedToStaleLog});
}

// Letters from before the snapshot come after it.
TEST(Scenarios, H30_LateAppendsBelowASnapshotTakeNothingAway) {
  Cluster cluster({.core = {.append_bytes = 1}});
  cluster.Elect(kOne);
  cluster.LinkLost(kOne, kThree);
  std::vector<Message> late;
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne));
    for (const auto& letter : cluster.mail()) {
      if (letter.to == kThree) late.push_back(letter.message);
    }
    cluster.Drop(To(kThree));
    cluster.Settle();
    cluster.LinkLost(kOne, kThree);
  }
  ASSERT_GE(late.size(), 9U);
  cluster.Install(kThree, kOne, Index{8});
  const EntryId anchor = cluster.core(kThree).last();
  for (const Message& letter : late) {
    cluster.Receive(kThree, kOne, letter);
    EXPECT_EQ(cluster.core(kThree).log().anchor(), anchor);
    EXPECT_GE(cluster.core(kThree).commit(), anchor.index);
    EXPECT_EQ(*cluster.core(kThree).log().IdAt(anchor.index), anchor);
  }
  cluster.Run(2 * kBeat);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kAppendBelowAnchor});
}

// The members come with the snapshot: who was removed meanwhile does not stand.
TEST(Scenarios, H30_SnapshotBringsTheMembersOfItsTime) {
  Cluster cluster({.nodes = 4});
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  cluster.Isolate(kFour);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kFour)}));
  cluster.Settle();
  EXPECT_LT(cluster.core(kOne).commit(), cluster.core(kOne).last().index);
  cluster.Heal();
  cluster.Isolate(kFour);
  cluster.LinkLost(kOne, kThree);
  cluster.Run(kTimeout);
  const Index last = cluster.core(kOne).commit();
  ASSERT_FALSE(Current(cluster, kOne).members.contains(kFour));
  cluster.Install(kFour, kOne, last);
  EXPECT_EQ(Current(cluster, kFour), Current(cluster, kOne));
  cluster.Heal();
  cluster.Isolate(kOne);
  cluster.Run(10 * kTimeout);
  EXPECT_TRUE(cluster.leader() == kTwo || cluster.leader() == kThree);
  EXPECT_EQ(cluster.role(kFour), Role::kFollower);
}

}  // namespace
}  // namespace aval::consensus
