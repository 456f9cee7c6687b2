#include "ledger/log/leaf_range.h"

#include <algorithm>
#include <bit>
#include <span>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/log/bundle.h"
#include "ledger/log/leaf.h"
#include "ledger/log/tiles.h"

namespace aval::ledger {

namespace {

using crypto::Digest;

constexpr unsigned kBundleHeight = 8;  // 2^8 leaves.

Error Wrong(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "leaves: " + what};
}

// The height of the complete subtree among the hashes of a tree of `size` leaves that covers
// `leaf`, which lies in a complete bundle.
unsigned HeightAbove(std::uint64_t leaf, std::uint64_t size) {
  AVAL_ASSERT(leaf < size);
  return static_cast<unsigned>(std::bit_width(leaf ^ size)) - 1;
}

std::size_t WidthOfBundle(std::uint64_t n, std::uint64_t size) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(kTileWidth, size - n * kTileWidth));
}

// What the hashes of a frontier are down to complete bundles.
Result<crypto::Frontier> WholeBundles(const crypto::Frontier& tree) {
  const std::uint64_t size = tree.size() / kTileWidth * kTileWidth;
  ByteWriter out;
  out.U64(size);
  for (int i = 0; i < std::popcount(size); ++i) {
    out.Raw(tree.hashes()[static_cast<std::size_t>(i)]);
  }
  return crypto::Frontier::Decode(out.bytes());
}

Result<void> CheckHashes(const LeafRange& range, const crypto::Frontier& tree) {
  const std::uint64_t n = range.first / kTileWidth;
  if (range.hashes.size() != WidthOfBundle(n, tree.size()))
    return Wrong("another number of hashes");
  if (range.hashes.size() < kTileWidth) {
    if (!range.proof.empty()) return Wrong("a proof where none is needed");
    AVAL_TRY(crypto::Frontier grown, WholeBundles(tree));
    for (const Digest& hash : range.hashes) grown.Append(hash);
    return grown == tree ? Result<void>{} : Wrong("hashes of another tree");
  }
  const unsigned height = HeightAbove(range.first, tree.size());
  if (range.proof.size() != height - kBundleHeight) return Wrong("a proof of another length");
  Digest hash = SubtreeRoot(range.hashes);
  for (std::size_t i = 0; i < range.proof.size(); ++i) {
    const Digest& sibling = range.proof[i];
    const bool right = (n >> i) % 2 == 1;
    hash = right ? crypto::NodeHash(sibling, hash) : crypto::NodeHash(hash, sibling);
  }
  const std::size_t number = static_cast<std::size_t>(std::popcount(tree.size() >> height)) - 1;
  return hash == tree.hashes()[number] ? Result<void>{} : Wrong("hashes of another tree");
}

}  // namespace

Result<LeafRange> ReadLeafRange(const Log& log, std::uint64_t first, std::uint64_t size,
                                std::size_t bytes_max) {
  if (first >= size || size > log.synced_size()) {
    return Error{.code = Code::kNotFound,
                 .message = "the log has no leaf " + std::to_string(first) + " below " +
                            std::to_string(size)};
  }
  const std::uint64_t n = first / kTileWidth;
  const std::size_t width = WidthOfBundle(n, size);
  LeafRange range{.first = first, .entries = {}, .effects = {}, .hashes = {}, .proof = {}};
  AVAL_TRY(const Bytes entries, log.EntryBundle(n, width));
  AVAL_TRY(const std::vector<ByteView> entry_items, AllEntries(entries, width));
  AVAL_TRY(const Bytes effects, log.EffectsBundle(n, width));
  AVAL_TRY(const std::vector<ByteView> effects_items, AllEffects(effects, width));
  std::size_t bytes = 0;
  for (std::size_t i = first % kTileWidth; i < width; ++i) {
    bytes += entry_items[i].size() + effects_items[i].size();
    if (bytes > bytes_max && !range.entries.empty()) break;
    range.entries.push_back(CopyBytes(entry_items[i]));
    range.effects.push_back(CopyBytes(effects_items[i]));
  }
  AVAL_TRY(const Bytes tile, log.HashTile(0, n, width));
  range.hashes = DigestsOf(tile);
  if (width < kTileWidth) return range;
  const unsigned height = HeightAbove(first, size);
  for (unsigned level = kBundleHeight; level < height; ++level) {
    AVAL_TRY(const Digest sibling, log.Read(level, (n >> (level - kBundleHeight)) ^ 1U));
    range.proof.push_back(sibling);
  }
  return range;
}

Result<void> CheckLeafRange(const LeafRange& range, const crypto::Frontier& tree) {
  const std::size_t count = range.entries.size();
  if (count == 0 || range.effects.size() != count) return Wrong("none, or without effects");
  if (count > kTileWidth || range.first >= tree.size() || tree.size() - range.first < count) {
    return Wrong("beyond the tree");
  }
  const std::size_t place = range.first % kTileWidth;
  if (place + count > kTileWidth) return Wrong("of two bundles");
  AVAL_CHECK(CheckHashes(range, tree));
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "leaf " + std::to_string(range.first + i);
    if (crypto::LeafHash(range.entries[i]) != range.hashes[place + i]) {
      return Wrong(name + " is another one");
    }
    const Result<LeafView> leaf = DecodeLeaf(range.entries[i]);
    if (!leaf || leaf->header.index != range.first + i) return Wrong(name + " is none");
    if (!EffectsMatch(leaf->header, range.effects[i])) return Wrong(name + " has other effects");
  }
  return {};
}

}  // namespace aval::ledger
