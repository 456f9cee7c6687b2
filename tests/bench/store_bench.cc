// One synced batch of the state's store: what ends each run of blocks.

#include <benchmark/benchmark.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/disk.h"
#include "base/random.h"
#include "ledger/state/leveldb_store.h"
#include "tests/bench/scratch_directory.h"

namespace aval::bench {
namespace {

// As many records as `range(0)` says, new ones; of the sizes that the state has.
void StoreBatch(benchmark::State& state) {
  const ScratchDirectory scratch;
  PosixDisk disk;
  auto store = ledger::LevelDbStore::Open(disk, scratch.path() / "state", {});
  AVAL_ASSERT(store.has_value());
  SeededRandom random(1);
  for ([[maybe_unused]] auto iteration : state) {
    state.PauseTiming();
    ledger::Writes writes;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      Bytes key(34);
      Bytes value(120);
      random.Fill(key);
      random.Fill(value);
      writes.insert_or_assign(std::move(key), std::move(value));
    }
    state.ResumeTiming();
    AVAL_ASSERT((*store)->Apply(writes));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(StoreBatch)
    ->Arg(1)
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(10'000)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aval::bench
