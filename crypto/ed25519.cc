#include "crypto/ed25519.h"

#include <sodium.h>

#include <algorithm>

#include "base/assert.h"
#include "crypto/sodium.h"

namespace aval::crypto {

namespace {

constexpr std::array<std::uint8_t, 12> kSpkiPrefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                   0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

}  // namespace

void InitialiseSodium() {
  static const int ready = sodium_init();
  AVAL_ASSERT(ready >= 0);
}

SecretKey SecretKey::FromSeed(const std::array<std::uint8_t, 32>& seed) {
  InitialiseSodium();
  SecretKey key;
  AVAL_ASSERT(crypto_sign_seed_keypair(key.public_key_.bytes.data(), key.expanded_.data(),
                                       seed.data()) == 0);
  return key;
}

SecretKey SecretKey::Generate(Random& random) {
  std::array<std::uint8_t, 32> seed{};
  random.Fill(seed);
  SecretKey key = FromSeed(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

SecretKey::SecretKey(SecretKey&& other) noexcept
    : expanded_(other.expanded_), public_key_(other.public_key_) {
  sodium_memzero(other.expanded_.data(), other.expanded_.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    expanded_ = other.expanded_;
    public_key_ = other.public_key_;
    sodium_memzero(other.expanded_.data(), other.expanded_.size());
  }
  return *this;
}

SecretKey::~SecretKey() { sodium_memzero(expanded_.data(), expanded_.size()); }

Signature Sign(const SecretKey& key, ByteView message) {
  Signature signature;
  AVAL_ASSERT(crypto_sign_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                                   key.expanded_.data()) == 0);
  return signature;
}

bool Verify(const PublicKey& key, ByteView message, ByteView signature) {
  InitialiseSodium();
  if (signature.size() != crypto_sign_BYTES) return false;
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.bytes.data()) == 0;
}

bool IsValidPoint(const PublicKey& key) {
  InitialiseSodium();
  return crypto_core_ed25519_is_valid_point(key.bytes.data()) == 1;
}

Result<PublicKey> PublicKeyFromBytes(ByteView bytes) {
  PublicKey key;
  if (bytes.size() != key.bytes.size()) {
    return Error{.code = Code::kInvalidArgument, .message = "an Ed25519 key has 32 bytes"};
  }
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

Bytes SpkiDer(const PublicKey& key) {
  Bytes der(kSpkiPrefix.begin(), kSpkiPrefix.end());
  der.insert(der.end(), key.bytes.begin(), key.bytes.end());
  return der;
}

KeyId KeyIdOf(const PublicKey& key) { return {Sha256(SpkiDer(key))}; }

Result<KeyId> KeyIdFromHex(std::string_view text) {
  AVAL_TRY(const Bytes raw, FromHex(text));
  const std::optional<Digest> digest = Digest::From(raw);
  if (!digest) {
    return Error{.code = Code::kInvalidArgument, .message = "a key id has 64 hex digits"};
  }
  return KeyId{*digest};
}

}  // namespace aval::crypto
