#include "node/waiters.h"

#include <gtest/gtest.h>

#include <vector>

namespace aval::node {
namespace {

using Kind = ActAnswer::Kind;

crypto::Digest Envelope(std::uint8_t number) {
  crypto::Digest envelope;
  envelope.bytes[0] = number;
  return envelope;
}

Instant At(int milliseconds) { return {std::chrono::milliseconds(milliseconds)}; }

class WaitersTest : public ::testing::Test {
 protected:
  Waiters::Done Collect() {
    return [this](const ActAnswer& answer) { answers_.push_back(answer); };
  }
  Waiters waiters_;
  std::vector<ActAnswer> answers_;
};

TEST_F(WaitersTest, EveryClientOfAnActHearsItsOutcomeOnce) {
  waiters_.Add(Envelope(1), At(100), Collect());
  waiters_.Add(Envelope(1), At(100), Collect());
  waiters_.Add(Envelope(2), At(100), Collect());
  const std::vector<AppliedAct> applied{
      {.envelope = Envelope(1), .outcome = {.recorded = true, .leaf = 7}}};
  waiters_.Resolve(applied);
  waiters_.Resolve(applied);
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[1].kind, Kind::kDecided);
  EXPECT_EQ(answers_[1].outcome.leaf, 7U);
  EXPECT_EQ(waiters_.size(), 1U);
}

TEST_F(WaitersTest, DeadlineThatHasPassedIsAnsweredAndOthersWaitOn) {
  waiters_.Add(Envelope(1), At(100), Collect());
  waiters_.Add(Envelope(2), At(200), Collect());
  waiters_.Expire(At(100), Hindrance::kNoLeader);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].kind, Kind::kTimedOut);
  EXPECT_EQ(answers_[0].hindrance, Hindrance::kNoLeader);
  EXPECT_EQ(waiters_.size(), 1U);
}

TEST_F(WaitersTest, RefusalReachesTheActsNamedOnly) {
  waiters_.Add(Envelope(1), At(100), Collect());
  waiters_.Add(Envelope(2), At(100), Collect());
  waiters_.Refuse(std::vector{Envelope(2)}, Kind::kOverloaded, Hindrance::kQueueFull);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].kind, Kind::kOverloaded);
  EXPECT_EQ(answers_[0].hindrance, Hindrance::kQueueFull);
}

TEST_F(WaitersTest, AfterStopEveryoneIsAnsweredAtOnce) {
  waiters_.Add(Envelope(1), At(100), Collect());
  waiters_.Stop();
  waiters_.Add(Envelope(2), At(100), Collect());
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].kind, Kind::kStopping);
  EXPECT_EQ(answers_[1].kind, Kind::kStopping);
}

}  // namespace
}  // namespace aval::node
