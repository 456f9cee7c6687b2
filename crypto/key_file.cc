#include "crypto/key_file.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/sodium.h"

namespace aval::crypto {

namespace {

constexpr std::string_view kMagic = "aval-key/v1";
constexpr std::size_t kBoxSize = 32 + crypto_secretbox_MACBYTES;
constexpr std::uint64_t kPassesMax = 64;
constexpr std::uint64_t kMemoryMax = std::uint64_t{1} << 30U;

struct Fields {
  KeyFileHeader header;
  KeyFileCost cost;
  Bytes salt;
  Bytes nonce;
  Bytes box;
};

Error Damaged(const std::string& what) {
  return {.code = Code::kCorruption, .message = "key file: " + what};
}

bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string CheckOf(std::string_view lines) {
  return ToHex(ByteView(Sha256(AsBytes(lines)).bytes).first(8));
}

/// Wiped when it goes out of scope.
struct BoxKey {
  std::array<std::uint8_t, crypto_secretbox_KEYBYTES> bytes{};
  BoxKey() = default;
  BoxKey(const BoxKey&) = delete;
  BoxKey& operator=(const BoxKey&) = delete;
  ~BoxKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

Result<void> Derive(std::string_view passphrase, ByteView salt, const KeyFileCost& cost,
                    BoxKey& key) {
  InitialiseSodium();
  if (crypto_pwhash(key.bytes.data(), key.bytes.size(), passphrase.data(), passphrase.size(),
                    salt.data(), cost.passes, cost.memory_bytes,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{.code = Code::kInvalidArgument, .message = "key file: Argon2id cost not possible"};
  }
  return {};
}

Result<Bytes> Base64Field(std::string_view text, std::size_t size, const char* name) {
  auto bytes = FromBase64(text);
  if (!bytes || bytes->size() != size) return Damaged(std::string("bad ") + name);
  return bytes;
}

Result<std::uint64_t> NumberField(std::string_view text, std::uint64_t most, const char* name) {
  const auto value = ParseDecimal<std::uint64_t>(text);
  if (!value) return Damaged(std::string("bad ") + name);
  if (*value > most) {
    return Error{.code = Code::kInvalidArgument,
                 .message = std::string("key file: ") + name + " above " + std::to_string(most)};
  }
  return *value;
}

/// The words of each line, split at single spaces.
Result<std::vector<std::vector<std::string_view>>> Lines(std::string_view text) {
  const std::size_t check = text.rfind("check ");
  if (check == std::string_view::npos ||
      text.substr(check) != "check " + CheckOf(text.substr(0, check)) + "\n") {
    return Damaged("checksum differs");
  }
  std::vector<std::vector<std::string_view>> lines;
  for (std::string_view rest = text.substr(0, check); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return Damaged("a line does not end");
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    auto& words = lines.emplace_back();
    for (std::size_t space = line.find(' '); space != std::string_view::npos;
         space = line.find(' ')) {
      words.push_back(line.substr(0, space));
      line.remove_prefix(space + 1);
    }
    words.push_back(line);
  }
  return lines;
}

Result<Fields> Parse(std::string_view text) {
  AVAL_TRY(const auto lines, Lines(text));
  constexpr std::array<std::string_view, 7> kNames{kMagic,     "purpose", "name", "public",
                                                   "argon2id", "nonce",   "box"};
  constexpr std::array<std::size_t, 7> kWords{1, 2, 2, 2, 4, 2, 2};
  if (lines.size() != kNames.size()) return Damaged("wrong number of lines");
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (lines[i].size() != kWords[i] || lines[i][0] != kNames[i]) {
      return Damaged("line " + std::to_string(i + 1) + " is not \"" + std::string(kNames[i]) +
                     "\"");
    }
  }
  Fields fields;
  fields.header.purpose = std::string(lines[1][1]);
  fields.header.name = std::string(lines[2][1]);
  AVAL_TRY(const Bytes key, Base64Field(lines[3][1], 32, "public key"));
  AVAL_TRY(fields.header.public_key, PublicKeyFromBytes(key));
  AVAL_TRY(fields.cost.passes, NumberField(lines[4][1], kPassesMax, "passes"));
  AVAL_TRY(fields.cost.memory_bytes, NumberField(lines[4][2], kMemoryMax, "memory"));
  AVAL_TRY(fields.salt, Base64Field(lines[4][3], crypto_pwhash_SALTBYTES, "salt"));
  AVAL_TRY(fields.nonce, Base64Field(lines[5][1], crypto_secretbox_NONCEBYTES, "nonce"));
  AVAL_TRY(fields.box, Base64Field(lines[6][1], kBoxSize, "box"));
  return fields;
}

}  // namespace

Result<std::string> SealKey(const SecretKey& key, const std::string& purpose,
                            const std::string& name, std::string_view passphrase,
                            const KeyFileCost& cost, Random& random) {
  if (!IsWord(purpose) || !IsWord(name)) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "a key's purpose and name are printable ASCII without spaces"};
  }
  Bytes salt(crypto_pwhash_SALTBYTES);
  Bytes nonce(crypto_secretbox_NONCEBYTES);
  random.Fill(salt);
  random.Fill(nonce);
  BoxKey box_key;
  AVAL_CHECK(Derive(passphrase, salt, cost, box_key));
  Bytes box(kBoxSize);
  AVAL_ASSERT(crypto_secretbox_easy(box.data(), key.seed().data(), key.seed().size(), nonce.data(),
                                    box_key.bytes.data()) == 0);
  const std::string lines = std::string(kMagic) + "\npurpose " + purpose + "\nname " + name +
                            "\npublic " + ToBase64(key.public_key().bytes) + "\nargon2id " +
                            std::to_string(cost.passes) + " " + std::to_string(cost.memory_bytes) +
                            " " + ToBase64(salt) + "\nnonce " + ToBase64(nonce) + "\nbox " +
                            ToBase64(box) + "\n";
  return lines + "check " + CheckOf(lines) + "\n";
}

Result<KeyFileHeader> ReadKeyFileHeader(std::string_view text) {
  AVAL_TRY(Fields fields, Parse(text));
  return std::move(fields.header);
}

Result<SecretKey> OpenKey(std::string_view text, std::string_view passphrase) {
  AVAL_TRY(const Fields fields, Parse(text));
  BoxKey box_key;
  AVAL_CHECK(Derive(passphrase, fields.salt, fields.cost, box_key));
  std::array<std::uint8_t, 32> seed{};
  if (crypto_secretbox_open_easy(seed.data(), fields.box.data(), fields.box.size(),
                                 fields.nonce.data(), box_key.bytes.data()) != 0) {
    return Error{.code = Code::kDenied, .message = "key file: wrong passphrase"};
  }
  SecretKey key = SecretKey::FromSeed(seed);
  sodium_memzero(seed.data(), seed.size());
  if (key.public_key() != fields.header.public_key) {
    return Damaged("the private key is not that of the public key in clear");
  }
  return key;
}

Result<SecretKey> LoadKey(Disk& disk, const std::filesystem::path& file,
                          std::string_view passphrase) {
  AVAL_TRY(const Bytes text, disk.ReadFile(file));
  auto key = OpenKey(AsText(text), passphrase);
  if (!key) {
    return Error{.code = key.error().code, .message = file.string() + ": " + key.error().message};
  }
  return key;
}

}  // namespace aval::crypto
