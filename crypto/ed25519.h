#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace aval::crypto {

/// Ed25519 (RFC 8032) under one strict rule on every node: libsodium's. S < L, canonical A and R,
/// neither of small order, cofactorless equation (formats.md 1.14, item 8). There is no batch
/// verification: its verdict on edge cases differs, and a verdict decides ledger content.

struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

struct Signature {
  std::array<std::uint8_t, 64> bytes{};
  friend auto operator<=>(const Signature&, const Signature&) = default;
};

/// The key registry's name of a key: SHA-256 of its SubjectPublicKeyInfo DER.
struct KeyId {
  Digest digest;
  friend auto operator<=>(const KeyId&, const KeyId&) = default;
  std::string Hex() const { return digest.Hex(); }
};

/// A signing key. Wiped from memory when destroyed; moved, never copied.
class SecretKey {
 public:
  /// The key of a 32-byte seed (RFC 8032 section 5.1.5).
  static SecretKey FromSeed(const std::array<std::uint8_t, 32>& seed);
  static SecretKey Generate(Random& random);

  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  ~SecretKey();

  const PublicKey& public_key() const { return public_key_; }
  /// For key files, and keys that are derived from this one.
  ByteView seed() const { return ByteView(expanded_).first(32); }

 private:
  friend Signature Sign(const SecretKey& key, ByteView message);
  SecretKey() = default;

  std::array<std::uint8_t, 64> expanded_{};
  PublicKey public_key_;
};

Signature Sign(const SecretKey& key, ByteView message);

/// False for a signature of any other length than 64, too.
bool Verify(const PublicKey& key, ByteView message, ByteView signature);

/// A canonical point of the prime-order subgroup, not of small order: what a key must be when it is
/// registered.
bool IsValidPoint(const PublicKey& key);

/// 32 bytes, or kInvalidArgument; not checked to be a point.
Result<PublicKey> PublicKeyFromBytes(ByteView bytes);

/// RFC 8410: the fixed 12-byte prefix, then the key.
Bytes SpkiDer(const PublicKey& key);

KeyId KeyIdOf(const PublicKey& key);
/// 64 lowercase hex digits.
Result<KeyId> KeyIdFromHex(std::string_view text);

}  // namespace aval::crypto
