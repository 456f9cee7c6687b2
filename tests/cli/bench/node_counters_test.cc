#include "cli/bench/node_counters.h"

#include <gtest/gtest.h>

namespace aval::cli::bench {
namespace {

constexpr std::string_view kText =
    "# HELP aval_raft_is_leader 1 while this node leads.\n"
    "# TYPE aval_raft_is_leader gauge\n"
    "aval_raft_is_leader 1\n"
    "aval_blocks_proposed_total 7\n"
    "aval_wal_entries_total 8\n"
    "aval_wal_syncs_total 9\n"
    "aval_wal_bytes_total 4096\n"
    "aval_flushes_total 5\n"
    "aval_signatures_applied_total 30\n"
    "aval_signatures_reused_total 20\n"
    "aval_signatures_left_to_rules_total 1\n"
    "aval_signatures_checked_total{thread=\"core\"} 0\n"
    "aval_signatures_checked_total{thread=\"verify\"} 29\n"
    "aval_peer_sent_bytes_total{peer=\"2\"} 1e+06\n"
    "aval_peer_sent_bytes_total{peer=\"3\"} 500\n";

Result<NodeCounters> Parse(std::string_view text) {
  AVAL_TRY(const Samples samples, ParseSamples(text));
  return CountersOf(samples);
}

TEST(NodeCountersTest, TheMetricsOfANodeAreRead) {
  const auto counters = Parse(kText);
  ASSERT_TRUE(counters.has_value()) << counters.error().message;
  EXPECT_TRUE(counters->leads);
  EXPECT_EQ(counters->blocks_proposed, 7U);
  EXPECT_EQ(counters->wal_entries, 8U);
  EXPECT_EQ(counters->wal_syncs, 9U);
  EXPECT_EQ(counters->wal_bytes, 4096U);
  EXPECT_EQ(counters->flushes, 5U);
  EXPECT_EQ(counters->signatures_applied, 30U);
  EXPECT_EQ(counters->signatures_reused, 20U);
  EXPECT_EQ(counters->peer_sent_bytes, 1'000'500U);
  EXPECT_EQ(counters->signatures_checked,
            (std::map<std::string, std::uint64_t>{{"core", 0}, {"verify", 29}}));
  EXPECT_EQ(counters->Verified(), 30U);
}

TEST(NodeCountersTest, ADifferenceIsTakenOfEveryCounter) {
  const auto earlier = Parse(kText);
  ASSERT_TRUE(earlier.has_value());
  NodeCounters now = *earlier;
  now.wal_syncs += 3;
  now.signatures_checked["verify"] += 10;
  now.signatures_checked["applier"] = 2;
  const NodeCounters since = now.Since(*earlier);
  EXPECT_EQ(since.wal_syncs, 3U);
  EXPECT_EQ(since.wal_bytes, 0U);
  EXPECT_EQ(since.peer_sent_bytes, 0U);
  EXPECT_EQ(since.signatures_checked,
            (std::map<std::string, std::uint64_t>{{"applier", 2}, {"core", 0}, {"verify", 10}}));
}

TEST(NodeCountersTest, OfANodeThatHasRestartedItIsWhatCameSince) {
  const auto earlier = Parse(kText);
  ASSERT_TRUE(earlier.has_value());
  NodeCounters now;
  now.wal_syncs = 2;
  now.peer_sent_bytes = 7;
  now.signatures_checked["verify"] = 3;
  ASSERT_GT(earlier->wal_syncs, now.wal_syncs);
  const NodeCounters since = now.Since(*earlier);
  EXPECT_EQ(since.wal_syncs, 2U);
  EXPECT_EQ(since.peer_sent_bytes, 7U);
  EXPECT_EQ(since.signatures_checked.at("verify"), 3U);
}

TEST(NodeCountersTest, AMetricThatLacksIsNamed) {
  const auto counters = Parse("aval_raft_is_leader 1\n");
  ASSERT_FALSE(counters.has_value());
  EXPECT_NE(counters.error().message.find("aval_blocks_proposed_total"), std::string::npos);
}

TEST(NodeCountersTest, WhatIsNoSampleIsAnError) {
  EXPECT_EQ(ParseSamples("aval_wal_syncs_total\n").error().code, Code::kCorruption);
  EXPECT_EQ(ParseSamples("aval_wal_syncs_total many\n").error().code, Code::kCorruption);
}

}  // namespace
}  // namespace aval::cli::bench
