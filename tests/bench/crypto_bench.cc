#include <benchmark/benchmark.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/random.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace aval::bench {
namespace {

Bytes SomeBytes(std::int64_t size) {
  SeededRandom random(1);
  Bytes bytes(static_cast<std::size_t>(size));
  random.Fill(bytes);
  return bytes;
}

void Sha256(benchmark::State& state) {
  const Bytes text = SomeBytes(state.range(0));
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(crypto::Sha256(text));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Sha256)->Arg(64)->Arg(1024)->Arg(32 * 1024);

void Ed25519Verify(benchmark::State& state) {
  SeededRandom random(2);
  const crypto::SecretKey key = crypto::SecretKey::Generate(random);
  const Bytes text = SomeBytes(state.range(0));
  const crypto::Signature signature = crypto::Sign(key, text);
  for ([[maybe_unused]] auto iteration : state) {
    AVAL_ASSERT(crypto::Verify(key.public_key(), text, signature.bytes));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Ed25519Verify)->Arg(64)->Arg(400)->Arg(4096)->Unit(benchmark::kMicrosecond);

void Ed25519Sign(benchmark::State& state) {
  SeededRandom random(3);
  const crypto::SecretKey key = crypto::SecretKey::Generate(random);
  const Bytes text = SomeBytes(400);
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(crypto::Sign(key, text));
}
BENCHMARK(Ed25519Sign)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aval::bench
