#include "net/peer_transport.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "net/io_threads.h"
#include "tests/net/support.h"

namespace aval::net {
namespace {

using consensus::Heartbeat;
using consensus::Index;
using consensus::NodeId;
using consensus::Term;

constexpr NodeId kOne{1};
constexpr NodeId kTwo{2};
constexpr NodeId kThree{3};

/// A node of a test: its transport and what that reports.
struct TestNode {
  explicit TestNode(IoThreads& threads, const PeerTransport::Options& options, std::uint8_t key)
      : transport(*PeerTransport::Start(threads, options, TestKey(key), events)) {}
  Recorder events;
  std::unique_ptr<PeerTransport> transport;
};

class PeerTransportTest : public testing::Test {
 protected:
  std::unique_ptr<TestNode> Start(std::uint32_t self, std::uint32_t nodes) {
    return Start(TestOptions(self, nodes));
  }
  std::unique_ptr<TestNode> Start(const PeerTransport::Options& options) {
    return std::make_unique<TestNode>(threads_, options,
                                      static_cast<std::uint8_t>(options.self.value));
  }
  static void Introduce(TestNode& node, NodeId peer, const TestNode& other) {
    node.transport->SetAddress(peer, "127.0.0.1", other.transport->port());
  }
  static Heartbeat Number(std::uint64_t number) {
    return {.term = Term{1}, .commit = Index{number}};
  }

  IoThreads threads_{2};
};

TEST_F(PeerTransportTest, ThreeNodesHearEachOtherInOrder) {
  std::map<NodeId, std::unique_ptr<TestNode>> nodes;
  for (std::uint32_t id = 1; id <= 3; ++id) nodes[NodeId{id}] = Start(id, 3);
  for (const auto& [id, node] : nodes) {
    for (const auto& [peer, other] : nodes) {
      if (peer != id) Introduce(*node, peer, *other);
    }
  }
  for (const auto& [id, node] : nodes) {
    for (const auto& [peer, other] : nodes) {
      if (peer == id) continue;
      ASSERT_TRUE(node->events.AwaitUps(peer));
      for (std::uint64_t i = 0; i < 1'000; ++i) {
        ASSERT_TRUE(node->transport->Send(peer, Number(id.value * 10'000 + i)));
      }
    }
  }
  for (const auto& [id, node] : nodes) {
    for (const auto& [peer, other] : nodes) {
      if (peer == id) continue;
      for (std::uint64_t i = 0; i < 1'000; ++i) {
        ASSERT_EQ(node->events.NextHeartbeat(peer), peer.value * 10'000 + i);
      }
    }
  }
}

// A peer may name members that nobody knows.
TEST_F(PeerTransportTest, WhatIsForNobodyKnownIsDropped) {
  const auto one = Start(1, 2);
  EXPECT_FALSE(one->transport->Send(NodeId{999}, Number(1)));
}

TEST_F(PeerTransportTest, CarriesForwardsAndRefusals) {
  const auto one = Start(1, 2);
  const auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  const ForwardRefused refused{.envelopes = {crypto::Sha256(AsBytes("act"))},
                               .reason = ForwardRefused::Reason::kOverloaded};
  ASSERT_TRUE(
      one->transport->SendForward(kTwo, {.envelopes = {SharedBytes("a"), SharedBytes("b")}}));
  ASSERT_TRUE(one->transport->SendForwardRefused(kTwo, refused));
  const std::optional<Forward> forward = two->events.NextForward(kOne);
  ASSERT_TRUE(forward);
  ASSERT_EQ(forward->envelopes.size(), 2U);
  EXPECT_EQ(*forward->envelopes[1], *SharedBytes("b"));
  EXPECT_EQ(two->events.NextRefused(kOne), refused);
}

TEST_F(PeerTransportTest, ManyForwardedActsTravelInSeveralFrames) {
  const auto one = Start(1, 2);
  const auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  ASSERT_TRUE(one->transport->SendForward(kTwo, {.envelopes = {5'000, SharedBytes("a")}}));
  for (const std::size_t acts : {2'048U, 2'048U, 904U}) {
    const std::optional<Forward> forward = two->events.NextForward(kOne);
    ASSERT_TRUE(forward);
    EXPECT_EQ(forward->envelopes.size(), acts);
  }
}

TEST_F(PeerTransportTest, ALongForwardTravelsInSeveralFrames) {
  const auto one = Start(1, 2);
  const auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  const auto envelope = std::make_shared<const Bytes>(600'000, std::uint8_t{1});
  ASSERT_TRUE(one->transport->SendForward(kTwo, {.envelopes = {envelope, envelope, envelope}}));
  for (int i = 0; i < 3; ++i) {
    const std::optional<Forward> forward = two->events.NextForward(kOne);
    ASSERT_TRUE(forward);
    EXPECT_EQ(forward->envelopes.size(), 1U);
  }
}

TEST_F(PeerTransportTest, ALongAppendArrivesWhole) {
  const auto one = Start(1, 2);
  const auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  Bytes payload(std::size_t{1} << 20U);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  }
  const consensus::Append append{
      .term = Term{1},
      .entries = {{.term = Term{1},
                   .index = Index{1},
                   .kind = consensus::EntryKind::kBlock,
                   .payload = std::make_shared<const Bytes>(std::move(payload)),
                   .chain = {}}}};
  ASSERT_TRUE(one->transport->Send(kTwo, append));
  const std::optional<consensus::Message> message = two->events.NextMessage(kOne);
  ASSERT_TRUE(message);
  const auto& arrived = std::get<consensus::Append>(*message);
  ASSERT_EQ(arrived.entries.size(), 1U);
  EXPECT_TRUE(*arrived.entries[0].payload == *append.entries[0].payload);
}

TEST_F(PeerTransportTest, BothKeysOfAnOverlapAreAccepted) {
  PeerTransport::Options options = TestOptions(1, 2);
  options.peers[0].keys.insert(TestKeyId(77));
  const auto one = Start(options);
  TestNode two(threads_, TestOptions(2, 2), /*key=*/77);
  Introduce(*one, kTwo, two);
  Introduce(two, kOne, *one);
  EXPECT_TRUE(one->events.AwaitUps(kTwo));
  EXPECT_TRUE(two.events.AwaitUps(kOne));
}

TEST_F(PeerTransportTest, APeerWithAnotherKeyIsRefusedOnBothSides) {
  const auto one = Start(1, 2);
  TestNode two(threads_, TestOptions(2, 2), /*key=*/66);
  Introduce(*one, kTwo, two);
  const std::optional<Error> dialled = one->events.AwaitTrouble("peer 2 at 127.0.0.1");
  ASSERT_TRUE(dialled);
  EXPECT_EQ(dialled->code, Code::kDenied);
  EXPECT_NE(dialled->message.find("not among the pinned ones"), std::string::npos);
  Introduce(two, kOne, *one);
  const std::optional<Error> refused = two.events.AwaitTrouble("does not accept our key");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, Code::kDenied);
  EXPECT_FALSE(one->transport->Send(kTwo, Number(1)));
}

TEST_F(PeerTransportTest, APeerOfAnotherLedgerIsRefusedInSoManyWords) {
  const auto one = Start(1, 2);
  PeerTransport::Options other = TestOptions(2, 2);
  other.origin = "other.example/ledger";
  const auto two = Start(other);
  Introduce(*one, kTwo, *two);
  EXPECT_TRUE(one->events.AwaitTrouble("ledger 'other.example/ledger'"));
  EXPECT_TRUE(two->events.AwaitTrouble("ledger 'test.example/ledger'"));
  EXPECT_FALSE(one->transport->Send(kTwo, Number(1)));
}

TEST_F(PeerTransportTest, FindsAPeerThatRestarts) {
  const auto one = Start(1, 2);
  auto two = Start(2, 2);
  const std::uint16_t port = two->transport->port();
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  two.reset();
  ASSERT_TRUE(one->events.AwaitDowns(kTwo));
  ASSERT_TRUE(one->events.AwaitTrouble("connection refused"));
  PeerTransport::Options again = TestOptions(2, 2);
  again.port = port;
  two = Start(again);
  ASSERT_TRUE(one->events.AwaitUps(kTwo, 2));
  ASSERT_TRUE(one->transport->Send(kTwo, Number(5)));
  EXPECT_EQ(two->events.NextHeartbeat(kOne), 5U);
}

TEST_F(PeerTransportTest, DialsAtOnceAPeerThatDialsUs) {
  PeerTransport::Options patient = TestOptions(1, 2);
  patient.backoff_min = patient.backoff_max = std::chrono::hours(1);
  const auto one = Start(patient);
  auto two = Start(2, 2);
  const std::uint16_t port = two->transport->port();
  two.reset();
  one->transport->SetAddress(kTwo, "127.0.0.1", port);
  ASSERT_TRUE(one->events.AwaitTrouble("connection refused"));
  PeerTransport::Options again = TestOptions(2, 2);
  again.port = port;
  two = Start(again);
  Introduce(*two, kOne, *one);
  EXPECT_TRUE(one->events.AwaitUps(kTwo));
}

TEST_F(PeerTransportTest, FindsAPeerThatMoves) {
  const auto one = Start(1, 2);
  auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  const auto moved = Start(2, 2);
  two.reset();
  Introduce(*one, kTwo, *moved);
  EXPECT_TRUE(one->events.AwaitUps(kTwo, 2));
}

TEST_F(PeerTransportTest, TheSameTroubleIsToldOnce) {
  const auto one = Start(1, 2);
  auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  two.reset();
  ASSERT_TRUE(one->events.AwaitTrouble("connection refused"));
  const std::size_t told = one->events.troubles();
  while (one->transport->counters().at(kTwo).failed_connects < 5) std::this_thread::yield();
  EXPECT_EQ(one->events.troubles(), told);
}

TEST_F(PeerTransportTest, RefusesMessagesWhileTheLinkIsDownAndCountsThem) {
  const auto one = Start(1, 2);
  EXPECT_FALSE(one->transport->Send(kTwo, Number(1)));
  EXPECT_FALSE(one->transport->SendForward(kTwo, {.envelopes = {SharedBytes("a")}}));
  const PeerCounters counters = one->transport->counters().at(kTwo);
  EXPECT_EQ(counters.dropped, 2U);
  EXPECT_FALSE(counters.up);
}

TEST_F(PeerTransportTest, CountsWhatItCarries) {
  const auto one = Start(1, 2);
  const auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  ASSERT_TRUE(one->transport->Send(kTwo, Number(1)));
  ASSERT_TRUE(one->transport->Send(kTwo, Number(2)));
  ASSERT_EQ(two->events.NextHeartbeat(kOne), 1U);
  ASSERT_EQ(two->events.NextHeartbeat(kOne), 2U);
  const PeerCounters sent = one->transport->counters().at(kTwo);
  const PeerCounters received = two->transport->counters().at(kOne);
  EXPECT_TRUE(sent.up);
  EXPECT_EQ(sent.connects, 1U);
  EXPECT_EQ(sent.frames_sent, 2U);
  EXPECT_EQ(received.frames_received, 2U);
  EXPECT_GE(received.bytes_received, sent.bytes_sent);
}

TEST_F(PeerTransportTest, StopsTwiceAndReportsNothingMore) {
  const auto one = Start(1, 2);
  const auto two = Start(2, 2);
  Introduce(*one, kTwo, *two);
  ASSERT_TRUE(one->events.AwaitUps(kTwo));
  one->transport->Stop();
  one->transport->Stop();
  EXPECT_FALSE(one->transport->Send(kTwo, Number(1)));
  EXPECT_TRUE(two->events.AwaitTrouble("shutting down"));
}

class BadOptionsTest : public PeerTransportTest {
 protected:
  std::string Refusal(const PeerTransport::Options& options) {
    Recorder events;
    const auto started = PeerTransport::Start(threads_, options, TestKey(1), events);
    return started ? "" : started.error().message;
  }
  PeerTransport::Options options_ = TestOptions(1, 3);
};

TEST_F(BadOptionsTest, TwoPeersWithOneKeyAreRefused) {
  options_.peers[1].keys = options_.peers[0].keys;
  EXPECT_EQ(Refusal(options_), "peer transport: peer 3 has the key of another peer");
}

TEST_F(BadOptionsTest, APeerWithThisNodesNumberIsRefused) {
  options_.peers[1].id = kOne;
  EXPECT_EQ(Refusal(options_), "peer transport: peer 1 is not alone");
}

TEST_F(BadOptionsTest, APeerWithoutKeyIsRefused) {
  options_.peers[1].keys.clear();
  EXPECT_EQ(Refusal(options_), "peer transport: peer 3 has no key");
}

TEST_F(BadOptionsTest, APortThatIsTakenIsNamed) {
  const auto other = Start(kThree.value, 3);
  options_.port = other->transport->port();
  EXPECT_EQ(Refusal(options_), "cannot listen on 127.0.0.1:" + std::to_string(options_.port) +
                                   ": Address already in use");
}

}  // namespace
}  // namespace aval::net
