#pragma once

#include <cstddef>
#include <deque>

#include "base/clock.h"
#include "consensus/types.h"

namespace aval::consensus {

/// What of a leader's committed entries has not been applied, by itself or by a quorum: so many
/// bytes, since when.
/// Threads: one.
class ApplyLag {
 public:
  /// In ascending order.
  void Committed(Index index, std::size_t bytes, Instant now);
  /// Everybody who counts has applied up to here.
  void Forget(Index applied);
  void Clear();

  struct Lag {
    std::size_t bytes = 0;
    Duration age{};  // Of the oldest.
  };
  /// Of who has applied up to `applied`; at most what was not forgotten.
  Lag Of(Index applied, Instant now) const;

 private:
  struct Item {
    Index index;
    std::size_t bytes_before;  // Of everything committed before, since Clear.
    Instant since;
  };
  std::deque<Item> items_;
  std::size_t bytes_ = 0;  // Of everything.
};

}  // namespace aval::consensus
