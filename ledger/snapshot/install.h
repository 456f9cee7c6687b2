#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "ledger/snapshot/manifest.h"
#include "ledger/snapshot/state_directories.h"

namespace aval::ledger {

/// What is left of an installation for whoever begins the Raft log that follows: the file
/// "installed" in the data directory.
struct InstalledSnapshot {
  RaftMark raft;
  std::uint64_t tree_size = 0;

  Bytes Encode() const;
  static Result<InstalledSnapshot> Decode(ByteView bytes);
  friend bool operator==(const InstalledSnapshot&, const InstalledSnapshot&) = default;
};

/// Whether a snapshot may take the place of what a node has. It must not where the node's Raft log
/// reaches beyond the mark: entries that the node has acknowledged would be lost with it.
using MayInstall = std::function<Result<bool>(const InstalledSnapshot&)>;

/// To be called when a node opens its data directory, before anything in it is read: completes the
/// installation that a SnapshotSink has made pending, and says of what; nothing when none is, or
/// when `may_install` says no, which drops it. That is asked before anything is touched, and never
/// again once it has said yes.
///
/// The old state and log go, but for the log's `checkpoints`: what this node has signed it must
/// never forget. The old `wal` is put aside as `wal.old`, since it knows the node's term and vote:
/// whoever begins the new one takes these over and removes it (RemoveOldWal) once the new one is
/// durable. After a crash at any moment the next call goes on.
/// Threads: one; nobody else has the directory open.
Result<std::optional<InstalledSnapshot>> InstallPending(Disk& disk, StateDirectories& states,
                                                        const std::filesystem::path& data_directory,
                                                        const MayInstall& may_install);

/// The snapshot installed last; nothing where there was none.
Result<std::optional<InstalledSnapshot>> ReadInstalled(Disk& disk,
                                                       const std::filesystem::path& data_directory);

/// Whether the write-ahead log that comes after the last installation has yet to be begun.
Result<bool> HasOldWal(Disk& disk, const std::filesystem::path& data_directory);
Result<void> RemoveOldWal(Disk& disk, const std::filesystem::path& data_directory);

}  // namespace aval::ledger
