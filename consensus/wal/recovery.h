#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/storage.h"
#include "consensus/wal/format.h"
#include "consensus/wal/sparse_index.h"

namespace aval::consensus::wal {

/// The name of a segment under construction; it becomes a segment by renaming.
inline constexpr const char* kDraftName = "next.draft";

/// What a record does to the log. A group's changes count together or not at all.
struct Change {
  RecordKind kind = RecordKind::kEnd;
  EntryId id{};           // The entry's; of a truncation, that of the entry kept.
  EntryId before{};       // Of an entry.
  Position at{};          // Of an entry.
  std::size_t bytes = 0;  // Of an entry.
  HardState hard_state{};
};

/// What the log says after its last whole group.
struct LogState {
  HardState hard_state;
  EntryId last;
  EntryId anchor;
  std::uint64_t group = 0;  // Number of the last group.
  SparseIndex index;
  /// Per segment the lowest entry that was the last while it was written: entries up to it lie in
  /// older segments only.
  std::map<std::uint64_t, EntryId> segments;

  void StartSegment(std::uint64_t ordinal);
  void Apply(const Change& change, std::uint64_t ordinal);
};

/// What was cut off because a power cut had torn it.
struct TornTail {
  std::string file;
  std::uint64_t offset = 0;
};

struct RecoveredLog {
  LogState state;
  std::uint64_t ordinal = 0;  // Of the segment to go on with; 0: the directory holds none.
  std::unique_ptr<File> file;
  std::uint64_t offset = 0;  // At which its next group begins.
  std::uint64_t size = 0;
  std::optional<TornTail> torn;
};

/// Reads all segments in `directory`, and makes what it found durable: a torn tail is overwritten
/// with zeros and the last group written again, since a sync that failed before a restart may have
/// left it in the page cache only. Anything but a torn tail is kCorruption with file and offset.
Result<RecoveredLog> Recover(Disk& disk, const std::filesystem::path& directory,
                             const crypto::Digest& cluster, NodeId node);

}  // namespace aval::consensus::wal
