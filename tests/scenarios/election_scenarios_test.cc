// Elections in which implementations of Raft were wrong: README.md, by number.

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "tests/scenarios/scenario.h"

namespace aval::consensus {
namespace {

// Two candidates of one term; what their voters answer comes again and again.
TEST(Scenarios, H04_VotesAreASetNotACount) {
  for (const std::uint32_t nodes : {5U, 7U}) {
    Cluster cluster({.nodes = nodes});
    cluster.Pass(2 * kTimeout);
    cluster.Tick(kOne);
    cluster.Tick(kTwo);
    cluster.Settle(PreVotes());
    ASSERT_EQ(cluster.role(kOne), Role::kCandidate);
    ASSERT_EQ(cluster.role(kTwo), Role::kCandidate);
    ASSERT_EQ(cluster.term(kOne), cluster.term(kTwo));
    ASSERT_TRUE(cluster.Deliver(From(kOne) && To(kThree)));
    ASSERT_TRUE(cluster.Deliver(From(kTwo) && To(kFour)));
    for (std::size_t at = 0; at < cluster.mail().size(); ++at) {
      if (!Kind<VoteResponse>()(cluster.mail()[at])) continue;
      for (std::uint32_t copy = 0; copy < nodes; ++copy) cluster.DuplicateAt(at);
      at = cluster.mail().size();
    }
    while (cluster.Deliver(From(kThree) && To(kOne))) {
    }
    while (cluster.Deliver(From(kFour) && To(kTwo))) {
    }
    EXPECT_EQ(cluster.leader(), NodeId{});  // Two votes each.
    cluster.Settle(From(kThree) || From(kFour));
    EXPECT_EQ(cluster.leader(), NodeId{});
    cluster.Run(20 * kTimeout);
    EXPECT_TRUE(cluster.Converged());
    ExpectReached(cluster, {RarePath::kVoteCountedOnce});
  }
}

TEST(Scenarios, H09_SecondLeaderOfATermIsRefusedAndAlarmed) {
  Cluster cluster;
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  const std::uint64_t term = cluster.term(kOne).value;
  const EntryId last = cluster.core(kTwo).last();
  for (const NodeId to : {kOne, kTwo}) {
    cluster.Receive(to, kThree, AppendOf(EntriesOfTerms({term, term}), 0, 2, term, 2));
    cluster.Receive(to, kThree, Heartbeat{.term = {term}, .commit = last.index});
    EXPECT_EQ(cluster.alarms(to).size(), 2U);
    EXPECT_EQ(cluster.alarms(to).front().peer, kThree);
    EXPECT_EQ(cluster.core(to).last(), last);
    EXPECT_EQ(cluster.core(to).leadership().leader, kOne);
    EXPECT_FALSE(cluster.failure(to).has_value());  // What a peer says stops nobody.
  }
  EXPECT_TRUE(cluster.mail().empty());
  ExpectReached(cluster, {RarePath::kSecondLeaderRefused});
}

// The node dies at any moment between the request that raises its term and the answer.
TEST(Scenarios, H10_VoteIsGivenOnceATermOverCrashes) {
  std::size_t given = 0;
  std::size_t forgotten = 0;
  std::uint64_t denied = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Cluster cluster({.sync = false});
    SeededRandom random(seed);
    cluster.Receive(kOne, kTwo, AskVote(5, false, 0, 0));
    if (random.Below(2) == 0) cluster.Sync(kOne);
    const bool first = cluster.CountMail(From(kOne)) > 0;
    cluster.Crash(kOne, random);
    cluster.Drop();
    cluster.Restart(kOne);
    cluster.Receive(kOne, kThree, AskVote(5, false, 0, 0));
    cluster.Sync(kOne);
    const bool second = Only<VoteResponse>(cluster).granted;
    EXPECT_FALSE(first && second) << seed;
    ++(first ? given : forgotten);
    denied += cluster.reached(RarePath::kVoteDeniedToSecondCandidate);
  }
  EXPECT_GT(given, 10U);
  EXPECT_GT(forgotten, 10U);
  EXPECT_GE(denied, given);
}

TEST(Scenarios, H11_HigherIdWithAShorterLogLoses) {
  Cluster cluster({.storage = Logs({{kOne, {3, 3, 3}}, {kTwo, {3, 3, 3}}, {kThree, {3, 3}}})});
  cluster.Pass(2 * kTimeout);
  cluster.Tick(kThree);
  cluster.Settle();
  EXPECT_EQ(cluster.role(kThree), Role::kFollower);
  EXPECT_EQ(cluster.term(kThree), Term{3});
  cluster.Receive(kOne, kThree, AskVote(4, false, 2, 3));  // Without asking before.
  EXPECT_FALSE(Only<VoteResponse>(cluster).granted);
  cluster.Drop();
  cluster.Elect(kOne);
  cluster.Run(kTimeout);
  EXPECT_TRUE(cluster.Converged());
  EXPECT_EQ(cluster.LogTerms(kThree), (Terms{3, 3, 3, cluster.term(kOne).value}));
  ExpectReached(cluster, {RarePath::kPreVoteRefusedToStaleLog, RarePath::kVoteDeniedToStaleLog,
                          RarePath::kElectionLost});
}

// The longest log is that of a node which missed the last terms: it must learn them and win.
TEST(Scenarios, H22_NodeOfALowTermWithTheLongestLogWins) {
  Cluster cluster({.storage = [](NodeId id) {
    const bool behind = id == kOne;
    return std::make_unique<MemoryStorage>(HardState{.term = {behind ? 3U : 8U}, .vote = kTwo},
                                           EntriesOfTerms(behind ? Terms{1, 3, 3} : Terms{1, 3}));
  }});
  cluster.Isolate(kThree);
  cluster.Run(10 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_GT(cluster.term(kOne), Term{8});
  ExpectReached(cluster, {RarePath::kPreVoteRefusedToStaleLog});
}

// A node with a high term and a short log: its term spreads, and does no harm.
TEST(Scenarios, H22_StrandedNodeOfAHighTermCostsOneElection) {
  Cluster cluster({.storage = [](NodeId id) {
    return std::make_unique<MemoryStorage>(HardState{.term = {id == kThree ? 9U : 1U}, .vote = {}},
                                           EntriesOfTerms(id == kThree ? Terms{} : Terms{1, 1}));
  }});
  cluster.Isolate(kThree);
  cluster.Elect(kOne);
  const std::size_t before = cluster.invariants().leaders();
  cluster.Heal();
  cluster.Run(10 * kTimeout);
  EXPECT_TRUE(cluster.Converged());
  EXPECT_EQ(cluster.invariants().leaders(), before + 1);
  EXPECT_NE(cluster.leader(), kThree);
  EXPECT_GT(cluster.term(kThree), Term{9});
  ExpectReached(cluster, {RarePath::kDeposedByAnswer});
}

// Both survivors stand at one moment, and each still had the old leader in mind.
TEST(Scenarios, H22_PreCandidateForgetsItsLeaderAndGrantsTheOther) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Run(kTimeout);
  cluster.Isolate(kOne);
  cluster.Drop();
  cluster.Pass(2 * kTimeout);
  cluster.Tick(kTwo);
  cluster.Tick(kThree);
  ASSERT_EQ(cluster.role(kTwo), Role::kPreCandidate);
  EXPECT_EQ(cluster.core(kTwo).leadership().leader, NodeId{});
  cluster.Settle(PreVotes());
  EXPECT_EQ(cluster.role(kTwo), Role::kCandidate);
  EXPECT_EQ(cluster.role(kThree), Role::kCandidate);
  cluster.Run(10 * kTimeout);
  EXPECT_TRUE(cluster.leader() == kTwo || cluster.leader() == kThree);
}

// Every pattern of one-way links: there is a leader just when some node has a two-way quorum.
TEST(Scenarios, H23_EveryPatternOfLinksOfThreeNodesElectsWhereItCan) {
  const std::vector<std::pair<NodeId, NodeId>> links{
      {kOne, kTwo}, {kTwo, kOne}, {kOne, kThree}, {kThree, kOne}, {kTwo, kThree}, {kThree, kTwo}};
  RarePaths rare_paths;
  for (std::uint32_t pattern = 0; pattern < 64; ++pattern) {
    for (const NodeId first : {kOne, kTwo, kThree}) {
      SCOPED_TRACE("cut " + std::to_string(pattern) + ", led by " + std::to_string(first.value));
      Cluster cluster;
      cluster.Elect(first);
      bool two_way = false;
      for (std::size_t link = 0; link < links.size(); ++link) {
        if ((pattern >> link & 1U) != 0) cluster.CutTo(links[link].first, links[link].second);
        // They stand in pairs.
        two_way = two_way || (pattern & 3U << (link / 2 * 2)) == 0;
      }
      cluster.Run(20 * kTimeout);
      const NodeId leader = cluster.leader();
      ASSERT_EQ(leader != NodeId{}, two_way);
      if (two_way) {
        const Term term = cluster.term(leader);
        ASSERT_TRUE(cluster.Propose(leader));
        const Index proposed = cluster.core(leader).last().index;
        cluster.Run(10 * kTimeout);
        EXPECT_GE(cluster.core(leader).commit(), proposed);
        EXPECT_EQ(cluster.term(leader), term);  // It stays.
      }
      rare_paths.Add(cluster.rare_paths());
    }
  }
  EXPECT_GT(rare_paths.of(RarePath::kSteppedDownWithoutQuorum), 0U);
  EXPECT_GT(rare_paths.of(RarePath::kPreVoteRefusedInLease), 0U);
}

// A follower that hears the others but not the leader asks again and again, and moves nobody.
TEST(Scenarios, H23_PartialPartitionOfFiveLeavesTheLeaderAlone) {
  Cluster cluster({.nodes = 5});
  cluster.Elect(kOne);
  cluster.Cut(kOne, kFive);
  cluster.Cut(kOne, kFour);
  const Term term = cluster.term(kOne);
  cluster.Run(40 * kTimeout);
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(cluster.term(kOne), term);
  ExpectReached(cluster, {RarePath::kPreVoteRefusedInLease});
}

// Only node 3 hears and is heard by a quorum; it must lead, and can when its log is good. With an
// older log it cannot, nor can anybody else: that is Raft's limit, and lasts as long as the cuts.
TEST(Scenarios, H23_OnlyTheNodeInTheMiddleOfAStarCanLead) {
  for (const bool stale : {false, true}) {
    Cluster cluster({.nodes = 5});
    cluster.Elect(kOne);
    if (stale) {
      cluster.Isolate(kThree);
      ASSERT_TRUE(cluster.Propose(kOne));
      cluster.Settle();
      cluster.Heal();
    }
    const std::vector<NodeId> rim{kOne, kTwo, kFour, kFive};
    for (const NodeId a : rim) {
      for (const NodeId b : rim) {
        if (a < b) cluster.Cut(a, b);
      }
    }
    // What its leader would still send it is lost, too.
    if (stale) cluster.Cut(kOne, kThree);
    cluster.Run(40 * kTimeout);
    EXPECT_EQ(cluster.leader(), stale ? NodeId{} : kThree);
    EXPECT_LT(cluster.term(kTwo), Term{50});
    cluster.Heal();
    cluster.Run(10 * kTimeout);
    EXPECT_TRUE(cluster.Converged());
    ExpectReached(cluster, {RarePath::kSteppedDownWithoutQuorum});
  }
}

// Nobody hears anybody, and no link says that it is broken.
TEST(Scenarios, H33_AllLinksStuckAtOnceThenHealedGiveALeader) {
  Cluster cluster({.nodes = 5});
  cluster.Elect(kTwo);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(cluster.Propose(kTwo));
  for (const NodeId id : cluster.ids()) cluster.Isolate(id);
  cluster.Drop();
  cluster.Run(20 * kTimeout);
  EXPECT_EQ(cluster.leader(), NodeId{});
  cluster.Heal();
  cluster.Run(4 * kTimeout);
  ASSERT_NE(cluster.leader(), NodeId{});
  cluster.Run(kTimeout);
  EXPECT_TRUE(cluster.Converged());
  ExpectReached(cluster, {RarePath::kSteppedDownWithoutQuorum});
}

// The power fails while votes are on their way to the disks, which keep what they like of them;
// then another stands for the same term.
TEST(Scenarios, H34_OneLeaderATermOverPowerCutsDuringTheVote) {
  std::uint64_t denied = 0;
  std::size_t led = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Cluster cluster({.core = {.seed = seed}, .sync = false});
    SeededRandom random(seed);
    cluster.Pass(2 * kTimeout);
    cluster.Tick(kOne);
    cluster.Settle();
    if (random.Below(4) > 0) cluster.Sync(kOne);
    cluster.Settle();
    for (const NodeId id : {kTwo, kThree}) {
      if (random.Below(2) == 0) cluster.Sync(id);
    }
    cluster.Settle();
    if (cluster.leader() == kOne) ++led;
    for (const NodeId id : cluster.ids()) cluster.Crash(id, random);
    cluster.Drop();
    for (const NodeId id : cluster.ids()) cluster.Restart(id);
    cluster.set_sync(true);
    // In the very term that the first has stood for, which its voters may remember.
    cluster.Receive(kTwo, kThree, AskVote(1, false, 0, 0));
    cluster.Run(10 * kTimeout);
    ASSERT_TRUE(cluster.invariants().ok()) << seed;
    ASSERT_NE(cluster.leader(), NodeId{}) << seed;
    denied += cluster.reached(RarePath::kVoteDeniedToSecondCandidate);
  }
  EXPECT_GT(led, 20U);
  EXPECT_GT(denied, 20U);
}

// Equal clocks: everybody stands at the same moment, in as many nodes as leave no majority.
TEST(Scenarios, H37_SplitVotesAreResolvedSoon) {
  for (const std::uint32_t nodes : {2U, 4U}) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      Cluster cluster({.nodes = nodes, .core = {.seed = seed}});
      cluster.Pass(2 * kTimeout);
      for (const NodeId id : cluster.ids()) cluster.Tick(id);
      cluster.Settle(PreVotes());
      for (const NodeId id : cluster.ids()) ASSERT_EQ(cluster.role(id), Role::kCandidate);
      cluster.Settle();
      EXPECT_EQ(cluster.leader(), NodeId{});
      cluster.Run(10 * kTimeout);
      EXPECT_NE(cluster.leader(), NodeId{}) << seed;
      ExpectReached(cluster, {RarePath::kElectionLost, RarePath::kVoteDeniedToSecondCandidate});
    }
  }
}

// Two nodes lose each other and meet again: the longer log leads, and nobody waits for ever.
TEST(Scenarios, H37_TwoNodesThatLoseEachOtherMeetAgain) {
  RarePaths rare_paths;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Cluster cluster({.nodes = 2, .core = {.seed = seed}});
    cluster.Elect(kOne);
    cluster.Cut(kOne, kTwo);
    ASSERT_TRUE(cluster.Propose(kOne));
    cluster.Run(10 * kTimeout);
    EXPECT_EQ(cluster.leader(), NodeId{});
    EXPECT_EQ(cluster.core(kTwo).leadership().leader, NodeId{});
    cluster.Heal();
    cluster.Run(10 * kTimeout);
    EXPECT_EQ(cluster.leader(), kOne) << seed;
    EXPECT_TRUE(cluster.Converged());
    rare_paths.Add(cluster.rare_paths());
  }
  EXPECT_EQ(rare_paths.of(RarePath::kSteppedDownWithoutQuorum), 50U);
  EXPECT_GT(rare_paths.of(RarePath::kPreVoteRefusedToStaleLog), 0U);
}

}  // namespace
}  // namespace aval::consensus
