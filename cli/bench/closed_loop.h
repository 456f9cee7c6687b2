#pragma once

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
struct LoopResult {
  LoadReport load;
  double seconds = 0;  // From the first act sent to the last decided.
};

/// Client i speaks to node i modulo their number. The first call that fails ends the loop.
Result<LoopResult> RunClosedLoop(const std::vector<ApiClient*>& nodes, std::size_t clients,
                                 std::vector<std::vector<Bytes>> chains);

}  // namespace aval::cli::bench
