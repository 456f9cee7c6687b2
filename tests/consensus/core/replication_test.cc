#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};

using Terms = std::vector<std::uint64_t>;

Cluster::MakeStorage Logs(std::map<NodeId, Terms> logs) {
  return [logs = std::move(logs)](NodeId id) -> std::unique_ptr<Storage> {
    const auto at = logs.find(id);
    if (at == logs.end() || at->second.empty()) return std::make_unique<MemoryStorage>();
    return std::make_unique<MemoryStorage>(HardState{.term = {at->second.back()}, .vote = {}},
                                           EntriesOfTerms(at->second));
  };
}

// An append by the leader of `term` that follows `log` at `prev` with what comes after it there.
Append AppendOf(const std::vector<Entry>& log, std::size_t prev, std::size_t count,
                std::uint64_t term, std::uint64_t commit = 0) {
  const EntryId before = prev == 0 ? EntryId{} : IdOf(log.at(prev - 1));
  const auto first = log.begin() + static_cast<std::ptrdiff_t>(prev);
  return {.term = {term},
          .prev_index = before.index,
          .prev_term = before.term,
          .prev_chain = before.chain,
          .commit = {commit},
          .entries = {first, first + static_cast<std::ptrdiff_t>(count)}};
}

// The newest acknowledgement or refusal under way to `to`.
AppendResponse LastAnswer(const Cluster& cluster) {
  for (auto letter = cluster.mail().rbegin(); letter != cluster.mail().rend(); ++letter) {
    if (const auto* answer = std::get_if<AppendResponse>(&letter->message)) return *answer;
  }
  ADD_FAILURE() << "nobody answered";
  return {};
}

// R01
TEST(ReplicationTest, NewLeaderAppendsAnEmptyEntryOfItsTerm) {
  Cluster cluster;
  cluster.Elect(kOne);
  for (const NodeId id : cluster.ids()) {
    EXPECT_EQ(cluster.LogTerms(id), Terms{1});
    EXPECT_EQ(cluster.core(id).commit(), Index{1});
    ASSERT_EQ(cluster.applied(id).size(), 1U);
    EXPECT_EQ(cluster.applied(id).front().kind, EntryKind::kNoop);
  }
}

TEST(ReplicationTest, EveryoneAppliesWhatIsProposedInOrder) {
  Cluster cluster({.nodes = 5});
  cluster.Elect(kOne);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  EXPECT_TRUE(cluster.Converged());
  for (const NodeId id : cluster.ids()) EXPECT_EQ(cluster.applied(id).size(), 51U);
}

TEST(ReplicationTest, OnlyTheLeaderTakesProposals) {
  Cluster cluster;
  cluster.Elect(kOne);
  const auto slot = cluster.core(kOne).NextSlot();
  ASSERT_TRUE(slot.has_value());
  EXPECT_EQ(slot->index, Index{2});
  EXPECT_EQ(slot->previous, cluster.core(kOne).last().chain);
  EXPECT_EQ(cluster.core(kTwo).NextSlot().error().code, Code::kUnavailable);
}

// R02
TEST(ReplicationTest, RefusalSaysWhereTheLogsMayAgree) {
  const auto leader = EntriesOfTerms({1, 1, 4, 4, 5, 5, 6, 6});
  Cluster cluster({.storage = Logs({{kOne, {1, 1, 2, 2, 3, 3, 3}}, {kTwo, {1}}})});
  cluster.Receive(kOne, kThree, AppendOf(leader, 6, 1, 6));
  AppendResponse answer = LastAnswer(cluster);
  EXPECT_FALSE(answer.success);
  EXPECT_EQ(answer.match, Index{6});
  EXPECT_EQ(answer.hint_index, Index{6});  // Term 3 is not above 5: all of it may be the leader's.
  EXPECT_EQ(answer.hint_term, Term{3});
  cluster.Receive(kOne, kThree, AppendOf(leader, 2, 1, 6));
  EXPECT_TRUE(LastAnswer(cluster).success);
  cluster.Receive(kTwo, kThree, AppendOf(leader, 6, 1, 6));
  answer = LastAnswer(cluster);
  EXPECT_EQ(answer.hint_index, Index{1});  // The whole of a short log.
  EXPECT_EQ(answer.hint_term, Term{1});
}

// R03: figure 7 of the Raft paper; the leader of term 8 has the first of these logs.
const Terms kFigure7Leader{1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
const std::map<NodeId, Terms> kFigure7{
    {{1}, kFigure7Leader},
    {{2}, {1, 1, 1, 4, 4, 5, 5, 6, 6}},
    {{3}, {1, 1, 1, 4}},
    {{4}, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}},
    {{5}, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}},
    {{6}, {1, 1, 1, 4, 4, 4, 4}},
    {{7}, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}},
};

TEST(ReplicationTest, LogsOfFigureSevenConvergeToTheLeaders) {
  Cluster cluster({.nodes = 7, .storage = [](NodeId id) {
                     // Everybody has heard of term 7, so that the leader's is 8.
                     return std::make_unique<MemoryStorage>(HardState{.term = {7}, .vote = {}},
                                                            EntriesOfTerms(kFigure7.at(id)));
                   }});
  cluster.Elect(kOne);
  cluster.Run(std::chrono::milliseconds(200));
  Terms expected = kFigure7Leader;
  expected.push_back(8);
  EXPECT_TRUE(cluster.Converged());
  for (const NodeId id : cluster.ids()) EXPECT_EQ(cluster.LogTerms(id), expected);
}

// R04
TEST(ReplicationTest, ProbesEachConflictingTermAtMostOnce) {
  for (const auto& [id, terms] : kFigure7) {
    if (id == kOne) continue;
    Cluster cluster({.storage = [&](NodeId node) {
      return std::make_unique<MemoryStorage>(HardState{.term = {7}, .vote = {}},
                                             EntriesOfTerms(node == kTwo ? terms : kFigure7Leader));
    }});
    cluster.Isolate(kTwo);
    cluster.Elect(kOne);
    cluster.Heal();
    cluster.LinkLost(kOne, kTwo);
    std::size_t refusals = 0;
    for (int i = 0; i < 3; ++i) {
      cluster.Run(Core::Options{}.heartbeat_interval, /*deliver=*/false);
      while (!cluster.mail().empty()) {
        const auto* answer = std::get_if<AppendResponse>(&cluster.mail().front().message);
        if (answer != nullptr && !answer->success) ++refusals;
        cluster.Deliver();
      }
    }
    EXPECT_TRUE(cluster.Converged());
    const std::set<std::uint64_t> distinct(terms.begin(), terms.end());
    EXPECT_LE(refusals, distinct.size()) << "node " << id.value;
  }
}

// R05
TEST(ReplicationTest, LongDivergentTailNeedsFewProbes) {
  Terms follower(5, 1);
  follower.insert(follower.end(), 1000, 2);
  Terms leader(5, 1);
  leader.insert(leader.end(), 1000, 3);
  Cluster cluster({.storage = Logs({{kOne, leader}, {kTwo, follower}, {kThree, leader}})});
  cluster.Elect(kOne);
  EXPECT_TRUE(cluster.Converged());
  EXPECT_EQ(cluster.LogTerms(kTwo).at(5), 3U);
}

TEST(ReplicationTest, LongDivergentTailIsFoundWithOneRefusal) {
  Terms follower(5, 1);
  follower.insert(follower.end(), 1000, 2);
  Cluster cluster({.storage = Logs({{kTwo, follower}})});
  Terms terms(5, 1);
  terms.insert(terms.end(), 1000, 3);
  const auto leader = EntriesOfTerms(terms);
  cluster.Receive(kTwo, kOne, AppendOf(leader, 1005, 0, 4));
  EXPECT_EQ(LastAnswer(cluster).hint_index, Index{1005});
  cluster.Receive(kTwo, kOne, AppendOf(leader, 5, 3, 4));  // Where the leader has term 2 or less.
  EXPECT_TRUE(LastAnswer(cluster).success);
  EXPECT_EQ(LastAnswer(cluster).match, Index{8});
  EXPECT_EQ(cluster.core(kTwo).last().index, Index{8});
}

// R06
TEST(ReplicationTest, LateOverlappingAppendRemovesNothing) {
  const auto log = EntriesOfTerms({1, 1, 1, 2, 2});
  Cluster cluster;
  cluster.Receive(kTwo, kOne, AppendOf(log, 0, 5, 2));
  for (std::size_t prev = 0; prev <= 5; ++prev) {
    for (std::size_t count = 0; prev + count <= 5; ++count) {
      cluster.Receive(kTwo, kOne, AppendOf(log, prev, count, 2));
      EXPECT_TRUE(LastAnswer(cluster).success);
      EXPECT_EQ(cluster.core(kTwo).last(), IdOf(log.back()));
    }
  }
}

// R07
TEST(ReplicationTest, ConflictRemovesOnlyWhatConflicts) {
  Cluster cluster({.forged = true, .storage = Logs({{kTwo, {1, 1, 2, 2, 2}}})});
  const auto log = EntriesOfTerms({1, 1, 3});
  cluster.Receive(kTwo, kOne, AppendOf(log, 0, 3, 3, /*commit=*/2));
  EXPECT_EQ(cluster.LogTerms(kTwo), (Terms{1, 1, 3}));
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{2});
}

TEST(ReplicationTest, NeverRemovesWhatIsCommitted) {
  Cluster cluster({.forged = true});
  const auto log = EntriesOfTerms({1, 1, 1});
  cluster.Receive(kTwo, kOne, AppendOf(log, 0, 3, 1, /*commit=*/3));
  ASSERT_EQ(cluster.core(kTwo).commit(), Index{3});
  // A leader that contradicts a committed entry, once after it and once at it.
  cluster.Receive(kTwo, kThree, AppendOf(EntriesOfTerms({1, 2, 2, 2}), 3, 1, 2));
  cluster.Receive(kTwo, kThree, AppendOf(EntriesOfTerms({1, 1, 2}), 2, 1, 2));
  EXPECT_EQ(cluster.core(kTwo).last(), IdOf(log.back()));
  EXPECT_EQ(cluster.alarms(kTwo).size(), 2U);
}

// R08: the follower is longer than what the message proves.
TEST(ReplicationTest, AcknowledgesPrevPlusCountAndNotItsOwnEnd) {
  Cluster cluster({.storage = Logs({{kTwo, {1, 1, 2, 2, 2}}})});
  const auto leader = EntriesOfTerms({1, 1, 3, 3});
  cluster.Receive(kTwo, kOne, AppendOf(leader, 1, 1, 3));
  EXPECT_TRUE(LastAnswer(cluster).success);
  EXPECT_EQ(LastAnswer(cluster).match, Index{2});
  EXPECT_EQ(cluster.core(kTwo).last().index, Index{5});
}

// R09
TEST(ReplicationTest, LateAndRepeatedAnswersLeaveMatchWhereItIs) {
  Cluster cluster;
  cluster.Elect(kOne);
  for (int i = 0; i < 4; ++i) cluster.Propose(kOne);
  cluster.Settle();
  const Term term = cluster.term(kOne);
  const auto match = [&] { return cluster.core(kOne).progress().at(kTwo).match(); };
  ASSERT_EQ(match(), Index{5});
  cluster.Receive(kOne, kTwo, AppendResponse{.term = term, .success = true, .match = {2}});
  cluster.Receive(kOne, kTwo, AppendResponse{.term = term, .success = false, .match = {3}});
  cluster.Receive(kOne, kTwo, AppendResponse{.term = term, .success = true, .match = {5}});
  EXPECT_EQ(match(), Index{5});
  EXPECT_EQ(cluster.core(kOne).progress().at(kTwo).next(), Index{6});
  EXPECT_TRUE(cluster.mail().empty());
}

TEST(ReplicationTest, AcknowledgementOfWhatDoesNotExistIsAlarmed) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Receive(kOne, kTwo,
                  AppendResponse{.term = cluster.term(kOne), .success = true, .match = {77}});
  EXPECT_EQ(cluster.alarms(kOne).size(), 1U);
  EXPECT_EQ(cluster.core(kOne).progress().at(kTwo).match(), Index{1});
}

// A disk put back to an older copy, under a leader that stays. If the leader asked again at once,
// the clock would never move on here.
TEST(ReplicationTest, FollowerThatLostWhatItAcknowledgedIsNoticedOnceOnBothSides) {
  Cluster cluster;
  cluster.Elect(kOne);
  for (int i = 0; i < 4; ++i) cluster.Propose(kOne);
  cluster.Settle();
  ASSERT_TRUE(cluster.Converged());
  const EntryId kept = *cluster.core(kTwo).log().IdAt(Index{2});
  SeededRandom random(1);
  cluster.Crash(kTwo, random);
  cluster.storage(kTwo).Write({.sequence = 1, .truncate_after = kept});
  ASSERT_TRUE(cluster.storage(kTwo).Complete(1));
  cluster.Restart(kTwo, Index{1});
  cluster.Run(std::chrono::seconds(1));
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_TRUE(cluster.core(kTwo).at_odds());
  EXPECT_EQ(cluster.alarms(kOne).size(), 1U);
  EXPECT_EQ(cluster.alarms(kTwo).size(), 1U);

  // Another leader counts on nothing that this node has said before.
  cluster.Elect(kThree);
  cluster.Run(std::chrono::seconds(1));
  EXPECT_TRUE(cluster.Converged());
  EXPECT_FALSE(cluster.core(kTwo).at_odds());
}

// R10
TEST(ReplicationTest, HeartbeatTellsNoCommitBeyondWhatThePeerHolds) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 4; ++i) cluster.Propose(kOne);
  cluster.Settle();
  ASSERT_EQ(cluster.core(kOne).commit(), Index{5});
  cluster.Heal();
  cluster.Pass(Core::Options{}.heartbeat_interval);
  cluster.Tick(kOne);
  std::map<NodeId, Index> told;
  for (const auto& letter : cluster.mail()) {
    if (const auto* beat = std::get_if<Heartbeat>(&letter.message)) told[letter.to] = beat->commit;
  }
  EXPECT_EQ(told, (std::map<NodeId, Index>{{kTwo, {5}}, {kThree, {1}}}));
}

// R11
TEST(ReplicationTest, CaughtUpPeerStreamsAgainAfterOneHeartbeat) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.LinkLost(kOne, kTwo);
  ASSERT_FALSE(cluster.core(kOne).progress().at(kTwo).streaming());
  cluster.Run(Core::Options{}.heartbeat_interval);
  EXPECT_TRUE(cluster.core(kOne).progress().at(kTwo).streaming());
}

// R12
TEST(ReplicationTest, PeerThatMissedTheCommitLearnsItWithTheNextHeartbeat) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Propose(kOne);
  cluster.Settle(Kind<Append>());
  cluster.Drop(From(kTwo));  // Its acknowledgement,
  cluster.Settle(Kind<AppendResponse>());
  cluster.Drop();  // and the news of the commit.
  ASSERT_EQ(cluster.core(kOne).commit(), Index{2});
  ASSERT_EQ(cluster.core(kTwo).commit(), Index{1});
  cluster.Run(Core::Options{}.heartbeat_interval);
  EXPECT_EQ(cluster.core(kTwo).commit(), Index{2});
  EXPECT_TRUE(cluster.Converged());
}

// R13
TEST(ReplicationTest, PipelinedAppendsConvergeInAnyOrder) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Cluster cluster;
    cluster.Elect(kOne);
    for (int i = 0; i < 8; ++i) cluster.Propose(kOne);
    SeededRandom random(seed);
    while (!cluster.mail().empty()) cluster.DeliverAt(random.Below(cluster.mail().size()));
    cluster.Run(4 * Core::Options{}.heartbeat_interval);
    EXPECT_TRUE(cluster.Converged()) << seed;
    EXPECT_EQ(cluster.term(kOne), Term{1});
  }
}

// R14: the design refuses and alarms where the study would halt.
TEST(ReplicationTest, AnotherLogOfTheSameTermIsRefusedAndAlarmed) {
  Cluster cluster({.storage = Logs({{kTwo, {1, 2, 2}}})});
  auto other = EntriesOfTerms({1});
  for (Entry& entry : EntriesAfter(IdOf(other.back()), 2, 2, /*payload_size=*/99)) {
    other.push_back(std::move(entry));
  }
  cluster.Receive(kTwo, kOne, AppendOf(other, 3, 0, 3));  // Differs where it should match,
  cluster.Receive(kTwo, kOne, AppendOf(other, 1, 2, 3));  // and in what it brings.
  EXPECT_EQ(cluster.alarms(kTwo).size(), 2U);
  EXPECT_EQ(cluster.LogTerms(kTwo), (Terms{1, 2, 2}));
  EXPECT_TRUE(cluster.mail().empty());
}

TEST(ReplicationTest, EntriesThatDoNotChainAreRefusedAndAlarmed) {
  const auto log = EntriesOfTerms({1, 1, 1});
  for (int fault = 0; fault < 6; ++fault) {
    Cluster cluster;
    Append append = AppendOf(log, 0, 3, 2, 3);
    switch (fault) {
      case 0:
        append.entries[1].chain.bytes[7] ^= 1U;
        break;
      case 1:
        append.entries[1].payload = std::make_shared<const Bytes>(3, std::uint8_t{9});
        break;
      case 2:
        append.entries[1].index = {3};
        break;
      case 3:
        append.entries[2].term = {3};  // Beyond the leader's own.
        break;
      case 4:
        append.entries[1].payload = nullptr;
        break;
      case 5:
        append.entries.erase(append.entries.begin() + 1);
        break;
    }
    cluster.Receive(kTwo, kOne, append);
    EXPECT_EQ(cluster.alarms(kTwo).size(), 1U) << fault;
    EXPECT_EQ(cluster.core(kTwo).last().index, Index{0}) << fault;
    EXPECT_TRUE(cluster.mail().empty()) << fault;
  }
}

TEST(ReplicationTest, LeaderThatContradictsItselfIsRefused) {
  Cluster cluster;
  const auto first = EntriesOfTerms({1, 1, 2});
  const auto second = EntriesOfTerms({1, 1, 3});
  cluster.Receive(kTwo, kOne, AppendOf(first, 0, 3, 3));
  cluster.Receive(kTwo, kOne, AppendOf(second, 2, 1, 3));
  EXPECT_EQ(cluster.alarms(kTwo).size(), 1U);
  EXPECT_EQ(cluster.core(kTwo).last(), IdOf(first.back()));
}

// R15: the news of a higher term and a proposal meet.
TEST(ReplicationTest, DeposedLeaderAppendsNothingUnderTheNewTerm) {
  Cluster cluster;
  cluster.Elect(kOne);
  const Term led = cluster.term(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Receive(kOne, kTwo, AppendResponse{.term = {led.value + 1}});
  EXPECT_FALSE(cluster.Propose(kOne));
  EXPECT_EQ(cluster.LogTerms(kOne), (Terms{led.value, led.value}));
  for (const auto& letter : cluster.mail()) {
    if (const auto* append = std::get_if<Append>(&letter.message)) {
      EXPECT_EQ(append->term, led);
    }
  }
}

TEST(ReplicationTest, PeerThatNeedsTrimmedEntriesIsToldSo) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.Isolate(kThree);
  for (int i = 0; i < 9; ++i) cluster.Propose(kOne);
  cluster.Settle();
  SeededRandom random(1);
  cluster.Crash(kOne, random);
  cluster.storage(kOne).TrimTo(Index{8});
  cluster.Restart(kOne, Index{9});
  cluster.Elect(kOne);
  cluster.Heal();
  cluster.Run(std::chrono::seconds(3));
  EXPECT_EQ(cluster.leader(), kOne);
  EXPECT_EQ(cluster.core(kThree).last().index, Index{1});
  EXPECT_TRUE(cluster.needs_snapshot(kThree));
  EXPECT_FALSE(cluster.needs_snapshot(kTwo));
}

TEST(ReplicationTest, FollowerThatTrimmedBeyondTheLeadersGuessAcknowledgesItsCommit) {
  Cluster cluster;
  cluster.Elect(kOne);
  cluster.CutTo(kTwo, kOne);  // Its acknowledgements are lost.
  for (int i = 0; i < 9; ++i) cluster.Propose(kOne);
  cluster.Settle();
  ASSERT_EQ(cluster.core(kTwo).commit(), Index{10});
  ASSERT_EQ(cluster.core(kOne).progress().at(kTwo).match(), Index{1});
  SeededRandom random(1);
  cluster.Crash(kTwo, random);
  cluster.storage(kTwo).TrimTo(Index{9});
  cluster.Restart(kTwo, Index{10});
  cluster.Heal();
  cluster.Run(3 * Core::Options{}.heartbeat_interval);
  EXPECT_EQ(cluster.core(kOne).progress().at(kTwo).match(), Index{10});
  EXPECT_TRUE(cluster.Converged());
}

}  // namespace
}  // namespace aval::consensus
