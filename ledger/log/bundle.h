#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/log/leaf.h"

namespace aval::ledger {

/// Leaves in a full bundle, and hashes in a full tile (c2sp.org/tlog-tiles).
inline constexpr std::size_t kTileWidth = 256;
/// A longer entry bundle cannot be one.
inline constexpr std::size_t kEntryBundleBytesMax = kTileWidth * (2 + kMaxEntrySize);

/// Appends one item as bundles hold it: u16 length and entry, u32 length and effects.
void AppendEntry(Bytes& bundle, ByteView entry);
void AppendEffects(Bytes& bundle, ByteView effects);

/// The first items of a bundle: views into its bytes.
struct BundleItems {
  std::vector<ByteView> items;
  std::size_t size = 0;  // Bytes that they take, lengths included.
};

/// The first `count` items; kCorruption names the offset where the bundle ends too early.
Result<BundleItems> FirstEntries(ByteView bundle, std::size_t count);
Result<BundleItems> FirstEffects(ByteView bundle, std::size_t count);
/// The same of a bundle that has exactly `count`.
Result<std::vector<ByteView>> AllEntries(ByteView bundle, std::size_t count);
Result<std::vector<ByteView>> AllEffects(ByteView bundle, std::size_t count);

/// Whether these are the effects that the leaf commits to: none where its hash is zero.
bool EffectsMatch(const LeafHeader& header, ByteView effects);

}  // namespace aval::ledger
