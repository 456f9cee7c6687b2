#include "cli/bench/open_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/virtual_time.h"
#include "tests/cli/bench/load_sink.h"

namespace aval::cli::bench {
namespace {

using std::chrono::milliseconds;
using testing::Each;
using testing::ElementsAre;

// A node that takes `delay` for each act, and a loop in the same virtual time.
class OpenLoopTest : public ::testing::Test {
 protected:
  Result<OpenLoopResult> Run(double rate, std::size_t acts) {
    const LoopTime loop_time{.clock = &time_, .wait_until = [this](Instant until) {
                               if (until > time_.Now()) time_.RunFor(until - time_.Now());
                             }};
    return RunOpenLoop({&sink_}, {.rate = rate}, std::vector<Bytes>(acts, Bytes{1}), loop_time,
                       stop_);
  }

  VirtualTime time_;
  Duration delay_ = milliseconds(30);
  Result<std::vector<ActReply>> reply_ = Accepted();
  std::vector<Instant> arrivals_;
  LoadSink sink_{[this](const Bytes&, const ActSink::Done& done) {
    arrivals_.push_back(time_.Now());
    time_.After(delay_, [this, done] { done(reply_); });
  }};
  std::atomic<bool> stop_ = false;
};

TEST_F(OpenLoopTest, ActsAreDueAtEvenDistances) {
  const OpenLoop loop{.rate = 400};
  const Instant start{std::chrono::seconds(5)};
  EXPECT_EQ(loop.Due(start, 0), start);
  EXPECT_EQ(loop.Due(start, 1) - start, std::chrono::microseconds(2'500));
  EXPECT_EQ(loop.Due(start, 4'000) - start, std::chrono::seconds(10));
}

TEST_F(OpenLoopTest, ActsAreSentWhenDueWhateverTheAnswersDo) {
  delay_ = milliseconds(500);
  const Instant start = time_.Now();
  ASSERT_TRUE(Run(100, 5).has_value());
  std::vector<Duration> sent;
  for (const Instant arrival : arrivals_) sent.push_back(arrival - start);
  EXPECT_THAT(sent, ElementsAre(milliseconds(0), milliseconds(10), milliseconds(20),
                                milliseconds(30), milliseconds(40)));
}

TEST_F(OpenLoopTest, LatencyIsFromDueToTheAnswer) {
  const auto result = Run(100, 5);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->load.accepted, 5U);
  EXPECT_THAT(result->load.latency_us, Each(30'000U));
  EXPECT_THAT(result->lateness_us, Each(0U));
}

TEST_F(OpenLoopTest, ALateGeneratorIsChargedToTheLatencyAndReported) {
  // Each wait ends 7 ms late, as on a machine that is busy.
  const LoopTime late{.clock = &time_, .wait_until = [this](Instant until) {
                        time_.RunFor(until - time_.Now() + milliseconds(7));
                      }};
  const auto result = RunOpenLoop({&sink_}, {.rate = 10}, {Bytes{1}, Bytes{2}}, late, stop_);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_THAT(result->lateness_us, Each(7'000U));
  EXPECT_THAT(result->load.latency_us, Each(37'000U));
}

TEST_F(OpenLoopTest, WhatIsNotDecidedIsCountedByReasonAndHasNoLatency) {
  reply_ = Reply(ActReply::Status::kOverloaded);
  const auto overloaded = Run(1'000, 3);
  ASSERT_TRUE(overloaded.has_value());
  EXPECT_EQ(overloaded->undecided, (std::map<std::string, std::uint64_t>{{"overloaded", 3}}));
  EXPECT_TRUE(overloaded->load.latency_us.empty());
  reply_ = Error{.code = Code::kUnavailable, .message = "gone"};
  const auto failed = Run(1'000, 2);
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->undecided, (std::map<std::string, std::uint64_t>{{"failed", 2}}));
}

TEST_F(OpenLoopTest, ARefusalIsADecision) {
  reply_ = Decided(1);
  const auto result = Run(1'000, 3);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->load.accepted, 0U);
  EXPECT_EQ(result->load.decided(), 3U);
}

TEST_F(OpenLoopTest, StoppedItEndsEarly) {
  stop_ = true;
  EXPECT_EQ(Run(100, 5).error().code, Code::kCancelled);
  EXPECT_TRUE(arrivals_.empty());
}

TEST(InterleaveTest, AChainKeepsItsOrderAndItsDistance) {
  std::vector<std::vector<Bytes>> chains;
  for (std::uint8_t chain = 0; chain < 50; ++chain) {
    chains.push_back({{chain, 0}, {chain, 1}, {chain, 2}});
  }
  const std::vector<Bytes> acts = Interleave(chains, 10);
  ASSERT_EQ(acts.size(), 150U);
  std::map<std::uint8_t, std::size_t> last;
  for (std::size_t at = 0; at < acts.size(); ++at) {
    const std::uint8_t chain = acts[at][0];
    if (acts[at][1] > 0) {
      EXPECT_GE(at, last.at(chain) + 10) << "chain " << int{chain};
    }
    EXPECT_EQ(acts[at][1], last.contains(chain) ? acts[last[chain]][1] + 1 : 0);
    last[chain] = at;
  }
}

TEST(InterleaveTest, FewChainsAreAsFarApartAsTheyCanBe) {
  EXPECT_THAT(Interleave({{{1}, {2}}, {{3}, {4}}}, 10),
              ElementsAre(Bytes{1}, Bytes{3}, Bytes{2}, Bytes{4}));
}

}  // namespace
}  // namespace aval::cli::bench
