#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace aval {

/// Runs tasks one after another on one thread: now, or not before a delay has passed.
/// ThreadExecutor is a node's; tests give one over virtual time.
/// Threads: every method is safe from all; tasks run on the executor's own.
class Executor {
 public:
  using Task = std::function<void()>;
  virtual ~Executor() = default;
  virtual void Post(Task task) = 0;
  virtual void After(Duration delay, Task task) = 0;
};

}  // namespace aval
