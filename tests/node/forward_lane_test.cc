#include "node/forward_lane.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ledger/state/store.h"
#include "node/key_cache.h"
#include "tests/base/virtual_time.h"

namespace aval::node {
namespace {

using Envelopes = ForwardLane::Envelopes;

/// A lane into a pool of one thread, which a test can hold; what it reports, in order.
class ForwardLaneTest : public testing::Test {
 protected:
  using Notes = std::vector<std::string>;

  explicit ForwardLaneTest(std::size_t capacity = 64) : pool_("verify-", 1, capacity) {
    lane_ = std::make_shared<ForwardLane>(ForwardLane::Parts{
        .clock = &time_,
        .pool = &pool_,
        .leads = [this] { return leads_.load(); },
        .prepare =
            [this](Envelopes envelopes) {
              if (loses_leadership_) leads_ = false;
              return std::make_shared<ActPreparation>(std::move(envelopes), verifier_);
            },
        .done = [this](const std::vector<ledger::Preparation>& acts,
                       const net::Receipt&) { Note("done " + std::to_string(acts.size())); },
        .refuse = [this](const net::ForwardRefused& refused) { NoteRefused(refused); }});
  }
  ~ForwardLaneTest() override { pool_.Stop(); }

  // So many envelopes that are no acts.
  static Envelopes Garbage(std::size_t count, std::size_t bytes = 3) {
    return Envelopes(count, std::make_shared<const Bytes>(bytes, std::uint8_t{1}));
  }
  static net::Receipt Receipt() { return std::make_shared<char>(); }
  void NoteRefused(const net::ForwardRefused& refused) {
    EXPECT_NE(std::this_thread::get_id(), test_thread_);
    const bool leads = refused.reason != net::ForwardRefused::Reason::kNotLeader;
    Note((leads ? "refused " : "not leader ") + std::to_string(refused.envelopes.size()));
  }
  void Note(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    notes_.push_back(what);
    noted_.notify_all();
  }
  // The pool's thread does nothing until Release.
  void Hold() {
    std::promise<void> holds;
    ASSERT_TRUE(pool_.TryPost([this, &holds] {
      holds.set_value();
      released_.get_future().wait();
    }));
    holds.get_future().wait();
  }
  void Release() { released_.set_value(); }
  // What was reported, once it is so much. The bound is there for a broken program alone.
  Notes AwaitNotes(std::size_t count) {
    std::unique_lock lock(mutex_);
    noted_.wait_for(lock, std::chrono::seconds(60), [&] { return notes_.size() >= count; });
    return notes_;
  }

  const std::thread::id test_thread_ = std::this_thread::get_id();
  VirtualTime time_;
  ledger::MemoryStore state_;
  KeyCache keys_{state_, 16};
  ActVerifier verifier_{"ledger.aval.example/test", keys_};
  WorkerPool pool_;
  std::atomic<bool> leads_ = true;
  std::atomic<bool> loses_leadership_ = false;
  std::promise<void> released_;
  std::mutex mutex_;
  std::condition_variable noted_;
  Notes notes_;
  std::shared_ptr<ForwardLane> lane_;
};

TEST_F(ForwardLaneTest, OthersHaveTheirTurnWithinALongFrame) {
  Hold();
  lane_->Add(Garbage(64), Receipt());
  std::promise<std::size_t> turn;
  ASSERT_TRUE(pool_.TryPost([&] {
    const std::scoped_lock lock(mutex_);
    turn.set_value(notes_.size());
  }));
  Release();
  EXPECT_EQ(turn.get_future().get(), 0U);
}

TEST_F(ForwardLaneTest, FramesAreDoneWholeAndInTheirOrder) {
  Hold();
  for (const std::size_t count : {40U, 1U, 20U}) lane_->Add(Garbage(count), Receipt());
  Release();
  EXPECT_EQ(AwaitNotes(3), (Notes{"done 40", "done 1", "done 20"}));
}

TEST_F(ForwardLaneTest, WhoForwardsWhatIsInvalidIsRefusedForAWhile) {
  lane_->Add(Garbage(100), Receipt());
  AwaitNotes(1);
  lane_->Add(Garbage(1), Receipt());
  AwaitNotes(2);
  time_.RunFor(std::chrono::seconds(1));
  lane_->Add(Garbage(2), Receipt());
  EXPECT_EQ(AwaitNotes(3), (Notes{"done 100", "refused 1", "done 2"}));
}

// By the pool, where nobody waits for it (NoteRefused), and before what takes longer.
TEST_F(ForwardLaneTest, AFrameWithoutReceiptIsRefused) {
  Hold();
  lane_->Add(Garbage(2), Receipt());
  lane_->Add(Garbage(3), nullptr);
  Release();
  EXPECT_EQ(AwaitNotes(2), (Notes{"refused 3", "done 2"}));
}

TEST_F(ForwardLaneTest, NoMoreWaitsToBeRefusedThanItsBound) {
  Hold();
  for (int i = 0; i < 10; ++i) lane_->Add(Garbage(1, ForwardLane::kRefusedBytes / 4), nullptr);
  lane_->Add(Garbage(2), Receipt());
  Release();
  EXPECT_EQ(AwaitNotes(5), (Notes{"refused 1", "refused 1", "refused 1", "refused 1", "done 2"}));
}

TEST_F(ForwardLaneTest, WhatWaitsWhenLeadershipIsLostIsRefusedAndNotPrepared) {
  loses_leadership_ = true;
  Hold();
  for (const std::size_t count : {40U, 1U}) lane_->Add(Garbage(count), Receipt());
  Release();
  EXPECT_EQ(AwaitNotes(2), (Notes{"not leader 40", "not leader 1"}));
}

class FullForwardLaneTest : public ForwardLaneTest {
 protected:
  FullForwardLaneTest() : ForwardLaneTest(1) {}
};

// Its sender, who hears nothing, sends it again.
TEST_F(FullForwardLaneTest, WhatAFullPoolCannotTakeIsDroppedAndTheNextIsTaken) {
  Hold();
  std::promise<void> has_room;
  ASSERT_TRUE(pool_.TryPost([&] { has_room.set_value(); }));
  auto receipt = Receipt();
  const std::weak_ptr<void> kept = receipt;
  lane_->Add(Garbage(3), std::move(receipt));
  EXPECT_TRUE(kept.expired());
  Release();
  has_room.get_future().wait();
  lane_->Add(Garbage(2), Receipt());
  EXPECT_EQ(AwaitNotes(1), (Notes{"done 2"}));
}

}  // namespace
}  // namespace aval::node
