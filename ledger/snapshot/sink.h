#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "ledger/log/log.h"
#include "ledger/snapshot/manifest.h"
#include "ledger/snapshot/state_directories.h"

namespace aval::ledger {

/// Takes a snapshot beside the ledger that is in use, in `incoming/` of the node's data directory,
/// and makes it pending: InstallPending (install.h) puts it in the ledger's place when the node
/// opens its files the next time.
///
/// Invariant: whatever Has says is there was compared with the manifest's digest and is durable.
/// Which manifest to trust is the caller's matter.
/// Threads: one at a time. Finish works for as long as all of the state takes to write.
class SnapshotSink {
 public:
  /// Continues what an earlier run has left: reads and hashes every chunk that is there. What is
  /// damaged is missing. InstallPending has been called before. `disk` and `states` outlive the
  /// sink.
  static Result<std::unique_ptr<SnapshotSink>> Open(Disk& disk, StateDirectories& states,
                                                    const std::filesystem::path& data_directory);

  /// Drops what an earlier run has left when its mark is not above `raft_index`: the node has come
  /// there by another way. Reads the manifest alone; the rest as Open.
  static Result<void> DropOvertaken(Disk& disk, StateDirectories& states,
                                    const std::filesystem::path& data_directory,
                                    std::uint64_t raft_index);

  /// Nothing before Begin.
  const std::optional<SnapshotManifest>& manifest() const { return manifest_; }
  /// From here on the chunks of this manifest are wanted. Those of another one are dropped.
  Result<void> Begin(const SnapshotManifest& manifest);
  /// Drops everything; an installation that is pending, too.
  Result<void> Abandon();

  bool Has(std::size_t chunk) const { return has_[chunk]; }
  std::size_t missing() const { return missing_; }
  /// Verified and durable on return; one that is there already is taken for it. kInvalidArgument,
  /// naming the chunk, for one that the manifest does not have or has otherwise; then nothing has
  /// changed.
  Result<void> Put(std::size_t chunk, ByteView bytes);

  struct Build {
    /// The node's highest checkpoint: goes into the new state's mark, so that a lost file of
    /// signatures is noticed.
    std::uint64_t signed_size = 0;
    Log::Options log = {};
  };
  /// Builds the new state and log beside the old ones, verifies them and makes them pending. With
  /// all chunks there. kCorruption where the chunks are not a state: the manifest was wrong, or
  /// chunks have rotted since; the latter are missing from then on. kUnavailable as long as the
  /// write-ahead log after the last installation has not been begun.
  Result<void> Finish(const Build& build);
  bool pending() const { return pending_; }

 private:
  SnapshotSink(Disk& disk, StateDirectories& states, const std::filesystem::path& data_directory);
  Result<void> Continue();
  Result<void> OpenChunks();
  Result<Bytes> ReadChunk(std::size_t chunk);
  Result<void> BuildState(const Build& build);
  Result<void> FillState(Store& state);
  Result<void> CheckState(const Store& state) const;
  Result<void> BuildLog(const Build& build);

  Disk& disk_;
  StateDirectories& states_;
  const std::filesystem::path data_;
  const std::filesystem::path directory_;
  std::optional<SnapshotManifest> manifest_;
  std::unique_ptr<File> chunks_;  // Chunk after chunk; zeros where one is missing.
  std::vector<bool> has_;
  std::size_t missing_ = 0;
  bool pending_ = false;
};

}  // namespace aval::ledger
