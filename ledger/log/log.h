#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/log/log_edge.h"
#include "ledger/log/log_reader.h"
#include "ledger/machine.h"

namespace aval::ledger {

/// The log of every applied leaf, on disk: entries, effects and the hash tiles of the tree.
///
/// Segments are plain runs of the bundles and tiles of c2sp.org/tlog-tiles (formats.md 1.10), so a
/// byte range of a segment is what a reader of the public layout gets; nothing is encoded anew.
/// Effects lie beside them, leaf by leaf. docs/formats/log.md has the layout.
///
/// Durability: Append reaches the page cache, Sync makes it durable; the caller syncs before it
/// writes the state that follows. A Sync flushes two files, entries and effects: hashes and offsets
/// can be derived from these, are flushed once in `settle_leaves` leaves, and Open derives again
/// what came since. After a failed Append or Sync the node stops.
/// Threads: one writer (Append, Sync, frontier); reads from any thread, of leaves below
/// synced_size().
class Log final : public crypto::HashReader {
 public:
  struct Options {
    std::uint64_t segment_leaves = std::uint64_t{1} << 20U;  // A multiple of settle_leaves.
    /// How many leaves Open may have to read again; a multiple of kTileWidth.
    std::uint64_t settle_leaves = std::uint64_t{1} << 16U;
  };
  static constexpr std::size_t kTileWidth = ledger::kTileWidth;

  /// Opens or creates the log in `directory`, and cuts it back to `applied`: what lies beyond was
  /// written but its state was not, and will be derived again. kCorruption, with file and offset,
  /// when it is shorter than `applied`, its right edge does not have those hashes, or one of the
  /// last leaves, up to `settle_leaves` of them, is damaged; nothing is changed then. `disk`
  /// outlives the log.
  static Result<std::unique_ptr<Log>> Open(Disk& disk, const std::filesystem::path& directory,
                                           const crypto::Frontier& applied, const Options& options);

  /// Appends the leaves that follow, their indexes without gap.
  Result<void> Append(std::span<const Leaf> leaves);
  Result<void> Sync();

  /// The tree of everything appended, and where the next leaf goes.
  const crypto::Frontier& frontier() const { return edge_.frontier; }
  const LogEnd& end() const { return edge_.end; }
  std::uint64_t synced_size() const { return reader_.end().leaves; }
  /// The first leaf that is here: not 0 in a log that began at a snapshot (log_start.h), until
  /// what lies before has been fetched (backfill.h) and ForgetStart has been called. From any
  /// thread.
  std::uint64_t first() const { return reader_.first(); }
  void ForgetStart() { reader_.set_start(nullptr); }

  // Reads; kNotFound beyond synced_size() and before first(), kCorruption when bytes contradict
  // their format or hash.

  Result<Bytes> Entry(std::uint64_t index) const { return reader_.Entry(index); }
  Result<Bytes> Effects(std::uint64_t index) const { return reader_.Effects(index); }
  /// Bundle `n` of entries, `width` of them (1 to 256): u16 length and entry, each.
  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) const {
    return reader_.EntryBundle(n, width);
  }
  /// u32 length and effects for each leaf of entry bundle `n`.
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) const {
    return reader_.EffectsBundle(n, width);
  }
  /// Hash tile `n` of `level`, `width` hashes.
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) const {
    return reader_.HashTile(level, n, width);
  }
  /// crypto::HashReader over the tiles: (level, index) of a complete subtree.
  Result<crypto::Digest> Read(unsigned level, std::uint64_t index) const override {
    return reader_.Read(level, index);
  }

 private:
  enum class Files { kEntriesAndEffects, kAll };

  Log(Disk& disk, const std::filesystem::path& directory, const Options& options);
  Result<void> AppendToBundle(std::span<const Leaf> leaves);
  Result<void> SyncFiles(Files which);

  Disk& disk_;
  const std::filesystem::path directory_;
  const Options options_;
  LogRuns runs_;
  LogReader reader_;
  LogEdge edge_;  // Of everything appended.
  bool failed_ = false;
};

}  // namespace aval::ledger
