#include "cli/demo/rehearsal.h"

#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/rules/credit_balances.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"

namespace aval::cli::demo {
namespace {

constexpr std::size_t kPendingMost = 100'000;  // Records.

}  // namespace

Rehearsal::Rehearsal(std::string origin, ledger::Store& store)
    : origin_(std::move(origin)), store_(store), pending_(&store), machine_(&pending_, {}) {}

Result<std::unique_ptr<Rehearsal>> Rehearsal::Begin(const ledger::Genesis& genesis,
                                                    ledger::Store& store) {
  std::unique_ptr<Rehearsal> rehearsal(new Rehearsal(genesis.origin(), store));
  AVAL_TRY(rehearsal->leaves_, rehearsal->machine_.Begin(genesis));
  AVAL_TRY(rehearsal->today_, rehearsal->machine_.Today());
  rehearsal->EndDay();
  AVAL_CHECK(rehearsal->Check());
  return rehearsal;
}

void Rehearsal::Apply(const Bytes& envelope, std::span<const crypto::PublicKey> keys) {
  if (failure_) return;
  const ledger::Preparation prepared =
      ledger::Prepare(std::make_shared<const Bytes>(envelope), origin_);
  AVAL_ASSERT(prepared.act != nullptr);  // SignAct has made it.
  ledger::PreparedAct& act = *prepared.act;
  AVAL_ASSERT(act.checks.size() == keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    act.checks[i] = ledger::PreparedAct::Check{.key = keys[i], .valid = true};
  }
  const auto answer = machine_.Apply(act, machine_.tail().time_ms, leaves_);
  leaves_.clear();
  if (!answer) return Note(answer.error());
  tally_.Count(act.act, answer->verdict);
  if (!act.act.has_day_roll()) return;
  if (const auto today = machine_.Today()) today_ = *today;
  Sweep();
}

void Rehearsal::Sweep() {
  for (bool due = true; due && !failure_;) {
    Note(machine_.Sweep(machine_.tail().time_ms, leaves_));
    due = !leaves_.empty();
    leaves_.clear();
  }
}

void Rehearsal::EndDay() {
  if (failure_) return;
  Sweep();
  for (auto& [key, value] : machine_.TakeWrites()) {
    Note(overdue_.Count(key, value));
    if (value) {
      pending_.PutBytes(key, *value);
    } else {
      pending_.DeleteBytes(key);
    }
  }
  if (pending_.writes().size() >= kPendingMost) Note(store_.Apply(pending_.TakeWrites()));
}

void Rehearsal::Note(const Result<void>& done) {
  if (!done && !failure_) failure_ = done.error();
}

Result<void> Rehearsal::Check() const {
  if (failure_) return *failure_;
  if (machine_.state().failure()) return *machine_.state().failure();
  return {};
}

ledger::rules::Context::Position Rehearsal::Now() const {
  return {.leaf = machine_.tail().size,
          .time_ms = machine_.tail().time_ms,
          .today = today_,
          .identity = {},
          .signers = {}};
}

std::optional<ledger::rules::Debt> Rehearsal::DebtToday(const ledger::Id& loan) {
  ledger::Overlay scratch(&machine_.state());
  ledger::rules::Context context(scratch, Now());
  auto debt = ledger::rules::Debt::Load(context, loan);
  if (!debt) return std::nullopt;
  ledger::rules::CatchUp(context, *debt);
  ledger::rules::ChargePenalty(context, *debt);
  if (scratch.failure()) {
    Note(*scratch.failure());
    return std::nullopt;
  }
  return debt;
}

ledger::Amount Rehearsal::MayBePaidBack(const ledger::CreditBalance::Key& key) {
  ledger::Overlay scratch(&machine_.state());
  ledger::rules::Context context(scratch, Now());
  return ledger::rules::MayBePaidBack(context, key);
}

}  // namespace aval::cli::demo
