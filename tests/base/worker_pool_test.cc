#include "base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace aval {
namespace {

TEST(WorkerPoolTest, RunsEveryTaskPostedBeforeStop) {
  std::atomic<int> runs = 0;
  WorkerPool pool("test", 3, 1000);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.TryPost([&runs] { ++runs; }));
  pool.Stop();
  EXPECT_EQ(runs, 1000);
}

TEST(WorkerPoolTest, RefusesWhatPassesItsCapacity) {
  std::latch started(1);
  std::latch release(1);
  WorkerPool pool("test", 1, 2);
  ASSERT_TRUE(pool.TryPost([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_FALSE(pool.TryPost([] {}));
  release.count_down();
}

TEST(WorkerPoolTest, RefusesTasksAfterStop) {
  WorkerPool pool("test", 1, 2);
  pool.Stop();
  EXPECT_FALSE(pool.TryPost([] {}));
}

}  // namespace
}  // namespace aval
