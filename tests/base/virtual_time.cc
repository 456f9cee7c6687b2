#include "tests/base/virtual_time.h"

namespace aval {

void VirtualTime::After(Duration delay, std::function<void()> task) {
  tasks_.emplace(std::pair(now_ + delay, scheduled_++), std::move(task));
}

void VirtualTime::RunFor(Duration duration) {
  const Instant end = now_ + duration;
  while (!tasks_.empty() && tasks_.begin()->first.first <= end) {
    now_ = tasks_.begin()->first.first;
    ++events_;
    tasks_.extract(tasks_.begin()).mapped()();
  }
  now_ = end;
}

void VirtualExecutor::After(Duration delay, Task task) {
  time_.After(delay, [alive = std::weak_ptr(alive_), task = std::move(task)] {
    if (!alive.expired()) task();
  });
}

}  // namespace aval
