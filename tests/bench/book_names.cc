#include "tests/bench/book_names.h"

#include <array>
#include <cstddef>
#include <string>

#include "base/bytes.h"

namespace aval::bench {
namespace {

constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio.

// SplitMix64's finaliser (Steele, Lea, Flood 2014): one number for each number.
std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111eb;
  return x ^ (x >> 31U);
}

template <std::size_t N>
std::array<std::uint8_t, N> Draw(std::uint64_t from) {
  ByteWriter out;
  // The first eight bytes differ wherever `from` does.
  for (std::size_t i = 0; i < N / 8; ++i) out.U64(Mix(from + i * kStep));
  ByteReader in(out.bytes());
  return in.Array<N>();
}

}  // namespace

ledger::Id BookNames::IdOf(Slot slot) const {
  const std::uint64_t place = (std::uint64_t{static_cast<std::uint8_t>(slot.named)} << 56U) |
                              (std::uint64_t{slot.number} << 32U) | district_;
  ledger::Id id{.bytes = Draw<16>(place ^ Mix(seed_))};
  if (slot.named == Named::kAttestation) {
    // A grant lists its evidence in the order of ids, which must be the same in every district.
    const auto which = static_cast<std::uint8_t>(slot.number % 3);
    id.bytes.front() = static_cast<std::uint8_t>((which << 6U) | (id.bytes.front() >> 2U));
  }
  return id;
}

crypto::Digest BookNames::Redraw(const crypto::Digest& digest) const {
  if (district_ == 0) return digest;
  ByteReader in(digest.bytes);
  return {.bytes = Draw<32>(in.U64() ^ Mix(seed_ + district_ * kStep))};
}

crypto::Digest BookNames::DigestOf(std::string_view what, std::uint32_t number) const {
  const std::string text = "aval-book/" + std::string(what) + "/" + std::to_string(number);
  return Redraw(crypto::Sha256(AsBytes(text)));
}

}  // namespace aval::bench
