#include "ledger/audit/replay.h"
#include "ledger/reports.h"

#include <utility>

#include "ledger/log/leaf.h"
#include "ledger/wire.h"

namespace aval::ledger {

namespace {

std::string VerdictName(std::uint16_t number) {
  const auto verdict = VerdictFromNumber(number);
  return verdict ? std::string(VerdictCode(*verdict)) : "outcome " + std::to_string(number);
}

}  // namespace

Replay::Replay(const Genesis& genesis, const Material& material, Findings& findings,
               AuditReport& report)
    : genesis_(genesis),
      material_(material),
      findings_(findings),
      report_(report),
      machine_(&store_, {}) {}

bool Replay::Wrong(const AuditLeaf& leaf, const std::string& what) {
  return findings_.Entry(leaf.index, material_.EntryFile(leaf.index), what);
}

bool Replay::Execute(const AuditLeaf& leaf) {
  const std::int64_t time_ms = leaf.view->header.time_ms;
  if (time_ms < machine_.tail().time_ms) {
    return Wrong(leaf, "its time is before that of the entry before it");
  }
  if (next_made_ == made_.size()) {
    made_.clear();
    next_made_ = 0;
    if (!Drive(leaf)) return false;
  }
  if (!Compare(leaf, made_[next_made_])) return false;
  ++next_made_;
  Count(leaf);
  return true;
}

// Lets the machine do what this leaf says was done; something comes of it, or the log is wrong.
bool Replay::Drive(const AuditLeaf& leaf) {
  switch (leaf.view->header.kind) {
    case LeafKind::kGenesis: {
      Result<std::vector<Leaf>> begun = machine_.Begin(genesis_);
      if (!begun) return Wrong(leaf, begun.error().message);
      made_ = *std::move(begun);
      return true;
    }
    case LeafKind::kAct:
      return DriveAct(leaf);
    case LeafKind::kSystem: {
      const Result<void> swept = machine_.Sweep(leaf.view->header.time_ms, made_);
      if (!swept) return Wrong(leaf, swept.error().message);
      return !made_.empty() || Wrong(leaf, "by re-execution nothing was due");
    }
    case LeafKind::kPolicy:
      return Wrong(leaf, "no act before it changes the cosigners' policy");
    case LeafKind::kSeal:
      return Wrong(leaf, "by re-execution no seal was pending");
  }
  return Wrong(leaf, "unknown kind");
}

bool Replay::DriveAct(const AuditLeaf& leaf) {
  const auto outcome = machine_.Apply(*leaf.prepared.act, leaf.view->header.time_ms, made_);
  if (!outcome) return Wrong(leaf, outcome.error().message);
  if (!outcome->recorded) {
    return Wrong(leaf, "re-execution drops the act: " + std::string(VerdictCode(outcome->verdict)));
  }
  if (outcome->repeated) {
    return Wrong(leaf, "the act was decided before, by entry " + std::to_string(outcome->leaf));
  }
  return true;
}

bool Replay::Compare(const AuditLeaf& leaf, const Leaf& expected) {
  if (EqualBytes(leaf.entry, expected.entry) && EqualBytes(leaf.effects, expected.effects)) {
    return true;
  }
  const LeafHeader& found = leaf.view->header;
  if (found.kind != expected.header.kind) return Wrong(leaf, "re-execution gives another kind");
  if (found.outcome != expected.header.outcome) {
    return Wrong(leaf, "the outcome is " + VerdictName(found.outcome) + ", by re-execution " +
                           VerdictName(expected.header.outcome));
  }
  if (found.effects != expected.header.effects) {
    return Wrong(leaf, "the effects hash differs from re-execution's");
  }
  return Wrong(leaf, "differs from what re-execution gives");
}

void Replay::Count(const AuditLeaf& leaf) {
  const LeafHeader& header = leaf.view->header;
  ++report_.entries;
  report_.journal_lines += leaf.decoded.journal.size();
  if (header.kind == LeafKind::kGenesis) CountFounders();
  if (header.kind == LeafKind::kSystem) ++report_.system_leaves;
  if (header.kind == LeafKind::kAct) {
    const PreparedAct& act = *leaf.prepared.act;
    ++report_.acts;
    ++report_.verdicts[static_cast<Verdict>(header.outcome)];
    report_.signatures += act.checks.size();
    for (std::size_t i = 0; i < act.checks.size(); ++i) {
      signers_.emplace(act.envelope.signatures[i].key, act.checks[i]->key);
    }
  }
}

// Genesis::Load has found that exactly the LEGAL keys of all institutions have signed.
void Replay::CountFounders() {
  for (const genesis::v1::Institution& institution : genesis_.message().institutions()) {
    for (const genesis::v1::DepartmentKey& key : institution.keys()) {
      if (key.department() != act::v1::LEGAL) continue;
      const crypto::PublicKey legal = ToPublicKey(key.key());
      signers_.emplace(crypto::KeyIdOf(legal), legal);
      ++report_.signatures;
    }
  }
}

bool Replay::EndOfBundle() {
  const Result<void> taken = store_.Apply(machine_.TakeWrites());
  return taken || findings_.Whole(taken.error().message);
}

bool Replay::Finish() {
  if (next_made_ != made_.size()) {
    return findings_.Whole("the log ends between two entries that one act makes");
  }
  const auto balance = TrialBalance(store_);
  if (!balance) return findings_.Whole(balance.error().message);
  for (const TrialBalanceLine& line : *balance) {
    if (line.debits == line.credits) continue;
    return findings_.Whole("the book of " + line.owner.Hex() + " does not balance in " +
                           std::string(line.currency.Text()));
  }
  const auto hash = StateHash(store_);
  if (!hash) return findings_.Whole(hash.error().message);
  report_.state_hash = *hash;
  return true;
}

}  // namespace aval::ledger
