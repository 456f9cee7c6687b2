#include "cli/bench/verify_speed.h"

#include <atomic>
#include <cstdint>
#include <thread>

#include "base/assert.h"
#include "base/random.h"
#include "crypto/ed25519.h"
#include "crypto/envelope.h"

namespace aval::cli::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Signed {
  Bytes text;
  crypto::Signature signature;
};

Result<std::vector<Signed>> SignTexts(const std::vector<std::vector<Bytes>>& chains,
                                      const crypto::SecretKey& key) {
  std::vector<Signed> texts;
  for (const std::vector<Bytes>& chain : chains) {
    for (const Bytes& act : chain) {
      AVAL_TRY(const crypto::Envelope envelope, crypto::ParseEnvelope(act));
      Bytes text = crypto::Pae(envelope.payload_type, envelope.payload);
      const crypto::Signature signature = crypto::Sign(key, text);
      texts.push_back({.text = std::move(text), .signature = signature});
    }
  }
  return texts;
}

}  // namespace

Result<double> MeasureVerifies(const std::vector<std::vector<Bytes>>& chains, unsigned threads,
                               std::chrono::milliseconds duration) {
  SystemRandom random;
  const crypto::SecretKey key = crypto::SecretKey::Generate(random);
  AVAL_TRY(const std::vector<Signed> texts, SignTexts(chains, key));
  AVAL_ASSERT(!texts.empty() && threads > 0);
  std::atomic<std::uint64_t> verified = 0;
  const Clock::time_point start = Clock::now();
  std::vector<std::thread> workers;
  for (unsigned worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&, at = std::size_t{worker}]() mutable {
      for (; Clock::now() - start < duration; ++at) {
        const Signed& one = texts[at % texts.size()];
        AVAL_ASSERT(crypto::Verify(key.public_key(), one.text, one.signature.bytes));
        ++verified;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return static_cast<double>(verified) / seconds;
}

double Limit::ActsPerSecond() const {
  return verifies_per_second / static_cast<double>(nodes) / signatures_per_act;
}

double Limit::Share(double acts_per_second) const { return acts_per_second / ActsPerSecond(); }

}  // namespace aval::cli::bench
