// From the bytes of an envelope to an act, without signatures.

#include <benchmark/benchmark.h>

#include "base/assert.h"
#include "crypto/envelope.h"
#include "ledger/act.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/scanner.h"
#include "tests/bench/purchase_acts.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

void ScanStrict(benchmark::State& state, Step step) {
  const auto envelope = crypto::ParseEnvelope(*ActOf(step, 1));
  AVAL_ASSERT(envelope.has_value());
  const auto& type = *act::v1::Act::descriptor();
  for ([[maybe_unused]] auto iteration : state) {
    AVAL_ASSERT(ledger::ScanStrict(type, envelope->payload, crypto::kEnvelopeBytesMax));
  }
  state.SetBytesProcessed(state.iterations() * std::ssize(envelope->payload));
}
BENCHMARK_CAPTURE(ScanStrict, attest, Step::kAttestCapacity);
BENCHMARK_CAPTURE(ScanStrict, grant_propose, Step::kPropose);
BENCHMARK_CAPTURE(ScanStrict, purchase_authorise, Step::kAuthorise);

// Envelope, scanner, shape, digests: everything before the signatures.
void Prepare(benchmark::State& state, Step step) {
  const auto envelope = ActOf(step, 1);
  for ([[maybe_unused]] auto iteration : state) {
    AVAL_ASSERT(ledger::Prepare(envelope, ledger::kTestOrigin).act != nullptr);
  }
}
BENCHMARK_CAPTURE(Prepare, attest, Step::kAttestCapacity)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Prepare, grant_propose, Step::kPropose)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Prepare, purchase_authorise, Step::kAuthorise)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aval::bench
