// Changes of members in which implementations of Raft were wrong: README.md, by number.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <vector>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

using Nodes = std::set<NodeId>;

// Ongaro 2015: two leaders, each of which changes the members once, would commit by two majorities
// that have nobody in common. Here the changes are to and from four voters.
TEST(Scenarios, H16_LeaderChangesNobodyBeforeItHasCommittedInItsTerm) {
  const std::vector<std::vector<MemberChange>> changes{
      {Promote(kFive)}, {Remove(kFour)}, {Demote(kThree)}};
  for (const auto& first : changes) {
    for (const auto& second : changes) {
      Cluster cluster({.nodes = 5, .voters = 4});
      cluster.Elect(kOne);
      ASSERT_TRUE(cluster.Change(kOne, {Add(kFive)}));
      cluster.Run(kTimeout);
      cluster.Isolate(kOne);
      ASSERT_TRUE(cluster.Change(kOne, first));  // Reaches nobody.
      Win(cluster, kTwo);
      EXPECT_FALSE(cluster.Change(kTwo, second));  // It may not know what the first has committed.
      cluster.Settle();
      ASSERT_TRUE(cluster.Change(kTwo, second));
      cluster.Run(kTimeout);
      cluster.Heal();
      cluster.Run(10 * kTimeout);
      EXPECT_TRUE(cluster.Converged());
      ExpectReached(cluster,
                    {RarePath::kChangeRefusedBeforeOwnCommit, RarePath::kConfigurationRolledBack});
    }
  }
}

// Nobody has applied the two changes when the cluster falls apart: by the members before them
// {2, 4, 5} would be a majority, beside {1, 3} by those after.
TEST(Scenarios, H17_ChangesThatAreNotAppliedBindWhoeverHasThem) {
  Cluster cluster({.nodes = 5, .core = {.apply_lag = std::chrono::hours(1)}, .apply = false});
  cluster.Elect(kOne);
  for (const NodeId gone : {kFour, kFive}) {
    ASSERT_TRUE(cluster.Change(kOne, {Remove(gone)}));
    cluster.Settle();
  }
  ASSERT_EQ(Current(cluster, kTwo).voters, (Nodes{kOne, kTwo, kThree}));
  for (const NodeId a : {kTwo, kFour, kFive}) {
    for (const NodeId b : {kOne, kThree}) cluster.Cut(a, b);
  }
  cluster.Run(20 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  for (const NodeId id : {kTwo, kFour, kFive}) EXPECT_NE(cluster.role(id), Role::kLeader);
  ExpectReached(cluster, {RarePath::kCampaignedBeforeApplying});
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  EXPECT_EQ(cluster.core(kOne).commit(), cluster.core(kOne).last().index);
}

// The leader dies when the joint configuration is committed by as few as can.
TEST(Scenarios, H18_LeaderDeadInsideJointIsReplacedAndTheJointLeft) {
  SeededRandom random(1);
  Cluster cluster({.nodes = 5, .voters = 3});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour), Add(kFive)}));
  cluster.Run(kTimeout);
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour), Promote(kFive), Remove(kThree)}));
  // 1 and 2 of the three before, 1, 2 and 4 of the four after.
  cluster.Drop(To(kThree) || To(kFive));
  cluster.Settle(Configurations());
  cluster.Settle(Kind<AppendResponse>());
  const Index joint = cluster.core(kTwo).membership().index();
  ASSERT_GE(cluster.core(kOne).commit(), joint);
  cluster.Crash(kOne, random);
  cluster.Drop();
  cluster.Run(20 * kTimeout);
  const NodeId leader = cluster.leader();
  ASSERT_TRUE(leader == kTwo || leader == kFour);
  EXPECT_EQ(Current(cluster, leader).voters, (Nodes{kOne, kTwo, kFour, kFive}));
  EXPECT_FALSE(Current(cluster, leader).joint());
  ExpectReached(cluster, {RarePath::kJointLeftForOlderLeader});
}

TEST(Scenarios, H19_JointIsLeftOnceHoweverMuchHappensInside) {
  Cluster cluster({.nodes = 4, .voters = 3});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour)}));
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Deliver();
    if (i % 5 == 0) cluster.Run(kBeat, /*deliver=*/false);
  }
  cluster.Run(kTimeout);
  const auto& applied = cluster.applied(kOne);
  EXPECT_EQ(std::ranges::count(applied, EntryKind::kConfiguration, &Entry::kind), 3);
  EXPECT_TRUE(cluster.Converged());
}

// Every member restarts inside the joint configuration, and goes on with it.
TEST(Scenarios, H19_JointSurvivesRestartsOfEveryone) {
  SeededRandom random(1);
  Cluster cluster({.nodes = 4, .voters = 3});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(kTimeout);
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour), Demote(kThree)}));
  cluster.Settle(Configurations());
  for (const NodeId id : cluster.ids()) cluster.Crash(id, random);
  cluster.Drop();
  for (const NodeId id : cluster.ids()) {
    cluster.Restart(id);
    EXPECT_TRUE(Current(cluster, id).joint());
    EXPECT_EQ(Current(cluster, id).demoted, Nodes{kThree});
  }
  cluster.Run(10 * kTimeout);
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_FALSE(Current(cluster, cluster.leader()).joint());
  EXPECT_EQ(Current(cluster, cluster.leader()).learners, Nodes{kThree});  // Not lost.
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kJointLeftForOlderLeader});
}

// A voter that the joint configuration drops is far behind and starts from a snapshot of the joint
// time. Of the three voters before one is dead: without its vote nobody could lead.
TEST(Scenarios, H19_OutgoingVoterWithASnapshotOfTheJointTimeStillVotes) {
  SeededRandom random(1);
  Cluster cluster({.nodes = 5, .voters = 3});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour), Add(kFive)}));
  cluster.Run(kTimeout);
  cluster.Isolate(kThree);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour), Promote(kFive), Remove(kThree)}));
  cluster.Settle(Configurations());
  cluster.Settle(Kind<AppendResponse>());
  const Index joint = cluster.core(kTwo).membership().index();
  ASSERT_EQ(cluster.core(kOne).commit(), joint);
  cluster.Install(kThree, kOne, joint);
  EXPECT_TRUE(Current(cluster, kThree).joint());
  EXPECT_TRUE(Current(cluster, kThree).outgoing.contains(kThree));
  cluster.Crash(kOne, random);
  cluster.Drop();
  cluster.Heal();
  cluster.Run(20 * kTimeout);
  const NodeId leader = cluster.leader();
  ASSERT_NE(leader, NodeId{});
  EXPECT_EQ(Current(cluster, leader).voters, (Nodes{kOne, kTwo, kFour, kFive}));
  EXPECT_FALSE(Current(cluster, leader).joint());
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kJointLeftForOlderLeader});
}

TEST(Scenarios, H20_TruncationTakesTheConfigurationBack) {
  Cluster cluster({.nodes = 5, .voters = 4});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFive)}));
  cluster.Run(kTimeout);
  const Configuration before = Current(cluster, kOne);
  cluster.Isolate(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFive), Remove(kFour)}));
  ASSERT_TRUE(cluster.Propose(kOne));
  ASSERT_TRUE(Current(cluster, kOne).joint());
  cluster.Elect(kTwo);
  cluster.Heal();
  cluster.Run(4 * kTimeout);
  EXPECT_EQ(Current(cluster, kOne), before);
  // It counts by it, too: 1, 2 and 3 are three of four.
  cluster.Elect(kOne);
  cluster.Isolate(kFour);
  cluster.Isolate(kFive);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  EXPECT_EQ(cluster.core(kOne).commit(), cluster.core(kOne).last().index);
  ExpectReached(cluster, {RarePath::kConfigurationRolledBack, RarePath::kConflictTruncated});
}

// The same for a node that restarts with the uncommitted configuration, and for one whose log
// begins with a snapshot just below it.
TEST(Scenarios, H20_ConfigurationIsTakenBackAfterARestartAndATrimToo) {
  SeededRandom random(1);
  Cluster cluster({.nodes = 5, .voters = 4});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFive)}));
  cluster.Run(kTimeout);
  const Configuration before = Current(cluster, kOne);
  const Index committed = cluster.core(kOne).commit();
  cluster.Isolate(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFive), Remove(kFour)}));
  cluster.Crash(kOne, random);
  cluster.storage(kOne).TrimTo(committed);
  cluster.Restart(kOne, committed);
  ASSERT_TRUE(Current(cluster, kOne).joint());
  cluster.Elect(kTwo);
  cluster.Heal();
  cluster.Run(4 * kTimeout);
  EXPECT_EQ(Current(cluster, kOne), before);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kConfigurationRolledBack});
}

// Node 3 is removed, emptied and added again, while a letter of its earlier life is still under
// way, and while node 2 knows nothing of it.
TEST(Scenarios, H21_WhatAnEarlierIncarnationSaidCountsNoMore) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kThree)}));
  cluster.Run(kTimeout);
  cluster.Renew(kThree);
  EXPECT_FALSE(cluster.Change(kOne, {Add(kThree, 1)}));  // As who it was: refused.
  cluster.CutTo(kOne, kThree);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kThree, cluster.incarnation(kThree))}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  const Term term = cluster.term(kOne);
  const Index last = cluster.core(kOne).last().index;
  cluster.Receive(kOne, kThree, AppendResponse{.term = term, .success = true, .match = last},
                  /*incarnation=*/1);
  EXPECT_EQ(cluster.core(kOne).progress().at(kThree).match(), Index{0});
  // From one that is not yet a member, nothing counts either.
  cluster.Receive(kOne, kThree, AppendResponse{.term = term, .success = true, .match = last},
                  /*incarnation=*/3);
  EXPECT_EQ(cluster.core(kOne).progress().at(kThree).match(), Index{0});
  cluster.Heal();
  cluster.Run(kTimeout);
  EXPECT_EQ(cluster.core(kOne).progress().at(kThree).match(), last);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kOldIncarnationIgnored, RarePath::kOtherIncarnationNotCounted});
}

// By its old log node 2 is one of three, and the emptied 3, which has forgotten what it has voted
// for, would give it a majority.
TEST(Scenarios, H21_EmptiedNodeElectsNobodyByAnOldConfiguration) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kTwo);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kTwo)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kThree)}));
  cluster.Settle();
  ASSERT_EQ(Current(cluster, kOne).voters, Nodes{kOne});
  cluster.Renew(kThree);
  cluster.Heal();
  cluster.Cut(kOne, kTwo);
  cluster.Cut(kOne, kThree);
  cluster.Run(40 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_NE(cluster.role(kTwo), Role::kLeader);
  ExpectReached(cluster, {RarePath::kOtherIncarnationNotCounted});
}

// It does not know that it was removed, and campaigns for ever.
TEST(Scenarios, H36_RemovedNodeDisturbsNobody) {
  Cluster cluster({.nodes = 4});
  cluster.Elect(kOne);
  cluster.Isolate(kFour);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kFour)}));
  cluster.Settle();
  cluster.Heal();
  const Term term = cluster.term(kOne);
  cluster.Run(40 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(cluster.term(kOne), term);
  cluster.Receive(kOne, kFour, HeartbeatResponse{.term = {term.value + 5}, .applied = {}});
  EXPECT_EQ(cluster.term(kOne), term);
  ExpectReached(cluster, {RarePath::kPreVoteRefusedInLease, RarePath::kAnswerOfStrangerIgnored});
}

// It leads until the others hold the configuration without it, and no longer.
TEST(Scenarios, H36_LeaderThatRemovesItselfBringsItsRemovalToTheOthers) {
  Cluster cluster({.nodes = 4});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kOne)}));
  cluster.Isolate(kFour);
  cluster.Run(kTimeout);
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  for (const NodeId id : {kTwo, kThree}) {
    EXPECT_EQ(Current(cluster, id).voters, (Nodes{kTwo, kThree, kFour}));
    EXPECT_EQ(cluster.core(id).commit(), cluster.core(id).last().index);
  }
  cluster.Run(10 * kTimeout);
  const NodeId leader = cluster.leader();
  EXPECT_TRUE(leader == kTwo || leader == kThree);
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  ExpectReached(cluster, {RarePath::kLeaderLeftOut});
}

}  // namespace
}  // namespace aval::consensus
