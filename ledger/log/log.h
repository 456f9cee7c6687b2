#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/machine.h"

namespace aval::ledger {

/// The log of every applied leaf, on disk: entries, effects and the hash tiles of the tree.
///
/// Segments are plain runs of the bundles and tiles of c2sp.org/tlog-tiles (formats.md 1.10), so a
/// byte range of a segment is what a reader of the public layout gets; nothing is encoded anew.
/// Effects lie beside them, leaf by leaf. docs/formats/log.md has the layout.
///
/// Durability: Append reaches the page cache, Sync makes it durable; the caller syncs before it
/// writes the state that follows. After a failed Sync the node stops.
/// Threads: one writer (Append, Sync); reads from any thread, of leaves below synced_size().
class Log final : public crypto::HashReader {
 public:
  struct Options {
    std::uint64_t segment_leaves = std::uint64_t{1} << 20U;  // A multiple of 256 * 256.
  };
  static constexpr std::size_t kTileWidth = 256;

  /// Opens or creates the log in `directory`, and cuts it back to `applied`: what lies beyond was
  /// written but its state was not, and will be derived again. kCorruption, with file and offset,
  /// when it is shorter than `applied` or its right edge does not have those hashes.
  static Result<std::unique_ptr<Log>> Open(Disk& disk, const std::filesystem::path& directory,
                                           const crypto::Frontier& applied, const Options& options);

  Result<void> Append(std::span<const Leaf> leaves);
  Result<void> Sync();

  /// The tree of everything appended.
  const crypto::Frontier& frontier() const;
  std::uint64_t synced_size() const;

  // Reads; kNotFound beyond synced_size(), kCorruption when bytes contradict their format.

  Result<Bytes> Entry(std::uint64_t index) const;
  Result<Bytes> Effects(std::uint64_t index) const;
  /// Bundle `n` of entries, `width` of them (1 to 256): u16 length and entry, each.
  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) const;
  /// u32 length and effects for each leaf of entry bundle `n`.
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) const;
  /// Hash tile `n` of `level`, `width` hashes.
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) const;
  /// crypto::HashReader over the tiles: (level, index) of a complete subtree.
  Result<crypto::Digest> Read(unsigned level, std::uint64_t index) const override;

 private:
  Log();
};

}  // namespace aval::ledger
