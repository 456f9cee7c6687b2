#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <string>

#include "ledger/genesis.h"
#include "ledger/snapshot/state_directories.h"
#include "node/act_verifier.h"
#include "node/applied_ledger.h"
#include "node/key_cache.h"
#include "tests/base/fault_disk.h"
#include "tests/sim/state_machine.h"

namespace aval::sim {

/// The real ledger: rules, log and checkpoints on the node's disk, state in a store that outlives
/// the process.
class LedgerMachine final : public StateMachine {
 public:
  struct Files {
    FaultDisk* disk = nullptr;  // These outlive the machine.
    const ledger::Genesis* genesis = nullptr;
    const crypto::SecretKey* log_key = nullptr;
    const crypto::SecretKey* cosigner_key = nullptr;
    std::uint32_t node = 0;
    ledger::StateDirectories* states = nullptr;
  };

  static Result<std::unique_ptr<LedgerMachine>> Open(Parts parts, const Files& files);

  node::AppliedRun standing() const override;
  node::ActVerifier& verifier() override { return verifier_; }
  ledger::Preparation Prepare(std::shared_ptr<const Bytes> envelope) override;
  const ledger::Log& log() const override { return ledger_->log(); }
  void ForgetLogStart() override { ledger_->ForgetLogStart(); }
  std::uint64_t signed_size() const override;
  std::string Check() const override;

 private:
  LedgerMachine(Parts parts, std::string origin, std::unique_ptr<node::AppliedLedger> ledger);
  void Apply(std::deque<node::CommittedEntry> entries) override;
  void FlushWhenDue();

  std::unique_ptr<node::AppliedLedger> ledger_;
  node::KeyCache keys_;
  node::ActVerifier verifier_;
  node::Applier applier_;
};

}  // namespace aval::sim
