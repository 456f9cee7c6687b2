#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/ed25519.h"

namespace aval::crypto {

/// A private key at rest: Argon2id (RFC 9106) over the passphrase, then libsodium's secretbox over
/// the seed. A text of eight lines:
///
///     aval-key/v1
///     purpose <word>            what the key signs: log, cosigner, tls, ops, credit, ...
///     name <word>               whose it is
///     public <base64, 32 bytes>
///     argon2id <passes> <memory in bytes> <base64 salt, 16 bytes>
///     nonce <base64, 24 bytes>
///     box <base64, 48 bytes>
///     check <16 hex digits: SHA-256 of the lines above, first 8 bytes>

/// What guessing a passphrase costs.
struct KeyFileCost {
  std::uint64_t passes = 3;
  std::size_t memory_bytes = std::size_t{64} << 20U;
};
/// For tests and demonstrations, whose passphrases are public.
inline constexpr KeyFileCost kCheapestKeyFile{.passes = 1, .memory_bytes = 8192};

struct KeyFileHeader {
  std::string purpose;
  std::string name;
  PublicKey public_key;
};

/// `purpose` and `name` are printable ASCII without spaces, 1 to 128 bytes.
Result<std::string> SealKey(const SecretKey& key, const std::string& purpose,
                            const std::string& name, std::string_view passphrase,
                            const KeyFileCost& cost, Random& random);

/// The part in clear. kCorruption when the file is damaged.
Result<KeyFileHeader> ReadKeyFileHeader(std::string_view text);

/// kCorruption when the file is damaged, kDenied when the passphrase is wrong, kInvalidArgument
/// when it asks for more than 1 GiB of memory or 64 passes.
Result<SecretKey> OpenKey(std::string_view text, std::string_view passphrase);
/// Reads the file, too; errors name it.
Result<SecretKey> LoadKey(Disk& disk, const std::filesystem::path& file,
                          std::string_view passphrase);

}  // namespace aval::crypto
