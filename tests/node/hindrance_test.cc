// What a client hears of an act that is not decided: why, and whether somebody may have it.

#include "node/hindrance.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/ledger/ledger_fixture.h"
#include "tests/node/simulated_nodes.h"

namespace aval::node {
namespace {

using Kind = ActAnswer::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::uint32_t OtherThan(std::uint32_t node) { return node % SimulatedNodes::kNodes + 1; }

// What a client of `node` hears of its act after `timeout`.
ActAnswer AnswerOf(SimulatedNodes& nodes, std::uint32_t node, std::uint32_t act,
                   Duration timeout = milliseconds(100)) {
  const auto ticket = nodes.Submit(node, ledger::RegisterAct(act), timeout);
  EXPECT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  return ticket->answer ? *ticket->answer : ActAnswer{};
}

// A follower that hears nobody, and knows by now that nobody leads.
std::uint32_t LonelyFollower(SimulatedNodes& nodes) {
  const std::uint32_t follower = OtherThan(nodes.Elect());
  nodes.Isolate(follower);
  EXPECT_TRUE(nodes.RunUntil([&] { return nodes.status(follower).leader.value == 0; }));
  return follower;
}

TEST(HindranceTest, WithoutALeaderNothingIsTakenAndNothingComesOfItLater) {
  SimulatedNodes nodes;
  const std::uint32_t follower = LonelyFollower(nodes);
  const auto ticket = nodes.Submit(follower, ledger::RegisterAct(1), seconds(2));
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  EXPECT_EQ(ticket->answer->kind, Kind::kNotTaken);
  EXPECT_EQ(ticket->answer->hindrance, Hindrance::kNoLeader);
  nodes.Heal();
  ASSERT_TRUE(nodes.Settle());
  EXPECT_FALSE(nodes.OutcomeAt(1, *ticket->act));
}

TEST(HindranceTest, ALeaderMayStillComeBeforeTheDeadline) {
  SimulatedNodes nodes;
  const std::uint32_t follower = LonelyFollower(nodes);
  const auto ticket = nodes.Submit(follower, ledger::RegisterAct(1), seconds(20));
  nodes.Run(seconds(1));
  nodes.Heal();
  ASSERT_TRUE(nodes.RunUntil([&] { return ticket->answer.has_value(); }));
  EXPECT_EQ(ticket->answer->kind, Kind::kDecided);
}

TEST(HindranceTest, WhatALeaderMayHaveIsUndecided) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t follower = OtherThan(leader);
  nodes.Cut(leader, follower);
  // It still believes in its leader: the act left for that one, and was lost.
  const ActAnswer forwarded = AnswerOf(nodes, follower, 1, milliseconds(1));
  EXPECT_EQ(forwarded.kind, Kind::kTimedOut);
  EXPECT_EQ(forwarded.hindrance, Hindrance::kUndecided);
}

// `node` hears of a vote that it has given and does not know.
void Remind(SimulatedNodes& nodes, std::uint32_t node) {
  const consensus::HardState given{.term = {1'000}, .vote = {node}};
  consensus::Promises before({.node = {node}, .run = 1}, consensus::Promises::Memory::kUncertain,
                             given, {});
  nodes.Deliver(node, OtherThan(node),
                consensus::GreetingResponse{
                    .run = 1, .promise = before.Make(given, {}), .configuration = {}});
}

TEST(HindranceTest, WhatANodeHasSentOnBeforeItHasForgottenIsUndecidedForLaterCalls) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t follower = OtherThan(leader);
  nodes.Cut(leader, follower);
  const auto sent = nodes.Submit(follower, ledger::RegisterAct(1), seconds(1));
  nodes.Run(milliseconds(1));
  Remind(nodes, follower);
  EXPECT_EQ(AnswerOf(nodes, follower, 1).kind, Kind::kTimedOut);
  const ActAnswer fresh = AnswerOf(nodes, follower, 2);
  EXPECT_EQ(fresh.kind, Kind::kNotTaken);
  EXPECT_EQ(fresh.hindrance, Hindrance::kForgotten);
  ASSERT_TRUE(nodes.RunUntil([&] { return sent->answer.has_value(); }));
  EXPECT_EQ(sent->answer->kind, Kind::kTimedOut);
}

TEST(HindranceTest, ALeaderWithoutAQuorumSaysThatItKnowsOfNoneAnyMore) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  nodes.Isolate(leader);
  const ActAnswer answer = AnswerOf(nodes, leader, 1, seconds(3));
  EXPECT_EQ(answer.kind, Kind::kTimedOut);  // It is in this log.
  EXPECT_EQ(answer.hindrance, Hindrance::kNoLeader);
}

TEST(HindranceTest, ANodeThatAsksWhatItHasPromisedSaysSo) {
  SimulatedNodes nodes;
  const std::uint32_t follower = OtherThan(nodes.Elect());
  nodes.Kill(follower);
  nodes.Isolate(follower);
  nodes.set_memory(consensus::Promises::Memory::kUncertain);
  nodes.Start(follower);
  const ActAnswer answer = AnswerOf(nodes, follower, 1);
  EXPECT_EQ(answer.kind, Kind::kNotTaken);
  EXPECT_EQ(answer.hindrance, Hindrance::kAsking);
}

TEST(HindranceTest, WithoutALeaderANodeWithoutRoomSaysThat) {
  SimulatedNodes nodes;
  const std::uint32_t follower = LonelyFollower(nodes);
  nodes.replica(follower).OnRoom(false);
  const ActAnswer answer = AnswerOf(nodes, follower, 1);
  EXPECT_EQ(answer.kind, Kind::kNotTaken);
  EXPECT_EQ(answer.hindrance, Hindrance::kNoRoom);
}

TEST(HindranceTest, WithALeaderANodeWithoutRoomSendsNothingOnSinceItWouldNotHearOfIt) {
  SimulatedNodes nodes;
  const std::uint32_t follower = OtherThan(nodes.Elect());
  nodes.replica(follower).OnRoom(false);
  const auto ticket = nodes.Submit(follower, ledger::RegisterAct(1));
  nodes.Run(milliseconds(1));
  ASSERT_TRUE(ticket->answer);
  EXPECT_EQ(ticket->answer->kind, Kind::kNotTaken);
  EXPECT_EQ(ticket->answer->hindrance, Hindrance::kNoRoom);
  nodes.replica(follower).OnRoom(true);
  EXPECT_EQ(AnswerOf(nodes, follower, 1, seconds(5)).kind, Kind::kDecided);
}

TEST(HindranceTest, WhatIsRefusedForWantOfRoomIsNotSentOnLaterForAnEarlierCall) {
  SimulatedNodes nodes;
  const std::uint32_t follower = LonelyFollower(nodes);
  const auto earlier = nodes.Submit(follower, ledger::RegisterAct(1));
  nodes.Run(milliseconds(1));
  nodes.replica(follower).OnRoom(false);
  EXPECT_EQ(AnswerOf(nodes, follower, 1).kind, Kind::kNotTaken);
  ASSERT_TRUE(earlier->answer);
  EXPECT_EQ(earlier->answer->kind, Kind::kNotTaken);
  nodes.replica(follower).OnRoom(true);
  nodes.Heal();
  ASSERT_TRUE(nodes.Settle());
  EXPECT_FALSE(nodes.OutcomeAt(1, *earlier->act));
}

TEST(HindranceTest, ALeaderThatHandsOverSaysSo) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  // The others have what it has, but do not hear that they may campaign.
  nodes.Isolate(leader);
  nodes.replica(leader).Transfer({OtherThan(leader)},
                                 [](const Result<void>& begun) { EXPECT_TRUE(begun); });
  const ActAnswer answer = AnswerOf(nodes, leader, 1, milliseconds(20));
  EXPECT_EQ(answer.kind, Kind::kTimedOut);  // It stays in the queue.
  EXPECT_EQ(answer.hindrance, Hindrance::kHandingOver);
}

TEST(HindranceTest, TooMuchThatIsNotCommittedIsSaid) {
  SimulatedNodes nodes({.change_core = [](auto& core) { core.uncommitted_bytes = 1; }});
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  nodes.Isolate(leader);
  nodes.Submit(leader, ledger::RegisterAct(1));
  const ActAnswer answer = AnswerOf(nodes, leader, 2, milliseconds(20));
  EXPECT_EQ(answer.kind, Kind::kTimedOut);
  EXPECT_EQ(answer.hindrance, Hindrance::kUncommitted);
}

TEST(HindranceTest, TooMuchThatIsNotAppliedIsSaidAndSoIsAQueueThatIsFullOfIt) {
  SimulatedNodes nodes(
      {.limits = {.queue_acts = 2}, .change_core = [](auto& core) { core.apply_lag_bytes = 1; }});
  const std::uint32_t leader = nodes.Elect();
  ASSERT_TRUE(nodes.Settle());
  for (std::uint32_t node = 1; node <= SimulatedNodes::kNodes; ++node) nodes.HoldApplies(node);
  nodes.Submit(leader, ledger::RegisterAct(1));
  nodes.Run(milliseconds(200));
  const ActAnswer answer = AnswerOf(nodes, leader, 2);
  EXPECT_EQ(answer.kind, Kind::kTimedOut);
  EXPECT_EQ(answer.hindrance, Hindrance::kUnapplied);
  std::vector<SimulatedNodes::Ticket> more;
  for (std::uint32_t act = 3; act <= 6; ++act) {
    more.push_back(nodes.Submit(leader, ledger::RegisterAct(act)));
  }
  nodes.Run(milliseconds(50));
  ASSERT_TRUE(more.back()->answer);
  EXPECT_EQ(more.back()->answer->kind, Kind::kOverloaded);
  EXPECT_EQ(more.back()->answer->hindrance, Hindrance::kUnapplied);
}

TEST(HindranceTest, EachHasACodeAndATextOfItsOwn) {
  std::set<std::string> codes;
  std::set<std::string> texts;
  constexpr int kCount = static_cast<int>(Hindrance::kStopping) + 1;
  for (int i = 0; i < kCount; ++i) {
    codes.emplace(HindranceCode(static_cast<Hindrance>(i)));
    texts.emplace(HindranceText(static_cast<Hindrance>(i)));
  }
  EXPECT_EQ(codes.size(), static_cast<std::size_t>(kCount));
  EXPECT_EQ(texts.size(), static_cast<std::size_t>(kCount));
}

}  // namespace
}  // namespace aval::node
