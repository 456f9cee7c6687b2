#include "tests/cluster/chaos/summary.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/cluster/chaos/schedule.h"
#include "tests/cluster/history.h"

namespace aval::chaos {
namespace {

using cluster::Call;
using cluster::Operation;
using cluster::Outcome;

using Counts = std::map<std::pair<Operation, Outcome>, std::size_t>;

std::string CountsOf(const Counts& counts, Operation operation) {
  const auto count = [&](Outcome outcome) {
    const auto at = counts.find({operation, outcome});
    return std::to_string(at == counts.end() ? 0 : at->second);
  };
  return count(Outcome::kDone) + " ok, " + count(Outcome::kRefused) + " refused, " +
         count(Outcome::kUnknown) + " unknown";
}

}  // namespace

std::string Summary(std::span<const Call> history, const std::vector<Fault>& faults) {
  Counts counts;
  const Call* slowest = nullptr;
  for (const Call& call : history) {
    ++counts[{call.operation, call.outcome}];
    if (call.outcome == Outcome::kUnknown) continue;
    if (slowest == nullptr || call.returned - call.called > slowest->returned - slowest->called) {
      slowest = &call;
    }
  }
  std::string text = "calls         " + std::to_string(history.size());
  text += "\n  writes      " + CountsOf(counts, Operation::kWrite);
  text += "\n  reads       " + CountsOf(counts, Operation::kRead) + "\n";
  if (slowest != nullptr) {
    const std::chrono::duration<double> took = slowest->returned - slowest->called;
    std::array<char, 64> line{};
    std::snprintf(line.data(), line.size(), "slowest       %.3f s, a %s\n", took.count(),
                  slowest->operation == Operation::kWrite ? "write" : "read");
    text += line.data();
  }
  std::map<FaultKind, std::size_t> kinds;
  for (const Fault& fault : faults) ++kinds[fault.kind];
  text += "faults        " + std::to_string(faults.size());
  for (const auto& [kind, count] : kinds) {
    text += (kind == kinds.begin()->first ? ": " : ", ");
    text += std::string(NameOf(kind)) + " " + std::to_string(count);
  }
  return text + "\n";
}

}  // namespace aval::chaos
