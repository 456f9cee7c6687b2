#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace aval {

/// How fast somebody may do something: so many times a second and so many bytes, on average, and a
/// burst at once after a while of less. What exceeds it is put off or refused by whoever asks,
/// however much came in one piece, but for no longer than kLongestRest: what was too much once is
/// not held against anybody for ever.
/// Threads: one at a time.
class Pace {
 public:
  struct Limits {
    std::uint32_t times_per_second = 0;  // More than 0, as the next.
    std::uint64_t bytes_per_second = 0;
    Duration burst{0};  // As much as comes evenly in this time may come at once.
  };

  static constexpr Duration kLongestRest = std::chrono::minutes(1);

  explicit Pace(const Limits& limits) : limits_(limits) {}

  /// It has been done so often, with so many bytes in all. `now` does not decrease.
  void Count(std::size_t times, std::size_t bytes, Instant now) {
    constexpr std::uint64_t kSecond = Duration(std::chrono::seconds(1)).count();
    const auto cost = Duration(times * kSecond / limits_.times_per_second +
                               bytes * kSecond / limits_.bytes_per_second);
    even_ = std::min(std::max(even_, now) + cost, now + limits_.burst + kLongestRest);
  }

  /// How long to put off what comes next; 0: it may be done at once.
  Duration Rest(Instant now) const { return std::max(Duration(0), even_ - now - limits_.burst); }

  /// Nothing of the past counts any more.
  bool IsFresh(Instant now) const { return even_ <= now; }

 private:
  Limits limits_;
  Instant even_;  // When all that was done would be done at an even pace.
};

}  // namespace aval
