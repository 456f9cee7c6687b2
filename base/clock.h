#pragma once

#include <chrono>
#include <cstdint>

namespace aval {

/// Monotonic time since an arbitrary start; what timers and the consensus core count in.
using Duration = std::chrono::microseconds;
struct Instant {
  Duration since_start{0};
  friend auto operator<=>(const Instant&, const Instant&) = default;
};
inline Instant operator+(Instant at, Duration by) { return {at.since_start + by}; }
inline Duration operator-(Instant a, Instant b) { return a.since_start - b.since_start; }

/// The two clocks of a node. Tests and the simulator give their own.
/// Threads: safe from all.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
  /// Milliseconds since 1970-01-01 UTC; may step in either direction.
  virtual std::int64_t UnixMillis() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant Now() const override;
  std::int64_t UnixMillis() const override;
};

}  // namespace aval
