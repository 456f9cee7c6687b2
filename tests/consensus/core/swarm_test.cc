#include "tests/consensus/swarm.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "tests/consensus/wal_storage.h"

namespace aval::consensus {
namespace {

constexpr std::uint64_t kSeeds = 500;
constexpr std::uint64_t kWalSeeds = 60;
constexpr std::size_t kSteps = 3'000;

// What liars do, a trim that leaves somebody behind, and what comes in few seeds.
const std::set<RarePath> kSeldom{
    RarePath::kSecondLeaderRefused,
    RarePath::kTermLeapRefused,
    RarePath::kContradictionRefused,
    RarePath::kAppendBelowAnchor,
    RarePath::kForgottenEntriesRefused,
    RarePath::kFollowerBehindLog,
    RarePath::kDeafToPeers,
    RarePath::kChangeRefusedWhilePending,
    RarePath::kOldIncarnationIgnored,
    RarePath::kHandedOverForApplyLag,
    RarePath::kForgottenPromiseFound,
    RarePath::kHandedOverForWantOfRoom,
    RarePath::kWonAndCannotLead,
    RarePath::kEntriesRefusedForWantOfRoom,
    RarePath::kDamageRepaired,
    RarePath::kDamageDropped,
    RarePath::kAppendWaitedForRepair,
};

// Safety at every event, and agreement once the weather clears.
TEST(SwarmTest, NoWeatherBreaksAnInvariantAndEveryClusterHeals) {
  std::size_t leaders = 0;
  std::size_t committed = 0;
  std::size_t crashes = 0;
  std::size_t changes = 0;
  RarePaths rare_paths;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Swarm swarm(seed);
    swarm.Run(kSteps);
    ASSERT_TRUE(swarm.cluster().invariants().ok());
    ASSERT_TRUE(swarm.Heals());
    leaders += swarm.cluster().invariants().leaders();
    committed += swarm.cluster().invariants().committed().size();
    crashes += swarm.crashes();
    changes += swarm.changes();
    rare_paths.Add(swarm.cluster().rare_paths());
  }
  // The weather was neither so bad nor so good that nothing was tested.
  EXPECT_GT(leaders, 5 * kSeeds);
  EXPECT_GT(committed, 20 * kSeeds);
  EXPECT_GT(crashes, kSeeds);
  EXPECT_GT(changes, kSeeds);
  for (std::size_t i = 0; i < kRarePaths; ++i) {
    const auto path = static_cast<RarePath>(i);
    EXPECT_TRUE(rare_paths.of(path) > 0 || kSeldom.contains(path)) << RarePathName(path);
  }
}

// D08: the same over the real log, whose disks lose power in the middle of a write.
TEST(SwarmTest, ClustersOnTheRealLogKeepWhatTheyAcknowledgedThroughPowerCuts) {
  std::size_t committed = 0;
  std::size_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= kWalSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Swarm swarm(seed, [](NodeId id) { return std::make_unique<WalStorage>(id); });
    swarm.Run(kSteps);
    ASSERT_TRUE(swarm.cluster().invariants().ok());
    ASSERT_TRUE(swarm.Heals());
    for (const NodeId id : swarm.cluster().ids()) {
      ASSERT_FALSE(swarm.cluster().failure(id).has_value()) << swarm.cluster().failure(id)->message;
    }
    committed += swarm.cluster().invariants().committed().size();
    crashes += swarm.crashes();
  }
  EXPECT_GT(committed, 20 * kWalSeeds);
  EXPECT_GT(crashes, kWalSeeds);
}

TEST(SwarmTest, TheSameSeedGivesTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Swarm first(seed);
    Swarm second(seed);
    first.Run(kSteps);
    second.Run(kSteps);
    EXPECT_EQ(first.cluster().invariants().committed(), second.cluster().invariants().committed());
    EXPECT_EQ(first.cluster().now(), second.cluster().now());
    ASSERT_EQ(first.cluster().mail().size(), second.cluster().mail().size());
    for (std::size_t i = 0; i < first.cluster().mail().size(); ++i) {
      EXPECT_EQ(first.cluster().mail()[i].to, second.cluster().mail()[i].to);
      EXPECT_EQ(first.cluster().mail()[i].message.index(),
                second.cluster().mail()[i].message.index());
    }
  }
}

}  // namespace
}  // namespace aval::consensus
