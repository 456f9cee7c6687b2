#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "ledger/snapshot/install.h"
#include "ledger/snapshot/sink.h"
#include "ledger/snapshot/source.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/log_fixture.h"
#include "tests/ledger/snapshot/file_states.h"
#include "tests/ledger/test_ledger.h"

namespace aval::ledger {

inline const std::filesystem::path kData = "/node";
inline constexpr std::uint32_t kTestChunk = 1024;

/// A small ledger that has registered so many participants, with its log on a disk of its own.
class SnapshotLedger {
 public:
  explicit SnapshotLedger(std::uint32_t participants);

  /// `signed_size` is this node's bookkeeping: it must not matter.
  SnapshotCut Cut(std::uint64_t signed_size = 0);
  RaftMark Mark() const;
  std::unique_ptr<SnapshotSource> Source(std::uint32_t chunk_bytes = kTestChunk);

  const std::vector<Leaf>& leaves() const { return book_.leaves(); }
  crypto::Frontier tree() const { return log_->frontier(); }
  const Log& log() const { return *log_; }
  FaultDisk& log_disk() { return disk_; }
  crypto::Digest hash() const { return book_.hash(); }

 private:
  TestLedger book_;
  FaultDisk disk_;
  std::unique_ptr<Log> log_;
};

/// A node's data directory with another ledger in it: state, log, a file of checkpoints and a
/// write-ahead log.
struct OldNode {
  OldNode();
  std::unique_ptr<FaultDisk> disk = std::make_unique<FaultDisk>();
  crypto::Frontier tree;
  crypto::Digest hash;
  std::vector<Leaf> leaves;
};

/// Where a log of the first `size` leaves ends, and its tree.
LogStart StartAt(const std::vector<Leaf>& leaves, std::uint64_t size);
/// A log that begins there, in kLogDirectory, with the leaves that follow.
std::unique_ptr<Log> BeginLogAt(Disk& disk, const std::vector<Leaf>& leaves, std::uint64_t start);

/// For InstallPending: nothing stands against it.
inline Result<bool> Always(const InstalledSnapshot&) { return true; }

/// Everything from a source into a sink.
Result<void> PutAll(const SnapshotSource& source, SnapshotSink& sink);

}  // namespace aval::ledger
