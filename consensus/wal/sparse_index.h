#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "consensus/storage.h"
#include "consensus/types.h"
#include "consensus/wal/record_cursor.h"

namespace aval::consensus::wal {

/// Where to start reading for an entry: one point for about every 256 KiB of log, and one wherever
/// the next live entry does not lie behind the one before it (at a segment's beginning and after a
/// truncation). So from a point up to the entry before the next one, live entries follow each other
/// in one segment, and no dead entry lies among them.
///
/// 100 GiB of log are 400,000 points, 40 MiB.
/// Threads: one.
class SparseIndex {
 public:
  static constexpr std::size_t kSpacing = std::size_t{256} << 10U;

  struct Point {
    EntryId before;  // The entry at `at` follows this one.
    Position at;
  };
  struct Range {
    Point from;
    /// The last entry before the next point; of the newest point, the highest index, and no more.
    EntryId last;
    std::optional<Position> next;  // Of the next point.
  };

  /// The entry after `before` begins at `at` and takes so many bytes.
  void Append(const EntryId& before, const Position& at, std::size_t bytes);
  /// Entries after this are dead.
  void TruncateAfter(Index kept);
  /// The next entry does not lie behind the one before it.
  void Break() { broken_ = true; }
  /// A point more, or one moved: the entry after `before` is the next live one from `at` on.
  void Insert(const EntryId& before, const Position& at);
  /// Forgets points into segments before `ordinal`.
  void DropSegmentsBefore(std::uint64_t ordinal);
  /// For an entry that was appended, and neither truncated nor dropped.
  Range Find(Index index) const;

 private:
  std::deque<Point> points_;  // Rising in both members.
  std::size_t since_ = 0;     // Bytes since the last point.
  bool broken_ = true;        // The next entry needs a point of its own.
};

}  // namespace aval::consensus::wal
