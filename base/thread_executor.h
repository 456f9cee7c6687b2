#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/executor.h"

namespace aval {

/// An executor on a named thread of its own. Delayed tasks run in the order of their times, after
/// those already posted. What is posted after Stop is dropped; what was posted before still runs.
/// Threads: every method is safe from all; Stop not from the executor's own thread.
class ThreadExecutor final : public Executor {
 public:
  /// `name` (at most 15 bytes) is what the operating system shows for the thread.
  explicit ThreadExecutor(const std::string& name);
  ~ThreadExecutor() override;
  ThreadExecutor(const ThreadExecutor&) = delete;
  ThreadExecutor& operator=(const ThreadExecutor&) = delete;

  void Post(Task task) override;
  void After(Duration delay, Task task) override;

  /// Runs what was posted, drops what is delayed, and joins the thread.
  void Stop();

 private:
  void Run();

  const SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> ready_;
  std::multimap<Instant, Task> delayed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace aval
