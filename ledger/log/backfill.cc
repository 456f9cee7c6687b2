#include "ledger/log/backfill.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/log/leaf.h"

namespace aval::ledger {

namespace {

namespace fs = std::filesystem;

// The tree of what is durable; renamed once all is there and the files begin to move.
constexpr const char* kProgress = "progress";
constexpr const char* kJoining = "joining";
constexpr std::size_t kCopyBytes = std::size_t{1} << 20U;

Result<std::vector<std::string>> FilesOf(Disk& disk, const fs::path& directory) {
  Result<std::vector<std::string>> files = disk.List(directory);
  if (files || files.error().code != Code::kNotFound) return files;
  return std::vector<std::string>();
}

Result<void> RemoveAll(Disk& disk, const fs::path& directory) {
  AVAL_TRY(const std::vector<std::string> files, FilesOf(disk, directory));
  for (const std::string& file : files) {
    if (file != kJoining) AVAL_CHECK(disk.Remove(directory / file));
  }
  AVAL_CHECK(disk.SyncDirectory(directory));
  if (!disk.Exists(directory / kJoining)) return {};
  AVAL_CHECK(disk.Remove(directory / kJoining));
  return disk.SyncDirectory(directory);
}

}  // namespace

Backfill::Backfill(Disk& disk, const fs::path& log_directory, const fs::path& directory,
                   const Log::Options& options)
    : disk_(disk), log_directory_(log_directory), directory_(directory), options_(options) {}

Result<std::unique_ptr<Backfill>> Backfill::Open(Disk& disk, const fs::path& log_directory,
                                                 const fs::path& directory,
                                                 const Log::Options& options) {
  std::unique_ptr<Backfill> backfill(new Backfill(disk, log_directory, directory, options));
  AVAL_CHECK(disk.MakeDirectories(directory));
  AVAL_TRY(backfill->start_, ReadLogStart(disk, log_directory));
  if (backfill->start_ == nullptr) {
    AVAL_CHECK(RemoveAll(disk, directory));
    return backfill;
  }
  if (disk.Exists(directory / kJoining)) {
    AVAL_CHECK(backfill->MoveIntoLog());
    return backfill;
  }
  auto log = backfill->OpenFetched();
  if (!log && log.error().code == Code::kCorruption) {
    // Everything can be fetched again.
    AVAL_CHECK(RemoveAll(disk, directory));
    AVAL_CHECK(disk.MakeDirectories(directory));
    log = backfill->OpenFetched();
  }
  AVAL_TRY(backfill->log_, std::move(log));
  return backfill;
}

Result<std::unique_ptr<Log>> Backfill::OpenFetched() {
  crypto::Frontier tree;
  const fs::path path = directory_ / kProgress;
  if (disk_.Exists(path)) {
    AVAL_TRY(const Bytes progress, disk_.ReadFile(path));
    AVAL_TRY(tree, crypto::Frontier::Decode(progress));
    if (tree.size() > start_->tree.size()) {
      return Error{.code = Code::kCorruption, .message = path.string() + ": damaged"};
    }
  }
  return Log::Open(disk_, directory_, tree, options_);
}

Backfill::Missing Backfill::missing() const {
  if (start_ == nullptr) return {};
  return {.from = log_->frontier().size(), .to = start_->tree.size()};
}

const crypto::Frontier& Backfill::tree() const {
  static const crypto::Frontier kNone;
  return start_ == nullptr ? kNone : start_->tree;
}

Result<void> Backfill::Take(const LeafRange& range) {
  const Missing missing = this->missing();
  if (range.first != missing.from || missing.from == missing.to) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "leaves from " + std::to_string(range.first) + " on, not from " +
                            std::to_string(missing.from)};
  }
  AVAL_CHECK(CheckLeafRange(range, start_->tree));
  std::vector<Leaf> leaves;
  for (std::size_t i = 0; i < range.entries.size(); ++i) {
    AVAL_TRY(const LeafView view, DecodeLeaf(range.entries[i]));
    leaves.push_back(
        {.header = view.header, .entry = range.entries[i], .effects = range.effects[i]});
    unsynced_ += range.entries[i].size() + range.effects[i].size();
  }
  AVAL_CHECK(log_->Append(leaves));
  return unsynced_ >= kSyncBytes ? Sync() : Result<void>{};
}

Result<void> Backfill::Sync() {
  if (start_ == nullptr) return {};
  AVAL_CHECK(log_->Sync());
  unsynced_ = 0;
  return disk_.ReplaceFile(directory_ / kProgress, log_->frontier().Encode());
}

Result<void> Backfill::Join() {
  if (start_ == nullptr) return {};
  const Missing missing = this->missing();
  AVAL_ASSERT(missing.from == missing.to);
  // Every leaf was compared with this tree.
  AVAL_ASSERT(log_->frontier() == start_->tree);
  AVAL_CHECK(Sync());
  if (log_->end() != start_->end) {
    return Error{.code = Code::kCorruption,
                 .message = "the leaves before the snapshot are not as long as it says"};
  }
  log_.reset();
  // Opening flushes hashes and offsets, too.
  AVAL_TRY(const auto settled, Log::Open(disk_, directory_, start_->tree, options_));
  AVAL_CHECK(disk_.Rename(directory_ / kProgress, directory_ / kJoining));
  AVAL_CHECK(disk_.SyncDirectory(directory_));
  return MoveIntoLog();
}

// After a crash it begins again: what was moved is not there any more, what was copied is copied
// with the same bytes.
Result<void> Backfill::MoveIntoLog() {
  LogRuns runs(disk_, directory_, options_.segment_leaves);
  AVAL_CHECK(ForEachRoom(
      runs, start_->end,
      [this](SegmentRun& run, std::uint64_t segment, std::uint64_t bytes) -> Result<void> {
        for (std::uint64_t whole = 0; whole < segment; ++whole) {
          const std::string file = run.FileName(whole);
          if (!disk_.Exists(directory_ / file)) continue;
          AVAL_CHECK(disk_.Rename(directory_ / file, log_directory_ / file));
        }
        return CopyRoom(run, segment, bytes);
      }));
  AVAL_CHECK(disk_.SyncDirectory(log_directory_));
  AVAL_CHECK(disk_.SyncDirectory(directory_));
  AVAL_CHECK(disk_.Remove(log_directory_ / kLogStartFile));
  AVAL_CHECK(disk_.SyncDirectory(log_directory_));
  start_ = nullptr;
  return RemoveAll(disk_, directory_);
}

Result<void> Backfill::CopyRoom(const SegmentRun& run, std::uint64_t segment, std::uint64_t bytes) {
  if (bytes == 0) return {};
  const fs::path path = log_directory_ / run.FileName(segment);
  AVAL_TRY(const auto file, disk_.Open(path, Disk::Mode::kReadWrite));
  for (std::uint64_t at = 0; at < bytes;) {
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(bytes - at, kCopyBytes));
    AVAL_TRY(const Bytes piece, run.Read(segment, at, take));
    AVAL_CHECK(file->Write(at, piece));
    at += take;
  }
  return file->Sync();
}

}  // namespace aval::ledger
