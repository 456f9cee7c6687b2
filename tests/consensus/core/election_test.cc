#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};

// A cluster whose node `id` starts with `terms` as its log and the last of them as its term.
Cluster::MakeStorage Logs(std::map<NodeId, std::vector<std::uint64_t>> logs) {
  return [logs = std::move(logs)](NodeId id) -> std::unique_ptr<Storage> {
    const auto at = logs.find(id);
    if (at == logs.end()) return std::make_unique<MemoryStorage>();
    return std::make_unique<MemoryStorage>(HardState{.term = {at->second.back()}, .vote = {}},
                                           EntriesOfTerms(at->second));
  };
}

VoteRequest AskVote(std::uint64_t term, bool pre, Index last, std::uint64_t last_term) {
  return {.term = {term}, .pre = pre, .last_index = last, .last_term = {last_term}};
}

// The only letter of its kind under way.
template <class T>
T Only(const Cluster& cluster) {
  EXPECT_EQ(cluster.CountMail(Kind<T>()), 1U);
  for (const auto& letter : cluster.mail()) {
    if (const auto* typed = std::get_if<T>(&letter.message)) return *typed;
  }
  return {};
}

// E01
TEST(ElectionTest, StartsAsAFollowerOfNobodyWithTheTermFromDisk) {
  Cluster cluster({.storage = Logs({{kOne, {1, 1, 4}}})});
  EXPECT_EQ(cluster.core(kOne).leadership(),
            (Leadership{.role = Role::kFollower, .term = {4}, .leader = {}}));
  EXPECT_EQ(cluster.core(kOne).last().index, Index{3});
}

// E02
TEST(ElectionTest, HigherTermMakesALeaderAFollower) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Receive(kOne, kTwo, HeartbeatResponse{.term = {7}});
  EXPECT_EQ(cluster.core(kOne).leadership(), (Leadership{.term = {7}, .leader = {}}));
  EXPECT_EQ(cluster.storage(kOne).hard_state(), (HardState{.term = {7}, .vote = {}}));
}

TEST(ElectionTest, HigherTermMakesACandidateAFollower) {
  Cluster cluster;
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);
  cluster.Receive(kOne, kTwo, VoteResponse{.term = {1}, .pre = true, .granted = true});
  ASSERT_EQ(cluster.role(kOne), Role::kCandidate);
  cluster.Receive(kOne, kTwo, VoteResponse{.term = {7}});
  EXPECT_EQ(cluster.core(kOne).leadership(), (Leadership{.term = {7}, .leader = {}}));
}

TEST(ElectionTest, HigherTermMakesAFollowerFollowTheNewLeader) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Receive(kTwo, kThree, Heartbeat{.term = {7}});
  EXPECT_EQ(cluster.core(kTwo).leadership(), (Leadership{.term = {7}, .leader = kThree}));
}

// E03
TEST(ElectionTest, AnswersAStaleTermOnlyToEndIt) {
  Cluster cluster({.storage = Logs({{kOne, {7}}})});
  cluster.Receive(kOne, kTwo, AskVote(3, false, Index{9}, 3));
  EXPECT_FALSE(Only<VoteResponse>(cluster).granted);
  EXPECT_EQ(Only<VoteResponse>(cluster).term, Term{7});
  cluster.Receive(kOne, kTwo, Heartbeat{.term = {3}, .commit = {1}});
  EXPECT_EQ(Only<HeartbeatResponse>(cluster).term, Term{7});
  cluster.Receive(kOne, kTwo, Append{.term = {3}});
  EXPECT_EQ(Only<AppendResponse>(cluster).term, Term{7});
  EXPECT_FALSE(Only<AppendResponse>(cluster).success);
  cluster.Drop();
  cluster.Receive(kOne, kTwo, HeartbeatResponse{.term = {3}});
  cluster.Receive(kOne, kTwo, AppendResponse{.term = {3}, .success = true});
  cluster.Receive(kOne, kTwo, VoteResponse{.term = {3}, .granted = true});
  EXPECT_TRUE(cluster.mail().empty());
  EXPECT_EQ(cluster.core(kOne).commit(), Index{0});
  EXPECT_EQ(cluster.core(kOne).leadership().leader, NodeId{});
}

// E04
TEST(ElectionTest, CampaignsWithinOneToTwoTimeoutsOfTheStart) {
  const Duration timeout = Core::Options{}.election_timeout;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Cluster cluster({.core = {.seed = seed}});
    const Duration until = cluster.core(kOne).NextDeadline() - cluster.now();
    EXPECT_GE(until, timeout);
    EXPECT_LT(until, 2 * timeout);
    cluster.Pass(until - Duration(1));
    cluster.Tick(kOne);
    EXPECT_EQ(cluster.role(kOne), Role::kFollower);
    cluster.Pass(Duration(1));
    cluster.Tick(kOne);
    EXPECT_EQ(cluster.role(kOne), Role::kPreCandidate);
  }
}

// E05
TEST(ElectionTest, NodesAndSeedsDrawDifferentTimeouts) {
  std::set<Instant> drawn;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Cluster cluster({.core = {.seed = seed * 77}});
    for (const NodeId id : cluster.ids()) drawn.insert(cluster.core(id).NextDeadline());
  }
  EXPECT_GT(drawn.size(), 55U);  // Of 60; a microsecond may be drawn twice.
}

// E06
TEST(ElectionTest, GivesOneVoteATermAcrossRestarts) {
  Cluster cluster;
  cluster.Receive(kOne, kTwo, AskVote(5, false, {}, 0));
  EXPECT_TRUE(Only<VoteResponse>(cluster).granted);
  cluster.Drop();
  SeededRandom random(1);
  cluster.Crash(kOne, random);
  cluster.Restart(kOne);
  cluster.Receive(kOne, kThree, AskVote(5, false, {}, 0));
  EXPECT_FALSE(Only<VoteResponse>(cluster).granted);
  cluster.Drop();
  cluster.Receive(kOne, kTwo, AskVote(5, false, {}, 0));  // The same again is no second vote.
  EXPECT_TRUE(Only<VoteResponse>(cluster).granted);
}

// E07
TEST(ElectionTest, KeepsTheVoteBackUntilItIsDurable) {
  Cluster cluster({.sync = false});
  cluster.Receive(kOne, kTwo, AskVote(5, false, {}, 0));
  EXPECT_TRUE(cluster.mail().empty());
  cluster.Sync(kOne);
  EXPECT_TRUE(Only<VoteResponse>(cluster).granted);
}

TEST(ElectionTest, AsksForVotesOnlyOnceItsOwnIsDurable) {
  Cluster cluster({.sync = false});
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);
  cluster.Settle();  // Node 2 and 3 would vote.
  ASSERT_EQ(cluster.role(kOne), Role::kCandidate);
  EXPECT_EQ(cluster.CountMail(Kind<VoteRequest>()), 0U);
  cluster.Sync(kOne);
  EXPECT_EQ(cluster.CountMail(Kind<VoteRequest>()), 2U);
}

// E08: the bug that three nodes cannot show.
TEST(ElectionTest, CountsAVoterOnceHoweverOftenItAnswers) {
  Cluster cluster({.nodes = 5});
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);
  cluster.Settle(Kind<VoteRequest>() && To(kTwo));
  for (int i = 0; i < 4; ++i) {
    cluster.Receive(kOne, kTwo, VoteResponse{.term = {1}, .pre = true, .granted = true});
  }
  EXPECT_EQ(cluster.role(kOne), Role::kPreCandidate);
  cluster.Receive(kOne, kThree, VoteResponse{.term = {1}, .pre = true, .granted = true});
  ASSERT_EQ(cluster.role(kOne), Role::kCandidate);
  for (int i = 0; i < 4; ++i) {
    cluster.Receive(kOne, kTwo, VoteResponse{.term = {1}, .pre = false, .granted = true});
  }
  EXPECT_EQ(cluster.role(kOne), Role::kCandidate);
  cluster.Receive(kOne, kThree, VoteResponse{.term = {1}, .pre = false, .granted = true});
  EXPECT_EQ(cluster.role(kOne), Role::kLeader);
}

// E09
TEST(ElectionTest, VotesForNoLogThatIsBehindInTermOrThenInLength) {
  struct Case {
    std::uint64_t last_term;
    std::uint64_t last_index;
    bool granted;
  };
  for (const auto& [last_term, last_index, granted] :
       {Case{3, 3, true}, Case{3, 4, true}, Case{4, 1, true}, Case{3, 2, false},
        Case{2, 9, false}}) {
    for (const bool pre : {false, true}) {
      Cluster cluster({.storage = Logs({{kOne, {1, 3, 3}}})});
      cluster.Receive(kOne, kTwo, AskVote(9, pre, Index{last_index}, last_term));
      EXPECT_EQ(Only<VoteResponse>(cluster).granted, granted) << last_term << " " << last_index;
    }
  }
}

// E10
TEST(ElectionTest, ComparesLogsAndNeverNodeIds) {
  Cluster cluster({.storage = Logs({{kOne, {3, 3}}, {kTwo, {3, 3, 3}}})});
  cluster.Receive(kTwo, kThree, AskVote(9, false, Index{2}, 3));  // A higher id, a shorter log.
  EXPECT_FALSE(Only<VoteResponse>(cluster).granted);
  cluster.Drop();
  cluster.Receive(kThree, kOne, AskVote(9, false, Index{2}, 3));  // A lower id, a longer log.
  EXPECT_TRUE(Only<VoteResponse>(cluster).granted);
}

// E11, for a log that was trimmed to its last entry.
TEST(ElectionTest, CampaignsWithTheAnchorOfATrimmedLog) {
  Cluster cluster({.storage = Logs({{kOne, {1, 2, 4}}, {kTwo, {1, 2, 4}}})});
  SeededRandom random(1);
  cluster.Crash(kOne, random);
  cluster.storage(kOne).TrimTo(Index{3});
  cluster.Restart(kOne, Index{3});
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);
  ASSERT_TRUE(cluster.Deliver(To(kTwo)));
  EXPECT_TRUE(Only<VoteResponse>(cluster).granted);
}

// E12
TEST(ElectionTest, PreVoteChangesNobodysTerm) {
  Cluster cluster({.storage = Logs({{kTwo, {1, 2}}, {kThree, {1, 2}}})});
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);  // Its log is empty.
  cluster.Settle();
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  EXPECT_EQ(cluster.term(kTwo), Term{2});
  EXPECT_EQ(cluster.term(kThree), Term{2});
  for (const NodeId id : cluster.ids()) EXPECT_EQ(cluster.storage(id).hard_state().vote, NodeId{});
  cluster.Elect(kTwo);
  EXPECT_EQ(cluster.term(kTwo), Term{3});
}

// E13
TEST(ElectionTest, RefusesPreVotesAndIgnoresVotesWhileALeaderIsHeard) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Run(std::chrono::seconds(3));
  const Term term = cluster.term(kOne);
  for (const NodeId voter : {kOne, kTwo}) {
    cluster.Receive(voter, kThree, AskVote(term.value + 1, true, Index{99}, 99));
    EXPECT_FALSE(Only<VoteResponse>(cluster).granted);
    cluster.Drop();
    cluster.Receive(voter, kThree, AskVote(term.value + 1, false, Index{99}, 99));
    EXPECT_TRUE(cluster.mail().empty());
    EXPECT_EQ(cluster.term(voter), term);
  }
}

// E14
TEST(ElectionTest, GrantsPreVotesAfterATimeoutOfSilence) {
  Cluster cluster;
  cluster.Elect(kOne);
  const Term term = cluster.term(kOne);
  cluster.Run(std::chrono::seconds(1));
  cluster.Isolate(kOne);
  cluster.Run(std::chrono::seconds(3));
  EXPECT_NE(cluster.leader(), kOne);
  EXPECT_GT(cluster.term(cluster.leader()), term);
}

// E15: the only up-to-date log belongs to the node that missed the last terms.
TEST(ElectionTest, NodeOfALowTermLearnsTheTermAndWins) {
  Cluster cluster({.storage = [](NodeId id) {
    const std::uint64_t term = id == kOne ? 3 : 8;
    const std::vector<std::uint64_t> log =
        id == kOne ? std::vector<std::uint64_t>{1, 3, 3} : std::vector<std::uint64_t>{1, 3};
    return std::make_unique<MemoryStorage>(HardState{.term = {term}, .vote = kTwo},
                                           EntriesOfTerms(log));
  }});
  cluster.Isolate(kThree);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_GT(cluster.term(kOne), Term{8});
}

// E16
TEST(ElectionTest, LeaderThatHearsNoQuorumStepsDown) {
  Cluster cluster({.nodes = 5});
  cluster.Elect(kOne);
  cluster.Run(std::chrono::seconds(1));
  for (const NodeId id : {kThree, NodeId{4}, NodeId{5}}) cluster.CutTo(id, kOne);
  // It still sends, so that the others have no reason to elect anybody: it must go by itself.
  cluster.Run(2 * Core::Options{}.election_timeout + Duration(1));
  EXPECT_NE(cluster.role(kOne), Role::kLeader);
  cluster.Run(std::chrono::seconds(3));
  EXPECT_NE(cluster.leader(), kOne);
  EXPECT_NE(cluster.leader(), NodeId{});
}

TEST(ElectionTest, LeaderThatHearsABareQuorumStays) {
  Cluster cluster({.nodes = 5});
  cluster.Elect(kOne);
  cluster.Cut(kOne, NodeId{4});
  cluster.Cut(kOne, NodeId{5});
  const Term term = cluster.term(kOne);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(cluster.term(kOne), term);
}

// E17
TEST(ElectionTest, StrandedPeerOfAHigherTermCostsOneElection) {
  Cluster cluster({.storage = [](NodeId id) {
    const std::uint64_t term = id == kThree ? 9 : 1;
    return std::make_unique<MemoryStorage>(HardState{.term = {term}, .vote = {}},
                                           std::vector<Entry>{});
  }});
  cluster.Isolate(kThree);
  cluster.Elect(kOne);
  const std::size_t before = cluster.invariants().leaders();
  cluster.Heal();
  cluster.Run(std::chrono::seconds(10));
  EXPECT_TRUE(cluster.Converged());
  EXPECT_GT(cluster.term(kThree), Term{9});
  EXPECT_EQ(cluster.invariants().leaders(), before + 1);
}

// E18
TEST(ElectionTest, SplitVoteResolves) {
  Cluster cluster({.nodes = 4});
  cluster.Pass(std::chrono::seconds(2));
  for (const NodeId id : {kOne, kTwo}) {
    cluster.Tick(id);
    cluster.Settle(From(id) && To(NodeId{id.value + 2}));
  }
  cluster.Settle(Kind<VoteResponse>());
  const VoteResponse third{.term = {1}, .pre = true, .granted = true};
  cluster.Receive(kOne, NodeId{4}, third);
  cluster.Receive(kTwo, kThree, third);
  ASSERT_EQ(cluster.role(kOne), Role::kCandidate);
  ASSERT_EQ(cluster.role(kTwo), Role::kCandidate);
  cluster.Settle(From(kOne) && To(kThree));
  cluster.Settle(From(kTwo) && To(NodeId{4}));
  cluster.Settle();  // Two votes each.
  ASSERT_EQ(cluster.leader(), NodeId{});
  cluster.Run(std::chrono::seconds(10));
  EXPECT_TRUE(cluster.Converged());
}

// E21: the design refuses and alarms where the study would halt.
TEST(ElectionTest, SecondLeaderOfATermIsRefusedAndAlarmed) {
  Cluster cluster;
  cluster.Elect(kOne);
  const Term term = cluster.term(kOne);
  const EntryId last = cluster.core(kTwo).last();
  const Append forged{.term = term,
                      .prev_index = last.index,
                      .prev_term = last.term,
                      .prev_chain = last.chain,
                      .commit = {99},
                      .entries = EntriesAfter(last, term.value, 1)};
  for (const NodeId honest : {kOne, kTwo}) {
    cluster.Receive(honest, kThree, forged);
    cluster.Receive(honest, kThree, Heartbeat{.term = term, .commit = {99}});
    EXPECT_EQ(cluster.alarms(honest).size(), 2U);
    EXPECT_EQ(cluster.alarms(honest).front().peer, kThree);
    EXPECT_EQ(cluster.core(honest).last(), last);
  }
  EXPECT_TRUE(cluster.mail().empty());
  EXPECT_EQ(cluster.role(kOne), Role::kLeader);
  EXPECT_EQ(cluster.core(kTwo).leadership().leader, kOne);
}

TEST(ElectionTest, DeposedLeaderStillKnowsThatItsTermHadALeader) {
  Cluster cluster;
  cluster.Elect(kOne);
  const Term term = cluster.term(kOne);
  cluster.Isolate(kOne);
  cluster.Run(std::chrono::seconds(1));
  ASSERT_NE(cluster.role(kOne), Role::kLeader);
  ASSERT_EQ(cluster.term(kOne), term);
  cluster.Receive(kOne, kTwo, Heartbeat{.term = term, .commit = {}});
  EXPECT_EQ(cluster.alarms(kOne).size(), 1U);
  EXPECT_NE(cluster.core(kOne).leadership().leader, kTwo);
}

TEST(ElectionTest, RefusesATermThatNoPeerCanHaveReached) {
  Cluster cluster;
  cluster.Elect(kOne);
  const Term term = cluster.term(kOne);
  for (const std::uint64_t leap : {term.value + 2 * CoreOptions::kTermLeapAtOnce, UINT64_MAX}) {
    cluster.Receive(kOne, kTwo, Heartbeat{.term = {leap}, .commit = {}});
    cluster.Receive(kOne, kTwo, AskVote(leap, false, Index{9}, 9));
  }
  EXPECT_EQ(cluster.role(kOne), Role::kLeader);
  EXPECT_EQ(cluster.term(kOne), term);
  EXPECT_EQ(cluster.alarms(kOne).size(), 4U);
}

TEST(ElectionTest, TermLeapsOnlyAsFarAsTheTimeSinceTheStartAllows) {
  constexpr std::uint64_t kSecond = 1'000'000 * CoreOptions::kTermLeapPerMicrosecond;
  Cluster cluster;
  const auto leap = [&](std::uint64_t by) {
    const Term before = cluster.term(kOne);
    cluster.Receive(kOne, kTwo, VoteResponse{.term = {before.value + by}});
    return cluster.term(kOne).value - before.value;
  };
  EXPECT_EQ(leap(CoreOptions::kTermLeapAtOnce + 1), 0U);
  EXPECT_EQ(leap(CoreOptions::kTermLeapAtOnce), CoreOptions::kTermLeapAtOnce);
  EXPECT_EQ(leap(kSecond), 0U);
  cluster.Pass(std::chrono::seconds(3));
  EXPECT_EQ(leap(kSecond), kSecond);
  EXPECT_EQ(leap(2 * kSecond + 1), 0U);
  EXPECT_EQ(leap(2 * kSecond), 2 * kSecond);
  // Elections cost nothing of it.
  cluster.Pass(std::chrono::seconds(1));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(leap(1), 1U);
  EXPECT_EQ(leap(kSecond), kSecond);
}

// What one liar's messages have driven apart must not stay so.
TEST(ElectionTest, NodesWhoseTermsALiarHasDrivenApartElectALeader) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 4; ++i) {
    const Term claimed{cluster.term(kTwo).value + CoreOptions::kTermLeapAtOnce / 4};
    cluster.Receive(kTwo, kThree, VoteResponse{.term = claimed});
    ASSERT_EQ(cluster.term(kTwo), claimed);
  }
  cluster.Run(std::chrono::seconds(5));
  ASSERT_NE(cluster.leader(), NodeId{});
  EXPECT_TRUE(cluster.Propose(cluster.leader()));
  cluster.Run(std::chrono::seconds(1));
  EXPECT_EQ(cluster.core(kOne).commit(), cluster.core(kTwo).commit());
}

// X01: all 64 patterns of one-way links among three nodes.
TEST(ElectionTest, LeaderIsThereExactlyWhenSomeNodeHasATwoWayQuorum) {
  const std::vector<std::pair<NodeId, NodeId>> links{
      {kOne, kTwo}, {kTwo, kOne}, {kOne, kThree}, {kThree, kOne}, {kTwo, kThree}, {kThree, kTwo}};
  for (std::uint32_t pattern = 0; pattern < 64; ++pattern) {
    SCOPED_TRACE("links cut: " + std::to_string(pattern));
    Cluster cluster;
    if (pattern % 2 == 0) cluster.Elect(kOne);  // With a leader before, and without.
    bool two_way = false;
    for (std::size_t link = 0; link < links.size(); ++link) {
      if ((pattern >> link & 1U) != 0) cluster.CutTo(links[link].first, links[link].second);
      // Links stand in pairs; two of three nodes are a quorum.
      const std::uint32_t pair = 3U << (link / 2 * 2);
      two_way = two_way || (pattern & pair) == 0;
    }
    cluster.Run(std::chrono::seconds(20));
    const NodeId leader = cluster.leader();
    ASSERT_EQ(leader != NodeId{}, two_way);
    if (!two_way) continue;
    ASSERT_TRUE(cluster.Propose(leader));
    const Index proposed = cluster.core(leader).last().index;
    cluster.Run(std::chrono::seconds(1));
    EXPECT_GE(cluster.core(leader).commit(), proposed);
    EXPECT_EQ(cluster.leader(), leader);
  }
}

TEST(ElectionTest, NodeItselfAndNobodyAreNotHeard) {
  Cluster cluster;
  for (const NodeId stranger : {NodeId{0}, kOne}) {
    cluster.Receive(kOne, stranger, AskVote(5, false, {}, 0));
  }
  EXPECT_TRUE(cluster.mail().empty());
  EXPECT_EQ(cluster.term(kOne), Term{0});
}

// A voter may not know yet who else votes; what strangers give or hold counts for nothing.
TEST(ElectionTest, VotesAndAcknowledgementsOfNodesThatDoNotVoteCountForNothing) {
  Cluster cluster;
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);
  cluster.Receive(kOne, NodeId{8}, VoteResponse{.term = {1}, .pre = true, .granted = true});
  cluster.Receive(kOne, NodeId{9}, VoteResponse{.term = {1}, .pre = true, .granted = true});
  EXPECT_EQ(cluster.role(kOne), Role::kPreCandidate);
  cluster.Settle();
  ASSERT_EQ(cluster.role(kOne), Role::kLeader);
  cluster.Isolate(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  const Index last = cluster.core(kOne).last().index;
  for (const NodeId stranger : {NodeId{8}, NodeId{9}}) {
    cluster.Receive(kOne, stranger,
                    AppendResponse{.term = cluster.term(kOne), .success = true, .match = last});
  }
  EXPECT_LT(cluster.core(kOne).commit(), last);
}

TEST(ElectionTest, LateDuplicateOfAVoteRequestDoesNotMakeAFollowerForgetItsLeader) {
  Cluster cluster;
  cluster.Elect(kOne);
  const EntryId last;
  cluster.Receive(kTwo, kOne, AskVote(cluster.term(kOne).value, false, last.index, 0));
  EXPECT_EQ(cluster.core(kTwo).leadership().leader, kOne);
}

TEST(ElectionTest, PreCandidateThatGivesItsVoteWaitsForTheOutcome) {
  Cluster cluster;
  cluster.Pass(std::chrono::seconds(2));
  cluster.Tick(kOne);
  ASSERT_EQ(cluster.role(kOne), Role::kPreCandidate);
  cluster.Receive(kOne, kTwo, AskVote(1, false, {}, 0));
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  cluster.Receive(kOne, kThree, VoteResponse{.term = {1}, .pre = true, .granted = true});
  EXPECT_EQ(cluster.term(kOne), Term{1});
}

TEST(ElectionTest, NodeWhoseDiskStallsNeitherLeadsNorDisturbs) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Stall(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Run(std::chrono::seconds(5));
  const NodeId leader = cluster.leader();
  EXPECT_NE(leader, kOne);
  ASSERT_NE(leader, NodeId{});
  const Term term = cluster.term(leader);
  cluster.Isolate(kOne);  // In the silence it would campaign.
  cluster.Run(std::chrono::seconds(5));
  EXPECT_EQ(cluster.role(kOne), Role::kFollower);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(5));
  EXPECT_EQ(cluster.leader(), leader);
  EXPECT_EQ(cluster.term(leader), term);
}

}  // namespace
}  // namespace aval::consensus
