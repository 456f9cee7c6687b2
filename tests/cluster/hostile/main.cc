// Honest clients' latency without and with attackers: see scripts/hostile.sh.

#include <getopt.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/random.h"
#include "base/text.h"
#include "cli/bench/file_system.h"
#include "cli/connection.h"
#include "tests/cluster/hostile/flooding_peer.h"
#include "tests/cluster/hostile/honest_load.h"
#include "tests/cluster/hostile/network.h"
#include "tests/cluster/hostile/slow_clients.h"

namespace aval::hostile {
namespace {

constexpr double kMostRatio = 3.0;
constexpr std::size_t kFloodActs = 20'000;
// Long enough for slow clients to have run into the first bounds, and to have called again.
constexpr std::chrono::seconds kAttackBefore{15};

struct Options {
  std::filesystem::path directory = "hostile-data";
  std::size_t clients = 64;
  std::size_t acts = 6'000;
  std::size_t slow = 200;
  bool flood = true;
  bool burst = false;
};

void Print(const char* name, const cli::LoadReport& load) {
  std::printf("%-12s %zu acts, p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms\n", name,
              load.latency_us.size(), load.Percentile(0.50) / 1000.0,
              load.Percentile(0.99) / 1000.0, load.Percentile(0.999) / 1000.0);
  static_cast<void>(std::fflush(stdout));
}

Result<double> Measure(const Options& options) {
  AVAL_TRY(const auto file_system, cli::bench::FileSystemOf(options.directory));
  AVAL_CHECK(cli::bench::CheckIsOnDisk(file_system, options.directory));
  SystemRandom random;
  const ledger::Day day = *ledger::Day::FromDate(2018, 1, 2);
  AVAL_TRY(auto network, Network::Start(options.directory, day.Plus(-1), random));
  AVAL_CHECK(network->AwaitHonestLeader(/*restarts=*/true));
  AVAL_TRY(HonestLoad load, HonestLoad::Prepare(*network, day, 3, options.acts, random));
  AVAL_TRY(const cli::LoadReport warm, load.Run(*network, options.clients));
  Print("warm-up", warm);
  AVAL_TRY(const cli::LoadReport undisturbed, load.Run(*network, options.clients));
  Print("undisturbed", undisturbed);

  SlowClients slow(*network, options.slow,
                   options.burst ? SlowClients::Beginning::kInOneInstant
                                 : SlowClients::Beginning::kOneAfterAnother);
  FloodingPeer peer(*network, day.Plus(-1), options.flood ? kFloodActs : 1, random);
  if (!options.burst) slow.Start();
  if (options.flood) peer.Start();
  std::this_thread::sleep_for(kAttackBefore);
  AVAL_CHECK(network->AwaitHonestLeader(/*restarts=*/false));
  if (options.burst) slow.Start();  // So that it falls into what is measured.
  const FloodingPeer::Counts before = peer.counts();
  const auto start = std::chrono::steady_clock::now();
  AVAL_TRY(const cli::LoadReport attacked, load.Run(*network, options.clients));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const FloodingPeer::Counts after = peer.counts();
  peer.Stop();
  slow.Stop();
  Print("attacked", attacked);
  std::printf(
      "attackers    %zu slow clients called %zu times; a peer's key %zu times, %zu links, "
      "%.1f MB/s\n",
      options.slow, slow.calls(), after.calls, after.links,
      static_cast<double>(after.bytes - before.bytes) / took.count() / 1e6);
  AVAL_CHECK(network->Stop());
  if ((options.slow > 0 && slow.calls() == 0) || (options.flood && after.bytes == before.bytes)) {
    return Error{.code = Code::kUnavailable, .message = "the attackers have not got through"};
  }
  return static_cast<double>(attacked.Percentile(0.99)) /
         static_cast<double>(undisturbed.Percentile(0.99));
}

int Run(const Options& options) {
  const auto ratio = Measure(options);
  if (!ratio) return cli::Report(ratio.error());
  const bool holds = *ratio <= kMostRatio;
  std::printf("p99 ratio    %.2f, at most %.1f: %s\n", *ratio, kMostRatio,
              holds ? "holds" : "BROKEN");
  return holds ? 0 : 1;
}

// Nothing for a line that cannot be read.
std::optional<Options> ReadOptions(int argc, char** argv) {
  static constexpr std::array<option, 7> kOptions{{{"directory", required_argument, nullptr, 'd'},
                                                   {"clients", required_argument, nullptr, 'c'},
                                                   {"acts", required_argument, nullptr, 'a'},
                                                   {"slow", required_argument, nullptr, 's'},
                                                   {"no-flood", no_argument, nullptr, 'n'},
                                                   {"burst", no_argument, nullptr, 'b'},
                                                   {}}};
  Options options;
  for (;;) {
    const int name = getopt_long(argc, argv, "", kOptions.data(), nullptr);
    if (name < 0) return optind == argc ? std::optional(options) : std::nullopt;
    if (name == 'n' || name == 'b') {
      (name == 'n' ? options.flood : options.burst) = name == 'b';
      continue;
    }
    if (name == 'd') {
      options.directory = optarg;
      continue;
    }
    const auto number = name == '?' ? std::nullopt : ParseDecimal<std::size_t>(optarg);
    if (!number || (*number == 0 && name != 's')) return std::nullopt;
    (name == 'c' ? options.clients : name == 'a' ? options.acts : options.slow) = *number;
  }
}

}  // namespace
}  // namespace aval::hostile

int main(int argc, char** argv) {
  const auto options = aval::hostile::ReadOptions(argc, argv);
  if (options) return aval::hostile::Run(*options);
  static_cast<void>(
      std::fputs("usage: hostile_load [--directory DIR] [--clients N] [--acts N] "
                 "[--slow N] [--no-flood] [--burst]\n",
                 stderr));
  return 2;
}
