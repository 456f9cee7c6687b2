// Nodes that come back by a snapshot, over loopback.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "config/node_config.h"
#include "config/passphrase.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

using std::chrono::milliseconds;

ledger::Day DayPlus(int days) { return RunningNodes::FirstDay().Plus(days); }

// Everything is small and soon.
NodeTuning Small() {
  NodeTuning tuning;
  tuning.limits.retention = 4;
  tuning.limits.trim_interval = milliseconds(10);
  tuning.limits.mark_pace = {.made = milliseconds(100), .longest = std::chrono::seconds(10)};
  tuning.snapshots.ask_interval = milliseconds(50);
  tuning.snapshots.ask_leaves_interval = milliseconds(50);
  tuning.snapshots.chunk_bytes = 512;
  tuning.snapshots.server.fetched = milliseconds(100);
  tuning.wal_segment_bytes = 32 * 1024;
  return tuning;
}

int StatusOf(RunningNodes& nodes, std::size_t i, const std::string& target, std::string& code) {
  net::HttpCall call;
  call.target = target;
  const auto reply = nodes.Call(i, call);
  EXPECT_TRUE(reply) << reply.error().message;
  if (!reply) return 0;
  const boost::json::value body = RunningNodes::JsonOf(*reply);
  const auto* const said = body.as_object().if_contains("code");
  code = said == nullptr ? "" : std::string(said->as_string());
  return reply->status;
}

// Acts on each day after `day` until those that run have dropped the beginning of their Raft logs:
// who is away by then cannot have it from them. Gives the last of the days.
int ActUntilTrimmed(RunningNodes& nodes, std::size_t by, const std::set<std::size_t>& running,
                    int day) {
  const auto is_trimmed = [&nodes](std::size_t i) {
    return !std::filesystem::exists(nodes.DataOf(i) / "wal" / "0000000001.wal");
  };
  while (!std::ranges::all_of(running, is_trimmed)) {
    ++day;
    const auto posted = nodes.PostAct(by, nodes.DayRoll(DayPlus(day), DayPlus(day)));
    EXPECT_TRUE(posted && posted->status == 200);
    if (::testing::Test::HasFailure()) break;
  }
  return day;
}

// Opens the node again as often as it asks for that, until it has what node `as` has.
void CatchUp(RunningNodes& nodes, std::size_t i, std::size_t as = 0) {
  const std::uint64_t index = nodes.Index(as);
  while (nodes.Index(i) < index) {
    if (!nodes.WantsReopening(i)) continue;
    nodes.StopNode(i);
    nodes.StartNode(i);
  }
}

// That a snapshot is trusted at all shows that the two others have cut the same one.
TEST(SnapshotNodesTest, ANodeThatWasAwayWhileTheLogWasTrimmedComesBackByASnapshot) {
  RunningNodes nodes(3, {}, Small());
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(2);
  int day = ActUntilTrimmed(nodes, 0, {0, 1}, 1);
  nodes.StartNode(2);
  while (!nodes.WantsReopening(2)) {
  }
  std::string code;
  EXPECT_EQ(StatusOf(nodes, 2, "/readyz", code), 503);
  EXPECT_EQ(code, "installing");
  // From nobody can it have old leaves now.
  for (std::size_t i = 0; i < 3; ++i) nodes.StopNode(i);
  nodes.StartNode(2);
  EXPECT_GT(nodes.Index(2), 2U);
  EXPECT_EQ(StatusOf(nodes, 2, "/v1/leaves/1", code), 503);
  EXPECT_EQ(code, "backfilling");
  nodes.StartNode(0);
  nodes.StartNode(1);
  ++day;
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(day), DayPlus(day)))->status, 200);
  CatchUp(nodes, 2);
  while (StatusOf(nodes, 2, "/v1/leaves/1", code) != 200) {
    ASSERT_EQ(code, "backfilling");
  }
  EXPECT_EQ(nodes.Get(2, "/v1/leaves/1").at("leaf_hash"),
            nodes.Get(0, "/v1/leaves/1").at("leaf_hash"));
  const std::string report = "/v1/reports/state-hash?min_index=" + std::to_string(nodes.Index(0));
  EXPECT_EQ(nodes.Get(2, report).at("state_hash"), nodes.Get(0, report).at("state_hash"));
  // It is a voter as before: with it, one more is enough.
  nodes.StopNode(0);
  ++day;
  EXPECT_EQ(nodes.PostAct(2, nodes.DayRoll(DayPlus(day), DayPlus(day)))->status, 200);
}

// Who has started anew since it was made offers it no more.
TEST(SnapshotNodesTest, ANodeComesBackThoughOnlyTheLeaderHasTheLastSnapshot) {
  RunningNodes nodes(3, {}, Small());
  const std::size_t leader = nodes.Leader();
  const std::size_t behind = (leader + 1) % 3;
  const std::size_t other = (leader + 2) % 3;
  ASSERT_EQ(nodes.PostAct(leader, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(behind);
  ActUntilTrimmed(nodes, leader, {leader, other}, 1);
  nodes.WantSnapshot(leader);
  while (nodes.Metric(leader, "aval_snapshot_offered_raft_index") == 0) {
  }
  nodes.StopNode(other);
  nodes.StartNode(other);
  nodes.AwaitReadiness(other, "ready");
  nodes.StartNode(behind);
  CatchUp(nodes, behind, leader);
  nodes.AwaitReadiness(behind, "ready");
}

TEST(SnapshotNodesTest, LostStateIsRefusedWhereTheLogWasTrimmed) {
  RunningNodes nodes(1, {}, Small());
  ActUntilTrimmed(nodes, 0, {0}, 0);
  nodes.StopNode(0);
  std::filesystem::remove_all(nodes.DataOf(0) / "state");
  const auto config = config::LoadNodeConfig(nodes.network().NodeFile(1));
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  const auto node = Node::Start(*config, passphrase->view(), [](const Error&) {}, nullptr, Small());
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, Code::kCorruption);
  EXPECT_NE(node.error().message.find("state"), std::string::npos) << node.error().message;
}

}  // namespace
}  // namespace aval::node
