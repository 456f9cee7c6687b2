#pragma once

#include <filesystem>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/wal/wal.h"
#include "ledger/snapshot/manifest.h"
#include "ledger/snapshot/state_directories.h"

namespace aval::node {

// How a node opens a data directory in which a snapshot may be pending (docs/formats/snapshot.md):
// PrepareOpening, then the write-ahead log after the origin that it gives, then FinishOpening.
// Threads: one; nobody else has the directory open.

struct LogOrigin {
  consensus::Wal::Origin origin;  // After which the write-ahead log begins, if there is none.
  /// There is none yet after an installed snapshot: what begins has forgotten nothing.
  bool after_snapshot = false;
};

/// Installs what is pending, unless this node's own log has come as far since: what it has
/// acknowledged must stay. Term and vote of the new log are those of the one before. `first` is
/// what a log begins after where no snapshot was installed.
///
/// Errors are those of Wal::Open, of the log from before or of the one that was put aside, and
/// kCorruption for a damaged record.
Result<LogOrigin> PrepareOpening(Disk& disk, ledger::StateDirectories& states,
                                 const std::filesystem::path& data_directory,
                                 const consensus::Wal::Options& options,
                                 const consensus::Wal::Origin& first);

/// The log after the last snapshot is durable: the one from before goes.
Result<void> FinishOpening(Disk& disk, const std::filesystem::path& data_directory);

/// The configurations of Raft as a manifest has them.
ledger::RaftConfiguration ToManifest(const consensus::ConfigurationAt& configuration);

}  // namespace aval::node
