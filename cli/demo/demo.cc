#include "cli/demo/demo.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/disk.h"
#include "base/random.h"
#include "cli/connection.h"
#include "cli/demo/delays_file.h"
#include "cli/demo/demo_network.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "cli/demo/lateness.h"
#include "cli/demo/purchases_file.h"
#include "cli/demo/rehearsal.h"
#include "cli/demo/replay.h"
#include "cli/demo/summary.h"
#include "cli/demo/workload.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/log_export.h"
#include "cli/progress_bar.h"
#include "cli/submitter.h"
#include "ledger/audit/audit.h"
#include "ledger/state/leveldb_store.h"

namespace aval::cli::demo {
namespace {

constexpr int kWrong = 1;
constexpr int kInterrupted = 130;
constexpr std::chrono::milliseconds kCallTimeout{60'000};

// Of what happens once the network runs: nothing of that is the input's fault.
int Fail(const Error& error) {
  std::fprintf(stderr, "aval: %s\n", error.message.c_str());
  return error.code == Code::kCancelled ? kInterrupted : kWrong;
}

Result<void> Collect(DemoNetwork& demo, const std::atomic<bool>& stop, DemoResult& result) {
  AVAL_TRY(result.index, demo.Settle(result.load.highest_leaf + 1, stop));
  for (ApiClient* client : demo.clients()) {
    AVAL_TRY(const auto hash, client->GetJson("/v1/reports/state-hash", kCallTimeout));
    AVAL_TRY(std::string text, JsonText(hash, "state_hash"));
    result.state_hashes.push_back(std::move(text));
  }
  for (std::size_t i = 0; i < demo.size(); ++i) {
    AVAL_TRY(const std::uint64_t bytes, demo.process(i).AnonymousMemory());
    result.anonymous_bytes.push_back(bytes);
  }
  ApiClient* client = demo.clients().front();
  AVAL_TRY(const auto trial_balance, client->GetJson("/v1/reports/trial-balance", kCallTimeout));
  AVAL_TRY(result.trial_balance, ReadTrialBalance(trial_balance));
  AVAL_TRY(const auto balances, client->GetJson("/v1/reports/balances", kCallTimeout));
  AVAL_TRY(result.balances, ReadBalances(balances));
  return {};
}

Result<ledger::AuditReport> ExportAndAudit(DemoNetwork& demo,
                                           const std::filesystem::path& directory) {
  std::vector<ApiClient*> peers = demo.clients();
  ApiClient* exporter = peers.front();
  peers.erase(peers.begin());
  AVAL_TRY(const crypto::SecretKey key, demo.LogKey(0));
  {
    ProgressBar bar("export", "leaves");
    AVAL_CHECK(ExportFromNode(*exporter, peers, demo.genesis(), key, directory,
                              [&bar](std::uint64_t done, std::uint64_t of) {
                                bar.Show(static_cast<double>(done) / static_cast<double>(of), done,
                                         "");
                              }));
  }
  ProgressBar bar("audit", "leaves");
  PosixDisk disk;
  return ledger::Audit(disk, directory,
                       {.threads = std::max(1U, std::thread::hardware_concurrency()),
                        .need_quorum = true,
                        .genesis = crypto::Sha256(demo.genesis().envelope())},
                       [&bar](std::uint64_t done, std::uint64_t of) {
                         bar.Show(static_cast<double>(done) / static_cast<double>(of), done, "");
                       });
}

// What is replayed.
struct Input {
  std::vector<PurchaseRow> rows;
  std::vector<ClientMonths> clients;  // None without --delays.
};

Result<Input> ReadInput(const DemoOptions& options) {
  Input input;
  AVAL_TRY(input.rows, ReadPurchases(options.data, options.purchases));
  if (input.rows.empty()) {
    return Error{.code = Code::kInvalidArgument, .message = "there are no purchases to replay"};
  }
  if (options.delays) {
    AVAL_TRY(input.clients, ReadDelays(*options.delays));
  }
  return input;
}

// Replays it all, and says of it what the network does not.
Result<void> Run(DemoNetwork& demo, Input input, const std::filesystem::path& directory,
                 const std::atomic<bool>& stop, DemoResult& result) {
  PosixDisk disk;
  AVAL_TRY(const auto store, ledger::LevelDbStore::Open(disk, directory, {}));
  AVAL_TRY(const auto rehearsal, Rehearsal::Begin(demo.genesis(), *store));
  SystemRandom random;
  result.clients = input.clients.size();
  const PayingHabits habits(std::move(input.clients));
  Workload workload(std::move(input.rows), habits, demo.network(), random, *rehearsal);
  result.rows = workload.counts();
  Submitter submitter(demo.clients(), stop);
  const auto start = std::chrono::steady_clock::now();
  {
    ProgressBar bar("replay", "acts");
    AVAL_TRY(result.days,
             Replay(workload, submitter, demo.clients(), stop, [&](ledger::Day day, double done) {
               bar.Show(done, submitter.report().decided(), day.Text());
               result.last_day = day;
             }));
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.load = submitter.report();
  result.tally = rehearsal->tally();
  result.worst = rehearsal->overdue().Worst();
  AVAL_TRY(result.rehearsed, BalancesOf(rehearsal->state()));
  AVAL_TRY(result.overdue, OverdueOf(rehearsal->state()));
  AVAL_TRY(result.claims, ClaimsOf(rehearsal->state()));
  return {};
}

void PrintSummary(const DemoOptions& options, const DemoResult& result) {
  const std::string text = options.json ? PrettyJson(SummaryJson(result)) : SummaryText(result);
  std::fputs(text.c_str(), stdout);
}

}  // namespace

int RunDemo(const DemoOptions& options) {
  const Interrupt interrupt;
  auto input = ReadInput(options);
  if (!input) return Report(input.error());
  const auto program = FindAvald();
  if (!program) return Report(program.error());
  auto demo = DemoNetwork::Start(
      DemoGenesis("ledger.aval.example/demo-1", FirstDay(input->rows).Plus(-1)), options.directory,
      *program, options.keep ? NodeProcess::Orphan::kRunsOn : NodeProcess::Orphan::kStops);
  if (!demo) return Report(demo.error());
  if (!options.json) {
    std::printf("Three nodes serve %s in %s\n", (*demo)->genesis().origin().c_str(),
                options.directory.c_str());
  }
  DemoResult result;
  if (const auto ran = Run(**demo, *std::move(input), options.directory / "rehearsal",
                           interrupt.asked(), result);
      !ran) {
    return Fail(ran.error());
  }
  if (const auto collected = Collect(**demo, interrupt.asked(), result); !collected) {
    return Fail(collected.error());
  }
  auto audit = ExportAndAudit(**demo, options.directory / "export");
  if (!audit) return Fail(audit.error());
  result.audit = *std::move(audit);
  PrintSummary(options, result);
  if (options.keep) {
    if (!options.json) PrintHowToQuery(options.directory, **demo);
    (*demo)->Release();
  } else if (const auto stopped = (*demo)->Stop(); !stopped) {
    return Fail(stopped.error());
  }
  return CameOutRight(result) ? 0 : kWrong;
}

}  // namespace aval::cli::demo
