#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace aval::crypto {

/// Signed notes, checkpoints and cosignatures: c2sp.org/signed-note, tlog-checkpoint and
/// tlog-cosignature, unchanged (formats.md 1.5 and 1.6).

enum class NoteKeyType : std::uint8_t {
  kLog = 0x01,       // Ed25519 over the note text; a log key's name is the origin.
  kCosigner = 0x04,  // Ed25519 over "cosignature/v1\ntime T\n" and the note text.
};

/// A public key for notes: "<name>+<key id, 8 hex>+<base64 of type || key>".
struct Vkey {
  std::string name;
  NoteKeyType type = NoteKeyType::kLog;
  PublicKey key;
  friend auto operator<=>(const Vkey&, const Vkey&) = default;

  /// SHA-256(name || 0x0A || type || key)[0:4].
  std::array<std::uint8_t, 4> Id() const;
  std::string Text() const;
  static Result<Vkey> Parse(std::string_view text);
};

/// One line of a note's signature block.
struct NoteSignature {
  std::string name;
  std::array<std::uint8_t, 4> key_id{};
  Bytes signature;  // 0x01: 64 bytes; 0x04: u64 seconds and 64 bytes; others opaque.

  /// "— <name> base64(key id || signature)", without the line's end.
  std::string Line() const;
  static Result<NoteSignature> Parse(std::string_view line);
};

struct Note {
  std::string text;  // With its last newline, without the blank line.
  std::vector<NoteSignature> signatures;

  std::string Format() const;
  /// UTF-8, no control character but LF, the signature block after the last blank line, at least
  /// one and at most 100 signatures, final newline.
  static Result<Note> Parse(std::string_view bytes);
};

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root;

  std::string Text() const;
  /// Three lines, no extensions; the size decimal without leading zero, below 2^63.
  static Result<Checkpoint> Parse(std::string_view text);
};

/// Signs the text with a log key of this name.
NoteSignature SignNote(std::string_view text, const std::string& name, const SecretKey& key);
/// Cosigns the text at `unix_seconds`.
NoteSignature CosignNote(std::string_view text, const std::string& name, const SecretKey& key,
                         std::uint64_t unix_seconds);

/// A key that has verifiably signed a note.
struct NoteSigner {
  Vkey key;
  std::uint64_t unix_seconds = 0;  // Of a cosignature; else 0.
};

/// Which of `keys` have signed. Lines of other keys are ignored; a line of one of these keys that
/// does not verify, or a second line of one, refuses the whole note.
Result<std::vector<NoteSigner>> VerifyNote(const Note& note, std::span<const Vkey> keys);

}  // namespace aval::crypto
