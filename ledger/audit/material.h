#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "ledger/genesis.h"

namespace aval::ledger {

/// One bundle of the log under audit; views into its bytes.
struct AuditBundle {
  std::uint64_t first = 0;  // Index of its first leaf.
  Bytes entries;
  Bytes effects;
  std::vector<ByteView> entry_items;
  std::vector<ByteView> effects_items;
};

/// A checkpoint that came with the log.
struct AuditCheckpoint {
  crypto::Checkpoint checkpoint;
  crypto::Note note;
  std::string file;
  std::vector<crypto::NoteSigner> signers = {};  // By the policy's keys, once they are verified.
};

/// What the audit has found by itself, for comparison with what else lies there.
struct AuditedLog {
  const Genesis* genesis = nullptr;
  const std::vector<AuditCheckpoint>* checkpoints = nullptr;  // Their roots have been recomputed.
  const std::map<crypto::KeyId, crypto::PublicKey>* signers = nullptr;
  crypto::Frontier tree;
  crypto::Digest state_hash;
  std::int64_t time_ms = 0;  // Commit time of the last leaf.
};

/// A log as the auditor finds it: an export, or a stopped node's data directory. A member that
/// gives false has recorded the finding.
/// Threads: one.
class Material {
 public:
  virtual ~Material() = default;

  /// Leaves to be audited.
  virtual std::uint64_t size() const = 0;
  /// Bundle `n`, taken apart; asked for in order, each once more at most.
  virtual bool ReadBundle(std::uint64_t n, std::size_t width, AuditBundle& bundle) = 0;
  /// The files that hold a leaf.
  virtual std::string EntryFile(std::uint64_t index) const = 0;
  virtual std::string EffectsFile(std::uint64_t index) const = 0;

  /// Checks what can be checked once the founders are known, and gives all checkpoints, ascending.
  virtual bool ReadCheckpoints(const Genesis& genesis,
                               std::vector<AuditCheckpoint>& checkpoints) = 0;
  /// Whether the hash tile has this hash of the leaf: what to think of an entry that something else
  /// contradicts.
  virtual bool TileHas(std::uint64_t index, const crypto::Digest& leaf_hash) const = 0;
  /// Compares tile `n` of `level`, or the part of it that the log has, with its file.
  virtual bool CheckTile(unsigned level, std::uint64_t n, ByteView tile) = 0;
  /// Compares everything else.
  virtual bool Finish(const AuditedLog& audited) = 0;
};

}  // namespace aval::ledger
