#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/storage.h"
#include "consensus/wal/log_state.h"

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
};

/// Reads all segments in `directory`, and makes what it found durable: a torn tail is overwritten
/// with zeros and the last group written again, since a sync that failed before a restart may have
/// left it in the page cache only. Anything but a torn tail is kCorruption with file and offset.
Result<RecoveredLog> Recover(Disk& disk, const std::filesystem::path& directory,
                             const crypto::Digest& cluster, NodeId node);

}  // namespace aval::consensus::wal
