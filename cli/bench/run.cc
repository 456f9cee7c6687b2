#include "cli/bench/run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

#include "cli/bench/closed_loop.h"
#include "cli/bench/open_loop.h"
#include "cli/bench/purchases.h"

namespace aval::cli::bench {
namespace {

constexpr std::size_t kVerifySample = 200;  // Purchases.
constexpr std::chrono::milliseconds kVerifyDuration{2'000};
constexpr double kSecondsApart = 1;  // Acts of one purchase in an open loop.

std::vector<std::vector<Bytes>> SampleOf(const std::vector<std::vector<Bytes>>& chains) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(chains.size(), kVerifySample));
  return {chains.begin(), chains.begin() + count};
}

unsigned AllCores() { return std::max(1U, std::thread::hardware_concurrency()); }

struct Usage {
  std::vector<NodeUsage> nodes;
  CpuTimes generator;
};

Result<Usage> ReadUsage(const Target& target) {
  Usage usage;
  const std::vector<ApiClient*> clients = target.clients();
  const std::vector<pid_t> processes = target.processes();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    NodeUsage node{.number = target.nodes()[i].number,
                   .counters = {},
                   .cpu = std::nullopt,
                   .written_bytes = std::nullopt};
    AVAL_TRY(node.counters, ReadCounters(*clients[i]));
    if (i < processes.size()) {
      AVAL_TRY(node.cpu, ReadCpuTimes(processes[i]));
      AVAL_TRY(node.written_bytes, ReadWrittenBytes(processes[i]));
    }
    usage.nodes.push_back(std::move(node));
  }
  AVAL_TRY(usage.generator, ReadCpuTimes(getpid()));
  return usage;
}

std::vector<NodeUsage> Since(std::vector<NodeUsage> now, const std::vector<NodeUsage>& earlier) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    now[i].counters = now[i].counters.Since(earlier[i].counters);
    if (now[i].cpu) now[i].cpu = now[i].cpu->Since(*earlier[i].cpu);
    if (now[i].written_bytes) *now[i].written_bytes -= *earlier[i].written_bytes;
  }
  return now;
}

// An act that is decided already, once from each client, has every connection opened: handshakes
// belong to no act.
Result<void> OpenConnections(const Target& target, std::size_t clients, const Bytes& decided,
                             const std::atomic<bool>& stop) {
  // Some clients are through before the last has begun: more than one each.
  const std::vector<std::vector<Bytes>> chains(4 * clients, {decided});
  AVAL_TRY(const LoopResult opened,
           RunClosedLoop(target.sinks(), {.clients = clients}, chains, stop));
  static_cast<void>(opened);
  return {};
}

Result<void> RunClosed(const Target& target, std::vector<std::vector<Bytes>> chains,
                       const std::atomic<bool>& stop, RunReport& report) {
  const ClosedLoop loop{
      .clients = report.plan.clients,
      .most = std::chrono::milliseconds(std::llround(report.plan.seconds * 1000))};
  AVAL_TRY(LoopResult result, RunClosedLoop(target.sinks(), loop, std::move(chains), stop));
  report.load = std::move(result.load);
  report.seconds = result.seconds;
  return {};
}

Result<void> RunOpen(const Target& target, std::vector<std::vector<Bytes>> chains,
                     const std::atomic<bool>& stop, RunReport& report) {
  const OpenLoop loop{.rate = *report.plan.rate};
  const auto apart = static_cast<std::size_t>(std::ceil(loop.rate * kSecondsApart));
  const std::vector<Bytes> acts = Interleave(std::move(chains), apart);
  AVAL_TRY(OpenLoopResult result, RunOpenLoop(target.sinks(), loop, acts, MachineTime(), stop));
  report.load = std::move(result.load);
  report.seconds = result.seconds;
  report.undecided = std::move(result.undecided);
  report.lateness_us = std::move(result.lateness_us);
  return {};
}

}  // namespace

double RunReport::ActsPerSecond() const {
  return seconds > 0 ? static_cast<double>(load.decided()) / seconds : 0;
}

double RunReport::Share() const {
  return limit && seconds > 0 ? limit->Share(static_cast<double>(load.accepted) / seconds) : 0;
}

Result<RunReport> RunLoad(const Target& target, const RunPlan& plan, Random& random,
                          const std::atomic<bool>& stop) {
  RunReport report{.plan = plan};
  const std::size_t count = PurchasesOf(plan.acts);
  AVAL_TRY(Purchases load, PreparePurchases(target, count, random, stop));
  AVAL_TRY(report.mix, MixOf(load.chains));
  AVAL_CHECK(OpenConnections(target, plan.clients, load.registration, stop));
  const std::vector<std::vector<Bytes>> sample = SampleOf(load.chains);
  AVAL_TRY(const double verifies_before, MeasureVerifies(sample, AllCores(), kVerifyDuration));
  AVAL_TRY(const Usage before, ReadUsage(target));
  AVAL_CHECK((plan.rate ? RunOpen : RunClosed)(target, std::move(load.chains), stop, report));
  AVAL_TRY(Usage after, ReadUsage(target));
  report.nodes = Since(std::move(after.nodes), before.nodes);
  report.generator = after.generator.Since(before.generator);
  AVAL_TRY(const double verifies_after, MeasureVerifies(sample, AllCores(), kVerifyDuration));
  if (target.is_local()) {
    report.limit = Limit{.verifies_per_second = std::max(verifies_before, verifies_after),
                         .nodes = target.nodes().size(),
                         .signatures_per_act = report.mix.SignaturesPerAct()};
  }
  return report;
}

}  // namespace aval::cli::bench
