#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "base/thread_executor.h"

namespace aval {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(ThreadExecutorTest, RunsTasksInTheOrderOfTheirPosting) {
  std::vector<int> ran;
  ThreadExecutor executor("test");
  for (int i = 0; i < 100; ++i) executor.Post([&ran, i] { ran.push_back(i); });
  executor.Stop();
  ASSERT_EQ(ran.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
}

TEST(ThreadExecutorTest, RunsDelayedTasksInTheOrderOfTheirTimes) {
  std::vector<int> ran;
  std::promise<void> last;
  ThreadExecutor executor("test");
  // Posted together, so that none can run before all stand.
  executor.Post([&] {
    executor.After(milliseconds(30), [&] {
      ran.push_back(3);
      last.set_value();
    });
    executor.After(milliseconds(10), [&] { ran.push_back(1); });
    executor.After(milliseconds(20), [&] { ran.push_back(2); });
  });
  last.get_future().wait();
  executor.Stop();
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
}

TEST(ThreadExecutorTest, StopRunsWhatWasPostedAndDropsWhatIsDelayedOrComesLater) {
  bool posted = false;
  bool delayed = false;
  bool late = false;
  ThreadExecutor executor("test");
  executor.After(hours(1), [&delayed] { delayed = true; });
  executor.Post([&posted] { posted = true; });
  executor.Stop();
  executor.Post([&late] { late = true; });
  executor.After(milliseconds(0), [&late] { late = true; });
  executor.Stop();
  EXPECT_TRUE(posted);
  EXPECT_FALSE(delayed);
  EXPECT_FALSE(late);
}

TEST(BoundedQueueTest, TryPushRefusesAtTheCapacityAndAfterClose) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  EXPECT_FALSE(queue.TryPush(3));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_TRUE(queue.TryPush(4));
  queue.Close();
  EXPECT_FALSE(queue.TryPush(5));
  EXPECT_FALSE(queue.Push(6));
  EXPECT_EQ(queue.PopAll(), (std::deque<int>{2, 4}));
  EXPECT_TRUE(queue.PopAll().empty());
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

TEST(BoundedQueueTest, PushWaitsForRoomAndLosesNothing) {
  BoundedQueue<int> queue(3);
  std::thread sender([&queue] {
    for (int i = 0; i < 10'000; ++i) queue.Push(int{i});
    queue.Close();
  });
  int expected = 0;
  for (;;) {
    const std::deque<int> taken = queue.PopAll();
    if (taken.empty()) break;
    EXPECT_LE(taken.size(), 3U);
    for (const int item : taken) EXPECT_EQ(item, expected++);
  }
  sender.join();
  EXPECT_EQ(expected, 10'000);
}

}  // namespace
}  // namespace aval
