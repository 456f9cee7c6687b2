#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/record/calendar.h"
#include "ledger/types.h"

namespace aval::ledger {

/// What a leaf records. Numbers are for ever.
enum class LeafKind : std::uint8_t {
  kAct = 1,      // Body: the act's envelope, verbatim.
  kPolicy = 2,   // Body: the cosigners' policy in force from the next leaf on.
  kSeal = 3,     // Body: "SEAL", version, sizes and state root; 56 bytes.
  kGenesis = 4,  // Body: the founders' envelope, verbatim. Leaf 0 and no other.
  kSystem = 5,   // Body: SystemChunk.
};

inline constexpr std::size_t kLeafHeaderSize = 60;
/// Header and body: what one log entry may be long.
inline constexpr std::size_t kMaxEntrySize = 32 * 1024;
inline constexpr std::size_t kMaxLeafBodySize = kMaxEntrySize - kLeafHeaderSize;

/// The fixed part of an AVL1 record, the entry of the transparency log (docs/formats/log.md).
struct LeafHeader {
  LeafKind kind = LeafKind::kAct;
  std::uint16_t outcome = 0;  // ledger::Verdict; 0 = accepted.
  std::uint64_t index = 0;    // The leaf's own place in the log.
  std::int64_t time_ms = 0;   // Commit time, since 1970-01-01 UTC; not negative.
  crypto::Digest effects;     // Zero for a refusal and for kinds 2 and 3.
  friend bool operator==(const LeafHeader&, const LeafHeader&) = default;
};

/// A decoded entry. Views into the entry's bytes and lives no longer than they do.
struct LeafView {
  LeafHeader header;
  ByteView body;
};

/// Everything one leaf must satisfy by itself: kind 4 at index 0 only, kind 2 at index 1, outcomes
/// and the effects hash as the kind allows them, the body of kinds 3 and 5 well formed, at most
/// kMaxEntrySize. kInvalidArgument says which rule. What binds leaves to one another (index, time
/// order, re-execution) is the caller's.
Result<void> CheckLeaf(const LeafHeader& header, ByteView body);

/// The entry's bytes. Invariant: CheckLeaf accepts it; asserted, because a node would otherwise
/// commit to a leaf that no auditor can read.
Bytes EncodeLeaf(const LeafHeader& header, ByteView body);

/// Exactly one entry that satisfies CheckLeaf; kCorruption names the field.
Result<LeafView> DecodeLeaf(ByteView entry);

/// Body of a system leaf: which due items one sweep worked off.
struct SystemChunk {
  Day day;                           // The business day.
  Queue queue = Queue::kInstalment;  // One queue for each leaf.
  std::uint32_t items = 0;           // 1 to kMaxSystemItems.
  Bytes last_key;                    // State key of the last item; 1 to kMaxSystemKeySize bytes.
  friend bool operator==(const SystemChunk&, const SystemChunk&) = default;
};
inline constexpr std::uint32_t kMaxSystemItems = 512;
/// A sweep ends with the item that brings the sum of its items' effects to so many bytes, so that a
/// bundle of leaves stays a file that can be fetched.
inline constexpr std::size_t kSystemEffectsSize = 65'536;
inline constexpr std::size_t kMaxSystemKeySize = 256;

Bytes EncodeSystemChunk(const SystemChunk& chunk);
Result<SystemChunk> DecodeSystemChunk(ByteView body);

}  // namespace aval::ledger
