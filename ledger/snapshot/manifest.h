#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/log/log_reader.h"

namespace aval::ledger {

/// A configuration of Raft's members as the log of entries has it. What its bytes mean is no matter
/// of the ledger.
struct RaftConfiguration {
  std::uint64_t index = 0;  // Of its entry.
  Bytes bytes;
  friend bool operator==(const RaftConfiguration&, const RaftConfiguration&) = default;
};

/// The entry of the Raft log at which a snapshot is cut, and all that who goes on from there needs
/// to know of those before.
struct RaftMark {
  static constexpr std::size_t kConfigurationsMax = 16;
  static constexpr std::size_t kConfigurationBytesMax = std::size_t{256} << 10U;  // Of all.

  std::uint64_t index = 0;  // From 1.
  std::uint64_t term = 0;
  crypto::Digest chain;
  /// In force at the mark and, where one is not yet committed there, before it; ascending, at or
  /// below `index`.
  std::vector<RaftConfiguration> configurations;

  void EncodeTo(ByteWriter& out) const;
  /// What does not decode, or breaks a rule above, makes `in` fail or gives false.
  static bool DecodeFrom(ByteReader& in, RaftMark& mark);
  friend bool operator==(const RaftMark&, const RaftMark&) = default;
};

/// What a snapshot of the ledger is: the state after one applied entry of the Raft log, and what
/// each part of its stream hashes to (docs/formats/snapshot.md). Nodes that have applied the same
/// entries have the same manifest, byte for byte.
struct SnapshotManifest {
  static constexpr std::size_t kChunkBytes = std::size_t{1} << 20U;  // What nodes use.
  static constexpr std::size_t kChunkBytesMin = 64;
  /// 3.2 MB of digests, so that a manifest fits a frame between peers: 97 GiB of state.
  static constexpr std::size_t kChunksMax = 100'000;
  /// A longer one cannot be one.
  static constexpr std::size_t kBytesMax = std::size_t{3'500'000};

  crypto::Digest genesis;  // SHA-256 of the founders' envelope.
  RaftMark raft;
  crypto::Frontier tree;  // Of the applied log.
  LogEnd end;             // Where that log ends, in the segments of Log::Options' default.
  std::int64_t time_ms = 0;
  std::uint64_t keys = 0;              // Pairs in the stream.
  std::uint64_t bytes = 0;             // Of the stream.
  std::uint32_t chunk_bytes = 0;       // Of each chunk but the last, which has the rest.
  std::vector<crypto::Digest> chunks;  // SHA-256 of each.

  /// kCorruption names the field. One text for one value: what decodes encodes to the same bytes.
  static Result<SnapshotManifest> Decode(ByteView bytes);
  /// What Decode accepts; asserted.
  Bytes Encode() const;
  /// By which nodes name it: SHA-256("aval-snapshot/v1\n" || Encode()).
  crypto::Digest Digest() const;

  std::size_t BytesOfChunk(std::size_t number) const;
  friend bool operator==(const SnapshotManifest&, const SnapshotManifest&) = default;
};

/// The digest of a manifest in its encoding.
crypto::Digest ManifestDigest(ByteView encoded);

}  // namespace aval::ledger
