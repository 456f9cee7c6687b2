#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "consensus/storage.h"

namespace aval::node {

/// When a leader may mark again where a snapshot is to be cut: each mark costs every node a reading
/// of its state, and takes what is on offer from whoever fetches it. So the next one waits until
/// the snapshot of the last is made here and was there for a while; that while doubles as long as
/// marks do not help somebody who can trust none.
/// Threads: one.
class MarkPace {
 public:
  struct Limits {
    Duration made = std::chrono::minutes(1);   // From when the last snapshot was made, at first,
    Duration longest = std::chrono::hours(1);  // and at most; also from a mark that is not made.
  };

  explicit MarkPace(const Limits& limits) : limits_(limits) {}

  bool Allows(Instant now) const { return !last_ || now - *last_ >= Interval(); }
  /// `for_none`: for who can trust none of the snapshots that there are.
  void Marked(const consensus::EntryId& mark, Instant now, bool for_none);
  /// This node offers the snapshot cut at `mark`.
  void Made(consensus::Index mark, Instant now);
  /// Somebody can trust none.
  void NoneTrusted(Instant now);
  /// The last mark, of which no snapshot is made here yet; all zero: none.
  const consensus::EntryId& under_way() const { return under_way_; }
  /// That mark is in the log no more.
  void Cut() { under_way_ = {}; }

 private:
  Duration Interval() const;

  const Limits limits_;
  std::optional<Instant> last_;  // Mark, or when its snapshot was made.
  consensus::EntryId under_way_;
  int in_vain_ = 0;  // Marks for who can trust none, in a row.
  Instant none_;     // When that was last said.
};

}  // namespace aval::node
