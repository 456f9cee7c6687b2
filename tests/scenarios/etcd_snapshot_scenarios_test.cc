// Snapshots as etcd's interaction tests have them: README.md, by the names of their files.

#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

// The window of three is full and lost, and then the leader has trimmed what the follower needs.
TEST(EtcdScenarios, SlowFollowerAfterCompaction_ASnapshotBringsItBack) {
  Cluster cluster(
      {.core = {
           .append_bytes = 1, .window = {.messages = 3, .bytes = 1'000'000}, .memory_bytes = 0}});
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Settle();
  }
  cluster.storage(kOne).TrimTo(Index{8});
  cluster.Heal();
  cluster.Run(2 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);  // It goes on leading, and says who is behind.
  EXPECT_EQ(cluster.core(kThree).last().index, Index{1});
  EXPECT_TRUE(cluster.needs_snapshot(kThree));
  cluster.Install(kThree, kOne, Index{9});
  cluster.Run(2 * kBeat);
  EXPECT_TRUE(cluster.Converged());
  EXPECT_TRUE(cluster.core(kOne).progress().at(kThree).streaming());
  ExpectReached(cluster, {RarePath::kFollowerBehindLog});
}

TEST(EtcdScenarios, SnapshotSucceedViaAppResp_TheAcknowledgementAloneMovesItToStreaming) {
  Cluster cluster({.nodes = 4, .voters = 3, .core = {.memory_bytes = 0}});
  cluster.Elect(kOne);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  cluster.storage(kOne).TrimTo(Index{6});
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(kTimeout);
  const Index last = cluster.core(kOne).last().index;
  ASSERT_EQ(cluster.core(kFour).last().index, Index{0});
  cluster.storage(kOne).TrimTo(last);
  cluster.Install(kFour, kOne, last);                             // The leader's last index.
  EXPECT_TRUE(Current(cluster, kFour).learners.contains(kFour));  // Came with it.
  cluster.Run(2 * kBeat);
  const auto& progress = cluster.core(kOne).progress().at(kFour);
  EXPECT_EQ(progress.match(), last);
  EXPECT_TRUE(progress.streaming());
  EXPECT_EQ(cluster.core(kOne).last().index, last);
  ExpectReached(cluster, {RarePath::kFollowerBehindLog});
}

// The snapshot is older than what the leader would need, but its log goes on from there.
TEST(EtcdScenarios, SnapshotSucceedViaAppRespBehind_AnOlderOneThatConnectsIsEnough) {
  Cluster cluster({.nodes = 4, .voters = 3, .core = {.memory_bytes = 0}});
  cluster.Elect(kOne);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  cluster.storage(kOne).TrimTo(Index{5});
  ASSERT_TRUE(cluster.Change(kOne, {Add(kFour)}));
  cluster.Run(kTimeout);
  ASSERT_EQ(cluster.core(kFour).last().index, Index{0});
  cluster.Install(kFour, kTwo, Index{6});
  cluster.Run(2 * kBeat);
  EXPECT_TRUE(cluster.core(kOne).progress().at(kFour).streaming());
  EXPECT_TRUE(cluster.Converged());
  EXPECT_EQ(cluster.core(kFour).log().anchor().index, Index{6});
  ExpectReached(cluster, {RarePath::kFollowerBehindLog});
}

}  // namespace
}  // namespace aval::consensus
