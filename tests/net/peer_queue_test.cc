#include "net/peer_queue.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "net/frame.h"
#include "net/peer_codec.h"

namespace aval::net {
namespace {

std::vector<PeerMessage> Extensions(std::initializer_list<std::uint32_t> numbers,
                                    std::size_t body = 1) {
  std::vector<PeerMessage> messages;
  for (const std::uint32_t number : numbers) {
    messages.emplace_back(Extension{.number = number, .body = Bytes(body, 1)});
  }
  return messages;
}

std::vector<std::uint32_t> Numbers(const PeerQueue::Taken& taken) {
  std::vector<std::uint32_t> numbers;
  ByteReader frames(taken.frames);
  while (!frames.empty()) {
    const Result<PeerMessage> message = DecodeFrame(frames.Sized());
    numbers.push_back(std::get<Extension>(*message).number);
  }
  return numbers;
}

using Pushed = PeerQueue::Pushed;

TEST(PeerQueueTest, RefusesWhileTheLinkIsDown) {
  PeerQueue queue(10, 10'000);
  EXPECT_EQ(queue.Push(Extensions({1})), Pushed::kRefused);
  queue.Open();
  EXPECT_EQ(queue.Push(Extensions({1})), Pushed::kTakenFirst);
  EXPECT_EQ(queue.counters().refused, 1U);
}

TEST(PeerQueueTest, GivesMessagesInTheirOrder) {
  PeerQueue queue(10, 10'000);
  queue.Open();
  queue.Push(Extensions({1}));
  queue.Push(Extensions({2, 3}));
  EXPECT_EQ(Numbers(queue.Take(10'000)), (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST(PeerQueueTest, TellsTheLinkOnceUntilItHasFoundTheQueueEmpty) {
  PeerQueue queue(10, 10'000);
  queue.Open();
  EXPECT_EQ(queue.Push(Extensions({1})), Pushed::kTakenFirst);
  EXPECT_EQ(queue.Push(Extensions({2})), Pushed::kTaken);
  EXPECT_EQ(queue.Take(10'000).count, 2U);
  EXPECT_EQ(queue.Push(Extensions({3})), Pushed::kTaken);
  EXPECT_EQ(queue.Take(10'000).count, 1U);
  EXPECT_EQ(queue.Take(10'000).count, 0U);
  EXPECT_EQ(queue.Push(Extensions({4})), Pushed::kTakenFirst);
}

TEST(PeerQueueTest, RefusesTheNewestWhenFullOfMessages) {
  PeerQueue queue(2, 10'000);
  queue.Open();
  queue.Push(Extensions({1, 2}));
  EXPECT_EQ(queue.Push(Extensions({3})), Pushed::kRefused);
  EXPECT_EQ(Numbers(queue.Take(10'000)), (std::vector<std::uint32_t>{1, 2}));
}

TEST(PeerQueueTest, RefusesTheNewestWhenFullOfBytes) {
  PeerQueue queue(100, 2'000);
  queue.Open();
  EXPECT_NE(queue.Push(Extensions({1}, 1'500)), Pushed::kRefused);
  EXPECT_EQ(queue.Push(Extensions({2}, 1'500)), Pushed::kRefused);
  EXPECT_EQ(queue.counters().messages, 1U);
}

TEST(PeerQueueTest, TakesAllOfAGroupOrNothing) {
  PeerQueue queue(3, 10'000);
  queue.Open();
  queue.Push(Extensions({1, 2}));
  EXPECT_EQ(queue.Push(Extensions({3, 4})), Pushed::kRefused);
  EXPECT_EQ(queue.counters().refused, 2U);
  EXPECT_EQ(queue.Push(Extensions({3})), Pushed::kTaken);
}

TEST(PeerQueueTest, ClosingDropsWhatWaitsAndCountsIt) {
  PeerQueue queue(10, 10'000);
  queue.Open();
  queue.Push(Extensions({1, 2}));
  queue.Close();
  EXPECT_EQ(queue.counters().lost, 2U);
  EXPECT_EQ(queue.counters().bytes, 0U);
  queue.Open();
  EXPECT_EQ(queue.Push(Extensions({3})), Pushed::kTakenFirst);
  EXPECT_EQ(Numbers(queue.Take(10'000)), (std::vector<std::uint32_t>{3}));
}

TEST(PeerQueueTest, TakesNoMoreThanEnough) {
  PeerQueue queue(10, 100'000);
  queue.Open();
  queue.Push(Extensions({1, 2, 3}, 1'000));
  EXPECT_EQ(queue.Take(1'500).count, 2U);
  EXPECT_EQ(queue.Take(1).count, 1U);
}

}  // namespace
}  // namespace aval::net
