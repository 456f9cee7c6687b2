#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/audit/findings.h"
#include "ledger/audit/material.h"
#include "ledger/log/tiles.h"

namespace aval::ledger {

/// Grows the tree of the entries, compares every hash tile with its file, and the root at every
/// checkpoint's size.
/// Threads: one.
class TreeCheck {
 public:
  /// All outlive the check. `checkpoints` ascend by size.
  TreeCheck(Material& material, const std::vector<AuditCheckpoint>& checkpoints, Findings& findings)
      : material_(material), checkpoints_(checkpoints), findings_(findings) {}

  bool Append(const crypto::Digest& leaf_hash);
  /// After the last leaf: the tiles that are not full; every checkpoint has been met.
  bool Finish();

  const crypto::Frontier& tree() const { return tree_; }

 private:
  bool CheckTile(unsigned level);
  bool CheckRoot();

  Material& material_;
  const std::vector<AuditCheckpoint>& checkpoints_;
  Findings& findings_;
  std::size_t next_checkpoint_ = 0;
  crypto::Frontier tree_;
  std::array<Bytes, kTileLevels> open_;  // Hashes of each level's tile that is not compared yet.
};

/// Says which hash of a tile is another than what the entries give.
bool ReportTile(Findings& findings, const std::string& file, unsigned level, std::uint64_t n,
                ByteView expected, ByteView found);

}  // namespace aval::ledger
