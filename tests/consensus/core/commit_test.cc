#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "consensus/core/quorum.h"
#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};
const NodeId kFour{4};
const NodeId kFive{5};

using Terms = std::vector<std::uint64_t>;

// Figure 8 (c) of the Raft paper: node 1 leads term 4 and has just brought the entry of term 2 to a
// third node of five; node 5 was the leader of term 3. Appends carry one entry each.
std::unique_ptr<Cluster> FigureEight() {
  const std::map<NodeId, Terms> logs{
      {kOne, {1, 2}}, {kTwo, {1, 2}}, {kThree, {1}}, {kFour, {1}}, {kFive, {1, 3}}};
  auto cluster = std::make_unique<Cluster>(
      Cluster::Options{.nodes = 5, .core = {.append_bytes = 1}, .storage = [&](NodeId id) {
                         return std::make_unique<MemoryStorage>(
                             HardState{.term = {3}, .vote = kFive}, EntriesOfTerms(logs.at(id)));
                       }});
  cluster->Pass(std::chrono::seconds(2));
  cluster->Tick(kOne);
  cluster->Drop(To(kFive));
  cluster->Settle(!Kind<Append>() && !Kind<Heartbeat>());
  cluster->Drop(Kind<Heartbeat>());
  cluster->Drop(To(kFour));
  cluster->Drop(To(kFive));
  while (cluster->Deliver(To(kTwo) || From(kTwo))) {
  }
  EXPECT_TRUE(cluster->Deliver(From(kOne) && To(kThree)));  // The entry of term 4, refused,
  EXPECT_TRUE(cluster->Deliver(From(kThree)));
  EXPECT_TRUE(cluster->Deliver(From(kOne) && To(kThree)));  // and that of term 2.
  EXPECT_TRUE(cluster->Deliver(From(kThree)));
  EXPECT_EQ(cluster->LogTerms(kOne), (Terms{1, 2, 4}));
  EXPECT_EQ(cluster->LogTerms(kTwo), (Terms{1, 2, 4}));
  EXPECT_EQ(cluster->LogTerms(kThree), (Terms{1, 2}));
  EXPECT_EQ(cluster->core(kOne).progress().at(kThree).match(), Index{2});
  return cluster;
}

// C01
TEST(CommitTest, CopiesOfAnOlderTermsEntryOnAMajorityCommitNothing) {
  const auto cluster = FigureEight();
  EXPECT_EQ(cluster->core(kOne).commit(), Index{0});
  // (d): they can all be replaced by the leader of term 5.
  SeededRandom random(1);
  cluster->Crash(kOne, random);
  cluster->Drop();
  cluster->Elect(kFive);
  cluster->Run(std::chrono::milliseconds(500));
  EXPECT_TRUE(cluster->Converged());
  EXPECT_EQ(cluster->LogTerms(kThree).at(1), 3U);
  EXPECT_EQ(cluster->LogTerms(kTwo).at(1), 3U);
}

TEST(CommitTest, EntryOfTheLeadersOwnTermOnAMajorityCommitsTheOlderOnes) {
  const auto cluster = FigureEight();
  cluster->Settle(From(kOne) && To(kThree));
  cluster->Settle(From(kThree));
  EXPECT_EQ(cluster->core(kOne).commit(), Index{3});
  // (e): nobody without them can win now.
  SeededRandom random(1);
  cluster->Crash(kOne, random);
  cluster->Drop();
  cluster->Run(std::chrono::seconds(10));
  ASSERT_NE(cluster->leader(), NodeId{});
  EXPECT_EQ(cluster->LogTerms(cluster->leader()).at(1), 2U);
}

// C02
TEST(CommitTest, CommitsEverythingBeforeTheEntryOfItsTerm) {
  const auto log = EntriesOfTerms({1, 2, 2});
  Cluster cluster({.storage = [&](NodeId) {
    return std::make_unique<MemoryStorage>(HardState{.term = {2}, .vote = {}}, log);
  }});
  EXPECT_EQ(cluster.core(kOne).commit(), Index{0});
  cluster.Elect(kOne);
  for (const NodeId id : cluster.ids()) {
    EXPECT_EQ(cluster.core(id).commit(), Index{4});
    ASSERT_EQ(cluster.applied(id).size(), 4U);
    for (std::size_t i = 0; i < log.size(); ++i) {
      EXPECT_EQ(IdOf(cluster.applied(id)[i]), IdOf(log[i]));
    }
  }
}

// C03
TEST(CommitTest, NeitherAppendNorHeartbeatCommitsASuffixNotKnownToMatch) {
  Cluster cluster({.forged = true, .storage = [](NodeId id) {
                     return std::make_unique<MemoryStorage>(
                         HardState{.term = {2}, .vote = {}},
                         EntriesOfTerms(id == kTwo ? Terms{1, 1, 2, 2} : Terms{1, 1}));
                   }});
  const EntryId second = IdOf(EntriesOfTerms({1, 1}).back());
  cluster.Receive(kTwo, kOne, Heartbeat{.term = {3}, .commit = {4}});
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{0});
  cluster.Receive(kTwo, kOne,
                  Append{.term = {3},
                         .prev_index = second.index,
                         .prev_term = second.term,
                         .prev_chain = second.chain,
                         .commit = {4}});
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{2});
  cluster.Receive(kTwo, kOne, Heartbeat{.term = {3}, .commit = {4}});
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{2});
  EXPECT_EQ(cluster.core(kTwo).last().index, Index{4});
}

// C04
TEST(CommitTest, CommitDoesNotFallAcrossARestart) {
  Cluster cluster;
  cluster.Elect(kOne);
  for (int i = 0; i < 5; ++i) cluster.Propose(kOne);
  cluster.Settle();
  SeededRandom random(1);
  cluster.Crash(kTwo, random);
  cluster.Restart(kTwo, Index{4});  // The state store had kept this much.
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{4});
  EXPECT_TRUE(cluster.mail().empty());
  cluster.Run(std::chrono::milliseconds(200));
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{6});  // 5 and 6 were handed out again.
  EXPECT_TRUE(cluster.Converged());
}

TEST(CommitTest, HandsOutOnlyAsMuchAsTheApplierMayHoldAndThenTheRest) {
  Cluster cluster({.core = {.unapplied_bytes = 3 * (8 + kEntryOverhead)}, .apply = false});
  cluster.Elect(kOne);
  cluster.Apply(kOne);
  for (int i = 0; i < 9; ++i) cluster.Propose(kOne);
  cluster.Settle();
  ASSERT_EQ(cluster.core(kOne).commit(), Index{10});
  EXPECT_EQ(cluster.applied(kOne).size(), 4U);
  cluster.Apply(kOne, Index{3});
  EXPECT_EQ(cluster.applied(kOne).size(), 6U);
  while (cluster.applied(kOne).size() < 10) cluster.Apply(kOne);
  EXPECT_EQ(cluster.applied(kOne).back().index, Index{10});
}

TEST(CommitTest, CommittedEntryThatTheDiskGivesNoMoreStopsTheNode) {
  Cluster cluster({.storage = [](NodeId) {
    return std::make_unique<MemoryStorage>(HardState{.term = {2}, .vote = {}},
                                           EntriesOfTerms({1, 2, 2}));
  }});
  dynamic_cast<MemoryStorage&>(cluster.storage(kTwo)).RotReads();
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.failure(kTwo).has_value());
  EXPECT_EQ(cluster.failure(kTwo)->code, Code::kCorruption);
  EXPECT_TRUE(cluster.applied(kTwo).empty());
  EXPECT_FALSE(cluster.failure(kOne).has_value());
}

}  // namespace
}  // namespace aval::consensus
