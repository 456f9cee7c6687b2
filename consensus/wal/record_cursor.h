#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "consensus/wal/format.h"

namespace aval::consensus::wal {

/// Where a record lies in a segment.
struct Position {
  std::uint64_t ordinal = 0;  // Of the segment.
  std::uint64_t group = 0;    // Offset in the file at which its group begins.
  std::uint64_t data = 0;     // Offset in the group's data.
};

/// Where a group begins.
struct GroupPlace {
  std::uint64_t group = 0;    // Its number.
  std::uint64_t ordinal = 0;  // Of its segment.
  std::uint64_t offset = 0;   // In the file.
  friend bool operator==(const GroupPlace&, const GroupPlace&) = default;
};

/// Reads the records of one group, each sector verified. A group is either read to its end or up to
/// an error; what comes before the error is as it was written, but an unfinished group as a whole
/// does not count.
/// Threads: one.
class RecordCursor {
 public:
  /// From the record at `at` on; `file` is that segment, `name` stands in errors. The file outlives
  /// the cursor.
  RecordCursor(const File& file, std::string name, const Position& at);

  /// The next record, nothing after the last. kCorruption names the file and the sector's offset.
  Result<std::optional<Record>> Next();

  /// Of the record that Next gives; after the group's last, where the next group begins.
  Position position() const;
  // Once a record was read: the group's number, the offset in the file after its last sector, and
  // that of the page after it, where the next group begins.
  std::uint64_t group() const { return group_; }
  std::uint32_t sectors() const { return count_; }
  std::uint64_t data_end() const { return start_.group + std::uint64_t{count_} * kSector; }
  std::uint64_t end() const { return WholePages(data_end()); }

 private:
  Result<void> Need(std::size_t bytes);
  Result<void> PullSector();
  Result<Record> Parse(RecordKind kind);
  Result<std::optional<Record>> Finish();
  std::size_t buffered() const { return data_.size() - consumed_; }
  bool AtEnd() const;
  Error Corrupt(const std::string& what) const;

  const File& file_;
  const std::string name_;
  const Position start_;
  std::uint64_t group_ = 0;
  std::uint32_t count_ = 0;  // Sectors of the group; 0 before the first was read.
  std::uint32_t place_;      // The next sector to pull.
  std::size_t skip_;         // Data of the first sector that comes before the start.
  Bytes chunk_;              // Sectors read ahead.
  std::uint64_t chunk_offset_ = 0;
  Bytes data_;  // Of the sectors pulled.
  std::size_t consumed_ = 0;
  std::uint64_t passed_;  // Offset in the group's data of data_'s beginning.
};

}  // namespace aval::consensus::wal
