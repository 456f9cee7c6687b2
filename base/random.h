#pragma once

#include <cstdint>
#include <span>

namespace aval {

/// Source of random bytes; injected, so that tests and the simulator repeat a run from its seed.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> out) = 0;
  std::uint64_t U64();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t Below(std::uint64_t bound);
};

/// The operating system's generator (getrandom); for keys, salts and nonces. Threads: safe from
/// all.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> out) override;
};

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same bytes on every platform. Not
/// for secrets. Threads: one.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

}  // namespace aval
