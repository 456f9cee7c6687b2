#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/audit/audit.h"
#include "ledger/audit/findings.h"
#include "ledger/audit/leaves.h"
#include "ledger/audit/material.h"
#include "ledger/machine.h"
#include "ledger/state/store.h"

namespace aval::ledger {

/// Executes a log again, leaf by leaf, on a state of its own, and compares every leaf that comes of
/// it. Counts into the report.
/// Threads: one.
class Replay {
 public:
  /// All outlive the replay.
  Replay(const Genesis& genesis, const Material& material, Findings& findings, AuditReport& report);

  /// The next leaf, whose own bytes are in order.
  bool Execute(const AuditLeaf& leaf);
  /// Lets the state take over what the last leaves wrote.
  bool EndOfBundle();
  /// After the last leaf: the book balances; the state's hash goes to the report.
  bool Finish();

  /// The keys that have signed anything.
  const std::map<crypto::KeyId, crypto::PublicKey>& signers() const { return signers_; }
  std::int64_t time_ms() const { return machine_.tail().time_ms; }

 private:
  bool Drive(const AuditLeaf& leaf);
  bool DriveAct(const AuditLeaf& leaf);
  bool Compare(const AuditLeaf& leaf, const Leaf& expected);
  bool Wrong(const AuditLeaf& leaf, const std::string& what);
  void Count(const AuditLeaf& leaf);
  void CountFounders();

  const Genesis& genesis_;
  const Material& material_;
  Findings& findings_;
  AuditReport& report_;
  MemoryStore store_;
  Machine machine_;
  std::vector<Leaf> made_;  // By the machine; from `next_made_` on not yet met in the log.
  std::size_t next_made_ = 0;
  std::map<crypto::KeyId, crypto::PublicKey> signers_;
};

}  // namespace aval::ledger
