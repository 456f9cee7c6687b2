#include "consensus/wal/damage.h"

#include <algorithm>
#include <iterator>

#include "base/assert.h"

namespace aval::consensus::wal {

namespace {

template <class Map>
const typename Map::mapped_type* Find(const Map& ranges, Index index) {
  const auto next = ranges.lower_bound(index);
  if (next == ranges.begin()) return nullptr;
  const auto& found = std::prev(next)->second;
  return index <= found.range.last.index ? &found : nullptr;
}

template <class Map>
void Truncate(Map& ranges, const EntryId& kept) {
  ranges.erase(ranges.lower_bound(kept.index), ranges.end());
  if (ranges.empty()) return;
  EntryId& last = ranges.rbegin()->second.range.last;
  if (last.index > kept.index) last = kept;
}

template <class Map>
void Drop(Map& ranges, Index anchor) {
  while (!ranges.empty() && ranges.begin()->second.range.last.index <= anchor) {
    ranges.erase(ranges.begin());
  }
}

}  // namespace

void DamageTable::Add(const Damage& damage) {
  AVAL_ASSERT(damage.range.before.index < damage.range.last.index);
  if (FindDamaged(damage.range.last.index) || FindMended(damage.range.last.index)) return;
  damaged_.emplace(damage.range.before.index, damage);
}

void DamageTable::Mend(const DamagedRange& range, const Position& at) {
  const auto found = damaged_.find(range.before.index);
  if (found == damaged_.end() || found->second.range != range) return;
  damaged_.erase(found);
  mended_.emplace(range.before.index, Mended{.range = range, .at = at});
}

void DamageTable::LoseMended(const GroupPlace& place) {
  for (auto at = mended_.begin(); at != mended_.end();) {
    const Mended& mended = at->second;
    if (mended.at.ordinal != place.ordinal || mended.at.group != place.offset) {
      ++at;
      continue;
    }
    damaged_.emplace(at->first, Damage{.range = mended.range, .place = place});
    at = mended_.erase(at);
  }
}

void DamageTable::TruncateAfter(const EntryId& kept) {
  Truncate(damaged_, kept);
  Truncate(mended_, kept);
}

void DamageTable::DropThrough(Index anchor) {
  Drop(damaged_, anchor);
  Drop(mended_, anchor);
}

const Damage* DamageTable::FindDamaged(Index index) const { return Find(damaged_, index); }

const DamageTable::Mended* DamageTable::FindMended(Index index) const {
  return Find(mended_, index);
}

Index DamageTable::LastBeforeNext(Index from, Index to) const {
  // A range that begins after `before` begins at the earliest with the entry after `from`.
  const auto damaged = damaged_.lower_bound(from);
  if (damaged != damaged_.end()) to = std::min(to, damaged->first);
  const auto mended = mended_.lower_bound(from);
  if (mended != mended_.end()) to = std::min(to, mended->first);
  return to;
}

std::vector<DamagedRange> DamageTable::damaged() const {
  std::vector<DamagedRange> ranges;
  for (const auto& [before, damage] : damaged_) ranges.push_back(damage.range);
  return ranges;
}

}  // namespace aval::consensus::wal
