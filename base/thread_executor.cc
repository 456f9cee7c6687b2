#include "base/thread_executor.h"

#include <pthread.h>

#include <chrono>
#include <utility>

namespace aval {

ThreadExecutor::ThreadExecutor(const std::string& name)
    : thread_([this, name] {
        pthread_setname_np(pthread_self(), name.c_str());
        Run();
      }) {}

ThreadExecutor::~ThreadExecutor() { Stop(); }

void ThreadExecutor::Post(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    ready_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void ThreadExecutor::After(Duration delay, Task task) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    delayed_.emplace(clock_.Now() + delay, std::move(task));
  }
  wake_.notify_one();
}

void ThreadExecutor::Stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    delayed_.clear();
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ThreadExecutor::Run() {
  std::deque<Task> batch;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      for (;;) {
        const Instant now = clock_.Now();
        while (!delayed_.empty() && delayed_.begin()->first <= now) {
          ready_.push_back(std::move(delayed_.begin()->second));
          delayed_.erase(delayed_.begin());
        }
        if (!ready_.empty()) break;
        if (stopping_) return;
        if (delayed_.empty()) {
          wake_.wait(lock);
        } else {
          wake_.wait_for(lock, delayed_.begin()->first - now);
        }
      }
      batch.swap(ready_);
    }
    for (Task& task : batch) task();
    batch.clear();
  }
}

}  // namespace aval
