#include "tests/sim/chain_machine.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/merkle.h"
#include "ledger/snapshot/paths.h"

namespace aval::sim {

namespace {

constexpr Duration kFlushInterval = std::chrono::milliseconds(100);

// In no table of the ledger's.
Bytes MarkKey() { return {0xf0}; }
Bytes ActKey(std::uint64_t position) {
  ByteWriter key;
  key.U8(0xf1);
  key.U64(position);
  return key.Take();
}

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

Result<std::unique_ptr<ChainMachine>> ChainMachine::Open(Parts parts, const Files& files) {
  AVAL_TRY(auto state, files.states->Open(ledger::kStateDirectory));
  AVAL_TRY(auto no_log, ledger::Log::Open(*files.disk, "no-log", {}, {}));
  std::unique_ptr<ChainMachine> machine(new ChainMachine(std::move(parts),
                                                         crypto::Sha256(files.genesis->envelope()),
                                                         std::move(state), std::move(no_log)));
  AVAL_CHECK(machine->Read());
  return machine;
}

ChainMachine::ChainMachine(Parts parts, const crypto::Digest& genesis,
                           std::unique_ptr<ledger::Store> state,
                           std::unique_ptr<ledger::Log> no_log)
    : StateMachine(std::move(parts)),
      genesis_(genesis),
      state_(std::move(state)),
      no_log_(std::move(no_log)) {}

Result<void> ChainMachine::Read() {
  AVAL_TRY(const auto mark, state_->Get(MarkKey()));
  if (!mark) return {};
  ByteReader in(*mark);
  now_.applied = {in.U64()};
  now_.acts = static_cast<std::size_t>(in.U64());
  now_.hash.bytes = in.Array<32>();
  now_.time_ms = in.I64();
  now_.checkpoint_size = in.U64();
  AVAL_ASSERT(in.AtEnd());
  flushed_ = now_.applied;
  for (std::size_t i = 0; i < now_.acts; ++i) {
    AVAL_TRY(const auto act, state_->Get(ActKey(i)));
    AVAL_ASSERT(act.has_value());
    crypto::Digest digest;
    std::ranges::copy(*act, digest.bytes.begin());
    positions_.emplace(digest, i);
  }
  return {};
}

node::AppliedRun ChainMachine::standing() const {
  return {.applied = now_.applied,
          .tree_size = now_.acts,
          .time_ms = now_.time_ms,
          .has_due_items = false,
          .flushed = flushed_,
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
  for (node::CommittedEntry& entry : entries) {
    ApplyOne(entry, applied);
    if (entry.mark) Cut(*std::move(entry.mark));
  }
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
        writes_[ActKey(now_.acts)] = CopyBytes(act.bytes);
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
  ByteWriter mark;
  mark.U64(now_.applied.value);
  mark.U64(now_.acts);
  mark.Raw(now_.hash);
  mark.I64(now_.time_ms);
  mark.U64(now_.checkpoint_size);
  writes_[MarkKey()] = mark.Take();
  const auto applied = state_->Apply(std::exchange(writes_, {}));
  AVAL_ASSERT(applied.has_value());  // A store in memory does not fail.
  flushed_ = now_.applied;
  parts().applied(standing());
}

void ChainMachine::Cut(ledger::RaftMark mark) {
  const bool due = flush_due_;
  Flush();
  flush_due_ = due;  // That one is under way still, and does no harm.
  // The tree stands for a log that is not there.
  crypto::Frontier tree;
  tree.Append(now_.hash);
  tree.Append(now_.hash);
  parts().cut({.state = state_->Snapshot(),
               .genesis = genesis_,
               .raft_index = now_.applied.value,
               .tree = tree,
               .end = {.leaves = tree.size()},
               .time_ms = now_.time_ms},
              std::move(mark));
}

}  // namespace aval::sim
