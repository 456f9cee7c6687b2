#include "cli/demo/replay.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "cli/json.h"

namespace aval::cli::demo {
namespace {

constexpr std::chrono::milliseconds kCallTimeout{10'000};
constexpr std::chrono::milliseconds kDuePause{2};

// Waits until some node says that the sweep of the day is done, as of the last act decided.
Result<void> AwaitSweep(const std::vector<ApiClient*>& nodes, std::uint64_t leaf,
                        const std::atomic<bool>& stop) {
  for (std::size_t turn = 0; !stop; ++turn) {
    const auto status = nodes[turn % nodes.size()]->GetJson(
        "/v1/node?min_index=" + std::to_string(leaf + 1), kCallTimeout);
    const Result<bool> due = status ? JsonFlag(*status, "due_items") : status.error();
    // A node that is down or behind: ask the next.
    if (due && !*due) return {};
    std::this_thread::sleep_for(kDuePause);
  }
  return Error{.code = Code::kCancelled, .message = "stopped"};
}

// The day's batches: the roll and registrations first, everything in one when it fits.
Result<void> SubmitDay(Submitter& submitter, Bytes roll, DayOfActs acts) {
  std::vector<std::vector<Bytes>> first;
  first.push_back({std::move(roll)});
  for (Bytes& act : acts.first) first.push_back({std::move(act)});
  std::vector<std::vector<Bytes>> opening = PackChains(std::move(first));
  std::vector<std::vector<Bytes>> rest = PackChains(std::move(acts.chains));
  if (opening.size() == 1 && rest.size() == 1 &&
      opening[0].size() + rest[0].size() <= Submitter::kBatchActs) {
    std::ranges::move(rest[0], std::back_inserter(opening[0]));
    rest.clear();
  }
  for (std::vector<Bytes>& batch : opening) {
    std::vector<std::vector<Bytes>> one;
    one.push_back(std::move(batch));
    AVAL_CHECK(submitter.Submit(std::move(one)));
  }
  return submitter.Submit(std::move(rest));
}

}  // namespace

Result<std::uint64_t> Replay(Workload& workload, Submitter& submitter,
                             const std::vector<ApiClient*>& nodes, const std::atomic<bool>& stop,
                             const std::function<void(ledger::Day, double)>& each_day) {
  std::uint64_t days = 0;
  for (ledger::Day day = workload.first_day(); !workload.done(); day = day.Plus(1)) {
    AVAL_CHECK(AwaitSweep(nodes, submitter.report().highest_leaf, stop));
    Bytes roll = workload.DayRoll(day);
    AVAL_TRY(DayOfActs acts, workload.Take(day));
    AVAL_CHECK(SubmitDay(submitter, std::move(roll), std::move(acts)));
    ++days;
    each_day(day, workload.Progress());
  }
  return days;
}

}  // namespace aval::cli::demo
