#pragma once

#include <atomic>
#include <chrono>
#include <vector>

#include "base/result.h"
#include "tests/cluster/chaos/nodes.h"
#include "tests/cluster/chaos/schedule.h"

namespace aval::chaos {

/// Lets each fault of a schedule begin and end at its time, or as soon after as the ones before
/// allow, and prints a line for each; returns when `span` has passed and all have ended.
/// kCancelled when stopped, then with faults under way.
Result<void> Disturb(Nodes& nodes, const std::vector<Fault>& schedule,
                     std::chrono::milliseconds span, const std::atomic<bool>& stop);

}  // namespace aval::chaos
