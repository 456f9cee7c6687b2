#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "base/random.h"
#include "crypto/ed25519.h"
#include "tests/sim/node_time.h"
#include "tests/sim/plan.h"
#include "tests/sim/signatures.h"
#include "tests/sim/simulation.h"
#include "tests/sim/versioned_store.h"

namespace aval::sim {
namespace {

using std::chrono::seconds;

Plan ShortPlan(std::uint64_t seed, Duration length) {
  Plan plan = Draw(seed);
  plan.length = length;
  return plan;
}

TEST(SimulationTest, TheSameSeedGivesTheSameRun) {
  for (const std::uint64_t seed : {3, 4, 9, 22}) {
    const Plan plan = ShortPlan(seed, seconds(20));
    const Outcome first = Simulation(plan, nullptr).Run();
    const Outcome second = Simulation(plan, nullptr).Run();
    EXPECT_EQ(first.digest, second.digest) << "seed " << seed;
    EXPECT_EQ(first.events, second.events) << "seed " << seed;
    EXPECT_GT(first.acts, 0U) << "seed " << seed;
  }
}

TEST(SimulationTest, DifferentSeedsGiveDifferentRuns) {
  EXPECT_NE(Simulation(ShortPlan(3, seconds(5)), nullptr).Run().digest,
            Simulation(ShortPlan(4, seconds(5)), nullptr).Run().digest);
}

TEST(SimulationTest, WritingLinesChangesNothing) {
  const Plan plan = ShortPlan(3, seconds(5));
  std::ostringstream lines;
  const Outcome with = Simulation(plan, &lines).Run();
  EXPECT_EQ(with.digest, Simulation(plan, nullptr).Run().digest);
  EXPECT_NE(lines.str().find("node 1 starts"), std::string::npos);
}

TEST(SimulationTest, LedgerAndChainBothSurviveEveryKindOfFault) {
  for (const bool real_ledger : {false, true}) {
    Plan plan = ShortPlan(7, seconds(40));
    plan.nodes = 5;
    plan.real_ledger = real_ledger;
    plan.rate = 3;
    plan.faults = {AllFaults().begin(), AllFaults().end()};
    const Outcome outcome = Simulation(plan, nullptr).Run();
    EXPECT_TRUE(outcome.passed()) << outcome.violation;
    EXPECT_GT(outcome.deaths, 5U);
    EXPECT_GT(outcome.partitions, 2U);
    EXPECT_GT(outcome.acts, 100U);
  }
}

TEST(SimulationTest, WhoFallsBehindTrimmedLogsComesBackByASnapshot) {
  for (const bool real_ledger : {false, true}) {
    Plan plan = ShortPlan(5, seconds(60));
    plan.nodes = 3;
    plan.real_ledger = real_ledger;
    plan.rate = 4;
    plan.faults = {Fault::kPartition, Fault::kKill, Fault::kCrashInside, Fault::kSnapshot};
    plan.segment_bytes = 32 * 1024;
    plan.retention = 8;
    plan.chunk_bytes = 512;
    const Outcome outcome = Simulation(plan, nullptr).Run();
    EXPECT_TRUE(outcome.passed()) << outcome.violation;
    EXPECT_GT(outcome.installations, 0U);
    EXPECT_EQ(Simulation(plan, nullptr).Run().digest, outcome.digest);
  }
}

Plan DiskPlan(std::uint64_t seed, std::set<Fault> faults) {
  Plan plan = ShortPlan(seed, seconds(60));
  plan.nodes = 5;
  plan.real_ledger = false;
  plan.rate = 8;
  plan.faults = std::move(faults);
  plan.segment_bytes = 64 * 1024;
  plan.retention = 0;
  return plan;
}

TEST(SimulationTest, LeaderWhoseDiskIsFullHandsOverAndAFollowerTakesNoMoreEntries) {
  const Outcome outcome = Simulation(DiskPlan(3, {Fault::kFull}), nullptr).Run();
  EXPECT_TRUE(outcome.passed()) << outcome.violation;
  EXPECT_GT(outcome.rare_paths.of(consensus::RarePath::kHandedOverForWantOfRoom), 0U);
  EXPECT_GT(outcome.rare_paths.of(consensus::RarePath::kEntriesRefusedForWantOfRoom), 0U);
}

TEST(SimulationTest, LeaderThatAppliesSlowlyHandsOver) {
  const Outcome outcome = Simulation(DiskPlan(3, {Fault::kSlowApply}), nullptr).Run();
  EXPECT_TRUE(outcome.passed()) << outcome.violation;
  EXPECT_GT(outcome.rare_paths.of(consensus::RarePath::kHandedOverForApplyLag), 0U);
}

TEST(SimulationTest, RotIsFoundAndPeersGiveBackWhatItTook) {
  const Outcome outcome = Simulation(DiskPlan(3, {Fault::kRot, Fault::kKill}), nullptr).Run();
  EXPECT_TRUE(outcome.passed()) << outcome.violation;
  EXPECT_GT(outcome.rare_paths.of(consensus::RarePath::kDamageRepaired), 0U);
}

TEST(SimulationTest, DisksThatLieForkNothingAndLoseNothing) {
  const Outcome outcome =
      Simulation(DiskPlan(3, {Fault::kMisdirect, Fault::kForgetSync, Fault::kKill}), nullptr).Run();
  EXPECT_TRUE(outcome.passed()) << outcome.violation;
  EXPECT_GT(outcome.deaths, 5U);
}

TEST(PlanTest, SeedIsANumberOrACommit) {
  EXPECT_EQ(*ParseSeed("17"), 17U);
  EXPECT_EQ(*ParseSeed("00000000000000ff0123456789abcdef01234567"), 0xffU);
  for (const char* text : {"", "x", "17 ", "-1", "00000000000000fg0123456789abcdef01234567"}) {
    EXPECT_FALSE(ParseSeed(text).has_value()) << text;
  }
}

TEST(PlanTest, FourInTenClustersHaveFiveNodesOrMoreAndAQuarterTheLedger) {
  int large = 0;
  int ledger = 0;
  constexpr int kPlans = 2'000;
  for (std::uint64_t seed = 0; seed < kPlans; ++seed) {
    const Plan plan = Draw(seed);
    large += plan.nodes >= 5 ? 1 : 0;
    ledger += plan.real_ledger ? 1 : 0;
  }
  EXPECT_GE(large, kPlans * 2 / 5);
  EXPECT_GE(ledger, kPlans / 5);
}

class SignaturesTest : public testing::Test {
 protected:
  ~SignaturesTest() override { UseRealSignatures(true); }
};

TEST_F(SignaturesTest, StubSaysOfEverySignatureWhatTheRealOneSays) {
  SeededRandom random(1);
  const crypto::SecretKey key = crypto::SecretKey::Generate(random);
  const crypto::SecretKey other = crypto::SecretKey::Generate(random);
  for (const bool real : {true, false}) {
    UseRealSignatures(real);
    for (std::size_t size = 0; size < 40; ++size) {
      Bytes message(size);
      random.Fill(message);
      crypto::Signature signature = crypto::Sign(key, message);
      EXPECT_TRUE(crypto::Verify(key.public_key(), message, signature.bytes));
      EXPECT_FALSE(crypto::Verify(other.public_key(), message, signature.bytes));
      for (std::size_t i = 0; i < size; ++i) {
        message[i] ^= 1U;
        EXPECT_FALSE(crypto::Verify(key.public_key(), message, signature.bytes));
        message[i] ^= 1U;
      }
      signature.bytes[size] ^= 1U;
      EXPECT_FALSE(crypto::Verify(key.public_key(), message, signature.bytes));
    }
  }
}

TEST(NodeClockTest, DriftGainsOrLosesWhatItSaysAndTimersAreNeverEarly) {
  VirtualTime time;
  NodeClock clock(time);
  const Instant start = time.Now();
  clock.SetDrift(50'000);
  time.RunFor(seconds(100));
  EXPECT_EQ(clock.Now() - start, seconds(105));
  clock.SetDrift(-50'000);
  time.RunFor(seconds(100));
  EXPECT_EQ(clock.Now() - start, seconds(200));
  for (const int local : {1, 3, 7, 999, 123'457}) {
    const Instant before = clock.Now();
    time.RunFor(clock.TrueDuration(Duration(local)));
    EXPECT_GE(clock.Now() - before, Duration(local));
  }
}

TEST(NodeExecutorTest, WhatIsDueWhilePausedRunsInOrderOnResumeAndNothingAfterHalt) {
  VirtualTime time;
  NodeClock clock(time);
  NodeExecutor executor(time, clock, [] {});
  std::string ran;
  executor.Pause();
  executor.Post([&] { ran += 'a'; });
  executor.After(seconds(1), [&] { ran += 'b'; });
  time.RunFor(seconds(2));
  EXPECT_EQ(ran, "");
  executor.Resume();
  EXPECT_EQ(ran, "ab");
  executor.Post([&] { ran += 'c'; });
  executor.Halt();
  time.RunFor(seconds(1));
  EXPECT_EQ(ran, "ab");
}

Bytes Text(std::string_view text) { return CopyBytes(AsBytes(text)); }

// Against a map copied for each snapshot.
TEST(VersionedStoreTest, EverySnapshotShowsTheStateOfItsTime) {
  SeededRandom random(5);
  const auto state = std::make_shared<VersionedState>();
  VersionedStore store(state);
  using Model = std::map<Bytes, Bytes>;
  Model model;
  std::vector<std::pair<std::unique_ptr<ledger::Reader>, Model>> snapshots;
  for (int step = 0; step < 2'000; ++step) {
    ledger::Writes writes;
    for (std::uint64_t i = random.Below(4); i > 0; --i) {
      const Bytes key = Text("key " + std::to_string(random.Below(30)));
      if (random.Below(3) == 0) {
        writes[key] = std::nullopt;
        model.erase(key);
      } else {
        model[key] = Text(std::to_string(step));
        writes[key] = model[key];
      }
    }
    ASSERT_TRUE(store.Apply(writes));
    if (random.Below(4) == 0) snapshots.emplace_back(store.Snapshot(), model);
    if (snapshots.size() > 5) {
      snapshots.erase(snapshots.begin() + static_cast<std::ptrdiff_t>(random.Below(5)));
    }
    for (const auto& [reader, expected] : snapshots) {
      Model seen;
      ASSERT_TRUE(reader->Scan({}, {}, [&](ByteView key, ByteView value) {
        seen.emplace(CopyBytes(key), CopyBytes(value));
        return true;
      }));
      ASSERT_EQ(seen, expected) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace aval::sim
