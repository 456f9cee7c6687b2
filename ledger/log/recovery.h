#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "crypto/merkle.h"
#include "ledger/log/log_edge.h"
#include "ledger/log/log_reader.h"

namespace aval::ledger {

/// What a log holds below the applied size, read and found right.
struct RecoveredLog {
  LogEdge edge;
  DerivedBytes derived;  // From the last settled leaf on.
  LogEnd settled;        // Below it hashes and offsets are durable since they were written.
};

/// Reads the log's right edge and changes nothing. Below the last settled size, a multiple of
/// `settle_leaves`, lengths and the hashes of the tree's edge are checked; above it every leaf:
/// its form, index, hash and effects. What lies before `start` (null: nothing) is not looked for.
/// kCorruption names file and offset.
Result<RecoveredLog> ReadLog(const LogRuns& runs, const std::shared_ptr<const LogStart>& start,
                             const crypto::Frontier& applied, std::uint64_t settle_leaves);

/// Cuts off what lies beyond, and writes hashes and offsets anew from the last settled leaf on. The
/// caller syncs.
Result<void> CutLog(LogRuns& runs, const RecoveredLog& log);

}  // namespace aval::ledger
