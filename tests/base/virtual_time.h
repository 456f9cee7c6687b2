#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/executor.h"

namespace aval {

/// Time that passes only from event to event: everything in a test runs on its one thread, in an
/// order that follows from what was scheduled. Threads: one.
class VirtualTime final : public Clock {
 public:
  Instant Now() const override { return now_; }
  std::int64_t UnixMillis() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now_.since_start).count();
  }

  void After(Duration delay, std::function<void()> task);
  /// Runs what is due within `duration`, then stands at its end.
  void RunFor(Duration duration);
  /// Tasks run so far.
  std::uint64_t events() const { return events_; }

 private:
  Instant now_{std::chrono::hours(24 * 17'000)};
  std::uint64_t scheduled_ = 0;
  std::uint64_t events_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> tasks_;
};

/// An executor on virtual time. What waits when it is destroyed never runs: a process that was
/// killed. Threads: one.
class VirtualExecutor final : public Executor {
 public:
  explicit VirtualExecutor(VirtualTime& time) : time_(time) {}
  void Post(Task task) override { After(Duration{0}, std::move(task)); }
  void After(Duration delay, Task task) override;

 private:
  VirtualTime& time_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace aval
