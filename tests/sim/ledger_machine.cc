#include "tests/sim/ledger_machine.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/record/parties.h"
#include "ledger/snapshot/paths.h"
#include "ledger/state/overlay.h"
#include "node/act_preparation.h"
#include "tests/ledger/rules/credit_invariants.h"
#include "tests/ledger/rules/invariants.h"

namespace aval::sim {

namespace {

constexpr std::size_t kKeys = 4096;

}  // namespace

Result<std::unique_ptr<LedgerMachine>> LedgerMachine::Open(Parts parts, const Files& files) {
  AVAL_TRY(auto state, files.states->Open(ledger::kStateDirectory));
  AVAL_TRY(auto opened, node::AppliedLedger::Open({.disk = files.disk,
                                                   .clock = parts.clock,
                                                   .genesis = files.genesis,
                                                   .log_key = files.log_key,
                                                   .cosigner_key = files.cosigner_key,
                                                   .node = files.node,
                                                   .state = std::move(state),
                                                   .log_directory = ledger::kLogDirectoryName}));
  return std::unique_ptr<LedgerMachine>(
      new LedgerMachine(std::move(parts), files.genesis->origin(), std::move(opened)));
}

LedgerMachine::LedgerMachine(Parts parts, std::string origin,
                             std::unique_ptr<node::AppliedLedger> ledger)
    : StateMachine(std::move(parts)),
      ledger_(std::move(ledger)),
      keys_(ledger_->state(), kKeys),
      verifier_(std::move(origin), keys_),
      applier_(
          *ledger_, *this->parts().waiters, *this->parts().clock,
          [this](const node::AppliedRun& run) {
            this->parts().reached(run.applied, ledger_->log().frontier().Root());
            this->parts().applied(run);
          },
          this->parts().cut) {}

node::AppliedRun LedgerMachine::standing() const {
  Result<node::AppliedRun> standing = node::StandingOf(*ledger_);
  AVAL_ASSERT(standing.has_value());  // A store in memory does not fail.
  return *std::move(standing);
}

std::uint64_t LedgerMachine::signed_size() const {
  const auto highest = ledger_->checkpoints().highest();
  return highest ? highest->size : 0;
}

ledger::Preparation LedgerMachine::Prepare(std::shared_ptr<const Bytes> envelope) {
  node::ActPreparation acts({std::move(envelope)}, verifier_);
  return acts.Result().front();
}

std::string LedgerMachine::Check() const {
  const ledger::Overlay state(ledger_->view()->state.get());
  const auto book = state.Get<ledger::Book>({});
  std::vector<std::string> broken = ledger::rules::BrokenInvariants(state);
  if (!book) broken.emplace_back("the book has its day");
  const ledger::Day today = book.value_or(ledger::Book{}).day;
  for (std::string& sentence : ledger::rules::BrokenCreditInvariants(state, today)) {
    broken.push_back(std::move(sentence));
  }
  return broken.empty() ? "" : "the book breaks: " + broken.front();
}

void LedgerMachine::Apply(std::deque<node::CommittedEntry> entries) {
  if (const auto applied = applier_.Apply(std::move(entries)); !applied) {
    parts().failed(applied.error());
    return;
  }
  FlushWhenDue();
}

void LedgerMachine::FlushWhenDue() {
  const std::optional<Duration> delay = applier_.flush_in();
  if (!delay) return;
  parts().executor->After(*delay, [this] {
    if (const auto flushed = applier_.FlushIfDue(); !flushed) parts().failed(flushed.error());
  });
}

}  // namespace aval::sim
