#include "ledger/snapshot/source.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/snapshot/stream.h"

namespace aval::ledger {

Result<std::unique_ptr<SnapshotSource>> SnapshotSource::Make(SnapshotCut cut, RaftMark mark,
                                                             std::uint32_t chunk_bytes) {
  AVAL_ASSERT(mark.index == cut.raft_index);
  AVAL_ASSERT(chunk_bytes >= SnapshotManifest::kChunkBytesMin &&
              chunk_bytes <= SnapshotManifest::kChunkBytes);
  std::unique_ptr<SnapshotSource> source(new SnapshotSource(std::move(cut.state)));
  source->manifest_ = {.genesis = cut.genesis,
                       .raft = std::move(mark),
                       .tree = std::move(cut.tree),
                       .end = cut.end,
                       .time_ms = cut.time_ms,
                       .chunk_bytes = chunk_bytes,
                       .chunks = {}};
  AVAL_CHECK(source->ReadAll());
  source->encoded_ = source->manifest_.Encode();
  source->digest_ = ManifestDigest(source->encoded_);
  return source;
}

Result<void> SnapshotSource::ReadAll() {
  crypto::Sha256Hasher hasher;
  std::size_t filled = 0;  // Bytes of the chunk under way.
  bool fits = true;
  const std::size_t chunk_bytes = manifest_.chunk_bytes;
  ByteWriter pair;
  const auto visit = [&](ByteView key, ByteView value) {
    pair.Clear();
    WritePair(pair, key, value);
    ++manifest_.keys;
    manifest_.bytes += pair.size();
    for (std::size_t at = 0; at < pair.size();) {
      if (filled == 0) {
        fits = places_.size() < SnapshotManifest::kChunksMax;
        if (!fits) return false;
        places_.push_back({.key = CopyBytes(key), .offset = at});
      }
      const std::size_t take = std::min(chunk_bytes - filled, pair.size() - at);
      hasher.Update(pair.bytes().subspan(at, take));
      filled += take;
      at += take;
      if (filled == chunk_bytes) {
        manifest_.chunks.push_back(hasher.Finish());
        filled = 0;
      }
    }
    return true;
  };
  AVAL_CHECK(state_->Scan(kFirstRecordKey, {}, visit));
  if (!fits) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "the state has more than " +
                            std::to_string(SnapshotManifest::kChunksMax) + " chunks of " +
                            std::to_string(chunk_bytes) + " bytes: no snapshot can hold it"};
  }
  if (filled > 0) manifest_.chunks.push_back(hasher.Finish());
  return {};
}

Result<Bytes> SnapshotSource::Chunk(std::size_t number) const {
  const std::string name = "chunk " + std::to_string(number);
  if (number >= places_.size()) {
    return Error{.code = Code::kNotFound, .message = "the snapshot has no " + name};
  }
  const std::size_t size = manifest_.BytesOfChunk(number);
  ByteWriter out;
  out.Reserve(size);
  std::size_t skip = places_[number].offset;
  ByteWriter pair;
  const auto visit = [&](ByteView key, ByteView value) {
    pair.Clear();
    WritePair(pair, key, value);
    const ByteView rest = pair.bytes().subspan(std::min(skip, pair.size()));
    skip = 0;
    out.Raw(rest.first(std::min(rest.size(), size - out.size())));
    return out.size() < size;
  };
  AVAL_CHECK(state_->Scan(places_[number].key, {}, visit));
  Bytes chunk = out.Take();
  if (crypto::Sha256(chunk) == manifest_.chunks[number]) return chunk;
  return Error{.code = Code::kCorruption,
               .message = name + " of the snapshot: the state gives other bytes than before"};
}

}  // namespace aval::ledger
