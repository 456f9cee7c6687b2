#pragma once

#include <compare>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace aval::consensus {

/// A leader's period of office (Raft paper, section 5.1); 0 is "before the first election".
struct Term {
  std::uint64_t value = 0;
  friend auto operator<=>(const Term&, const Term&) = default;
};

/// Position in the replicated log; 0 is "before the first entry".
struct Index {
  std::uint64_t value = 0;
  friend auto operator<=>(const Index&, const Index&) = default;
};

struct NodeId {
  std::uint32_t value = 0;  // 1 and up; 0 is "nobody".
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};

/// Who sent a message, as its link says.
struct Sender {
  NodeId node;
  std::uint32_t incarnation = 1;  // See Member (core/configuration.h).
};

enum class EntryKind : std::uint8_t {
  kNoop = 0,           // Written by every new leader, to commit what older terms left.
  kBlock = 1,          // Opaque to consensus.
  kConfiguration = 2,  // Who takes part from here on: core/configuration.h.
  kMark = 3,           // Where a snapshot is to be cut; no payload.
};

/// One entry of the log. `chain` = SHA-256("aval-raft/v1\n" || previous chain || u64 term ||
/// u64 index || u8 kind || SHA-256(payload)): equal chains at one index mean equal prefixes. The
/// chain before the first entry is 32 zero bytes.
struct Entry {
  Term term;
  Index index;
  EntryKind kind = EntryKind::kNoop;
  std::shared_ptr<const Bytes> payload;  // Never null; empty for a no-op. Immutable once shared.
  crypto::Digest chain;
};

}  // namespace aval::consensus
