#pragma once

#include <cstddef>
#include <filesystem>

namespace aval::cli::bench {

struct BenchOptions {
  std::size_t clients = 256;  // Acts under way at any time, each of its own client.
  std::size_t acts = 20'000;  // Decided in the measured part.
  std::filesystem::path directory = "bench-data";  // The bench's own: emptied at the start.
  bool json = false;
};

/// A closed loop on three self-started nodes: as many acts under way as there are clients, the next
/// when one is decided; real acts, signed before the clock starts. Prints acts and signatures per
/// second and the latency to durable commit. The exit code: 1 when an act was refused.
int RunBench(const BenchOptions& options);

}  // namespace aval::cli::bench
