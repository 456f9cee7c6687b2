#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/log/segment_run.h"
#include "ledger/log/tiles.h"

namespace aval::ledger {

/// The files of a log and what lies where in them (docs/formats/log.md).
struct LogRuns {
  /// Bytes of a record of `offsets`: where a complete bundle ends, u64 in its segment of entries
  /// and u64 in its segment of effects.
  static constexpr std::size_t kOffsetsRecord = 16;
  static constexpr std::size_t kHashSize = 32;

  LogRuns(Disk& disk, const std::filesystem::path& directory, std::uint64_t segment_leaves);

  std::uint64_t BundlesPerSegment() const { return segment_leaves / kTileWidth; }
  std::uint64_t SegmentOfLeaf(std::uint64_t leaf) const { return leaf / segment_leaves; }

  std::uint64_t segment_leaves;
  SegmentRun entries;              // One segment for `segment_leaves` leaves.
  SegmentRun effects;              // The same leaves.
  SegmentRun offsets;              // One record for each complete bundle of the same leaves.
  std::vector<SegmentRun> hashes;  // By level; `segment_leaves` hashes a segment.
};

/// Where a log of `leaves` leaves ends: in the segment that its next leaf goes to.
struct LogEnd {
  std::uint64_t leaves = 0;
  std::uint64_t entries = 0;  // Offset of the next entry.
  std::uint64_t effects = 0;
  friend bool operator==(const LogEnd&, const LogEnd&) = default;
};

/// Where a log begins that was not there from leaf 0 on: what its tree was before its first leaf,
/// and where that leaf lies (log_start.h).
struct LogStart {
  crypto::Frontier tree;
  LogEnd end;  // end.leaves == tree.size().
  friend bool operator==(const LogStart&, const LogStart&) = default;
};

/// Reads a log up to an end that its owner moves forward. Nothing is kept in memory; every entry is
/// hashed and compared with its tile before it leaves, and effects with their entry.
/// What lies before a log's start is kNotFound, and the message says "backfilling"; hashes are
/// there as far as the start's tree has them. Threads: safe from all.
class LogReader final : public crypto::HashReader {
 public:
  /// `runs` outlives the reader.
  explicit LogReader(const LogRuns& runs) : runs_(runs) {}

  void set_end(const LogEnd& end);
  LogEnd end() const;
  /// Null for a log that begins at leaf 0.
  void set_start(std::shared_ptr<const LogStart> start);
  std::shared_ptr<const LogStart> start() const;
  /// The first leaf that can be read.
  std::uint64_t first() const;

  // kNotFound beyond the end; kCorruption, with file and offset, when bytes contradict each other.

  Result<Bytes> Entry(std::uint64_t index) const;
  Result<Bytes> Effects(std::uint64_t index) const;
  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) const;
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) const;
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) const;
  Result<crypto::Digest> Read(unsigned level, std::uint64_t index) const override;

 private:
  // A bundle's first items as they lie in a segment, without those before the log's start; views
  // into `bytes`.
  struct Bundle {
    Bytes bytes;
    std::vector<ByteView> items;
    std::string place;  // File and offset.
  };

  Result<void> CheckBundle(std::uint64_t n, std::size_t width) const;
  Result<void> CheckWhole(std::uint64_t n) const;
  Result<LogEnd> StartOf(std::uint64_t n) const;
  Result<Bundle> ReadEntries(std::uint64_t n, std::size_t width) const;
  Result<Bundle> ReadEffects(std::uint64_t n, std::size_t width) const;
  Result<Bytes> HashRange(unsigned level, std::uint64_t first, std::size_t count) const;
  Result<LogEnd> EndOf(std::uint64_t n) const;

  const LogRuns& runs_;
  mutable std::mutex mutex_;
  LogEnd end_;
  std::shared_ptr<const LogStart> start_;
};

/// Where bundle `n` begins, by the index; those before it are complete.
Result<LogEnd> BundleStart(const LogRuns& runs, std::uint64_t n);
/// Where the complete bundle `n` ends, in its own segments.
Result<LogEnd> BundleEnd(const LogRuns& runs, std::uint64_t n);

}  // namespace aval::ledger
