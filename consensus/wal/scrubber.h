#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/wal/group_reader.h"
#include "consensus/wal/segment.h"
#include "consensus/wal/witness.h"

namespace aval::consensus::wal {

/// Reads what is durable once more, group by group, oldest first and over again: most sectors that
/// a disk cannot give any more are found by nobody else until they are needed.
///
/// Threads: one, which is neither the writer's nor the core's; it has file handles of its own, and
/// reads only groups that do not change any more.
class Scrubber {
 public:
  Scrubber(Disk& disk, std::filesystem::path directory)
      : disk_(disk), directory_(std::move(directory)) {}

  /// What there is to read.
  struct Bounds {
    std::uint64_t oldest = 0;  // Ordinal of a segment.
    GroupPlace end;            // Where the next group will begin.
  };
  struct Found {
    std::uint64_t bytes = 0;       // Read.
    std::vector<Witness> damaged;  // Groups that cannot be read, with what they did.
    std::vector<Witness> unseen;   // Whole groups whose slot in the ring is missing or broken.
    /// Damage that nothing witnesses, or a witness of something else; the rest of the segment was
    /// left out.
    std::optional<Error> lost;
    bool came_round = false;
  };
  /// Reads groups until they are so many bytes, or the last one was read. kIo when the disk fails.
  Result<Found> Run(const Bounds& bounds, std::size_t bytes);

 private:
  Result<void> Next(const Bounds& bounds, Found& found);
  Result<void> Step(Found& found);
  Result<WitnessSlot> ReadSlot(std::uint64_t group);

  Disk& disk_;
  const std::filesystem::path directory_;
  std::uint64_t next_ = 0;  // The segment after the open one.
  std::optional<Segment> segment_;
  LogEnd end_;  // In it.
  std::unique_ptr<File> ring_;
};

}  // namespace aval::consensus::wal
