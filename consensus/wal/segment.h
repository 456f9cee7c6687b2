#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/wal/format.h"
#include "consensus/wal/group_reader.h"

namespace aval::consensus::wal {

/// An open segment with its header, of which one copy is enough.
struct Segment {
  std::unique_ptr<File> file;  // Patient.
  SegmentHeader header;
  Room room;
  bool first_copy = false;  // Whole.
  bool mirror = false;

  std::uint64_t ordinal() const { return room.ordinal; }
};

/// kCorruption when both copies of the header are damaged, or the file has another length;
/// kInvalidArgument when it is of another format version.
Result<Segment> OpenSegment(Disk& disk, const std::filesystem::path& directory,
                            std::uint64_t ordinal, Disk::Mode mode);

}  // namespace aval::consensus::wal
