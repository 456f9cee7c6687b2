#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
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

/// Grows the hash tiles with the log: takes leaf hashes, gives the hashes of every level in order.
class TileBuilder {
 public:
  using Sink = std::function<void(unsigned level, const crypto::Digest& hash)>;

  /// Appends a leaf and gives `sink` what that adds: its own hash, and one hash of each level
  /// whose subtree it completes.
  void Append(const crypto::Digest& leaf_hash, const Sink& sink);

  /// To go on from a log that exists: the hashes of the tile that is not full yet, fewer than
  /// kTileWidth.
  void SetOpenTile(unsigned level, std::vector<crypto::Digest> hashes);

 private:
  std::array<std::vector<crypto::Digest>, kTileLevels> open_;
};

}  // namespace aval::ledger
