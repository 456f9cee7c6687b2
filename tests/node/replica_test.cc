#include "node/replica.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/block.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/node/simulated_nodes.h"

namespace aval::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::uint32_t OtherThan(std::uint32_t node) { return node % SimulatedNodes::kNodes + 1; }

bool Decided(const SimulatedNodes::Ticket& ticket) {
  return ticket->answer && ticket->answer->kind == ActAnswer::Kind::kDecided;
}

// Where every node has the act; 0 when one has it elsewhere or not at all.
std::uint64_t LeafEverywhere(const SimulatedNodes& nodes, const ledger::PreparedAct& act) {
  const auto first = nodes.OutcomeAt(1, act);
  for (std::uint32_t node = 1; node <= SimulatedNodes::kNodes; ++node) {
    const auto outcome = nodes.OutcomeAt(node, act);
    if (!outcome || outcome->leaf != first->leaf || outcome->identity != act.identity) return 0;
  }
  return first->leaf;
}

void ExpectOneLedger(const SimulatedNodes& nodes) {
  for (std::uint32_t node = 2; node <= SimulatedNodes::kNodes; ++node) {
    EXPECT_EQ(nodes.state_hash(node), nodes.state_hash(1)) << "node " << node;
    EXPECT_EQ(nodes.view(node)->tree.Root(), nodes.view(1)->tree.Root()) << "node " << node;
  }
}

TEST(ReplicaTest, AnActOfAFollowersClientIsAnsweredByThatNodesOwnApply) {
  SimulatedNodes nodes;
  const std::uint32_t follower = OtherThan(nodes.Elect());
  const auto ticket = nodes.Submit(follower, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  ASSERT_TRUE(Decided(ticket));
  EXPECT_EQ(ticket->answer->outcome.verdict, ledger::Verdict::kAccepted);
  ASSERT_TRUE(nodes.Settle());
  EXPECT_EQ(LeafEverywhere(nodes, *ticket->act), ticket->answer->outcome.leaf);
  ExpectOneLedger(nodes);
}

TEST(ReplicaTest, TheSameActAtThreeNodesIsOneLeafAndThreeAnswers) {
  SimulatedNodes nodes;
  nodes.Elect();
  const auto act = ledger::RegisterAct(1);
  std::vector<SimulatedNodes::Ticket> tickets;
  for (std::uint32_t node = 1; node <= 3; ++node) tickets.push_back(nodes.Submit(node, act));
  ASSERT_TRUE(nodes.Settle());
  for (const auto& ticket : tickets) {
    ASSERT_TRUE(Decided(ticket));
    EXPECT_EQ(ticket->answer->outcome.leaf, tickets[0]->answer->outcome.leaf);
  }
  EXPECT_EQ(nodes.view(1)->tree.size(), 3U);  // Genesis has two.
}

TEST(ReplicaTest, AnActOutlivesTheLeaderItWasSentTo) {
  SimulatedNodes nodes({.limits = {.resend_interval = std::chrono::hours(1)}});
  const std::uint32_t leader = nodes.Elect();
  const auto ticket = nodes.Submit(OtherThan(leader), ledger::RegisterAct(1));
  nodes.Run(milliseconds(1));
  nodes.Kill(leader);
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  EXPECT_TRUE(Decided(ticket));
  nodes.Start(leader);
  ASSERT_TRUE(nodes.Settle());
  EXPECT_EQ(LeafEverywhere(nodes, *ticket->act), ticket->answer->outcome.leaf);
}

TEST(ReplicaTest, ALeaderThatIsCutOffAnswersItsClientsOnceItIsBack) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  nodes.Isolate(leader);
  const auto ticket = nodes.Submit(leader, ledger::RegisterAct(1));
  nodes.Run(seconds(5));
  EXPECT_FALSE(ticket->answer);
  EXPECT_NE(nodes.status(leader).role, consensus::Role::kLeader);
  const auto other = nodes.Submit(OtherThan(leader), ledger::RegisterAct(2));
  ASSERT_TRUE(nodes.RunUntil([&] { return Decided(other); }));
  nodes.Heal();
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  EXPECT_TRUE(Decided(ticket));
  ASSERT_TRUE(nodes.Settle());
  ExpectOneLedger(nodes);
}

// The block is gone with the term, and what it held may come again.
TEST(ReplicaTest, ALeaderTakesAnActAgainThatItHasProposedInVain) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t other = OtherThan(leader);
  nodes.Isolate(leader);
  const auto lost = nodes.Submit(leader, ledger::RegisterAct(1), seconds(1));
  nodes.Run(seconds(5));
  ASSERT_EQ(lost->answer->kind, ActAnswer::Kind::kTimedOut);
  nodes.Submit(other, ledger::RegisterAct(2));
  nodes.Run(seconds(1));
  nodes.Heal();
  ASSERT_TRUE(nodes.Settle());
  ASSERT_FALSE(nodes.OutcomeAt(leader, *lost->act));
  while (nodes.Elect() != leader) {
    const std::uint32_t now = nodes.Elect();
    nodes.Kill(now);
    nodes.Run(seconds(5));
    nodes.Start(now);
    ASSERT_TRUE(nodes.Settle());
  }
  const auto again = nodes.Submit(leader, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.RunUntil([&] { return again->answer.has_value(); }));
  EXPECT_TRUE(Decided(again));
}

TEST(ReplicaTest, WithoutAQuorumAClientHearsThatNothingIsDecidedYet) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  nodes.Isolate(leader);
  const auto ticket = nodes.Submit(leader, ledger::RegisterAct(1), seconds(2));
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  EXPECT_EQ(ticket->answer->kind, ActAnswer::Kind::kTimedOut);
  // And the node keeps nothing of it.
  nodes.Run(seconds(1));
  EXPECT_EQ(nodes.status(leader).unanswered_acts, 0U);
}

TEST(ReplicaTest, AFullQueueRefusesAtTheLeaderAndAtWhoForwards) {
  SimulatedNodes nodes({.limits = {.queue_acts = 2}});
  const std::uint32_t leader = nodes.Elect();
  std::vector<SimulatedNodes::Ticket> own;
  std::vector<SimulatedNodes::Ticket> forwarded;
  for (std::uint32_t n = 0; n < 20; ++n) {
    own.push_back(nodes.Submit(leader, ledger::RegisterAct(1 + n)));
    forwarded.push_back(nodes.Submit(OtherThan(leader), ledger::RegisterAct(101 + n)));
  }
  ASSERT_TRUE(nodes.Settle());
  for (const auto& tickets : {own, forwarded}) {
    std::size_t refused = 0;
    for (const auto& ticket : tickets) {
      ASSERT_TRUE(ticket->answer);
      const bool overloaded = ticket->answer->kind == ActAnswer::Kind::kOverloaded;
      refused += overloaded ? 1 : 0;
      // Refused means that nothing is recorded, nor will be.
      EXPECT_EQ(nodes.OutcomeAt(1, *ticket->act).has_value(), !overloaded);
    }
    EXPECT_GT(refused, 0U);
    EXPECT_LT(refused, 20U);
  }
}

TEST(ReplicaTest, ABlockThatItsLeaderDidNotSignNeverReachesTheLog) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t follower = OtherThan(leader);
  nodes.Submit(leader, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.Settle());
  ASSERT_TRUE(nodes.last_block(follower));

  // The next entry by the leader's hand, with a block signed by somebody else's.
  const consensus::Append& seen = *nodes.last_block(follower);
  const consensus::Entry& last = seen.entries.back();
  ledger::BlockHeader header{.leader = leader,
                             .term = seen.term.value,
                             .raft_index = last.index.value + 1,
                             .previous = last.chain,
                             .time_ms = nodes.time().UnixMillis(),
                             .checkpoint = false,
                             .acts = {}};
  const auto append_of = [&](const crypto::SecretKey& key) {
    consensus::Entry entry{.term = seen.term,
                           .index = {last.index.value + 1},
                           .kind = consensus::EntryKind::kBlock,
                           .payload = std::make_shared<const Bytes>(
                               ledger::EncodeBlock(header, {ledger::RegisterAct(2)}, key)),
                           .chain = {}};
    entry.chain =
        consensus::ChainOf(last.chain, entry.term, entry.index, entry.kind, *entry.payload);
    return consensus::Append{.term = seen.term,
                             .prev_index = last.index,
                             .prev_term = last.term,
                             .prev_chain = last.chain,
                             .commit = {},
                             .entries = {entry}};
  };
  const consensus::Index before = nodes.status(follower).last;
  nodes.Deliver(follower, leader, append_of(ledger::NodeKey(follower, "log")));
  header.raft_index += 1;
  nodes.Deliver(follower, leader, append_of(ledger::NodeKey(leader, "log")));
  header.raft_index -= 1;
  header.previous = {};
  nodes.Deliver(follower, leader, append_of(ledger::NodeKey(leader, "log")));
  nodes.Run(milliseconds(1));
  EXPECT_EQ(nodes.status(follower).last, before);
  EXPECT_EQ(nodes.alarms(follower).size(), 3U);

  // The same with nothing wrong is taken: it was the header that was refused.
  header.previous = last.chain;
  nodes.Deliver(follower, leader, append_of(ledger::NodeKey(leader, "log")));
  nodes.Run(milliseconds(1));
  EXPECT_EQ(nodes.status(follower).last.value, before.value + 1);
  EXPECT_EQ(nodes.alarms(follower).size(), 3U);
}

TEST(ReplicaTest, AForwardedActWithABadSignatureIsAnAlarmAndNoBlock) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  auto envelope = *crypto::ParseEnvelope(*ledger::RegisterAct(1));
  envelope.signatures[0].signature[10] ^= 1U;
  const std::uint64_t blocks = nodes.status(leader).blocks_proposed;
  nodes.DeliverForward(leader, OtherThan(leader),
                       {std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope)),
                        std::make_shared<const Bytes>(Bytes{1, 2, 3})});
  nodes.Run(seconds(1));
  EXPECT_EQ(nodes.alarms(leader).size(), 2U);
  EXPECT_EQ(nodes.status(leader).blocks_proposed, blocks);
}

TEST(ReplicaTest, AnIdleLedgerEndsInASignedCheckpointAndThenStandsStill) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  nodes.Submit(leader, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.Settle());
  for (std::uint32_t node = 1; node <= 3; ++node) {
    EXPECT_EQ(nodes.checkpoints(node).highest()->size, nodes.view(node)->tree.size());
  }
  const consensus::Index last = nodes.status(leader).last;
  nodes.Run(seconds(30));
  EXPECT_EQ(nodes.status(leader).last, last);
}

// A day's due items may take more blocks than acts bring; nor do they wait for a checkpoint's.
TEST(ReplicaTest, WhatADayMakesDueIsWorkedOffWithoutAnyAct) {
  SimulatedNodes nodes({.limits = {.idle_checkpoint = std::chrono::hours(1)}});
  const std::uint32_t leader = nodes.Elect();
  const auto nothing_due = [&nodes] {
    for (std::uint32_t node = 1; node <= 3; ++node) {
      if (nodes.view(node)->has_due_items) return false;
    }
    return true;
  };
  for (std::uint32_t n = 1; n <= ledger::kMaxSystemItems + 1; ++n) {
    nodes.Submit(leader, ledger::RegisterAct(n));
  }
  for (int day = 1; day <= 7; ++day) {
    const auto roll = nodes.Submit(leader, ledger::DayRollAct(ledger::kFirstDay.Plus(day)));
    ASSERT_TRUE(nodes.RunUntil([&] { return roll->answer.has_value(); }));
    ASSERT_EQ(roll->answer->outcome.verdict, ledger::Verdict::kAccepted);
    nodes.Run(milliseconds(100));
    ASSERT_TRUE(nodes.RunUntil(nothing_due));
  }
  // Outcomes of acts whose last valid day has passed are gone everywhere.
  EXPECT_FALSE(
      nodes.OutcomeAt(1, *ledger::Prepare(ledger::RegisterAct(1), ledger::kTestOrigin).act));
  ExpectOneLedger(nodes);
}

TEST(ReplicaTest, APowerCutOfAllNodesLosesNoAnsweredAct) {
  SimulatedNodes nodes;
  std::vector<SimulatedNodes::Ticket> tickets;
  for (std::uint32_t round = 0; round < 5; ++round) {
    const std::uint32_t leader = nodes.Elect();
    for (std::uint32_t n = 1; n <= 10; ++n) {
      tickets.push_back(nodes.Submit(1 + n % 3, ledger::RegisterAct(round * 10 + n)));
    }
    ASSERT_TRUE(nodes.RunUntil([&] { return Decided(tickets.back()); }));
    nodes.Kill(leader);
    for (std::uint32_t node = 1; node <= 3; ++node) {
      if (nodes.up(node)) nodes.Kill(node);
    }
    for (std::uint32_t node = 1; node <= 3; ++node) nodes.Start(node);
  }
  nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  std::size_t answered = 0;
  for (const auto& ticket : tickets) {
    if (!Decided(ticket)) continue;
    ++answered;
    EXPECT_EQ(LeafEverywhere(nodes, *ticket->act), ticket->answer->outcome.leaf);
  }
  EXPECT_GE(answered, 5U);
  ExpectOneLedger(nodes);
}

// Kills, cuts and retries in an order that follows from the seed.
class ReplicaChaosTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ReplicaChaosTest, EveryAnswerHoldsOnEveryNode) {
  SimulatedNodes nodes({.seed = GetParam()});
  SeededRandom random(GetParam() + 1'000);
  std::vector<SimulatedNodes::Ticket> tickets;
  std::uint32_t acts = 0;
  const auto node = [&random] { return static_cast<std::uint32_t>(1 + random.Below(3)); };
  for (int step = 0; step < 300; ++step) {
    const std::uint32_t at = node();
    switch (random.Below(12)) {
      case 0:
        if (nodes.up(at)) nodes.Kill(at);
        break;
      case 1:
      case 2:
        if (!nodes.up(at)) nodes.Start(at);
        break;
      case 3:
        nodes.Cut(at, OtherThan(at));
        break;
      case 4:
        nodes.Heal();
        break;
      case 5:
        if (nodes.up(at) && acts > 0) {
          const auto again = static_cast<std::uint32_t>(1 + random.Below(acts));
          tickets.push_back(nodes.Submit(at, ledger::RegisterAct(again)));
        }
        break;
      default:
        if (nodes.up(at)) tickets.push_back(nodes.Submit(at, ledger::RegisterAct(++acts)));
        break;
    }
    nodes.Run(Duration(random.Below(200'000)));
  }
  nodes.Heal();
  for (std::uint32_t at = 1; at <= 3; ++at) {
    if (!nodes.up(at)) nodes.Start(at);
  }
  nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  std::size_t answered = 0;
  for (const auto& ticket : tickets) {
    if (!Decided(ticket)) continue;
    ++answered;
    EXPECT_EQ(LeafEverywhere(nodes, *ticket->act), ticket->answer->outcome.leaf);
  }
  EXPECT_GT(answered, 20U);
  ExpectOneLedger(nodes);
  for (std::uint32_t at = 1; at <= 3; ++at) EXPECT_TRUE(nodes.alarms(at).empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplicaChaosTest, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace aval::node
