// Elections as etcd's interaction tests have them: README.md, by the names of their files.

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <set>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

TEST(EtcdScenarios, SingleNode_LeadsAtOnceAndCommitsAfterItsOwnSync) {
  Cluster cluster({.nodes = 1, .sync = false});
  cluster.Pass(2 * kTimeout);
  cluster.Tick(kOne);
  EXPECT_TRUE(cluster.mail().empty());
  cluster.Sync(kOne);  // Its vote.
  ASSERT_EQ(cluster.role(kOne), Role::kLeader);
  EXPECT_EQ(cluster.LogTerms(kOne), Terms{1});
  EXPECT_EQ(cluster.core(kOne).commit(), Index{0});
  cluster.Sync(kOne);
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  EXPECT_EQ(cluster.applied(kOne).size(), 1U);
  ExpectReached(cluster, {RarePath::kCommittedByOwnDisk});
}

TEST(EtcdScenarios, Campaign_WinsWithTwoOfThreeAndCommitsInTwoRoundTrips) {
  Cluster cluster;
  cluster.Isolate(kThree);
  cluster.Stall(kTwo);
  cluster.Pass(2 * kTimeout);
  cluster.Tick(kOne);
  cluster.Settle();
  ASSERT_EQ(cluster.role(kOne), Role::kCandidate);
  cluster.EndStall(kTwo);  // Its vote leaves when it is durable.
  EXPECT_EQ(cluster.storage(kTwo).hard_state(), (HardState{.term = {1}, .vote = kOne}));
  EXPECT_TRUE(Only<VoteResponse>(cluster).granted);
  cluster.Heal();
  ASSERT_TRUE(cluster.Deliver());
  ASSERT_EQ(cluster.role(kOne), Role::kLeader);
  EXPECT_EQ(cluster.LogTerms(kOne), Terms{1});
  for (int trips = 0; trips < 2; ++trips) {
    for (std::size_t letters = cluster.mail().size(); letters > 0; --letters) cluster.Deliver();
    for (std::size_t letters = cluster.mail().size(); letters > 0; --letters) cluster.Deliver();
  }
  EXPECT_TRUE(cluster.Converged());
}

// Node 3 has not received the entries that make it a voter when the leader dies.
TEST(EtcdScenarios, CampaignLearnerMustVote_ItVotesThoughItDoesNotKnowThatItMay) {
  Cluster cluster({.nodes = 3, .voters = 2});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kThree)}));
  cluster.Run(kTimeout);
  cluster.CutTo(kOne, kThree);
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kThree)}));
  cluster.Settle();
  cluster.Isolate(kOne);
  ASSERT_TRUE(Current(cluster, kThree).learners.contains(kThree));
  ASSERT_EQ(Current(cluster, kTwo).voters, (std::set<NodeId>{kOne, kTwo, kThree}));
  ASSERT_FALSE(Current(cluster, kTwo).joint());
  Win(cluster, kTwo);  // By its vote.
  EXPECT_TRUE(Current(cluster, kThree).learners.contains(kThree));
  cluster.Run(kTimeout);
  EXPECT_EQ(cluster.leader(), kTwo);
  EXPECT_TRUE(Current(cluster, kThree).voters.contains(kThree));
  EXPECT_EQ(cluster.core(kThree).commit(), cluster.core(kTwo).last().index);
  ExpectReached(cluster, {RarePath::kVoteGivenByNonVoter});
}

TEST(EtcdScenarios, CheckQuorum_LeaseHoldsThenTheLonelyLeaderGoesThenAHighTermForcesAnElection) {
  Cluster cluster({.storage = [](NodeId id) {
    return std::make_unique<MemoryStorage>(HardState{.term = {id == kThree ? 9U : 1U}, .vote = {}},
                                           EntriesOfTerms({1}));
  }});
  cluster.Isolate(kThree);
  cluster.Elect(kOne);
  const Term term = cluster.term(kOne);
  // In the lease nobody follows a higher term.
  for (const NodeId id : {kOne, kTwo}) {
    cluster.Receive(id, kThree, AskVote(10, false, 99, 9));
    EXPECT_EQ(cluster.term(id), term);
  }
  EXPECT_TRUE(cluster.mail().empty());
  // A leader that hears nobody goes within two timeouts.
  cluster.CutTo(kTwo, kOne);
  cluster.Run(2 * kTimeout + Duration(1));
  EXPECT_NE(cluster.role(kOne), Role::kLeader);
  cluster.Heal();
  cluster.Isolate(kThree);
  cluster.Run(10 * kTimeout);
  ASSERT_NE(cluster.leader(), NodeId{});
  const std::uint64_t stepped_down = cluster.reached(RarePath::kDeposedByAnswer);
  // The node of the higher term answers heartbeats with it.
  cluster.Heal();
  cluster.Run(10 * kTimeout);
  EXPECT_GT(cluster.term(kThree), Term{9});
  EXPECT_TRUE(cluster.Converged());
  EXPECT_GT(cluster.reached(RarePath::kDeposedByAnswer), stepped_down);
  ExpectReached(cluster, {RarePath::kVoteIgnoredInLease, RarePath::kSteppedDownWithoutQuorum});
}

TEST(EtcdScenarios, PreVote_StaleLogIsRefusedWithoutMovingATerm) {
  Cluster cluster({.storage = Logs({{kOne, {1, 1}}, {kTwo, {1, 1}}, {kThree, {1}}})});
  cluster.Pass(2 * kTimeout);
  cluster.Tick(kThree);
  cluster.Settle();
  EXPECT_EQ(cluster.role(kThree), Role::kFollower);
  for (const NodeId id : cluster.ids()) {
    EXPECT_EQ(cluster.term(id), Term{1});
    EXPECT_EQ(cluster.storage(id).hard_state().vote, NodeId{});
  }
  cluster.Elect(kTwo);
  EXPECT_EQ(cluster.term(kTwo), Term{2});
  ExpectReached(cluster, {RarePath::kPreVoteRefusedToStaleLog, RarePath::kElectionLost});
}

TEST(EtcdScenarios, PreVoteCheckQuorum_WhoHearsALeaderRefusesAndAQuorumOfTheSilentReplacesIt) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Run(kTimeout);
  const std::uint64_t term = cluster.term(kOne).value;
  cluster.Receive(kTwo, kThree, AskVote(term + 1, true, 99, term));
  EXPECT_FALSE(Only<VoteResponse>(cluster).granted);
  cluster.Drop();
  cluster.Pass(kTimeout);  // Silence, which the leader has not noticed.
  cluster.Receive(kTwo, kThree, AskVote(term + 1, true, 99, term));
  EXPECT_TRUE(Only<VoteResponse>(cluster).granted);
  cluster.Drop();
  cluster.Pass(kTimeout);
  cluster.Tick(kTwo);
  cluster.Tick(kThree);
  cluster.Settle(!To(kOne) && (PreVotes() || Votes()));
  cluster.Run(4 * kTimeout);
  EXPECT_GT(cluster.term(cluster.leader()).value, term);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kPreVoteRefusedInLease});
}

}  // namespace
}  // namespace aval::consensus
