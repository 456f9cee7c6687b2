#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "ledger/audit/findings.h"
#include "ledger/audit/material.h"
#include "ledger/log/log.h"
#include "ledger/log/log_reader.h"
#include "ledger/record/applied.h"
#include "ledger/state/leveldb_store.h"

namespace aval::ledger {

/// A stopped node's data directory (docs/formats/log.md): log/ with its file of signed checkpoints
/// and, where it is there, state/.
///
/// Where the log ends the state says, and bytes beyond are what the node would cut off at its next
/// start. Without a state, all files must end at the same leaf. Nothing is written there; the
/// directory's LOCK, where there is one, is shared, so that no node starts meanwhile.
class NodeMaterial final : public Material {
 public:
  /// nullptr when something is wrong; kDenied while the node is running, kUnavailable while its
  /// log's first leaves are not there. All outlive the material.
  static Result<std::unique_ptr<NodeMaterial>> Open(Disk& disk,
                                                    const std::filesystem::path& directory,
                                                    const Log::Options& options, Findings& findings,
                                                    AuditReport& report);

  std::uint64_t size() const override { return size_; }
  bool ReadBundle(std::uint64_t n, std::size_t width, AuditBundle& bundle) override;
  std::string EntryFile(std::uint64_t index) const override;
  std::string EffectsFile(std::uint64_t index) const override;
  bool ReadCheckpoints(const Genesis& genesis, std::vector<AuditCheckpoint>& checkpoints) override;
  bool TileHas(std::uint64_t index, const crypto::Digest& leaf_hash) const override;
  bool CheckTile(unsigned level, std::uint64_t n, ByteView tile) override;
  bool Finish(const AuditedLog& audited) override;

 private:
  NodeMaterial(Disk& disk, const std::filesystem::path& directory, const Log::Options& options,
               Findings& findings);

  Result<void> ShareLock();
  Result<void> OpenState();
  bool FindSize();
  bool ReadItems(SegmentCursor& cursor, std::size_t length_bytes, std::size_t width, Bytes& out);
  bool CheckOffsets();
  bool EnterSegment(std::uint64_t segment);
  // Where a run of files ends: in `segment` at `offset`; segments before have `complete` bytes.
  struct RunEnd {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
    std::uint64_t complete = 0;
  };
  bool CheckSegmentEnds();
  bool CheckEnds();
  bool CheckEnd(const SegmentRun& run, const RunEnd& end, std::uint64_t& beyond);
  bool CheckRecordsEnd(const SegmentRun& run, std::uint64_t records, std::uint64_t per_segment,
                       std::size_t record_bytes, std::uint64_t& beyond);
  bool CheckState(const AuditedLog& audited);

  Disk& disk_;
  const std::filesystem::path directory_;
  Findings& findings_;
  LogRuns runs_;
  std::optional<DirectoryLock> lock_;
  std::unique_ptr<LevelDbStore> state_;
  std::optional<AppliedMark> mark_;
  std::optional<crypto::Frontier> applied_;  // The mark's.
  std::uint64_t size_ = 0;
  std::uint64_t segment_ = 0;
  std::optional<SegmentCursor> entries_;  // In `segment_`.
  std::optional<SegmentCursor> effects_;
  std::optional<std::uint64_t>
      bundle_to_compare_;  // Complete and read, not yet compared with the index.
};

}  // namespace aval::ledger
