#include "net/handshake_turns.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/base/manual_clock.h"

namespace aval::net {
namespace {

using boost::asio::ip::make_address;

/// Who has begun, in order.
class HandshakeTurnsTest : public testing::Test {
 protected:
  std::unique_ptr<HandshakeTurns::Turn> Ask(const char* host, const std::string& name) {
    return turns_.Ask(make_address(host), [this, name](Duration delay) {
      begun_.push_back(name);
      delays_.push_back(delay);
    });
  }
  using Names = std::vector<std::string>;

  static constexpr Duration kApart = std::chrono::milliseconds(5);

  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  HandshakeTurns turns_{2, kApart, clock_};
  Names begun_;
  std::vector<Duration> delays_;
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

TEST_F(HandshakeTurnsTest, TheyBeginAMomentApartAndAtOnceAfterAPause) {
  auto a = Ask("10.0.0.1", "a");
  clock_->Advance(std::chrono::milliseconds(1));
  auto b = Ask("10.0.0.2", "b");
  const auto c = Ask("10.0.0.3", "c");
  a.reset();
  EXPECT_EQ(delays_, (std::vector<Duration>{Duration(0), std::chrono::milliseconds(4),
                                            std::chrono::milliseconds(9)}));
  clock_->Advance(std::chrono::milliseconds(20));
  b.reset();
  const auto d = Ask("10.0.0.1", "d");
  EXPECT_EQ(begun_.back(), "d");
  EXPECT_EQ(delays_.back(), Duration(0));
}

TEST_F(HandshakeTurnsTest, WhoEndsBeforeItBeginsPutsNobodyOff) {
  for (int i = 0; i < 100; ++i) Ask("10.0.0.2", "gone").reset();
  const auto next = Ask("10.0.0.1", "next");
  EXPECT_EQ(begun_.back(), "next");
  EXPECT_LE(delays_.back(), 2 * kApart);
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
