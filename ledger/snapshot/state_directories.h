#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "ledger/state/leveldb_store.h"
#include "ledger/state/store.h"

namespace aval::ledger {

/// Where states lie, by the directory that each has. The simulator has its own.
class StateDirectories {
 public:
  virtual ~StateDirectories() = default;
  /// Opens or creates the state there. The caller has no other open in that directory.
  virtual Result<std::unique_ptr<Store>> Open(const std::filesystem::path& directory) = 0;
  /// Nothing is there any more, durably; nor is it an error if nothing was.
  virtual Result<void> Remove(const std::filesystem::path& directory) = 0;
  /// What is in `from` comes to be in `to`, durably, where nothing is but what an earlier call has
  /// moved before the power failed.
  virtual Result<void> Move(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
};

/// States in files of a disk.
class DiskStates : public StateDirectories {
 public:
  /// `disk` outlives it.
  explicit DiskStates(Disk& disk) : disk_(disk) {}
  Result<void> Remove(const std::filesystem::path& directory) override;
  Result<void> Move(const std::filesystem::path& from, const std::filesystem::path& to) override;

 protected:
  Disk& disk() { return disk_; }

 private:
  Disk& disk_;
};

/// The node's.
class LevelDbStates final : public DiskStates {
 public:
  LevelDbStates(Disk& disk, const LevelDbStore::Options& options)
      : DiskStates(disk), options_(options) {}
  Result<std::unique_ptr<Store>> Open(const std::filesystem::path& directory) override;

 private:
  const LevelDbStore::Options options_;
};

/// The names of the files in `directory`, which need not be there.
Result<std::vector<std::string>> FilesIn(Disk& disk, const std::filesystem::path& directory);
/// Removes the files in `directory` but `kept` (none when empty), durably.
Result<void> RemoveFiles(Disk& disk, const std::filesystem::path& directory,
                         const std::string& kept = "");
/// Moves the files in `from` to `to`, over those of the same names, durably. After a crash the
/// same call finishes.
Result<void> MoveFiles(Disk& disk, const std::filesystem::path& from,
                       const std::filesystem::path& to);

}  // namespace aval::ledger
