#include "cli/log_export.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace aval::cli {
namespace {

std::vector<std::uint64_t> KeptOf(std::uint64_t sizes, std::size_t most) {
  SpreadSizes spread(most);
  for (std::uint64_t size = 1; size <= sizes; ++size) spread.Add(size);
  return spread.kept();
}

TEST(SpreadSizesTest, FewAreAllKept) {
  EXPECT_EQ(KeptOf(4, 4), (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST(SpreadSizesTest, ManyAreThinnedEvenlyFromTheFirst) {
  EXPECT_EQ(KeptOf(5, 4), (std::vector<std::uint64_t>{1, 3, 5}));
  EXPECT_EQ(KeptOf(8, 4), (std::vector<std::uint64_t>{1, 3, 5, 7}));
  EXPECT_EQ(KeptOf(9, 4), (std::vector<std::uint64_t>{1, 5, 9}));
  EXPECT_EQ(KeptOf(8, 3), (std::vector<std::uint64_t>{1, 5}));
}

TEST(SpreadSizesTest, NeverMoreThanTheBoundNorFewerThanHalfOfIt) {
  for (std::uint64_t sizes = 1'000; sizes < 20'000; sizes += 337) {
    const auto kept = KeptOf(sizes, kEarlierMost);
    EXPECT_LE(kept.size(), kEarlierMost) << sizes;
    EXPECT_GE(kept.size(), kEarlierMost / 2) << sizes;
  }
}

}  // namespace
}  // namespace aval::cli
