#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "cli/client.h"
#include "cli/demo/workload.h"
#include "cli/submitter.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// Replays a workload to its end: each business day is opened when the sweep of the one before is
/// done, then the day's acts are submitted and decided. `each_day` hears of every day that is over,
/// with the share of the workload that is done (0 to 1). Gives the number of days.
Result<std::uint64_t> Replay(Workload& workload, Submitter& submitter,
                             const std::vector<ApiClient*>& nodes, const std::atomic<bool>& stop,
                             const std::function<void(ledger::Day, double)>& each_day);

}  // namespace aval::cli::demo
