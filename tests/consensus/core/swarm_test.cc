#include "tests/consensus/swarm.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace aval::consensus {
namespace {

constexpr std::uint64_t kSeeds = 500;
constexpr std::size_t kSteps = 3'000;

// Safety at every event, and agreement once the weather clears.
TEST(SwarmTest, NoWeatherBreaksAnInvariantAndEveryClusterHeals) {
  std::size_t leaders = 0;
  std::size_t committed = 0;
  std::size_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Swarm swarm(seed);
    swarm.Run(kSteps);
    ASSERT_TRUE(swarm.cluster().invariants().ok());
    ASSERT_TRUE(swarm.Heals());
    leaders += swarm.cluster().invariants().leaders();
    committed += swarm.cluster().invariants().committed().size();
    crashes += swarm.crashes();
  }
  // The weather was neither so bad nor so good that nothing was tested.
  EXPECT_GT(leaders, 5 * kSeeds);
  EXPECT_GT(committed, 20 * kSeeds);
  EXPECT_GT(crashes, kSeeds);
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
