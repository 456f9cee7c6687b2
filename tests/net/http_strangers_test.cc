// Callers that the server does not know yet, and never will.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <vector>

#include "tests/net/http_fixture.h"

namespace aval::net {
namespace {

using std::chrono::milliseconds;

class HttpStrangersTest : public HttpServerTest {};

TEST_F(HttpStrangersTest, AnUnknownKeyDoesNotGetThrough) {
  Start();
  RawClient stranger = Client(99);
  EXPECT_FALSE(stranger.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().has_value());
  EXPECT_TRUE(stranger.AwaitEnd());
  AwaitCounters([](const auto& counters) { return counters.failed_handshakes == 1; });
  EXPECT_EQ(server_->counters().requests, 0U);
  EXPECT_TRUE(Serves());
}

TEST_F(HttpStrangersTest, PlainHttpDoesNotGetThrough) {
  Start();
  RawClient plain(server_->port());
  EXPECT_TRUE(plain.SendRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n").AwaitEnd());
  EXPECT_TRUE(Serves());
}

TEST_F(HttpStrangersTest, ASilentCallerIsClosed) {
  options_.handshake_timeout = milliseconds(50);
  Start();
  EXPECT_TRUE(RawClient(server_->port()).AwaitEnd());
}

TEST_F(HttpStrangersTest, CallersThatSayNothingDoNotTakeThePlacesOfClients) {
  options_.max_connections = 1;
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  const RawClient silent(server_->port());
  const RawClient other(server_->port());
  AwaitCounters([](const auto& counters) { return counters.accepted == 2; });
  EXPECT_TRUE(Serves());
}

TEST_F(HttpStrangersTest, TheOldestOfTooManyStrangersMakesRoom) {
  options_.max_strangers = 2;
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  RawClient oldest(server_->port());
  const RawClient silent(server_->port());
  AwaitCounters([](const auto& counters) { return counters.accepted == 2; });
  EXPECT_TRUE(Serves());
  EXPECT_TRUE(oldest.AwaitEnd());
  EXPECT_EQ(server_->counters().failed_handshakes, 1U);
}

TEST_F(HttpStrangersTest, AHostThatCallsAndCallsPushesOutItsOwnCallersAlone) {
  options_.max_strangers_of_host = 2;
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  RawClient honest(server_->port());
  RawClient oldest(server_->port(), 2, "127.0.0.2");
  std::vector<RawClient> storm;
  for (int i = 0; i < 10; ++i) storm.emplace_back(server_->port(), std::uint8_t{2}, "127.0.0.2");
  EXPECT_TRUE(oldest.AwaitEnd());
  const auto reply = honest.Handshake().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
}

TEST_F(HttpStrangersTest, AHandshakeWaitsWhileAsManyAsMayAreComputed) {
  options_.handshakes_at_once = 1;
  options_.handshake_turn = std::chrono::hours(1);
  Start();
  RawClient slow(server_->port(), 2, "127.0.0.2");
  RawClient other(server_->port(), 2, "127.0.0.2");
  for (RawClient* client : {&slow, &other}) client->SendRaw(kStartOfHandshake);
  AwaitCounters([](const auto& counters) { return counters.waiting_handshakes == 1; });
  auto served = std::async(std::launch::async, [this] { return Serves(); });
  AwaitCounters([](const auto& counters) { return counters.waiting_handshakes == 2; });
  for (RawClient* client : {&slow, &other}) client->Reset();
  EXPECT_TRUE(served.get());
}

TEST_F(HttpStrangersTest, WhoSaysNothingTakesNoTurn) {
  options_.handshakes_at_once = 1;
  options_.handshake_turn = std::chrono::hours(1);
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  const RawClient silent(server_->port(), 2, "127.0.0.2");
  AwaitCounters([](const auto& counters) { return counters.accepted == 1; });
  EXPECT_TRUE(Serves());
}

TEST_F(HttpStrangersTest, ASlowHandshakeKeepsNobodyWaitingForItsEnd) {
  options_.handshakes_at_once = 1;
  options_.handshake_turn = milliseconds(1);
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  std::vector<RawClient> slow;
  for (int i = 0; i < 10; ++i) {
    slow.emplace_back(server_->port(), std::uint8_t{2}, "127.0.0.2");
    slow.back().SendRaw(kStartOfHandshake);
  }
  EXPECT_TRUE(Serves());
  EXPECT_EQ(server_->counters().failed_handshakes, 0U);
}

TEST_F(HttpStrangersTest, AHostThatCallsTooOftenIsClosedAndAnotherIsServed) {
  options_.calls = {
      .times_per_second = 1, .bytes_per_second = 1, .burst = std::chrono::seconds(10)};
  Start();
  std::vector<RawClient> storm;
  for (int i = 0; i < 50; ++i) storm.emplace_back(server_->port(), std::uint8_t{2}, "127.0.0.2");
  AwaitCounters([](const auto& counters) { return counters.hasty_calls == 39; });
  EXPECT_TRUE(Serves());
  clock_->Advance(std::chrono::seconds(1));
  storm.emplace_back(server_->port(), std::uint8_t{2}, "127.0.0.2");
  storm.emplace_back(server_->port(), std::uint8_t{2}, "127.0.0.2");
  AwaitCounters([](const auto& counters) { return counters.accepted == 53; });
  AwaitCounters([](const auto& counters) { return counters.hasty_calls == 40; });
}

TEST_F(HttpStrangersTest, ARefusedCallerCountsUntilItsSocketIsClosed) {
  options_.max_strangers = 1;
  options_.linger_timeout = std::chrono::hours(1);
  Start();
  RawClient refused = Client(99);
  AwaitCounters([](const auto& counters) { return counters.failed_handshakes == 1; });
  EXPECT_TRUE(Serves());
  EXPECT_TRUE(refused.AwaitClosedSocket());
}

}  // namespace
}  // namespace aval::net
