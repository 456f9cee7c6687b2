#include "cli/bench/bench.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "base/disk.h"
#include "base/random.h"
#include "cli/bench/purchases.h"
#include "cli/bench/report.h"
#include "cli/bench/run.h"
#include "cli/bench/target.h"
#include "cli/connection.h"
#include "cli/interrupt.h"
#include "cli/json.h"

namespace aval::cli::bench {
namespace {

constexpr std::size_t kSyncProbes = 200;
constexpr std::size_t kOpenLoopConnections = 768;

const std::filesystem::path& DirectoryOf(const BenchOptions& options) {
  return options.network ? *options.network : options.directory;
}

// Of acts that are sent and of connections of the open loop. kInvalidArgument where there are more
// clients than chains of acts: the first without one would end a run that has not begun.
Result<std::vector<RunPlan>> PlansOf(const BenchOptions& options) {
  if (options.rate) {
    const auto acts = static_cast<std::size_t>(std::ceil(*options.rate * options.seconds));
    return std::vector<RunPlan>{{.clients = kOpenLoopConnections,
                                 .rate = options.rate,
                                 .acts = std::max<std::size_t>(acts, 1),
                                 .seconds = options.seconds}};
  }
  std::vector<RunPlan> plans;
  for (const std::size_t clients : options.clients) {
    if (PurchasesOf(options.acts) < clients) {
      return Error{.code = Code::kInvalidArgument,
                   .message = std::to_string(clients) + " clients need a purchase each, of " +
                              std::to_string(kActsOfPurchase) + " acts: --acts " +
                              std::to_string(clients * kActsOfPurchase)};
    }
    plans.push_back({.clients = clients,
                     .rate = std::nullopt,
                     .acts = options.acts,
                     .seconds = options.seconds});
  }
  return plans;
}

std::size_t MostConnections(const std::vector<RunPlan>& plans) {
  return std::ranges::max_element(plans, {}, &RunPlan::clients)->clients;
}

// Each connection is one; nodes take care of their own.
Result<void> RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  }
  return Error{.code = Code::kIo, .message = "cannot raise the limit of open files"};
}

Result<Place> Survey(const BenchOptions& options, FileSystem file_system, const Target& target) {
  PosixDisk disk;
  Place place{.directory = DirectoryOf(options),
              .file_system = std::move(file_system),
              .nodes = target.nodes().size(),
              .started_here = !options.network,
              .cores = std::max(1U, std::thread::hardware_concurrency())};
  AVAL_TRY(place.sync_median, MedianSync(disk, place.directory, kSyncProbes));
  return place;
}

bool IsClean(const RunReport& run) { return run.load.refused.empty() && run.undecided.empty(); }

// True when every act was accepted.
Result<bool> Bench(const BenchOptions& options) {
  const Interrupt interrupt;
  AVAL_TRY(FileSystem file_system, FileSystemOf(DirectoryOf(options)));
  AVAL_CHECK(CheckIsOnDisk(file_system, DirectoryOf(options)));
  AVAL_CHECK(RaiseDescriptorLimit());
  AVAL_TRY(const std::vector<RunPlan> plans, PlansOf(options));
  const std::size_t connections = MostConnections(plans);
  AVAL_TRY(Target target, options.network ? Target::Open(*options.network, connections)
                                          : Target::Start(options.directory, connections));
  AVAL_TRY(const Place place, Survey(options, std::move(file_system), target));
  if (!options.json) std::fputs(PlaceText(place).c_str(), stdout);
  SystemRandom random;
  std::vector<RunReport> runs;
  for (const RunPlan& plan : plans) {
    AVAL_TRY(RunReport run, RunLoad(target, plan, random, interrupt.asked()));
    if (!options.json) std::fputs(RunText(run).c_str(), stdout);
    std::fflush(stdout);
    runs.push_back(std::move(run));
  }
  AVAL_CHECK(target.Stop());
  if (options.json) std::printf("%s\n", PrettyJson(BenchJson(place, runs)).c_str());
  return std::ranges::all_of(runs, IsClean);
}

}  // namespace

int RunBench(const BenchOptions& options) {
  const Result<bool> clean = Bench(options);
  if (!clean) return Report(clean.error());
  return *clean ? 0 : 1;
}

}  // namespace aval::cli::bench
