#include <gtest/gtest.h>

#include <chrono>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};
constexpr Duration kTimeout = Core::Options{}.election_timeout;

TEST(TransferTest, UpToDateNodeLeadsWithoutAnyTimeout) {  // T01
  Cluster cluster;
  cluster.Elect(kOne);
  const Instant before = cluster.now();
  ASSERT_TRUE(cluster.Transfer(kOne, kThree));
  cluster.Settle();
  EXPECT_EQ(cluster.leader(), kThree);
  EXPECT_EQ(cluster.now(), before);
}

TEST(TransferTest, SlowNodeCatchesUpFirst) {  // T02
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.CutTo(kOne, kThree);
  for (int i = 0; i < 5; ++i) cluster.Propose(kOne);
  cluster.Settle();
  cluster.Heal();
  ASSERT_TRUE(cluster.Transfer(kOne, kThree));
  EXPECT_EQ(cluster.CountMail(Kind<TimeoutNow>()), 0U);
  cluster.Run(Core::Options{}.heartbeat_interval + Duration(1));
  EXPECT_EQ(cluster.leader(), kThree);
  EXPECT_TRUE(cluster.Converged());
}

TEST(TransferTest, ProposalsWaitUntilItHasFailed) {  // T03
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  ASSERT_TRUE(cluster.Transfer(kOne, kThree));
  EXPECT_FALSE(cluster.Propose(kOne));
  EXPECT_EQ(cluster.core(kOne).NextSlot().error().code, Code::kUnavailable);
  EXPECT_EQ(cluster.core(kOne).obstacle(), Obstacle::kHandingOver);
  cluster.Run(kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_TRUE(cluster.Propose(kOne));
}

TEST(TransferTest, GoesToOtherVotersThatAreHeardOnly) {  // T04
  Cluster cluster({.nodes = 4, .voters = 3});
  cluster.Elect(kOne);
  const std::vector<MemberChange> learner{
      {.kind = MemberChange::Kind::kAdd, .node = NodeId{4}, .member = {}}};
  ASSERT_TRUE(cluster.Change(kOne, learner));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_FALSE(cluster.Transfer(kOne, kOne));
  EXPECT_FALSE(cluster.Transfer(kOne, NodeId{4}));
  EXPECT_FALSE(cluster.Transfer(kOne, NodeId{9}));
  EXPECT_FALSE(cluster.Transfer(kTwo, kThree));
  cluster.Isolate(kThree);
  cluster.Run(2 * kTimeout);
  EXPECT_FALSE(cluster.Transfer(kOne, kThree));
  ASSERT_TRUE(cluster.Transfer(kOne, kTwo));
  EXPECT_FALSE(cluster.Transfer(kOne, kTwo));  // It is under way.
}

TEST(TransferTest, OnlyTheLeaderOfTheTermMakesANodeCampaign) {  // T04
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Receive(kTwo, kThree, TimeoutNow{.term = cluster.term(kOne)});
  cluster.Receive(kTwo, kOne, TimeoutNow{.term = {cluster.term(kOne).value - 1}});
  EXPECT_EQ(cluster.role(kTwo), Role::kFollower);
  cluster.Receive(kTwo, kOne, TimeoutNow{.term = cluster.term(kOne)});
  EXPECT_EQ(cluster.role(kTwo), Role::kCandidate);
}

TEST(TransferTest, LeaderThatDoesNotHandOverIsNotDeposedByWhoSaysSo) {
  Cluster cluster;
  cluster.Elect(kOne);
  const Term term = cluster.term(kOne);
  const EntryId last = cluster.core(kOne).last();
  cluster.Receive(kOne, kThree,
                  VoteRequest{.term = {term.value + 1},
                              .transfer = true,
                              .last_index = last.index,
                              .last_term = last.term});
  EXPECT_EQ(cluster.role(kOne), Role::kLeader);
  // Nor does it carry a node far ahead.
  cluster.Receive(kTwo, kThree,
                  VoteRequest{.term = {term.value + 2},
                              .transfer = true,
                              .last_index = last.index,
                              .last_term = last.term});
  EXPECT_EQ(cluster.term(kTwo), term);
}

TEST(TransferTest, StalledDiskGivesLeadershipToWhoHasMost) {  // X03
  Cluster cluster({.nodes = 5});
  cluster.Elect(kOne);
  cluster.Cut(kOne, kTwo);
  for (int i = 0; i < 3; ++i) cluster.Propose(kOne);
  cluster.Settle();
  cluster.Heal();
  cluster.Stall(kOne);
  cluster.Propose(kOne);
  cluster.Run(Core::Options{}.disk_stall + 2 * Core::Options{}.heartbeat_interval);
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_NE(cluster.leader(), kOne);
  EXPECT_NE(cluster.role(kOne), Role::kLeader);
  cluster.EndStall(kOne);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Converged());
}

// The leader applies nothing, and the others everything.
struct LedBySlow : Cluster {
  explicit LedBySlow(const Core::Options& core) : Cluster({.core = core}) {
    Elect(kOne);
    set_apply(false);
  }
  void ApplyAtFollowers() {
    Apply(kTwo);
    Apply(kThree);
  }
};

TEST(TransferTest, LeaderThatAppliesTooSlowlyHandsOverOnceAMinute) {
  LedBySlow cluster({.apply_lag = std::chrono::seconds(5)});
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  cluster.ApplyAtFollowers();
  cluster.Run(std::chrono::seconds(4));
  EXPECT_EQ(cluster.leader(), kOne);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_NE(cluster.leader(), kOne);
}

TEST(TransferTest, LeaderWhoseBacklogIsOfBytesHandsOver) {
  LedBySlow cluster({.apply_lag_bytes = 10'000});
  ASSERT_TRUE(cluster.Propose(kOne, 20'000));
  cluster.Settle();
  cluster.ApplyAtFollowers();
  cluster.Run(3 * Core::Options{}.heartbeat_interval);
  EXPECT_NE(cluster.leader(), kOne);
}

TEST(TransferTest, WhenAQuorumAppliesTooSlowlyNothingIsTakenAndNobodyElseLeads) {
  Cluster cluster({.core = {.apply_lag_bytes = 10'000}});
  cluster.Elect(kOne);
  cluster.set_apply(false);
  ASSERT_TRUE(cluster.Propose(kOne, 20'000));
  cluster.Settle();
  EXPECT_FALSE(cluster.Propose(kOne));
  EXPECT_EQ(cluster.core(kOne).NextSlot().error().code, Code::kOverloaded);
  EXPECT_EQ(cluster.core(kOne).obstacle(), Obstacle::kUnapplied);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.leader(), kOne);
  cluster.Apply(kOne);
  cluster.Apply(kTwo);
  cluster.Run(3 * Core::Options{}.heartbeat_interval);
  EXPECT_TRUE(cluster.Propose(kOne));
}

}  // namespace
}  // namespace aval::consensus
