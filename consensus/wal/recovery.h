#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/storage.h"
#include "consensus/wal/log_state.h"
#include "consensus/wal/ring.h"

namespace aval::consensus::wal {

/// The name of a segment under construction; it becomes a segment by renaming.
inline constexpr const char* kDraftName = "next.draft";

/// What was cut off because a power cut had torn it.
struct TornTail {
  std::string file;
  std::uint64_t offset = 0;
};

struct RecoveredLog {
  LogState state;
  std::uint32_t incarnation = 0;
  std::uint64_t ordinal = 0;  // Of the segment to go on with; 0: the directory holds none.
  std::unique_ptr<File> file;
  std::uint64_t offset = 0;  // At which its next group begins.
  std::uint64_t end = 0;     // Of the room for groups.
  std::optional<TornTail> torn;
  std::optional<Error> dropped;  // Why it begins later than it did.
  std::optional<Ring> ring;
};

struct RecoveryOptions {
  crypto::Digest cluster{};
  NodeId node{};
  std::size_t ring_slots = 0;  // Of a new ring.
  Index flushed{};             // What the state has durably.
  Index origin{};              // After which a new log would begin.
};

/// Reads all segments in `directory` and the ring, decides group by group what counts
/// (decision.h), and makes what it found durable: a torn tail is overwritten with zeros, the last
/// group written again, since a sync that failed before a restart may have left it in the page
/// cache only, a damaged copy of a header and missing slots of the ring written from what is whole.
/// Where what was lost lies in segments before one that begins with what the state has, the log
/// begins with that one, and those before are removed.
/// An error changes nothing on the disk, unless the disk fails on the way. kCorruption: the log is
/// lost; the text says file, offset and what follows from it. kInvalidArgument: not this node's
/// log, nor this program's.
Result<RecoveredLog> Recover(Disk& disk, const std::filesystem::path& directory,
                             const RecoveryOptions& options);
/// The last entry of a log that is not to be opened, whatever of it only the state must have.
/// Changes nothing; errors as those of Recover.
Result<EntryId> ReadLast(Disk& disk, const std::filesystem::path& directory,
                         RecoveryOptions options);

}  // namespace aval::consensus::wal
