#include "tests/cluster/hostile/honest_load.h"

#include <atomic>
#include <string>
#include <utility>

#include "cli/bench/closed_loop.h"
#include "cli/demo/purchases_file.h"
#include "cli/demo/workload.h"
#include "crypto/digest.h"

namespace aval::hostile {
namespace {

// Of a purchase on its first day.
constexpr std::size_t kActsOfPurchase = 8;

std::string HexId(const std::string& text) {
  return crypto::Sha256(AsBytes(text)).Hex().substr(0, 32);
}

std::vector<cli::demo::PurchaseRow> MakeRows(std::size_t count, ledger::Day day) {
  std::vector<cli::demo::PurchaseRow> rows;
  rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    cli::demo::PurchaseRow row;
    row.order = HexId("order " + std::to_string(i));
    row.seller = HexId("seller " + std::to_string(i % 50));
    row.purchased = day;
    row.approved = day;
    row.shipping_limit = day;
    row.value.minor = 5'000 + static_cast<std::int64_t>(i % 97) * 1'013;
    row.instalments = 2 + static_cast<std::uint32_t>(i % 11);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Result<HonestLoad> HonestLoad::Prepare(Network& network, ledger::Day day, std::size_t runs,
                                       std::size_t acts, Random& random) {
  const std::size_t purchases = (acts + kActsOfPurchase - 1) / kActsOfPurchase;
  cli::demo::Workload workload(MakeRows(runs * purchases, day), network.demo().network(), random);
  const std::atomic<bool> stop = false;
  cli::Submitter submitter(network.honest(), stop);
  std::vector<std::vector<Bytes>> roll;
  roll.push_back({workload.DayRoll(day)});
  AVAL_CHECK(submitter.Submit(std::move(roll)));
  cli::demo::DayOfActs signed_acts = workload.Take(day);
  std::vector<std::vector<Bytes>> registrations;
  for (Bytes& act : signed_acts.first) registrations.push_back({std::move(act)});
  for (std::vector<Bytes>& batch : cli::PackChains(std::move(registrations))) {
    std::vector<std::vector<Bytes>> one;
    one.push_back(std::move(batch));
    AVAL_CHECK(submitter.Submit(std::move(one)));
  }
  HonestLoad load;
  load.runs_.resize(runs);
  for (std::size_t i = 0; i < signed_acts.chains.size(); ++i) {
    load.runs_[i % runs].push_back(std::move(signed_acts.chains[i]));
  }
  return load;
}

Result<cli::LoadReport> HonestLoad::Run(Network& network, std::size_t clients) {
  AVAL_ASSERT(!runs_.empty());
  std::vector<std::vector<Bytes>> chains = std::move(runs_.back());
  runs_.pop_back();
  const std::vector<cli::ApiClient*> honest = network.honest();
  const std::atomic<bool> stop = false;
  AVAL_TRY(cli::bench::LoopResult result,
           cli::bench::RunClosedLoop({honest.begin(), honest.end()}, {.clients = clients},
                                     std::move(chains), stop));
  for (const auto& [code, count] : result.load.refused) {
    return Error{.code = Code::kUnavailable,
                 .message = std::to_string(count) + " honest acts were refused: " + code};
  }
  return std::move(result.load);
}

}  // namespace aval::hostile
