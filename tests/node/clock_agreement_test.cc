#include "node/clock_agreement.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <vector>

namespace aval::node {
namespace {

using consensus::NodeId;

// Of node 1, the leader: the clock shows 1,000,000 ms, those of nodes 2 and up so much more.
struct Shown {
  explicit Shown(const std::vector<std::int64_t>& offsets, std::uint32_t voters = 0) {
    for (std::uint32_t i = 0; i < offsets.size(); ++i) {
      clocks.Sample(NodeId{i + 2}, 1'000'000 + offsets[i], 1'000'000, now);
    }
    const std::uint32_t count =
        voters > 0 ? voters : static_cast<std::uint32_t>(offsets.size()) + 1;
    for (std::uint32_t i = 1; i <= count; ++i) all.insert(NodeId{i});
  }
  std::optional<std::int64_t> Deviation() const { return clocks.DeviationMs(all, NodeId{1}, now); }
  std::optional<NodeId> Nearest() const { return clocks.Nearest(all, all, NodeId{1}, now); }

  ClockAgreement clocks;
  std::set<NodeId> all;
  Instant now{std::chrono::seconds(100)};
};

TEST(ClockAgreementTest, MedianOfThreeIsTheMiddle) {
  EXPECT_EQ(Shown({0, 0}).Deviation(), 0);
  EXPECT_EQ(Shown({-5'000, 7'000}).Deviation(), 0);
  EXPECT_EQ(Shown({3'000, 4'000}).Deviation(), -3'000);
  EXPECT_EQ(Shown({-3'000, -4'000}).Deviation(), 3'000);
}

TEST(ClockAgreementTest, OneClockThatRunsWildMovesNobody) {
  EXPECT_EQ(Shown({10, 1'000'000'000'000}).Deviation(), -10);
  EXPECT_EQ(Shown({10, -1'000'000'000'000}).Deviation(), 0);
}

TEST(ClockAgreementTest, BetweenTheTwoMiddleOnesOfAnEvenNumberAllIsWell) {
  EXPECT_EQ(Shown({9'000}).Deviation(), 0);
  EXPECT_EQ(Shown({1'000, 2'000, 3'000}).Deviation(), -1'000);
  EXPECT_EQ(Shown({-1'000, 2'000, 3'000}).Deviation(), 0);
}

TEST(ClockAgreementTest, TwoThatAreApartAwaitTheThird) {
  const auto awaits = [](const Shown& shown) {
    return shown.clocks.AwaitsMore(shown.all, NodeId{1}, shown.now);
  };
  EXPECT_TRUE(awaits(Shown({9'000}, 3)));
  EXPECT_FALSE(awaits(Shown({1'000}, 3)));
  EXPECT_FALSE(awaits(Shown({9'000, 9'000}, 3)));
  EXPECT_FALSE(awaits(Shown({9'000}, 2)));
}

TEST(ClockAgreementTest, SomeVoterIsAlwaysWithin) {
  for (const std::vector<std::int64_t>& offsets :
       {std::vector<std::int64_t>{4'000, 4'100}, {-9'000}, {1'000, 5'000, 9'000, 9'500}}) {
    const Shown shown(offsets);
    if (shown.Deviation() == 0) continue;
    const auto nearest = shown.Nearest();
    ASSERT_TRUE(nearest);
    // Seen from there, it is.
    const std::int64_t own = offsets[nearest->value - 2];
    std::vector<std::int64_t> seen{-own};
    for (const std::int64_t offset : offsets) {
      if (offset != own) seen.push_back(offset - own);
    }
    EXPECT_EQ(Shown(seen).Deviation(), 0);
  }
}

TEST(ClockAgreementTest, OnlyCandidatesAreNamed) {
  const Shown shown({5'000, 5'100});
  EXPECT_EQ(shown.Nearest(), NodeId{2});
  EXPECT_EQ(shown.clocks.Nearest({NodeId{3}}, shown.all, NodeId{1}, shown.now), NodeId{3});
  EXPECT_FALSE(shown.clocks.Nearest({}, shown.all, NodeId{1}, shown.now));
}

TEST(ClockAgreementTest, FewerThanAMajoritySayNothing) {
  EXPECT_FALSE(Shown({}, 3).Deviation());
  EXPECT_FALSE(Shown({0}, 5).Deviation());
  EXPECT_EQ(Shown({0, 0}, 5).Deviation(), 0);
  EXPECT_EQ(Shown({}, 1).Deviation(), 0);
}

TEST(ClockAgreementTest, OldSamplesAndThoseOfNoVoterCountNoMore) {
  Shown shown({5'000, 5'000});
  shown.all.erase(NodeId{3});
  EXPECT_EQ(shown.Deviation(), 0);
  shown.all.insert(NodeId{3});
  EXPECT_EQ(shown.Deviation(), -5'000);
  shown.now = shown.now + ClockAgreement::kSampleAge + Duration(1);
  EXPECT_FALSE(shown.Deviation());
}

}  // namespace
}  // namespace aval::node
