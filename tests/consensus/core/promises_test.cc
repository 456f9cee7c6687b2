#include "consensus/core/promises.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

using Memory = Promises::Memory;
using Standing = Promises::Standing;

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};

// Node two has acknowledged what node one leads, node three knows nothing of that.
struct WithAPromise : Cluster {
  WithAPromise() {
    Elect(kOne);
    Isolate(kThree);
    Propose(kOne);
    Settle();
    Heal();
  }
};

void Kill(Cluster& cluster, NodeId node) {
  SeededRandom random(1);
  cluster.Crash(node, random);
}

TEST(PromisesTest, NodeThatStartsPromisesNothingBeforeAQuorumHasAnswered) {
  WithAPromise cluster;
  cluster.set_memory(Memory::kUncertain);
  Kill(cluster, kTwo);
  cluster.Restart(kTwo, Index{1});
  cluster.Receive(kTwo, kThree, VoteRequest{.term = {9}, .last_index = {99}, .last_term = {8}});
  EXPECT_EQ(cluster.CountMail(From(kTwo)), 0U);
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kAsking);
  cluster.Run(std::chrono::milliseconds(10));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kKept);
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(cluster.Converged());
}

TEST(PromisesTest, WholeClusterThatStartsAnewElectsALeader) {
  WithAPromise cluster;
  cluster.set_memory(Memory::kUncertain);
  for (const NodeId node : cluster.ids()) Kill(cluster, node);
  for (const NodeId node : cluster.ids()) cluster.Restart(node);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_TRUE(cluster.Converged());
}

TEST(PromisesTest, NodeWithALostDiskHasForgottenAndTakesPartNoMore) {  // P07, H29
  WithAPromise cluster;
  cluster.LoseDisk(kTwo);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kForgotten);
  EXPECT_EQ(cluster.core(kTwo).last(), EntryId{});
  // Nobody is elected by its vote.
  Kill(cluster, kOne);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.leader(), NodeId{});
}

TEST(PromisesTest, LostDiskWaitsForEveryVoterSinceOneAloneMayKnow) {
  WithAPromise cluster;
  cluster.Isolate(kOne);
  cluster.LoseDisk(kTwo);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kAsking);
  EXPECT_EQ(cluster.leader(), NodeId{});
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kForgotten);
}

TEST(PromisesTest, EmptyDisksOfAQuorumAreAFirstStart) {
  Cluster cluster;
  cluster.set_memory(Memory::kEmpty);
  Kill(cluster, kThree);
  for (const NodeId node : {kOne, kTwo}) cluster.Restart(node);
  cluster.Run(std::chrono::seconds(5));
  ASSERT_NE(cluster.leader(), NodeId{});
  cluster.Restart(kThree);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Converged());
}

TEST(PromisesTest, SingleNodeAsksNobody) {
  Cluster cluster({.nodes = 1});
  cluster.set_memory(Memory::kUncertain);
  cluster.Restart(kOne);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.leader(), kOne);
}

TEST(PromisesTest, NodeThatIsNotSureHearsANewerIncarnationThatItDoesNotKnow) {
  WithAPromise cluster;
  // While node three is away, node two begins anew, and votes again.
  SeededRandom random(1);
  cluster.Crash(kThree, random);
  const auto change = [&](MemberChange::Kind kind) {
    ASSERT_TRUE(cluster.Change(
        kOne, {{.kind = kind, .node = kTwo, .member = {.incarnation = 2, .group = 2}}}));
    cluster.Run(std::chrono::seconds(1));
  };
  cluster.set_memory(Memory::kUncertain);
  cluster.Restart(kThree);
  cluster.Run(std::chrono::seconds(1));
  change(MemberChange::Kind::kRemove);
  cluster.Renew(kTwo);
  change(MemberChange::Kind::kAdd);
  cluster.Crash(kThree, random);
  change(MemberChange::Kind::kPromote);
  cluster.Isolate(kOne);
  cluster.Restart(kThree);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(5));
  EXPECT_EQ(cluster.core(kThree).standing(), Standing::kKept);
  EXPECT_TRUE(cluster.Converged());
}

// Found by the simulator (seed 67).
TEST(PromisesTest, LostDiskStaysOneHoweverOftenTheNodeStarts) {
  WithAPromise cluster;
  cluster.Isolate(kOne);
  cluster.LoseDisk(kTwo);
  cluster.Run(std::chrono::seconds(1));
  Kill(cluster, kTwo);
  cluster.set_memory(Memory::kUncertain);
  cluster.Restart(kTwo);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kAsking);
  EXPECT_EQ(cluster.leader(), NodeId{});
}

// Found by the simulator (seed 36): nobody acknowledges anything to himself, but who led has voted.
TEST(PromisesTest, FormerLeaderWithALostDiskHearsOfItsOwnVote) {
  WithAPromise cluster;
  cluster.LoseDisk(kOne);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.core(kOne).standing(), Standing::kForgotten);
}

// Found by the simulator (seed 253): by its empty log, the genesis, it is nobody who votes.
TEST(PromisesTest, LaterIncarnationThatLosesItsDiskAgainHasForgottenToo) {
  WithAPromise cluster;
  const auto change = [&](MemberChange::Kind kind) {
    ASSERT_TRUE(cluster.Change(
        kOne, {{.kind = kind, .node = kTwo, .member = {.incarnation = 2, .group = 2}}}));
    cluster.Run(std::chrono::seconds(1));
  };
  cluster.Run(std::chrono::seconds(1));
  change(MemberChange::Kind::kRemove);
  cluster.set_memory(Memory::kEmpty);
  cluster.Renew(kTwo);
  change(MemberChange::Kind::kAdd);
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kKept);
  change(MemberChange::Kind::kPromote);
  ASSERT_TRUE(cluster.Converged());
  // Its leader alone knows (seed 517).
  cluster.Cut(kTwo, kOne);
  cluster.LoseDisk(kTwo);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kAsking);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kForgotten);
}

// Below, one node's disk says term 5, vote for node 2, and entries up to 10.

Promises After(const HardState& disk, std::uint64_t last, std::uint32_t incarnation = 1,
               std::uint64_t run = 2) {
  return Promises({.node = kOne, .incarnation = incarnation, .run = run, .key = {}},
                  Memory::kUncertain, disk, {.index = {last}, .term = {5}, .chain = {}});
}

const HardState kDisk{.term = {5}, .vote = kTwo};

Standing Hearing(Promises promises, const std::optional<Promise>& promise) {
  promises.Hear({.node = kTwo}, {.run = promises.run(), .promise = promise, .configuration = {}});
  return promises.standing();
}

Promise Earlier(const HardState& hard_state, std::uint64_t index, std::uint32_t incarnation = 1) {
  return After(hard_state, index, incarnation, 1).Make(hard_state, {index});
}

TEST(PromisesTest, WhatTheDiskStillSaysIsNotForgotten) {
  EXPECT_EQ(Hearing(After(kDisk, 10), std::nullopt), Standing::kAsking);
  EXPECT_EQ(Hearing(After(kDisk, 10), Earlier(kDisk, 10)), Standing::kAsking);
  EXPECT_EQ(Hearing(After(kDisk, 10), Earlier({.term = {5}, .vote = {}}, 0)), Standing::kAsking);
  // A later leader may have replaced what was acknowledged to an older one.
  EXPECT_EQ(Hearing(After(kDisk, 10), Earlier({.term = {4}, .vote = kThree}, 99)),
            Standing::kAsking);
}

TEST(PromisesTest, WhatTheDiskNoLongerSaysIs) {
  EXPECT_EQ(Hearing(After(kDisk, 10), Earlier(kDisk, 11)), Standing::kForgotten);
  EXPECT_EQ(Hearing(After(kDisk, 10), Earlier({.term = {6}, .vote = {}}, 1)), Standing::kForgotten);
  EXPECT_EQ(Hearing(After({.term = {5}, .vote = {}}, 10), Earlier(kDisk, 0)), Standing::kForgotten);
  EXPECT_EQ(Hearing(After(kDisk, 10), Earlier(kDisk, 1, 2)), Standing::kForgotten);
}

TEST(PromisesTest, PromiseThatThisNodeHasNotSealedIsNotBelieved) {
  for (int part = 0; part < 5; ++part) {
    Promise promise = Earlier({.term = {6}, .vote = kThree}, 20);
    if (part == 0) promise.term.value += 1;
    if (part == 1) promise.vote = kTwo;
    if (part == 2) promise.index.value += 1;
    if (part == 3) promise.incarnation = 3;
    if (part == 4) promise.run = 7;
    EXPECT_EQ(Hearing(After(kDisk, 10), promise), Standing::kAsking) << part;
  }
}

TEST(PromisesTest, AnswerToAnEarlierProcessSaysNothing) {
  Promises promises = After(kDisk, 10);
  promises.Hear({.node = kTwo}, {.run = 1, .promise = Earlier(kDisk, 11), .configuration = {}});
  EXPECT_EQ(promises.standing(), Standing::kAsking);
}

TEST(PromisesTest, HighestPromiseOfEachIncarnationIsRemembered) {
  Promises promises = After(kDisk, 10);
  promises.Note(kThree, 1, Promise{.incarnation = 1, .term = {3}, .index = {7}});
  promises.Note(kThree, 1, Promise{.incarnation = 1, .term = {3}, .index = {5}});
  promises.Note(kThree, 1, Promise{.incarnation = 2, .term = {9}, .index = {9}});
  EXPECT_EQ(promises.Of(kThree)->index, Index{7});
  promises.Note(kThree, 2, Promise{.incarnation = 2, .term = {1}, .index = {}});
  EXPECT_EQ(promises.Of(kThree)->term, Term{1});
  EXPECT_FALSE(promises.Of(kTwo));
}

}  // namespace
}  // namespace aval::consensus
