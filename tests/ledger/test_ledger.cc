#include "tests/ledger/test_ledger.h"
#include "ledger/reports.h"

#include <utility>

#include "base/assert.h"

namespace aval::ledger {

TestLedger::TestLedger(std::span<const RuleVersion> versions) : machine_(&store_, {}, versions) {
  Result<std::vector<Leaf>> leaves = machine_.Begin(TestGenesis());
  AVAL_ASSERT(leaves);
  leaves_ = *std::move(leaves);
}

Machine::Answer TestLedger::Apply(const std::shared_ptr<const Bytes>& envelope) {
  const Preparation preparation = Prepare(envelope, kTestOrigin);
  AVAL_ASSERT(preparation.act != nullptr);
  return Apply(*preparation.act);
}

Machine::Answer TestLedger::Apply(const PreparedAct& act) {
  const Result<Machine::Answer> outcome = machine_.Apply(act, time_ms_, leaves_);
  AVAL_ASSERT(outcome);
  return *outcome;
}

void TestLedger::Accept(const std::vector<std::shared_ptr<const Bytes>>& envelopes) {
  for (const auto& envelope : envelopes) {
    const Verdict verdict = Apply(envelope).verdict;
    if (verdict != Verdict::kAccepted) {
      AssertFailed(std::string(VerdictCode(verdict)).c_str(), __FILE__, __LINE__);
    }
  }
}

std::size_t TestLedger::Sweep() {
  const std::size_t before = leaves_.size();
  AVAL_ASSERT(machine_.Sweep(time_ms_, leaves_));
  return leaves_.size() - before;
}

void TestLedger::NextDay() {
  while (Sweep() > 0) {
  }
  Accept({DayRollAct(today().Plus(1))});
}

void TestLedger::Flush() { AVAL_ASSERT(store_.Apply(machine_.TakeWrites())); }

Day TestLedger::today() const { return *machine_.Today(); }

crypto::Digest TestLedger::hash() const { return *StateHash(state()); }

}  // namespace aval::ledger
