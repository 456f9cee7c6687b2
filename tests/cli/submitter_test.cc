#include "cli/submitter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

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
  EXPECT_EQ(report.Percentile(0.5), 50U);
  EXPECT_EQ(report.Percentile(0.0), 1U);
  EXPECT_EQ(report.Percentile(0.99), 99U);
  EXPECT_EQ(report.Percentile(0.999), 100U);
  EXPECT_EQ(report.Percentile(1.0), 100U);
}

TEST(LoadReportTest, DecidedCountsAcceptedAndRefused) {
  LoadReport report;
  report.accepted = 3;
  report.refused = {{"E_LIMIT", 2}, {"E_STATE", 1}};
  EXPECT_EQ(report.decided(), 6U);
}

// Moves on by a tenth of a second at every look, and by what its nodes take.
class SteppingClock final : public Clock {
 public:
  Instant Now() const override {
    Advance(std::chrono::milliseconds(100));
    return now_;
  }
  std::int64_t UnixMillis() const override { return 0; }
  void Advance(Duration by) const { now_ = now_ + by; }

 private:
  mutable Instant now_;
};

// Answers at once, as it is told.
class ScriptedNode final : public ActSink {
 public:
  using Answer = std::function<Result<std::vector<ActReply>>(const std::vector<Bytes>& batch)>;
  explicit ScriptedNode(Answer answer) : answer_(std::move(answer)) {}

  void SubmitBatch(const std::vector<Bytes>& envelopes, std::chrono::milliseconds /*timeout*/,
                   Done done) override {
    sent.push_back(envelopes);
    done(answer_(envelopes));
  }

  std::vector<std::vector<Bytes>> sent;

 private:
  const Answer answer_;
};

using Status = ActReply::Status;

ActReply Reply(Status status, std::uint16_t verdict = 0) {
  ActReply reply;
  reply.status = status;
  reply.verdict = verdict;
  return reply;
}

Result<std::vector<ActReply>> DecideAll(const std::vector<Bytes>& batch) {
  return std::vector<ActReply>(batch.size(), Reply(Status::kDecided));
}

class SubmitterTest : public ::testing::Test {
 protected:
  static std::vector<std::vector<Bytes>> OneBatch(std::uint8_t acts) {
    std::vector<std::vector<Bytes>> batches(1);
    for (std::uint8_t mark = 1; mark <= acts; ++mark) batches[0].push_back(Bytes{mark});
    return batches;
  }

  SteppingClock clock_;
  std::atomic<bool> stop_ = false;
};

TEST_F(SubmitterTest, SendsAgainOnlyWhatIsUndecidedAndElsewhere) {
  ScriptedNode first([](const std::vector<Bytes>&) -> Result<std::vector<ActReply>> {
    return std::vector<ActReply>{Reply(Status::kDecided), Reply(Status::kOverloaded),
                                 Reply(Status::kDecided, 64), Reply(Status::kUnknown)};
  });
  ScriptedNode second(DecideAll);
  Submitter submitter({&first, &second}, clock_, stop_);
  ASSERT_TRUE(submitter.Submit(OneBatch(4)));
  EXPECT_EQ(first.sent.size(), 1U);
  ASSERT_EQ(second.sent.size(), 1U);
  EXPECT_EQ(second.sent[0], (std::vector<Bytes>{Bytes{2}, Bytes{4}}));
  EXPECT_EQ(submitter.report().accepted, 3U);
  EXPECT_EQ(submitter.report().refused.at("E_LIMIT"), 1U);
  EXPECT_EQ(submitter.report().resubmitted, 1U);
}

TEST_F(SubmitterTest, NodeThatCannotBeReachedCostsAnotherTryOfTheWholeBatch) {
  ScriptedNode first([](const std::vector<Bytes>&) -> Result<std::vector<ActReply>> {
    return Error{.code = Code::kUnavailable, .message = "gone"};
  });
  ScriptedNode second(DecideAll);
  Submitter submitter({&first, &second}, clock_, stop_);
  ASSERT_TRUE(submitter.Submit(OneBatch(2)));
  ASSERT_EQ(second.sent.size(), 1U);
  EXPECT_EQ(second.sent[0], first.sent[0]);
}

// 50 seconds a try, one act decided by each: slow, but never two minutes without a decision.
TEST_F(SubmitterTest, GoesOnAsLongAsSomethingIsDecided) {
  ScriptedNode slow([this](const std::vector<Bytes>& batch) -> Result<std::vector<ActReply>> {
    clock_.Advance(std::chrono::seconds(50));
    std::vector<ActReply> replies(batch.size(), Reply(Status::kOverloaded));
    replies.front() = Reply(Status::kDecided);
    return replies;
  });
  Submitter submitter({&slow}, clock_, stop_);
  ASSERT_TRUE(submitter.Submit(OneBatch(5)));
  EXPECT_EQ(slow.sent.size(), 5U);
  EXPECT_EQ(submitter.report().accepted, 5U);
}

TEST_F(SubmitterTest, GivesUpWhenNothingWasDecidedForTwoMinutes) {
  ScriptedNode silent([this](const std::vector<Bytes>&) -> Result<std::vector<ActReply>> {
    clock_.Advance(std::chrono::seconds(50));
    return Error{.code = Code::kTimeout, .message = "no answer"};
  });
  Submitter submitter({&silent}, clock_, stop_);
  const auto submitted = submitter.Submit(OneBatch(1));
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, Code::kTimeout);
  EXPECT_EQ(silent.sent.size(), 3U);  // At 0, 50 and 100 seconds; not at 150.
}

}  // namespace
}  // namespace aval::cli
