#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/rules/context.h"
#include "ledger/state/store.h"

namespace aval::ledger {

/// First byte of an encoded journal line; the fields of JournalLine follow.
inline constexpr std::uint8_t kJournalLineVersion = 1;
Bytes EncodeJournalLine(const JournalLine& line);

/// What an accepted act (or a system leaf) did: its net state writes without outcomes, then its
/// journal lines (formats.md 1.3). This text is what the effects segments keep and what is hashed:
/// for each key in byte order u8 op (1 put, 2 delete), u32 length, key, u32 length, value (a
/// deletion: length 0); then for each line in posting order u8 3, u32 length, line.
Bytes EncodeEffects(const Writes& writes, std::span<const JournalLine> journal);

/// Its size.
std::size_t EffectsSize(const Writes& writes, std::span<const JournalLine> journal);

struct Effects {
  Writes writes;
  std::vector<JournalLine> journal;
};
/// Exactly what EncodeEffects writes; kCorruption names the offset.
Result<Effects> DecodeEffects(ByteView bytes);

/// SHA-256("aval-effects/v1\n" || effects).
crypto::Digest HashEffects(ByteView effects);

}  // namespace aval::ledger
