#include "ledger/log/log_start.h"

#include <string>
#include <string_view>
#include <utility>

#include "crypto/digest.h"

namespace aval::ledger {

namespace {

constexpr std::string_view kMagic = "AVLB";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kDigestSize = sizeof(crypto::Digest::bytes);

Bytes Encode(const LogStart& start) {
  ByteWriter out;
  out.Raw(AsBytes(kMagic));
  out.U32(kVersion);
  out.U64(start.end.entries);
  out.U64(start.end.effects);
  out.Raw(start.tree.Encode());
  const crypto::Digest check = crypto::Sha256(out.bytes());
  out.Raw(check);
  return out.Take();
}

Error Damaged() {
  return {.code = Code::kCorruption, .message = std::string(kLogStartFile) + ": damaged"};
}

}  // namespace

Result<std::shared_ptr<const LogStart>> ReadLogStart(Disk& disk,
                                                     const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kLogStartFile;
  if (!disk.Exists(path)) return std::shared_ptr<const LogStart>();
  AVAL_TRY(const Bytes bytes, disk.ReadFile(path));
  if (bytes.size() < kDigestSize) return Damaged();
  const ByteView content = ByteView(bytes).first(bytes.size() - kDigestSize);
  if (!EqualBytes(crypto::Sha256(content), ByteView(bytes).last(kDigestSize))) return Damaged();
  ByteReader in(content);
  auto start = std::make_shared<LogStart>();
  if (AsText(in.Raw(kMagic.size())) != kMagic || in.U32() != kVersion) return Damaged();
  start->end.entries = in.U64();
  start->end.effects = in.U64();
  if (!in.ok()) return Damaged();
  AVAL_TRY(start->tree, crypto::Frontier::Decode(content.subspan(in.offset())));
  start->end.leaves = start->tree.size();
  if (start->end.leaves == 0 || start->end.leaves >= kLogSizeMax) return Damaged();
  return std::shared_ptr<const LogStart>(std::move(start));
}

Result<void> ForEachRoom(LogRuns& runs, const LogEnd& end, const RoomVisitor& visit) {
  const std::uint64_t segment = runs.SegmentOfLeaf(end.leaves);
  AVAL_CHECK(visit(runs.entries, segment, end.entries));
  AVAL_CHECK(visit(runs.effects, segment, end.effects));
  const std::uint64_t bundle = end.leaves / kTileWidth;
  AVAL_CHECK(visit(runs.offsets, bundle / runs.BundlesPerSegment(),
                   bundle % runs.BundlesPerSegment() * LogRuns::kOffsetsRecord));
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::uint64_t hash = HashesAt(level, end.leaves);
    AVAL_CHECK(visit(runs.hashes[level], hash / runs.segment_leaves,
                     hash % runs.segment_leaves * LogRuns::kHashSize));
  }
  return {};
}

Result<void> BeginLog(Disk& disk, const std::filesystem::path& directory, const LogStart& start,
                      std::uint64_t segment_leaves) {
  LogRuns runs(disk, directory, segment_leaves);
  AVAL_CHECK(
      ForEachRoom(runs, start.end,
                  [](SegmentRun& run, std::uint64_t segment, std::uint64_t bytes) -> Result<void> {
                    AVAL_CHECK(run.LeaveRoom(segment, bytes));
                    return run.Sync();
                  }));
  return disk.ReplaceFile(directory / kLogStartFile, Encode(start));
}

}  // namespace aval::ledger
