#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/disk.h"
#include "base/result.h"

namespace aval::consensus::wal {

/// The next segment's room on the disk, allocated beforehand: a file of zeros with a name of its
/// own, so that a full disk is noticed while there is room to go on.
/// Threads: one.
class Spare {
 public:
  static constexpr const char* kName = "next.spare";
  static constexpr const char* kDraftName = "spare.draft";

  Spare(Disk& disk, std::filesystem::path directory, std::uint64_t size)
      : disk_(disk), directory_(std::move(directory)), size_(size) {}

  std::uint64_t size() const { return size_; }
  /// Whether there is one, which Adopt or Make has seen.
  bool ready() const { return ready_; }

  /// Takes over the one that is there from an earlier process when it has the size and is all zero,
  /// and removes it otherwise: a header may have been begun in it.
  Result<void> Adopt();
  /// Nothing when there is one. kFull when there is no room, and then nothing of it is left.
  Result<void> Make();
  /// Opens it to become a segment by renaming path(); there is none any more.
  Result<std::unique_ptr<File>> Use();
  std::filesystem::path path() const { return directory_ / kName; }

 private:
  Disk& disk_;
  const std::filesystem::path directory_;
  const std::uint64_t size_;
  bool ready_ = false;
};

}  // namespace aval::consensus::wal
