// Reads in which implementations of Raft were wrong: README.md, by number. The cluster checks of
// each answer that it is as new as everything that was committed before the question.

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

bool IsAnswered(const Cluster& cluster, NodeId node, std::optional<std::uint64_t> ticket) {
  const auto& readable = cluster.readable(node);
  return ticket && readable && readable->ticket >= *ticket;
}

// It is cut off with one follower, and answers to its earlier heartbeats, kept back on the way,
// come again and again.
TEST(Scenarios, H14_DeposedLeaderAnswersNoReadWhateverOldAnswersArrive) {
  Cluster cluster({.nodes = 5});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  std::vector<std::pair<NodeId, Message>> late;
  cluster.Pass(kBeat);
  cluster.Tick(kOne);
  cluster.Settle(Kind<Heartbeat>());
  for (const auto& letter : cluster.mail()) late.emplace_back(letter.from, letter.message);
  ASSERT_EQ(late.size(), 4U);
  cluster.Drop();
  for (const NodeId a : {kOne, kTwo}) {
    for (const NodeId b : {kThree, kFour, kFive}) cluster.Cut(a, b);
  }
  cluster.Elect(kThree);
  ASSERT_TRUE(cluster.Propose(kThree));
  cluster.Settle();
  const Index written = cluster.core(kThree).commit();
  ASSERT_GT(written, cluster.core(kOne).commit());
  ASSERT_EQ(cluster.role(kOne), Role::kLeader);
  const auto first = cluster.Read(kOne);
  const auto again = cluster.Read(kOne);
  for (int i = 0; i < 3; ++i) {
    for (const auto& [from, answer] : late) cluster.Receive(kOne, from, answer);
    cluster.Settle();
  }
  EXPECT_FALSE(IsAnswered(cluster, kOne, first));
  cluster.Run(4 * kTimeout);
  EXPECT_FALSE(IsAnswered(cluster, kOne, first));
  cluster.Heal();
  cluster.Run(10 * kTimeout);
  ASSERT_TRUE(IsAnswered(cluster, kOne, again));
  EXPECT_GE(cluster.readable(kOne)->index, written);
  ExpectReached(cluster, {RarePath::kLateConfirmationIgnored, RarePath::kSteppedDownWithoutQuorum});
}

// What the last leader had committed the new one has, and does not know to be committed.
TEST(Scenarios, H14_NewLeaderAnswersNoReadBeforeItsFirstCommit) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle(Kind<Append>());
  cluster.Settle(Kind<AppendResponse>());
  cluster.Drop();
  const Index written = cluster.core(kOne).commit();
  cluster.Isolate(kOne);
  Win(cluster, kTwo);
  ASSERT_LT(cluster.core(kTwo).commit(), written);
  const auto ticket = cluster.Read(kTwo);
  cluster.Run(kBeat, /*deliver=*/false);
  cluster.Settle(Kind<Heartbeat>() || Kind<HeartbeatResponse>());
  EXPECT_FALSE(IsAnswered(cluster, kTwo, ticket));
  cluster.Settle();
  ASSERT_TRUE(IsAnswered(cluster, kTwo, ticket));
  EXPECT_GE(cluster.readable(kTwo)->index, written);
  ExpectReached(cluster, {RarePath::kReadWaitedForOwnCommit});
}

// Questions and answers of followers come twice, late and not at all.
TEST(Scenarios, H14_FollowersReadsSurviveLossAndRepetition) {
  SeededRandom random(1);
  RarePaths rare_paths;
  std::size_t answered = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Cluster cluster({.core = {.seed = seed}});
    cluster.Elect(kOne);
    std::optional<std::uint64_t> last;
    for (int i = 0; i < 60; ++i) {
      cluster.Propose(cluster.leader());
      const NodeId reader{1 + static_cast<std::uint32_t>(random.Below(3))};
      const auto ticket = cluster.Read(reader);
      if (reader == kTwo) last = ticket;
      for (std::uint64_t letters = random.Below(8); letters > 0 && !cluster.mail().empty();
           --letters) {
        const std::size_t at = random.Below(cluster.mail().size());
        const std::uint64_t fate = random.Below(5);
        if (fate == 0) cluster.DuplicateAt(at);
        if (fate == 1) {
          cluster.DropAt(at);
        } else {
          cluster.DeliverAt(at);
        }
      }
    }
    cluster.Run(10 * kTimeout);
    ASSERT_TRUE(cluster.invariants().ok()) << seed;
    EXPECT_TRUE(!last || IsAnswered(cluster, kTwo, last)) << seed;
    answered += last.has_value() ? 1 : 0;
    rare_paths.Add(cluster.rare_paths());
  }
  EXPECT_GT(answered, 20U);
  EXPECT_GT(rare_paths.of(RarePath::kReadForwarded), 0U);
  EXPECT_GT(rare_paths.of(RarePath::kReadsSharedARound), 0U);
}

}  // namespace
}  // namespace aval::consensus
