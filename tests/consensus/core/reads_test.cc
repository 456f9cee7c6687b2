#include <gtest/gtest.h>

#include <variant>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};

// Three nodes led by the first, which has committed something.
struct Led : Cluster {
  Led() {
    Elect(kOne);
    Propose(kOne);
    Settle();
  }
};

bool IsAnswered(const Cluster& cluster, NodeId node, std::optional<std::uint64_t> ticket) {
  const auto& readable = cluster.readable(node);
  return readable && readable->ticket >= *ticket;
}

TEST(ReadsTest, LeaderAnswersOnceAQuorumHasHeardItSince) {  // Q01
  Led cluster;
  const auto ticket = cluster.Read(kOne);
  EXPECT_FALSE(IsAnswered(cluster, kOne, ticket));
  cluster.Settle();
  ASSERT_TRUE(IsAnswered(cluster, kOne, ticket));
  EXPECT_EQ(cluster.readable(kOne)->index, cluster.core(kOne).commit());
}

TEST(ReadsTest, SingleNodeAnswersItself) {
  Cluster cluster({.nodes = 1});
  cluster.Elect(kOne);
  const auto ticket = cluster.Read(kOne);
  EXPECT_TRUE(IsAnswered(cluster, kOne, ticket));
  EXPECT_TRUE(IsAnswered(cluster, kOne, cluster.Read(kOne)));
}

TEST(ReadsTest, FollowerAsksItsLeader) {  // Q04
  Led cluster;
  const auto ticket = cluster.Read(kThree);
  cluster.Settle();
  ASSERT_TRUE(IsAnswered(cluster, kThree, ticket));
  EXPECT_EQ(cluster.readable(kThree)->index, cluster.core(kOne).commit());
}

TEST(ReadsTest, IsolatedLeaderAnswersNothing) {  // Q03
  Led cluster;
  cluster.Isolate(kOne);
  const auto ticket = cluster.Read(kOne);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_FALSE(IsAnswered(cluster, kOne, ticket));
  ASSERT_NE(cluster.leader(), kOne);
  // Nor is the question forgotten: whoever leads now answers it.
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(IsAnswered(cluster, kOne, ticket));
}

TEST(ReadsTest, AnswerToAnEarlierHeartbeatConfirmsNothing) {  // Q02
  Led cluster;
  cluster.Pass(Core::Options{}.heartbeat_interval);
  cluster.Tick(kOne);
  while (cluster.Deliver(Kind<Heartbeat>())) {
  }
  ASSERT_EQ(cluster.CountMail(Kind<HeartbeatResponse>()), 2U);
  const auto ticket = cluster.Read(kOne);
  cluster.Settle(Kind<HeartbeatResponse>());
  EXPECT_FALSE(IsAnswered(cluster, kOne, ticket));
  cluster.Settle();
  EXPECT_TRUE(IsAnswered(cluster, kOne, ticket));
}

TEST(ReadsTest, ReadsThatWaitShareARound) {  // Q05
  Led cluster;
  const auto first = cluster.Read(kOne);
  ASSERT_EQ(cluster.CountMail(Kind<Heartbeat>()), 2U);
  for (int i = 0; i < 9; ++i) cluster.Read(kOne);
  const auto last = cluster.Read(kOne);
  // The round under way has begun before the later ones.
  EXPECT_EQ(cluster.CountMail(Kind<Heartbeat>()), 2U);
  cluster.Deliver(Kind<Heartbeat>());
  cluster.Deliver(Kind<HeartbeatResponse>());
  EXPECT_TRUE(IsAnswered(cluster, kOne, first));
  EXPECT_FALSE(IsAnswered(cluster, kOne, last));
  cluster.Settle();
  EXPECT_TRUE(IsAnswered(cluster, kOne, last));
}

TEST(ReadsTest, NewLeaderAnswersOnlyAfterItsFirstCommit) {  // Q01
  Led cluster;
  cluster.Isolate(kOne);
  // Node two wins, and its first entry reaches nobody.
  cluster.Pass(3 * Core::Options{}.election_timeout);
  cluster.Tick(kTwo);
  const auto votes = Kind<VoteRequest>() || Kind<VoteResponse>();
  cluster.Settle(votes);
  ASSERT_EQ(cluster.role(kTwo), Role::kLeader);
  cluster.Drop(Kind<Append>());
  const auto ticket = cluster.Read(kTwo);
  cluster.Settle(!Kind<Append>() && !Kind<AppendResponse>());
  EXPECT_FALSE(IsAnswered(cluster, kTwo, ticket));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(IsAnswered(cluster, kTwo, ticket));
}

TEST(ReadsTest, LostQuestionIsAskedAgain) {
  Led cluster;
  const auto ticket = cluster.Read(kTwo);
  EXPECT_EQ(cluster.Drop(Kind<ReadRequest>()), 1U);
  cluster.Run(2 * Core::Options{}.election_timeout);
  EXPECT_TRUE(IsAnswered(cluster, kTwo, ticket));
}

TEST(ReadsTest, AnswerToAnEarlierProcessIsNone) {
  Led cluster;
  cluster.Read(kTwo);
  cluster.Settle(Kind<ReadRequest>() || Kind<Heartbeat>() || Kind<HeartbeatResponse>());
  ASSERT_EQ(cluster.CountMail(Kind<ReadResponse>()), 1U);
  SeededRandom random(1);
  cluster.Crash(kTwo, random);
  cluster.Restart(kTwo);
  cluster.Read(kTwo);
  // It learns of its leader, which cannot have answered yet.
  cluster.Receive(kTwo, kOne, Heartbeat{.term = cluster.term(kOne), .commit = {}, .round = 0});
  ASSERT_TRUE(cluster.Deliver(Kind<ReadResponse>()));
  EXPECT_FALSE(cluster.readable(kTwo).has_value());
}

TEST(ReadsTest, QuestionOfANodeThatIsNoMemberIsNotAnswered) {
  Cluster cluster({.nodes = 4, .voters = 3});
  cluster.Elect(kOne);
  cluster.Receive(kOne, NodeId{4}, ReadRequest{.term = cluster.term(kOne), .ticket = 1});
  cluster.Settle();
  EXPECT_EQ(cluster.CountMail(Kind<ReadResponse>()), 0U);
}

}  // namespace
}  // namespace aval::consensus
