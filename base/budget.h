#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>

#include "base/assert.h"

namespace aval {

/// So many things, which take so many bytes together.
struct Load {
  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

  std::size_t things = 0;
  std::size_t bytes = 0;

  friend bool operator==(const Load&, const Load&) = default;
};

/// Bounds what holders have of something scarce: all of them together, and each of them, so that
/// one who takes whatever can be had leaves the rest to the others. Holders are told apart by
/// something they cannot choose freely, a proved key or an address.
/// Invariant: no holder's sum is above `each`, and their total is not above `all`.
/// Threads: safe from all. It outlives what it has given.
template <class Holder>
class Budget {
 public:
  struct Counters {
    Load taken;                 // At the moment.
    std::uint64_t refused = 0;  // Asked for and not given, ever.
    std::uint64_t greedy = 0;   // Of these, for the holder's own bound.
  };

  Budget(Load all, Load each) : all_(all), each_(each) {}

  /// It is given back when the last copy goes; null when it does not fit.
  std::shared_ptr<void> Take(const Holder& holder, Load load) {
    if (load == Load{}) return std::make_shared<char>();
    const std::scoped_lock lock(mutex_);
    const auto known = by_holder_.find(holder);
    const Load own = known == by_holder_.end() ? Load{} : known->second;
    const bool greedy = !Fits(load, own, each_);
    if (greedy || !Fits(load, counters_.taken, all_)) {
      ++counters_.refused;
      if (greedy) ++counters_.greedy;
      return nullptr;
    }
    Add(counters_.taken, load);
    Add(by_holder_[holder], load);
    return {this, [this, holder, load](void*) { GiveBack(holder, load); }};
  }

  Counters counters() const {
    const std::scoped_lock lock(mutex_);
    return counters_;
  }

 private:
  static bool Fits(const Load& load, const Load& taken, const Load& most) {
    return load.things <= most.things - taken.things && load.bytes <= most.bytes - taken.bytes;
  }
  static void Add(Load& sum, const Load& load) {
    sum.things += load.things;
    sum.bytes += load.bytes;
  }
  static void Subtract(Load& sum, const Load& load) {
    AVAL_ASSERT(sum.things >= load.things && sum.bytes >= load.bytes);
    sum.things -= load.things;
    sum.bytes -= load.bytes;
  }

  void GiveBack(const Holder& holder, const Load& load) {
    const std::scoped_lock lock(mutex_);
    const auto known = by_holder_.find(holder);
    AVAL_ASSERT(known != by_holder_.end());
    Subtract(counters_.taken, load);
    Subtract(known->second, load);
    if (known->second == Load{}) by_holder_.erase(known);
  }

  const Load all_;
  const Load each_;
  mutable std::mutex mutex_;
  Counters counters_;
  std::map<Holder, Load> by_holder_;  // Only those who have something.
};

}  // namespace aval
