// Leadership handed over, where implementations of Raft were wrong: README.md, by number and by the
// names of etcd's files.

#include <gtest/gtest.h>

#include <set>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

TEST(Scenarios, H35_LearnersAndStrangersAreNoTargetsAndDoNotCampaign) {
  Cluster cluster({.nodes = 4, .voters = 3});
  cluster.Elect(kOne);
  EXPECT_FALSE(cluster.Transfer(kOne, kFour));
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(kTimeout);
  EXPECT_FALSE(cluster.Transfer(kOne, kFour));
  EXPECT_FALSE(cluster.Transfer(kOne, kOne));
  const Term term = cluster.term(kOne);
  cluster.Receive(kFour, kOne, TimeoutNow{.term = term});
  EXPECT_EQ(cluster.role(kFour), Role::kFollower);
  cluster.Settle();
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(cluster.term(kOne), term);
  EXPECT_TRUE(cluster.Propose(kOne));  // Nothing is being handed over.
}

// The request to stand comes when the target is no member any more.
TEST(Scenarios, H35_LateRequestAtARemovedNodeCostsAtMostOneElection) {
  Cluster cluster({.nodes = 4});
  cluster.Elect(kOne);
  const Term term = cluster.term(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kFour)}));
  cluster.CutTo(kOne, kFour);  // It hears of the joint configuration, and not of the leaving.
  cluster.Settle();
  cluster.Receive(kFour, kOne, TimeoutNow{.term = term});
  cluster.Settle();
  cluster.Heal();
  cluster.Run(10 * kTimeout);
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_NE(cluster.leader(), kFour);
  EXPECT_LE(cluster.term(cluster.leader()).value, term.value + 2);
  EXPECT_TRUE(cluster.Propose(cluster.leader()));
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
}

// Cut off, mute, or without a disk: proposals go on after one election timeout.
TEST(Scenarios, H35_TransferToALostTargetIsGivenUpAfterATimeout) {
  for (int how = 0; how < 3; ++how) {
    Cluster cluster;
    cluster.Elect(kOne);
    if (how == 0) cluster.Isolate(kThree);
    if (how == 1) cluster.CutTo(kThree, kOne);
    if (how == 2) cluster.Stall(kThree);
    ASSERT_TRUE(cluster.Propose(kOne));
    ASSERT_TRUE(cluster.Transfer(kOne, kThree));
    EXPECT_FALSE(cluster.Propose(kOne));
    EXPECT_FALSE(cluster.Transfer(kOne, kTwo));
    cluster.Run(kTimeout);
    EXPECT_EQ(cluster.leader(), kOne) << how;
    EXPECT_TRUE(cluster.Propose(kOne)) << how;
    cluster.Settle();
    EXPECT_EQ(cluster.core(kOne).commit(), cluster.core(kOne).last().index);
    ExpectReached(cluster, {RarePath::kTransferGivenUp, RarePath::kTransferWaitedForLog});
  }
}

// Its request is lost: the target has everything, and does not know that it is wanted.
TEST(Scenarios, H35_LostRequestIsGivenUpAndMayBeMadeAgain) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Transfer(kOne, kThree));
  ASSERT_EQ(cluster.Drop(Kind<TimeoutNow>()), 1U);
  cluster.Run(kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  ASSERT_TRUE(cluster.Transfer(kOne, kThree));
  cluster.Settle();
  EXPECT_EQ(cluster.leader(), kThree);
  EXPECT_TRUE(cluster.Propose(kThree));
  ExpectReached(cluster, {RarePath::kTransferGivenUp, RarePath::kVoteGivenForTransfer});
}

TEST(Scenarios, H35_SlowTargetCatchesUpFirst) {
  Cluster cluster({.core = {.append_bytes = 1}});
  cluster.Elect(kOne);
  cluster.CutTo(kOne, kThree);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  cluster.Heal();
  const Index last = cluster.core(kOne).last().index;
  ASSERT_TRUE(cluster.Transfer(kOne, kThree));
  while (cluster.role(kThree) == Role::kFollower) {
    if (!cluster.Deliver()) cluster.Run(kBeat, /*deliver=*/false);
  }
  EXPECT_EQ(cluster.core(kThree).last().index, last);
  cluster.Settle();
  EXPECT_EQ(cluster.leader(), kThree);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kTransferWaitedForLog, RarePath::kVoteGivenForTransfer});
}

// Node 4 takes the place of the leader, which hands over to it inside the joint configuration.
TEST(EtcdScenarios, ConfChangeV2ReplaceLeader_NewVoterLeadsInsideTheJointAndLeavesIt) {
  Cluster cluster({.nodes = 4, .voters = 3});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(kTimeout);
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour), Remove(kOne)}));
  cluster.Settle(To(kFour) || (From(kFour) && To(kOne)));
  ASSERT_TRUE(Current(cluster, kOne).joint());
  ASSERT_TRUE(cluster.Transfer(kOne, kFour));
  cluster.Settle(Kind<TimeoutNow>());
  ASSERT_EQ(cluster.role(kFour), Role::kCandidate);
  // The entry that waits for the others reaches them from whoever leads.
  cluster.Settle();
  ASSERT_EQ(cluster.leader(), kFour);
  cluster.Run(10 * kTimeout);
  EXPECT_EQ(cluster.leader(), kFour);
  EXPECT_FALSE(Current(cluster, kFour).joint());
  EXPECT_EQ(Current(cluster, kFour).voters, (std::set<NodeId>{kTwo, kThree, kFour}));
  EXPECT_TRUE(cluster.Converged());
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  cluster.Isolate(kFour);
  cluster.Run(10 * kTimeout);
  EXPECT_TRUE(cluster.leader() == kTwo || cluster.leader() == kThree);
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  ExpectReached(cluster, {RarePath::kJointLeftForOlderLeader, RarePath::kVoteGivenForTransfer});
}

}  // namespace
}  // namespace aval::consensus
