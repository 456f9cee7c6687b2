#include "cli/submitter.h"

#include <gtest/gtest.h>

namespace aval::cli {
namespace {

std::vector<Bytes> Chain(std::size_t acts, std::size_t bytes, std::uint8_t mark) {
  return std::vector<Bytes>(acts, Bytes(bytes, mark));
}

TEST(PackChainsTest, KeepsChainsWholeAndInOrder) {
  const auto batches = PackChains({Chain(3, 10, 1), Chain(2, 10, 2)});
  ASSERT_EQ(batches.size(), 1U);
  ASSERT_EQ(batches[0].size(), 5U);
  EXPECT_EQ(batches[0][2][0], 1);
  EXPECT_EQ(batches[0][3][0], 2);
}

TEST(PackChainsTest, BeginsANewBatchWhereActsOrBytesWouldPassTheBound) {
  EXPECT_EQ(PackChains({Chain(Submitter::kBatchActs, 10, 1), Chain(1, 10, 2)}).size(), 2U);
  EXPECT_EQ(PackChains({Chain(1, Submitter::kBatchBytes, 1), Chain(1, 10, 2)}).size(), 2U);
}

TEST(LoadReportTest, PercentileIsTheLatencyNotExceeded) {
  LoadReport report;
  EXPECT_EQ(report.Percentile(0.5), 0U);
  for (std::uint32_t i = 100; i > 0; --i) report.latency_us.push_back(i);
  EXPECT_EQ(report.Percentile(0.5), 51U);
  EXPECT_EQ(report.Percentile(0.99), 100U);
  EXPECT_EQ(report.Percentile(1.0), 100U);
}

TEST(LoadReportTest, DecidedCountsAcceptedAndRefused) {
  LoadReport report;
  report.accepted = 3;
  report.refused = {{"E_LIMIT", 2}, {"E_STATE", 1}};
  EXPECT_EQ(report.decided(), 6U);
}

}  // namespace
}  // namespace aval::cli
