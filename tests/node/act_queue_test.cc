#include "node/act_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "ledger/block.h"

namespace aval::node {
namespace {

constexpr consensus::NodeId kOne{1};
constexpr consensus::NodeId kTwo{2};
constexpr consensus::NodeId kThree{3};

// An act in name: the queue looks at its length alone.
ActQueue::Act Make(std::size_t bytes = 100) {
  auto act = std::make_shared<ledger::PreparedAct>();
  act->bytes = std::make_shared<const Bytes>(bytes);
  return act;
}

void Fill(ActQueue& queue, consensus::NodeId origin, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(queue.Push(origin, Make()));
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

TEST(ActQueueTest, AFloodFillsNoMoreOfABlockThanTheBusiestOther) {
  ActQueue queue(100'000, std::size_t{64} << 20U);
  Fill(queue, kThree, 10'000);
  Fill(queue, kOne, 200);
  Fill(queue, kTwo, 90);
  EXPECT_EQ(queue.TakeBlock().size(), 200U + 200U + 90U);
}

TEST(ActQueueTest, AFloodFillsASmallBlockWhileAnotherNodeSendsNowAndThen) {
  ActQueue queue(100'000, std::size_t{64} << 20U);
  Fill(queue, kThree, 20'000);
  EXPECT_EQ(queue.TakeBlock().size(), ActQueue::kActsAlone);
  const ActQueue::Act late = Make();
  ASSERT_TRUE(queue.Push(kOne, late));
  const std::vector<ActQueue::Act> block = queue.TakeBlock();
  EXPECT_EQ(block.size(), ActQueue::kActsAmongOthers + 1);
  EXPECT_EQ(block.front(), late);
  for (std::uint64_t i = 1; i < ActQueue::kBlocksRemembered; ++i) {
    ASSERT_EQ(queue.TakeBlock().size(), ActQueue::kActsAmongOthers) << i;
  }
  EXPECT_EQ(queue.TakeBlock().size(), ActQueue::kActsAlone);
}

TEST(ActQueueTest, ABlockHasItsBoundsAndGivesEachNodeItsTurn) {
  ActQueue queue(100'000, std::size_t{64} << 20U);
  Fill(queue, kOne, 5'000);
  Fill(queue, kTwo, 5'000);
  EXPECT_EQ(queue.TakeBlock().size(), ledger::kBlockActsMax);
  EXPECT_EQ(queue.acts(), 10'000 - ledger::kBlockActsMax);
  ActQueue large(1'000, std::size_t{64} << 20U);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(large.Push(kOne, Make(30'000)));
  EXPECT_EQ(large.TakeBlock().size(), ledger::kBlockBytesMax / 30'000);
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
