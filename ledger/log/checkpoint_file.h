#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/note.h"

namespace aval::ledger {

/// What the file of signed checkpoints keeps of one (docs/formats/log.md): enough for the note.
struct SignedCheckpoint {
  std::uint64_t size = 0;
  crypto::Digest root;
  std::uint64_t unix_seconds = 0;  // Of the cosignature.
  crypto::Signature log_signature;
  crypto::Signature cosignature;

  /// The checkpoint with both lines. `log_key`'s name is the origin.
  crypto::Note ToNote(const crypto::Vkey& log_key, const crypto::Vkey& cosigner_key) const;
  friend bool operator==(const SignedCheckpoint&, const SignedCheckpoint&) = default;
};

/// The file "checkpoints" in a log's directory.
inline constexpr const char* kCheckpointFile = "checkpoints";
/// Divides a disk's sector, so that a record is never half written.
inline constexpr std::size_t kCheckpointRecord = 256;

/// A record's bytes; `chain` is the digest at the end of the record before, zero for the first, and
/// becomes this one's.
Bytes EncodeCheckpointRecord(const SignedCheckpoint& checkpoint, crypto::Digest& chain);

/// What reading all records found.
struct CheckpointFileEnd {
  std::uint64_t records = 0;
  std::uint64_t torn_bytes = 0;  // Of an append that the power cut; to be cut off.
  crypto::Digest chain;
};

/// Visits every record in order. kCorruption, with the offset, for a record that is damaged, or not
/// above the one before in size or below it in time. A last record that is incomplete or all zero
/// was never acknowledged and is not an error. A file that is not there is empty.
Result<CheckpointFileEnd> ReadCheckpointFile(
    Disk& disk, const std::filesystem::path& path,
    const std::function<Result<void>(std::uint64_t offset, const SignedCheckpoint&)>& visit);

/// Record `number` of a file that ReadCheckpointFile has accepted; kCorruption when its bytes are
/// no record any more.
Result<SignedCheckpoint> ReadCheckpointRecord(const File& file, std::uint64_t number);

}  // namespace aval::ledger
