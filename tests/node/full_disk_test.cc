// Real nodes over loopback, one of which has a full disk for a while.

#include <gtest/gtest.h>

#include <string>

#include "tests/node/fillable_disk.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

ledger::Day DayPlus(int days) { return RunningNodes::FirstDay().Plus(days); }

class FullDiskTest : public testing::Test {
 protected:
  FullDiskTest() : nodes_(3, {}, Tuning()) {}

  NodeTuning Tuning() {
    NodeTuning tuning;
    tuning.disk = &disk_;
    tuning.room_look = std::chrono::milliseconds(20);
    return tuning;
  }

  int StatusOf(std::size_t i, const std::string& target) {
    net::HttpCall call;
    call.target = target;
    const auto reply = nodes_.Call(i, call);
    EXPECT_TRUE(reply) << reply.error().message;
    if (!reply) return 0;
    body_ = std::string(AsText(reply->body));
    return reply->status;
  }

  void Roll(std::size_t at, int day) {
    const auto reply = nodes_.PostAct(at, nodes_.DayRoll(DayPlus(day), DayPlus(day)));
    ASSERT_TRUE(reply) << reply.error().message;
    ASSERT_EQ(reply->status, 200);
  }

  bool SaysNoRoom(std::size_t i) {
    return StatusOf(i, "/readyz") == 503 && body_.find("no_room") != std::string::npos;
  }

  // As the first one sees it that knows one.
  std::size_t Leader() {
    for (std::size_t i = 0;; i = (i + 1) % nodes_.size()) {
      const auto status = nodes_.client(i).GetJson("/v1/node", RunningNodes::kTimeout);
      EXPECT_TRUE(status) << status.error().message;
      const auto leader = status->as_object().at("leader").to_number<std::size_t>();
      if (leader != 0) return leader - 1;
    }
  }

  std::string StateHash(std::size_t i) {
    EXPECT_EQ(StatusOf(i, "/v1/reports/state-hash"), 200);
    return body_;
  }

  // Opens the node again when it asks for that, and waits until it has what the other has.
  void ComeBack(std::size_t i, std::size_t other) {
    disk_.Free();
    while (!nodes_.WantsReopening(i)) {
    }
    nodes_.StopNode(i);
    nodes_.StartNode(i);
    const std::uint64_t index = nodes_.Index(other);
    while (nodes_.Index(i) < index) {
    }
    EXPECT_EQ(StateHash(i), StateHash(other));
  }

  FillableDisk disk_;  // Before the nodes.
  RunningNodes nodes_;
  std::string body_;
};

TEST_F(FullDiskTest, AFollowerWhoseDiskIsFullAnswersReadsAndGoesOnWhenThereIsRoom) {
  Roll(0, 1);
  disk_.Fill(nodes_.DataOf(2));
  Roll(0, 2);
  while (!SaysNoRoom(2)) {
  }
  EXPECT_EQ(StatusOf(2, "/v1/leaves/1"), 200);
  EXPECT_EQ(StatusOf(2, "/v1/reports/trial-balance"), 200);
  EXPECT_EQ(nodes_.Get(2, "/v1/node").at("unready").at("code"), "no_room");
  // It would not hear what became of an act.
  const auto refused = nodes_.PostAct(2, nodes_.DayRoll(DayPlus(9), DayPlus(9)));
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(RunningNodes::JsonOf(*refused).at("code"), "no_room");
  EXPECT_FALSE(nodes_.WantsReopening(2));
  // A majority goes on.
  Roll(0, 3);
  ComeBack(2, 0);
}

TEST_F(FullDiskTest, ALeaderWhoseDiskIsFullHandsOver) {
  Roll(0, 1);
  const std::size_t leader = Leader();
  const std::size_t other = (leader + 1) % 3;
  disk_.Fill(nodes_.DataOf(leader));
  Roll(other, 2);
  while (!SaysNoRoom(leader)) {
  }
  Roll(other, 3);
  EXPECT_NE(Leader(), leader);
  ComeBack(leader, other);
}

}  // namespace
}  // namespace aval::node
