#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/bench/file_system.h"
#include "cli/bench/run.h"

namespace aval::cli::bench {

/// Where the loads ran.
struct Place {
  std::filesystem::path directory{};
  FileSystem file_system{};
  std::chrono::microseconds sync_median{0};
  std::size_t nodes = 0;
  bool started_here = false;
  unsigned cores = 0;
};

/// For people, in lines; docs/guides/bench.md explains them.
std::string PlaceText(const Place& place);
std::string RunText(const RunReport& run);

/// For programs: what `--json` prints, documented in docs/guides/bench.md.
boost::json::object BenchJson(const Place& place, const std::vector<RunReport>& runs);

}  // namespace aval::cli::bench
