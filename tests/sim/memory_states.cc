#include "tests/sim/memory_states.h"

#include <utility>

namespace aval::sim {

StateMap CloneStates(const StateMap& states) {
  StateMap copy;
  for (const auto& [directory, state] : states) {
    copy.emplace(directory, std::make_shared<VersionedState>(*state));
  }
  return copy;
}

Result<void> MemoryStates::CheckPower() const {
  if (!disk_.cut()) return {};
  return Error{.code = Code::kIo, .message = "the power has failed"};
}

Result<std::unique_ptr<ledger::Store>> MemoryStates::Open(const std::filesystem::path& directory) {
  AVAL_CHECK(CheckPower());
  std::shared_ptr<VersionedState>& state = states_[directory.string()];
  if (state == nullptr) state = std::make_shared<VersionedState>();
  return std::unique_ptr<ledger::Store>(std::make_unique<VersionedStore>(state));
}

Result<void> MemoryStates::Remove(const std::filesystem::path& directory) {
  AVAL_CHECK(CheckPower());
  states_.erase(directory.string());
  return {};
}

Result<void> MemoryStates::Move(const std::filesystem::path& from,
                                const std::filesystem::path& to) {
  AVAL_CHECK(CheckPower());
  const auto at = states_.find(from.string());
  if (at == states_.end()) return {};
  states_[to.string()] = std::move(at->second);
  states_.erase(at);
  return {};
}

}  // namespace aval::sim
