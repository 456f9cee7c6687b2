// Disks that lose, stall and rot, under which implementations of Raft were wrong: README.md, by
// number.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "tests/consensus/wal/support.h"
#include "tests/consensus/wal_storage.h"
#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

// The power may fail at any moment between a proposal and its sync.
TEST(Scenarios, H01_SingleVoterCommitsNothingBeforeItsOwnSync) {
  std::size_t lost = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SeededRandom random(seed);
    Cluster cluster({.nodes = 1, .sync = false});
    std::size_t applied = 0;
    for (int crash = 0; crash < 5; ++crash) {
      cluster.Pass(2 * kTimeout);
      cluster.Tick(kOne);
      cluster.Sync(kOne);
      cluster.Sync(kOne);
      ASSERT_EQ(cluster.role(kOne), Role::kLeader);
      ASSERT_GE(cluster.applied(kOne).size(), applied);
      for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(cluster.Propose(kOne));
        EXPECT_EQ(cluster.core(kOne).commit(), cluster.core(kOne).stable());
        if (random.Below(3) == 0) cluster.Sync(kOne);
      }
      const Index last = cluster.core(kOne).last().index;
      applied = cluster.applied(kOne).size();
      cluster.Crash(kOne, random);
      ASSERT_GE(cluster.storage(kOne).last().index.value, applied);
      if (cluster.storage(kOne).last().index < last) ++lost;
      cluster.Restart(kOne);
    }
    EXPECT_EQ(cluster.reached(RarePath::kCommittedBeforeOwnDisk), 0U);
    ExpectReached(cluster, {RarePath::kCommittedByOwnDisk});
  }
  EXPECT_GT(lost, 20U);  // The crashes did take what nobody had been told of.
}

// Everybody's power fails at once, on the real log, whose disks then show any part of what was not
// synced.
TEST(Scenarios, H02_AcknowledgedEntriesSurviveAPowerCutOfAllNodes) {
  std::size_t committed = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SeededRandom random(seed);
    Cluster cluster({.core = {.seed = seed}, .sync = false, .storage = [](NodeId id) {
                       return std::make_unique<WalStorage>(id);
                     }});
    for (int cut = 0; cut < 5; ++cut) {
      for (int event = 0; event < 150; ++event) {
        const NodeId node{1 + static_cast<std::uint32_t>(random.Below(3))};
        if (cluster.leader() != NodeId{}) cluster.Propose(cluster.leader(), random.Below(400));
        if (random.Below(3) == 0) {
          cluster.Sync(node, std::min<std::size_t>(1, cluster.storage(node).pending()));
        }
        if (random.Below(4) == 0) cluster.Run(kBeat, /*deliver=*/false);
        if (!cluster.mail().empty()) cluster.DeliverAt(random.Below(cluster.mail().size()));
      }
      for (const NodeId id : cluster.ids()) cluster.Crash(id, random);
      cluster.Drop();
      for (const NodeId id : cluster.ids()) cluster.Restart(id);
      ASSERT_TRUE(cluster.invariants().ok()) << seed;
    }
    cluster.set_sync(true);
    for (const NodeId id : cluster.ids()) cluster.Sync(id);
    cluster.Run(10 * kTimeout);
    EXPECT_TRUE(cluster.Converged());
    committed += cluster.invariants().committed().size();
  }
  EXPECT_GT(committed, 200U);
}

TEST(Scenarios, H02_FollowerWhoseDiskIsSlowAcknowledgesNothing) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Stall(kTwo);
  cluster.Isolate(kThree);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(kTimeout);
  EXPECT_EQ(cluster.core(kTwo).last().index, Index{2});
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  cluster.EndStall(kTwo);
  cluster.Settle();
  EXPECT_EQ(cluster.core(kOne).commit(), Index{2});
  ExpectReached(cluster, {RarePath::kSaidOnceForManyAsked});
}

// The writes of entries end after another leader has replaced them: their end proves nothing.
TEST(Scenarios, H13_EndOfAnOverwrittenWriteMakesNothingNewerStable) {
  for (std::size_t at_once = 1; at_once <= 4; ++at_once) {
    Cluster cluster({.nodes = 5});
    cluster.Elect(kOne);
    cluster.Stall(kFive);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Settle(From(kOne) && To(kFive));
    cluster.Drop();
    Win(cluster, kTwo);
    cluster.Settle(From(kTwo) && To(kFive));
    ASSERT_EQ(cluster.core(kFive).last().index, Index{2});
    ASSERT_EQ(cluster.LogTerms(kFive).at(1), cluster.term(kTwo).value);
    while (cluster.storage(kFive).pending() > at_once) {
      cluster.Sync(kFive, at_once);
      const DurableView& disk = cluster.storage(kFive);
      for (Index at{2}; at <= cluster.core(kFive).stable(); ++at.value) {
        ASSERT_LE(at, disk.last().index);
        EXPECT_EQ(*disk.IdAt(at), *cluster.core(kFive).log().IdAt(at));
      }
    }
    cluster.EndStall(kFive);
    cluster.Run(kTimeout);
    EXPECT_TRUE(cluster.Converged());
    ExpectReached(cluster, {RarePath::kTruncatedWhileWriting});
  }
}

// Its heartbeats would go on for ever.
TEST(Scenarios, H24_LeaderWhoseDiskStallsIsReplaced) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Stall(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(Core::Options{}.disk_stall + 5 * kTimeout);
  const NodeId leader = cluster.leader();
  EXPECT_TRUE(leader == kTwo || leader == kThree);
  ASSERT_TRUE(cluster.Propose(leader));
  cluster.Run(10 * kTimeout);
  EXPECT_EQ(cluster.leader(), leader);  // Nor does it stand again, while its disk says nothing.
  EXPECT_EQ(cluster.core(leader).commit(), cluster.core(leader).last().index);
  cluster.Isolate(kOne);
  cluster.Run(10 * kTimeout);
  cluster.Heal();
  cluster.EndStall(kOne);
  cluster.Run(kTimeout);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kSteppedDownOnStalledDisk, RarePath::kCampaignPutOffByDisk});
}

TEST(Scenarios, H24_FollowerWhoseDiskStallsHoldsUpNobody) {
  Cluster cluster({.core = {.append_bytes = 1, .window = {.messages = 3, .bytes = 1'000'000}}});
  cluster.Elect(kOne);
  cluster.Stall(kTwo);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Run(5 * kBeat);
  }
  EXPECT_EQ(cluster.core(kOne).commit(), Index{31});
  EXPECT_EQ(cluster.core(kTwo).last().index, Index{4});  // The window, and no more.
  cluster.EndStall(kTwo);
  cluster.Run(4 * kBeat);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kWindowFull, RarePath::kSaidOnceForManyAsked});
}

// The log rotates, truncates and is trimmed, and the power fails at every single operation of that:
// it opens, and holds what was confirmed and nothing that was not written.
TEST(Scenarios, H28_LogOpensAfterAPowerCutAtAnyOperationOfRotationTruncationAndTrim) {
  std::uint64_t cuts = 0;
  for (bool finished = false; !finished; ++cuts) {
    SCOPED_TRACE("cut at operation " + std::to_string(cuts + 1));
    SeededRandom random(cuts);
    FaultDisk disk;
    auto log = MustOpen(disk);
    disk.CutAfter(cuts + 1);
    EntryId confirmed;
    EntryId under_way;
    for (std::uint64_t group = 1; group <= 20; ++group) {
      const Persist vote{.hard_state = HardState{.term = {group}, .vote = kOne}};
      Persist write;
      if (group % 3 == 0) {  // The last entry goes, and others come.
        confirmed = *log->IdAt(Index{confirmed.index.value - 1});
        write.truncate_after = confirmed;
      }
      write.entries = EntriesAfter(confirmed, group, 3, 1'200);
      under_way = IdOf(write.entries.back());
      log->Write(std::span(&vote, 1));
      if (!WriteGroup(*log, write)) break;
      confirmed = under_way;
      if (group % 4 == 0 && !log->TrimBefore(Index{confirmed.index.value - 4})) break;
    }
    finished = !disk.cut();
    log.reset();
    disk.PowerCycle(random);
    log = MustOpen(disk);
    ASSERT_NE(log, nullptr);
    const EntryId last = log->recovered().last;
    ASSERT_TRUE(last == confirmed || last == under_way || log->IdAt(confirmed.index).has_value());
    if (log->Anchor().index < last.index) ReadAll(*log, last);  // Verified as it is read.
  }
  EXPECT_GT(cuts, 40U);
}

// A follower whose disk has lied: it lacks what it had acknowledged. The group goes on, both sides
// say so, and it comes back as a new incarnation, through learner.
TEST(Scenarios, H29_FollowerThatLostItsSuffixHarmsNobodyAndComesBackAsALearner) {
  Cluster cluster;
  cluster.Elect(kOne);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  ASSERT_TRUE(cluster.Converged());
  cluster.LoseSuffix(kTwo, Index{2});
  cluster.Run(4 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_TRUE(cluster.core(kTwo).at_odds());
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{0});
  EXPECT_FALSE(cluster.failure(kOne).has_value());
  EXPECT_FALSE(cluster.failure(kTwo).has_value());
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(kBeat);
  EXPECT_EQ(cluster.core(kOne).commit(), Index{7});
  ExpectReached(cluster, {RarePath::kForgottenEntriesRefused, RarePath::kContradictionRefused});

  ASSERT_TRUE(cluster.Change(kOne, {Remove(kTwo)}));
  cluster.Run(kTimeout);
  cluster.Renew(kTwo);
  ASSERT_TRUE(cluster.Change(kOne, {Add(kTwo, cluster.incarnation(kTwo))}));
  cluster.Run(kTimeout);
  EXPECT_TRUE(Current(cluster, kTwo).learners.contains(kTwo));
  ASSERT_TRUE(cluster.Change(kOne, {Promote(kTwo)}));
  cluster.Run(kTimeout);
  EXPECT_TRUE(Current(cluster, kTwo).voters.contains(kTwo));
  EXPECT_TRUE(cluster.Converged());
}

// The same disk under a node that does not know: it asks before it promises anything again, hears
// what it had promised, and takes part no more. Otherwise it and node 3 would be a quorum without
// what was committed.
TEST(Scenarios, H29_NodeThatLostItsSuffixFindsOutBeforeItPromisesAgain) {
  SeededRandom random(1);
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  const Index committed = cluster.core(kOne).commit();
  cluster.set_memory(Promises::Memory::kUncertain);
  cluster.LoseSuffix(kTwo, Index{1});
  cluster.Receive(kTwo, kThree, AskVote(9, false, 99, 8));
  EXPECT_EQ(cluster.CountMail(From(kTwo)), 0U);
  cluster.Heal();
  cluster.Isolate(kThree);
  cluster.Run(kTimeout / 2);
  EXPECT_EQ(cluster.core(kTwo).standing(), Promises::Standing::kForgotten);
  cluster.Crash(kOne, random);
  cluster.Heal();
  cluster.Run(20 * kTimeout);
  EXPECT_EQ(cluster.leader(), NodeId{});
  cluster.Restart(kOne, Index{1});
  cluster.Run(20 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_GE(cluster.core(kThree).commit(), committed);
  ExpectReached(cluster, {RarePath::kHeardNothingBeforeGreeting, RarePath::kForgottenPromiseFound});
}

// A leader reads old entries for a follower that is behind, and finds them rotten.
TEST(Scenarios, H40_RottenEntriesAreRefusedByNameAndNeverSent) {
  std::map<NodeId, std::shared_ptr<FaultDisk>> disks;
  Cluster cluster({.nodes = 5, .core = {.memory_bytes = 0}, .storage = [&](NodeId id) {
                     disks[id] = std::make_shared<FaultDisk>();
                     auto log = std::make_unique<WalStorage>(
                         disks[id], Wal::Options{.cluster = crypto::Sha256(AsBytes("rot")),
                                                 .node = id,
                                                 .segment_bytes = std::uint64_t{1} << 20U});
                     EXPECT_TRUE(log->Open().has_value());
                     return log;
                   }});
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(cluster.Propose(kOne, 2'000));
    cluster.Settle();
  }
  const std::size_t before = cluster.applied(kThree).size();
  const auto segment = std::filesystem::path("wal") / wal::SegmentName(1);
  for (std::uint64_t offset = 10'000; offset < 24'000; offset += 500) {
    disks[kOne]->Flip(segment, offset, 1);
  }
  cluster.Heal();
  cluster.LinkLost(kOne, kThree);
  cluster.Run(2 * kBeat);
  ASSERT_TRUE(cluster.failure(kOne).has_value());
  EXPECT_EQ(cluster.failure(kOne)->code, Code::kCorruption);
  EXPECT_NE(cluster.failure(kOne)->message.find("0000000001.wal"), std::string::npos);
  EXPECT_EQ(cluster.applied(kThree).size(), before);
  // Its driver stops it, and the others go on. Opened again, its log knows what is rotten, and
  // gives none of that out.
  WalStorage again(disks[kOne], {.cluster = crypto::Sha256(AsBytes("rot")),
                                 .node = kOne,
                                 .segment_bytes = std::uint64_t{1} << 20U});
  const auto opened = again.Open();
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  ASSERT_FALSE(again.recovered().damaged.empty());
  EXPECT_EQ(again.last(), cluster.core(kOne).last());
  for (const DamagedRange& range : again.recovered().damaged) {
    const Index first{range.before.index.value + 1};
    EXPECT_EQ(again.Read(first, range.last.index, 10'000).error().code, Code::kCorruption);
  }
  cluster.Isolate(kOne);
  cluster.Run(10 * kTimeout);
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_EQ(cluster.core(kThree).last(), cluster.core(cluster.leader()).last());
  EXPECT_GT(cluster.applied(kThree).size(), 11U);
}

}  // namespace
}  // namespace aval::consensus
