#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "base/assert.h"

namespace aval {

std::uint64_t Random::U64() {
  std::array<std::uint8_t, 8> raw{};
  Fill(raw);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : raw) value = (value << 8U) | byte;
  return value;
}

std::uint64_t Random::Below(std::uint64_t bound) {
  AVAL_ASSERT(bound > 0);
  // Values at or above the largest multiple of `bound` would favour small remainders.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t value = U64();
  while (value >= limit) value = U64();
  return value % bound;
}

void SystemRandom::Fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    AVAL_ASSERT(got > 0);  // Without randomness there are no keys: stop.
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

void SeededRandom::Fill(std::span<std::uint8_t> out) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) {
      state_ += 0x9e3779b97f4a7c15ULL;
      word = state_;
      word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9ULL;
      word = (word ^ (word >> 27U)) * 0x94d049bb133111ebULL;
      word ^= word >> 31U;
    }
    out[i] = static_cast<std::uint8_t>(word >> (8U * (i % 8)));
  }
}

}  // namespace aval
