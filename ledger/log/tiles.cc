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

void AddTileHashes(const crypto::Frontier& before, const Digest& leaf_hash,
                   const std::function<void(unsigned level, const Digest& hash)>& sink) {
  sink(0, leaf_hash);
  if ((before.size() + 1) % kTileWidth != 0) return;
  // Each trailing 1-bit of the size is a subtree that the leaf completes further.
  Digest hash = leaf_hash;
  std::span<const Digest> left(before.hashes());
  for (unsigned height = 1; (before.size() >> (height - 1)) % 2 == 1; ++height) {
    hash = crypto::NodeHash(left.back(), hash);
    left = left.first(left.size() - 1);
    if (height % 8 == 0) sink(height / 8, hash);
  }
}

}  // namespace aval::ledger
