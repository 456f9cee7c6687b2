#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/digest.h"
#include "ledger/state/store.h"
#include "node/key_cache.h"
#include "tests/sim/state_machine.h"

namespace aval::sim {

/// What of a hash chain outlives a process: the acts, and how much of what was applied is durable.
struct ChainStore {
  struct Mark {
    consensus::Index applied;
    std::size_t acts = 0;
    crypto::Digest hash;
    std::int64_t time_ms = 0;
    std::uint64_t checkpoint_size = 0;
  };
  std::vector<crypto::Digest> acts;  // In the order of their taking effect.
  Mark durable;
};

/// The small state machine: a hash over all acts in order, each of which takes effect once. An act
/// is any bytes; its position is how many took effect before it.
class ChainMachine final : public StateMachine {
 public:
  /// Goes on with what is durable in `store`.
  ChainMachine(Parts parts, std::shared_ptr<ChainStore> store);

  node::AppliedRun standing() const override;
  node::ActVerifier& verifier() override { return verifier_; }
  ledger::Preparation Prepare(std::shared_ptr<const Bytes> envelope) override;
  std::string Check() const override;

 private:
  void Apply(std::deque<node::CommittedEntry> entries) override;
  void ApplyOne(const node::CommittedEntry& entry, std::vector<node::AppliedAct>& applied);
  void Flush();

  const std::shared_ptr<ChainStore> store_;
  // Without a use: acts of the chain have no signatures.
  ledger::MemoryStore no_state_;
  node::KeyCache no_keys_{no_state_, 1};
  node::ActVerifier verifier_{"", no_keys_};

  std::map<crypto::Digest, std::uint64_t> positions_;
  ChainStore::Mark now_;
  bool flush_due_ = false;
};

}  // namespace aval::sim
