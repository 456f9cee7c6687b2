#include "ledger/log/tiles.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/assert.h"
#include "crypto/merkle.h"

namespace aval::ledger {

using crypto::Digest;

Digest SubtreeRoot(std::span<const Digest> hashes) {
  AVAL_ASSERT(std::has_single_bit(hashes.size()));
  std::vector<Digest> row(hashes.begin(), hashes.end());
  for (std::size_t width = row.size() / 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) {
      row[i] = crypto::NodeHash(row[2 * i], row[2 * i + 1]);
    }
  }
  return row.front();
}

std::vector<Digest> DigestsOf(ByteView bytes) {
  constexpr std::size_t kSize = sizeof(Digest::bytes);
  AVAL_ASSERT(bytes.size() % kSize == 0);
  std::vector<Digest> digests(bytes.size() / kSize);
  for (Digest& digest : digests) {
    std::copy_n(bytes.begin(), kSize, digest.bytes.begin());
    bytes = bytes.subspan(kSize);
  }
  return digests;
}

void TileBuilder::Append(const Digest& leaf_hash, const Sink& sink) {
  Digest hash = leaf_hash;
  for (unsigned level = 0; level < kTileLevels; ++level) {
    sink(level, hash);
    std::vector<Digest>& tile = open_.at(level);
    tile.push_back(hash);
    if (tile.size() < kTileWidth) return;
    hash = SubtreeRoot(tile);
    tile.clear();
  }
}

void TileBuilder::SetOpenTile(unsigned level, std::vector<Digest> hashes) {
  AVAL_ASSERT(hashes.size() < kTileWidth);
  open_.at(level) = std::move(hashes);
}

}  // namespace aval::ledger
