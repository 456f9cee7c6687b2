#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/note.h"
#include "ledger/genesis.h"
#include "ledger/log/paths.h"
#include "ledger/log/source.h"

namespace aval::ledger {

/// Progress in leaves; called now and then.
using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;

struct ExportRequest {
  std::filesystem::path directory;  // Made here; must be absent or empty.
  crypto::Checkpoint checkpoint;
  std::vector<crypto::NoteSignature> lines;  // Of this node and, joined, of its peers.
  std::vector<std::uint64_t> earlier;        // Sizes, ascending; each gets a consistency proof.
  /// Gives the checkpoint of an earlier size; called once for each, when the export has come to it.
  std::function<Result<crypto::Note>(std::uint64_t size)> earlier_note;
  const Genesis* genesis;
  const crypto::SecretKey* manifest_key;  // The exporter's 0x01 key.
};

/// Writes the layout of formats.md 1.15 without receipts and state proofs: policy.txt,
/// policy-strong.txt, manifest.dsse.json, vkeys.txt, signers.json, checkpoint, tile/, checkpoints/,
/// consistency/, effects/ (docs/formats/export.md).
///
/// Every byte that is written follows from what the checkpoint commits to, or is checked against
/// it; kCorruption names the entry or the checkpoint that does not fit, and an export that failed
/// has no manifest. Nothing is synced: a copy that a power cut damaged is what the manifest shows.
Result<void> ExportLog(Disk& disk, LogSource& source, const ExportRequest& request,
                       const Progress& progress);

}  // namespace aval::ledger
