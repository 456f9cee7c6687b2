#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/core/membership.h"
#include "consensus/storage.h"
#include "consensus/wal/damage.h"
#include "consensus/wal/format.h"
#include "consensus/wal/record_cursor.h"
#include "consensus/wal/sparse_index.h"
#include "consensus/wal/term_index.h"

namespace aval::consensus::wal {

/// What a record does to the log. A group's changes count together or not at all.
struct Change {
  RecordKind kind = RecordKind::kEnd;
  EntryId id{};           // The entry's; of a truncation, that of the entry kept.
  EntryId before{};       // Of an entry, not of a repair.
  Position at{};          // Of an entry or repair.
  std::size_t bytes = 0;  // Of an entry.
  std::shared_ptr<const Configuration> configuration{};  // That the entry brings, if any.
  HardState hard_state{};
};

struct Witness;

/// What the log says after its last whole group.
struct LogState {
  HardState hard_state;
  EntryId last;
  EntryId anchor;
  std::uint64_t group = 0;  // Number of the last group.
  SparseIndex index;
  TermIndex terms;
  /// Per segment the lowest entry that was the last while it was written: entries up to it lie in
  /// older segments only.
  std::map<std::uint64_t, EntryId> segments;
  /// What was in force before the first entry that can be read, or an older one, then what the
  /// entries up to `last` bring; ascending.
  std::vector<ConfigurationAt> configurations;
  /// A damaged entry after this one brings a configuration, and it is unknown which.
  std::optional<Index> unknown_configuration;
  DamageTable damages;
  /// The last entries of the newest groups, ascending; at most `ends_max`.
  std::deque<EntryId> ends;
  std::size_t ends_max = 0;

  void StartSegment(std::uint64_t ordinal);
  void Apply(const Change& change, std::uint64_t ordinal);
  /// What a damaged group did.
  void ApplyDamaged(const Witness& witness);
  /// A group that this state has applied, and that cannot be read any more. What of it is live
  /// becomes damaged.
  void FindDamaged(const Witness& witness);
  /// After each group's changes.
  void EndGroup();
  /// The last entry of a group, if it is this one.
  std::optional<EntryId> FindEnd(Index index) const;
  /// Forgets configurations that another one had replaced by the anchor.
  void DropOldConfigurations();

 private:
  Position mending_;  // Of a damaged range's first entry, which has come once more.
};

}  // namespace aval::consensus::wal
