#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "consensus/core/progress.h"
#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};

std::size_t EntriesUnderWay(const Cluster& cluster, NodeId to) {
  std::size_t entries = 0;
  for (const auto& letter : cluster.mail()) {
    const auto* append = std::get_if<Append>(&letter.message);
    if (append != nullptr && letter.to == to) entries += append->entries.size();
  }
  return entries;
}

// F01
TEST(FlowTest, FullWindowPausesAndRecoversWhenEverythingInItIsLost) {
  Cluster cluster({.core = {.append_bytes = 1, .window = {.messages = 3, .bytes = 1'000'000}}});
  cluster.Elect(kOne);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  EXPECT_EQ(EntriesUnderWay(cluster, kTwo), 3U);
  cluster.Drop(To(kTwo));
  cluster.Settle();
  ASSERT_TRUE(cluster.Propose(kOne));
  EXPECT_EQ(EntriesUnderWay(cluster, kTwo), 0U);
  cluster.Run(Core::Options{}.heartbeat_interval);
  EXPECT_TRUE(cluster.Converged());
}

TEST(FlowTest, WindowCountsBytesAndLetsOneBigEntryThrough) {
  Cluster cluster({.core = {.append_bytes = 1, .window = {.messages = 100, .bytes = 1'000}}});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne, 5'000));
  ASSERT_TRUE(cluster.Propose(kOne, 5'000));
  EXPECT_EQ(EntriesUnderWay(cluster, kTwo), 1U);
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
}

TEST(FlowTest, StalledFollowerIsSentNoMoreThanTheWindowHoweverLongItTakes) {
  Cluster cluster({.core = {.append_bytes = 1, .window = {.messages = 3, .bytes = 1'000'000}}});
  cluster.Elect(kOne);
  cluster.Stall(kTwo);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Run(Core::Options{}.heartbeat_interval);
  }
  EXPECT_EQ(cluster.core(kOne).commit(), Index{51});
  EXPECT_EQ(cluster.core(kTwo).last().index, Index{4});
  cluster.EndStall(kTwo);
  cluster.Run(Core::Options{}.heartbeat_interval);
  EXPECT_TRUE(cluster.Converged());
}

TEST(FlowTest, ProbeIsNotRepeatedWithItsEntries) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Stall(kTwo);
  cluster.LinkLost(kOne, kTwo);
  ASSERT_TRUE(cluster.Propose(kOne, 100'000));
  EXPECT_EQ(EntriesUnderWay(cluster, kTwo), 1U);
  std::size_t repeated = 0;
  for (int i = 0; i < 20; ++i) {
    cluster.Settle();
    cluster.Run(Core::Options{}.heartbeat_interval, /*deliver=*/false);
    repeated += EntriesUnderWay(cluster, kTwo);
  }
  EXPECT_EQ(repeated, 0U);
  cluster.EndStall(kTwo);
  cluster.Run(Core::Options{}.heartbeat_interval);
  EXPECT_TRUE(cluster.Converged());
}

TEST(ProgressTest, LessThanAProbeAsksForFreesNoProbe) {
  Progress progress(Index{10}, {.messages = 4, .bytes = 1'000});
  progress.Sent(Index{10}, 0);
  EXPECT_TRUE(progress.Acknowledged(Index{4}));
  EXPECT_FALSE(progress.MaySend());
  EXPECT_EQ(progress.match(), Index{4});
  EXPECT_TRUE(progress.Acknowledged(Index{10}));
  EXPECT_TRUE(progress.streaming());
  progress.LinkLost();
  progress.Sent(Index{12}, 100);
  EXPECT_FALSE(progress.Acknowledged(Index{4}));
  EXPECT_FALSE(progress.MaySend());
}

TEST(ProgressTest, WhoNeedsWhatIsTrimmedIsSentNothingUntilItHoldsTheAnchor) {
  Progress progress(Index{10}, {.messages = 4, .bytes = 1'000});
  progress.Sent(Index{10}, 0);
  progress.Acknowledged(Index{10});
  progress.Sent(Index{12}, 100);
  progress.SentAtAnchor(Index{20});
  EXPECT_FALSE(progress.MaySend());
  progress.Acknowledged(Index{12});
  EXPECT_FALSE(progress.MaySend());
  EXPECT_FALSE(progress.streaming());
  progress.Acknowledged(Index{20});
  EXPECT_TRUE(progress.streaming());
  EXPECT_EQ(progress.next(), Index{21});
}

// F02: whatever was sent, acknowledged, lost or refused before, a quiet peer has its whole window.
RC_GTEST_PROP(ProgressTest, WindowIsWholeAgainOnceEverythingIsAcknowledged,
              (const std::vector<std::uint8_t>& events)) {
  const Progress::Window window{.messages = 4, .bytes = 1'000};
  Progress progress(Index{10}, window);
  Index last{10};
  for (const std::uint8_t event : events) {
    switch (event % 5) {
      case 0:
      case 1:
        if (progress.MaySend()) {
          last = std::max(last, Index{progress.next().value + event % 3});
          progress.Sent(Index{progress.next().value + event % 3}, event * 3U);
        }
        break;
      case 2:
        progress.Acknowledged(Index{std::min(last.value, progress.match().value + event % 4)});
        break;
      case 3:
        progress.Refused(Index{progress.next().value - 1}, Index{event % 12U});
        break;
      case 4:
        progress.LinkLost();
        break;
    }
    RC_ASSERT(progress.match() < progress.next());
  }
  progress.Acknowledged(last);
  RC_ASSERT(progress.streaming());
  std::size_t sent = 0;
  for (; progress.MaySend(); ++sent) progress.Sent(progress.next(), 1);
  RC_ASSERT(sent == window.messages);
}

// F03
TEST(FlowTest, ProposalsBeyondTheUncommittedLimitAreRefusedUntilSomeCommit) {
  Cluster cluster({.core = {.uncommitted_bytes = 100 + kEntryOverhead}});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne, 60));
  ASSERT_TRUE(cluster.Propose(kOne, 60));
  EXPECT_EQ(cluster.core(kOne).NextSlot().error().code, Code::kOverloaded);
  EXPECT_EQ(cluster.core(kOne).obstacle(), Obstacle::kUncommitted);
  EXPECT_EQ(cluster.core(kTwo).obstacle(), Obstacle::kNotLeading);
  cluster.Settle();
  EXPECT_EQ(cluster.core(kOne).obstacle(), std::nullopt);
  EXPECT_TRUE(cluster.core(kOne).NextSlot().has_value());
}

TEST(FlowTest, NewLeaderStartsWithAnEmptyUncommittedCount) {
  Cluster cluster({.core = {.uncommitted_bytes = 100}});
  cluster.Elect(kOne);
  cluster.Isolate(kOne);
  ASSERT_TRUE(cluster.Propose(kOne, 200));
  ASSERT_FALSE(cluster.core(kOne).NextSlot().has_value());
  cluster.Elect(kTwo);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(1));
  ASSERT_TRUE(cluster.Converged());
  cluster.Elect(kOne);
  EXPECT_TRUE(cluster.core(kOne).NextSlot().has_value());
}

TEST(FlowTest, LeaderWithManyWritesUnderWayTakesNoProposals) {
  Cluster cluster({.core = {.writes = 8}});
  cluster.Elect(kOne);
  cluster.Stall(kOne);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  EXPECT_EQ(cluster.core(kOne).NextSlot().error().code, Code::kOverloaded);
  EXPECT_EQ(cluster.core(kOne).obstacle(), Obstacle::kDisk);
  cluster.EndStall(kOne);
  EXPECT_TRUE(cluster.core(kOne).NextSlot().has_value());
}

TEST(FlowTest, NodeWhoseDiskIsFarBehindIsDeafUntilItCatchesUp) {
  Cluster cluster({.core = {.writes = 4}, .sync = false});
  for (std::uint64_t term = 1; term <= 20; ++term) {
    cluster.Receive(kTwo, term % 2 == 0 ? kOne : kThree, Heartbeat{.term = {term}});
  }
  EXPECT_EQ(cluster.storage(kTwo).pending(), 4U);
  EXPECT_EQ(cluster.term(kTwo), Term{4});
  cluster.Sync(kTwo);
  cluster.Receive(kTwo, kOne, Heartbeat{.term = {20}});
  EXPECT_EQ(cluster.term(kTwo), Term{20});
}

// Also where the applier lags: what waits for it is on the disk.
TEST(FlowTest, MemoryHoldsOnlyWhatIsRecentAppliedOrNot) {
  Cluster cluster({.core = {.unapplied_bytes = 2'000, .memory_bytes = 10'000}, .apply = false});
  cluster.Elect(kOne);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne, 1));
    cluster.Settle();
  }
  for (const NodeId id : cluster.ids()) {
    EXPECT_EQ(cluster.core(id).commit(), Index{501});
    EXPECT_LE(cluster.core(id).log().bytes_in_memory(), 10'000U);
    EXPECT_LT(cluster.applied(id).size(), 20U);
    while (cluster.applied(id).size() < 501) cluster.Apply(id);
  }
}

TEST(FlowTest, PeerFarBehindCatchesUpFromTheDisk) {
  Cluster cluster({.core = {.append_bytes = 2'000, .memory_bytes = 0}});
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne, 100));
    cluster.Settle();
  }
  cluster.Heal();
  cluster.LinkLost(kOne, kThree);
  cluster.Run(2 * Core::Options{}.heartbeat_interval);
  EXPECT_TRUE(cluster.Converged());
}

// Another node can bring the peer up to date, once this one is out of its way.
TEST(FlowTest, LeaderWhoseDiskGivesOldEntriesNoMoreStops) {
  Cluster cluster({.core = {.append_bytes = 2'000, .memory_bytes = 0}});
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne, 100));
    cluster.Settle();
  }
  dynamic_cast<MemoryStorage&>(cluster.storage(kOne)).RotReads();
  cluster.Heal();
  cluster.LinkLost(kOne, kThree);
  cluster.Run(2 * Core::Options{}.heartbeat_interval);
  ASSERT_TRUE(cluster.failure(kOne).has_value());
  EXPECT_EQ(cluster.failure(kOne)->code, Code::kCorruption);
  EXPECT_FALSE(cluster.failure(kThree).has_value());
}

}  // namespace
}  // namespace aval::consensus
