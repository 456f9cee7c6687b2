#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "cli/bench/cpu_times.h"
#include "cli/bench/mix.h"
#include "cli/bench/node_counters.h"
#include "cli/bench/target.h"
#include "cli/bench/verify_speed.h"
#include "cli/submitter.h"

namespace aval::cli::bench {

/// One load of a bench: a closed loop of `clients`, or an open loop when there is a `rate`.
struct RunPlan {
  std::size_t clients = 0;
  std::optional<double> rate{};
  std::size_t acts = 0;  // Signed beforehand; a closed loop ends early when they run out.
  double seconds = 0;    // At most.
};

/// What one node did meanwhile.
struct NodeUsage {
  std::uint32_t number = 0;
  NodeCounters counters{};
  std::optional<CpuTimes> cpu{};                 // Of nodes that were started here.
  std::optional<std::uint64_t> written_bytes{};  // To storage; likewise.
};

/// One load and what came of it.
struct RunReport {
  RunPlan plan;
  Mix mix{};
  LoadReport load{};
  double seconds = 0;
  std::map<std::string, std::uint64_t> undecided{};  // Of an open loop.
  std::vector<std::uint32_t> lateness_us{};          // Likewise: of the generator.
  std::optional<Limit> limit{};                      // Where all nodes share this machine.
  std::vector<NodeUsage> nodes{};
  CpuTimes generator{};

  double ActsPerSecond() const;
  /// Of the limit, by what was accepted: a refusal costs less. 0 without a limit.
  double Share() const;
};

/// Prepares a load, opens its connections and runs it; measures this machine's verifies just before
/// and just after it, because others may use the machine, too, and takes the higher one. Counters
/// and processor time are those of the loop, to its last answer.
Result<RunReport> RunLoad(const Target& target, const RunPlan& plan, Random& random,
                          const std::atomic<bool>& stop);

}  // namespace aval::cli::bench
