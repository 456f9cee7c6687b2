#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/disk.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "ledger/genesis.h"
#include "ledger/log/checkpoints.h"
#include "ledger/log/export.h"
#include "ledger/log/log.h"
#include "ledger/machine.h"
#include "ledger/state/store.h"

namespace aval::ledger {

/// A real ledger of the test network, as a node would have made it: registrations, some refused,
/// then days that pass, with the system's sweeps.
struct History {
  Genesis genesis;
  std::vector<Leaf> leaves;
  std::unique_ptr<MemoryStore> state;      // After the last leaf.
  std::vector<std::uint64_t> checkpoints;  // Sizes at which the nodes signed, the last one last.

  std::uint64_t size() const { return leaves.size(); }
  crypto::Checkpoint CheckpointAt(std::uint64_t tree_size) const;
};

/// With so many registrations, of which one in eight is refused, and so many days after them; acts
/// are valid for five days, so that outcomes are swept from the sixth on.
History MakeHistory(std::uint32_t registrations, int days = 7);

/// What node `number` signs at `size`.
crypto::Note SignedBy(const History& history, std::uint32_t node, std::uint64_t size);

/// A stopped node's data directory: log and signed checkpoints of node 1, without its state.
void WriteDataDirectory(Disk& disk, const std::filesystem::path& directory, const History& history,
                        const Log::Options& options);

/// An export of that log by node 1; the nodes of `cosigners` have signed the latest checkpoint.
void WriteExport(Disk& disk, const std::filesystem::path& directory, const History& history,
                 const std::vector<std::uint32_t>& cosigners);

/// Writes what ExportLog would not: other content of a file and a manifest that fits, signed by
/// node 1.
void ForgeFile(Disk& disk, const std::filesystem::path& directory, const std::string& path,
               ByteView content);
/// The manifest of what is there.
void WriteManifest(Disk& disk, const std::filesystem::path& directory,
                   const crypto::SecretKey& key);

}  // namespace aval::ledger
