#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/digest.h"
#include "ledger/genesis.h"
#include "ledger/log/log.h"
#include "ledger/snapshot/source.h"
#include "ledger/snapshot/state_directories.h"
#include "ledger/state/store.h"
#include "node/key_cache.h"
#include "tests/sim/state_machine.h"

namespace aval::sim {

/// The small state machine: a hash over all acts in order, each of which takes effect once. An act
/// is any bytes; its position is how many took effect before it. Its state are the acts by their
/// positions, and where it stands; it has no log of leaves.
class ChainMachine final : public StateMachine {
 public:
  struct Files {
    Disk* disk = nullptr;  // These outlive the machine.
    const ledger::Genesis* genesis = nullptr;
    ledger::StateDirectories* states = nullptr;
  };
  /// Goes on with what is durable.
  static Result<std::unique_ptr<ChainMachine>> Open(Parts parts, const Files& files);

  node::AppliedRun standing() const override;
  node::ActVerifier& verifier() override { return verifier_; }
  ledger::Preparation Prepare(std::shared_ptr<const Bytes> envelope) override;
  const ledger::Log& log() const override { return *no_log_; }
  void ForgetLogStart() override {}
  std::uint64_t signed_size() const override { return 0; }
  std::string Check() const override;

 private:
  struct Mark {
    consensus::Index applied;
    std::size_t acts = 0;
    crypto::Digest hash;
    std::int64_t time_ms = 0;
    std::uint64_t checkpoint_size = 0;
  };
  ChainMachine(Parts parts, const crypto::Digest& genesis, std::unique_ptr<ledger::Store> state,
               std::unique_ptr<ledger::Log> no_log);
  Result<void> Read();
  void Apply(std::deque<node::CommittedEntry> entries) override;
  void ApplyOne(const node::CommittedEntry& entry, std::vector<node::AppliedAct>& applied);
  void Flush();
  void Cut(ledger::RaftMark mark);

  const crypto::Digest genesis_;
  const std::unique_ptr<ledger::Store> state_;
  const std::unique_ptr<ledger::Log> no_log_;
  // Without a use: acts of the chain have no signatures.
  ledger::MemoryStore no_state_;
  node::KeyCache no_keys_{no_state_, 1};
  node::ActVerifier verifier_{"", no_keys_};

  std::map<crypto::Digest, std::uint64_t> positions_;
  Mark now_;
  consensus::Index flushed_;
  ledger::Writes writes_;  // Since the last flush.
  bool flush_due_ = false;
};

}  // namespace aval::sim
