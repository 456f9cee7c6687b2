// Applied leaves to the log: entries, effects and hash tiles, with and without the sync.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/assert.h"
#include "base/disk.h"
#include "ledger/log/log.h"
#include "tests/bench/purchase_acts.h"
#include "tests/bench/scratch_directory.h"
#include "tests/ledger/test_ledger.h"

namespace aval::bench {
namespace {

constexpr std::uint32_t kPurchases = 400;

// The leaves of whole purchases, from genesis on.
const std::vector<ledger::Leaf>& Leaves() {
  static const std::vector<ledger::Leaf> leaves = [] {
    ledger::TestLedger ledger;
    ledger.Accept({RegisterTheSupplier()});
    for (std::uint32_t n = 1; n <= kPurchases; ++n) {
      for (std::size_t step = 0; step <= static_cast<std::size_t>(Step::kDeliver); ++step) {
        ledger.Accept({ActOf(static_cast<Step>(step), n)});
      }
    }
    return ledger.leaves();
  }();
  return leaves;
}

std::unique_ptr<ledger::Log> OpenLog(Disk& disk, const std::filesystem::path& directory) {
  auto log = ledger::Log::Open(disk, directory, {}, {});
  AVAL_ASSERT(log.has_value());
  return *std::move(log);
}

// `range(0)` leaves at a time; a new log when the leaves have run out.
void LogAppend(benchmark::State& state, bool synced) {
  const std::span<const ledger::Leaf> leaves = Leaves();
  const auto group = static_cast<std::size_t>(state.range(0));
  PosixDisk disk;
  std::optional<ScratchDirectory> scratch;
  std::unique_ptr<ledger::Log> log;
  std::size_t next = leaves.size();
  for ([[maybe_unused]] auto iteration : state) {
    if (next + group > leaves.size()) {
      state.PauseTiming();
      log.reset();
      scratch.emplace();
      log = OpenLog(disk, scratch->path() / "log");
      next = 0;
      state.ResumeTiming();
    }
    AVAL_ASSERT(log->Append(leaves.subspan(next, group)));
    if (synced) AVAL_ASSERT(log->Sync());
    next += group;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(LogAppend, unsynced, false)->Arg(1)->Arg(256)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(LogAppend, synced, true)->Arg(256)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aval::bench
