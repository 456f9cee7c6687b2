// What the rules cost, act by act: signatures checked beforehand, the state in memory.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "tests/bench/prepare_checked.h"
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

void Roll(ledger::TestLedger& ledger, const Acts& rolls) {
  for (const auto& roll : rolls) {
    while (ledger.Sweep() > 0) {
    }
    AVAL_ASSERT(ledger.Apply(*roll).verdict == ledger::Verdict::kAccepted);
  }
  while (ledger.Sweep() > 0) {
  }
}

/// What every number has done before: its acts in this order; and if there are some for the due
/// day, be it none, the days until then go by, and those follow.
struct Before {
  std::vector<Make> acts;
  std::optional<std::vector<Make>> on_due_day{};
};

// `act` of every number.
void Apply(benchmark::State& state, const Before& done, Make act) {
  std::vector<Acts> before{{PrepareChecked(RegisterTheSupplier())}};
  for (const Make make : done.acts) before.push_back(MakeAll(make));
  Acts rolls;
  std::vector<Acts> then;
  if (done.on_due_day) {
    for (std::uint32_t day = 1; day <= kDueDay; ++day) {
      rolls.push_back(PrepareChecked(RollDay(day)));
    }
    for (const Make make : *done.on_due_day) then.push_back(MakeAll(make));
  }
  const Acts timed = MakeAll(act);
  std::optional<ledger::TestLedger> ledger;
  std::size_t next = timed.size();
  for ([[maybe_unused]] auto iteration : state) {
    if (next == timed.size()) {
      state.PauseTiming();
      ledger.emplace();
      for (const Acts& acts : before) ApplyAll(*ledger, acts);
      Roll(*ledger, rolls);
      for (const Acts& acts : then) ApplyAll(*ledger, acts);
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

void Add(const char* name, Before before, Make act) {
  benchmark::RegisterBenchmark(name, [before = std::move(before),
                                      act](benchmark::State& state) { Apply(state, before, act); })
      ->Iterations(kActs * kLedgers)
      ->Unit(benchmark::kMicrosecond);
}

// A purchase's own path: each act is measured where it comes, and `path` has it from then on.
template <Step step>
void AddStep(std::vector<Make>& path, const char* name = nullptr) {
  if (name != nullptr) Add(name, {.acts = path}, Make1<step>);
  path.push_back(Make1<step>);
}

void AddPurchase() {
  std::vector<Make> path;
  AddStep<Step::kRegister>(path, "Apply/participant_register");
  Add("Apply/key_add", {.acts = path}, AddKey);
  Add("Apply/key_revoke", {.acts = {Make1<Step::kRegister>, AddKey}}, RevokeKey);
  AddStep<Step::kAttestIdentity>(path, "Apply/attest");
  AddStep<Step::kAttestCapacity>(path);
  AddStep<Step::kAttestScore>(path);
  Add("Apply/attest_revoke", {.acts = path}, RevokeAttestation);
  AddStep<Step::kPropose>(path, "Apply/grant_propose");
  AddStep<Step::kDecidePlatform>(path);
  AddStep<Step::kDecideBank>(path, "Apply/grant_decide");
  AddStep<Step::kActivate>(path, "Apply/grant_activate");
  Add("Apply/limit_adjust", {.acts = path}, LowerLimit);
  AddStep<Step::kAuthorise>(path, "Apply/purchase_authorise");
  Add("Apply/purchase_void", {.acts = path}, VoidPurchase);
  AddStep<Step::kCapture>(path, "Apply/purchase_capture");
  AddStep<Step::kDeliver>(path, "Apply/delivery_confirm");
  Add("Apply/repay", {.acts = path}, Make1<Step::kRepay>);

  path.push_back(RegisterCopayer);
  path.push_back(IdentifyCopayer);
  const auto next = [&path](const char* name, Make act) {
    if (name != nullptr) Add(name, {.acts = path}, act);
    path.push_back(act);
  };
  next("Apply/copay_invite", InviteCopayer);
  Add("Apply/copay_decline", {.acts = path}, DeclineInvitation);
  Add("Apply/copay_withdraw", {.acts = path}, WithdrawInvitation);
  next("Apply/copay_accept", AcceptInvitation);
  next(nullptr, AttestCapacity);
  next("Apply/copay_review", ReviewAsBank);
  next(nullptr, ReviewAsLender);
  next("Apply/mandate_join", JoinMandate);
  const auto add_due = [&path](const char* name, std::vector<Make> before, Make act) {
    Add(name, {.acts = path, .on_due_day = std::move(before)}, act);
  };
  add_due("Apply/debit_create", {}, CreateDebit);
  add_due("Apply/debit_submit", {CreateDebit}, SubmitDebit);
  add_due("Apply/debit_result", {CreateDebit, SubmitDebit}, ConfirmDebit);
}

const bool kAdded = [] {
  AddPurchase();
  Add("Apply/supplier_register", {}, RegisterSupplier);
  return true;
}();

}  // namespace
}  // namespace aval::bench
