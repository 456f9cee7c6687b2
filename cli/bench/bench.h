#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace aval::cli::bench {

struct BenchOptions {
  std::vector<std::size_t> clients{256};  // A closed loop for each, one after another.
  std::optional<double> rate;             // Instead: an open loop of so many acts a second.
  std::size_t acts = 40'000;              // Signed for each closed loop, at most decided there.
  double seconds = 20;                    // Of a closed loop at most, of an open loop in all.
  std::filesystem::path directory = "bench-data";  // The bench's own: emptied at the start.
  std::optional<std::filesystem::path> network;    // Instead: nodes that run, by its directory.
  bool json = false;
};

/// Loads three self-started nodes, or those of a running network, with real acts that are signed
/// before the clock starts, and prints what was reached, what this machine's verifies allow, and
/// what each node did (docs/guides/bench.md). The exit code: 1 when something failed or an act was
/// refused or not decided, 2 for unusable input, a directory in memory among it.
int RunBench(const BenchOptions& options);

}  // namespace aval::cli::bench
