#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <variant>
#include <vector>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

using Wish = MemberChange::Kind;

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};
const NodeId kFour{4};
const NodeId kFive{5};

MemberChange Add(NodeId node, std::uint32_t incarnation = 1) {
  return {.kind = Wish::kAdd,
          .node = node,
          .member = {.incarnation = incarnation, .group = node.value}};
}
MemberChange Promote(NodeId node) { return {.kind = Wish::kPromote, .node = node, .member = {}}; }
MemberChange Remove(NodeId node) { return {.kind = Wish::kRemove, .node = node, .member = {}}; }

const Configuration& Current(const Cluster& cluster, NodeId node) {
  return cluster.core(node).membership().current();
}

// Three voters led by node 1, and further nodes that are no members yet.
Cluster::Options ThreeOf(std::uint32_t nodes) { return {.nodes = nodes, .voters = 3}; }

// Of an Append that brings a configuration.
Cluster::Filter Configurations() {
  return [](const Cluster::Letter& letter) {
    const auto* append = std::get_if<Append>(&letter.message);
    if (append == nullptr) return false;
    return std::any_of(append->entries.begin(), append->entries.end(),
                       [](const Entry& entry) { return entry.kind == EntryKind::kConfiguration; });
  };
}

TEST(MembershipTest, LearnerGetsTheLogAndCountsForNothing) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_EQ(cluster.core(kFour).last(), cluster.core(kOne).last());
  EXPECT_TRUE(cluster.Converged());
  cluster.Isolate(kTwo);
  cluster.Isolate(kThree);
  ASSERT_TRUE(cluster.Propose(kOne));
  const Index before = cluster.core(kOne).commit();
  cluster.Settle();
  EXPECT_EQ(cluster.core(kFour).last(), cluster.core(kOne).last());
  EXPECT_EQ(cluster.core(kOne).commit(), before);
}

TEST(MembershipTest, LearnerDoesNotCampaign) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(std::chrono::seconds(1));
  cluster.Isolate(kFour);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.role(kFour), Role::kFollower);
  EXPECT_EQ(cluster.term(kFour), cluster.term(kOne));
}

TEST(MembershipTest, ChangeOfVotersGoesThroughAJointConfigurationByItself) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(std::chrono::seconds(1));
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour), Remove(kThree)}));
  EXPECT_TRUE(Current(cluster, kOne).joint());
  cluster.Run(std::chrono::seconds(1));
  for (const NodeId node : {kOne, kTwo, kFour}) {
    EXPECT_FALSE(Current(cluster, node).joint());
    EXPECT_EQ(Current(cluster, node).voters, (std::set<NodeId>{kOne, kTwo, kFour}));
  }
}

// M01: {1, 2, 3} to {1, 4, 5}: neither majority alone commits.
TEST(MembershipTest, JointConfigurationNeedsBothMajorities) {
  for (const auto& silent : {std::vector{kTwo, kThree}, std::vector{kFour, kFive}}) {
    Cluster cluster(ThreeOf(5));
    cluster.Elect(kOne);
    ASSERT_TRUE(cluster.Change(kOne, {Add(kFour), Add(kFive)}));
    cluster.Run(std::chrono::seconds(1));
    ASSERT_TRUE(
        cluster.Change(kOne, {Promote(kFour), Promote(kFive), Remove(kTwo), Remove(kThree)}));
    const Index joint = cluster.core(kOne).last().index;
    for (const NodeId node : silent) cluster.Isolate(node);
    cluster.Drop(To(silent[0]) || To(silent[1]));
    cluster.Settle();
    EXPECT_LT(cluster.core(kOne).commit(), joint);
    cluster.Heal();
    cluster.Run(std::chrono::seconds(3));
    EXPECT_TRUE(cluster.Converged());
    EXPECT_EQ(Current(cluster, cluster.leader()).voters, (std::set<NodeId>{kOne, kFour, kFive}));
  }
}

// M03.
TEST(MembershipTest, SecondChangeIsRefusedUntilTheFirstIsCommittedAndLeft) {
  Cluster cluster(ThreeOf(5));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  EXPECT_FALSE(cluster.Change(kOne, {Add(kFive)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour)}));
  EXPECT_FALSE(cluster.Change(kOne, {Add(kFive)}));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(cluster.Change(kOne, {Add(kFive)}));
}

// M04 (H16): a leader that has committed nothing may not know what older terms have.
TEST(MembershipTest, ChangeIsRefusedBeforeAnEntryOfTheLeadersOwnTermIsCommitted) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  cluster.Pass(std::chrono::seconds(3));
  cluster.Tick(kTwo);
  cluster.Settle(!Kind<Append>());
  ASSERT_EQ(cluster.role(kTwo), Role::kLeader);
  EXPECT_FALSE(cluster.Change(kTwo, {Add(kFour)}));
  cluster.Settle();
  EXPECT_TRUE(cluster.Change(kTwo, {Add(kFour)}));
}

// M05 (H20).
TEST(MembershipTest, ConfigurationGoesWithItsTruncatedEntry) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  const Configuration before = Current(cluster, kOne);
  cluster.Isolate(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  ASSERT_NE(Current(cluster, kOne), before);
  cluster.Elect(kTwo);
  ASSERT_TRUE(cluster.Propose(kTwo));
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(Current(cluster, kOne), before);
  EXPECT_TRUE(cluster.Converged());
}

// M06.
TEST(MembershipTest, ConfigurationSurvivesARestart) {
  Cluster cluster(ThreeOf(4));
  SeededRandom random(1);
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour)}));
  cluster.Run(std::chrono::seconds(1));
  const Configuration now = Current(cluster, kTwo);
  cluster.Crash(kTwo, random);
  cluster.Restart(kTwo);
  EXPECT_EQ(Current(cluster, kTwo), now);
  cluster.Crash(kTwo, random);
  cluster.storage(kTwo).TrimTo(cluster.storage(kTwo).last().index);
  cluster.Restart(kTwo, cluster.storage(kTwo).last().index);
  EXPECT_EQ(Current(cluster, kTwo), now);
}

// M07 (H18).
TEST(MembershipTest, LeaderElectedInsideAJointConfigurationLeavesIt) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour), Remove(kThree)}));
  // Everyone has the joint configuration, and nobody knows that it is committed.
  cluster.Settle(Configurations());
  cluster.Isolate(kOne);
  cluster.Drop();
  cluster.Run(std::chrono::seconds(5));
  const NodeId leader = cluster.leader();
  ASSERT_TRUE(leader == kTwo || leader == kFour);
  EXPECT_EQ(Current(cluster, leader).voters, (std::set<NodeId>{kOne, kTwo, kFour}));
  EXPECT_FALSE(Current(cluster, leader).joint());
}

// M08 (H19).
TEST(MembershipTest, JointConfigurationIsLeftOnceHoweverMuchIsProposed) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour)}));
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Deliver();
  }
  cluster.Run(std::chrono::seconds(1));
  const auto& applied = cluster.applied(kOne);
  const auto configurations = std::count_if(applied.begin(), applied.end(), [](const Entry& entry) {
    return entry.kind == EntryKind::kConfiguration;
  });
  EXPECT_EQ(configurations, 3);  // The learner, the joint one, the leaving.
}

// M13, C05.
TEST(MembershipTest, LeaderThatRemovesItselfIsNotCountedAndThenStepsDown) {
  Cluster cluster(ThreeOf(3));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kOne)}));
  while (Current(cluster, kOne).joint()) ASSERT_TRUE(cluster.Deliver());
  cluster.Isolate(kThree);
  cluster.Drop(To(kThree) || From(kThree));
  cluster.Settle();
  // 1 and 2 have it, but of the two who count only 2.
  EXPECT_LT(cluster.core(kOne).commit(), cluster.core(kOne).membership().index());
  EXPECT_EQ(cluster.role(kOne), Role::kLeader);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(5));
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  EXPECT_FALSE(cluster.Propose(kOne));
  ASSERT_TRUE(cluster.leader() == kTwo || cluster.leader() == kThree);
  EXPECT_TRUE(cluster.Converged());
}

// The joint configuration is committed, and only the leader that it drops has the leaving: 1 cannot
// win without its vote, nor get it with the shorter log. So 2 must campaign (thesis, 4.2.2).
TEST(MembershipTest, NodeThatVotesNoMoreStillCampaignsWhileItIsNeeded) {
  Cluster cluster({.nodes = 2});
  cluster.Elect(kTwo);
  ASSERT_TRUE(cluster.Change(kTwo, {Remove(kTwo)}));
  while (Current(cluster, kTwo).joint()) ASSERT_TRUE(cluster.Deliver());
  cluster.Drop();
  cluster.Isolate(kTwo);
  cluster.Run(std::chrono::seconds(5));
  ASSERT_EQ(cluster.leader(), NodeId{});
  cluster.Heal();
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(Current(cluster, kOne).voters, std::set<NodeId>{kOne});
}

// C06.
TEST(MembershipTest, SmallerQuorumCommitsWhatWaited) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kThree)}));
  ASSERT_TRUE(cluster.Propose(kOne));
  const Index proposed = cluster.core(kOne).last().index;
  cluster.Settle();
  EXPECT_GE(cluster.core(kOne).commit(), proposed);
  EXPECT_EQ(Current(cluster, kTwo).voters, (std::set<NodeId>{kOne, kTwo}));
}

// M11 (H36).
TEST(MembershipTest, RemovedNodeIsNotHeardAndDisturbsNobody) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kThree)}));
  cluster.Settle();
  cluster.Heal();
  const Term term = cluster.term(kOne);
  cluster.Run(std::chrono::seconds(20));
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(cluster.term(kOne), term);
  cluster.Receive(kOne, kThree, HeartbeatResponse{.term = {term.value + 5}, .applied = {}});
  EXPECT_EQ(cluster.term(kOne), term);
}

// M12 (H21): with an empty disk, under a new incarnation, and only so.
TEST(MembershipTest, RemovedNodeComesBackWithAnEmptyDiskAsANewIncarnation) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kThree)}));
  cluster.Run(std::chrono::seconds(1));
  cluster.Renew(kThree);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_EQ(cluster.role(kThree), Role::kFollower);  // It knows genesis, and that it is not meant.
  EXPECT_FALSE(cluster.Change(kOne, {Add(kThree, 1)}));
  ASSERT_TRUE(cluster.Change(kOne, {Add(kThree, cluster.incarnation(kThree))}));
  cluster.Run(std::chrono::seconds(2));
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kThree)}));
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Converged());
  cluster.Isolate(kOne);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_TRUE(cluster.leader() == kTwo || cluster.leader() == kThree);
}

// H21: 2 was removed while it was cut off; 3 was, too, and came back empty. By 2's old log the two
// are a majority of three, and 3 would vote for anybody.
TEST(MembershipTest, EmptiedNodesVoteAndAcknowledgementCountForNobodyWhoKnewItBefore) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kTwo);
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kTwo)}));
  cluster.Settle();
  ASSERT_TRUE(cluster.Change(kOne, {Remove(kThree)}));
  cluster.Settle();
  ASSERT_EQ(Current(cluster, kOne).voters, std::set<NodeId>{kOne});
  cluster.Renew(kThree);
  cluster.Heal();
  cluster.Cut(kOne, kTwo);
  cluster.Cut(kOne, kThree);
  cluster.Run(std::chrono::seconds(20));
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_NE(cluster.role(kTwo), Role::kLeader);
}

// E19: node 4 was promoted, and does not know it when the leader dies.
TEST(MembershipTest, LearnerVotesWhenAskedByWhoeverKnowsOfItsPromotion) {
  Cluster cluster({.nodes = 4, .voters = 2});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(std::chrono::seconds(1));
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kFour)}));
  cluster.Drop(To(kFour));
  cluster.CutTo(kOne, kFour);
  cluster.Settle();
  ASSERT_TRUE(Current(cluster, kFour).learners.contains(kFour));
  ASSERT_TRUE(Current(cluster, kTwo).voters.contains(kFour));
  cluster.Isolate(kOne);
  cluster.Elect(kTwo);
  cluster.Run(std::chrono::seconds(1));
  EXPECT_EQ(cluster.leader(), kTwo);
  EXPECT_TRUE(Current(cluster, kFour).voters.contains(kFour));
}

TEST(MembershipTest, ConfigurationThatNoChangeMakesIsRefusedAndAlarmed) {
  Cluster cluster({.forged = true});
  const auto send = [&](const Bytes& payload) {
    Entry entry{.term = {1},
                .index = {1},
                .kind = EntryKind::kConfiguration,
                .payload = std::make_shared<const Bytes>(payload),
                .chain = {}};
    entry.chain = ChainOf({}, entry.term, entry.index, entry.kind, payload);
    cluster.Receive(kOne, kTwo, Append{.term = {1}, .entries = {entry}});
  };
  Configuration alone;  // All power to the liar.
  alone.members[kTwo] = {};
  alone.voters = {kTwo};
  alone.majority_of_one = true;
  send(Encode(alone));
  send(Bytes{1, 2, 3});
  EXPECT_EQ(cluster.core(kOne).last().index, Index{0});
  EXPECT_EQ(Current(cluster, kOne).voters.size(), 3U);
  EXPECT_FALSE(cluster.alarms(kOne).empty());
}

// etcd calls it the strict check of reconfigurations.
TEST(MembershipTest, ChangeWhoseQuorumIsNotThereIsRefused) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Settle();
  cluster.Isolate(kThree);
  cluster.Run(std::chrono::seconds(2));
  // Nodes one and three would have to agree on everything.
  EXPECT_FALSE(cluster.Change(kOne, {Remove(kTwo)}));
  EXPECT_TRUE(cluster.Change(kOne, {Remove(kThree)}));
}

TEST(MembershipTest, LearnerThatHasNotTheLogIsNotPromoted) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  cluster.Run(std::chrono::seconds(2));
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  EXPECT_FALSE(cluster.Change(kOne, {Promote(kFour)}));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(cluster.Change(kOne, {Promote(kFour)}));
}

// Though the others are a quorum without it.
TEST(MembershipTest, LearnerThatIsNotHeardIsNotPromoted) {
  Cluster cluster(ThreeOf(4));
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Isolate(kFour);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_FALSE(cluster.Change(kOne, {Promote(kFour)}));
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Change(kOne, {Promote(kFour)}));
}

TEST(MembershipTest, ConfigurationThatMakesAMemberSomebodyElseIsRefused) {
  Cluster cluster({.forged = true});
  const Configuration first = Current(cluster, kOne);
  std::vector<Configuration> lies(4, first);
  lies[0].members[kThree].incarnation = 2;
  lies[1].members[kThree].group = 1;
  lies[2].retired[NodeId{9}] = 7;
  // Who has left must come back under a higher incarnation; nobody is forgotten.
  lies[3].members.erase(kThree);
  lies[3].voters = {kOne, kTwo};
  lies[3].outgoing = {kOne, kTwo};
  for (const Configuration& lie : lies) {
    Entry entry{.term = {1},
                .index = {1},
                .kind = EntryKind::kConfiguration,
                .payload = std::make_shared<const Bytes>(Encode(lie)),
                .chain = {}};
    entry.chain = ChainOf({}, entry.term, entry.index, entry.kind, *entry.payload);
    cluster.Receive(kOne, kTwo, Append{.term = {1}, .entries = {entry}});
    EXPECT_EQ(Current(cluster, kOne), first);
  }
  EXPECT_FALSE(cluster.alarms(kOne).empty());
}

}  // namespace
}  // namespace aval::consensus
