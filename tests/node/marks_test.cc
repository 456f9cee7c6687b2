// When a leader marks where a snapshot is to be cut, and what it keeps of its log for those who
// fetch one; and alarms that are not the replica's own.

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/ledger/ledger_fixture.h"
#include "tests/node/simulated_nodes.h"

namespace aval::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class MarksTest : public ::testing::Test {
 protected:
  MarksTest() : leader_(nodes_.Elect()) { EXPECT_TRUE(nodes_.Settle()); }

  Replica& leader() { return nodes_.replica(leader_); }
  consensus::Index last() const { return nodes_.status(leader_).last; }
  consensus::Index anchor() { return leader().core().log().anchor().index; }
  // Until the log has gone so far beyond what its retention keeps.
  void Write(std::uint32_t acts) {
    for (std::uint32_t n = 0; n < acts; ++n) {
      const auto ticket = nodes_.Submit(leader_, ledger::RegisterAct(++act_));
      EXPECT_TRUE(nodes_.RunUntil([&] { return ticket->answer.has_value(); }));
    }
    nodes_.Run(seconds(1));
  }

  SimulatedNodes nodes_{
      {.limits = {.retention = 1, .trim_interval = milliseconds(10), .mark_pace = {}},
       .trims = true}};
  const std::uint32_t leader_;
  std::uint32_t act_ = 0;
};

TEST_F(MarksTest, LogIsKeptFromTheSnapshotOnOfferAlsoWhileANewerOneIsWanted) {
  leader().WantSnapshot();
  nodes_.Run(milliseconds(50));
  const consensus::Index offered = last();
  leader().OnOffered(offered);
  Write(2);
  // The next mark has to wait for its interval.
  leader().WantSnapshot();
  Write(4);
  EXPECT_LE(anchor(), offered);
  EXPECT_GT(anchor(), consensus::Index{});  // It is trimmed, up to there.
  // With a newer one on offer the log goes on from that.
  leader().OnOffered(last());
  Write(4);
  EXPECT_GT(anchor(), offered);
}

TEST_F(MarksTest, NewerSnapshotThatIsWantedIsMarkedOnceTheIntervalIsOver) {
  leader().WantSnapshot();
  nodes_.Run(seconds(1));
  leader().OnOffered(last());
  const consensus::Index before = last();
  leader().WantSnapshot();
  nodes_.Run(seconds(1));
  EXPECT_EQ(last(), before);
  nodes_.Run(std::chrono::hours(1));
  EXPECT_GT(last(), before);
}

class MarksForOthersTest : public MarksTest {
 protected:
  // A follower is down until the log begins after what it has.
  MarksForOthersTest() : behind_(leader_ % 3 + 1) {
    nodes_.Kill(behind_);
    Write(6);
    leader().WantSnapshot();
    nodes_.Run(seconds(1));
    offered_ = last();
    leader().OnOffered(offered_);
    Write(4);
    EXPECT_GT(anchor(), consensus::Index{});
  }
  void Ask(bool none) {
    leader().OnSnapshotAsked({behind_}, none);
    nodes_.Run(milliseconds(50));
  }

  const std::uint32_t behind_;
  consensus::Index offered_;
};

TEST_F(MarksForOthersTest, AnotherIsMadeForWhoCanTrustNoneOnceTheLastHasBeenThereForAWhile) {
  const consensus::Index before = last();
  Ask(/*none=*/true);
  EXPECT_EQ(last(), before);
  nodes_.Run(std::chrono::minutes(1));
  EXPECT_EQ(last(), before);  // It is not remembered.
  Ask(/*none=*/false);
  EXPECT_EQ(last(), before);
  Ask(/*none=*/true);
  EXPECT_GT(last(), before);
}

TEST_F(MarksForOthersTest, WhileOneIsMadeThereIsNoOther) {
  nodes_.Run(std::chrono::minutes(1));
  Ask(/*none=*/true);
  const consensus::Index marked = last();
  nodes_.Run(std::chrono::minutes(10));
  Ask(/*none=*/true);
  EXPECT_EQ(last(), marked);
  leader().OnOffered(marked);
  nodes_.Run(std::chrono::minutes(2));
  Ask(/*none=*/true);
  EXPECT_GT(last(), marked);
}

// Each costs every node a reading of its state.
TEST_F(MarksForOthersTest, WhereMarksDoNotHelpTheyBecomeRarer) {
  std::vector<int> minutes;
  int since = 0;
  for (int minute = 0; minute < 5 * 60; ++minute) {
    nodes_.Run(std::chrono::minutes(1));
    ++since;
    const consensus::Index before = last();
    Ask(/*none=*/true);
    if (last() == before) continue;
    leader().OnOffered(last());
    minutes.push_back(std::exchange(since, 0));
  }
  EXPECT_EQ(minutes, (std::vector<int>{1, 2, 4, 8, 16, 32, 60, 60, 60}));
  // Who comes much later begins anew.
  nodes_.Run(std::chrono::hours(2));
  Ask(/*none=*/true);
  leader().OnOffered(last());
  const consensus::Index before = last();
  nodes_.Run(std::chrono::minutes(2));
  Ask(/*none=*/true);
  EXPECT_GT(last(), before);
}

TEST_F(MarksForOthersTest, SnapshotThatIsNoLongerOnOfferIsMadeAgainWithoutALongWait) {
  leader().OnOffered({});
  nodes_.Run(std::chrono::minutes(1));
  const consensus::Index before = last();
  Ask(/*none=*/false);
  EXPECT_GT(last(), before);
}

TEST_F(MarksTest, AlarmOfAnotherPartIsCounted) {
  const std::uint64_t before = nodes_.status(leader_).alarms;
  leader().CountAlarm();
  nodes_.Run(milliseconds(1));
  EXPECT_EQ(nodes_.status(leader_).alarms, before + 1);
}

}  // namespace
}  // namespace aval::node
