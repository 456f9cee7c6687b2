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

void SparseIndex::DropSegmentsBefore(std::uint64_t ordinal) {
  while (!points_.empty() && points_.front().at.ordinal < ordinal) points_.pop_front();
  if (points_.empty()) broken_ = true;
}

SparseIndex::Range SparseIndex::Find(Index index) const {
  const auto next = std::ranges::partition_point(
      points_, [&](const Point& point) { return point.before.index < index; });
  AVAL_ASSERT(next != points_.begin());
  Range range{.from = *(next - 1), .last = {std::numeric_limits<std::uint64_t>::max()}};
  if (next != points_.end()) range.last = next->before.index;
  return range;
}

}  // namespace aval::consensus::wal
