#include "net/handshake_turns.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace aval::net {
namespace {

using boost::asio::ip::make_address;

/// Who has begun, in order.
class HandshakeTurnsTest : public testing::Test {
 protected:
  std::unique_ptr<HandshakeTurns::Turn> Ask(const char* host, const std::string& name) {
    return turns_.Ask(make_address(host), [this, name] { begun_.push_back(name); });
  }
  using Names = std::vector<std::string>;

  HandshakeTurns turns_{2};
  Names begun_;
};

TEST_F(HandshakeTurnsTest, AsManyAsMayBeginAndTheNextWhenOneEnds) {
  auto a = Ask("10.0.0.1", "a");
  const auto b = Ask("10.0.0.1", "b");
  const auto c = Ask("10.0.0.1", "c");
  const auto d = Ask("10.0.0.1", "d");
  EXPECT_EQ(begun_, (Names{"a", "b"}));
  EXPECT_EQ(turns_.waiting(), 2U);
  a.reset();
  EXPECT_EQ(begun_, (Names{"a", "b", "c"}));
}

TEST_F(HandshakeTurnsTest, HostsHaveTheirTurnOneAfterAnother) {
  std::vector<std::unique_ptr<HandshakeTurns::Turn>> storm;
  for (int i = 1; i <= 6; ++i) storm.push_back(Ask("10.0.0.2", "s" + std::to_string(i)));
  auto lower = Ask("10.0.0.1", "lower");
  const auto higher = Ask("10.0.0.3", "higher");
  storm[0].reset();
  storm[1].reset();
  EXPECT_EQ(begun_, (Names{"s1", "s2", "higher", "lower"}));
  lower.reset();
  EXPECT_EQ(begun_.back(), "s3");
}

TEST_F(HandshakeTurnsTest, WhoLeavesWhileItWaitsIsPassedOver) {
  auto a = Ask("10.0.0.1", "a");
  auto b = Ask("10.0.0.1", "b");
  auto gone = Ask("10.0.0.1", "gone");
  const auto next = Ask("10.0.0.1", "next");
  gone.reset();
  EXPECT_EQ(turns_.waiting(), 1U);
  a.reset();
  EXPECT_EQ(begun_, (Names{"a", "b", "next"}));
}

}  // namespace
}  // namespace aval::net
