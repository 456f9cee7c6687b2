// What the rules cost, act by act: signatures checked beforehand, the state in memory.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "tests/bench/purchase_acts.h"
#include "tests/ledger/test_ledger.h"

namespace aval::bench {
namespace {

constexpr std::uint32_t kActs = 256;  // Of each kind on one ledger.
constexpr std::int64_t kLedgers = 4;

using Acts = std::vector<std::shared_ptr<ledger::PreparedAct>>;
using Make = std::shared_ptr<const Bytes> (*)(std::uint32_t n);

template <Step step>
std::shared_ptr<const Bytes> Make1(std::uint32_t n) {
  return ActOf(step, n);
}

void ApplyAll(ledger::TestLedger& ledger, const Acts& acts) {
  for (const auto& act : acts) {
    AVAL_ASSERT(ledger.Apply(*act).verdict == ledger::Verdict::kAccepted);
  }
}

Acts MakeAll(Make make) {
  Acts acts;
  for (std::uint32_t n = 1; n <= kActs; ++n) acts.push_back(PrepareChecked(make(n)));
  return acts;
}

// `act` of every number, where every number has done the steps below `steps` and `after`, if any.
void Apply(benchmark::State& state, std::size_t steps, Make after, Make act) {
  std::vector<Acts> before{{PrepareChecked(RegisterTheSupplier())}};
  for (std::size_t step = 0; step < steps; ++step) {
    before.emplace_back();
    for (std::uint32_t n = 1; n <= kActs; ++n) {
      before.back().push_back(PrepareChecked(ActOf(static_cast<Step>(step), n)));
    }
  }
  if (after != nullptr) before.push_back(MakeAll(after));
  const Acts timed = MakeAll(act);
  std::optional<ledger::TestLedger> ledger;
  std::size_t next = timed.size();
  for ([[maybe_unused]] auto iteration : state) {
    if (next == timed.size()) {
      state.PauseTiming();
      ledger.emplace();
      for (const Acts& acts : before) ApplyAll(*ledger, acts);
      ledger->Flush();
      next = 0;
      state.ResumeTiming();
    }
    AVAL_ASSERT(ledger->Apply(*timed[next++]).verdict == ledger::Verdict::kAccepted);
  }
}

// A day begins once nothing is due of the one before.
void ApplyDayRoll(benchmark::State& state) {
  const Acts rolls = MakeAll(RollDay);
  std::optional<ledger::TestLedger> ledger;
  std::size_t next = rolls.size();
  for ([[maybe_unused]] auto iteration : state) {
    state.PauseTiming();
    if (next == rolls.size()) {
      ledger.emplace();
      next = 0;
    }
    while (ledger->Sweep() > 0) {
    }
    state.ResumeTiming();
    AVAL_ASSERT(ledger->Apply(*rolls[next++]).verdict == ledger::Verdict::kAccepted);
  }
}
BENCHMARK(ApplyDayRoll)
    ->Name("Apply/day_roll")
    ->Iterations(kActs* kLedgers)
    ->Unit(benchmark::kMicrosecond);

std::size_t Until(Step step) { return static_cast<std::size_t>(step); }
std::size_t With(Step step) { return static_cast<std::size_t>(step) + 1; }

void Add(const char* name, std::size_t steps, Make after, Make act) {
  benchmark::RegisterBenchmark(name,
                               [=](benchmark::State& state) { Apply(state, steps, after, act); })
      ->Iterations(kActs * kLedgers)
      ->Unit(benchmark::kMicrosecond);
}

template <Step step>
void AddStep(const char* name) {
  Add(name, Until(step), nullptr, Make1<step>);
}

const bool kAdded = [] {
  AddStep<Step::kRegister>("Apply/participant_register");
  AddStep<Step::kAttestIdentity>("Apply/attest");
  AddStep<Step::kPropose>("Apply/grant_propose");
  AddStep<Step::kDecideBank>("Apply/grant_decide");
  AddStep<Step::kActivate>("Apply/grant_activate");
  AddStep<Step::kAuthorise>("Apply/purchase_authorise");
  AddStep<Step::kCapture>("Apply/purchase_capture");
  AddStep<Step::kDeliver>("Apply/delivery_confirm");
  AddStep<Step::kRepay>("Apply/repay");
  Add("Apply/attest_revoke", With(Step::kAttestScore), nullptr, RevokeAttestation);
  Add("Apply/limit_adjust", With(Step::kActivate), nullptr, LowerLimit);
  Add("Apply/purchase_void", With(Step::kAuthorise), nullptr, VoidPurchase);
  Add("Apply/key_add", With(Step::kRegister), nullptr, AddKey);
  Add("Apply/key_revoke", With(Step::kRegister), AddKey, RevokeKey);
  Add("Apply/supplier_register", 0, nullptr, RegisterSupplier);
  return true;
}();

}  // namespace
}  // namespace aval::bench
