#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/client.h"
#include "cli/submitter.h"

namespace aval::cli::bench {

/// Many clients, each with one act under way: it takes a chain of acts, submits them one after
/// another, each when the one before is decided, and then takes the next chain.
struct ClosedLoop {
  std::size_t clients = 1;  // Client i speaks to node i modulo their number.
  std::chrono::milliseconds most{60'000};
};

/// What was decided while every client had work: until `most` has passed or the first client finds
/// no chain left. What comes later only has to be decided.
struct LoopResult {
  LoadReport load;
  double seconds = 0;
};

/// The first call that fails, or `stop` (kCancelled), ends the loop.
Result<LoopResult> RunClosedLoop(const std::vector<ActSink*>& nodes, const ClosedLoop& loop,
                                 std::vector<std::vector<Bytes>> chains,
                                 const std::atomic<bool>& stop);

}  // namespace aval::cli::bench
