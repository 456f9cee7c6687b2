#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/log/leaf_range.h"

namespace aval::node {

/// What full nodes say to one another about snapshots and old leaves (docs/formats/snapshot.md).
/// Each travels as a net::Extension: SnapshotMessageNumber says under which number.

/// "Which snapshot do you have, and which leaves?"
struct AskNewest {
  friend bool operator==(const AskNewest&, const AskNewest&) = default;
};

struct OfferedSnapshot {
  crypto::Digest digest;         // Of its manifest.
  std::uint64_t raft_index = 0;  // Of its mark.
  friend bool operator==(const OfferedSnapshot&, const OfferedSnapshot&) = default;
};

/// The answer; also sent unasked when it changes.
struct Newest {
  std::optional<OfferedSnapshot> snapshot;
  std::uint64_t log_first = 0;  // Leaves from here on,
  std::uint64_t log_size = 0;   // below this.
  friend bool operator==(const Newest&, const Newest&) = default;
};

struct AskManifest {
  crypto::Digest digest;
  friend bool operator==(const AskManifest&, const AskManifest&) = default;
};

struct ManifestText {
  crypto::Digest digest;  // As it was asked for.
  Bytes text;             // At most SnapshotManifest::kBytesMax.
  friend bool operator==(const ManifestText&, const ManifestText&) = default;
};

struct AskChunk {
  crypto::Digest digest;  // Of the manifest.
  std::uint32_t number = 0;
  friend bool operator==(const AskChunk&, const AskChunk&) = default;
};

struct Chunk {
  crypto::Digest digest;
  std::uint32_t number = 0;
  Bytes bytes;  // 1 to SnapshotManifest::kChunkBytes.
  friend bool operator==(const Chunk&, const Chunk&) = default;
};

/// Leaves from `first` on of a log that ends at `size`: as many of their bundle as the answerer
/// likes, at least one.
struct AskLeaves {
  std::uint64_t first = 0;
  std::uint64_t size = 0;
  friend bool operator==(const AskLeaves&, const AskLeaves&) = default;
};

struct Leaves {
  ledger::LeafRange range;
  std::uint64_t size = 0;  // As it was asked for.
  friend bool operator==(const Leaves&, const Leaves&) = default;
};

/// Instead of an answer.
struct SnapshotRefused {
  enum class Reason : std::uint8_t {
    kGone = 1,  // Not here, or not any more.
    kBusy = 2,  // Asked too often: again later.
  };
  enum class Asked : std::uint8_t { kManifest = 1, kChunk = 2, kLeaves = 3 };
  Asked asked = Asked::kManifest;
  crypto::Digest digest;     // Zero for leaves.
  std::uint64_t number = 0;  // Of the chunk, or the first leaf; 0 for a manifest.
  Reason reason = Reason::kGone;
  std::uint32_t rest_ms = 0;  // For kBusy.
  friend bool operator==(const SnapshotRefused&, const SnapshotRefused&) = default;
};

/// "Of what I was told, no majority of institutions names a snapshot that I can use."
struct NoneTrusted {
  friend bool operator==(const NoneTrusted&, const NoneTrusted&) = default;
};

using SnapshotMessage = std::variant<AskNewest, Newest, AskManifest, ManifestText, AskChunk, Chunk,
                                     AskLeaves, Leaves, SnapshotRefused, NoneTrusted>;

/// The numbers of net::Extension: from this one on, in the order of the variant. For ever.
inline constexpr std::uint32_t kFirstSnapshotMessage = 1;
std::uint32_t SnapshotMessageNumber(const SnapshotMessage& message);
/// Whether a number is one of these.
bool IsSnapshotMessage(std::uint32_t number);

/// No body is longer: what peers' frames carry.
inline constexpr std::size_t kSnapshotMessageBytesMax = std::size_t{4} << 20U;
Bytes EncodeSnapshotMessage(const SnapshotMessage& message);
/// Exactly what Encode writes, within the bounds above; kCorruption names the message. `number`
/// satisfies IsSnapshotMessage.
Result<SnapshotMessage> DecodeSnapshotMessage(std::uint32_t number, ByteView body);

}  // namespace aval::node
