#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace aval::cli::demo {

struct DemoOptions {
  std::filesystem::path data = "data/instalment_purchases.csv.zst";
  std::size_t purchases = 1000;                   // The first so many rows.
  std::filesystem::path directory = "demo-data";  // The demo's own: emptied at the start.
  std::optional<std::filesystem::path> delays;    // Of real clients: a file of delays_file.h.
  bool keep = false;                              // Leave the network running.
  bool json = false;                              // Print the summary as JSON, and nothing else.
};

/// Replays real purchases, through the whole life of each, on a network of three institutions'
/// nodes, each a process of its own, and has the result audited. Returns the exit code: 0 when
/// everything came out right, 1 when not, 2 for unusable input, 130 when stopped by Ctrl-C.
int RunDemo(const DemoOptions& options);

}  // namespace aval::cli::demo
