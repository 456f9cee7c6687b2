#include "crypto/digest.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/assert.h"

namespace aval::crypto {

namespace {

// Fetched once: an implicit fetch on every use costs more than hashing a small record.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  AVAL_ASSERT(algorithm != nullptr);
  return algorithm;
}

}  // namespace

std::optional<Digest> Digest::From(ByteView raw) {
  Digest digest;
  if (raw.size() != digest.bytes.size()) return std::nullopt;
  std::ranges::copy(raw, digest.bytes.begin());
  return digest;
}

struct Sha256Hasher::Context {
  Context() : value(EVP_MD_CTX_new()) {
    AVAL_ASSERT(value != nullptr);
    Start();
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(value); }
  void Start() { AVAL_ASSERT(EVP_DigestInit_ex2(value, Algorithm(), nullptr) == 1); }
  EVP_MD_CTX* value;
};

Sha256Hasher::Sha256Hasher() : context_(std::make_unique<Context>()) {}
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

Sha256Hasher& Sha256Hasher::Update(ByteView bytes) {
  AVAL_ASSERT(EVP_DigestUpdate(context_->value, bytes.data(), bytes.size()) == 1);
  return *this;
}

Digest Sha256Hasher::Finish() {
  Digest digest;
  unsigned int length = 0;
  AVAL_ASSERT(EVP_DigestFinal_ex(context_->value, digest.bytes.data(), &length) == 1);
  AVAL_ASSERT(length == digest.bytes.size());
  context_->Start();
  return digest;
}

Digest Sha256(ByteView first, ByteView rest) {
  thread_local Sha256Hasher hasher;
  return hasher.Update(first).Update(rest).Finish();
}

}  // namespace aval::crypto
