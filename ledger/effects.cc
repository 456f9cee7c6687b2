#include "ledger/effects.h"

#include <string>
#include <string_view>

#include "ledger/record/codec.h"
#include "ledger/record/table.h"

namespace aval::ledger {
namespace {

constexpr std::string_view kDomain = "aval-effects/v1\n";
constexpr std::uint8_t kPut = 1;
constexpr std::uint8_t kDelete = 2;
constexpr std::uint8_t kLine = 3;

bool IsOutcome(ByteView key) {
  return !key.empty() && key[0] == static_cast<std::uint8_t>(Table::kOutcome);
}

Error Corrupt(const std::string& what, std::size_t offset) {
  return {.code = Code::kCorruption,
          .message = "effects: " + what + " at offset " + std::to_string(offset)};
}

void WriteJournalLine(ByteWriter& out, const JournalLine& line) {
  out.U8(kJournalLineVersion);
  Encoder(out).Write(line);
}

std::size_t JournalLineSize(const JournalLine& line) { return 1 + EncodedSize(line); }

Result<JournalLine> DecodeLine(ByteView bytes, std::size_t offset) {
  ByteReader in(bytes);
  JournalLine line;
  if (in.U8() != kJournalLineVersion) {
    return Corrupt("journal line of an unknown version", offset);
  }
  Decoder decoder(in);
  decoder.Read(line);
  if (!decoder.AtEnd()) return Corrupt("damaged journal line", offset);
  const bool debit = line.debit.minor > 0 && line.credit.minor == 0;
  const bool credit = line.credit.minor > 0 && line.debit.minor == 0;
  if (!debit && !credit) {
    return Corrupt("journal line that is not either debit or credit", offset);
  }
  return line;
}

}  // namespace

Bytes EncodeJournalLine(const JournalLine& line) {
  ByteWriter out;
  WriteJournalLine(out, line);
  return out.Take();
}

Bytes EncodeEffects(const Writes& writes, std::span<const JournalLine> journal) {
  ByteWriter out;
  out.Reserve(EffectsSize(writes, journal));
  for (const auto& [key, value] : writes) {
    if (IsOutcome(key)) continue;
    out.U8(value ? kPut : kDelete);
    out.Sized(key);
    out.Sized(value ? ByteView(*value) : ByteView());
  }
  for (const JournalLine& line : journal) {
    out.U8(kLine);
    out.U32(static_cast<std::uint32_t>(JournalLineSize(line)));
    WriteJournalLine(out, line);
  }
  return out.Take();
}

std::size_t EffectsSize(const Writes& writes, std::span<const JournalLine> journal) {
  constexpr std::size_t kOp = 1;
  constexpr std::size_t kLength = 4;
  std::size_t size = 0;
  for (const auto& [key, value] : writes) {
    if (!IsOutcome(key)) size += kOp + 2 * kLength + key.size() + (value ? value->size() : 0);
  }
  // Lines are of fixed width.
  if (!journal.empty()) {
    size += journal.size() * (kOp + kLength + JournalLineSize(journal.front()));
  }
  return size;
}

Result<Effects> DecodeEffects(ByteView bytes) {
  ByteReader in(bytes);
  Effects effects;
  while (!in.empty()) {
    const std::size_t start = in.offset();
    const std::uint8_t op = in.U8();
    if (op == kLine) {
      const ByteView encoded = in.Sized();
      if (!in.ok()) return Corrupt("journal line cut short", start);
      AVAL_TRY(const JournalLine line, DecodeLine(encoded, start));
      effects.journal.push_back(line);
      continue;
    }
    if (op != kPut && op != kDelete) return Corrupt("unknown operation", start);
    if (!effects.journal.empty()) return Corrupt("write after the journal", start);
    const ByteView key = in.Sized();
    const ByteView value = in.Sized();
    if (!in.ok()) return Corrupt("write cut short", start);
    if (key.empty() || IsOutcome(key)) return Corrupt("key that effects never have", start);
    if (!effects.writes.empty() && CompareBytes(effects.writes.rbegin()->first, key) >= 0) {
      return Corrupt("keys not ascending", start);
    }
    if (op == kDelete && !value.empty()) return Corrupt("deletion with a value", start);
    effects.writes.emplace_hint(effects.writes.end(), CopyBytes(key),
                                op == kPut ? std::optional(CopyBytes(value)) : std::nullopt);
  }
  return effects;
}

crypto::Digest HashEffects(ByteView effects) { return crypto::Sha256(AsBytes(kDomain), effects); }

}  // namespace aval::ledger
