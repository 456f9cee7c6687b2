#pragma once

#include <filesystem>
#include <memory>

#include "ledger/snapshot/state_directories.h"

namespace aval::ledger {

/// States in one file each of any disk, a fault disk as a rule: batch after batch, each synced; a
/// torn one at the end never was.
class FileStates final : public DiskStates {
 public:
  explicit FileStates(Disk& disk) : DiskStates(disk) {}
  Result<std::unique_ptr<Store>> Open(const std::filesystem::path& directory) override;
};

}  // namespace aval::ledger
