#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "ledger/machine.h"
#include "ledger/rule_versions.h"
#include "ledger/state/store.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {

/// A ledger in memory: the machine over a map, begun with the test genesis. Stops the test run
/// where a test could not go on.
class TestLedger {
 public:
  explicit TestLedger(std::span<const RuleVersion> versions = KnownRuleVersions());

  /// The envelope's form must be right.
  Machine::Answer Apply(const std::shared_ptr<const Bytes>& envelope);
  Machine::Answer Apply(const PreparedAct& act);
  /// Applies all; each must be accepted.
  void Accept(const std::vector<std::shared_ptr<const Bytes>>& envelopes);

  /// The number of leaves that one sweep adds: none or one.
  std::size_t Sweep();
  /// Sweeps until nothing is due, and rolls the day.
  void NextDay();

  /// Puts the machine's writes into the store.
  void Flush();

  void set_time(std::int64_t time_ms) { time_ms_ = time_ms; }
  Machine& machine() { return machine_; }
  MemoryStore& store() { return store_; }
  const Overlay& state() const { return machine_.state(); }
  const std::vector<Leaf>& leaves() const { return leaves_; }
  Day today() const;
  crypto::Digest hash() const;

 private:
  MemoryStore store_;
  Machine machine_;
  std::int64_t time_ms_ = kGenesisTime;
  std::vector<Leaf> leaves_;
};

}  // namespace aval::ledger
