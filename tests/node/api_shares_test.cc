// What one client may have of a node, so that the others are served.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/block.h"
#include "net/proto/api.pb.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

/// One node of three, so that nothing is ever decided; a client's share is one batch.
class ApiSharesTest : public testing::Test {
 protected:
  ApiSharesTest()
      : nodes_(3, [](config::NodeConfig& config) {
          config.queue_acts = 2 * static_cast<std::uint32_t>(ledger::kBlockActsMax);
        }) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) nodes_.StopNode(i);
    // It has heard nothing of the others since it started, however long that took before.
    nodes_.StartNode(0);
  }

  static net::HttpCall Post(Bytes act, const std::string& timeout) {
    net::HttpCall call;
    call.method = "POST";
    call.target = "/v1/acts?timeout_ms=" + timeout;
    call.body = std::move(act);
    return call;
  }
  Bytes Act() {
    return nodes_.DayRoll(RunningNodes::FirstDay().Plus(1), RunningNodes::FirstDay().Plus(5));
  }
  bool MetricsSay(const std::string& line) {
    net::HttpCall call;
    call.target = "/metrics";
    const auto reply = nodes_.Call(0, call);
    EXPECT_TRUE(reply) << reply.error().message;
    return reply && std::string(AsText(reply->body)).find(line + "\n") != std::string::npos;
  }

  RunningNodes nodes_;
};

TEST_F(ApiSharesTest, AClientWithItsShareOfWaitingActsGets429AndAnotherIsServed) {
  const std::vector<Bytes> batch(ledger::kBlockActsMax, Act());
  nodes_.client(0).SubmitBatch(batch, std::chrono::seconds(60), [](const auto&) {});
  while (!MetricsSay("aval_waiting_acts " + std::to_string(batch.size()))) {
  }
  const auto greedy = nodes_.Call(0, Post(Act(), "60000"));
  ASSERT_TRUE(greedy) << greedy.error().message;
  EXPECT_EQ(greedy->status, 429);
  EXPECT_EQ(greedy->headers.at("retry-after"), "1");
  EXPECT_EQ(RunningNodes::JsonOf(*greedy).at("code").as_string(), "overloaded");
  EXPECT_TRUE(MetricsSay("aval_greedy_submissions_total 1"));
  // Taken in, and not decided: the others are down.
  const auto other = nodes_.CallAsOther(0, Post(Act(), "1"));
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->status, 503) << AsText(other->body);
  EXPECT_EQ(RunningNodes::JsonOf(*other).at("code").as_string(), "asking");
}

TEST_F(ApiSharesTest, AnsweredActsGiveTheirPlacesBack) {
  ::aval::api::v1::ActBatch batch;
  const std::string act(AsText(Act()));
  for (std::size_t i = 0; i < ledger::kBlockActsMax; ++i) batch.add_envelopes(act);
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/acts:batch?timeout_ms=1";
  call.body = CopyBytes(AsBytes(batch.SerializeAsString()));
  for (int i = 0; i < 3; ++i) {
    const auto reply = nodes_.Call(0, call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200) << AsText(reply->body);
  }
}

}  // namespace
}  // namespace aval::node
