// Nodes whose Raft log rots on the disk: what is lost comes back from peers, while the node runs
// and when it starts.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/disk.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

namespace fs = std::filesystem;

ledger::Day DayPlus(int days) { return RunningNodes::FirstDay().Plus(days); }

NodeTuning OftenScrubbed(std::uint64_t segment_bytes) {
  NodeTuning tuning;
  tuning.wal_segment_bytes = segment_bytes;
  tuning.scrub_rest = std::chrono::milliseconds(50);
  return tuning;
}

class RottenNodesTest : public ::testing::Test {
 protected:
  explicit RottenNodesTest(std::uint64_t segment_bytes = 1U << 20U)
      : nodes_(3, {}, OftenScrubbed(segment_bytes)) {
    for (int day = 1; day <= 4; ++day) Decide(day);
    follower_ = (nodes_.Leader() + 1) % 3;
    AwaitAll();
  }

  // The follower has what has been decided.
  void AwaitAll() {
    const std::string report =
        "/v1/reports/state-hash?min_index=" + std::to_string(nodes_.Index(nodes_.Leader()));
    nodes_.Get(follower_, report);
  }

  void Decide(int day) {
    act_ = nodes_.DayRoll(DayPlus(day), DayPlus(day));
    const auto reply = nodes_.PostAct(nodes_.Leader(), act_);
    ASSERT_TRUE(reply) << reply.error().message;
    ASSERT_EQ(reply->status, 200) << AsText(reply->body);
  }

  static void Flip(const fs::path& path, std::size_t at) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at));
    const auto flipped = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(at));
    file.write(&flipped, 1);
    file.close();
    ASSERT_FALSE(file.fail());
  }

  // Flips a bit of the follower's copy of the last act, in its write-ahead log.
  void Rot() {
    // Of its payload: every sector has a trailer of its own, so look for a piece.
    const std::string_view act = AsText(act_);
    for (const auto& entry : fs::directory_iterator(nodes_.DataOf(follower_) / "wal")) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      for (std::size_t from = 0; from + 24 <= act.size(); from += 8) {
        const std::size_t at = bytes.find(act.substr(from, 24));
        if (at == std::string::npos) continue;
        return Flip(entry.path(), at);
      }
    }
    FAIL() << "the log has no copy of the act";
  }

  std::uint64_t Metric(const std::string& name) { return nodes_.Metric(follower_, name); }

  void AwaitRepair() {
    while (Metric("aval_wal_repaired_total") == 0) {
    }
    while (nodes_.Get(follower_, "/v1/node").at("damaged").as_bool()) {
    }
  }

  // Whatever comes next is decided with it, and leaves all as equal as before.
  void ExpectOneState(int day) {
    Decide(day);
    const std::size_t leader = nodes_.Leader();
    boost::json::value of_leader;
    boost::json::value of_follower;
    do {
      const std::string report =
          "/v1/reports/state-hash?min_index=" + std::to_string(nodes_.Index(leader));
      of_leader = nodes_.Get(leader, report);
      of_follower = nodes_.Get(follower_, report);
    } while (of_leader.at("index") != of_follower.at("index"));
    EXPECT_EQ(of_leader.at("state_hash"), of_follower.at("state_hash"));
  }

  RunningNodes nodes_;
  std::size_t follower_ = 0;
  Bytes act_;
};

TEST_F(RottenNodesTest, ScrubberFindsRotOfARunningNodeAndPeersGiveBackWhatItTook) {
  EXPECT_EQ(Metric("aval_wal_repaired_total"), 0U);
  Rot();
  AwaitRepair();
  EXPECT_GT(Metric("aval_wal_scrubbed_bytes_total"), 0U);
  ExpectOneState(5);
  // It is whole on the disk, too.
  nodes_.StopNode(follower_);
  nodes_.StartNode(follower_);
  nodes_.AwaitReadiness(follower_, "ready");
  EXPECT_FALSE(nodes_.Get(follower_, "/v1/node").at("damaged").as_bool());
  EXPECT_EQ(Metric("aval_wal_repaired_total"), 0U);
}

TEST_F(RottenNodesTest, NodeWhoseLogRottedWhileItWasDownStartsAndIsRepaired) {
  nodes_.StopNode(follower_);
  Rot();
  nodes_.StartNode(follower_);
  AwaitRepair();
  nodes_.AwaitReadiness(follower_, "ready");
  ExpectOneState(5);
}

class RottenSegmentsTest : public RottenNodesTest {
 protected:
  RottenSegmentsTest() : RottenNodesTest(32U << 10U) {}
};

TEST_F(RottenSegmentsTest, NodeWhoseOldSegmentIsLostGoesOnWithoutItForItsStateHasAll) {
  const fs::path wal = nodes_.DataOf(follower_) / "wal";
  int day = 5;
  while (!fs::exists(wal / "0000000003.wal")) {
    Decide(day++);
    AwaitAll();
  }
  nodes_.StopNode(follower_);
  fs::remove(wal / "groups.ring");  // Else the ring would know what rots.
  Flip(wal / "0000000001.wal", std::size_t{12} * 1024 + 60);
  nodes_.StartNode(follower_);
  nodes_.AwaitReadiness(follower_, "ready");
  EXPECT_FALSE(fs::exists(wal / "0000000001.wal"));
  ExpectOneState(day);
}

}  // namespace
}  // namespace aval::node
