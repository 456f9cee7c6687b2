#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/network.h"
#include "cli/story/stage.h"
#include "ledger/genesis.h"
#include "ledger/machine.h"
#include "ledger/state/store.h"
#include "tests/cli/story/life_cycles.h"

namespace aval::cli::story {

/// The machine over a map as the stage, without any node: quick, and it sees everything. After each
/// leaf it notes the states that records have come to, and holds the whole state to its invariants.
/// Threads: one.
class MachineStage final : public Stage {
 public:
  /// On the stories' network as it begins on `first_day`: its files are made once in a process, and
  /// removed when that ends.
  static Result<std::unique_ptr<MachineStage>> Make(ledger::Day first_day);

  const Network& network() const override { return network_; }
  Result<Outcome> Apply(const Bytes& envelope) override;
  Result<std::vector<Movement>> WorkOff() override;
  Result<std::optional<boost::json::value>> Read(const std::string& table,
                                                 const std::vector<std::string>& key) override;
  Result<boost::json::array> Balances() override;

  const LifeCycles& life_cycles() const { return life_cycles_; }
  /// What was ever wrong with the state, with the leaf after which it was.
  const std::vector<std::string>& broken() const { return broken_; }

 private:
  explicit MachineStage(const Network& network) : network_(network) {}
  Result<void> Begin(const ledger::Genesis& genesis);
  /// Of a leaf that was just applied; gives its journal.
  Result<boost::json::array> Note(std::uint64_t index, const ledger::Leaf& leaf);

  const Network& network_;
  ledger::MemoryStore store_;
  ledger::Machine machine_{&store_, {}};
  std::int64_t time_ms_ = 0;
  LifeCycles life_cycles_;
  std::vector<std::string> broken_;
};

}  // namespace aval::cli::story
