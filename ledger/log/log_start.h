#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/disk.h"
#include "base/result.h"
#include "ledger/log/log_reader.h"

namespace aval::ledger {

/// The file "begin" in the directory of a log that does not begin at leaf 0 (docs/formats/log.md):
/// there as long as what lies before is not.
inline constexpr const char* kLogStartFile = "begin";

/// Null where there is none; kCorruption when it is damaged.
Result<std::shared_ptr<const LogStart>> ReadLogStart(Disk& disk,
                                                     const std::filesystem::path& directory);

/// Makes the files of a log that begins at `start`, with room for what lies before in the segments
/// that its next leaf goes to. `directory` is there and has no log; all is durable on return.
Result<void> BeginLog(Disk& disk, const std::filesystem::path& directory, const LogStart& start,
                      std::uint64_t segment_leaves);

/// A segment of one run, and how many of its bytes lie before a log's start.
using RoomVisitor =
    std::function<Result<void>(SegmentRun& run, std::uint64_t segment, std::uint64_t bytes)>;
/// For each run the segment that the next leaf, bundle or hash goes to. `bytes` may be 0.
Result<void> ForEachRoom(LogRuns& runs, const LogEnd& end, const RoomVisitor& visit);

}  // namespace aval::ledger
