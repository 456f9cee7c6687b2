#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "base/clock.h"
#include "base/executor.h"
#include "tests/base/virtual_time.h"

namespace aval::sim {

/// A computer's clocks: both drift against true time, and the wall clock steps.
/// Threads: one.
class NodeClock final : public Clock {
 public:
  explicit NodeClock(const VirtualTime& time) : time_(time), true_since_(time.Now()) {}

  Instant Now() const override;
  std::int64_t UnixMillis() const override;

  /// From now on it gains so many microseconds a second, or loses them.
  void SetDrift(std::int64_t parts_per_million);
  void Step(std::int64_t milliseconds) { offset_ms_ += milliseconds; }
  /// How long `local` takes in true time.
  Duration TrueDuration(Duration local) const;

 private:
  const VirtualTime& time_;
  Instant true_since_;      // Of the last change of drift,
  Duration local_since_{};  // and how far this clock then was from true time.
  std::int64_t drift_ppm_ = 0;
  std::int64_t offset_ms_ = 0;
};

/// A process's thread: tasks in order of their times by the node's clock. What waits when it is
/// destroyed never runs, as in a process that was killed.
/// Threads: one.
class NodeExecutor final : public Executor {
 public:
  /// `after_task` runs after every task. Time and clock outlive it.
  NodeExecutor(VirtualTime& time, const NodeClock& clock, std::function<void()> after_task);
  ~NodeExecutor() override;
  NodeExecutor(const NodeExecutor&) = delete;
  NodeExecutor& operator=(const NodeExecutor&) = delete;

  void Post(Task task) override { After(Duration{0}, std::move(task)); }
  void After(Duration delay, Task task) override;

  /// What becomes due waits until Resume.
  void Pause();
  void Resume();
  /// No task runs any more.
  void Halt();

 private:
  struct State {
    std::function<void()> after_task;
    bool paused = false;
    bool halted = false;
    std::deque<Task> held;
  };
  static void Run(State& state, const Task& task);

  VirtualTime& time_;
  const NodeClock& clock_;
  const std::shared_ptr<State> state_;  // Shared with tasks under way, which may outlive this.
};

}  // namespace aval::sim
