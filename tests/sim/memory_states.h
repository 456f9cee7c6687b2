#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "ledger/snapshot/state_directories.h"
#include "tests/base/fault_disk.h"
#include "tests/sim/versioned_store.h"

namespace aval::sim {

/// A node's states, by their directories; they outlive processes, as what is on a disk does.
using StateMap = std::map<std::string, std::shared_ptr<VersionedState>>;

/// A copy that later changes do not reach.
StateMap CloneStates(const StateMap& states);

/// States in memory: each change is durable at once, and none comes when the disk beside them has
/// no power. Threads: one.
class MemoryStates final : public ledger::StateDirectories {
 public:
  /// Both outlive it.
  MemoryStates(const FaultDisk& disk, StateMap& states) : disk_(disk), states_(states) {}

  Result<std::unique_ptr<ledger::Store>> Open(const std::filesystem::path& directory) override;
  Result<void> Remove(const std::filesystem::path& directory) override;
  Result<void> Move(const std::filesystem::path& from, const std::filesystem::path& to) override;

 private:
  Result<void> CheckPower() const;

  const FaultDisk& disk_;
  StateMap& states_;
};

}  // namespace aval::sim
