// Real processes under kill -9, SIGSTOP and partitions, and whether what their clients saw is
// linearisable: see scripts/chaos.sh.

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/connection.h"
#include "cli/interrupt.h"
#include "ledger/types.h"
#include "tests/cluster/chaos/agreement.h"
#include "tests/cluster/chaos/clients.h"
#include "tests/cluster/chaos/limits.h"
#include "tests/cluster/chaos/nemesis.h"
#include "tests/cluster/chaos/nodes.h"
#include "tests/cluster/chaos/schedule.h"
#include "tests/cluster/chaos/summary.h"
#include "tests/cluster/chaos/wires.h"
#include "tests/cluster/history.h"
#include "tests/cluster/linearizability.h"

namespace aval::chaos {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::size_t nodes = 3;
  std::int64_t seconds = 300;
  std::int64_t minutes = 0;
  std::uint64_t seed = SystemRandom().Below(1'000'000);
  std::size_t clients = 12;
  std::size_t keys = 5;
  fs::path directory;
  fs::path history;
  bool loopback = false;
  Reads reads = Reads::kLinearizable;

  std::chrono::milliseconds span() const {
    return minutes > 0 ? std::chrono::minutes(minutes)
                       : std::chrono::milliseconds(std::chrono::seconds(seconds));
  }
};

// Fewer show nothing.
constexpr std::size_t kLeastAcknowledged = 500;

void Print(const std::string& line) {
  std::printf("%s\n", line.c_str());
  static_cast<void>(std::fflush(stdout));
}

Error Failed(std::string what) { return {.code = Code::kUnavailable, .message = std::move(what)}; }

Result<void> WriteHistory(const fs::path& file, const std::vector<cluster::Call>& calls) {
  if (file.empty()) return {};
  PosixDisk disk;
  return disk.ReplaceFile(file, AsBytes(cluster::FormatHistory(calls)));
}

// That reads may be stale must show: otherwise the check would find nothing at all.
Result<void> CheckHistory(const std::vector<cluster::Call>& calls, const Limits& limits,
                          bool stale_reads) {
  AVAL_TRY(const auto violations, cluster::CheckLinearizability(calls, limits.first_values()));
  for (const cluster::Violation& violation : violations) {
    Print("violation     " + violation.text);
  }
  Print("history       " + std::string(violations.empty() ? "" : "not ") +
        "linearisable: violations of " + std::to_string(violations.size()) + " of " +
        std::to_string(limits.size()) + " grants");
  if (violations.empty() != stale_reads) return {};
  return Failed(stale_reads ? "no read was found to be stale" : "the history is not linearisable");
}

Result<void> CheckNodes(const Nodes& nodes, const Clients& clients, const std::atomic<bool>& stop) {
  AVAL_TRY(const Agreement agreement, AwaitAgreement(nodes.clients(), stop));
  Print("states        equal on " + std::to_string(nodes.size()) + " nodes at index " +
        std::to_string(agreement.index) + ": " + agreement.state_hash);
  AVAL_CHECK(CheckAcknowledged(nodes.clients(), agreement.index, clients.acknowledged()));
  Print("acknowledged  " + std::to_string(clients.acknowledged().size()) +
        " writes, each on every node where the answer said");
  return {};
}

Result<void> CheckAnswers(const Clients& clients) {
  if (clients.surprise().empty()) return {};
  return Failed("an answer out of place: " + clients.surprise());
}

Result<void> Run(const Options& options, const Wires* wires, const std::atomic<bool>& stop) {
  const ledger::Day day = *ledger::Day::FromDate(2018, 1, 2);
  AVAL_TRY(const auto nodes, Nodes::Start(options.nodes, day.Plus(-1), options.directory, wires));
  AVAL_TRY(const auto limits, Limits::Prepare(*nodes, options.keys, day, stop));
  AVAL_CHECK(AwaitAgreement(nodes->clients(), stop));  // So that every node knows every grant.

  SeededRandom random(options.seed);
  const std::vector<Fault> schedule = DrawSchedule(
      {.nodes = options.nodes, .span = options.span(), .cuts = wires != nullptr}, random);
  cluster::HistoryRecorder history;
  Clients clients(nodes->pools(), *limits, history,
                  {.clients = options.clients, .seed = random.U64(), .reads = options.reads});
  const auto disturbed = Disturb(*nodes, schedule, options.span(), stop);
  const auto enough = disturbed ? clients.AwaitAcknowledged(kLeastAcknowledged, stop) : disturbed;
  const auto finished = enough ? clients.Finish() : enough;
  AVAL_CHECK(WriteHistory(options.history, history.calls()));
  AVAL_CHECK(disturbed);

  const std::vector<cluster::Call> calls = history.calls();
  std::printf("%s", Summary(calls, schedule).c_str());
  // All that is wrong is said; the first is the error.
  Result<void> first = finished;
  for (const Result<void>& checked : {CheckHistory(calls, *limits, options.reads == Reads::kStale),
                                      CheckNodes(*nodes, clients, stop), CheckAnswers(clients),
                                      nodes->CheckLogs(), nodes->Stop()}) {
    if (checked) continue;
    Print("wrong         " + checked.error().message);
    if (first) first = checked;
  }
  return first;
}

// A directory of our own where none was named; whether it is ours.
Result<bool> MakeDirectory(Options& options) {
  if (!options.directory.empty()) return false;
  std::string name = (fs::temp_directory_path() / "aval-chaos-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return Failed("no temporary directory");
  options.directory = name;
  return true;
}

int RunIn(Options options) {
  std::unique_ptr<Wires> wires;
  if (!options.loopback && Wires::Allowed(options.nodes)) {
    auto laid = Wires::Lay(options.nodes);
    if (!laid) return cli::Report(laid.error());
    wires = *std::move(laid);
  }
  const auto made = MakeDirectory(options);
  if (!made) return cli::Report(made.error());
  Print("chaos: " + std::to_string(options.nodes) + " nodes, " + std::to_string(options.clients) +
        " clients, " + std::to_string(options.keys) + " grants, seed " +
        std::to_string(options.seed) +
        (wires != nullptr
             ? ", each node in a network namespace"
             : ", on the loopback: nodes are stopped (SIGSTOP) in place of partitions"));
  const cli::Interrupt interrupt;
  const auto done = Run(options, wires.get(), interrupt.asked());
  if (!done) {
    Print("chaos: FAILED; the nodes' data and logs are in " + options.directory.string());
    return cli::Report(done.error());
  }
  std::error_code failed;
  if (*made) fs::remove_all(options.directory, failed);
  Print("chaos: OK");
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace aval::chaos

int main(int argc, char** argv) {
  using aval::chaos::Reads;
  aval::chaos::Options options;
  CLI::App app("Runs a network of avald processes under faults and checks what its clients saw");
  app.add_option("--nodes", options.nodes, "3 or 5")->check(CLI::IsMember({3, 5}));
  auto* seconds = app.add_option("--seconds", options.seconds, "How long faults go on; 300");
  seconds->check(CLI::Range(1, 3600));
  app.add_option("--minutes", options.minutes, "The same")
      ->check(CLI::Range(1, 60))
      ->excludes(seconds);
  app.add_option("--seed", options.seed, "Of the faults and of what clients do; by chance");
  app.add_option("--clients", options.clients, "Each with one call at a time")
      ->check(CLI::Range(1, 64));
  app.add_option("--keys", options.keys, "Grants")->check(CLI::Range(1, 100));
  app.add_option("--history", options.history,
                 "Write all calls to this file, a JSON object a line");
  app.add_option("--directory", options.directory, "Absent or empty; otherwise a temporary one");
  app.add_flag("--loopback", options.loopback, "No network namespaces");
  const std::map<std::string, Reads> reads{
      {"linearizable", Reads::kLinearizable}, {"logged", Reads::kLogged}, {"stale", Reads::kStale}};
  app.add_option("--reads", options.reads,
                 "Confirmed by a quorum; after an act of the reader's own in the log; or from a "
                 "node's own state, which may be behind: the check must then find that")
      ->transform(CLI::CheckedTransformer(reads));
  CLI11_PARSE(app, argc, argv);
  return aval::chaos::RunIn(options);
}
