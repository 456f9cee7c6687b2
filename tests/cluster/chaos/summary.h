#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/cluster/chaos/schedule.h"
#include "tests/cluster/history.h"

namespace aval::chaos {

/// For people: calls by kind and outcome, the slowest that was answered, and faults by kind; a line
/// each, with its newline.
std::string Summary(std::span<const cluster::Call> history, const std::vector<Fault>& faults);

}  // namespace aval::chaos
