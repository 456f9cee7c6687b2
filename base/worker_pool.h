#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"

namespace aval {

/// Runs independent tasks on threads of its own, in no particular order.
/// Threads: TryPost is safe from all; Stop not from a task.
class WorkerPool {
 public:
  using Task = std::function<void()>;

  /// `name` (at most 12 bytes) and a number are what the operating system shows for each thread. At
  /// most `capacity` tasks wait.
  WorkerPool(const std::string& name, unsigned threads, std::size_t capacity);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False when the pool is full or stopped: the caller does the work itself, or sheds it.
  bool TryPost(Task task) { return tasks_.TryPush(std::move(task)); }
  std::size_t threads() const { return threads_.size(); }
  /// Runs what was posted and joins the threads.
  void Stop();

 private:
  BoundedQueue<Task> tasks_;
  std::vector<std::thread> threads_;
};

}  // namespace aval
