#include "consensus/core/repairs.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};
const NodeId kFour{4};
const NodeId kFive{5};

MemoryStorage& Disk(Cluster& cluster, NodeId node) {
  return dynamic_cast<MemoryStorage&>(cluster.storage(node));
}

// The node's power fails, and entries (before, last] are gone when it comes back.
void Damage(Cluster& cluster, NodeId node, Index before, Index last, Index applied = {}) {
  SeededRandom random(1);
  cluster.Crash(node, random);
  Disk(cluster, node).Damage(before, last);
  cluster.Restart(node, applied);
}

// Node one leads, and everybody has ten blocks.
struct TenBlocks : Cluster {
  explicit TenBlocks(std::uint32_t nodes = 3) : Cluster({.nodes = nodes}) {
    Elect(kOne);
    for (int i = 0; i < 10; ++i) Propose(kOne);
    Run(std::chrono::milliseconds(100));
  }
};

TEST(RepairsTest, CommittedEntriesComeBackFromPeers) {  // P02
  TenBlocks cluster;
  Damage(cluster, kThree, Index{3}, Index{6}, Index{2});
  EXPECT_TRUE(cluster.core(kThree).damaged());
  cluster.Run(std::chrono::seconds(1));
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_TRUE(Disk(cluster, kThree).damaged().empty());
  EXPECT_TRUE(cluster.Converged());
  EXPECT_FALSE(cluster.failure(kThree)) << cluster.failure(kThree)->message;
}

TEST(RepairsTest, SeveralRangesAreFilledOneAfterAnother) {
  TenBlocks cluster;
  SeededRandom random(1);
  cluster.Crash(kThree, random);
  Disk(cluster, kThree).Damage(Index{1}, Index{3});
  Disk(cluster, kThree).Damage(Index{3}, Index{4});
  Disk(cluster, kThree).Damage(Index{7}, Index{11});
  cluster.Restart(kThree, Index{1});
  cluster.Run(std::chrono::seconds(1));
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, NodeThatHasLostEntriesAcknowledgesNothingAboveThemAndDoesNotStand) {
  TenBlocks cluster;
  Damage(cluster, kThree, Index{3}, Index{6});
  cluster.CutTo(kThree, kOne);
  cluster.CutTo(kThree, kTwo);
  ASSERT_TRUE(cluster.Propose(kOne));
  const EntryId before = cluster.core(kOne).last();
  cluster.Receive(kThree, kOne,
                  Append{.term = cluster.term(kOne),
                         .prev_index = before.index,
                         .prev_term = before.term,
                         .prev_chain = before.chain,
                         .commit = {},
                         .entries = {}});
  cluster.Heal();
  cluster.Isolate(kThree);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.role(kThree), Role::kFollower);
  EXPECT_EQ(cluster.core(kOne).progress().at(kThree).match(), Index{11});  // From before.
}

TEST(RepairsTest, WhatDoesNotChainIsNotTaken) {
  TenBlocks cluster;
  Damage(cluster, kThree, Index{3}, Index{4});
  const EntryId before = *cluster.core(kThree).log().IdAt(Index{3});
  cluster.Receive(kThree, kTwo,
                  EntriesResponse{.term = cluster.term(kOne),
                                  .after = before.index,
                                  .state = EntriesResponse::State::kHeld,
                                  .entries = EntriesAfter(before, 1, 1)});
  EXPECT_TRUE(cluster.core(kThree).damaged());
  EXPECT_EQ(Disk(cluster, kThree).damaged().size(), 1U);
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, EntryThatNobodyHasAnyMoreStaysLost) {  // P04
  TenBlocks cluster;
  for (const NodeId node : {kOne, kTwo, kThree})
    Damage(cluster, node, Index{3}, Index{4}, Index{2});
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.leader(), NodeId{});
  for (const NodeId node : {kOne, kTwo, kThree}) {
    EXPECT_TRUE(cluster.core(node).damaged());
    EXPECT_EQ(cluster.core(node).last().index, Index{11});
  }
}

// Nodes one and two alone have the last entry, which is not committed; two has lost what it says.
struct UncommittedLost : Cluster {
  UncommittedLost() : Cluster({.nodes = 5}) {
    Elect(kOne);
    for (const NodeId other : {kThree, kFour, kFive}) Cut(kOne, other);
    Propose(kOne);
    Settle();
    lost = core(kOne).last();
    Damage(*this, kTwo, Index{lost.index.value - 1}, lost.index);
  }
  EntryId lost;
};

TEST(RepairsTest, UncommittedEntryIsKeptWhileItsLeaderMayCommitIt) {  // P03
  UncommittedLost cluster;
  cluster.Isolate(kOne);
  // All others never had it, but in the term that its leader leads still.
  for (const NodeId other : {kThree, kFour, kFive}) {
    cluster.Receive(kTwo, other,
                    EntriesResponse{.term = cluster.term(kOne),
                                    .after = {cluster.lost.index.value - 1},
                                    .state = EntriesResponse::State::kNeverHad,
                                    .entries = {}});
  }
  EXPECT_EQ(cluster.core(kTwo).last(), cluster.lost);
}

TEST(RepairsTest, UncommittedEntryIsDroppedOnceALaterTermsQuorumNeverHadIt) {  // P03
  UncommittedLost cluster;
  cluster.Isolate(kOne);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_FALSE(cluster.core(kTwo).damaged());
  EXPECT_NE(cluster.leader(), NodeId{});
  EXPECT_TRUE(cluster.Propose(cluster.leader()));
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, UncommittedEntryIsNotDroppedForAMinority) {  // P03
  UncommittedLost cluster;
  const Term later{cluster.term(kOne).value + 1};
  for (const NodeId other : {kThree, kFour}) {
    for (int twice = 0; twice < 2; ++twice) {
      cluster.Receive(kTwo, other,
                      EntriesResponse{.term = later,
                                      .after = {cluster.lost.index.value - 1},
                                      .state = EntriesResponse::State::kNeverHad,
                                      .entries = {}});
    }
  }
  EXPECT_EQ(cluster.core(kTwo).last(), cluster.lost);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  // Its leader gives it back.
  EXPECT_FALSE(cluster.core(kTwo).damaged());
  EXPECT_EQ(*cluster.core(kTwo).log().IdAt(cluster.lost.index), cluster.lost);
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, WhoHasLostItselfDoesNotSayThatItNeverHad) {
  TenBlocks cluster;
  Damage(cluster, kTwo, Index{3}, Index{4});
  cluster.Receive(kTwo, kThree, EntriesRequest{.term = {1}, .after = {11}, .last = {12}});
  cluster.Receive(kTwo, kThree, EntriesRequest{.term = {1}, .after = {3}, .last = {4}});
  for (const Cluster::Letter& letter : cluster.mail()) {
    if (const auto* answer = std::get_if<EntriesResponse>(&letter.message)) {
      EXPECT_EQ(answer->state, EntriesResponse::State::kUnknown);
    }
  }
  EXPECT_EQ(cluster.CountMail(Kind<EntriesResponse>()), 2U);
}

TEST(RepairsTest, LeaderWhoseScrubberFindsDamageStepsDownAndIsRepaired) {  // P08
  TenBlocks cluster;
  const DamagedRange range{.before = *cluster.core(kOne).log().IdAt(Index{3}),
                           .last = *cluster.core(kOne).log().IdAt(Index{6})};
  Disk(cluster, kOne).Damage(range.before.index, range.last.index);
  cluster.FindDamage(kOne, range);
  EXPECT_NE(cluster.role(kOne), Role::kLeader);
  cluster.Run(std::chrono::seconds(1));
  EXPECT_NE(cluster.leader(), NodeId{});
  EXPECT_FALSE(cluster.core(kOne).damaged());
  EXPECT_TRUE(Disk(cluster, kOne).damaged().empty());
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, FollowerWithoutRoomTakesNoEntriesAndCatchesUpWhenThereIsSome) {
  TenBlocks cluster;
  cluster.SetRoom(kThree, false);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.core(kThree).last().index, Index{11});
  EXPECT_EQ(cluster.core(kOne).commit(), Index{12});
  cluster.SetRoom(kThree, true);
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, LeaderWithoutRoomHandsOverAndDoesNotStandAgain) {
  TenBlocks cluster;
  cluster.SetRoom(kOne, false);
  cluster.Run(std::chrono::seconds(2));
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_NE(cluster.leader(), kOne);
  EXPECT_TRUE(cluster.Propose(cluster.leader()));
  cluster.SetRoom(kOne, true);
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, LeadershipIsNotTakenOverWithoutRoom) {
  TenBlocks cluster;
  cluster.SetRoom(kTwo, false);
  ASSERT_TRUE(cluster.Transfer(kOne, kTwo));
  cluster.Settle();
  EXPECT_NE(cluster.role(kTwo), Role::kLeader);
  EXPECT_EQ(cluster.term(kTwo), cluster.term(kOne));
}

TEST(RepairsTest, WhoeverWinsWhileItsDiskHasFilledDoesNotLead) {
  TenBlocks cluster;
  cluster.Stall(kTwo);
  cluster.Receive(kTwo, kOne, TimeoutNow{.term = cluster.term(kOne)});
  ASSERT_EQ(cluster.role(kTwo), Role::kCandidate);
  cluster.SetRoom(kTwo, false);
  cluster.EndStall(kTwo);
  cluster.Settle();
  EXPECT_NE(cluster.role(kTwo), Role::kLeader);
  EXPECT_EQ(cluster.reached(Mark::kWonAndCannotLead), 1U);
}

}  // namespace
}  // namespace aval::consensus
