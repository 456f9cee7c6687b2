#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"

namespace aval::ledger {

/// One of the log's sequences of bytes, cut into files "<name>.<segment, ten digits>" of a
/// directory. Where a segment ends is the caller's rule; no file is empty.
///
/// Errors name file and offset. Threads: changes from one; const members from any, as each opens
/// the file anew.
class SegmentRun {
 public:
  SegmentRun(Disk& disk, std::filesystem::path directory, std::string name);

  const std::string& name() const { return name_; }
  /// "<name>.<segment>", without the directory.
  std::string FileName(std::uint64_t segment) const;

  /// In the page cache until Sync. A segment left for another one is synced at that moment, so that
  /// only one file is ever dirty.
  Result<void> Write(std::uint64_t segment, std::uint64_t offset, ByteView bytes);
  Result<void> Sync();
  /// Makes `segment` a file of zeros up to `offset`, for bytes that come later; no file for 0.
  Result<void> LeaveRoom(std::uint64_t segment, std::uint64_t offset);
  /// Makes `segment` end at `offset` and removes all later ones; durable when the directory is
  /// synced, too.
  Result<void> CutTo(std::uint64_t segment, std::uint64_t offset);
  /// Whether file names have changed since the last call: the directory must be synced.
  bool TakeNamesChanged();

  /// 0 when there is no such file.
  Result<std::uint64_t> SizeOf(std::uint64_t segment) const;
  /// Exactly `length` bytes; kCorruption when the file ends before them.
  Result<Bytes> Read(std::uint64_t segment, std::uint64_t offset, std::size_t length) const;

 private:
  std::filesystem::path PathOf(std::uint64_t segment) const {
    return directory_ / FileName(segment);
  }
  Result<void> OpenForWriting(std::uint64_t segment);

  Disk* disk_;
  std::filesystem::path directory_;
  std::string name_;
  std::unique_ptr<File> file_;  // Of `segment_`; null before the first change.
  std::uint64_t segment_ = 0;
  bool dirty_ = false;
  bool names_changed_ = false;
};

/// Walks one segment from an offset on, in large reads; for those who cannot or will not trust an
/// index. Views live until the next Take.
class SegmentCursor {
 public:
  /// `run` outlives the cursor.
  static Result<SegmentCursor> At(const SegmentRun& run, std::uint64_t segment,
                                  std::uint64_t offset);

  /// The next bytes; kCorruption, naming file and offset, when the segment ends before them.
  Result<ByteView> Take(std::size_t length);
  std::uint64_t offset() const { return offset_ + used_; }
  bool AtEnd() const { return offset() == size_; }
  /// The segment's file name.
  std::string file() const { return run_->FileName(segment_); }
  /// "<file>, offset <n>": where the next Take begins.
  std::string Place() const;

 private:
  SegmentCursor(const SegmentRun& run, std::uint64_t segment, std::uint64_t offset,
                std::uint64_t size)
      : run_(&run), segment_(segment), size_(size), offset_(offset) {}

  const SegmentRun* run_;
  std::uint64_t segment_;
  std::uint64_t size_;
  std::uint64_t offset_;  // Of buffer_ in the segment.
  Bytes buffer_;
  std::size_t used_ = 0;
};

}  // namespace aval::ledger
