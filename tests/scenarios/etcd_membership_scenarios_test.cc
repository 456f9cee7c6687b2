// Changes of members as etcd's interaction tests have them: README.md, by the names of their files.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

using Nodes = std::set<NodeId>;

std::size_t ConfigurationsApplied(const Cluster& cluster, NodeId node) {
  return static_cast<std::size_t>(
      std::ranges::count(cluster.applied(node), EntryKind::kConfiguration, &Entry::kind));
}

// From one voter to two: by the old quorum, which is the one voter, as long as it is simple. To
// vote the second must first have what the first has.
TEST(EtcdScenarios, ConfChangeV1AddSingle_LearnerIsAddedByTheOldQuorumAndCatchesUp) {
  Cluster cluster({.nodes = 2, .voters = 1});
  cluster.Elect(kOne);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  ASSERT_TRUE(cluster.Change(kOne, {Add(kTwo)}));
  EXPECT_EQ(cluster.core(kOne).commit(), cluster.core(kOne).last().index);  // By itself.
  EXPECT_FALSE(Current(cluster, kOne).joint());
  cluster.Settle();
  EXPECT_TRUE(cluster.core(kOne).progress().at(kTwo).streaming());
  EXPECT_TRUE(cluster.Converged());
}

TEST(EtcdScenarios, ConfChangeV2AddSingleAuto_SecondVoterIsNeededOnceItIsOne) {
  Cluster cluster({.nodes = 2, .voters = 1});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kTwo)}));
  cluster.Settle();
  cluster.Isolate(kTwo);
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kTwo)}));
  const Index joint = cluster.core(kOne).membership().index();
  cluster.Settle();
  EXPECT_LT(cluster.core(kOne).commit(), joint);  // Two of two.
  cluster.Heal();
  cluster.Run(10 * kTimeout);
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_EQ(Current(cluster, cluster.leader()).voters, (Nodes{kOne, kTwo}));
  EXPECT_FALSE(Current(cluster, cluster.leader()).joint());
  EXPECT_TRUE(cluster.Converged());
}

// There is no explicit leaving here; but until it is committed nobody changes anything, and there
// is one.
TEST(EtcdScenarios, ConfChangeV2AddSingleExplicit_NoChangeUntilTheLeavingIsCommitted) {
  Cluster cluster({.nodes = 4, .voters = 2});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kThree)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kThree)}));
  ASSERT_TRUE(Current(cluster, kOne).joint());
  EXPECT_FALSE(cluster.Change(kOne, {Add(kFour)}));
  while (Current(cluster, kOne).joint()) ASSERT_TRUE(cluster.Deliver());
  EXPECT_FALSE(cluster.Change(kOne, {Add(kFour)}));  // The leaving is on its way.
  EXPECT_FALSE(cluster.Change(kOne, {Remove(kThree)}));
  cluster.Settle();
  EXPECT_EQ(ConfigurationsApplied(cluster, kOne), 3U);
  EXPECT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kChangeRefusedWhilePending});
}

// Also under a leader that did not begin it.
TEST(EtcdScenarios, ConfChangeV2AddDoubleImplicit_JointIsLeftByItselfAndByTheNextLeader) {
  for (const bool leader_dies : {false, true}) {
    SeededRandom random(1);
    Cluster cluster({.nodes = 4, .voters = 2});
    cluster.Elect(kOne);
    ASSERT_TRUE(cluster.Change(kOne, {Add(kThree), Add(kFour)}));
    cluster.Settle();
    ASSERT_TRUE(cluster.Change(kOne, {Promote(kThree), Promote(kFour)}));
    if (leader_dies) {
      cluster.Settle(Configurations());
      cluster.Crash(kOne, random);
      cluster.Drop();
      cluster.Restart(kOne);
      cluster.Elect(kTwo);
      ExpectReached(cluster, {RarePath::kJointLeftForOlderLeader});
    }
    cluster.Run(kTimeout);
    const Configuration& now = Current(cluster, cluster.leader());
    EXPECT_FALSE(now.joint());
    EXPECT_EQ(now.voters, (Nodes{kOne, kTwo, kThree, kFour}));
    EXPECT_TRUE(cluster.Converged());
  }
}

TEST(EtcdScenarios, ConfChangeV2AddDoubleAuto_OneToThreeAndBackWithProposalsInBetween) {
  Cluster cluster({.nodes = 3, .voters = 1});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kTwo), Add(kThree)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kTwo), Promote(kThree)}));
  const Index joint = cluster.core(kOne).membership().index();
  EXPECT_LT(cluster.core(kOne).commit(), joint);  // One of one, and one of three.
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(kTimeout);
  EXPECT_EQ(ConfigurationsApplied(cluster, kOne), 3U);
  EXPECT_EQ(Current(cluster, kOne).voters, (Nodes{kOne, kTwo, kThree}));
  EXPECT_TRUE(cluster.Converged());

  ASSERT_TRUE(cluster.Change(kOne, {Remove(kTwo), Remove(kThree)}));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(kTimeout);
  EXPECT_EQ(ConfigurationsApplied(cluster, kOne), 5U);
  EXPECT_EQ(Current(cluster, kOne).voters, Nodes{kOne});
  // What the removed say moves nobody, whatever the term.
  const Term term = cluster.term(kOne);
  cluster.Receive(kOne, kTwo, HeartbeatResponse{.term = {term.value + 3}, .applied = {}});
  cluster.Receive(kOne, kThree, AppendResponse{.term = {term.value + 3}});
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(cluster.term(kOne), term);
  ASSERT_TRUE(cluster.Propose(kOne));
  EXPECT_EQ(cluster.core(kOne).commit(), cluster.core(kOne).last().index);
  ExpectReached(cluster, {RarePath::kAnswerOfStrangerIgnored});
}

TEST(EtcdScenarios, ConfChangeV1RemoveLeader_ItDoesNotCountItselfOnceItIsOut) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kOne)}));
  while (Current(cluster, kOne).joint()) ASSERT_TRUE(cluster.Deliver());
  const Index left = cluster.core(kOne).membership().index();
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Drop(To(kThree) || From(kThree));
  cluster.CutTo(kOne, kThree);
  cluster.Settle();
  EXPECT_LT(cluster.core(kOne).commit(), left);  // 1 and 2 have it: of the two it is one.
  EXPECT_EQ(cluster.core(kTwo).last(), cluster.core(kOne).last());
  EXPECT_EQ(cluster.role(kOne), Role::kLeader);
  cluster.Heal();
  cluster.Run(2 * kTimeout);
  EXPECT_GE(cluster.core(kTwo).commit(), left);
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  ExpectReached(cluster, {RarePath::kLeaderNotCounted, RarePath::kLeaderLeftOut});
}

TEST(EtcdScenarios, ConfChangeV1RemoveLeaderStepDown_ItSendsOutThenIsSilent) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kOne)}));
  while (cluster.role(kOne) == Role::kLeader) ASSERT_TRUE(cluster.Deliver());
  // The news of the commit is under way when it goes.
  EXPECT_GT(cluster.CountMail(From(kOne) && Kind<Append>()), 0U);
  const Term term = cluster.term(kOne);
  EXPECT_FALSE(cluster.Propose(kOne));
  EXPECT_FALSE(cluster.Change(kOne, {Add(kOne, 2)}));
  cluster.Receive(
      kOne, kTwo,
      AppendResponse{.term = term, .success = true, .match = cluster.core(kTwo).last().index});
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  cluster.Settle();
  cluster.Cut(kTwo, kThree);  // Nobody else leads now, and it does not try.
  cluster.Run(20 * kTimeout);
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  EXPECT_EQ(cluster.leader(), NodeId{});
  cluster.Heal();
  cluster.Run(10 * kTimeout);
  EXPECT_TRUE(cluster.leader() == kTwo || cluster.leader() == kThree);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kLeaderLeftOut});
}

TEST(EtcdScenarios, ConfChangeV2ReplaceLeaderStepDown_LeaderGoesOnLeavingAndAnotherIsElected) {
  Cluster cluster({.nodes = 4, .voters = 3});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour), Remove(kOne)}));
  EXPECT_EQ(cluster.role(kOne), Role::kLeader);
  cluster.Settle();
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  cluster.Elect(kTwo);
  cluster.Run(10 * kTimeout);
  EXPECT_EQ(cluster.leader(), kTwo);
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  EXPECT_EQ(Current(cluster, kTwo).voters, (Nodes{kTwo, kThree, kFour}));
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kLeaderLeftOut});
}

}  // namespace
}  // namespace aval::consensus
