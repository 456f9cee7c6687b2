// Replication and disks as etcd's interaction tests have them: README.md, by the names
// of their files.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <variant>
#include <vector>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

std::vector<Index> Acknowledged(const Cluster& cluster, NodeId by) {
  std::vector<Index> matches;
  for (const auto& letter : cluster.mail()) {
    const auto* const answer = std::get_if<AppendResponse>(&letter.message);
    if (letter.from == by && answer != nullptr && answer->success) matches.push_back(answer->match);
  }
  return matches;
}

std::size_t EntriesUnderWay(const Cluster& cluster, NodeId to) {
  std::size_t entries = 0;
  for (const auto& letter : cluster.mail()) {
    const auto* const append = std::get_if<Append>(&letter.message);
    if (append != nullptr && letter.to == to) entries += append->entries.size();
  }
  return entries;
}

// Figure 7 of the Raft paper, with the leader as a seventh; each node refuses at most once for each
// term that its log has and the leader's lacks or ends earlier.
TEST(EtcdScenarios, ProbeAndReplicate_SevenLogsConvergeWithFewProbes) {
  const std::map<NodeId, Terms> logs{
      {kOne, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6}},
      {kTwo, {1, 1, 1, 4, 4, 5, 5, 6, 6}},
      {kThree, {1, 1, 1, 4}},
      {kFour, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}},
      {kFive, {1, 1, 1, 4, 4, 5, 5, 6, 7, 7, 7, 7}},
      {kSix, {1, 1, 1, 4, 4, 4, 4}},
      {kSeven, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}},
  };
  Cluster cluster({.nodes = 7, .storage = Logs(logs, /*term=*/7)});
  Win(cluster, kOne);
  std::map<NodeId, std::size_t> refusals;
  for (int beats = 0; beats < 4; ++beats) {
    while (!cluster.mail().empty()) {
      const auto* const answer = std::get_if<AppendResponse>(&cluster.mail().front().message);
      if (answer != nullptr && !answer->success) ++refusals[cluster.mail().front().from];
      cluster.Deliver();
    }
    cluster.Run(kBeat, /*deliver=*/false);
  }
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
  for (const auto& [id, terms] : logs) {
    EXPECT_EQ(cluster.LogTerms(id),
              (Terms{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, cluster.term(kOne).value}));
    EXPECT_LE(refusals[id], std::set<std::uint64_t>(terms.begin(), terms.end()).size());
  }
  ExpectReached(cluster, {RarePath::kRefusedForGap, RarePath::kRefusedForTerm,
                          RarePath::kProbeAfterHint, RarePath::kConflictTruncated});
}

TEST(EtcdScenarios, HeartbeatRespRecoversFromProbing_OneHeartbeatIsEnoughForStreaming) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  const auto& progress = cluster.core(kOne).progress().at(kTwo);
  cluster.LinkLost(kOne, kTwo);
  ASSERT_FALSE(progress.streaming());
  ASSERT_EQ(progress.match(), cluster.core(kOne).last().index);
  cluster.Run(kBeat);
  EXPECT_TRUE(progress.streaming());
  ExpectReached(cluster, {RarePath::kLagFoundByHeartbeat});
}

// The follower has the entries; its acknowledgement and the news of the commit are both lost.
TEST(EtcdScenarios, LaggingCommit_IsLearntWithTheNextHeartbeatThatNeverTellsMoreThanMatch) {
  Cluster cluster;
  cluster.Elect(kOne);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle(Kind<Append>());
  cluster.Drop(From(kTwo));
  cluster.Settle(Kind<AppendResponse>());
  cluster.Drop();
  ASSERT_EQ(cluster.core(kOne).commit(), Index{3});
  ASSERT_EQ(cluster.core(kTwo).commit(), Index{1});
  cluster.Pass(kBeat);
  cluster.Tick(kOne);
  for (const auto& letter : cluster.mail()) {
    const auto* const beat = std::get_if<Heartbeat>(&letter.message);
    ASSERT_NE(beat, nullptr);
    EXPECT_EQ(beat->commit, letter.to == kTwo ? Index{1} : Index{3});
  }
  // The heartbeat, its answer, an empty append: one trip and a half.
  ASSERT_TRUE(cluster.Deliver(To(kTwo)));
  ASSERT_TRUE(cluster.Deliver(From(kTwo)));
  ASSERT_TRUE(cluster.Deliver(To(kTwo)));
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{3});
  ExpectReached(cluster, {RarePath::kLagFoundByHeartbeat});
}

// The window of three is full, and all of it is lost.
TEST(EtcdScenarios, ReplicatePause_HeartbeatsAnswerOpensAFullWindow) {
  Cluster cluster({.core = {.append_bytes = 1, .window = {.messages = 3, .bytes = 1'000'000}}});
  cluster.Elect(kOne);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  EXPECT_EQ(EntriesUnderWay(cluster, kTwo), 3U);
  cluster.Drop(To(kTwo));
  cluster.Settle();
  ASSERT_TRUE(cluster.Propose(kOne));
  EXPECT_EQ(EntriesUnderWay(cluster, kTwo), 0U);
  cluster.Settle();
  cluster.Pass(kBeat);
  cluster.Tick(kOne);
  ASSERT_TRUE(cluster.Deliver(Kind<Heartbeat>() && To(kTwo)));
  ASSERT_TRUE(cluster.Deliver(From(kTwo)));
  EXPECT_EQ(cluster.CountMail(Kind<Append>() && To(kTwo)), 1U);  // Without entries.
  EXPECT_EQ(EntriesUnderWay(cluster, kTwo), 0U);
  ASSERT_TRUE(cluster.Deliver(Kind<Append>() && To(kTwo)));
  EXPECT_FALSE(Only<AppendResponse>(cluster).success);
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kWindowFull, RarePath::kLagFoundByHeartbeat,
                          RarePath::kRefusedForGap, RarePath::kProbeAfterHint});
}

// Two writes in a row: each acknowledgement leaves when its own is durable, and in order.
TEST(EtcdScenarios, AsyncStorageWrites_TwoDeepPipelineAcknowledgesAndAppliesInOrder) {
  Cluster cluster({.core = {.append_bytes = 1}});
  cluster.Elect(kOne);
  for (const NodeId id : cluster.ids()) cluster.Stall(id);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  for (const NodeId id : cluster.ids()) ASSERT_EQ(cluster.storage(id).pending(), 2U);
  EXPECT_TRUE(Acknowledged(cluster, kTwo).empty());
  cluster.Sync(kTwo, 1);
  EXPECT_EQ(Acknowledged(cluster, kTwo), std::vector<Index>{{2}});
  cluster.Sync(kTwo, 1);
  EXPECT_EQ(Acknowledged(cluster, kTwo), (std::vector<Index>{{2}, {3}}));
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  ASSERT_TRUE(cluster.Deliver(From(kTwo)));  // With the leader's disk still at work: one of three.
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  cluster.Sync(kOne, 1);
  EXPECT_EQ(cluster.core(kOne).commit(), Index{2});
  EXPECT_EQ(cluster.applied(kOne).size(), 2U);
  cluster.Settle();
  EXPECT_EQ(cluster.core(kOne).commit(), Index{2});
  cluster.Sync(kThree);
  cluster.Settle();
  // The followers' two copies commit; what the leader's disk lacks it applies later.
  EXPECT_EQ(cluster.core(kOne).commit(), Index{3});
  EXPECT_EQ(cluster.applied(kOne).size(), 2U);
  EXPECT_EQ(cluster.applied(kThree).size(), 3U);
  cluster.Sync(kOne);
  EXPECT_EQ(cluster.applied(kOne).size(), 3U);
  ExpectReached(cluster, {RarePath::kCommittedBeforeOwnDisk});
}

// Three leaders in turn write the same index to one slow disk, whose writes then end one by one.
TEST(EtcdScenarios, AsyncStorageWritesAppendAbaRace_AnOldWritesEndProvesNothingNewer) {
  Cluster cluster({.nodes = 7});
  cluster.Elect(kOne);
  cluster.Stall(kSeven);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle(From(kOne) && To(kSeven));
  cluster.Drop();
  for (const NodeId next : {kTwo, kThree}) {
    Win(cluster, next);
    cluster.Settle(From(next) && To(kSeven));
    cluster.Drop();
  }
  ASSERT_EQ(cluster.core(kSeven).last().index, Index{2});
  ASSERT_GE(cluster.storage(kSeven).pending(), 5U);
  while (cluster.storage(kSeven).pending() > 0) {
    EXPECT_EQ(cluster.core(kSeven).stable(), Index{1});
    EXPECT_TRUE(Acknowledged(cluster, kSeven).empty());
    cluster.Sync(kSeven, 1);
  }
  EXPECT_EQ(cluster.core(kSeven).stable(), Index{2});
  EXPECT_EQ(Acknowledged(cluster, kSeven), std::vector<Index>{{2}});
  EXPECT_EQ(cluster.mail().front().to, kThree);
  ExpectReached(cluster, {RarePath::kTruncatedWhileWriting, RarePath::kConflictTruncated,
                          RarePath::kDroppedForTerm});
}

}  // namespace
}  // namespace aval::consensus
