#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/wal/witness.h"

namespace aval::consensus::wal {

/// The witnesses of the newest groups, in a file of their own beside the segments: the one of group
/// g in slot g modulo the number of slots. A witness, not the truth: it is written after its
/// group's sync and synced later, so that it may be missing, but never comes first.
///
/// Invariant: the slot of a damaged group, which nothing else knows, is never given to another.
/// Threads: one, but for Read.
class Ring {
 public:
  static constexpr const char* kName = "groups.ring";
  static constexpr const char* kDraftName = "ring.draft";

  /// All slots as they lie on the disk; none when there is no such file. kIo only when the disk
  /// gives nothing at all.
  static Result<std::vector<WitnessSlot>> Load(Disk& disk, const std::filesystem::path& directory);
  /// The slot of one group; `file` is a ring.
  static Result<WitnessSlot> Read(const File& file, std::uint64_t group);

  /// Opens the ring with so many slots, as loaded, or with none makes one of `slots`; then
  /// writes `witnesses`, and syncs it all.
  static Result<Ring> Open(Disk& disk, const std::filesystem::path& directory, std::size_t loaded,
                           std::size_t slots, const std::map<std::uint64_t, Witness>& witnesses);

  std::size_t slots() const { return slots_; }
  /// Keeps what the slot of this group holds.
  void Pin(std::uint64_t group) { pinned_.insert(group % slots_); }
  /// Writes the slot of a damaged group again, whoever has it meanwhile, and keeps it.
  Result<void> Keep(const Witness& witness);
  /// Nothing when another group's slot is pinned there. Durable after the next Sync.
  Result<void> Put(const Witness& witness);
  /// Nothing when nothing was put.
  Result<void> Sync();

 private:
  std::unique_ptr<File> file_;
  std::size_t slots_ = 0;
  std::set<std::uint64_t> pinned_;
  bool dirty_ = false;
};

}  // namespace aval::consensus::wal
