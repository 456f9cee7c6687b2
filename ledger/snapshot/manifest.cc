#include "ledger/snapshot/manifest.h"

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "ledger/log/tiles.h"

namespace aval::ledger {

namespace {

constexpr std::string_view kMagic = "AVSM";
constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kDomain = "aval-snapshot/v1\n";

Error Malformed(const std::string& field) {
  return {.code = Code::kCorruption, .message = "snapshot manifest: " + field};
}

std::uint64_t ChunksOf(std::uint64_t bytes, std::uint32_t chunk_bytes) {
  return bytes / chunk_bytes + (bytes % chunk_bytes != 0 ? 1 : 0);
}

// What is wrong with the fields; empty for nothing.
std::string FaultIn(const SnapshotManifest& manifest) {
  if (manifest.raft.index == 0 || manifest.raft.term == 0) return "no entry of the Raft log";
  if (manifest.tree.size() < 2 || manifest.tree.size() >= kLogSizeMax) return "size of the log";
  if (manifest.end.leaves != manifest.tree.size()) return "end of the log";
  if (manifest.time_ms < 0) return "time";
  if (manifest.chunk_bytes < SnapshotManifest::kChunkBytesMin ||
      manifest.chunk_bytes > SnapshotManifest::kChunkBytes) {
    return "size of a chunk";
  }
  // A pair takes two lengths and a byte of key.
  if (manifest.keys == 0 || manifest.bytes / 9 < manifest.keys) return "number of keys";
  const std::uint64_t chunks = ChunksOf(manifest.bytes, manifest.chunk_bytes);
  if (chunks > SnapshotManifest::kChunksMax) return "more chunks than there may be";
  if (manifest.chunks.size() != chunks) return "number of chunks";
  return "";
}

}  // namespace

void RaftMark::EncodeTo(ByteWriter& out) const {
  out.U64(index);
  out.U64(term);
  out.Raw(chain);
  out.U32(static_cast<std::uint32_t>(configurations.size()));
  for (const RaftConfiguration& configuration : configurations) {
    out.U64(configuration.index);
    out.Sized(configuration.bytes);
  }
}

bool RaftMark::DecodeFrom(ByteReader& in, RaftMark& mark) {
  mark.index = in.U64();
  mark.term = in.U64();
  mark.chain.bytes = in.Array<32>();
  const std::uint32_t count = in.U32();
  if (count > kConfigurationsMax) return false;
  std::size_t bytes = 0;
  mark.configurations.clear();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    RaftConfiguration configuration;
    configuration.index = in.U64();
    const ByteView text = in.Sized();
    bytes += text.size();
    if (bytes > kConfigurationBytesMax) return false;
    configuration.bytes = CopyBytes(text);
    const bool ascends = i == 0 || configuration.index > mark.configurations.back().index;
    if (!ascends || configuration.index > mark.index) return false;
    mark.configurations.push_back(std::move(configuration));
  }
  return in.ok();
}

Bytes SnapshotManifest::Encode() const {
  AVAL_ASSERT(FaultIn(*this).empty());
  ByteWriter out;
  out.Raw(AsBytes(kMagic));
  out.U32(kVersion);
  out.Raw(genesis);
  raft.EncodeTo(out);
  out.Raw(tree.Encode());
  out.Raw(tree.Root());
  out.U64(end.entries);
  out.U64(end.effects);
  out.I64(time_ms);
  out.U64(keys);
  out.U64(bytes);
  out.U32(chunk_bytes);
  for (const crypto::Digest& chunk : chunks) out.Raw(chunk);
  AVAL_ASSERT(out.size() <= kBytesMax);
  return out.Take();
}

Result<SnapshotManifest> SnapshotManifest::Decode(ByteView text) {
  if (text.size() > kBytesMax) return Malformed("longer than one can be");
  ByteReader in(text);
  if (AsText(in.Raw(kMagic.size())) != kMagic) return Malformed("not one");
  if (in.U32() != kVersion) return Malformed("of an unknown version");
  SnapshotManifest manifest;
  manifest.genesis.bytes = in.Array<32>();
  if (!RaftMark::DecodeFrom(in, manifest.raft)) return Malformed("Raft mark");
  const std::size_t tree = in.offset();
  const std::uint64_t size = in.U64();
  const ByteView hashes =
      in.Raw(static_cast<std::size_t>(std::popcount(size)) * sizeof(crypto::Digest::bytes));
  if (!in.ok()) return Malformed("frontier");
  AVAL_TRY(manifest.tree, crypto::Frontier::Decode(text.subspan(tree, 8 + hashes.size())));
  if (!EqualBytes(in.Raw(sizeof(crypto::Digest::bytes)), manifest.tree.Root())) {
    return Malformed("root of the log");
  }
  manifest.end.leaves = size;
  manifest.end.entries = in.U64();
  manifest.end.effects = in.U64();
  manifest.time_ms = in.I64();
  manifest.keys = in.U64();
  manifest.bytes = in.U64();
  manifest.chunk_bytes = in.U32();
  if (!in.ok()) return Malformed("ends too early");
  const ByteView digests = in.Raw(text.size() - in.offset());
  if (digests.size() % sizeof(crypto::Digest::bytes) != 0) return Malformed("digests of chunks");
  manifest.chunks = DigestsOf(digests);
  if (const std::string fault = FaultIn(manifest); !fault.empty()) return Malformed(fault);
  return manifest;
}

crypto::Digest SnapshotManifest::Digest() const { return ManifestDigest(Encode()); }

std::size_t SnapshotManifest::BytesOfChunk(std::size_t number) const {
  AVAL_ASSERT(number < chunks.size());
  const std::uint64_t start = std::uint64_t{number} * chunk_bytes;
  return static_cast<std::size_t>(std::min<std::uint64_t>(chunk_bytes, bytes - start));
}

crypto::Digest ManifestDigest(ByteView encoded) {
  return crypto::Sha256(AsBytes(kDomain), encoded);
}

}  // namespace aval::ledger
