// One block to the Raft log, with its one fdatasync.

#include <benchmark/benchmark.h>

#include <memory>
#include <span>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/disk.h"
#include "consensus/storage.h"
#include "consensus/wal/wal.h"
#include "tests/bench/scratch_directory.h"

namespace aval::bench {
namespace {

using consensus::Entry;
using consensus::Wal;

constexpr std::uint64_t kTerm = 1;

void WalAppend(benchmark::State& state) {
  const ScratchDirectory scratch;
  PosixDisk disk;
  auto wal = Wal::Open(disk, scratch.path() / "wal", Wal::Options{.node = {1}}, {});
  AVAL_ASSERT(wal.has_value());
  consensus::Persist begin;
  begin.hard_state = consensus::HardState{.term = {kTerm}, .vote = {}};
  (*wal)->Write(std::span(&begin, 1));
  AVAL_ASSERT((*wal)->Sync());
  const auto payload = std::make_shared<const Bytes>(state.range(0), std::uint8_t{0x5a});
  Entry entry{.term = {kTerm},
              .index = {0},
              .kind = consensus::EntryKind::kBlock,
              .payload = payload,
              .chain = {}};
  for ([[maybe_unused]] auto iteration : state) {
    ++entry.index.value;
    entry.chain = consensus::ChainOf(entry.chain, entry.term, entry.index, entry.kind, *payload);
    consensus::Persist write;
    write.entries.push_back(entry);
    (*wal)->Write(std::span(&write, 1));
    AVAL_ASSERT((*wal)->Sync());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(WalAppend)->Arg(1 << 12)->Arg(1 << 16)->Arg(1 << 20)->UseRealTime()->Unit(
    benchmark::kMicrosecond);

}  // namespace
}  // namespace aval::bench
