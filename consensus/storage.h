#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::consensus {

// What the core asks of the disk: what to write, and what it may read again.

/// What must never be forgotten: durable before a vote leaves.
struct HardState {
  Term term;
  NodeId vote;  // 0: none in this term.
  friend bool operator==(const HardState&, const HardState&) = default;
};

/// What identifies an entry and all before it; all zero is the beginning of the log.
struct EntryId {
  Index index;
  Term term;
  crypto::Digest chain;
  friend bool operator==(const EntryId&, const EntryId&) = default;
};

inline EntryId IdOf(const Entry& entry) {
  return {.index = entry.index, .term = entry.term, .chain = entry.chain};
}

/// What an entry costs in memory beside its payload; a bound on bytes bounds empty entries, too.
inline constexpr std::size_t kEntryOverhead = 128;
inline std::size_t CostOf(const Entry& entry) { return entry.payload->size() + kEntryOverhead; }

/// The chain of an entry from that of the one before: see Entry.
crypto::Digest ChainOf(const crypto::Digest& previous, Term term, Index index, EntryKind kind,
                       ByteView payload);

/// Entries after `before` up to `last` that were durable, and cannot be read any more: rot. What
/// they must be is known by these two, through the chain.
struct DamagedRange {
  EntryId before;
  EntryId last;
  friend bool operator==(const DamagedRange&, const DamagedRange&) = default;
};

/// To be made durable, in the order of the members, under one number.
struct Persist {
  std::uint64_t sequence = 0;
  /// This entry stays and is the last; later ones go. In a damaged range it need not be the one
  /// that was lost: it is the one to be filled in.
  std::optional<EntryId> truncate_after{};
  std::vector<Entry> entries{};
  std::optional<HardState> hard_state{};
  /// All of one damaged range, or of what an earlier write leaves of it, which these fill.
  std::vector<Entry> repaired{};
};

/// Reads durable entries that have left memory.
/// Threads: called on the core's only; what it is asked for has been reported persisted.
class LogReader {
 public:
  virtual ~LogReader() = default;
  /// The entry before the first that can be read: all zero unless the log was trimmed.
  virtual EntryId Anchor() const = 0;
  /// Identity of a durable entry, or of the anchor. kNotFound for what the log does not hold; the
  /// anchor moves on the core's thread only, so that what was asked for after it is there.
  virtual Result<EntryId> IdAt(Index index) const = 0;
  /// The highest index in [anchor, from] whose term is at most `term`; the anchor when there is
  /// none. No reading.
  virtual Index LastWithTermAtMost(Index from, Term term) const = 0;
  /// Entries from `from` on, at least one and at most up to `to`, while their CostOf stays within
  /// `bytes_max`. Verified against their checksums and their chain: kCorruption names the place
  /// of what is damaged.
  virtual Result<std::vector<Entry>> Read(Index from, Index to, std::size_t bytes_max) const = 0;
};

}  // namespace aval::consensus
