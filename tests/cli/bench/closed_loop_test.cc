#include "cli/bench/closed_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>

#include "tests/cli/bench/load_sink.h"

namespace aval::cli::bench {
namespace {

using Chains = std::vector<std::vector<Bytes>>;

Chains ManyChains(std::uint8_t count, std::uint8_t length) {
  Chains chains(count);
  for (std::uint8_t chain = 0; chain < count; ++chain) {
    for (std::uint8_t i = 0; i < length; ++i) chains[chain].push_back({chain, i});
  }
  return chains;
}

// A node that holds what it gets until as many acts wait as there are clients; from then on it
// answers, the oldest first.
class ClosedLoopTest : public ::testing::Test {
 protected:
  Result<LoopResult> Run(std::size_t clients, Chains chains) {
    clients_ = clients;
    return RunClosedLoop({&sink_}, {.clients = clients}, std::move(chains), stop_);
  }

  void Take(const Bytes& act, ActSink::Done done) {
    order_.push_back(act);
    waiting_.push_back(std::move(done));
    most_waiting_ = std::max(most_waiting_, waiting_.size());
    // An answer submits the next act from within: one answer at a time.
    if (answering_ || waiting_.size() < clients_) return;
    answering_ = true;
    while (!waiting_.empty()) {
      const ActSink::Done next = std::move(waiting_.front());
      waiting_.pop_front();
      next(reply_);
    }
    answering_ = false;
  }

  std::size_t clients_ = 1;
  Result<std::vector<ActReply>> reply_ = Accepted();
  std::vector<Bytes> order_;
  std::deque<ActSink::Done> waiting_;
  std::size_t most_waiting_ = 0;
  bool answering_ = false;
  LoadSink sink_{[this](const Bytes& act, ActSink::Done done) { Take(act, std::move(done)); }};
  std::atomic<bool> stop_ = false;
};

TEST_F(ClosedLoopTest, AsManyActsAreUnderWayAsThereAreClients) {
  const auto result = Run(3, ManyChains(4, 3));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(most_waiting_, 3U);
  EXPECT_EQ(order_.size(), 12U);
}

TEST_F(ClosedLoopTest, AChainIsSubmittedInItsOrder) {
  ASSERT_TRUE(Run(3, ManyChains(4, 3)).has_value());
  std::map<std::uint8_t, std::uint8_t> next;
  for (const Bytes& act : order_) EXPECT_EQ(act[1], next[act[0]]++);
}

TEST_F(ClosedLoopTest, WhatIsDecidedAfterAClientHasNoMoreWorkIsNotCounted) {
  const auto result = Run(3, ManyChains(4, 3));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  // The first client takes the fourth chain; the second finds none after its third act, and the
  // third client's is decided later.
  EXPECT_EQ(result->load.decided(), 8U);
  EXPECT_EQ(result->load.latency_us.size(), result->load.decided());
}

TEST_F(ClosedLoopTest, RefusalsAreCountedByCode) {
  reply_ = Decided(1);
  const auto result = Run(1, ManyChains(1, 3));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->load.accepted, 0U);
  EXPECT_EQ(result->load.refused.size(), 1U);
  EXPECT_EQ(result->load.decided(), 3U);
}

TEST_F(ClosedLoopTest, AnActThatIsNotDecidedEndsTheLoop) {
  reply_ = Reply(ActReply::Status::kOverloaded, 0, "full");
  const auto result = Run(1, ManyChains(2, 3));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message, "full");
  EXPECT_EQ(order_.size(), 1U);
}

TEST_F(ClosedLoopTest, StoppedItEndsWithTheActsUnderWay) {
  stop_ = true;
  EXPECT_EQ(Run(1, ManyChains(2, 3)).error().code, Code::kCancelled);
  EXPECT_EQ(order_.size(), 1U);
}

}  // namespace
}  // namespace aval::cli::bench
