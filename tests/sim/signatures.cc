#include "tests/sim/signatures.h"

#include <sodium.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

// The names are the linker's: with --wrap=NAME, calls of NAME come to __wrap_NAME, and __real_NAME
// is the library's own. NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
int __real_crypto_sign_detached(unsigned char* signature, unsigned long long* signature_size,
                                const unsigned char* message, unsigned long long size,
                                const unsigned char* secret_key);
int __real_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message,
                                       unsigned long long size, const unsigned char* public_key);
}

namespace aval::sim {
namespace {

bool g_real = true;  // One thread. NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

using Stub = std::array<unsigned char, crypto_sign_BYTES>;

std::uint64_t Word(std::span<const unsigned char> bytes) {
  std::uint64_t word = 0;
  for (const unsigned char byte : bytes) word = word << 8U | byte;
  return word;
}

std::uint64_t Mix(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0x9e3779b97f4a7c15U;
  return std::rotl(state, 29) * 0xbf58476d1ce4e5b9U;
}

Stub StubOf(const unsigned char* public_key, const unsigned char* message,
            unsigned long long size) {
  std::uint64_t state = size;
  const auto absorb = [&state](std::span<const unsigned char> bytes) {
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) state = Mix(state, Word(bytes.first(8)));
    state = Mix(state, Word(bytes));
  };
  absorb({public_key, crypto_sign_PUBLICKEYBYTES});
  absorb({message, static_cast<std::size_t>(size)});
  Stub stub{};
  for (std::size_t i = 0; i < stub.size(); ++i) {
    if (i % 8 == 0) state = Mix(state, i);
    stub.at(i) = static_cast<unsigned char>(state >> (8 * (i % 8)));
  }
  return stub;
}

}  // namespace

void UseRealSignatures(bool real) { g_real = real; }

extern "C" int __wrap_crypto_sign_detached(unsigned char* signature,
                                           unsigned long long* signature_size,
                                           const unsigned char* message, unsigned long long size,
                                           const unsigned char* secret_key) {
  if (g_real) {
    return __real_crypto_sign_detached(signature, signature_size, message, size, secret_key);
  }
  // A secret key ends in its public key.
  const Stub stub = StubOf(secret_key + crypto_sign_SEEDBYTES, message, size);
  std::memcpy(signature, stub.data(), stub.size());
  if (signature_size != nullptr) *signature_size = stub.size();
  return 0;
}

extern "C" int __wrap_crypto_sign_verify_detached(const unsigned char* signature,
                                                  const unsigned char* message,
                                                  unsigned long long size,
                                                  const unsigned char* public_key) {
  if (g_real) {
    return __real_crypto_sign_verify_detached(signature, message, size, public_key);
  }
  const Stub stub = StubOf(public_key, message, size);
  return std::memcmp(signature, stub.data(), stub.size()) == 0 ? 0 : -1;
}

}  // namespace aval::sim
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
