#include "ledger/snapshot/state_directories.h"

namespace aval::ledger {

namespace fs = std::filesystem;

Result<std::vector<std::string>> FilesIn(Disk& disk, const fs::path& directory) {
  Result<std::vector<std::string>> files = disk.List(directory);
  if (files || files.error().code != Code::kNotFound) return files;
  return std::vector<std::string>();
}

Result<void> RemoveFiles(Disk& disk, const fs::path& directory, const std::string& kept) {
  AVAL_TRY(const std::vector<std::string> files, FilesIn(disk, directory));
  bool removed = false;
  for (const std::string& file : files) {
    if (file == kept) continue;
    AVAL_CHECK(disk.Remove(directory / file));
    removed = true;
  }
  return removed ? disk.SyncDirectory(directory) : Result<void>{};
}

Result<void> MoveFiles(Disk& disk, const fs::path& from, const fs::path& to) {
  AVAL_CHECK(disk.MakeDirectories(to));
  AVAL_TRY(const std::vector<std::string> files, FilesIn(disk, from));
  for (const std::string& file : files) AVAL_CHECK(disk.Rename(from / file, to / file));
  // The new names first: a file may be under both, but never under none.
  AVAL_CHECK(disk.SyncDirectory(to));
  return files.empty() ? Result<void>{} : disk.SyncDirectory(from);
}

Result<void> DiskStates::Remove(const fs::path& directory) { return RemoveFiles(disk_, directory); }

Result<void> DiskStates::Move(const fs::path& from, const fs::path& to) {
  return MoveFiles(disk_, from, to);
}

Result<std::unique_ptr<Store>> LevelDbStates::Open(const fs::path& directory) {
  AVAL_TRY(auto store, LevelDbStore::Open(disk(), directory, options_));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace aval::ledger
