#include <gtest/gtest.h>

#include <vector>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};

Append AppendOf(const std::vector<Entry>& log, std::size_t prev, std::size_t count,
                std::uint64_t term) {
  const EntryId before = prev == 0 ? EntryId{} : IdOf(log.at(prev - 1));
  const auto first = log.begin() + static_cast<std::ptrdiff_t>(prev);
  return {.term = {term},
          .prev_index = before.index,
          .prev_term = before.term,
          .prev_chain = before.chain,
          .entries = {first, first + static_cast<std::ptrdiff_t>(count)}};
}

std::vector<Index> Acknowledged(const Cluster& cluster) {
  std::vector<Index> matches;
  for (const auto& letter : cluster.mail()) {
    const auto* answer = std::get_if<AppendResponse>(&letter.message);
    if (answer != nullptr && answer->success) matches.push_back(answer->match);
  }
  return matches;
}

// D01
TEST(DurabilityTest, SingleVoterCommitsOnlyAfterItsOwnSync) {
  Cluster cluster({.nodes = 1, .sync = false});
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);
  EXPECT_EQ(cluster.role(kOne), Role::kCandidate);  // Even its own vote waits.
  cluster.Sync(kOne);
  ASSERT_EQ(cluster.role(kOne), Role::kLeader);
  EXPECT_EQ(cluster.core(kOne).commit(), Index{0});
  cluster.Sync(kOne);
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  ASSERT_TRUE(cluster.Propose(kOne));
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  EXPECT_EQ(cluster.applied(kOne).size(), 1U);
  cluster.Sync(kOne);
  EXPECT_EQ(cluster.core(kOne).commit(), Index{2});
  EXPECT_EQ(cluster.applied(kOne).size(), 2U);
}

// D02
TEST(DurabilityTest, FollowerAcknowledgesOnlyWhatIsDurable) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Stall(kTwo);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle(To(kTwo));
  EXPECT_EQ(cluster.core(kTwo).last().index, Index{2});
  EXPECT_EQ(cluster.core(kTwo).stable(), Index{1});
  EXPECT_EQ(cluster.CountMail(From(kTwo)), 0U);
  cluster.EndStall(kTwo);
  EXPECT_EQ(Acknowledged(cluster), std::vector<Index>{{2}});
}

// D03
TEST(DurabilityTest, LeaderCountsItselfOnlyWhenItsOwnCopyIsDurable) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  cluster.Stall(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  ASSERT_EQ(cluster.core(kOne).progress().at(kTwo).match(), Index{2});
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  cluster.EndStall(kOne);
  EXPECT_EQ(cluster.core(kOne).commit(), Index{2});
}

// C07
TEST(DurabilityTest, FollowersAloneCommitAndTheLeaderAppliesWhenItsDiskFollows) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Stall(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  EXPECT_EQ(cluster.core(kOne).commit(), Index{2});
  EXPECT_EQ(cluster.applied(kTwo).size(), 2U);
  EXPECT_EQ(cluster.applied(kOne).size(), 1U);
  cluster.EndStall(kOne);
  EXPECT_EQ(cluster.applied(kOne).size(), 2U);
}

// D04: three leaders write the same indexes while the disk of a follower is slow.
TEST(DurabilityTest, CompletionOfAnOverwrittenWriteMakesNothingNewerStable) {
  Cluster cluster({.nodes = 7, .sync = false});
  const NodeId follower{7};
  const auto first = EntriesOfTerms({1, 1, 1});
  const auto second = EntriesOfTerms({1, 2, 2});
  const auto third = EntriesOfTerms({1, 3, 3});
  cluster.Receive(follower, kOne, AppendOf(first, 0, 1, 1));
  cluster.Sync(follower);
  cluster.Drop();
  cluster.Receive(follower, kOne, AppendOf(first, 1, 2, 1));
  cluster.Receive(follower, kTwo, AppendOf(second, 1, 2, 2));
  cluster.Receive(follower, kThree, AppendOf(third, 1, 2, 3));
  while (cluster.storage(follower).pending() > 0) {
    EXPECT_EQ(cluster.core(follower).stable(), Index{1});
    EXPECT_TRUE(Acknowledged(cluster).empty());
    cluster.Sync(follower, 1);
  }
  EXPECT_EQ(cluster.core(follower).stable(), Index{3});
  EXPECT_EQ(Acknowledged(cluster), std::vector<Index>{{3}});
  EXPECT_EQ(cluster.mail().front().to, kThree);
}

// D05
TEST(DurabilityTest, AcknowledgementOfAnOlderTermIsDroppedAndGivenAnew) {
  Cluster cluster({.sync = false});
  const auto log = EntriesOfTerms({1, 1});
  cluster.Receive(kThree, kOne, AppendOf(log, 0, 2, 1));
  cluster.Receive(kThree, kTwo, Heartbeat{.term = {2}});
  cluster.Sync(kThree);
  EXPECT_TRUE(Acknowledged(cluster).empty());
  EXPECT_EQ(cluster.core(kThree).stable(), Index{2});
  cluster.Receive(kThree, kTwo, AppendOf(log, 2, 0, 2));
  EXPECT_EQ(Acknowledged(cluster), std::vector<Index>{{2}});
}

// D06
TEST(DurabilityTest, PipelinedWritesAreAcknowledgedOneByOne) {
  Cluster cluster({.sync = false});
  const auto log = EntriesOfTerms({1, 1, 1});
  cluster.Receive(kTwo, kOne, AppendOf(log, 0, 2, 1));
  cluster.Receive(kTwo, kOne, AppendOf(log, 2, 1, 1));
  cluster.Sync(kTwo, 1);  // The term,
  EXPECT_TRUE(Acknowledged(cluster).empty());
  cluster.Sync(kTwo, 1);
  EXPECT_EQ(Acknowledged(cluster), std::vector<Index>{{2}});
  cluster.Sync(kTwo, 1);
  EXPECT_EQ(Acknowledged(cluster), (std::vector<Index>{{2}, {3}}));
}

TEST(DurabilityTest, ManyQuestionsDuringAStallGetOneAcknowledgement) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Stall(kTwo);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(std::chrono::seconds(1));  // Twenty heartbeats, each asks.
  cluster.EndStall(kTwo);
  EXPECT_EQ(Acknowledged(cluster), std::vector<Index>{{2}});
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
}

TEST(DurabilityTest, AcknowledgementsOfOneStallAddUpToTheHighest) {
  Cluster cluster({.sync = false});
  const auto log = EntriesOfTerms({1, 1, 1});
  cluster.Receive(kTwo, kOne, AppendOf(log, 0, 3, 1));
  cluster.Receive(kTwo, kOne, AppendOf(log, 0, 1, 1));  // Late.
  cluster.Sync(kTwo);
  EXPECT_EQ(Acknowledged(cluster), std::vector<Index>{{3}});
}

TEST(DurabilityTest, CrashBeforeTheSyncLosesNothingThatWasPromised) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Cluster cluster;
    cluster.Elect(kOne);
    for (const NodeId id : cluster.ids()) cluster.Stall(id);
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Settle();
    SeededRandom random(seed);
    for (const NodeId id : cluster.ids()) cluster.Crash(id, random);
    for (const NodeId id : cluster.ids()) {
      cluster.EndStall(id);
      cluster.Restart(id, Index{1});
    }
    cluster.Run(std::chrono::seconds(5));
    EXPECT_TRUE(cluster.Converged());
  }
}

}  // namespace
}  // namespace aval::consensus
