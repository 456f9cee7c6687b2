#include "node/act_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace aval::node {
namespace {

constexpr consensus::NodeId kOne{1};
constexpr consensus::NodeId kTwo{2};
constexpr consensus::NodeId kThree{3};

constexpr std::size_t kRoom = std::size_t{64} << 20U;
constexpr std::size_t kShare = ActQueue::kShareBytes / ActQueue::kActBytesLeast;  // Short acts.

// An act in name: the queue looks at its length alone.
ActQueue::Act Make(std::size_t bytes = 100) {
  auto act = std::make_shared<ledger::PreparedAct>();
  act->bytes = std::make_shared<const Bytes>(bytes);
  return act;
}

void Fill(ActQueue& queue, consensus::NodeId origin, std::size_t count, std::size_t bytes = 100) {
  for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(queue.Push(origin, Make(bytes)));
}

// How many acts of `bytes` bytes there are in the next `blocks` blocks.
std::size_t TakeOfLength(ActQueue& queue, std::size_t bytes, int blocks = 1) {
  std::size_t count = 0;
  for (int i = 0; i < blocks; ++i) {
    for (const ActQueue::Act& act : queue.TakeBlock()) count += act->bytes->size() == bytes ? 1 : 0;
  }
  return count;
}

TEST(ActQueueTest, OneNodesActsLeaveInTheirOrder) {
  ActQueue queue(100, 100'000);
  std::vector<ActQueue::Act> acts;
  for (int i = 0; i < 10; ++i) {
    acts.push_back(Make());
    ASSERT_TRUE(queue.Push(kOne, acts.back()));
  }
  EXPECT_EQ(queue.TakeBlock(), acts);
  EXPECT_TRUE(queue.empty());
}

TEST(ActQueueTest, ANodeHasHalfOfTheRoomAndLeavesTheRest) {
  ActQueue acts(8, 100'000);
  Fill(acts, kOne, 4);
  EXPECT_FALSE(acts.Push(kOne, Make()));
  Fill(acts, kTwo, 4);
  EXPECT_FALSE(acts.Push(kThree, Make()));
  ActQueue bytes(100, 1'000);
  Fill(bytes, kOne, 5);
  EXPECT_FALSE(bytes.Push(kOne, Make(1)));
  EXPECT_TRUE(bytes.Push(kTwo, Make(500)));
}

TEST(ActQueueTest, WhatTheOthersLeaveFreeGoesToTheBusiest) {
  ActQueue queue(100'000, kRoom);
  Fill(queue, kOne, 5'000, 100);
  for (int block = 0; block < 10; ++block) {
    Fill(queue, kTwo, 2, 200);
    EXPECT_EQ(TakeOfLength(queue, 100), kShare - 2) << block;
  }
}

TEST(ActQueueTest, AFloodLeavesRoomInItsNextBlockForWhoeverWasSilent) {
  ActQueue queue(100'000, kRoom);
  Fill(queue, kOne, 10'000, 100);
  ASSERT_EQ(TakeOfLength(queue, 100, 10), 10 * kShare);
  Fill(queue, kThree, 100, 300);
  EXPECT_EQ(TakeOfLength(queue, 300), 100U);
}

TEST(ActQueueTest, SilenceGainsNothingLater) {
  ActQueue queue(100'000, kRoom);
  Fill(queue, kOne, 10'000, 100);
  ASSERT_EQ(TakeOfLength(queue, 100, 10), 10 * kShare);
  Fill(queue, kTwo, 10'000, 200);
  EXPECT_EQ(TakeOfLength(queue, 200, 10), 10 * kShare / 2);
}

TEST(ActQueueTest, SharesAreOfBytesWhereActsAreLong) {
  ActQueue queue(100'000, kRoom);
  Fill(queue, kOne, 1'000, 16'384);
  Fill(queue, kTwo, 10'000, 100);
  const std::size_t even = 10 * ActQueue::kShareBytes / 2;
  EXPECT_NEAR(static_cast<double>(TakeOfLength(queue, 100, 10) * ActQueue::kActBytesLeast),
              static_cast<double>(even), 16'384);
}

TEST(ActQueueTest, NobodyGainsByItsNumberWhereABlockDoesNotDivideEvenly) {
  static_assert(kShare % 3 != 0);
  for (const std::size_t bytes : {100U, 200U, 300U}) {
    ActQueue queue(100'000, kRoom);
    Fill(queue, kOne, 1'000, 100);
    Fill(queue, kTwo, 1'000, 200);
    Fill(queue, kThree, 1'000, 300);
    EXPECT_EQ(TakeOfLength(queue, bytes, 3), kShare) << bytes;
  }
}

TEST(ActQueueTest, AnActBeyondTheShareHasABlockOfItsOwn) {
  ActQueue queue(100'000, kRoom);
  ASSERT_TRUE(queue.Push(kOne, Make(ActQueue::kShareBytes + 1)));
  ASSERT_TRUE(queue.Push(kOne, Make()));
  EXPECT_EQ(queue.TakeBlock().size(), 1U);
  EXPECT_EQ(queue.TakeBlock().size(), 1U);
}

TEST(ActQueueTest, ABlockIsFullWithItsShareOfWhoeversActs) {
  ActQueue queue(1'000, kRoom);
  Fill(queue, kOne, kShare / 2);
  EXPECT_FALSE(queue.FillsBlock());
  Fill(queue, kTwo, kShare - kShare / 2);
  EXPECT_TRUE(queue.FillsBlock());
  EXPECT_EQ(queue.TakeBlock().size(), kShare);
  EXPECT_FALSE(queue.FillsBlock());
  Fill(queue, kOne, kShare);
  queue.Clear();
  EXPECT_FALSE(queue.FillsBlock());
}

TEST(ActQueueTest, ClearedItHasAllItsRoomAgain) {
  ActQueue queue(4, 1'000);
  Fill(queue, kOne, 2);
  queue.Clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.TakeBlock().empty());
  Fill(queue, kOne, 2);
}

}  // namespace
}  // namespace aval::node
