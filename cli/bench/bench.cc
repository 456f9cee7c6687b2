#include "cli/bench/bench.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <cstdio>
#include <utility>

#include "base/random.h"
#include "cli/bench/closed_loop.h"
#include "cli/connection.h"
#include "cli/demo/demo_network.h"
#include "cli/demo/purchases_file.h"
#include "cli/demo/workload.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/node_process.h"
#include "cli/submitter.h"
#include "crypto/digest.h"
#include "crypto/envelope.h"

namespace aval::cli::bench {
namespace {

// Acts of a purchase on its first day: capacity, proposal, two decisions, activation,
// authorisation, capture, delivery.
constexpr std::size_t kActsOfPurchase = 8;
constexpr std::size_t kSellers = 100;

std::string HexId(const std::string& text) {
  return crypto::Sha256(AsBytes(text)).Hex().substr(0, 32);
}

// Purchases that all happen on one day; amounts and terms as real ones have them, in a fixed cycle.
std::vector<demo::PurchaseRow> MakeRows(std::size_t count, ledger::Day day) {
  std::vector<demo::PurchaseRow> rows;
  rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    demo::PurchaseRow row;
    row.order = HexId("order " + std::to_string(i));
    row.seller = HexId("seller " + std::to_string(i % kSellers));
    row.purchased = day;
    row.approved = day;
    row.shipping_limit = day;
    row.value.minor = 5'000 + static_cast<std::int64_t>(i % 97) * 1'013;
    row.instalments = 2 + static_cast<std::uint32_t>(i % 11);
    rows.push_back(std::move(row));
  }
  return rows;
}

double SignaturesPerAct(const std::vector<std::vector<Bytes>>& chains) {
  std::size_t acts = 0;
  std::size_t signatures = 0;
  for (const std::vector<Bytes>& chain : chains) {
    for (const Bytes& act : chain) {
      const auto envelope = crypto::ParseEnvelope(act);
      AVAL_ASSERT(envelope.has_value());
      ++acts;
      signatures += envelope->signatures.size();
    }
  }
  return static_cast<double>(signatures) / static_cast<double>(std::max<std::size_t>(acts, 1));
}

struct BenchResult {
  LoopResult loop;
  double signatures_per_act = 0;
};

Result<BenchResult> Measure(const BenchOptions& options) {
  const Interrupt interrupt;
  const ledger::Day day = *ledger::Day::FromDate(2018, 1, 2);
  AVAL_TRY(const std::filesystem::path program, FindAvald());
  AVAL_TRY(auto network,
           demo::DemoNetwork::Start(demo::DemoGenesis("ledger.aval.example/bench-1", day.Plus(-1)),
                                    options.directory, program, NodeProcess::Orphan::kStops));
  SystemRandom random;
  const std::size_t purchases = (options.acts + kActsOfPurchase - 1) / kActsOfPurchase;
  demo::Workload workload(MakeRows(purchases, day), network->network(), random);
  // Set-up: the day, and everybody who takes part.
  Submitter submitter(network->clients(), interrupt.asked());
  std::vector<std::vector<Bytes>> roll;
  roll.push_back({workload.DayRoll(day)});
  AVAL_CHECK(submitter.Submit(std::move(roll)));
  demo::DayOfActs acts = workload.Take(day);
  std::vector<std::vector<Bytes>> registrations;
  for (Bytes& act : acts.first) registrations.push_back({std::move(act)});
  for (std::vector<Bytes>& batch : PackChains(std::move(registrations))) {
    std::vector<std::vector<Bytes>> one;
    one.push_back(std::move(batch));
    AVAL_CHECK(submitter.Submit(std::move(one)));
  }
  BenchResult result;
  result.signatures_per_act = SignaturesPerAct(acts.chains);
  AVAL_TRY(result.loop, RunClosedLoop(network->clients(), options.clients, std::move(acts.chains)));
  AVAL_CHECK(network->Stop());
  return result;
}

void PrintText(const BenchOptions& options, const BenchResult& result) {
  const LoadReport& load = result.loop.load;
  const double rate = static_cast<double>(load.decided()) / result.loop.seconds;
  std::printf("closed loop  %zu clients, three nodes on this machine\n", options.clients);
  std::printf("acts         %llu decided in %.1f s: %.0f acts/s, %.0f signatures/s (%.2f an act)\n",
              static_cast<unsigned long long>(load.decided()), result.loop.seconds, rate,
              rate * result.signatures_per_act, result.signatures_per_act);
  for (const auto& [code, count] : load.refused) {
    std::printf("refused      %s %llu\n", code.c_str(), static_cast<unsigned long long>(count));
  }
  std::printf("latency      p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms to durable commit\n",
              load.Percentile(0.50) / 1000.0, load.Percentile(0.99) / 1000.0,
              load.Percentile(0.999) / 1000.0);
}

void PrintJson(const BenchOptions& options, const BenchResult& result) {
  const LoadReport& load = result.loop.load;
  const double rate = static_cast<double>(load.decided()) / result.loop.seconds;
  boost::json::object refused;
  for (const auto& [code, count] : load.refused) refused.emplace(code, count);
  const boost::json::object body{
      {"mode", "closed"},
      {"clients", options.clients},
      {"nodes", 3},
      {"acts", load.decided()},
      {"seconds", result.loop.seconds},
      {"acts_per_second", rate},
      {"signatures_per_act", result.signatures_per_act},
      {"refused", std::move(refused)},
      {"latency_us", boost::json::object{{"p50", load.Percentile(0.5)},
                                         {"p99", load.Percentile(0.99)},
                                         {"p999", load.Percentile(0.999)}}}};
  std::printf("%s\n", PrettyJson(body).c_str());
}

}  // namespace

int RunBench(const BenchOptions& options) {
  const auto result = Measure(options);
  if (!result) return Report(result.error());
  if (options.json) {
    PrintJson(options, *result);
  } else {
    PrintText(options, *result);
  }
  return result->loop.load.refused.empty() ? 0 : 1;
}

}  // namespace aval::cli::bench
