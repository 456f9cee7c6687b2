#include "ledger/audit/node_material.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ledger/audit/tree.h"
#include "ledger/log/bundle.h"
#include "ledger/log/checkpoint_file.h"
#include "ledger/log/log_start.h"
#include "ledger/machine.h"
#include "ledger/record/codec.h"
#include "ledger/reports.h"

namespace aval::ledger {

namespace {

namespace fs = std::filesystem;

const std::string kLog = "log/";
const std::string kState = "state";

std::string InLog(const std::string& name) { return kLog + name; }

// The node of `genesis` whose keys have signed this; nullptr when none has.
const Genesis::NodeEntry* SignerOf(const SignedCheckpoint& checkpoint, const Genesis& genesis) {
  const auto signed_by = [&checkpoint](const Genesis::NodeEntry& node) {
    const std::array<crypto::Vkey, 2> keys = {node.log_key, node.cosigner_key};
    return crypto::VerifyNote(checkpoint.ToNote(node.log_key, node.cosigner_key), keys).has_value();
  };
  const auto found = std::find_if(genesis.nodes().begin(), genesis.nodes().end(), signed_by);
  return found == genesis.nodes().end() ? nullptr : &*found;
}

}  // namespace

NodeMaterial::NodeMaterial(Disk& disk, const fs::path& directory, const Log::Options& options,
                           Findings& findings)
    : disk_(disk),
      directory_(directory),
      findings_(findings),
      runs_(disk, directory / "log", options.segment_leaves) {}

Result<std::unique_ptr<NodeMaterial>> NodeMaterial::Open(Disk& disk, const fs::path& directory,
                                                         const Log::Options& options,
                                                         Findings& findings, AuditReport& report) {
  std::unique_ptr<NodeMaterial> material(new NodeMaterial(disk, directory, options, findings));
  AVAL_CHECK(material->ShareLock());
  const auto start = ReadLogStart(disk, directory / "log");
  if (!start) {
    findings.File(InLog(kLogStartFile), start.error().message);
    return std::unique_ptr<NodeMaterial>();
  }
  if (*start != nullptr) {
    return Error{.code = Code::kUnavailable,
                 .message = directory.string() +
                            ": this node began at a snapshot and has not yet " +
                            "fetched the leaves before " + std::to_string((*start)->end.leaves) +
                            ": audit it when it has them, or another node"};
  }
  if (const Result<void> state = material->OpenState(); !state) {
    findings.File(kState, state.error().message);
    return std::unique_ptr<NodeMaterial>();
  }
  const auto files = disk.List(directory / "log");
  if (!files) {
    findings.Whole(files.error().message);
    return std::unique_ptr<NodeMaterial>();
  }
  report.files = files->size();
  if (!material->FindSize() || !material->EnterSegment(0)) return std::unique_ptr<NodeMaterial>();
  return material;
}

Result<void> NodeMaterial::ShareLock() {
  Result<DirectoryLock> lock = DirectoryLock::Share(directory_);
  if (lock) {
    lock_.emplace(*std::move(lock));
    return {};
  }
  if (lock.error().code == Code::kNotFound) return {};
  if (lock.error().code != Code::kDenied) return lock.error();
  return Error{.code = Code::kDenied,
               .message = directory_.string() +
                          ": this node is running; stop it, or audit an export of its log (aval "
                          "log export DIR)"};
}

Result<void> NodeMaterial::OpenState() {
  if (!disk_.Exists(directory_ / kState)) {
    findings_.Remark("no state to compare with: the log's end is taken from its files");
    return {};
  }
  LevelDbStore::Options options;
  options.read_only = true;
  AVAL_TRY(state_, LevelDbStore::Open(disk_, directory_ / kState, options));
  AVAL_TRY(const std::optional<Bytes> value, state_->Get(EncodeKey<AppliedMark>({})));
  if (!value) return Error{.code = Code::kCorruption, .message = "has applied nothing"};
  AVAL_TRY(mark_, DecodeValue<AppliedMark>(*value));
  AVAL_TRY(applied_, crypto::Frontier::Decode(mark_->frontier));
  return {};
}

bool NodeMaterial::FindSize() {
  if (applied_) {
    size_ = applied_->size();
    return true;
  }
  const SegmentRun& hashes = runs_.hashes[0];
  for (std::uint64_t segment = 0;; ++segment) {
    const Result<std::uint64_t> bytes = hashes.SizeOf(segment);
    const std::string file = InLog(hashes.FileName(segment));
    if (!bytes) return findings_.File(file, bytes.error().message);
    const std::uint64_t count = *bytes / LogRuns::kHashSize;
    if (*bytes % LogRuns::kHashSize != 0 || count > runs_.segment_leaves) {
      return findings_.File(file, std::to_string(*bytes) + " bytes are no hashes of a segment");
    }
    size_ += count;
    if (count < runs_.segment_leaves) return true;
  }
}

bool NodeMaterial::EnterSegment(std::uint64_t segment) {
  Result<SegmentCursor> entries = SegmentCursor::At(runs_.entries, segment, 0);
  Result<SegmentCursor> effects = SegmentCursor::At(runs_.effects, segment, 0);
  if (!entries) return findings_.Whole(entries.error().message);
  if (!effects) return findings_.Whole(effects.error().message);
  segment_ = segment;
  entries_ = *std::move(entries);
  effects_ = *std::move(effects);
  return true;
}

bool NodeMaterial::CheckSegmentEnds() {
  for (const SegmentCursor* cursor : {&*entries_, &*effects_}) {
    if (cursor->AtEnd()) continue;
    return findings_.File(InLog(cursor->file()), "goes on behind the segment's last leaf");
  }
  return true;
}

// Copies items with their lengths; a length is 2 or 4 bytes.
bool NodeMaterial::ReadItems(SegmentCursor& cursor, std::size_t length_bytes, std::size_t width,
                             Bytes& out) {
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t step = 0, take = length_bytes; step < 2; ++step) {
      const Result<ByteView> bytes = cursor.Take(take);
      if (!bytes) return findings_.File(InLog(cursor.file()), bytes.error().message);
      out.insert(out.end(), bytes->begin(), bytes->end());
      ByteReader length(*bytes);
      take = length_bytes == 2 ? length.U16() : length.U32();
    }
  }
  return true;
}

bool NodeMaterial::ReadBundle(std::uint64_t n, std::size_t width, AuditBundle& bundle) {
  if (!CheckOffsets()) return false;
  bundle.first = n * kTileWidth;
  const std::uint64_t segment = runs_.SegmentOfLeaf(bundle.first);
  if (segment != segment_ && !(CheckSegmentEnds() && EnterSegment(segment))) return false;
  if (!ReadItems(*entries_, 2, width, bundle.entries)) return false;
  if (!ReadItems(*effects_, 4, width, bundle.effects)) return false;
  bundle.entry_items = *AllEntries(bundle.entries, width);
  bundle.effects_items = *AllEffects(bundle.effects, width);
  if (width == kTileWidth) bundle_to_compare_ = n;
  return true;
}

// Called when the bundle's leaves have been found right: a damaged length would shift its end, and
// the entry is to be named, not the index.
bool NodeMaterial::CheckOffsets() {
  if (!bundle_to_compare_) return true;
  const std::uint64_t n = *std::exchange(bundle_to_compare_, std::nullopt);
  const std::string file = InLog(runs_.offsets.FileName(segment_));
  const Result<LogEnd> end = BundleEnd(runs_, n);
  if (!end) return findings_.File(file, end.error().message);
  if (end->entries == entries_->offset() && end->effects == effects_->offset()) return true;
  return findings_.File(
      file, "says that bundle " + std::to_string(n) + " ends at " + std::to_string(end->entries) +
                " and " + std::to_string(end->effects) + ", but it ends at " +
                std::to_string(entries_->offset()) + " and " + std::to_string(effects_->offset()));
}

std::string NodeMaterial::EntryFile(std::uint64_t index) const {
  return InLog(runs_.entries.FileName(runs_.SegmentOfLeaf(index)));
}

std::string NodeMaterial::EffectsFile(std::uint64_t index) const {
  return InLog(runs_.effects.FileName(runs_.SegmentOfLeaf(index)));
}

bool NodeMaterial::ReadCheckpoints(const Genesis& genesis,
                                   std::vector<AuditCheckpoint>& checkpoints) {
  const std::string file = InLog(kCheckpointFile);
  const Genesis::NodeEntry* node = nullptr;
  const auto visit = [&](std::uint64_t, const SignedCheckpoint& record) -> Result<void> {
    // The node is whoever has signed the first one; all are verified under its keys later.
    if (node == nullptr) node = SignerOf(record, genesis);
    if (node == nullptr) {
      return Error{.code = Code::kCorruption, .message = "not signed by a node of genesis"};
    }
    checkpoints.push_back(
        {.checkpoint = {.origin = genesis.origin(), .size = record.size, .root = record.root},
         .note = record.ToNote(node->log_key, node->cosigner_key),
         .file = file});
    return {};
  };
  const Result<CheckpointFileEnd> end = ReadCheckpointFile(disk_, directory_ / file, visit);
  if (!end) return findings_.File(file, end.error().message);
  const std::uint64_t last = checkpoints.empty() ? 0 : checkpoints.back().checkpoint.size;
  if (mark_ && mark_->signed_size > last) {
    return findings_.File(file, "ends before the checkpoint of size " +
                                    std::to_string(mark_->signed_size) +
                                    ", which the state knows to be signed");
  }
  if (end->records == 0) findings_.Remark("the node has signed no checkpoint");
  if (end->torn_bytes > 0) {
    findings_.Remark(file + ": " + std::to_string(end->torn_bytes) +
                     " bytes of a record that was never acknowledged");
  }
  if (node != nullptr && end->records > 0) {
    const std::uint64_t signed_size = checkpoints.back().checkpoint.size;
    if (signed_size < size_) {
      findings_.Remark(std::to_string(size_ - signed_size) +
                       " leaves lie beyond the latest checkpoint; they were executed again" +
                       (state_ ? " and compared with the state" : ""));
    }
  }
  return true;
}

bool NodeMaterial::TileHas(std::uint64_t index, const crypto::Digest& leaf_hash) const {
  const Result<Bytes> found =
      runs_.hashes[0].Read(index / runs_.segment_leaves,
                           index % runs_.segment_leaves * LogRuns::kHashSize, LogRuns::kHashSize);
  return found && EqualBytes(*found, leaf_hash);
}

bool NodeMaterial::CheckTile(unsigned level, std::uint64_t n, ByteView tile) {
  const SegmentRun& run = runs_.hashes[level];
  const std::uint64_t first = n * kTileWidth;
  const std::uint64_t segment = first / runs_.segment_leaves;
  const std::string file = InLog(run.FileName(segment));
  const Result<Bytes> found =
      run.Read(segment, first % runs_.segment_leaves * LogRuns::kHashSize, tile.size());
  if (!found) return findings_.File(file, found.error().message);
  return EqualBytes(*found, tile) || ReportTile(findings_, file, level, n, tile, *found);
}

bool NodeMaterial::CheckEnd(const SegmentRun& run, const RunEnd& end, std::uint64_t& beyond) {
  const Result<std::vector<std::string>> names = disk_.List(directory_ / "log");
  if (!names) return findings_.Whole(names.error().message);
  const std::string last = run.FileName(end.segment);
  for (const std::string& name : *names) {
    if (!name.starts_with(run.name() + ".") || name.size() != last.size()) continue;
    const auto file = disk_.Open(directory_ / InLog(name), Disk::Mode::kRead);
    if (!file) return findings_.File(InLog(name), file.error().message);
    const Result<std::uint64_t> size = (*file)->Size();
    if (!size) return findings_.File(InLog(name), size.error().message);
    const std::uint64_t right = name < last ? end.complete : name == last ? end.offset : 0;
    if (*size <= right) continue;
    if (name < last || !state_) {
      return findings_.File(
          InLog(name), std::to_string(*size - right) + " bytes lie behind those of its last leaf");
    }
    beyond += *size - right;
  }
  return true;
}

bool NodeMaterial::CheckRecordsEnd(const SegmentRun& run, std::uint64_t records,
                                   std::uint64_t per_segment, std::size_t record_bytes,
                                   std::uint64_t& beyond) {
  return CheckEnd(run,
                  {.segment = records / per_segment,
                   .offset = records % per_segment * record_bytes,
                   .complete = per_segment * record_bytes},
                  beyond);
}

bool NodeMaterial::CheckEnds() {
  // Complete segments of entries and effects were compared when they were left.
  const bool fresh = size_ % runs_.segment_leaves == 0;
  const auto end = [&](const SegmentCursor& cursor) {
    return RunEnd{.segment = runs_.SegmentOfLeaf(size_),
                  .offset = fresh ? 0 : cursor.offset(),
                  .complete = UINT64_MAX};
  };
  std::uint64_t beyond = 0;
  if (!CheckEnd(runs_.entries, end(*entries_), beyond)) return false;
  if (!CheckEnd(runs_.effects, end(*effects_), beyond)) return false;
  if (!CheckRecordsEnd(runs_.offsets, size_ / kTileWidth, runs_.BundlesPerSegment(),
                       LogRuns::kOffsetsRecord, beyond)) {
    return false;
  }
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (!CheckRecordsEnd(runs_.hashes[level], HashesAt(level, size_), runs_.segment_leaves,
                         LogRuns::kHashSize, beyond)) {
      return false;
    }
  }
  if (beyond > 0) {
    findings_.Remark(std::to_string(beyond) +
                     " bytes lie beyond what the state has applied; the node cuts them off when "
                     "it starts");
  }
  return true;
}

bool NodeMaterial::CheckState(const AuditedLog& audited) {
  if (!state_) return true;
  if (mark_->genesis != crypto::Sha256(audited.genesis->envelope())) {
    return findings_.File(kState, "began with another genesis");
  }
  if (*applied_ != audited.tree) {
    return findings_.File(kState, "the log does not have the tree that the state has applied");
  }
  if (mark_->time_ms != audited.time_ms) {
    return findings_.File(kState, "has another time of the last leaf");
  }
  const Result<crypto::Digest> hash = StateHash(*state_);
  if (!hash) return findings_.File(kState, hash.error().message);
  return *hash == audited.state_hash ||
         findings_.File(kState, "differs from what re-execution gives: " + hash->Hex() +
                                    " instead of " + audited.state_hash.Hex());
}

bool NodeMaterial::Finish(const AuditedLog& audited) {
  if (!CheckOffsets()) return false;
  if (size_ % runs_.segment_leaves == 0 && !CheckSegmentEnds()) return false;
  return CheckEnds() && CheckState(audited);
}

}  // namespace aval::ledger
