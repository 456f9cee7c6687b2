#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "cli/client.h"
#include "cli/submitter.h"

namespace aval::cli::bench {

/// Acts at fixed times, whatever becomes of those before: what arrives at a node from many people
/// who do not wait for one another.
struct OpenLoop {
  double rate = 1;  // Acts a second, more than 0.

  /// When act `k` is due in a loop that began at `start`.
  Instant Due(Instant start, std::size_t k) const;
};

struct OpenLoopResult {
  /// Latency counts from when an act was due, not from when it could be sent: a node that stalls is
  /// charged with every act that was due meanwhile.
  LoadReport load;
  std::map<std::string, std::uint64_t> undecided;  // By reason: "overloaded", "unknown", ...
  std::vector<std::uint32_t> lateness_us;          // Of the generator: sent after due.
  double seconds = 0;                              // From the start to the last answer.
};

/// What the loop needs of time; tests give their own.
struct LoopTime {
  const Clock* clock = nullptr;  // Outlives the loop.
  std::function<void(Instant)> wait_until;
};
/// The machine's.
LoopTime MachineTime();

/// Sends act k to node k modulo their number. Ends when every act has its answer; `stop` ends it
/// early with kCancelled.
Result<OpenLoopResult> RunOpenLoop(const std::vector<ActSink*>& nodes, const OpenLoop& loop,
                                   const std::vector<Bytes>& acts, const LoopTime& time,
                                   const std::atomic<bool>& stop);

/// The acts of all chains in one order that keeps each chain's own: the next act of a chain comes
/// at least `apart` acts after the one before, as far as there are so many chains, so that a chain
/// is not outrun by itself.
std::vector<Bytes> Interleave(std::vector<std::vector<Bytes>> chains, std::size_t apart);

}  // namespace aval::cli::bench
