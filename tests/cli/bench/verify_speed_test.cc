#include "cli/bench/verify_speed.h"

#include <gtest/gtest.h>

namespace aval::cli::bench {
namespace {

TEST(LimitTest, EveryNodeChecksEverySignature) {
  const Limit limit{.verifies_per_second = 30'000, .nodes = 3, .signatures_per_act = 1.25};
  EXPECT_DOUBLE_EQ(limit.ActsPerSecond(), 8'000);
  EXPECT_DOUBLE_EQ(limit.Share(2'800), 0.35);
}

TEST(MeasureVerifiesTest, WhatIsNoEnvelopeIsAnError) {
  EXPECT_FALSE(MeasureVerifies({{Bytes{1, 2, 3}}}, 1, std::chrono::milliseconds(1)));
}

}  // namespace
}  // namespace aval::cli::bench
