#include "ledger/log/log_edge.h"

#include "base/assert.h"

namespace aval::ledger {

namespace {

void Add(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

}  // namespace

Result<void> DerivedBytes::WriteTo(LogRuns& runs) const {
  const std::uint64_t bundle = from / kTileWidth;
  const std::uint64_t per_segment = runs.BundlesPerSegment();
  AVAL_CHECK(runs.offsets.Write(bundle / per_segment,
                                bundle % per_segment * LogRuns::kOffsetsRecord, offsets));
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::uint64_t first = HashesAt(level, from);
    AVAL_CHECK(runs.hashes[level].Write(first / runs.segment_leaves,
                                        first % runs.segment_leaves * LogRuns::kHashSize,
                                        hashes.at(level)));
  }
  return {};
}

void LogEdge::Append(const LogRuns& runs, ByteView entry, std::size_t effects_size,
                     DerivedBytes& derived) {
  AVAL_ASSERT(end.leaves < kLogSizeMax);
  const crypto::Digest hash = crypto::LeafHash(entry);
  AddTileHashes(frontier, hash, [&derived](unsigned level, const crypto::Digest& of_level) {
    Add(derived.hashes.at(level), of_level);
  });
  frontier.Append(hash);
  ++end.leaves;
  end.entries += 2 + entry.size();
  end.effects += 4 + effects_size;
  if (end.leaves % kTileWidth == 0) {
    ByteWriter record;
    record.U64(end.entries);
    record.U64(end.effects);
    Add(derived.offsets, record.bytes());
  }
  if (end.leaves % runs.segment_leaves == 0) end.entries = end.effects = 0;
}

}  // namespace aval::ledger
