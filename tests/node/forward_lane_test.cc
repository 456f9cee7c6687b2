#include "node/forward_lane.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <string>
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
  explicit ForwardLaneTest(std::size_t capacity = 64) : pool_("verify-", 1, capacity) {
    lane_ = std::make_shared<ForwardLane>(ForwardLane::Parts{
        .clock = &time_,
        .pool = &pool_,
        .prepare =
            [this](Envelopes envelopes) {
              return std::make_shared<ActPreparation>(std::move(envelopes), verifier_);
            },
        .done = [this](const std::vector<ledger::Preparation>& acts,
                       const net::Receipt&) { Note("done " + std::to_string(acts.size())); },
        .refuse =
            [this](const Envelopes& envelopes) {
              Note("refused " + std::to_string(envelopes.size()));
            }});
  }
  ~ForwardLaneTest() override { pool_.Stop(); }

  // So many envelopes that are no acts.
  static Envelopes Garbage(std::size_t count) {
    return Envelopes(count, std::make_shared<const Bytes>(Bytes{1, 2, 3}));
  }
  void Note(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    notes_.push_back(what);
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
  // What was reported, once the pool has run everything.
  std::vector<std::string> Notes() {
    pool_.Stop();
    const std::scoped_lock lock(mutex_);
    return notes_;
  }

  VirtualTime time_;
  ledger::MemoryStore state_;
  KeyCache keys_{state_, 16};
  ActVerifier verifier_{"ledger.aval.example/test", keys_};
  WorkerPool pool_;
  std::promise<void> released_;
  std::mutex mutex_;
  std::vector<std::string> notes_;
  std::shared_ptr<ForwardLane> lane_;
};

// What the test itself waits for, because a stopped pool takes no further slice.
TEST_F(ForwardLaneTest, OthersHaveTheirTurnWithinALongFrame) {
  Hold();
  lane_->Add(Garbage(64), nullptr);
  std::promise<std::size_t> turn;
  ASSERT_TRUE(pool_.TryPost([&] {
    const std::scoped_lock lock(mutex_);
    turn.set_value(notes_.size());
  }));
  Release();
  EXPECT_EQ(turn.get_future().get(), 0U);
}

TEST_F(ForwardLaneTest, FramesAreDoneWholeAndInTheirOrder) {
  auto last = std::make_shared<std::promise<void>>();
  const auto done = last->get_future();
  Hold();
  lane_->Add(Garbage(40), nullptr);
  lane_->Add(Garbage(1), nullptr);
  // Its receipt goes when it is done.
  lane_->Add(Garbage(20), net::Receipt(nullptr, [last](void*) { last->set_value(); }));
  Release();
  done.wait();
  EXPECT_EQ(Notes(), (std::vector<std::string>{"done 40", "done 1", "done 20"}));
}

TEST_F(ForwardLaneTest, WhoForwardsWhatIsInvalidIsRefusedForAWhile) {
  const auto add = [this](std::size_t count) {
    auto gone = std::make_shared<std::promise<void>>();
    const auto done = gone->get_future();
    lane_->Add(Garbage(count), net::Receipt(nullptr, [gone](void*) { gone->set_value(); }));
    done.wait();
  };
  add(100);
  add(1);
  time_.RunFor(std::chrono::seconds(1));
  add(2);
  EXPECT_EQ(Notes(), (std::vector<std::string>{"done 100", "refused 1", "done 2"}));
}

class FullForwardLaneTest : public ForwardLaneTest {
 protected:
  FullForwardLaneTest() : ForwardLaneTest(1) {}
};

TEST_F(FullForwardLaneTest, AFullPoolRefusesWhatWaits) {
  Hold();
  ASSERT_TRUE(pool_.TryPost([] {}));
  lane_->Add(Garbage(3), nullptr);
  EXPECT_EQ(notes_, (std::vector<std::string>{"refused 3"}));
  Release();
}

}  // namespace
}  // namespace aval::node
