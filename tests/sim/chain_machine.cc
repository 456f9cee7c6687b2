#include "tests/sim/chain_machine.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace aval::sim {

namespace {

constexpr Duration kFlushInterval = std::chrono::milliseconds(100);

std::vector<crypto::Digest> ActsOf(node::BlockPreparation& block) {
  std::vector<crypto::Digest> acts;
  for (const auto& envelope : block.acts->envelopes()) acts.push_back(crypto::Sha256(*envelope));
  if (!acts.empty()) return acts;
  for (const ledger::Preparation& prepared : block.acts->Result()) {
    acts.push_back(prepared.act->digest);
  }
  return acts;
}

}  // namespace

ChainMachine::ChainMachine(Parts parts, std::shared_ptr<ChainStore> store)
    : StateMachine(std::move(parts)), store_(std::move(store)), now_(store_->durable) {
  store_->acts.resize(now_.acts);
  for (std::size_t i = 0; i < now_.acts; ++i) positions_.emplace(store_->acts[i], i);
}

node::AppliedRun ChainMachine::standing() const {
  return {.applied = now_.applied,
          .tree_size = now_.acts,
          .time_ms = now_.time_ms,
          .has_due_items = false,
          .flushed = store_->durable.applied,
          .checkpoint_size = now_.checkpoint_size,
          .acts = {},
          .alarms = {}};
}

ledger::Preparation ChainMachine::Prepare(std::shared_ptr<const Bytes> envelope) {
  auto act = std::make_shared<ledger::PreparedAct>();
  act->digest = act->identity = crypto::Sha256(*envelope);
  act->bytes = std::move(envelope);
  return {.act = std::move(act), .malformed = std::nullopt};
}

// Equal hashes on all nodes say everything.
std::string ChainMachine::Check() const { return ""; }

void ChainMachine::Apply(std::deque<node::CommittedEntry> entries) {
  std::vector<node::AppliedAct> applied;
  for (const node::CommittedEntry& entry : entries) ApplyOne(entry, applied);
  parts().reached(now_.applied, now_.hash);
  parts().waiters->Resolve(applied);
  node::AppliedRun run = standing();
  run.acts = std::move(applied);
  parts().applied(run);
  if (std::exchange(flush_due_, true)) return;
  parts().executor->After(kFlushInterval, [this] { Flush(); });
}

void ChainMachine::ApplyOne(const node::CommittedEntry& entry,
                            std::vector<node::AppliedAct>& applied) {
  AVAL_ASSERT(entry.index.value == now_.applied.value + 1);
  now_.applied = entry.index;
  ByteWriter input;
  input.Raw(now_.hash);
  input.U64(entry.index.value);
  if (entry.block != nullptr) {
    const ledger::BlockHeader& header = entry.block->header;
    now_.time_ms = std::max(now_.time_ms, header.time_ms);
    input.U64(static_cast<std::uint64_t>(now_.time_ms));
    for (const crypto::Digest& act : ActsOf(*entry.block)) {
      const auto [at, fresh] = positions_.try_emplace(act, now_.acts);
      if (fresh) {
        store_->acts.push_back(act);
        ++now_.acts;
        input.Raw(act);
      }
      applied.push_back({.envelope = act,
                         .outcome = {.verdict = ledger::Verdict::kAccepted,
                                     .recorded = true,
                                     .repeated = !fresh,
                                     .leaf = at->second}});
    }
    if (header.checkpoint) now_.checkpoint_size = now_.acts;
  }
  now_.hash = crypto::Sha256(input.bytes());
}

void ChainMachine::Flush() {
  flush_due_ = false;
  store_->durable = now_;
  parts().applied(standing());
}

}  // namespace aval::sim
