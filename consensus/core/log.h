#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::consensus {

/// What identifies an entry and all before it.
struct EntryId {
  Index index;
  Term term;
  crypto::Digest chain;
  friend bool operator==(const EntryId&, const EntryId&) = default;
};

/// The chain of an entry from that of the one before: see Entry.
crypto::Digest ChainOf(const crypto::Digest& previous, Term term, Index index, EntryKind kind,
                       ByteView payload);

/// Durable entries that have left memory; the driver has one over the WAL.
/// Threads: called on the core's only; what it reads has been reported persisted.
class LogReader {
 public:
  virtual ~LogReader() = default;
  /// Identity of a durable entry; nothing for an index it does not hold.
  virtual std::optional<EntryId> IdAt(Index index) const = 0;
  /// Entries from `from` on, at least one and at most `to`, until their payloads pass `bytes_max`.
  virtual Result<std::vector<Entry>> Read(Index from, Index to, std::size_t bytes_max) const = 0;
};

/// A node's log as the core sees it: what is durable, what is on its way to the disk, and the
/// recent part of both in memory.
///
/// Writes go out under rising sequence numbers and are reported durable by number. A truncation
/// while older writes are under way lowers what those may still prove (H13: the completion of an
/// old write must not mark newer entries at the same index stable).
///
/// Invariant: stable() <= last().index.
/// Threads: one. No I/O of its own.
class Log {
 public:
  /// `last` is the last durable entry, all zero for an empty log.
  Log(const LogReader& reader, const EntryId& last);

  EntryId last() const { return last_; }
  /// Highest index whose entry, as it now stands in the log, is durable here.
  Index stable() const { return stable_; }
  /// Nothing when the index lies beyond the end. Index 0 has term 0 and the zero chain.
  std::optional<EntryId> IdAt(Index index) const;
  /// The highest index <= `from` whose term is <= `term`.
  EntryId LastWithTermAtMost(Index from, Term term) const;
  /// Entries (`after`, `to`], as many as fit in `bytes_max` but at least one.
  Result<std::vector<Entry>> Read(Index after, Index to, std::size_t bytes_max) const;

  /// Appends under `sequence`; the entry's index is last + 1 and its chain is right.
  void Append(Entry entry, std::uint64_t sequence);
  /// Drops `from` and everything after.
  void TruncateFrom(Index from);
  /// All writes up to `sequence` are durable.
  void Persisted(std::uint64_t sequence);
  /// Drops from memory what is stable and <= `through`, once memory holds more than `bytes_kept`.
  void Forget(Index through, std::size_t bytes_kept);

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
