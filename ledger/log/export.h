#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/note.h"
#include "ledger/genesis.h"

namespace aval::ledger {

/// Where an export reads from: a stopped node's data directory, or a running node over HTTPS. Both
/// give the same bytes.
class LogSource {
 public:
  virtual ~LogSource() = default;
  virtual Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) = 0;
  virtual Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) = 0;
  virtual Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) = 0;
};

/// Paths of the public layout, relative to its root (formats.md 1.10): "tile/0/x001/067",
/// "tile/entries/000.p/20", "effects/000".
std::string HashTilePath(unsigned level, std::uint64_t n, std::size_t width);
std::string EntryBundlePath(std::uint64_t n, std::size_t width);
std::string EffectsPath(std::uint64_t n);
/// The tiles of a tree of this size: visit(level, n, width) for each, full ones with 256.
void ForEachTile(std::uint64_t size,
                 const std::function<void(unsigned level, std::uint64_t n, std::size_t width)>&);

/// Progress in leaves; called now and then.
using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;

struct ExportRequest {
  std::filesystem::path directory;  // Made here; must be absent or empty.
  crypto::Checkpoint checkpoint;
  std::vector<crypto::NoteSignature> lines;  // Of this node and, joined, of its peers.
  std::vector<crypto::Note> earlier;         // Goes to checkpoints/<size>, with consistency proofs.
  const Genesis* genesis;
  const crypto::SecretKey* manifest_key;  // The exporter's 0x01 key.
};

/// Writes the layout of formats.md 1.15: policy.txt, policy-strong.txt, manifest.dsse.json,
/// vkeys.txt, signers.json, checkpoint, tile/, checkpoints/, consistency/, effects/, and
/// cosigner lines as given. Every byte read is checked against the checkpoint's root on the way:
/// nothing wrong is ever exported silently.
Result<void> ExportLog(Disk& disk, LogSource& source, const ExportRequest& request,
                       const Progress& progress);

}  // namespace aval::ledger
