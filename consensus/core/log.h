#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/result.h"
#include "consensus/storage.h"
#include "consensus/types.h"

namespace aval::consensus {

/// A node's log as the core sees it: what is durable, what is on its way to the disk, and the
/// recent part of both in memory.
///
/// Writes go out under rising sequence numbers and are reported durable by number. A truncation
/// while older writes are under way lowers what those may still prove (the completion of an
/// old write must not mark newer entries at the same index stable).
///
/// Invariant: stable() <= last().index.
/// Threads: one. No I/O of its own; reading old entries goes through the LogReader and may fail as
/// that does.
class Log {
 public:
  /// `last` is the last durable entry, all zero for an empty log; `reader` outlives the log.
  Log(const LogReader& reader, const EntryId& last);

  EntryId last() const { return last_; }
  /// Highest index whose entry, as it now stands in the log, is durable here.
  Index stable() const { return stable_; }
  /// The entry before the first that can be read.
  EntryId anchor() const { return reader_.Anchor(); }
  std::size_t bytes_in_memory() const { return recent_bytes_; }

  /// Index 0 has term 0 and the zero chain. kNotFound beyond the end and below the anchor.
  Result<EntryId> IdAt(Index index) const;
  /// The highest index <= `from` whose term is <= `term`, but not below the anchor. Reads for one
  /// identity at most.
  Result<EntryId> LastWithTermAtMost(Index from, Term term) const;
  /// Entries (`after`, `to`], as many as cost (CostOf) at most `bytes_max`, but at least one.
  Result<std::vector<Entry>> Read(Index after, Index to, std::size_t bytes_max) const;

  /// Appends under `sequence`; the entry's index is last + 1 and its chain is right.
  void Append(Entry entry, std::uint64_t sequence);
  /// Drops everything after `kept`, an entry of this log.
  void TruncateAfter(const EntryId& kept);
  /// All writes up to `sequence` are durable.
  void Persisted(std::uint64_t sequence);
  /// Drops the oldest stable entries from memory while it holds more than `bytes_kept`; they stay
  /// readable.
  void Forget(std::size_t bytes_kept);

 private:
  struct Write {
    std::uint64_t sequence;
    Index last;
  };
  const LogReader& reader_;
  EntryId last_;
  Index stable_;
  std::deque<Entry> recent_;  // Contiguous, ends at last_.
  std::size_t recent_bytes_ = 0;
  std::deque<Write> under_way_;
};

}  // namespace aval::consensus
