#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/merkle.h"
#include "ledger/log/log_reader.h"
#include "ledger/log/tiles.h"

namespace aval::ledger {

/// What leaves add to the files that follow from entries and effects.
struct DerivedBytes {
  std::uint64_t from = 0;  // Leaves in the log before them.
  Bytes offsets;
  std::array<Bytes, kTileLevels> hashes;

  /// Appends them to the runs. The leaves from `from` on lie in one segment.
  Result<void> WriteTo(LogRuns& runs) const;
};

/// The right edge of a log: all that its next leaf needs to know of those before.
struct LogEdge {
  crypto::Frontier frontier;
  LogEnd end;

  /// Moves on by a leaf whose entry and effects lie at `end`, and appends what follows to
  /// `derived`.
  void Append(const LogRuns& runs, ByteView entry, std::size_t effects_size, DerivedBytes& derived);
};

}  // namespace aval::ledger
