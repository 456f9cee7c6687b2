#include "consensus/core/promises.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <set>
#include <vector>

#include "tests/consensus/cluster.h"

namespace aval::consensus {
namespace {

using Memory = Promises::Memory;
using Standing = Promises::Standing;

const NodeId kOne{1};
const NodeId kTwo{2};
const NodeId kThree{3};
const NodeId kFour{4};
const NodeId kFive{5};
const Duration kElectionTimeout = Core::Options{}.election_timeout;

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

// Node one leads and has committed with node two, which then is restored from a backup; of node
// three, which lags, the answer comes first. Without what comes late two and three would be a
// quorum without what was committed.
TEST(PromisesTest, AnswerThatComesLateEndsThePartOfWhoHasForgotten) {
  WithAPromise cluster;
  cluster.set_memory(Memory::kUncertain);
  cluster.LoseSuffix(kTwo, Index{1});
  cluster.Tick(kTwo);
  cluster.Settle((To(kThree) || From(kThree)) && (To(kTwo) || From(kTwo)));
  cluster.Pass(kElectionTimeout);
  cluster.Tick(kTwo);
  ASSERT_EQ(cluster.core(kTwo).standing(), Standing::kKept);
  cluster.Settle((Kind<GreetingRequest>() && From(kTwo)) || (Kind<GreetingResponse>() && To(kTwo)));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kForgotten);
  Kill(cluster, kOne);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.leader(), NodeId{});
}

TEST(PromisesTest, WhileSomeVoterIsSilentAQuorumDoesOnlyAfterAnElectionTimeout) {
  WithAPromise cluster;
  Kill(cluster, kThree);
  cluster.set_memory(Memory::kUncertain);
  Kill(cluster, kTwo);
  cluster.Restart(kTwo, Index{1});
  cluster.Run(kElectionTimeout - std::chrono::milliseconds(1));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kAsking);
  cluster.Run(std::chrono::milliseconds(1));
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kKept);
}

// Of five nodes the first alone knows what the second had promised, which takes part again while
// that one is out of reach.
struct OneKnowsOfTwo : Cluster {
  OneKnowsOfTwo() : Cluster({.nodes = 5}) {
    Elect(kOne);
    for (const NodeId other : {kThree, kFour, kFive}) Cut(kOne, other);
    Propose(kOne);
    Settle();
    Heal();
    Isolate(kOne);
    set_memory(Memory::kUncertain);
    LoseSuffix(kTwo, Index{1});
    Run(kElectionTimeout);
    EXPECT_EQ(core(kTwo).standing(), Standing::kKept);
  }
};

TEST(PromisesTest, LeaderThatFindsOutLateThatItHasForgottenLeadsNoMore) {
  OneKnowsOfTwo cluster;
  cluster.Elect(kTwo);
  ASSERT_EQ(cluster.role(kTwo), Role::kLeader);
  cluster.Heal();
  cluster.Run(kElectionTimeout);
  EXPECT_EQ(cluster.core(kTwo).standing(), Standing::kForgotten);
  EXPECT_EQ(cluster.role(kTwo), Role::kFollower);
  cluster.Run(std::chrono::seconds(5));
  EXPECT_NE(cluster.leader(), NodeId{});
  EXPECT_NE(cluster.leader(), kTwo);
}

TEST(PromisesTest, AcknowledgementThatWaitsForTheDiskOfWhoHasForgottenNeverLeaves) {
  OneKnowsOfTwo cluster;
  cluster.Elect(kThree);
  cluster.Stall(kTwo);
  ASSERT_TRUE(cluster.Propose(kThree));
  cluster.Settle();
  cluster.Heal();
  cluster.Run(kElectionTimeout);
  ASSERT_EQ(cluster.core(kTwo).standing(), Standing::kForgotten);
  cluster.Drop();
  cluster.EndStall(kTwo);
  EXPECT_EQ(cluster.CountMail(From(kTwo)), 0U);
}

// The learner of an old day votes since, and has acknowledged what the leader committed with it.
TEST(PromisesTest, LearnerByItsOwnOldLogAsksBeforeItTakesPart) {
  Cluster cluster({.voters = 2});
  cluster.Elect(kOne);
  cluster.Run(std::chrono::seconds(1));
  const auto change = [&](MemberChange::Kind kind) {
    ASSERT_TRUE(cluster.Change(kOne, {{.kind = kind, .node = kThree, .member = {.group = 3}}}));
    cluster.Run(std::chrono::seconds(1));
  };
  change(MemberChange::Kind::kAdd);
  const Index backup = cluster.core(kThree).last().index;
  change(MemberChange::Kind::kPromote);
  cluster.Isolate(kTwo);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  ASSERT_EQ(cluster.core(kOne).commit(), cluster.core(kOne).last().index);
  cluster.Heal();
  cluster.set_memory(Memory::kUncertain);
  cluster.LoseSuffix(kThree, backup);
  cluster.Settle(Kind<GreetingRequest>() || Kind<GreetingResponse>());
  cluster.Tick(kThree);
  cluster.Settle(Kind<GreetingRequest>() || Kind<GreetingResponse>());
  EXPECT_EQ(cluster.core(kThree).standing(), Standing::kForgotten);
  Kill(cluster, kOne);
  cluster.Run(std::chrono::seconds(10));
  EXPECT_EQ(cluster.leader(), NodeId{});
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

TEST(PromisesTest, WhatOtherIncarnationsAnswerToARepairIsNotHeard) {
  Cluster cluster({.nodes = 5});
  cluster.Elect(kOne);
  ASSERT_TRUE(cluster.Propose(kOne));
  cluster.Settle();
  for (const NodeId other : {kThree, kFour, kFive}) {
    cluster.Receive(kTwo, other, EntriesResponse{.term = cluster.term(kTwo), .entries = {}}, 2);
  }
  EXPECT_EQ(cluster.reached(RarePath::kOtherIncarnationNotCounted), 3U);
}

// Below, one node's disk says term 5, vote for node 2, and entries up to 10.

Promises After(const HardState& disk, std::uint64_t last, std::uint32_t incarnation = 1,
               std::uint64_t run = 2) {
  return Promises({.node = kOne, .incarnation = incarnation, .run = run, .key = {}},
                  Memory::kUncertain, disk, {.index = {last}, .term = {5}, .chain = {}});
}

const HardState kDisk{.term = {5}, .vote = kTwo};

Promises Empty(std::uint32_t incarnation) {
  return Promises({.node = kOne, .incarnation = incarnation, .run = 2, .key = {}}, Memory::kEmpty,
                  {}, {});
}

Configuration VotersOf(const std::set<NodeId>& voters, std::uint32_t incarnation = 1) {
  Configuration configuration;
  for (const NodeId node : voters) {
    configuration.members[node] = {.incarnation = incarnation, .group = node.value};
  }
  configuration.voters = voters;
  configuration.majority_of_one = true;
  return configuration;
}

Membership MembersOf(const std::set<NodeId>& voters) {
  return Membership(std::vector<ConfigurationAt>{{.index = {}, .configuration = VotersOf(voters)}});
}

// An answer of who knows of no promise.
void Hear(Promises& promises, NodeId from, const ConfigurationAt& told,
          std::uint32_t incarnation = 1) {
  promises.Hear({.node = from, .incarnation = incarnation},
                {.run = promises.run(),
                 .promise = {},
                 .configuration_index = told.index,
                 .configuration = Encode(told.configuration)});
}

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

TEST(PromisesTest, AnswerToAnEarlierProcessCountsForNobody) {
  Promises promises = After(kDisk, 10);
  promises.Hear({.node = kTwo}, {.run = 1, .promise = {}, .configuration = {}});
  promises.Hear({.node = kThree}, {.run = 1, .promise = {}, .configuration = {}});
  promises.Judge(MembersOf({kOne, kTwo, kThree}), /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kAsking);
  // But what this node had sealed is true whoever was told it.
  promises.Hear({.node = kTwo}, {.run = 1, .promise = Earlier(kDisk, 11), .configuration = {}});
  EXPECT_EQ(promises.standing(), Standing::kForgotten);
}

TEST(PromisesTest, WhoTakesPartStopsWhenItHearsThatItHasForgotten) {
  Promises promises = After(kDisk, 10);
  Hear(promises, kTwo, {});
  promises.Judge(MembersOf({kOne, kTwo, kThree}), /*waited=*/true);
  ASSERT_EQ(promises.standing(), Standing::kKept);
  promises.Hear({.node = kThree},
                {.run = promises.run(), .promise = Earlier(kDisk, 11), .configuration = {}});
  EXPECT_EQ(promises.standing(), Standing::kForgotten);
}

const Index kHighest{std::numeric_limits<std::uint64_t>::max()};

TEST(PromisesTest, OnePeersTaleOfMembersKeepsNobodyOut) {
  const Membership three = MembersOf({kOne, kTwo, kThree});
  Promises quorum = After(kDisk, 10);
  Hear(quorum, kTwo, {.index = kHighest, .configuration = VotersOf({NodeId{999}})});
  quorum.Judge(three, /*waited=*/true);
  EXPECT_EQ(quorum.standing(), Standing::kKept);
  Promises all = After(kDisk, 10);
  Hear(all, kTwo, {.index = kHighest, .configuration = VotersOf({NodeId{999}})});
  Hear(all, kThree, {});
  all.Judge(three, /*waited=*/false);
  EXPECT_EQ(all.standing(), Standing::kKept);
  // Nor one whose disk is empty, and who waits for all.
  Promises empty = Empty(1);
  Hear(empty, kTwo, {.index = kHighest, .configuration = VotersOf({NodeId{999}})});
  Hear(empty, kThree, {});
  empty.Judge(three, /*waited=*/true);
  EXPECT_EQ(empty.standing(), Standing::kKept);
}

TEST(PromisesTest, OnePeersTaleOfMembersDoesNotStandForTheAnswersOfOthers) {
  Promises promises = After(kDisk, 10);
  Hear(promises, kTwo, {.index = kHighest, .configuration = VotersOf({kOne, kTwo})});
  promises.Judge(MembersOf({kOne, kTwo, kThree, kFour, kFive}), /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kAsking);
}

// Of three one is down, and this one's log ends before its promotion.
TEST(PromisesTest, WhoWasPromotedBelievesTheOtherOfAQuorum) {
  const Membership learner(
      std::vector<ConfigurationAt>{{.index = {}, .configuration = [] {
                                      Configuration two = VotersOf({kTwo, kThree});
                                      two.members[kOne] = {.incarnation = 1, .group = 1};
                                      two.learners = {kOne};
                                      return two;
                                    }()}});
  Promises promises = After(kDisk, 10);
  Hear(promises, kTwo, {.index = {20}, .configuration = VotersOf({kOne, kTwo, kThree})});
  promises.Judge(learner, /*waited=*/false);
  EXPECT_EQ(promises.standing(), Standing::kAsking);
  promises.Judge(learner, /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kKept);
}

TEST(PromisesTest, LaterConfigurationThatTwoOfItTellIsBelievedAndAsked) {
  const Membership old = MembersOf({kOne, kTwo, kThree});
  const ConfigurationAt later{
      .index = {9},
      .configuration = VotersOf({kOne, kTwo, kThree, kFour, kFive, NodeId{6}, NodeId{7}})};
  Promises promises = After(kDisk, 10);
  Hear(promises, kTwo, later);
  EXPECT_TRUE(promises.AskedOf(old).contains(kFour));
  Hear(promises, kThree, later);
  promises.Judge(old, /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kAsking);
  Hear(promises, kFour, {});
  promises.Judge(old, /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kKept);
}

// By genesis, all that it knows, five others voted; two of these are left, under higher numbers.
TEST(PromisesTest, LaterIncarnationWithAnEmptyDiskAsksThoseWhoVoteNow) {
  const Membership genesis = MembersOf({kOne, kTwo, kThree, kFour, kFive, NodeId{6}});
  const ConfigurationAt later{.index = {9}, .configuration = VotersOf({kTwo, kThree}, 2)};
  Promises promises = Empty(2);
  Hear(promises, kTwo, later, 2);
  promises.Judge(genesis, /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kAsking);
  // A third who tells what is not so changes nothing, being none of those who vote.
  Hear(promises, kFour, {.index = kHighest, .configuration = VotersOf({kOne, kFour}, 2)});
  Hear(promises, kThree, later, 2);
  promises.Judge(genesis, /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kKept);
}

TEST(PromisesTest, LaterIncarnationWithAnEmptyDiskAsksAllWhereOneSaysThatItVotes) {
  const Membership genesis = MembersOf({kOne, kTwo, kThree, kFour, kFive, NodeId{6}});
  const ConfigurationAt later{.index = {9}, .configuration = VotersOf({kTwo, kThree, kFour}, 2)};
  const ConfigurationAt latest{.index = {10},
                               .configuration = VotersOf({kOne, kTwo, kThree, kFour}, 2)};
  Promises promises = Empty(2);
  Hear(promises, kTwo, later, 2);
  Hear(promises, kThree, later, 2);
  Hear(promises, kFour, latest, 2);
  promises.Judge(genesis, /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kAsking);
  for (const NodeId node : {kFive, NodeId{6}}) Hear(promises, node, {});
  promises.Judge(genesis, /*waited=*/true);
  EXPECT_EQ(promises.standing(), Standing::kKept);
}

TEST(PromisesTest, WhoSaysNothingOfItsDiskAsks) {
  MemoryStorage storage;
  const Configuration members = VotersOf({kOne, kTwo, kThree});
  const Core core({.self = kOne},
                  {.hard_state = kDisk,
                   .last = {},
                   .applied = {},
                   .configurations = {{.index = {}, .configuration = members}}},
                  storage, Instant{});
  EXPECT_EQ(core.standing(), Standing::kAsking);
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
