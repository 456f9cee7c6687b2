#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "consensus/storage.h"
#include "consensus/types.h"
#include "consensus/wal/record_cursor.h"

namespace aval::consensus::wal {

/// Entries that one group held, and that cannot be read from it any more.
struct Damage {
  DamagedRange range;
  GroupPlace place;
};

/// Live entries that do not lie where they were written first: damaged ones, and those written
/// once more since.
///
/// Invariant: ranges, of both kinds together, are disjoint and not empty.
/// Threads: one.
class DamageTable {
 public:
  struct Mended {
    DamagedRange range;
    Position at;  // Of the first, and the others follow it in the group.
  };

  /// Nothing when the range is known already.
  void Add(const Damage& damage);
  /// The damaged range is now at `at`; nothing when it is not damaged (any more).
  void Mend(const DamagedRange& range, const Position& at);
  /// What was written once more in the group at `place` is damaged again.
  void LoseMended(const GroupPlace& place);
  /// Entries after `kept` are dead.
  void TruncateAfter(const EntryId& kept);
  /// Entries up to the anchor are gone.
  void DropThrough(Index anchor);

  /// The range with this entry, or null.
  const Damage* FindDamaged(Index index) const;
  const Mended* FindMended(Index index) const;
  /// The last entry before the next such range, at most `to`; `from` is in none.
  Index LastBeforeNext(Index from, Index to) const;
  /// Ascending.
  std::vector<DamagedRange> damaged() const;
  bool empty() const { return damaged_.empty() && mended_.empty(); }

 private:
  std::map<Index, Damage> damaged_;  // By the index of `before`.
  std::map<Index, Mended> mended_;
};

}  // namespace aval::consensus::wal
