#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/log/bundle.h"

namespace aval::ledger {

/// Levels of hash tiles that a log can have: sizes stay below 2^53 (formats.md 1.14).
inline constexpr unsigned kTileLevels = 7;
inline constexpr std::uint64_t kLogSizeMax = std::uint64_t{1} << 53U;

/// Hashes that level `level` has in a log of `size` leaves: the complete subtrees of 256^level.
constexpr std::uint64_t HashesAt(unsigned level, std::uint64_t size) { return size >> (8 * level); }

/// Root of a complete subtree from its hashes; their number is a power of two.
crypto::Digest SubtreeRoot(std::span<const crypto::Digest> hashes);
/// 32 bytes each; their number is asserted.
std::vector<crypto::Digest> DigestsOf(ByteView bytes);

/// What a leaf adds to the hash tiles of a tree: gives `sink` the leaf's hash, at level 0, and one
/// hash of each level whose subtree it completes.
void AddTileHashes(const crypto::Frontier& before, const crypto::Digest& leaf_hash,
                   const std::function<void(unsigned level, const crypto::Digest& hash)>& sink);

}  // namespace aval::ledger
