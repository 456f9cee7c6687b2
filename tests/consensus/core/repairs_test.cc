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

TEST(RepairsTest, AppendThatComesToALostEntryWaitsForItsRepair) {
  TenBlocks cluster;
  Damage(cluster, kThree, Index{3}, Index{6}, Index{2});
  cluster.Isolate(kThree);
  const EntryId before = *cluster.core(kOne).log().IdAt(Index{2});
  const std::uint64_t waited = cluster.reached(RarePath::kAppendWaitedForRepair);
  cluster.Receive(kThree, kOne,
                  Append{.term = cluster.term(kOne),
                         .prev_index = before.index,
                         .prev_term = before.term,
                         .prev_chain = before.chain,
                         .commit = Index{5},
                         .entries = *cluster.core(kOne).log().Read(Index{2}, Index{5}, 1 << 20)});
  EXPECT_EQ(cluster.reached(RarePath::kAppendWaitedForRepair), waited + 1);
  EXPECT_EQ(cluster.core(kThree).commit(), Index{2});
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

// As every log could that has the entry before.
void SendACopyThatOnlyBeginsWell(Cluster& cluster, std::size_t entries) {
  Damage(cluster, kThree, Index{3}, Index{6});
  cluster.Drop();
  const EntryId before = *cluster.core(kThree).log().IdAt(Index{3});
  cluster.Receive(kThree, kTwo,
                  EntriesResponse{.term = cluster.term(kOne),
                                  .after = before.index,
                                  .entries = EntriesAfter(before, 1, entries)});
  cluster.Cut(kTwo, kThree);
}

TEST(RepairsTest, CopyThatEndsElsewhereIsDroppedAtOnceAndAsAWhole) {
  TenBlocks cluster;
  SendACopyThatOnlyBeginsWell(cluster, 3);
  cluster.Run(std::chrono::milliseconds(500));
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_TRUE(Disk(cluster, kThree).damaged().empty());
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, CopyThatDoesNotGoOnIsDropped) {
  TenBlocks cluster;
  SendACopyThatOnlyBeginsWell(cluster, 2);
  cluster.Run(std::chrono::seconds(3));
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, CopyOfOnePeerIsNotMixedWithAnothers) {
  TenBlocks cluster;
  Damage(cluster, kThree, Index{3}, Index{6});
  cluster.Drop();
  const EntryId before = *cluster.core(kThree).log().IdAt(Index{3});
  const auto tell = [&](NodeId peer, Index after, std::vector<Entry> entries) {
    cluster.Receive(
        kThree, peer,
        EntriesResponse{.term = cluster.term(kOne), .after = after, .entries = std::move(entries)});
  };
  const auto whole = *cluster.core(kOne).log().Read(Index{3}, Index{6}, 1 << 20);
  tell(kTwo, before.index, {whole[0]});
  tell(kOne, Index{4}, {whole[1], whole[2]});
  EXPECT_TRUE(cluster.core(kThree).damaged());
  tell(kTwo, Index{4}, {whole[1], whole[2]});
  EXPECT_FALSE(cluster.core(kThree).damaged());
}

// Nodes one and two alone have the last three entries, which are not committed, but for the first,
// which all have and nobody knows to be committed; two has lost what they say, but for the first
// `readable`.
struct UncommittedLost : Cluster {
  explicit UncommittedLost(std::uint64_t readable = 0) : Cluster({.nodes = 5}) {
    Elect(kOne);
    before = core(kOne).last();
    Propose(kOne);
    shared = core(kOne).last();
    Settle(!Kind<AppendResponse>());
    Drop();
    for (const NodeId other : {kThree, kFour, kFive}) Cut(kOne, other);
    Propose(kOne);
    Propose(kOne);
    lost = core(kOne).last();
    Settle();
    Damage(*this, kTwo, {before.index.value + readable}, lost.index);
  }
  // Without nodes one and two, who stay cut off.
  NodeId ElectAmongOthers() {
    Isolate(kOne);
    Isolate(kTwo);
    Run(std::chrono::seconds(10));
    return leader();
  }
  void OthersSay(Term term) {
    for (const NodeId other : {kThree, kFour, kFive}) {
      Receive(
          kTwo, other,
          EntriesResponse{
              .term = term, .after = before.index, .entries = EntriesAfter(before, term.value, 1)});
    }
  }
  EntryId before;
  EntryId shared;
  EntryId lost;
};

TEST(RepairsTest, UncommittedEntriesAreKeptWhateverIsSaidByWhoDoesNotLead) {  // P03
  UncommittedLost cluster;
  cluster.Isolate(kOne);
  cluster.OthersSay({cluster.term(kOne).value + 1});
  EXPECT_EQ(cluster.core(kTwo).last(), cluster.lost);
  cluster.OthersSay(cluster.term(kOne));
  EXPECT_EQ(cluster.core(kTwo).last(), cluster.lost);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  // Their leader gives them back.
  EXPECT_FALSE(cluster.core(kTwo).damaged());
  EXPECT_EQ(*cluster.core(kTwo).log().IdAt(cluster.lost.index), cluster.lost);
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, UncommittedEntriesGoOnceALaterLeaderHasOthers) {  // P03
  UncommittedLost cluster;
  cluster.Isolate(kOne);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_FALSE(cluster.core(kTwo).damaged());
  EXPECT_GT(cluster.reached(RarePath::kDamageDropped), 0U);
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_TRUE(cluster.Propose(cluster.leader()));
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Converged());
  EXPECT_EQ(*cluster.core(kTwo).log().IdAt(cluster.shared.index), cluster.shared);
}

TEST(RepairsTest, LostEntriesGoWithThoseThatDifferBeforeThem) {
  UncommittedLost cluster(/*readable=*/2);
  const NodeId leader = cluster.ElectAmongOthers();
  ASSERT_NE(leader, NodeId{});
  // One message brings what differs, and what is in the place of the lost entry.
  cluster.Propose(leader);
  cluster.Heal();
  cluster.Isolate(kOne);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_FALSE(cluster.core(kTwo).damaged());
  EXPECT_EQ(cluster.reached(RarePath::kDamageDropped), 0U);
  EXPECT_EQ(*cluster.core(kTwo).log().IdAt(cluster.shared.index), cluster.shared);
  EXPECT_EQ(cluster.core(kTwo).last(), cluster.core(leader).last());
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Converged());
}

// Who is elected later begins to ask in the middle of what is lost.
TEST(RepairsTest, LeaderWhoseLogEndsInWhatIsLostIsToldWhatIsBeforeIt) {
  UncommittedLost cluster(/*readable=*/2);
  const NodeId leader = cluster.ElectAmongOthers();
  ASSERT_NE(leader, NodeId{});
  cluster.Propose(leader);
  cluster.Run(std::chrono::seconds(1));
  ASSERT_EQ(cluster.core(leader).last().index, cluster.lost.index);
  const NodeId next = leader == kThree ? kFour : kThree;
  cluster.Transfer(leader, next);
  cluster.Run(std::chrono::seconds(1));
  ASSERT_EQ(cluster.leader(), next);
  cluster.Heal();
  cluster.Isolate(kOne);
  cluster.Run(std::chrono::seconds(2));
  EXPECT_FALSE(cluster.core(kTwo).damaged());
  EXPECT_EQ(*cluster.core(kTwo).log().IdAt(cluster.shared.index), cluster.shared);
  EXPECT_EQ(cluster.core(kTwo).last(), cluster.core(next).last());
}

// The first of the lost entries is committed, and two is one of those that hold it.
TEST(RepairsTest, WhatTheLeaderHasOfLostEntriesIsNeverForgottenOnTheWay) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    UncommittedLost cluster;
    cluster.Isolate(kOne);
    cluster.Stall(kTwo);
    for (int i = 0; i < 1000 && cluster.reached(RarePath::kDamageDropped) == 0; ++i) {
      cluster.Run(std::chrono::milliseconds(10));
    }
    ASSERT_EQ(cluster.reached(RarePath::kDamageDropped), 1U);
    SeededRandom random(seed);
    cluster.Crash(kTwo, random);
    EXPECT_EQ(*Disk(cluster, kTwo).IdAt(cluster.shared.index), cluster.shared);
  }
}

TEST(RepairsTest, WhoDropsAcknowledgedEntriesHasEnteredTheTermThatAllowsIt) {
  UncommittedLost cluster;
  const NodeId leader = cluster.ElectAmongOthers();
  ASSERT_NE(leader, NodeId{});
  cluster.Heal();
  cluster.Isolate(kOne);
  for (int i = 0; i < 1000 && cluster.reached(RarePath::kDamageDropped) == 0; ++i) {
    cluster.Run(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(cluster.reached(RarePath::kDamageDropped), 1U);
  SeededRandom random(1);
  cluster.Crash(kTwo, random);
  EXPECT_GT(Disk(cluster, kTwo).hard_state().term, cluster.lost.term);
  // Its old leader remembers what it had acknowledged.
  cluster.set_memory(Promises::Memory::kUncertain);
  cluster.Restart(kTwo);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_EQ(cluster.core(kTwo).standing(), Promises::Standing::kKept);
  EXPECT_TRUE(cluster.Converged());
}

TEST(RepairsTest, CommittedPartOfALostRangeIsFilledWhenTheLeaderHasOthersForTheRest) {
  UncommittedLost cluster;
  SeededRandom random(1);
  cluster.Isolate(kOne);
  cluster.Crash(kTwo, random);
  // Its state had applied the first of the three.
  cluster.Run(std::chrono::seconds(5));
  cluster.Restart(kTwo, cluster.shared.index);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_FALSE(cluster.core(kTwo).damaged());
  EXPECT_TRUE(Disk(cluster, kTwo).damaged().empty());
  EXPECT_GT(cluster.reached(RarePath::kDamageDropped), 0U);
  EXPECT_GT(cluster.reached(RarePath::kDamageRepaired), 0U);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_TRUE(cluster.Converged());
}

// Node three has lost entries that its state has, and the others have them no more.
struct LostEverywhere : TenBlocks {
  LostEverywhere() {
    for (const NodeId node : {kOne, kTwo}) storage(node).TrimTo(Index{8});
    Damage(*this, kThree, Index{3}, Index{6}, Index{9});
  }
};

TEST(RepairsTest, WhatTheStateHasHoldsNothingBackThoughNobodyHasItAnyMore) {
  LostEverywhere cluster;
  cluster.Isolate(kTwo);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(std::chrono::seconds(2));
  const Index last = cluster.core(kOne).last().index;
  EXPECT_EQ(cluster.core(kOne).commit(), last);
  EXPECT_EQ(cluster.applied(kThree).back().index, last);
  // Both have been asked often enough.
  cluster.Heal();
  cluster.Run(std::chrono::seconds(2));
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_EQ(cluster.core(kThree).begin().index, Index{6});
  EXPECT_FALSE(cluster.failure(kThree));
}

TEST(RepairsTest, WhoHasLostOnlyWhatTheStateHasStandsAndLeadsFromThereOn) {
  LostEverywhere cluster;
  cluster.Isolate(kOne);
  cluster.Elect(kThree);
  ASSERT_EQ(cluster.role(kThree), Role::kLeader);
  ASSERT_TRUE(cluster.Propose(kThree));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_EQ(cluster.core(kThree).commit(), cluster.core(kThree).last().index);
  EXPECT_FALSE(cluster.failure(kThree));
}

TEST(RepairsTest, EmptyFollowerOfALeaderWithAHoleNeedsASnapshot) {
  TenBlocks cluster(5);
  cluster.Isolate(kFive);
  cluster.Renew(kFive);
  for (const NodeId node : {kOne, kTwo, kFour}) cluster.storage(node).TrimTo(Index{8});
  Damage(cluster, kThree, Index{3}, Index{6}, Index{9});
  cluster.Elect(kThree);
  ASSERT_EQ(cluster.role(kThree), Role::kLeader);
  cluster.Receive(kThree, kTwo, EntriesRequest{.term = {1}, .after = {4}, .last = {6}});
  cluster.Run(std::chrono::seconds(2));
  EXPECT_FALSE(cluster.failure(kThree)) << cluster.failure(kThree)->message;
  EXPECT_EQ(cluster.core(kThree).begin().index, Index{6});
}

TEST(RepairsTest, WhatTheStateComesToHaveIsNoLongerWaitedFor) {
  TenBlocks cluster;
  const DamagedRange range{.before = *cluster.core(kThree).log().IdAt(Index{3}),
                           .last = *cluster.core(kThree).log().IdAt(Index{6})};
  cluster.Isolate(kThree);
  Disk(cluster, kThree).Damage(range.before.index, range.last.index);
  cluster.FindDamage(kThree, range);
  for (const NodeId node : {kOne, kTwo}) cluster.storage(node).TrimTo(Index{8});
  cluster.Heal();
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_EQ(cluster.core(kOne).progress().at(kThree).match(), Index{11});
  cluster.Flush(kThree, Index{11});
  cluster.Run(std::chrono::seconds(1));
  EXPECT_EQ(cluster.core(kOne).progress().at(kThree).match(), Index{12});
}

TEST(RepairsTest, WhatIsNeededIsAskedForBeforeWhatTheStateHas) {
  LostEverywhere cluster;
  const DamagedRange needed{.before = *cluster.core(kThree).log().IdAt(Index{10}),
                            .last = *cluster.core(kThree).log().IdAt(Index{11})};
  Disk(cluster, kThree).Damage(needed.before.index, needed.last.index);
  cluster.Drop();
  cluster.FindDamage(kThree, needed);
  cluster.Run(std::chrono::milliseconds(120));
  EXPECT_EQ(Disk(cluster, kThree).damaged().size(), 1U);
  EXPECT_TRUE(cluster.core(kThree).damaged());
}

TEST(RepairsTest, TrimmedEntriesAreNotAskedForAnyMore) {
  LostEverywhere cluster;
  cluster.Isolate(kThree);
  Disk(cluster, kThree).TrimTo(Index{6});
  cluster.Trim(kThree);
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_EQ(cluster.core(kThree).begin().index, Index{6});
}

TEST(RepairsTest, DamagedFollowerOfTheSameLeaderIsNotSentTheSameAgainAndAgain) {
  TenBlocks cluster;
  Damage(cluster, kThree, Index{3}, Index{6});
  cluster.CutTo(kThree, kTwo);
  cluster.LinkLost(kOne, kThree);
  cluster.Pass(std::chrono::milliseconds(1));
  // It gets no answer to what it asks.
  for (const NodeId node : {kOne, kTwo}) Disk(cluster, node).RotReads();
  std::size_t letters = 0;
  cluster.Tick(kOne);
  cluster.Run(std::chrono::milliseconds(200), false);
  for (; letters < 300 && cluster.Deliver(); ++letters) {
  }
  EXPECT_LT(letters, 300U);
}

TEST(RepairsTest, WhoHasLostWhatOthersHaveTrimmedNeedsASnapshot) {
  TenBlocks cluster;
  Damage(cluster, kThree, Index{3}, Index{6});
  cluster.Drop();
  for (const NodeId node : {kOne, kTwo}) cluster.storage(node).TrimTo(Index{8});
  cluster.Elect(kTwo);
  cluster.Run(std::chrono::milliseconds(200));
  EXPECT_TRUE(cluster.needs_snapshot(kThree));
}

TEST(RepairsTest, DamageToldOfTwiceOrInPartIsTakenOnce) {
  TenBlocks cluster;
  cluster.Isolate(kThree);
  const auto id = [&](std::uint64_t index) {
    return *cluster.core(kThree).log().IdAt(Index{index});
  };
  const DamagedRange range{.before = id(3), .last = id(6)};
  Disk(cluster, kThree).Damage(range.before.index, range.last.index);
  cluster.FindDamage(kThree, range);
  cluster.FindDamage(kThree, range);
  cluster.FindDamage(kThree, {.before = id(3), .last = range.last});
  cluster.Heal();
  cluster.Run(std::chrono::seconds(1));
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_EQ(cluster.reached(RarePath::kDamageRepaired), 1U);
}

TEST(RepairsTest, DamageThatWasCutOrTrimmedMeanwhileIsNone) {
  TenBlocks cluster;
  cluster.Isolate(kThree);
  cluster.Drop();
  const auto ids = *cluster.core(kThree).log().Read(Index{1}, Index{11}, 1 << 20);
  const EntryId two = IdOf(ids[0]);
  const EntryId six = IdOf(ids[4]);
  const EntryId eleven = IdOf(ids[9]);
  // What it is told of lies beyond the end, or in the place of other entries.
  const auto beyond = EntriesAfter(eleven, 1, 2);
  cluster.FindDamage(kThree, {.before = IdOf(beyond[0]), .last = IdOf(beyond[1])});
  const auto other = EntriesAfter(six, 1, 2);
  cluster.FindDamage(kThree, {.before = IdOf(other[0]), .last = IdOf(other[1])});
  cluster.storage(kThree).TrimTo(Index{6});
  cluster.FindDamage(kThree, {.before = two, .last = six});
  EXPECT_FALSE(cluster.core(kThree).damaged());
}

TEST(RepairsTest, DamageIsClippedToWhatTheLogHas) {
  TenBlocks cluster;
  cluster.Isolate(kThree);
  const EntryId end = cluster.core(kThree).last();
  const EntryId before = *cluster.core(kThree).log().IdAt(Index{9});
  Disk(cluster, kThree).Damage(before.index, end.index);
  const auto beyond = EntriesAfter(end, 1, 2);
  cluster.FindDamage(kThree, {.before = before, .last = IdOf(beyond[1])});
  cluster.Heal();
  cluster.Run(std::chrono::seconds(1));
  EXPECT_FALSE(cluster.core(kThree).damaged());
  EXPECT_TRUE(Disk(cluster, kThree).damaged().empty());
}

TEST(RepairsTest, RepairThatTheDiskDidNotTakeIsMadeAgain) {
  TenBlocks cluster;
  const DamagedRange range{.before = *cluster.core(kThree).log().IdAt(Index{3}),
                           .last = *cluster.core(kThree).log().IdAt(Index{6})};
  Damage(cluster, kThree, Index{3}, Index{6});
  cluster.Stall(kThree);
  for (int i = 0; i < 1000 && cluster.reached(RarePath::kDamageRepaired) == 0; ++i) {
    cluster.Run(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(cluster.reached(RarePath::kDamageRepaired), 1U);
  cluster.FindDamage(kThree, range);
  cluster.Run(std::chrono::milliseconds(500));
  EXPECT_EQ(cluster.reached(RarePath::kDamageRepaired), 2U);
}

TEST(RepairsTest, OnlyMembersAreLentEntriesAndNotWithoutABound) {
  TenBlocks cluster;
  const auto ask = [&](NodeId from) {
    cluster.Receive(kTwo, from, EntriesRequest{.term = {1}, .after = {3}, .last = {4}});
  };
  ask({77});
  EXPECT_EQ(cluster.CountMail(Kind<EntriesResponse>()), 0U);
  for (int i = 0; i < 10'000; ++i) ask(kThree);
  const std::size_t at_once = cluster.CountMail(Kind<EntriesResponse>());
  EXPECT_GT(at_once, 10U);
  EXPECT_LT(at_once, 1000U);
  // To another, and later, there is more.
  ask(kOne);
  EXPECT_EQ(cluster.CountMail(Kind<EntriesResponse>()), at_once + 1);
  cluster.Pass(std::chrono::milliseconds(10));
  ask(kThree);
  EXPECT_EQ(cluster.CountMail(Kind<EntriesResponse>()), at_once + 2);
}

TEST(RepairsTest, WhatStaysOfARepairUnderWayIsStillWaitedFor) {
  Repairs repairs({}, Index{});
  const auto entries = EntriesAfter(EntryId{}, 1, 4);
  repairs.Add({.before = {}, .last = IdOf(entries[3])});
  ASSERT_EQ(repairs.Take({.node = kOne, .term = {1}}, Index{}, entries), Repairs::Taken::kMore);
  ASSERT_TRUE(repairs.TakeFilled(7).has_value());
  repairs.TruncateAfter(IdOf(entries[1]));
  EXPECT_TRUE(repairs.lacking());
  EXPECT_TRUE(repairs.Covers(Index{2}));
  EXPECT_FALSE(repairs.Covers(Index{3}));
  repairs.TruncateAfter(EntryId{});
  EXPECT_TRUE(repairs.empty());
}

TEST(RepairsTest, WhoHasLostItselfAnswersWithNothing) {
  TenBlocks cluster;
  Damage(cluster, kTwo, Index{3}, Index{4});
  cluster.Receive(kTwo, kThree, EntriesRequest{.term = {1}, .after = {11}, .last = {12}});
  cluster.Receive(kTwo, kThree, EntriesRequest{.term = {1}, .after = {3}, .last = {4}});
  for (const Cluster::Letter& letter : cluster.mail()) {
    if (const auto* answer = std::get_if<EntriesResponse>(&letter.message)) {
      EXPECT_TRUE(answer->entries.empty());
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
  EXPECT_EQ(cluster.reached(RarePath::kWonAndCannotLead), 1U);
}

}  // namespace
}  // namespace aval::consensus
