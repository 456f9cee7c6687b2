#include "ledger/log/log.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "ledger/log/bundle.h"
#include "ledger/log/log_start.h"
#include "ledger/log/recovery.h"

namespace aval::ledger {

namespace {

Error Stopped() {
  return {.code = Code::kIo, .message = "the log has failed before: what it holds is unknown"};
}

}  // namespace

Log::Log(Disk& disk, const std::filesystem::path& directory, const Options& options)
    : disk_(disk),
      directory_(directory),
      options_(options),
      runs_(disk, directory, options.segment_leaves),
      reader_(runs_) {
  AVAL_ASSERT(options.settle_leaves > 0 && options.settle_leaves % kTileWidth == 0);
  AVAL_ASSERT(options.segment_leaves % options.settle_leaves == 0);
}

Result<std::unique_ptr<Log>> Log::Open(Disk& disk, const std::filesystem::path& directory,
                                       const crypto::Frontier& applied, const Options& options) {
  AVAL_CHECK(disk.MakeDirectories(directory));
  std::unique_ptr<Log> log(new Log(disk, directory, options));
  AVAL_TRY(const std::shared_ptr<const LogStart> start, ReadLogStart(disk, directory));
  log->reader_.set_start(start);
  AVAL_TRY(RecoveredLog found, ReadLog(log->runs_, start, applied, options.settle_leaves));
  AVAL_CHECK(CutLog(log->runs_, found));
  log->edge_ = std::move(found.edge);
  AVAL_CHECK(log->SyncFiles(Files::kAll));
  log->reader_.set_end(log->edge_.end);
  return log;
}

Result<void> Log::Append(std::span<const Leaf> leaves) {
  if (failed_) return Stopped();
  failed_ = true;
  while (!leaves.empty()) {
    const std::size_t room = kTileWidth - edge_.end.leaves % kTileWidth;
    const std::size_t count = std::min(leaves.size(), room);
    AVAL_CHECK(AppendToBundle(leaves.first(count)));
    leaves = leaves.subspan(count);
  }
  failed_ = false;
  return {};
}

Result<void> Log::AppendToBundle(std::span<const Leaf> leaves) {
  const LogEnd start = edge_.end;
  const std::uint64_t segment = runs_.SegmentOfLeaf(start.leaves);
  Bytes entries;
  Bytes effects;
  DerivedBytes derived{.from = start.leaves, .offsets = {}, .hashes = {}};
  for (const Leaf& leaf : leaves) {
    AVAL_ASSERT(leaf.header.index == edge_.end.leaves);
    AppendEntry(entries, leaf.entry);
    AppendEffects(effects, leaf.effects);
    edge_.Append(runs_, leaf.entry, leaf.effects.size(), derived);
  }
  AVAL_CHECK(runs_.entries.Write(segment, start.entries, entries));
  AVAL_CHECK(runs_.effects.Write(segment, start.effects, effects));
  return derived.WriteTo(runs_);
}

Result<void> Log::Sync() {
  if (failed_) return Stopped();
  failed_ = true;
  const std::uint64_t settle = options_.settle_leaves;
  const bool settles = edge_.end.leaves / settle != reader_.end().leaves / settle;
  AVAL_CHECK(SyncFiles(settles ? Files::kAll : Files::kEntriesAndEffects));
  failed_ = false;
  reader_.set_end(edge_.end);
  return {};
}

Result<void> Log::SyncFiles(Files which) {
  AVAL_CHECK(runs_.entries.Sync());
  AVAL_CHECK(runs_.effects.Sync());
  bool names_changed = runs_.entries.TakeNamesChanged();
  names_changed |= runs_.effects.TakeNamesChanged();
  if (which == Files::kAll) {
    AVAL_CHECK(runs_.offsets.Sync());
    names_changed |= runs_.offsets.TakeNamesChanged();
    for (SegmentRun& run : runs_.hashes) {
      AVAL_CHECK(run.Sync());
      names_changed |= run.TakeNamesChanged();
    }
  }
  return names_changed ? disk_.SyncDirectory(directory_) : Result<void>{};
}

}  // namespace aval::ledger
