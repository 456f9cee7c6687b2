#include "base/pace.h"

#include <gtest/gtest.h>

#include <chrono>

namespace aval {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds(1'000)};
constexpr Pace::Limits kTenASecond{
    .times_per_second = 10, .bytes_per_second = 1'000, .burst = milliseconds(300)};

TEST(PaceTest, ABurstIsDoneAtOnceAndTheNextIsPutOff) {
  Pace pace(kTenASecond);
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(pace.Rest(kStart), milliseconds(0)) << i;
    pace.Count(1, 0, kStart);
  }
  EXPECT_EQ(pace.Rest(kStart), milliseconds(100));
  EXPECT_EQ(pace.Rest(kStart + milliseconds(100)), milliseconds(0));
}

TEST(PaceTest, BytesCountBesideTheTimes) {
  Pace pace(kTenASecond);
  pace.Count(1, 5'000, kStart);
  EXPECT_EQ(pace.Rest(kStart), milliseconds(100 + 5'000 - 300));
}

TEST(PaceTest, ALongSilenceSavesNoMoreThanABurst) {
  Pace pace(kTenASecond);
  pace.Count(1, 0, kStart);
  const Instant later = kStart + seconds(3'600);
  EXPECT_TRUE(pace.IsFresh(later));
  for (int i = 0; i < 4; ++i) pace.Count(1, 0, later);
  EXPECT_EQ(pace.Rest(later), milliseconds(100));
}

TEST(PaceTest, OneHugeItemIsNotHeldAgainstAnybodyForEver) {
  Pace pace(kTenASecond);
  pace.Count(1, std::size_t{1} << 40U, kStart);
  pace.Count(1, std::size_t{1} << 40U, kStart);
  EXPECT_EQ(pace.Rest(kStart), Pace::kLongestRest);
  EXPECT_EQ(pace.Rest(kStart + Pace::kLongestRest), milliseconds(0));
}

}  // namespace
}  // namespace aval
