// One end of a link is a real transport, the other is played by hand and misbehaves.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/frame.h"
#include "net/peer_codec.h"
#include "tests/net/peer_fixture.h"

namespace aval::net {
namespace {

using consensus::Heartbeat;
using consensus::NodeId;

class PeerLinkTest : public RawPeerTest {
 protected:
  PeerLinkTest() : RawPeerTest(3) {}
};

TEST_F(PeerLinkTest, GreetsBeforeAnythingElse) {
  Start();
  RawPeer peer = RawPeer::Dial(transport_->port(), 2);
  ASSERT_TRUE(peer.Handshake());
  const std::optional<PeerMessage> greeting = peer.Receive();
  ASSERT_TRUE(greeting);
  EXPECT_EQ(std::get<Hello>(*greeting), GreetingOf(1));
}

TEST_F(PeerLinkTest, FramesTornAtEveryByteArriveWhole) {
  Start();
  RawPeer peer = Caller();
  Bytes frame;
  AppendFrame(Number(42), frame);
  for (std::size_t cut = 1; cut < frame.size(); ++cut) {
    peer.SendBytes(ByteView(frame).first(cut));
    peer.SendBytes(ByteView(frame).subspan(cut));
    ASSERT_EQ(events_.NextHeartbeat(kTwo), 42U) << "cut at " << cut;
  }
}

struct Misbehaviour {
  const char* name;
  std::function<void(RawPeer&)> act;
  const char* answer;
};

void GreetWith(RawPeer& peer, const std::function<void(Hello&)>& change) {
  Hello hello = GreetingOf(2);
  change(hello);
  peer.Send(hello);
}

const std::vector<Misbehaviour>& BeforeGreeting() {
  static const std::vector<Misbehaviour> list{
      {"OtherVersion", [](RawPeer& p) { GreetWith(p, [](Hello& h) { h.version = 2; }); },
       "protocol version 2 meets version 1"},
      {"OtherLedger", [](RawPeer& p) { GreetWith(p, [](Hello& h) { h.origin = "other"; }); },
       "a node of ledger 'other' meets one of ledger 'test.example/ledger'"},
      {"OtherNumber", [](RawPeer& p) { GreetWith(p, [](Hello& h) { h.node = NodeId{3}; }); },
       "calls itself node 3 with the key of node 2"},
      {"NoGreeting", [](RawPeer& p) { p.Send(consensus::Message(Heartbeat{})); },
       "the first message is no greeting"},
      {"Garbage", [](RawPeer& p) { p.SendBytes(AsBytes("GET / HTTP/1.1\r\n\r\n")); },
       "frame of 1195725856 bytes, at most 8388608"},
  };
  return list;
}

const std::vector<Misbehaviour>& AfterGreeting() {
  static const std::vector<Misbehaviour> list{
      {"SecondGreeting", [](RawPeer& p) { p.Send(GreetingOf(2)); }, "a second greeting"},
      {"EmptyFrame", [](RawPeer& p) { p.SendBytes(Bytes(4, 0)); }, "frame of length 0"},
      {"LongFrame", [](RawPeer& p) { p.SendBytes(Bytes{0, 0x80, 0, 1}); },
       "frame of 8388609 bytes, at most 8388608"},
      {"GarbageFrame", [](RawPeer& p) { p.SendBytes(Bytes{0, 0, 0, 2, 0xff, 0xff}); },
       "peer frame: content: not a protobuf message"},
      {"MalformedMessage", [](RawPeer& p) { p.SendBytes(Bytes{0, 0, 0, 3, 0x92, 0x01, 0}); },
       "peer frame: append.prev_chain: not 32 bytes"},
  };
  return list;
}

class BeforeGreetingTest : public PeerLinkTest, public testing::WithParamInterface<Misbehaviour> {};
class AfterGreetingTest : public PeerLinkTest, public testing::WithParamInterface<Misbehaviour> {};

TEST_P(BeforeGreetingTest, IsToldWhyAndClosed) {
  Start();
  RawPeer peer = RawPeer::Dial(transport_->port(), 2);
  ASSERT_TRUE(peer.Handshake());
  GetParam().act(peer);
  EXPECT_EQ(peer.AwaitGoodbye(), GetParam().answer);
  EXPECT_TRUE(peer.AwaitEnd());
  EXPECT_TRUE(events_.AwaitTrouble(GetParam().answer));
}

TEST_P(AfterGreetingTest, IsToldWhyAndClosedAndOthersGoOn) {
  Start();
  RawPeer good = RawPeer::Dial(transport_->port(), 3);
  ASSERT_TRUE(good.Handshake());
  good.Send(GreetingOf(3));
  RawPeer peer = Caller();
  GetParam().act(peer);
  EXPECT_EQ(peer.AwaitGoodbye(), GetParam().answer);
  EXPECT_TRUE(peer.AwaitEnd());
  EXPECT_TRUE(events_.AwaitTrouble(GetParam().answer));
  good.Send(consensus::Message(Number(9)));
  EXPECT_EQ(events_.NextHeartbeat(NodeId{3}), 9U);
}

const auto kNameOf = [](const auto& param_info) { return param_info.param.name; };
INSTANTIATE_TEST_SUITE_P(PeerLinkTest, BeforeGreetingTest, testing::ValuesIn(BeforeGreeting()),
                         kNameOf);
INSTANTIATE_TEST_SUITE_P(PeerLinkTest, AfterGreetingTest, testing::ValuesIn(AfterGreeting()),
                         kNameOf);

TEST_F(PeerLinkTest, AStrangersKeyDoesNotGetThrough) {
  Start();
  RawPeer peer = RawPeer::Dial(transport_->port(), 99);
  static_cast<void>(peer.Handshake());  // TLS 1.3: the client is done before it is judged.
  EXPECT_FALSE(peer.Receive().has_value());
  EXPECT_TRUE(events_.AwaitTrouble("not among the pinned ones"));
}

TEST_F(PeerLinkTest, OurOwnKeyDoesNotGetThrough) {
  Start();
  RawPeer peer = RawPeer::Dial(transport_->port(), 1);
  static_cast<void>(peer.Handshake());
  EXPECT_FALSE(peer.Receive().has_value());
}

TEST_F(PeerLinkTest, ACallerThatSaysNothingIsClosed) {
  options_.handshake_timeout = std::chrono::milliseconds(50);
  Start();
  RawPeer silent = RawPeer::Dial(transport_->port(), 2);
  EXPECT_TRUE(silent.AwaitEnd());
  EXPECT_TRUE(events_.AwaitTrouble("no greeting in time"));
}

TEST_F(PeerLinkTest, ACallerThatDoesNotGreetIsClosed) {
  options_.handshake_timeout = std::chrono::milliseconds(50);
  Start();
  RawPeer silent = RawPeer::Dial(transport_->port(), 2);
  ASSERT_TRUE(silent.Handshake());
  EXPECT_TRUE(silent.AwaitEnd());
  EXPECT_TRUE(events_.AwaitTrouble("no greeting in time"));
}

TEST_F(PeerLinkTest, TheOldestOfTooManyStrangersMakesRoom) {
  options_.max_strangers = 2;
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  RawPeer oldest = RawPeer::Dial(transport_->port(), 2);
  const RawPeer silent = RawPeer::Dial(transport_->port(), 2);
  RawPeer honest = Caller();
  EXPECT_TRUE(oldest.AwaitEnd());
  EXPECT_TRUE(events_.AwaitTrouble("makes room for a newer caller"));
  honest.Send(consensus::Message(Number(4)));
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 4U);
}

TEST_F(PeerLinkTest, AHostThatCallsAndCallsPushesOutItsOwnCallersAlone) {
  options_.max_strangers_of_host = 2;
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  RawPeer honest = RawPeer::Dial(transport_->port(), 2);
  RawPeer oldest = RawPeer::Dial(transport_->port(), 3, "127.0.0.2");
  std::vector<RawPeer> storm;
  for (int i = 0; i < 10; ++i) {
    storm.push_back(RawPeer::Dial(transport_->port(), 3, "127.0.0.2"));
  }
  EXPECT_TRUE(oldest.AwaitEnd());
  ASSERT_TRUE(honest.Handshake());
  honest.Send(GreetingOf(2));
  honest.Send(consensus::Message(Number(4)));
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 4U);
}

TEST_F(PeerLinkTest, ASlowHandshakeKeepsNoPeerWaitingForItsEnd) {
  options_.handshakes_at_once = 1;
  options_.handshake_turn = std::chrono::milliseconds(1);
  options_.handshake_timeout = std::chrono::hours(1);
  Start();
  std::vector<RawPeer> slow;
  for (int i = 0; i < 10; ++i) {
    slow.push_back(RawPeer::Dial(transport_->port(), 3, "127.0.0.2"));
    slow.back().SendUnencrypted(Bytes{0x16, 0x03, 0x01, 0x02, 0x00});
  }
  RawPeer honest = Caller();
  honest.Send(consensus::Message(Number(4)));
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 4U);
}

TEST_F(PeerLinkTest, AHostThatCallsTooOftenIsClosedAndAnotherIsHeard) {
  options_.calls = {
      .times_per_second = 1, .bytes_per_second = 1, .burst = std::chrono::seconds(10)};
  Start();
  std::vector<RawPeer> storm;
  for (int i = 0; i < 50; ++i) {
    storm.push_back(RawPeer::Dial(transport_->port(), 3, "127.0.0.2"));
  }
  EXPECT_TRUE(events_.AwaitTrouble("caller from 127.0.0.2: calls too often"));
  RawPeer honest = Caller();
  honest.Send(consensus::Message(Number(4)));
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 4U);
}

TEST_F(PeerLinkTest, ARefusedCallerCountsUntilItsSocketIsClosed) {
  options_.max_strangers = 1;
  options_.linger_timeout = std::chrono::hours(1);
  Start();
  RawPeer refused = RawPeer::Dial(transport_->port(), 99);
  static_cast<void>(refused.Handshake());
  ASSERT_TRUE(events_.AwaitTrouble("not among the pinned ones"));
  RawPeer honest = Caller();
  EXPECT_TRUE(refused.AwaitClosedSocket());
}

TEST_F(PeerLinkTest, AReplacedLinkCountsUntilItsSocketIsClosed) {
  options_.max_strangers = 1;
  options_.linger_timeout = std::chrono::hours(1);
  Start();
  RawPeer older = Caller();
  older.Send(consensus::Message(Number(1)));
  ASSERT_EQ(events_.NextHeartbeat(kTwo), 1U);  // Its greeting has been read, too.
  RawPeer newer = Caller();
  EXPECT_EQ(older.AwaitGoodbye(), "a newer link takes its place");
  const RawPeer stranger = RawPeer::Dial(transport_->port(), 2);
  EXPECT_TRUE(older.AwaitClosedSocket());
  newer.Send(consensus::Message(Number(6)));
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 6U);
}

TEST_F(PeerLinkTest, WhoIsLeftAndSendsOnIsClosedBeforeItsTime) {
  options_.linger_timeout = std::chrono::hours(1);
  Start();
  RawPeer older = Caller();
  older.Send(consensus::Message(Number(1)));
  ASSERT_EQ(events_.NextHeartbeat(kTwo), 1U);  // Its greeting has been read, too.
  const RawPeer newer = Caller();
  EXPECT_EQ(older.AwaitGoodbye(), "a newer link takes its place");
  older.SendBytes(Bytes(std::size_t{5} << 20U));
  EXPECT_TRUE(older.AwaitClosedSocket());
}

TEST_F(PeerLinkTest, ALinkWithoutSignOfLifeIsGivenUp) {
  options_.alive_interval = std::chrono::milliseconds(10);
  options_.idle_timeout = std::chrono::milliseconds(50);
  Start();
  RawListener listener;
  transport_->SetAddress(kTwo, "127.0.0.1", listener.port());
  RawPeer silent = AnswerAs(2, listener);
  ASSERT_TRUE(events_.AwaitUps(kTwo));
  EXPECT_TRUE(events_.AwaitDowns(kTwo));
  EXPECT_TRUE(events_.AwaitTrouble("no sign of life"));
}

TEST_F(PeerLinkTest, SaysThatItIsAliveWhenItHasNothingToSay) {
  options_.alive_interval = std::chrono::milliseconds(10);
  Start();
  RawPeer peer = Caller();
  for (int i = 0; i < 3; ++i) {
    const std::optional<PeerMessage> message = peer.Receive();
    ASSERT_TRUE(message);
    EXPECT_TRUE(std::holds_alternative<Alive>(*message));
  }
}

TEST_F(PeerLinkTest, ANewerLinkOfAPeerTakesTheOldOnesPlace) {
  Start();
  RawPeer older = Caller();
  older.Send(consensus::Message(Number(1)));
  ASSERT_EQ(events_.NextHeartbeat(kTwo), 1U);  // Its greeting has been read, too.
  RawPeer newer = Caller();
  EXPECT_EQ(older.AwaitGoodbye(), "a newer link takes its place");
  newer.Send(consensus::Message(Number(3)));
  EXPECT_EQ(events_.NextHeartbeat(kTwo), 3U);
}

TEST_F(PeerLinkTest, MessagesOnTheWrongLinkAreRefused) {
  Start();
  RawListener listener;
  transport_->SetAddress(kTwo, "127.0.0.1", listener.port());
  RawPeer peer = AnswerAs(2, listener);
  peer.Send(consensus::Message(Number(3)));
  EXPECT_EQ(peer.AwaitGoodbye(), "messages belong on the link that their sender dialled");
}

TEST_F(PeerLinkTest, AFullQueueRefusesTheNewest) {
  options_.queue_messages = 100;
  Start();
  RawListener listener;
  transport_->SetAddress(kTwo, "127.0.0.1", listener.port());
  RawPeer peer = AnswerAs(2, listener);
  ASSERT_TRUE(events_.AwaitUps(kTwo));
  // The peer does not read: what the sockets do not hold stays in the queue.
  std::size_t taken = 0;
  while (transport_->SendForward(
      kTwo, {.envelopes = {std::make_shared<const Bytes>(100'000 + taken, std::uint8_t{1})}})) {
    ++taken;
  }
  EXPECT_GE(transport_->counters().at(kTwo).dropped, 1U);
  ASSERT_TRUE(peer.Receive().has_value());  // The greeting.
  for (std::size_t number = 0; number < taken; ++number) {
    const std::optional<PeerMessage> message = peer.Receive();
    ASSERT_TRUE(message);
    ASSERT_EQ(std::get<Forward>(*message).envelopes.at(0)->size(), 100'000 + number);
  }
}

TEST_F(PeerLinkTest, APeerThatBreaksOffIsReportedDown) {
  Start();
  RawListener listener;
  transport_->SetAddress(kTwo, "127.0.0.1", listener.port());
  {
    RawPeer peer = AnswerAs(2, listener);
    ASSERT_TRUE(events_.AwaitUps(kTwo));
  }
  EXPECT_TRUE(events_.AwaitDowns(kTwo));
  EXPECT_TRUE(events_.AwaitTrouble("closed by the other side"));
}

// No literal address, so that the resolver is asked, which knows this form without any hosts file.
TEST_F(PeerLinkTest, APeerIsFoundByItsHostsName) {
  Start();
  RawListener listener;
  transport_->SetAddress(kTwo, "127.1", listener.port());
  RawPeer peer = AnswerAs(2, listener);
  EXPECT_TRUE(events_.AwaitUps(kTwo));
}

TEST_F(PeerLinkTest, ExtensionsAreHandedOver) {
  Start();
  RawPeer peer = Caller();
  const Extension extension{.number = 7, .body = {1, 2, 3}};
  peer.Send(extension);
  EXPECT_EQ(events_.NextExtension(kTwo), extension);
}

}  // namespace
}  // namespace aval::net
