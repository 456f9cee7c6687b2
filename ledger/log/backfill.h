#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/disk.h"
#include "base/result.h"
#include "crypto/merkle.h"
#include "ledger/log/leaf_range.h"
#include "ledger/log/log.h"
#include "ledger/log/log_start.h"

namespace aval::ledger {

/// Fetches for a log that began at a snapshot what lies before its first leaf.
///
/// The leaves come in order, from whoever has them, each verified against the hashes with which the
/// log began. They are a log of their own, in a directory beside, until all are there; then their
/// files join those of the log, whose bytes are from then on those of one that was always there.
/// No byte gets into the log's own files before all are verified.
/// Threads: one at a time. The log itself may be open, and appended to, all the while.
class Backfill {
 public:
  struct Missing {
    std::uint64_t from = 0;
    std::uint64_t to = 0;  // Not included; equal to `from` when nothing is missing.
    friend bool operator==(const Missing&, const Missing&) = default;
  };

  /// Goes on with what an earlier run has left in `directory`, or from the start where that is
  /// damaged, and completes a Join that the power cut. `disk` outlives it. kCorruption names a
  /// damaged file of the log itself.
  static Result<std::unique_ptr<Backfill>> Open(Disk& disk,
                                                const std::filesystem::path& log_directory,
                                                const std::filesystem::path& directory,
                                                const Log::Options& options);

  Missing missing() const;
  /// The hashes against which leaves are verified; empty when nothing is missing.
  const crypto::Frontier& tree() const;

  /// Takes the leaves that begin at missing().from. kInvalidArgument for what they are not: the
  /// peer's fault, and nothing has changed. Durable after Sync; every kSyncBytes that is called
  /// here.
  static constexpr std::size_t kSyncBytes = std::size_t{16} << 20U;
  Result<void> Take(const LeafRange& range);
  Result<void> Sync();

  /// With nothing missing: puts the leaves before those of the log. Then the caller has the open
  /// log ForgetStart.
  Result<void> Join();
  bool joined() const { return start_ == nullptr; }

 private:
  Backfill(Disk& disk, const std::filesystem::path& log_directory,
           const std::filesystem::path& directory, const Log::Options& options);
  Result<std::unique_ptr<Log>> OpenFetched();
  Result<void> MoveIntoLog();
  Result<void> CopyRoom(const SegmentRun& run, std::uint64_t segment, std::uint64_t bytes);

  Disk& disk_;
  const std::filesystem::path log_directory_;
  const std::filesystem::path directory_;
  const Log::Options options_;
  std::shared_ptr<const LogStart> start_;  // Null once joined.
  std::unique_ptr<Log> log_;               // Leaves 0 and up.
  std::size_t unsynced_ = 0;
};

}  // namespace aval::ledger
