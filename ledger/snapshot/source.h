#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/snapshot/manifest.h"
#include "ledger/state/store.h"

namespace aval::ledger {

/// The first key of the replicated records: what lies below is a node's own bookkeeping and in no
/// snapshot.
inline const Bytes kFirstRecordKey{0x10};

/// A ledger at one applied entry, as its applier hands it out: cheap to take, and all that a
/// snapshot of it needs but Raft's own part.
struct SnapshotCut {
  std::unique_ptr<Reader> state;  // Unmoved by what is applied later.
  crypto::Digest genesis;
  std::uint64_t raft_index = 0;
  crypto::Frontier tree;
  LogEnd end;
  std::int64_t time_ms = 0;
};

/// Serves one snapshot: the state as a stream of pairs, cut into chunks that can be read in any
/// order.
///
/// The stream is every pair from table 0x10 on in key order, each as u32 length, key, u32 length,
/// value; a pair may lie in several chunks. Nothing of it is kept but where each chunk begins.
/// Threads: Make on one that may be busy for as long as the whole state takes to read; the rest
/// from all.
class SnapshotSource {
 public:
  /// Reads all of the state once, for the manifest. `mark.index` is the cut's. kInvalidArgument
  /// where the state is larger than a manifest can name.
  static Result<std::unique_ptr<SnapshotSource>> Make(
      SnapshotCut cut, RaftMark mark, std::uint32_t chunk_bytes = SnapshotManifest::kChunkBytes);

  const SnapshotManifest& manifest() const { return manifest_; }
  const Bytes& encoded_manifest() const { return encoded_; }
  const crypto::Digest& digest() const { return digest_; }

  /// kNotFound beyond the last; kCorruption where the store does not give again what it gave.
  Result<Bytes> Chunk(std::size_t number) const;

 private:
  // Where a chunk begins: so many bytes into this key's pair.
  struct Place {
    Bytes key;
    std::size_t offset = 0;
  };
  explicit SnapshotSource(std::unique_ptr<Reader> state) : state_(std::move(state)) {}
  Result<void> ReadAll();

  const std::unique_ptr<Reader> state_;
  SnapshotManifest manifest_;
  Bytes encoded_;
  crypto::Digest digest_;
  std::vector<Place> places_;  // By chunk.
};

}  // namespace aval::ledger
