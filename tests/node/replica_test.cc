#include "node/replica.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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

// How many were decided; each must stand on every node where its answer said.
std::size_t CountHeldAnswers(const SimulatedNodes& nodes,
                             const std::vector<SimulatedNodes::Ticket>& tickets) {
  std::size_t answered = 0;
  for (const auto& ticket : tickets) {
    if (!Decided(ticket)) continue;
    ++answered;
    EXPECT_EQ(LeafEverywhere(nodes, *ticket->act), ticket->answer->outcome.leaf);
  }
  return answered;
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

TEST(ReplicaTest, ActsThatComeTogetherGoToTheLeaderInOneMessage) {
  SimulatedNodes nodes;
  const std::uint32_t follower = OtherThan(nodes.Elect());
  std::vector<SimulatedNodes::Ticket> tickets;
  for (std::uint32_t n = 1; n <= 5; ++n) {
    tickets.push_back(nodes.Submit(follower, ledger::RegisterAct(n)));
  }
  ASSERT_TRUE(nodes.Settle());
  for (const auto& ticket : tickets) EXPECT_TRUE(Decided(ticket));
  EXPECT_EQ(nodes.forwards(), 1U);
}

TEST(ReplicaTest, UnderLoadFlushesAreApart) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  const std::uint64_t flushes = nodes.applied_counters(leader).flushes;
  const std::uint64_t blocks = nodes.status(leader).blocks_proposed;
  std::vector<SimulatedNodes::Ticket> tickets;
  for (std::uint32_t n = 1; n <= 50; ++n) {
    tickets.push_back(nodes.Submit(leader, ledger::RegisterAct(n)));
    nodes.Run(milliseconds(20));
  }
  EXPECT_GE(nodes.status(leader).blocks_proposed - blocks, 40U);
  EXPECT_LE(nodes.applied_counters(leader).flushes - flushes, 11U);  // In a second.
  ASSERT_TRUE(nodes.Settle());
  EXPECT_EQ(CountHeldAnswers(nodes, tickets), tickets.size());
}

TEST(ReplicaTest, WhatWasAnsweredBeforeItsFlushIsAppliedAgainAfterAPowerCut) {
  SimulatedNodes nodes;
  const std::uint32_t node = OtherThan(nodes.Elect());
  const auto flushed = nodes.Submit(node, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.RunUntil([&] { return flushed->answer.has_value(); }));
  const auto answered = nodes.Submit(node, ledger::RegisterAct(2));
  ASSERT_TRUE(nodes.RunUntil([&] { return answered->answer.has_value(); }));
  ASSERT_TRUE(Decided(answered));
  ASSERT_LE(nodes.view(node)->tree.size(), answered->answer->outcome.leaf);
  nodes.Kill(node);
  nodes.Start(node);
  ASSERT_TRUE(nodes.Settle());
  EXPECT_EQ(LeafEverywhere(nodes, *answered->act), answered->answer->outcome.leaf);
  ExpectOneLedger(nodes);
}

// The block brings back the very envelope that the follower has checked when it was submitted, and
// the leader when it was forwarded.
TEST(ReplicaTest, EachNodeVerifiesASignatureOnce) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t follower = OtherThan(leader);
  const auto ticket = nodes.Submit(follower, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.Settle());
  ASSERT_TRUE(Decided(ticket));
  for (std::uint32_t node = 1; node <= SimulatedNodes::kNodes; ++node) {
    const ActVerifier::Counters counters = nodes.verifications(node);
    std::uint64_t verified = 0;
    for (const auto& [thread, count] : counters.checked) verified += count;
    EXPECT_EQ(verified, 2U) << "node " << node;
    EXPECT_EQ(counters.reused, node == leader || node == follower ? 2U : 0U) << "node " << node;
    EXPECT_EQ(nodes.applied_counters(node).signatures, 2U) << "node " << node;
    EXPECT_EQ(nodes.applied_counters(node).unchecked, 0U) << "node " << node;
  }
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
      EXPECT_EQ(overloaded, ticket->answer->hindrance == Hindrance::kQueueFull);
      refused += overloaded ? 1 : 0;
      // Refused means that nothing is recorded, nor will be.
      EXPECT_EQ(nodes.OutcomeAt(1, *ticket->act).has_value(), !overloaded);
    }
    EXPECT_GT(refused, 0U);
    EXPECT_LT(refused, 20U);
  }
}

// A leader's next block in its own hand, after the last one that `follower` has seen.
class ForgedBlock {
 public:
  ForgedBlock(SimulatedNodes& nodes, std::uint32_t leader, std::uint32_t follower)
      : nodes_(nodes), leader_(leader), follower_(follower), key_(ledger::NodeKey(leader, "log")) {
    AVAL_ASSERT(nodes.last_block(follower).has_value());
    seen_ = *nodes.last_block(follower);
    last_ = seen_.entries.back();
    header = {.leader = leader,
              .term = seen_.term.value,
              .raft_index = last_.index.value + 1,
              .previous = last_.chain,
              .time_ms = nodes.time().UnixMillis(),
              .checkpoint = false,
              .acts = {}};
  }

  void SignBy(crypto::SecretKey key) { key_ = std::move(key); }
  /// Delivers it, and lets the follower commit it if `commit`.
  void Deliver(bool commit = false) {
    consensus::Entry entry{
        .term = seen_.term,
        .index = {last_.index.value + 1},
        .kind = consensus::EntryKind::kBlock,
        .payload = std::make_shared<const Bytes>(ledger::EncodeBlock(header, acts, key_)),
        .chain = {}};
    entry.chain =
        consensus::ChainOf(last_.chain, entry.term, entry.index, entry.kind, *entry.payload);
    nodes_.Deliver(follower_, leader_,
                   consensus::Append{.term = seen_.term,
                                     .prev_index = last_.index,
                                     .prev_term = last_.term,
                                     .prev_chain = prev_chain.value_or(last_.chain),
                                     .commit = commit ? entry.index : consensus::Index{},
                                     .entries = {entry}});
    nodes_.Run(milliseconds(30));
  }

  ledger::BlockHeader header;
  std::vector<std::shared_ptr<const Bytes>> acts{ledger::RegisterAct(2)};
  std::optional<crypto::Digest> prev_chain;

 private:
  SimulatedNodes& nodes_;
  const std::uint32_t leader_;
  const std::uint32_t follower_;
  crypto::SecretKey key_;
  consensus::Append seen_;
  consensus::Entry last_;
};

// Nodes with a leader that has made a block.
class ReplicaForgeryTest : public testing::Test {
 protected:
  ReplicaForgeryTest() {
    leader_ = nodes_.Elect();
    follower_ = OtherThan(leader_);
    nodes_.Submit(leader_, ledger::RegisterAct(1));
    EXPECT_TRUE(nodes_.Settle());
    nodes_.Run(milliseconds(200));  // What comes next is flushed at once.
    before_ = nodes_.status(follower_).last;
  }

  SimulatedNodes nodes_;
  std::uint32_t leader_ = 0;
  std::uint32_t follower_ = 0;
  consensus::Index before_;
};

TEST_F(ReplicaForgeryTest, ABlockThatItsLeaderDidNotSignNeverReachesTheLog) {
  ForgedBlock by_another(nodes_, leader_, follower_);
  by_another.SignBy(ledger::NodeKey(follower_, "log"));
  by_another.Deliver();
  ForgedBlock at_another_index(nodes_, leader_, follower_);
  at_another_index.header.raft_index += 1;
  at_another_index.Deliver();
  ForgedBlock after_another(nodes_, leader_, follower_);
  after_another.header.previous = {};
  after_another.Deliver();
  EXPECT_EQ(nodes_.status(follower_).last, before_);
  EXPECT_EQ(nodes_.alarms(follower_).size(), 3U);

  // The same with nothing wrong is taken: it was the header that was refused.
  ForgedBlock(nodes_, leader_, follower_).Deliver();
  EXPECT_EQ(nodes_.status(follower_).last.value, before_.value + 1);
  EXPECT_EQ(nodes_.alarms(follower_).size(), 3U);
}

TEST_F(ReplicaForgeryTest, ABlockThatTheLogDoesNotTakeIsNotKept) {
  for (std::uint8_t n = 0; n < 10; ++n) {
    ForgedBlock block(nodes_, leader_, follower_);
    block.prev_chain = crypto::Sha256(Bytes{n});
    block.header.previous = *block.prev_chain;
    block.Deliver();
  }
  EXPECT_EQ(nodes_.status(follower_).last, before_);
  EXPECT_EQ(nodes_.status(follower_).prepared_blocks, 0U);
}

TEST_F(ReplicaForgeryTest, AnEnvelopeThatIsNoActIsAlarmedWhenItsBlockIsApplied) {
  ForgedBlock block(nodes_, leader_, follower_);
  block.acts.push_back(std::make_shared<const Bytes>(Bytes{1, 2, 3}));
  block.Deliver(/*commit=*/true);
  ASSERT_EQ(nodes_.alarms(follower_).size(), 1U);
  EXPECT_NE(nodes_.alarms(follower_)[0].find("should have refused"), std::string::npos);
  EXPECT_EQ(nodes_.status(follower_).flushed.value, before_.value + 1);
}

TEST_F(ReplicaForgeryTest, ACheckpointFromTheFutureIsNotSigned) {
  const std::uint64_t size = nodes_.checkpoints(follower_).highest()->size;
  ForgedBlock block(nodes_, leader_, follower_);
  block.header.checkpoint = true;
  block.header.time_ms += 60'000;
  block.Deliver(/*commit=*/true);
  EXPECT_EQ(nodes_.view(follower_)->tree.size(), size + 1);
  EXPECT_EQ(nodes_.checkpoints(follower_).highest()->size, size);
  ASSERT_EQ(nodes_.alarms(follower_).size(), 1U);
  EXPECT_NE(nodes_.alarms(follower_)[0].find("ahead of this node's clock"), std::string::npos);
}

TEST_F(ReplicaForgeryTest,
       ABlockFromAfterTomorrowIsRefusedUnlessTheLedgerShowsThatTheClockIsWrong) {
  ForgedBlock block(nodes_, leader_, follower_);
  block.header.time_ms += 2 * 86'400'000;
  block.Deliver();
  EXPECT_EQ(nodes_.status(follower_).last, before_);
  ASSERT_EQ(nodes_.alarms(follower_).size(), 1U);
  EXPECT_NE(nodes_.alarms(follower_)[0].find("ahead of this node's clock"), std::string::npos);

  nodes_.ShiftClock(follower_, -std::chrono::hours(48));
  block.Deliver();
  EXPECT_EQ(nodes_.status(follower_).last.value, before_.value + 1);
}

TEST(ReplicaTest, ALeaderWhoseClockIsFarFromTheOthersStampsNoBlock) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatedNodes nodes({.seed = seed});
    nodes.ShiftClock(1, std::chrono::hours(10));
    // Wait for whoever is elected.
    std::vector<SimulatedNodes::Ticket> tickets;
    for (std::uint32_t node = 1; node <= 3; ++node) {
      tickets.push_back(nodes.Submit(node, ledger::RegisterAct(node)));
    }
    ASSERT_TRUE(nodes.RunUntil([&] { return std::ranges::all_of(tickets, Decided); }));
    nodes.Run(std::chrono::seconds(1));
    ASSERT_LE(nodes.view(2)->time_ms, nodes.time().UnixMillis()) << "seed " << seed;
  }
}

TEST(ReplicaTest, ANodeWhoseClockStandsStillFollows) {
  SimulatedNodes nodes;
  nodes.ShiftClock(3, -std::chrono::hours(24 * 16'000));
  nodes.Elect();
  const auto ticket = nodes.Submit(3, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.RunUntil([&] { return Decided(ticket); }));
  nodes.Run(std::chrono::seconds(2));  // It never signs a checkpoint.
  ExpectOneLedger(nodes);
}

// Whoever lacks a signature must not silence who has it.
TEST(ReplicaTest, AnEnvelopeThatIsDroppedSaysNothingOfAnotherOfTheSameAct) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t follower = OtherThan(leader);
  const auto complete = ledger::RegisterAct(1);
  auto envelope = *crypto::ParseEnvelope(*complete);
  envelope.signatures.pop_back();
  const auto incomplete = std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope));
  for (const std::uint32_t node : {leader, follower}) {
    const auto first = nodes.Submit(node, incomplete);
    const auto second = nodes.Submit(node, complete);
    ASSERT_TRUE(nodes.RunUntil([&] { return first->answer && second->answer; }));
    EXPECT_EQ(second->answer->outcome.verdict, ledger::Verdict::kAccepted);
    if (node == follower) continue;  // There the act has been decided before.
    EXPECT_EQ(first->answer->outcome.verdict, ledger::Verdict::kSigners);
    EXPECT_FALSE(first->answer->outcome.recorded);
    EXPECT_FALSE(first->answer->outcome.repeated);
  }
}

TEST(ReplicaTest, ARefusalIsPassedOnOnlyForWhatCannotBeInALog) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t follower = OtherThan(leader);
  const auto refusal_of = [](const SimulatedNodes::Ticket& ticket) {
    return net::ForwardRefused{.envelopes = {ticket->act->digest},
                               .reason = net::ForwardRefused::Reason::kOverloaded};
  };
  nodes.Cut(leader, follower);
  const auto once = nodes.Submit(follower, ledger::RegisterAct(1));
  const auto twice = nodes.Submit(follower, ledger::RegisterAct(2));
  nodes.Run(Duration(1));
  nodes.DeliverRefusal(follower, leader, refusal_of(once));
  nodes.Run(Duration(1));
  ASSERT_TRUE(once->answer);
  EXPECT_EQ(once->answer->kind, ActAnswer::Kind::kOverloaded);
  nodes.Heal();  // What waits goes again.
  nodes.DeliverRefusal(follower, leader, refusal_of(twice));
  nodes.Run(Duration(1));
  EXPECT_FALSE(twice->answer);
  ASSERT_TRUE(nodes.RunUntil([&] { return twice->answer.has_value(); }));
  EXPECT_TRUE(Decided(twice));
}

TEST(ReplicaTest, ALeaderThatCallsAnActInvalidWhichVerifiesHereIsAlarmedAndNotBelieved) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t follower = OtherThan(leader);
  nodes.Cut(leader, follower);
  const auto ticket = nodes.Submit(follower, ledger::RegisterAct(1));
  nodes.Run(Duration(1));
  nodes.DeliverRefusal(follower, leader,
                       {.envelopes = {ticket->act->digest, crypto::Digest{}},
                        .reason = net::ForwardRefused::Reason::kInvalid});
  nodes.Run(Duration(1));
  EXPECT_FALSE(ticket->answer);
  ASSERT_EQ(nodes.alarms(follower).size(), 1U);
  EXPECT_EQ(
      nodes.alarms(follower)[0],
      "node " + std::to_string(leader) + " refuses 1 acts as invalid whose signatures verify here");
  nodes.Heal();
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  EXPECT_EQ(ticket->answer->outcome.verdict, ledger::Verdict::kAccepted);
}

TEST(ReplicaTest, NothingSlipsPastARefusedActOfItsBatch) {
  const auto first = ledger::RegisterAct(1);
  const auto large = ledger::RegisterAct(2);
  const auto small = ledger::DayRollAct(ledger::kFirstDay.Plus(1));
  ASSERT_LT(small->size(), large->size());
  SimulatedNodes nodes({.limits = {.queue_bytes = 2 * (first->size() + small->size())}});
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  nodes.DeliverForward(leader, OtherThan(leader), {first, large, small});
  nodes.Run(seconds(1));
  const auto stored = [&](const std::shared_ptr<const Bytes>& act) {
    return nodes.OutcomeAt(leader, *ledger::Prepare(act, ledger::kTestOrigin).act).has_value();
  };
  EXPECT_TRUE(stored(first));
  EXPECT_FALSE(stored(large));
  EXPECT_FALSE(stored(small));
}

TEST(ReplicaTest, AForwardedEnvelopeThatIsNoActIsAnAlarmAndABadSignatureNoBlock) {
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
  EXPECT_EQ(nodes.alarms(leader).size(), 1U);
  EXPECT_EQ(nodes.status(leader).blocks_proposed, blocks);
}

TEST(ReplicaTest, AFloodOfForwardedActsDoesNotMakeOthersWaitForItsEnd) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  std::vector<std::shared_ptr<const Bytes>> flood;
  for (std::uint32_t n = 0; n < 1'000; ++n) flood.push_back(ledger::RegisterAct(1'000 + n));
  nodes.DeliverForward(leader, OtherThan(leader), flood);
  const auto ticket = nodes.Submit(leader, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  EXPECT_TRUE(Decided(ticket));
  // Two blocks of the flood were under way before it came.
  constexpr std::size_t kActsOfBlock = ActQueue::kShareBytes / ActQueue::kActBytesLeast;
  EXPECT_LT(ticket->answer->outcome.leaf, 3 * kActsOfBlock);
  EXPECT_TRUE(nodes.Settle());
}

// Everything that comes meanwhile makes one block, instead of many small ones.
TEST(ReplicaTest, APartOfABlockWaitsUntilTheBlockBeforeItIsApplied) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  nodes.HoldApplies(leader);
  const Replica::Status before = nodes.status(leader);
  std::vector<SimulatedNodes::Ticket> tickets;
  for (std::uint32_t n = 1; n <= 10; ++n) {
    tickets.push_back(nodes.Submit(leader, ledger::RegisterAct(n)));
    nodes.Run(milliseconds(100));
    ASSERT_LE(nodes.status(leader).blocks_proposed, before.blocks_proposed + 1) << n;
  }
  EXPECT_EQ(nodes.status(leader).commit.value, before.commit.value + 1);
  EXPECT_EQ(nodes.status(leader).queued_acts, 9U);
  nodes.ReleaseApplies(leader);
  ASSERT_TRUE(nodes.RunUntil([&] { return Decided(tickets.back()); }));
  EXPECT_EQ(nodes.status(leader).blocks_proposed, before.blocks_proposed + 2);
  ASSERT_TRUE(nodes.Settle());
  EXPECT_EQ(CountHeldAnswers(nodes, tickets), 10U);
}

TEST(ReplicaTest, ALeaderHasAtMostTwoFullBlocksThatItHasNotApplied) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  nodes.HoldApplies(leader);
  const Replica::Status before = nodes.status(leader);
  constexpr std::size_t kActsOfBlock = ActQueue::kShareBytes / ActQueue::kActBytesLeast;
  std::vector<std::shared_ptr<const Bytes>> acts;
  for (std::uint32_t n = 1; n <= 4 * kActsOfBlock; ++n) acts.push_back(ledger::RegisterAct(n));
  nodes.DeliverForward(leader, OtherThan(leader), acts);
  nodes.Run(seconds(1));
  EXPECT_EQ(nodes.status(leader).commit.value, before.commit.value + 2);
  EXPECT_EQ(nodes.status(leader).queued_acts, 2 * kActsOfBlock);
  nodes.ReleaseApplies(leader);
  ASSERT_TRUE(nodes.Settle());
  EXPECT_EQ(nodes.status(leader).queued_acts, 0U);
}

TEST(ReplicaTest, ForwardedActsCountForTheirPeerUntilTheyAreApplied) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  const auto act = ledger::RegisterAct(1);
  auto receipt = std::make_shared<int>();
  const std::weak_ptr<int> kept = receipt;
  nodes.DeliverForward(leader, OtherThan(leader), {act}, std::move(receipt));
  ASSERT_TRUE(nodes.RunUntil([&] { return kept.expired(); }));
  ASSERT_TRUE(nodes.Settle());  // Flushed, too.
  EXPECT_TRUE(nodes.OutcomeAt(leader, *ledger::Prepare(act, ledger::kTestOrigin).act));
}

TEST(ReplicaTest, TheLeaderAloneAsksForForwardedActs) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  for (std::uint32_t node = 1; node <= SimulatedNodes::kNodes; ++node) {
    EXPECT_EQ(nodes.leads(node), node == leader);
  }
  nodes.Isolate(leader);
  EXPECT_TRUE(nodes.RunUntil([&] { return !nodes.leads(leader); }));
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

TEST(ReplicaTest, ANodeThatHasSignedAnotherRootThanItsLogHasSignsNothingMore) {
  SimulatedNodes nodes;
  const std::uint32_t node = OtherThan(nodes.Elect());
  nodes.Submit(node, ledger::RegisterAct(1));
  ASSERT_TRUE(nodes.Settle());
  const std::uint64_t size = nodes.checkpoints(node).highest()->size;
  nodes.Kill(node);
  nodes.ForgeSignedRoot(node, crypto::Sha256(Bytes{7}));
  nodes.Start(node);
  EXPECT_TRUE(nodes.signing_failure(node));
  const auto ticket = nodes.Submit(node, ledger::RegisterAct(2));
  ASSERT_TRUE(nodes.RunUntil([&] { return Decided(ticket); }));
  nodes.Run(seconds(5));
  EXPECT_EQ(nodes.checkpoints(node).highest()->size, size);
  EXPECT_GT(nodes.checkpoints(OtherThan(node)).highest()->size, size);
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
  EXPECT_GE(CountHeldAnswers(nodes, tickets), 5U);
  ExpectOneLedger(nodes);
}

TEST(ReplicaTest, PromisesThatCouldNotBeKeptAreHandedOutAgainWithoutNews) {
  std::size_t handed_out = 0;
  bool disk_works = false;
  SimulatedNodes nodes({.remember = [&](const auto&, const std::function<void(bool)>& kept) {
    ++handed_out;
    kept(disk_works);
  }});
  nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  nodes.Run(std::chrono::seconds(5));
  disk_works = true;
  const std::size_t before = handed_out;
  nodes.Run(std::chrono::seconds(5));
  EXPECT_EQ(handed_out, before + 1);
}

TEST(ReplicaTest, ANewLeaderKeepsWhatAMemberMayNeedThatItHasNotHeardYet) {
  SimulatedNodes nodes(
      {.limits = {.retention = 10, .trim_interval = std::chrono::milliseconds(10)}, .trims = true});
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t away = OtherThan(leader);
  const auto submit = [&](std::uint32_t n) {
    const auto ticket = nodes.Submit(leader, ledger::RegisterAct(n));
    return nodes.RunUntil([&] { return Decided(ticket); });
  };
  for (std::uint32_t n = 1; n <= 20; ++n) ASSERT_TRUE(submit(n));
  ASSERT_TRUE(nodes.Settle());
  nodes.Kill(away);
  ASSERT_TRUE(submit(21));
  // Whoever leads next has heard nothing of the one that is away.
  nodes.Kill(leader);
  nodes.Start(leader);
  const std::uint32_t next = nodes.Elect();
  ASSERT_TRUE(submit(22));
  nodes.Run(std::chrono::seconds(1));
  EXPECT_GT(nodes.raft_log(next).first, consensus::Index{});
  EXPECT_LE(nodes.raft_log(next).first, nodes.raft_log(away).second);
  nodes.Start(away);
  ASSERT_TRUE(nodes.Settle());
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
  EXPECT_GT(CountHeldAnswers(nodes, tickets), 20U);
  ExpectOneLedger(nodes);
  for (std::uint32_t at = 1; at <= 3; ++at) EXPECT_TRUE(nodes.alarms(at).empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplicaChaosTest, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace aval::node
