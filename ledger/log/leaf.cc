#include "ledger/log/leaf.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "ledger/verdict.h"

namespace aval::ledger {

namespace {

constexpr std::string_view kMagic = "AVL1";
constexpr std::string_view kSealMagic = "SEAL";
constexpr std::size_t kSealSize = 56;

Error Refused(std::string reason) {
  return {.code = Code::kInvalidArgument, .message = std::move(reason)};
}

bool KnownKind(std::uint8_t kind) { return kind >= 1 && kind <= 5; }

bool KnownQueue(std::uint8_t queue) {
  switch (static_cast<Queue>(queue)) {
    case Queue::kInstalment:
    case Queue::kReservation:
    case Queue::kGrant:
    case Queue::kAttestation:
    case Queue::kInvitation:
    case Queue::kDebit:
    case Queue::kAgreement:
    case Queue::kPayable:
    case Queue::kDispute:
    case Queue::kRestructuring:
    case Queue::kClaim:
    case Queue::kOutcome:
      return true;
  }
  return false;
}

Result<void> CheckSealBody(ByteView body) {
  ByteReader in(body);
  const bool ours = AsText(in.Raw(kSealMagic.size())) == kSealMagic && in.U8() == 1;
  in.U8();
  if (body.size() != kSealSize || !ours || in.U16() != 0) return Refused("malformed seal body");
  return {};
}

Result<void> CheckOutcome(const LeafHeader& header) {
  const bool accepted = header.outcome == 0;
  const bool has_effects = header.effects != crypto::Digest{};
  switch (header.kind) {
    case LeafKind::kAct:
      if (IsDropped(static_cast<Verdict>(header.outcome))) {
        return Refused("outcome " + std::to_string(header.outcome) + " leaves no leaf");
      }
      if (!accepted && has_effects) return Refused("a refusal has no effects");
      return {};
    case LeafKind::kPolicy:
    case LeafKind::kSeal:
      if (!accepted || has_effects) return Refused("policy and seal leaves have no effects");
      return {};
    case LeafKind::kGenesis:
    case LeafKind::kSystem:
      if (!accepted) return Refused("genesis and system leaves have outcome 0");
      return {};
  }
  return Refused("unknown kind");
}

}  // namespace

Result<void> CheckLeaf(const LeafHeader& header, ByteView body) {
  if (!KnownKind(static_cast<std::uint8_t>(header.kind))) return Refused("unknown kind");
  if ((header.kind == LeafKind::kGenesis) != (header.index == 0)) {
    return Refused("genesis is leaf 0 and no other");
  }
  if (header.index == 1 && header.kind != LeafKind::kPolicy) {
    return Refused("leaf 1 is the first cosigners' policy");
  }
  if (header.time_ms < 0) return Refused("commit time before 1970");
  if (body.empty() || body.size() > kMaxLeafBodySize) {
    return Refused("body of " + std::to_string(body.size()) + " bytes");
  }
  AVAL_CHECK(CheckOutcome(header));
  if (header.kind == LeafKind::kSeal) return CheckSealBody(body);
  if (header.kind == LeafKind::kSystem) {
    if (const Result<SystemChunk> chunk = DecodeSystemChunk(body); !chunk) return chunk.error();
  }
  return {};
}

Bytes EncodeLeaf(const LeafHeader& header, ByteView body) {
  AVAL_ASSERT(CheckLeaf(header, body).has_value());
  ByteWriter out;
  out.Raw(AsBytes(kMagic));
  out.U8(static_cast<std::uint8_t>(header.kind));
  out.U8(0);
  out.U16(header.outcome);
  out.U64(header.index);
  out.I64(header.time_ms);
  out.Raw(header.effects);
  out.U32(static_cast<std::uint32_t>(body.size()));
  out.Raw(body);
  return out.Take();
}

Result<LeafView> DecodeLeaf(ByteView entry) {
  const auto corrupt = [](const std::string& what) {
    return Error{.code = Code::kCorruption, .message = "AVL1 entry: " + what};
  };
  if (entry.size() > kMaxEntrySize) return corrupt("longer than 32 KiB");
  ByteReader in(entry);
  LeafView leaf;
  if (AsText(in.Raw(kMagic.size())) != kMagic) return corrupt("wrong magic");
  leaf.header.kind = static_cast<LeafKind>(in.U8());
  if (in.U8() != 0) return corrupt("byte 5 is not zero");
  leaf.header.outcome = in.U16();
  leaf.header.index = in.U64();
  leaf.header.time_ms = in.I64();
  leaf.header.effects.bytes = in.Array<32>();
  leaf.body = in.Sized();
  if (!in.AtEnd()) return corrupt("body length does not match");
  if (const Result<void> checked = CheckLeaf(leaf.header, leaf.body); !checked) {
    return corrupt(checked.error().message);
  }
  return leaf;
}

Bytes EncodeSystemChunk(const SystemChunk& chunk) {
  ByteWriter out;
  out.U32(static_cast<std::uint32_t>(chunk.day.number));
  out.U8(static_cast<std::uint8_t>(chunk.queue));
  out.U32(chunk.items);
  out.Raw(chunk.last_key);
  return out.Take();
}

Result<SystemChunk> DecodeSystemChunk(ByteView body) {
  constexpr std::size_t kFixedSize = 9;
  ByteReader in(body);
  SystemChunk chunk;
  const std::uint32_t day = in.U32();
  const std::uint8_t queue = in.U8();
  chunk.items = in.U32();
  if (!in.ok()) return Refused("system chunk ends early");
  if (day > INT32_MAX) return Refused("system chunk of day " + std::to_string(day));
  if (!KnownQueue(queue)) return Refused("system chunk of queue " + std::to_string(queue));
  if (chunk.items == 0 || chunk.items > kMaxSystemItems) {
    return Refused("system chunk of " + std::to_string(chunk.items) + " items");
  }
  chunk.day.number = static_cast<std::int32_t>(day);
  chunk.queue = static_cast<Queue>(queue);
  chunk.last_key = CopyBytes(body.subspan(kFixedSize));
  if (chunk.last_key.empty() || chunk.last_key.size() > kMaxSystemKeySize) {
    return Refused("system chunk with a last key of " + std::to_string(chunk.last_key.size()) +
                   " bytes");
  }
  return chunk;
}

}  // namespace aval::ledger
