// Replication and commit in which implementations of Raft were wrong: README.md, by number.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <variant>

#include "tests/consensus/wal_storage.h"
#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

// Figure 8 of the Raft paper, by real elections. Appends carry one entry each.
TEST(Scenarios, H03_EntryOfAnOlderTermIsNeverCommittedByCount) {
  for (const bool commits : {false, true}) {
    SeededRandom random(1);
    Cluster cluster({.nodes = 5, .core = {.append_bytes = 1}});
    cluster.Elect(kOne);
    // (a) Node 1's entry reaches node 2 alone.
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Settle(From(kOne) && To(kTwo));
    cluster.Crash(kOne, random);
    cluster.Drop();
    // (b) Node 5 leads, with an entry of its own at the same index.
    Win(cluster, kFive);
    cluster.Crash(kFive, random);
    cluster.Drop();
    // (c) Node 1 leads again and brings its old entry to node 3: three of five have it.
    cluster.Restart(kOne, Index{1});
    Win(cluster, kOne);
    const Index old = {2};
    const auto third = From(kOne) && To(kThree);
    cluster.Drop(!(third || (From(kOne) && To(kTwo))));
    cluster.Settle(From(kTwo) || (From(kOne) && To(kTwo)));
    while (cluster.core(kThree).last().index < old) {
      ASSERT_TRUE(cluster.Deliver(third));
      ASSERT_TRUE(cluster.Deliver(From(kThree)));
    }
    cluster.Settle(From(kThree) && To(kOne));
    ASSERT_EQ(cluster.LogTerms(kThree), (Terms{1, 1}));
    EXPECT_EQ(cluster.core(kOne).progress().at(kThree).match(), old);
    EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
    ExpectReached(cluster, {RarePath::kOlderTermNotCountedAlone});
    if (commits) {  // (e) An entry of the leader's own term commits both.
      cluster.Settle(third || From(kThree));
      EXPECT_EQ(cluster.core(kOne).commit(), Index{3});
    }
    cluster.Crash(kOne, random);
    cluster.Drop();
    cluster.Restart(kFive);
    if (commits) {
      cluster.Run(20 * kTimeout);
      EXPECT_TRUE(cluster.leader() == kTwo || cluster.leader() == kThree);
      EXPECT_TRUE(cluster.Converged());
      EXPECT_EQ(cluster.LogTerms(kFive).at(1), 1U);
      continue;
    }
    // (d) Node 5 leads and replaces it on all three.
    Win(cluster, kFive);
    cluster.Run(kTimeout);
    EXPECT_TRUE(cluster.Converged());
    EXPECT_NE(cluster.LogTerms(kThree).at(1), 1U);
    EXPECT_EQ(cluster.LogTerms(kTwo), cluster.LogTerms(kThree));
  }
}

// What deposes the leader and what it is asked to propose come at the same moment.
TEST(Scenarios, H05_DeposedLeaderAppendsNothingInTheTermThatDeposesIt) {
  Cluster cluster;
  cluster.Elect(kOne);
  const Term led = cluster.term(kOne);
  cluster.Isolate(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Elect(kTwo);
  cluster.Receive(kOne, kTwo, HeartbeatResponse{.term = cluster.term(kTwo), .applied = {}});
  EXPECT_FALSE(cluster.Propose(kOne));
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  EXPECT_EQ(cluster.LogTerms(kOne), (Terms{led.value, led.value}));
  for (const auto& letter : cluster.mail()) {
    const auto* const append = std::get_if<Append>(&letter.message);
    EXPECT_TRUE(append == nullptr || letter.from != kOne || append->term == led);
  }
  cluster.Heal();
  cluster.Run(4 * kTimeout);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kDeposedByAnswer, RarePath::kConflictTruncated});
}

// A stale suffix lies where the new leader has committed other entries.
TEST(Scenarios, H06_NeitherHeartbeatNorEmptyAppendCommitsAStaleSuffix) {
  Cluster cluster({.core = {.append_bytes = 1}});
  cluster.Elect(kOne);
  cluster.Isolate(kOne);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Elect(kTwo);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(cluster.Propose(kTwo));
  cluster.Settle();
  ASSERT_EQ(cluster.core(kTwo).commit(), Index{5});
  const std::uint64_t term = cluster.term(kTwo).value;
  cluster.Heal();
  cluster.Pass(kBeat);
  cluster.Tick(kTwo);
  ASSERT_TRUE(cluster.Deliver(Kind<Heartbeat>() && To(kOne)));
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  // What this leader would never say, as match is 0 there.
  cluster.Receive(kOne, kTwo, Heartbeat{.term = {term}, .commit = {5}});
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  const EntryId first = *cluster.core(kTwo).log().IdAt(Index{1});
  cluster.Receive(kOne, kTwo,
                  Append{.term = {term},
                         .prev_index = first.index,
                         .prev_term = first.term,
                         .prev_chain = first.chain,
                         .commit = {5}});
  EXPECT_EQ(cluster.core(kOne).commit(), Index{1});
  EXPECT_EQ(cluster.core(kOne).last().index, Index{5});
  cluster.Run(kTimeout);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kCommitCapped, RarePath::kConflictTruncated});
}

TEST(Scenarios, H07_LateAppendTakesNothingAwayThatMatches) {
  Cluster cluster({.core = {.append_bytes = 1}});
  cluster.Elect(kOne);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  const auto streamed = Kind<Append>() && To(kTwo);
  ASSERT_EQ(cluster.CountMail(streamed), 4U);
  std::vector<Message> copies;
  for (const auto& letter : cluster.mail()) {
    if (streamed(letter)) copies.push_back(letter.message);
  }
  cluster.Settle();
  ASSERT_EQ(cluster.core(kTwo).commit(), Index{5});
  const EntryId last = cluster.core(kTwo).last();
  for (const Message& late : copies) {
    cluster.Receive(kTwo, kOne, late);
    EXPECT_EQ(cluster.core(kTwo).last(), last);
    const AppendResponse answer = Only<AppendResponse>(cluster);
    EXPECT_TRUE(answer.success);
    EXPECT_LT(answer.match, Index{6});
    cluster.Drop();
  }
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kOverlapKept});
  EXPECT_EQ(cluster.reached(RarePath::kConflictTruncated), 0U);
}

// The follower's log is longer than what the message proves: only that much may be counted.
TEST(Scenarios, H08_AcknowledgementSaysPrevPlusCountAndARefusalMovesNothing) {
  Cluster cluster(
      {.storage = Logs({{kOne, {1, 1, 2}}, {kTwo, {1, 1, 1, 1, 1}}, {kThree, {1, 1, 2}}},
                       /*term=*/2)});
  cluster.CutTo(kOne, kTwo);
  cluster.Elect(kOne);
  cluster.Heal();
  cluster.LinkLost(kOne, kTwo);
  const std::uint64_t term = cluster.term(kOne).value;
  const auto log = EntriesOfTerms({1, 1, 2});
  cluster.Receive(kTwo, kOne, AppendOf(log, 1, 1, term));
  const AppendResponse answer = Only<AppendResponse>(cluster);
  EXPECT_TRUE(answer.success);
  EXPECT_EQ(answer.match, Index{2});
  ASSERT_EQ(cluster.core(kTwo).last().index, Index{5});
  cluster.Settle();
  const auto& progress = cluster.core(kOne).progress().at(kTwo);
  cluster.Run(2 * kBeat);
  EXPECT_TRUE(cluster.Converged());
  // Refusals that come late.
  const Index commit = cluster.core(kOne).commit();
  for (std::uint64_t prev = 0; prev <= commit.value; ++prev) {
    cluster.Receive(kOne, kTwo,
                    AppendResponse{.term = {term},
                                   .success = false,
                                   .match = {prev},
                                   .hint_index = {99},
                                   .hint_term = {term}});
    EXPECT_EQ(progress.match(), commit);
    EXPECT_GT(progress.next(), progress.match());
    EXPECT_EQ(cluster.core(kOne).commit(), commit);
  }
  ExpectReached(cluster, {RarePath::kStaleRefusalIgnored});
}

// Everything under way is lost, again and again, with the smallest of windows.
TEST(Scenarios, H25_FollowerNeverStaysStuckHoweverSmallTheWindow) {
  for (std::size_t messages = 1; messages <= 4; ++messages) {
    Cluster cluster({.core = {.append_bytes = 1,
                              .window = {.messages = messages, .bytes = 1},
                              .uncommitted_bytes = 20'000}});
    cluster.Elect(kOne);
    const std::vector<Cluster::Filter> lost{Kind<Append>(), Kind<AppendResponse>(),
                                            Kind<HeartbeatResponse>(), To(kTwo) || From(kTwo)};
    for (std::size_t i = 0; i < 20; ++i) {
      ASSERT_TRUE(cluster.Propose(kOne));
      cluster.Drop((To(kTwo) || From(kTwo)) && lost.at(i % lost.size()));
      if (i % 3 == 0) cluster.LinkLost(kOne, kTwo);
      cluster.Settle(!To(kTwo));
      cluster.Run(i % 5 * kBeat / 4, /*deliver=*/false);
    }
    cluster.Drop();
    cluster.Run(30 * kBeat);  // No proposal helps.
    EXPECT_TRUE(cluster.Converged()) << messages;
    EXPECT_TRUE(cluster.core(kOne).progress().at(kTwo).streaming());
    EXPECT_TRUE(cluster.core(kOne).NextSlot().has_value());
    ExpectReached(cluster, {RarePath::kWindowFull, RarePath::kLagFoundByHeartbeat});
  }
}

// What waits to be committed is counted: a leader that loses its office and wins it again counts
// from the beginning, and takes proposals.
TEST(Scenarios, H25_CountOfUncommittedBytesDoesNotLeak) {
  Cluster cluster({.core = {.uncommitted_bytes = 1'000}});
  for (int round = 0; round < 5; ++round) {
    cluster.Elect(kOne);
    cluster.Isolate(kOne);
    while (cluster.Propose(kOne, 100)) {
    }
    EXPECT_EQ(cluster.core(kOne).NextSlot().error().code, Code::kOverloaded);
    cluster.Elect(kTwo);
    cluster.Heal();
    cluster.Run(2 * kTimeout);
    ASSERT_TRUE(cluster.Converged());
  }
  cluster.Elect(kOne);
  EXPECT_TRUE(cluster.Propose(kOne, 100));
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kConflictTruncated});
}

// The applier holds two entries; the node dies again and again with some of them applied.
TEST(Scenarios, H26_EntriesComeInOrderAndCommitNeverFallsWithATinyApplyQuotaAndCrashes) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SeededRandom random(seed);
    Cluster cluster(
        {.core = {.seed = seed, .unapplied_bytes = 2 * (8 + kEntryOverhead)}, .apply = false});
    cluster.Elect(kOne);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Settle();
    Index kept{};
    for (int crash = 0; crash < 10; ++crash) {
      const Index handed_out = cluster.handed_out(kTwo);
      ASSERT_GE(handed_out, kept);
      // The state store keeps a part of what was handed out, and the quota opens by as much.
      kept.value += random.Below(handed_out.value - kept.value + 1);
      cluster.Apply(kTwo, kept);
      cluster.Crash(kTwo, random);
      cluster.Restart(kTwo, kept);
      EXPECT_EQ(cluster.core(kTwo).commit(), kept);
      cluster.Run(2 * kBeat);
      EXPECT_EQ(cluster.core(kTwo).commit(), cluster.core(kOne).commit());
      EXPECT_LE(cluster.handed_out(kTwo).value, kept.value + 3);
    }
    while (cluster.handed_out(kTwo) < cluster.core(kTwo).commit()) cluster.Apply(kTwo);
    EXPECT_EQ(cluster.applied(kTwo).size(), 21U);
    ExpectReached(cluster, {RarePath::kApplyHeldBack});
  }
}

// Nobody is kept out by a lock alone: its holder may sleep while another gets it. The index of the
// entry that has granted it is what tells them apart (a fencing token): whoever is granted later
// has a higher one, and a leader that was replaced grants nothing.
TEST(Scenarios, H39_IndexesOfGrantsRiseOverChangesOfLeader) {
  Cluster cluster;
  Index token{};
  for (int round = 0; round < 6; ++round) {
    const NodeId holder{1 + static_cast<std::uint32_t>(round % 3)};
    const NodeId next{1 + static_cast<std::uint32_t>((round + 1) % 3)};
    cluster.Elect(holder);
    ASSERT_TRUE(cluster.Propose(holder));
    const Index granted = cluster.core(holder).last().index;
    cluster.Settle();
    ASSERT_EQ(cluster.core(holder).commit(), granted);
    EXPECT_GT(granted, token);
    token = granted;
    // It sleeps, and wakes in the belief that it leads.
    cluster.Isolate(holder);
    cluster.Elect(next);
    ASSERT_EQ(cluster.role(holder), Role::kLeader);
    ASSERT_TRUE(cluster.Propose(holder));
    const EntryId vain = cluster.core(holder).last();
    cluster.Settle();
    EXPECT_EQ(cluster.core(holder).commit(), token);
    cluster.Heal();
    cluster.Run(2 * kTimeout);
    ASSERT_TRUE(cluster.Converged());
    EXPECT_NE(*cluster.core(holder).log().IdAt(vain.index), vain);
  }
  ExpectReached(cluster, {RarePath::kConflictTruncated});
}

// All nodes lose power with logs of different lengths, on the real log; what was committed stays.
TEST(Scenarios, H31_RestartsOfTheWholeClusterRollBackNothingCommitted) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    std::size_t committed = 0;
    SeededRandom random(seed);
    Cluster cluster({.nodes = 5, .core = {.seed = seed}, .storage = [](NodeId id) {
                       return std::make_unique<WalStorage>(id);
                     }});
    for (int restart = 0; restart < 6; ++restart) {
      cluster.Run(10 * kTimeout);
      const NodeId leader = cluster.leader();
      ASSERT_NE(leader, NodeId{});
      ASSERT_TRUE(cluster.Converged());
      ASSERT_GT(cluster.invariants().committed().size(), committed);
      committed = cluster.invariants().committed().size();
      for (const NodeId id : cluster.ids()) {
        if (random.Below(2) == 0) cluster.Stall(id);
        if (id != leader && random.Below(3) == 0) cluster.Isolate(id);
      }
      for (int i = 0; i < 10; ++i) {
        cluster.Propose(leader, 200);
        cluster.Deliver();
        cluster.Deliver();
      }
      for (const NodeId id : cluster.ids()) cluster.Crash(id, random);
      cluster.Drop();
      cluster.Heal();
      for (const NodeId id : cluster.ids()) {
        cluster.EndStall(id);
        cluster.Restart(id);
      }
      ASSERT_TRUE(cluster.invariants().ok());
    }
  }
}

}  // namespace
}  // namespace aval::consensus
