// A peer that sends faster than its messages are consumed.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "net/peer_codec.h"
#include "tests/net/peer_fixture.h"

namespace aval::net {
namespace {

// The recorder keeps each message's receipt until a test takes the message.
class PeerPressureTest : public RawPeerTest {
 protected:
  PeerPressureTest() : RawPeerTest(2) {}

  // In one piece, so that one read brings them all.
  static void SendNumbers(RawPeer& peer, std::uint64_t first, std::uint64_t last) {
    Bytes frames;
    for (std::uint64_t i = first; i <= last; ++i) {
      AppendFrame(consensus::Message(Number(i)), frames);
    }
    peer.SendBytes(frames);
  }
};

TEST_F(PeerPressureTest, NothingIsTakenBeyondTheBoundNotEvenOverANewLink) {
  options_.receive_messages = 3;
  Start();
  RawPeer older = Caller();
  SendNumbers(older, 1, 10);
  ASSERT_TRUE(events_.AwaitMessages(kTwo, 3));
  RawPeer newer = Caller();
  // Said by the older link's strand, after it has done with the read that brought the ten.
  ASSERT_EQ(older.AwaitGoodbye(), "a newer link takes its place");
  EXPECT_EQ(transport_->counters().at(kTwo).frames_received, 3U);
  SendNumbers(newer, 11, 11);
  for (const std::uint64_t number : {1, 2, 3, 11}) EXPECT_EQ(events_.NextHeartbeat(kTwo), number);
}

TEST_F(PeerPressureTest, ALinkGoesOnWhenItsMessagesAreConsumed) {
  options_.receive_messages = 3;
  Start();
  RawPeer peer = Caller();
  SendNumbers(peer, 1, 1'000);
  for (std::uint64_t i = 1; i <= 1'000; ++i) ASSERT_EQ(events_.NextHeartbeat(kTwo), i);
}

TEST_F(PeerPressureTest, LongMessagesAreBoundedByTheirBytes) {
  options_.receive_bytes = 10'000;
  Start();
  RawPeer peer = Caller();
  Bytes frames;
  for (int i = 0; i < 3; ++i) {
    AppendFrame(Extension{.number = 1, .body = Bytes(1'000)}, frames);
    AppendFrame(Extension{.number = 2, .body = Bytes(10'000)}, frames);
  }
  peer.SendBytes(frames);
  ASSERT_TRUE(events_.AwaitMessages(kTwo, 2));
  const RawPeer newer = Caller();
  ASSERT_EQ(peer.AwaitGoodbye(), "a newer link takes its place");
  EXPECT_EQ(transport_->counters().at(kTwo).frames_received, 2U);
}

TEST_F(PeerPressureTest, ForwardedActsDoNotKeepConsensusWaiting) {
  options_.receive_forwards = 2;
  Start();
  RawPeer peer = Caller();
  for (int i = 0; i < 10; ++i) peer.Send(Forward{.envelopes = {SharedBytes("act")}});
  SendNumbers(peer, 1, 1);
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 1U);
  EXPECT_EQ(events_.forwards_without_receipt(), 8);
}

TEST_F(PeerPressureTest, ForwardedActsAreBoundedByTheirBytes) {
  options_.receive_forwarded_bytes = 1'000;
  Start();
  RawPeer peer = Caller();
  for (int i = 0; i < 3; ++i) peer.Send(Forward{.envelopes = {SharedBytes(std::string(999, 'x'))}});
  SendNumbers(peer, 1, 1);
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 1U);
  EXPECT_EQ(events_.forwards_without_receipt(), 2);
}

TEST_F(PeerPressureTest, WhoSaysMuchIsReadAtItsPace) {
  // Enough for the greeting, and exceeded by the first that follows.
  options_.pace = {
      .times_per_second = 1'000'000, .bytes_per_second = 1, .burst = std::chrono::minutes(30)};
  Start();
  RawPeer peer = Caller();
  Bytes frames;
  for (int i = 0; i < 3; ++i) AppendFrame(Extension{.number = 1, .body = Bytes(2'000)}, frames);
  peer.SendBytes(frames);
  ASSERT_TRUE(events_.AwaitMessages(kTwo, 1));
  const RawPeer newer = Caller();
  ASSERT_EQ(peer.AwaitGoodbye(), "a newer link takes its place");
  EXPECT_EQ(transport_->counters().at(kTwo).frames_received, 1U);
}

TEST_F(PeerPressureTest, SignsOfLifeCountAsWell) {
  options_.pace = {
      .times_per_second = 1, .bytes_per_second = 1'000'000, .burst = std::chrono::hours(1)};
  Start();
  RawPeer peer = Caller();
  Bytes frames;
  AppendFrame(consensus::Message(Number(1)), frames);
  for (int i = 0; i < 4'000; ++i) AppendFrame(Alive{}, frames);
  AppendFrame(consensus::Message(Number(2)), frames);
  peer.SendBytes(frames);
  ASSERT_TRUE(events_.AwaitMessages(kTwo, 1));
  const RawPeer newer = Caller();
  ASSERT_EQ(peer.AwaitGoodbye(), "a newer link takes its place");
  EXPECT_EQ(transport_->counters().at(kTwo).frames_received, 1U);
}

TEST_F(PeerPressureTest, ALinkThatHasRestedGoesOn) {
  options_.pace = {.times_per_second = 1'000,
                   .bytes_per_second = std::uint64_t{1} << 30U,
                   .burst = std::chrono::milliseconds(1)};
  Start();
  RawPeer peer = Caller();
  SendNumbers(peer, 1, 20);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    ASSERT_EQ(events_.NextHeartbeat(kTwo), i);
    ASSERT_EQ(transport_->counters().at(kTwo).frames_received, i);
    clock_->Advance(std::chrono::milliseconds(1));
  }
}

TEST_F(PeerPressureTest, APeerThatIsNotReadFromIsNotTakenForDead) {
  options_.receive_messages = 1;
  options_.alive_interval = std::chrono::milliseconds(100);
  options_.idle_timeout = std::chrono::milliseconds(500);
  Start();
  RawPeer peer = Caller();
  SendNumbers(peer, 1, 2);
  ASSERT_TRUE(events_.AwaitMessages(kTwo, 1));
  // Each of these is at least one interval after the one before: in all twice the timeout.
  for (int i = 0; i < 10; ++i) {
    const std::optional<PeerMessage> message = peer.Receive();
    ASSERT_TRUE(message);
    ASSERT_TRUE(std::holds_alternative<Alive>(*message));
  }
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 1U);
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 2U);
}

TEST_F(PeerPressureTest, AReceiptMayOutliveTheTransport) {
  Start();
  RawPeer peer = Caller();
  SendNumbers(peer, 1, 1);
  ASSERT_TRUE(events_.AwaitMessages(kTwo, 1));
  transport_.reset();
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 1U);
}

}  // namespace
}  // namespace aval::net
