#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace aval {

/// A clock that stands until a test moves it on. Threads: safe from all.
class ManualClock final : public Clock {
 public:
  Instant Now() const override { return {Duration(now_.load())}; }
  std::int64_t UnixMillis() const override { return now_ / 1'000; }
  void Advance(Duration by) { now_ += by.count(); }

 private:
  std::atomic<Duration::rep> now_ = Duration(std::chrono::hours(24 * 17'000)).count();
};

}  // namespace aval
