#include "tests/cluster/chaos/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "base/random.h"

namespace aval::chaos {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSpan{60'000};
constexpr std::uint64_t kSeeds = 50;

std::vector<Fault> Draw(std::uint64_t seed, std::size_t nodes, bool cuts = true) {
  SeededRandom random(seed);
  return DrawSchedule({.nodes = nodes, .span = kSpan, .cuts = cuts}, random);
}

TEST(ScheduleTest, ASeedGivesItsScheduleAgainAndAnotherSeedAnother) {
  EXPECT_EQ(Draw(7, 3), Draw(7, 3));
  EXPECT_NE(Draw(7, 3), Draw(8, 3));
}

TEST(ScheduleTest, EveryFaultBeginsAndEndsWithinTheSpan) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    milliseconds last{0};
    for (const Fault& fault : Draw(seed, 5)) {
      EXPECT_LT(fault.begin, fault.end);
      EXPECT_LE(fault.end, kSpan);
      EXPECT_GE(fault.begin, last);
      last = fault.begin;
    }
  }
}

TEST(ScheduleTest, NoProcessIsHitByTwoFaultsAtATime) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::map<std::size_t, milliseconds> hit_until;
    for (const Fault& fault : Draw(seed, 3)) {
      for (const std::size_t node : fault.nodes) {
        EXPECT_LE(hit_until[node], fault.begin) << "seed " << seed << ", node " << node;
        hit_until[node] = fault.end;
      }
    }
  }
}

TEST(ScheduleTest, FaultsOfDifferentKindsOverlap) {
  const std::vector<Fault> faults = Draw(1, 3);
  bool overlap = false;
  for (std::size_t i = 1; i < faults.size(); ++i) {
    overlap = overlap || (faults[i].begin < faults[i - 1].end && !faults[i].nodes.empty() &&
                          !faults[i - 1].cut.empty());
  }
  EXPECT_TRUE(overlap);
}

TEST(ScheduleTest, EveryKindComesWithinAMinute) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::set<FaultKind> kinds;
    for (const Fault& fault : Draw(seed, 3)) kinds.insert(fault.kind);
    EXPECT_EQ(kinds.size(), kFaultKinds) << "seed " << seed;
  }
}

TEST(ScheduleTest, IsolationCutsANodeFromAllOthersInBothDirectionsAndOneWayInOne) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const Fault& fault : Draw(seed, 5)) {
      std::map<std::size_t, std::size_t> from;
      std::map<std::size_t, std::size_t> to;
      for (const Link& link : fault.cut) {
        EXPECT_NE(link.from, link.to);
        ++from[link.from];
        ++to[link.to];
      }
      if (fault.kind == FaultKind::kIsolate) {
        EXPECT_EQ(std::ranges::count_if(from, [](auto& n) { return n.second == 4; }), 1);
        EXPECT_EQ(from, to);
      }
      if (fault.kind == FaultKind::kOneWay) {
        EXPECT_EQ(from.size(), 1U);
        EXPECT_EQ(to.size(), 4U);
      }
      if (fault.kind == FaultKind::kHalves) {
        EXPECT_EQ(fault.cut.size(), 2U * 2U * 3U);
      }
      if (fault.kind == FaultKind::kLink) {
        EXPECT_EQ(fault.cut.size(), 2U);
      }
    }
  }
}

TEST(ScheduleTest, WhereLinksCannotBeCutTheSmallerSideIsStopped) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::size_t together = 0;
    for (const Fault& fault : Draw(seed, 5, /*cuts=*/false)) {
      EXPECT_TRUE(fault.cut.empty());
      EXPECT_FALSE(fault.nodes.empty());
      if (fault.kind != FaultKind::kPause) continue;
      EXPECT_LE(fault.nodes.size(), 2U);
      together = std::max(together, fault.nodes.size());
    }
    EXPECT_EQ(together, 2U) << "seed " << seed;
  }
}

TEST(ScheduleTest, FaultsAreDescribedWithTheNumbersThatPeopleUse) {
  EXPECT_EQ(Describe({.kind = FaultKind::kPause,
                      .begin = {},
                      .end = milliseconds(1),
                      .nodes = {0, 2},
                      .cut = {}}),
            "SIGSTOP of 1 3");
  EXPECT_EQ(Describe({.kind = FaultKind::kOneWay,
                      .begin = {},
                      .end = milliseconds(1),
                      .nodes = {},
                      .cut = {{.from = 0, .to = 1}, {.from = 0, .to = 2}}}),
            "one way cut: 1>2 1>3");
  EXPECT_EQ(Describe({.kind = FaultKind::kLink,
                      .begin = {},
                      .end = milliseconds(1),
                      .nodes = {},
                      .cut = {{.from = 0, .to = 1}, {.from = 1, .to = 0}}}),
            "link cut: 1-2");
}

}  // namespace
}  // namespace aval::chaos
