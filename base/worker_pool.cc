#include "base/worker_pool.h"

#include <pthread.h>

namespace aval {

WorkerPool::WorkerPool(const std::string& name, unsigned threads, std::size_t capacity)
    : tasks_(capacity) {
  AVAL_ASSERT(threads > 0);
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this, full_name = name + std::to_string(i)] {
      pthread_setname_np(pthread_self(), full_name.c_str());
      while (std::optional<Task> task = tasks_.Pop()) (*task)();
    });
  }
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Stop() {
  tasks_.Close();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace aval
