#include "crypto/note.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"

namespace aval::crypto {

namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a space.
constexpr std::size_t kSignaturesMax = 100;
constexpr std::size_t kCosignatureSize = 8 + 64;

Error Wrong(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "note: " + what};
}

bool IsControl(std::uint32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

// White_Space of Unicode 15 outside ASCII and the control characters.
bool IsSpace(std::uint32_t point) {
  constexpr std::array kSpaces{0xa0U, 0x1680U, 0x2028U, 0x2029U, 0x202fU, 0x205fU, 0x3000U};
  return (point >= 0x2000 && point <= 0x200a) || std::ranges::count(kSpaces, point) > 0;
}

// UTF-8 without control characters other than LF.
bool IsCleanText(std::string_view text) {
  while (const auto point = TakeCodePoint(text)) {
    if (IsControl(*point) && *point != '\n') return false;
  }
  return text.empty();
}

bool IsKeyName(std::string_view name) {
  if (name.empty()) return false;
  while (const auto point = TakeCodePoint(name)) {
    if (*point <= 0x20 || IsControl(*point) || *point == '+' || IsSpace(*point)) return false;
  }
  return name.empty();
}

std::string CosignedMessage(std::string_view text, std::uint64_t unix_seconds) {
  return "cosignature/v1\ntime " + std::to_string(unix_seconds) + "\n" + std::string(text);
}

Result<std::uint64_t> Decimal(std::string_view text) {
  const auto value = ParseDecimal<std::uint64_t>(text);
  if (!value || *value > INT64_MAX) {
    return Wrong("not a decimal number without leading zeros");
  }
  return *value;
}

}  // namespace

std::array<std::uint8_t, 4> Vkey::Id() const {
  Bytes input(name.begin(), name.end());
  input.push_back('\n');
  input.push_back(static_cast<std::uint8_t>(type));
  input.insert(input.end(), key.bytes.begin(), key.bytes.end());
  const Digest digest = Sha256(input);
  return {digest.bytes[0], digest.bytes[1], digest.bytes[2], digest.bytes[3]};
}

std::string Vkey::Text() const {
  Bytes encoded{static_cast<std::uint8_t>(type)};
  encoded.insert(encoded.end(), key.bytes.begin(), key.bytes.end());
  return name + "+" + ToHex(Id()) + "+" + ToBase64(encoded);
}

Result<Vkey> Vkey::Parse(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return Wrong("vkey is not name+id+key");
  Vkey vkey;
  vkey.name = std::string(text.substr(0, first));
  if (!IsKeyName(vkey.name)) return Wrong("vkey has a bad name");
  AVAL_TRY(const Bytes id, FromHex(text.substr(first + 1, second - first - 1)));
  AVAL_TRY(const Bytes encoded, FromBase64(text.substr(second + 1)));
  if (encoded.size() != 33 || (encoded[0] != 0x01 && encoded[0] != 0x04)) {
    return Wrong("vkey of " + vkey.name + " is of an unknown type or length");
  }
  vkey.type = static_cast<NoteKeyType>(encoded[0]);
  std::copy(encoded.begin() + 1, encoded.end(), vkey.key.bytes.begin());
  if (!EqualBytes(id, vkey.Id())) return Wrong("vkey of " + vkey.name + " has a wrong key id");
  return vkey;
}

std::string NoteSignature::Line() const {
  Bytes encoded(key_id.begin(), key_id.end());
  encoded.insert(encoded.end(), signature.begin(), signature.end());
  return std::string(kDash) + name + " " + ToBase64(encoded);
}

Result<NoteSignature> NoteSignature::Parse(std::string_view line) {
  if (!line.starts_with(kDash)) return Wrong("signature line does not begin with a dash");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) {
    return Wrong("signature line without a key name");
  }
  NoteSignature parsed;
  parsed.name = std::string(line.substr(0, space));
  AVAL_TRY(const Bytes encoded, FromBase64(line.substr(space + 1)));
  if (encoded.size() < 5) return Wrong("signature of " + parsed.name + " is too short");
  std::copy(encoded.begin(), encoded.begin() + 4, parsed.key_id.begin());
  parsed.signature.assign(encoded.begin() + 4, encoded.end());
  return parsed;
}

std::string Note::Format() const {
  std::string bytes = text + "\n";
  for (const NoteSignature& signature : signatures) bytes += signature.Line() + "\n";
  return bytes;
}

Result<Note> Note::Parse(std::string_view bytes) {
  if (!IsCleanText(bytes)) return Wrong("control characters or broken UTF-8");
  if (!bytes.ends_with('\n')) return Wrong("no final newline");
  const std::size_t blank = bytes.rfind("\n\n");
  if (blank == std::string_view::npos) return Wrong("no blank line before the signatures");
  Note note;
  note.text = std::string(bytes.substr(0, blank + 1));
  std::string_view block = bytes.substr(blank + 2);
  if (block.empty()) return Wrong("no signature");
  while (!block.empty()) {
    if (note.signatures.size() == kSignaturesMax) return Wrong("more than 100 signatures");
    const std::size_t end = block.find('\n');
    AVAL_TRY(NoteSignature signature, NoteSignature::Parse(block.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    block.remove_prefix(end + 1);
  }
  return note;
}

std::string Checkpoint::Text() const {
  return origin + "\n" + std::to_string(size) + "\n" + ToBase64(root) + "\n";
}

Result<Checkpoint> Checkpoint::Parse(std::string_view text) {
  if (std::count(text.begin(), text.end(), '\n') != 3 || !text.ends_with('\n')) {
    return Wrong("a checkpoint has exactly three lines");
  }
  const std::size_t first = text.find('\n');
  const std::size_t second = text.find('\n', first + 1);
  Checkpoint checkpoint;
  checkpoint.origin = std::string(text.substr(0, first));
  if (!IsKeyName(checkpoint.origin)) return Wrong("checkpoint has a bad origin");
  AVAL_TRY(checkpoint.size, Decimal(text.substr(first + 1, second - first - 1)));
  AVAL_TRY(const Bytes root, FromBase64(text.substr(second + 1, text.size() - second - 2)));
  const std::optional<Digest> digest = Digest::From(root);
  if (!digest) return Wrong("checkpoint root is not 32 bytes");
  checkpoint.root = *digest;
  return checkpoint;
}

NoteSignature SignNote(std::string_view text, const std::string& name, const SecretKey& key) {
  const Vkey vkey{.name = name, .type = NoteKeyType::kLog, .key = key.public_key()};
  const Signature signature = Sign(key, AsBytes(text));
  return {.name = name, .key_id = vkey.Id(), .signature = CopyBytes(signature.bytes)};
}

NoteSignature CosignNote(std::string_view text, const std::string& name, const SecretKey& key,
                         std::uint64_t unix_seconds) {
  const Vkey vkey{.name = name, .type = NoteKeyType::kCosigner, .key = key.public_key()};
  const std::string message = CosignedMessage(text, unix_seconds);
  ByteWriter timed;
  timed.U64(unix_seconds);
  timed.Raw(Sign(key, AsBytes(message)).bytes);
  return {.name = name, .key_id = vkey.Id(), .signature = timed.Take()};
}

Result<std::vector<NoteSigner>> VerifyNote(const Note& note, std::span<const Vkey> keys) {
  std::vector<NoteSigner> signers;
  std::set<Vkey> seen;
  for (const NoteSignature& line : note.signatures) {
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const Vkey& key) {
      return key.name == line.name && key.Id() == line.key_id;
    });
    if (known == keys.end()) continue;
    NoteSigner signer{.key = *known};
    bool good = false;
    switch (known->type) {
      case NoteKeyType::kLog:
        good = Verify(known->key, AsBytes(note.text), line.signature);
        break;
      case NoteKeyType::kCosigner: {
        if (line.signature.size() != kCosignatureSize) break;
        ByteReader in(line.signature);
        signer.unix_seconds = in.U64();
        if (signer.unix_seconds > INT64_MAX) break;
        const std::string message = CosignedMessage(note.text, signer.unix_seconds);
        good = Verify(known->key, AsBytes(message), in.Raw(64));
        break;
      }
    }
    if (!good) return Wrong("bad signature by " + known->name);
    // A note that was cosigned again has more than one line of a key, which counts once.
    if (seen.insert(*known).second) signers.push_back(std::move(signer));
  }
  return signers;
}

}  // namespace aval::crypto
