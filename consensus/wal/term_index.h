#pragma once

#include <deque>
#include <optional>

#include "consensus/storage.h"
#include "consensus/types.h"

namespace aval::consensus::wal {

/// Where terms begin among the live entries: one item for each term.
/// Threads: one.
class TermIndex {
 public:
  /// An entry of `term` follows `before`.
  void Append(const EntryId& before, Term term);
  /// Entries after this are dead.
  void TruncateAfter(Index kept);
  /// Forgets terms none of whose entries lies above the anchor.
  void DropThrough(Index anchor);
  /// The highest index <= `from` whose term is <= `term`, but not below the anchor; `from` is an
  /// entry or the anchor. Terms only rise along the log.
  Index LastWithTermAtMost(Index anchor, Index from, Term term) const;
  /// Of an entry after which another term begins.
  std::optional<EntryId> Find(Index index) const;

 private:
  struct Start {
    EntryId before;  // The term's first live entry follows it.
    Term term;
  };
  std::deque<Start> starts_;  // Rising in both members.
};

}  // namespace aval::consensus::wal
