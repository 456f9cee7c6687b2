#include "tests/cluster/hostile/honest_load.h"

#include <atomic>
#include <string>
#include <utility>

#include "cli/bench/closed_loop.h"
#include "cli/bench/purchases.h"
#include "cli/demo/sales.h"

namespace aval::hostile {
Result<HonestLoad> HonestLoad::Prepare(Network& network, ledger::Day day, std::size_t runs,
                                       std::size_t acts, Random& random) {
  const std::size_t purchases = cli::bench::PurchasesOf(acts);
  const cli::Network& keys = network.demo().network();
  const std::atomic<bool> stop = false;
  AVAL_CHECK(
      cli::bench::DecideInOrder(network.honest(), {cli::demo::RollTo(day, keys, random)}, stop));
  cli::demo::DayOfActs signed_acts =
      cli::demo::SellOn(day, cli::bench::MakeRows(runs * purchases, day, random), keys, random);
  AVAL_CHECK(cli::bench::DecideInOrder(network.honest(), std::move(signed_acts.first), stop));
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
