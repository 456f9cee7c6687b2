#include "consensus/wal/sparse_index.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"

namespace aval::consensus::wal {

void SparseIndex::Append(const EntryId& before, const Position& at, std::size_t bytes) {
  AVAL_ASSERT(points_.empty() || points_.back().before.index < before.index || broken_);
  const bool elsewhere = points_.empty() || points_.back().at.ordinal != at.ordinal;
  if (broken_ || elsewhere || since_ >= kSpacing) {
    points_.push_back({.before = before, .at = at});
    since_ = 0;
    broken_ = false;
  }
  since_ += bytes;
}

void SparseIndex::TruncateAfter(Index kept) {
  while (!points_.empty() && points_.back().before.index >= kept) points_.pop_back();
  broken_ = true;
}

void SparseIndex::Insert(const EntryId& before, const Position& at) {
  const auto next = std::ranges::partition_point(
      points_, [&](const Point& point) { return point.before.index < before.index; });
  if (next != points_.end() && next->before.index == before.index) {
    next->at = at;
    return;
  }
  points_.insert(next, {.before = before, .at = at});
}

void SparseIndex::DropSegmentsBefore(std::uint64_t ordinal) {
  while (!points_.empty() && points_.front().at.ordinal < ordinal) points_.pop_front();
  if (points_.empty()) broken_ = true;
}

SparseIndex::Range SparseIndex::Find(Index index) const {
  const auto next = std::ranges::partition_point(
      points_, [&](const Point& point) { return point.before.index < index; });
  AVAL_ASSERT(next != points_.begin());
  Range range{.from = *(next - 1), .last = {}, .next = {}};
  range.last.index = {std::numeric_limits<std::uint64_t>::max()};
  if (next != points_.end()) {
    range.last = next->before;
    range.next = next->at;
  }
  return range;
}

}  // namespace aval::consensus::wal
