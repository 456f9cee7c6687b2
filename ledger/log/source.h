#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/note.h"
#include "ledger/genesis.h"
#include "ledger/log/checkpoint_file.h"
#include "ledger/log/log.h"

namespace aval::ledger {

/// Where an export reads from: a stopped node's data directory, or a running node over HTTPS. Both
/// give the same bytes; widths are 1 to 256.
class LogSource {
 public:
  virtual ~LogSource() = default;
  virtual Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) = 0;
  virtual Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) = 0;
  virtual Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) = 0;
};

/// Over an open log, which outlives it.
std::unique_ptr<LogSource> SourceOf(const Log& log);

/// Over the log directory of a stopped node, which is not changed: its first `size` leaves, which
/// must be there whole (kCorruption with file and offset). `disk` outlives it.
Result<std::unique_ptr<LogSource>> OpenStoppedLog(Disk& disk,
                                                  const std::filesystem::path& directory,
                                                  std::uint64_t size, const Log::Options& options);

/// The node of `genesis` whose keys have signed this; nullptr when none has.
const Genesis::NodeEntry* SignerOf(const SignedCheckpoint& checkpoint, const Genesis& genesis);

/// What a stopped node has signed, as notes, ascending; its file of checkpoints is not changed.
/// kCorruption where the file is damaged, or a record is not signed by the same node of `genesis`.
Result<std::vector<crypto::Note>> ReadSignedCheckpoints(Disk& disk,
                                                        const std::filesystem::path& directory,
                                                        const Genesis& genesis);

}  // namespace aval::ledger
