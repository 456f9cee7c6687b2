#include "ledger/snapshot/sink.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/log/log_start.h"
#include "ledger/record/applied.h"
#include "ledger/record/codec.h"
#include "ledger/reports.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "ledger/snapshot/source.h"
#include "ledger/snapshot/stream.h"

namespace aval::ledger {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatchBytes = std::size_t{4} << 20U;

std::string Name(std::size_t chunk) { return "chunk " + std::to_string(chunk); }

Error Refused(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "snapshot: " + what};
}

Error Corrupt(const std::string& what) {
  return {.code = Code::kCorruption, .message = "snapshot: " + what};
}

}  // namespace

SnapshotSink::SnapshotSink(Disk& disk, StateDirectories& states, const fs::path& data_directory)
    : disk_(disk),
      states_(states),
      data_(data_directory),
      directory_(data_directory / kIncomingDirectory) {}

Result<std::unique_ptr<SnapshotSink>> SnapshotSink::Open(Disk& disk, StateDirectories& states,
                                                         const fs::path& data_directory) {
  std::unique_ptr<SnapshotSink> sink(new SnapshotSink(disk, states, data_directory));
  AVAL_CHECK(disk.MakeDirectories(sink->directory_));
  AVAL_CHECK(sink->Continue());
  return sink;
}

Result<void> SnapshotSink::DropOvertaken(Disk& disk, StateDirectories& states,
                                         const fs::path& data_directory, std::uint64_t raft_index) {
  SnapshotSink sink(disk, states, data_directory);
  const fs::path path = sink.directory_ / kManifestPart;
  if (!disk.Exists(path)) return {};
  AVAL_TRY(const Bytes encoded, disk.ReadFile(path));
  const Result<SnapshotManifest> manifest = SnapshotManifest::Decode(encoded);
  if (manifest && manifest->raft.index > raft_index) return {};
  return sink.Abandon();
}

Result<void> SnapshotSink::Continue() {
  pending_ = disk_.Exists(directory_ / kPendingPart);
  const fs::path path = directory_ / kManifestPart;
  if (!disk_.Exists(path)) return {};
  AVAL_TRY(const Bytes encoded, disk_.ReadFile(path));
  Result<SnapshotManifest> manifest = SnapshotManifest::Decode(encoded);
  if (!manifest) return pending_ ? Result<void>{} : Abandon();
  manifest_ = *std::move(manifest);
  AVAL_CHECK(OpenChunks());
  for (std::size_t chunk = 0; chunk < manifest_->chunks.size(); ++chunk) {
    AVAL_TRY(const Bytes bytes, chunks_->Read(std::uint64_t{chunk} * manifest_->chunk_bytes,
                                              manifest_->BytesOfChunk(chunk)));
    if (crypto::Sha256(bytes) != manifest_->chunks[chunk]) continue;
    has_[chunk] = true;
    --missing_;
  }
  // What is there may have reached the page cache only.
  return chunks_->Sync();
}

Result<void> SnapshotSink::OpenChunks() {
  has_.assign(manifest_->chunks.size(), false);
  missing_ = manifest_->chunks.size();
  const fs::path path = directory_ / kChunksPart;
  const bool exists = disk_.Exists(path);
  AVAL_TRY(chunks_, disk_.Open(path, exists ? Disk::Mode::kReadWrite : Disk::Mode::kCreate));
  return exists ? Result<void>{} : disk_.SyncDirectory(directory_);
}

Result<void> SnapshotSink::Begin(const SnapshotManifest& manifest) {
  if (manifest_ && *manifest_ == manifest) return {};
  AVAL_CHECK(Abandon());
  AVAL_CHECK(disk_.ReplaceFile(directory_ / kManifestPart, manifest.Encode()));
  manifest_ = manifest;
  return OpenChunks();
}

Result<void> SnapshotSink::Abandon() {
  chunks_.reset();
  manifest_.reset();
  has_.clear();
  missing_ = 0;
  // First what would be installed: its parts must not go before it.
  if (disk_.Exists(directory_ / kPendingPart)) {
    AVAL_CHECK(disk_.Remove(directory_ / kPendingPart));
    AVAL_CHECK(disk_.SyncDirectory(directory_));
  }
  pending_ = false;
  AVAL_CHECK(states_.Remove(directory_ / kNewStatePart));
  AVAL_CHECK(RemoveFiles(disk_, directory_ / kNewLogPart));
  return RemoveFiles(disk_, directory_);
}

Result<void> SnapshotSink::Put(std::size_t chunk, ByteView bytes) {
  if (!manifest_) return Refused(Name(chunk) + " without a manifest");
  if (chunk >= has_.size()) {
    return Refused(Name(chunk) + ": the last one is " + std::to_string(has_.size() - 1));
  }
  const std::size_t size = manifest_->BytesOfChunk(chunk);
  if (bytes.size() != size) {
    return Refused(Name(chunk) + ": " + std::to_string(bytes.size()) + " bytes instead of " +
                   std::to_string(size));
  }
  if (crypto::Sha256(bytes) != manifest_->chunks[chunk]) {
    return Refused(Name(chunk) + ": other bytes than the manifest's");
  }
  if (has_[chunk]) return {};
  AVAL_CHECK(chunks_->Write(std::uint64_t{chunk} * manifest_->chunk_bytes, bytes));
  AVAL_CHECK(chunks_->Sync());
  has_[chunk] = true;
  --missing_;
  return {};
}

Result<Bytes> SnapshotSink::ReadChunk(std::size_t chunk) {
  AVAL_TRY(Bytes bytes, chunks_->Read(std::uint64_t{chunk} * manifest_->chunk_bytes,
                                      manifest_->BytesOfChunk(chunk)));
  if (crypto::Sha256(bytes) == manifest_->chunks[chunk]) return bytes;
  has_[chunk] = false;
  ++missing_;
  return Corrupt(Name(chunk) + " has changed on the disk");
}

Result<void> SnapshotSink::Finish(const Build& build) {
  if (pending_) return {};
  if (!manifest_ || missing_ > 0) return Refused(std::to_string(missing_) + " chunks are missing");
  AVAL_TRY(const bool unfinished, HasOldWal(disk_, data_));
  if (unfinished) {
    return Error{.code = Code::kUnavailable,
                 .message = "snapshot: the write-ahead log after the last one is not begun"};
  }
  AVAL_CHECK(BuildState(build));
  AVAL_CHECK(BuildLog(build));
  const InstalledSnapshot record{.raft = manifest_->raft, .tree_size = manifest_->tree.size()};
  AVAL_CHECK(disk_.ReplaceFile(directory_ / kPendingPart, record.Encode()));
  pending_ = true;
  return {};
}

Result<void> SnapshotSink::BuildState(const Build& build) {
  const fs::path path = directory_ / kNewStatePart;
  AVAL_CHECK(states_.Remove(path));
  AVAL_TRY(const std::unique_ptr<Store> state, states_.Open(path));
  AVAL_CHECK(FillState(*state));
  const AppliedMark mark{.genesis = manifest_->genesis,
                         .raft_index = manifest_->raft.index,
                         .time_ms = manifest_->time_ms,
                         .frontier = manifest_->tree.Encode(),
                         .signed_size = build.signed_size};
  AVAL_CHECK(state->Apply({{EncodeKey<AppliedMark>({}), EncodeValue(mark)}}));
  return CheckState(*state);
}

Result<void> SnapshotSink::FillState(Store& state) {
  StreamReader stream;
  Writes batch;
  std::size_t batch_bytes = 0;
  for (std::size_t chunk = 0; chunk < manifest_->chunks.size(); ++chunk) {
    AVAL_TRY(const Bytes bytes, ReadChunk(chunk));
    AVAL_CHECK(stream.Take(bytes, [&](ByteView key, ByteView value) {
      batch.emplace(CopyBytes(key), CopyBytes(value));
      batch_bytes += key.size() + value.size();
      return Result<void>{};
    }));
    if (batch_bytes < kBatchBytes) continue;
    AVAL_CHECK(state.Apply(std::exchange(batch, {})));
    batch_bytes = 0;
  }
  AVAL_CHECK(stream.Finish());
  return batch.empty() ? Result<void>{} : state.Apply(batch);
}

// What the store gives back, not what it was given.
Result<void> SnapshotSink::CheckState(const Store& state) const {
  std::uint64_t keys = 0;
  std::uint64_t bytes = 0;
  AVAL_CHECK(state.Scan(kFirstRecordKey, {}, [&](ByteView key, ByteView value) {
    ++keys;
    bytes += 8 + key.size() + value.size();
    return true;
  }));
  if (keys != manifest_->keys || bytes != manifest_->bytes) {
    return Corrupt("the new state has " + std::to_string(keys) + " keys instead of " +
                   std::to_string(manifest_->keys));
  }
  AVAL_TRY(const std::optional<Bytes> value, state.Get(EncodeKey<AppliedMark>({})));
  if (!value) return Corrupt("the new state has no mark");
  AVAL_TRY(const AppliedMark mark, DecodeValue<AppliedMark>(*value));
  if (mark.raft_index != manifest_->raft.index || mark.frontier != manifest_->tree.Encode()) {
    return Corrupt("the new state has another mark");
  }
  AVAL_TRY(const std::vector<TrialBalanceLine> lines, TrialBalance(state));
  for (const TrialBalanceLine& line : lines) {
    if (line.debits != line.credits) {
      return Corrupt("the book of " + line.owner.Hex() + " does not balance");
    }
  }
  return {};
}

Result<void> SnapshotSink::BuildLog(const Build& build) {
  const fs::path path = directory_ / kNewLogPart;
  AVAL_CHECK(disk_.MakeDirectories(path));
  AVAL_CHECK(RemoveFiles(disk_, path));
  AVAL_CHECK(BeginLog(disk_, path, {.tree = manifest_->tree, .end = manifest_->end},
                      build.log.segment_leaves));
  AVAL_TRY(const auto log, Log::Open(disk_, path, manifest_->tree, build.log));
  AVAL_ASSERT(log->first() == manifest_->tree.size());
  return {};
}

}  // namespace aval::ledger
