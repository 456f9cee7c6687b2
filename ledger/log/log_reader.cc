#include "ledger/log/log_reader.h"

#include <bit>
#include <optional>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/log/bundle.h"
#include "ledger/log/leaf.h"

namespace aval::ledger {

namespace {

Error NotThere(const std::string& what) { return {.code = Code::kNotFound, .message = what}; }

Error Corrupt(const std::string& place, const std::string& what) {
  return {.code = Code::kCorruption, .message = place + ": " + what};
}

Error Backfilling(const std::string& what, std::uint64_t first) {
  return NotThere("backfilling: " + what + " lies before leaf " + std::to_string(first) +
                  ", the first that is here");
}

// The hash of the subtree `index` of `level` where it is one of the frontier's.
std::optional<crypto::Digest> OfFrontier(const crypto::Frontier& tree, unsigned level,
                                         std::uint64_t index) {
  const std::uint64_t upwards = tree.size() >> level;
  if (upwards % 2 == 0 || index != upwards - 1) return std::nullopt;
  return tree.hashes()[static_cast<std::size_t>(std::popcount(upwards)) - 1];
}

Result<void> CheckHash(ByteView entry, const crypto::Digest& expected, const std::string& place,
                       std::uint64_t index) {
  if (crypto::LeafHash(entry) == expected) return {};
  return Corrupt(place, "entry " + std::to_string(index) + " and its hash differ");
}

}  // namespace

LogRuns::LogRuns(Disk& disk, const std::filesystem::path& directory, std::uint64_t leaves)
    : segment_leaves(leaves),
      entries(disk, directory, "entries"),
      effects(disk, directory, "effects"),
      offsets(disk, directory, "offsets") {
  AVAL_ASSERT(leaves > 0 && leaves % kTileWidth == 0);
  hashes.reserve(kTileLevels);
  for (unsigned level = 0; level < kTileLevels; ++level) {
    hashes.emplace_back(disk, directory, "hashes-" + std::to_string(level));
  }
}

Result<LogEnd> BundleEnd(const LogRuns& runs, std::uint64_t n) {
  const std::uint64_t per_segment = runs.BundlesPerSegment();
  AVAL_TRY(const Bytes record,
           runs.offsets.Read(n / per_segment, n % per_segment * LogRuns::kOffsetsRecord,
                             LogRuns::kOffsetsRecord));
  ByteReader in(record);
  LogEnd end{.leaves = (n + 1) * kTileWidth};
  end.entries = in.U64();
  end.effects = in.U64();
  return end;
}

Result<LogEnd> BundleStart(const LogRuns& runs, std::uint64_t n) {
  if (n % runs.BundlesPerSegment() == 0) return LogEnd{.leaves = n * kTileWidth};
  return BundleEnd(runs, n - 1);
}

void LogReader::set_end(const LogEnd& end) {
  const std::scoped_lock lock(mutex_);
  end_ = end;
}

LogEnd LogReader::end() const {
  const std::scoped_lock lock(mutex_);
  return end_;
}

void LogReader::set_start(std::shared_ptr<const LogStart> start) {
  const std::scoped_lock lock(mutex_);
  start_ = std::move(start);
}

std::shared_ptr<const LogStart> LogReader::start() const {
  const std::scoped_lock lock(mutex_);
  return start_;
}

std::uint64_t LogReader::first() const {
  const auto begins = start();
  return begins == nullptr ? 0 : begins->end.leaves;
}

Result<void> LogReader::CheckBundle(std::uint64_t n, std::size_t width) const {
  AVAL_ASSERT(width >= 1 && width <= kTileWidth);
  if (n >= kLogSizeMax / kTileWidth || n * kTileWidth + width > end().leaves) {
    return NotThere("the log does not reach bundle " + std::to_string(n) + " of width " +
                    std::to_string(width));
  }
  if (n * kTileWidth + width > first()) return {};
  return Backfilling("bundle " + std::to_string(n), first());
}

Result<void> LogReader::CheckWhole(std::uint64_t n) const {
  if (n * kTileWidth >= first()) return {};
  return Backfilling("a part of bundle " + std::to_string(n), first());
}

Result<LogEnd> LogReader::StartOf(std::uint64_t n) const {
  const auto begins = start();
  // The index says where the bundle before ends, and may not have it.
  if (begins != nullptr && n * kTileWidth <= begins->end.leaves) return begins->end;
  return BundleStart(runs_, n);
}

Result<LogEnd> LogReader::EndOf(std::uint64_t n) const {
  const LogEnd last = end();
  if (last.leaves >= (n + 1) * kTileWidth) return BundleEnd(runs_, n);
  return last;
}

Result<LogReader::Bundle> LogReader::ReadEntries(std::uint64_t n, std::size_t width) const {
  AVAL_CHECK(CheckBundle(n, width));
  AVAL_TRY(const LogEnd start, StartOf(n));
  AVAL_TRY(const LogEnd stop, EndOf(n));
  const std::uint64_t segment = runs_.SegmentOfLeaf(start.leaves);
  Bundle bundle;
  bundle.place =
      runs_.entries.FileName(segment) + ", bundle at offset " + std::to_string(start.entries);
  if (stop.entries < start.entries || stop.entries - start.entries > kEntryBundleBytesMax) {
    return Corrupt(bundle.place, "the index says that it ends at " + std::to_string(stop.entries));
  }
  AVAL_TRY(bundle.bytes, runs_.entries.Read(segment, start.entries, stop.entries - start.entries));
  Result<BundleItems> items = FirstEntries(bundle.bytes, n * kTileWidth + width - start.leaves);
  if (!items) return Corrupt(bundle.place, items.error().message);
  bundle.items = std::move(items->items);
  return bundle;
}

Result<LogReader::Bundle> LogReader::ReadEffects(std::uint64_t n, std::size_t width) const {
  AVAL_TRY(const LogEnd start, StartOf(n));
  AVAL_TRY(const LogEnd stop, EndOf(n));
  const std::uint64_t segment = runs_.SegmentOfLeaf(start.leaves);
  Bundle bundle;
  bundle.place =
      runs_.effects.FileName(segment) + ", bundle at offset " + std::to_string(start.effects);
  if (stop.effects < start.effects) {
    return Corrupt(bundle.place, "the index says that it ends at " + std::to_string(stop.effects));
  }
  AVAL_TRY(bundle.bytes, runs_.effects.Read(segment, start.effects, stop.effects - start.effects));
  Result<BundleItems> items = FirstEffects(bundle.bytes, n * kTileWidth + width - start.leaves);
  if (!items) return Corrupt(bundle.place, items.error().message);
  bundle.items = std::move(items->items);
  return bundle;
}

Result<Bytes> LogReader::Entry(std::uint64_t index) const {
  AVAL_TRY(const Bundle bundle, ReadEntries(index / kTileWidth, index % kTileWidth + 1));
  AVAL_TRY(const crypto::Digest expected, Read(0, index));
  AVAL_CHECK(CheckHash(bundle.items.back(), expected, bundle.place, index));
  return CopyBytes(bundle.items.back());
}

Result<Bytes> LogReader::Effects(std::uint64_t index) const {
  AVAL_TRY(const Bytes entry, Entry(index));
  AVAL_TRY(const LeafView leaf, DecodeLeaf(entry));
  AVAL_TRY(const Bundle bundle, ReadEffects(index / kTileWidth, index % kTileWidth + 1));
  if (EffectsMatch(leaf.header, bundle.items.back())) return CopyBytes(bundle.items.back());
  return Corrupt(bundle.place,
                 "effects of leaf " + std::to_string(index) + " and its entry differ");
}

Result<Bytes> LogReader::EntryBundle(std::uint64_t n, std::size_t width) const {
  AVAL_CHECK(CheckWhole(n));
  AVAL_TRY(Bundle bundle, ReadEntries(n, width));
  AVAL_TRY(const Bytes tile, HashTile(0, n, width));
  const std::vector<crypto::Digest> expected = DigestsOf(tile);
  std::size_t size = 0;
  for (std::size_t i = 0; i < width; ++i) {
    AVAL_CHECK(CheckHash(bundle.items[i], expected[i], bundle.place, n * kTileWidth + i));
    size += 2 + bundle.items[i].size();
  }
  bundle.bytes.resize(size);
  return std::move(bundle.bytes);
}

Result<Bytes> LogReader::EffectsBundle(std::uint64_t n, std::size_t width) const {
  AVAL_TRY(const Bytes entries, EntryBundle(n, width));
  AVAL_TRY(const std::vector<ByteView> items, AllEntries(entries, width));
  AVAL_TRY(Bundle bundle, ReadEffects(n, width));
  std::size_t size = 0;
  for (std::size_t i = 0; i < width; ++i) {
    AVAL_TRY(const LeafView leaf, DecodeLeaf(items[i]));
    if (!EffectsMatch(leaf.header, bundle.items[i])) {
      return Corrupt(bundle.place, "effects of leaf " + std::to_string(n * kTileWidth + i) +
                                       " and its entry differ");
    }
    size += 4 + bundle.items[i].size();
  }
  bundle.bytes.resize(size);
  return std::move(bundle.bytes);
}

Result<Bytes> LogReader::HashTile(unsigned level, std::uint64_t n, std::size_t width) const {
  AVAL_ASSERT(width >= 1 && width <= kTileWidth);
  const std::uint64_t size = end().leaves;
  if (level >= kTileLevels || n >= kLogSizeMax / kTileWidth ||
      n * kTileWidth + width > HashesAt(level, size)) {
    return NotThere("the log does not reach tile " + std::to_string(n) + " of level " +
                    std::to_string(level) + " and width " + std::to_string(width));
  }
  if (n * kTileWidth < HashesAt(level, first())) {
    return Backfilling("tile " + std::to_string(n) + " of level " + std::to_string(level), first());
  }
  return HashRange(level, n * kTileWidth, width);
}

Result<Bytes> LogReader::HashRange(unsigned level, std::uint64_t first, std::size_t count) const {
  return runs_.hashes[level].Read(first / runs_.segment_leaves,
                                  first % runs_.segment_leaves * LogRuns::kHashSize,
                                  count * LogRuns::kHashSize);
}

Result<crypto::Digest> LogReader::Read(unsigned level, std::uint64_t index) const {
  if (level >= 64 || index >= (end().leaves >> level)) {
    return NotThere("the log does not reach subtree " + std::to_string(index) + " of height " +
                    std::to_string(level));
  }
  // A subtree between two levels of tiles is computed from the level below; its hashes lie in one
  // tile, so in one segment.
  const unsigned between = level % 8;
  const auto begins = start();
  if (begins != nullptr && index << between < HashesAt(level / 8, begins->end.leaves)) {
    // None of the tile's hashes is here, or not all: what the start knows, and two halves.
    if (const auto known = OfFrontier(begins->tree, level, index)) return *known;
    if ((index + 1) << level <= begins->end.leaves) {
      return Backfilling("subtree " + std::to_string(index) + " of height " + std::to_string(level),
                         begins->end.leaves);
    }
    AVAL_TRY(const crypto::Digest left, Read(level - 1, 2 * index));
    AVAL_TRY(const crypto::Digest right, Read(level - 1, 2 * index + 1));
    return crypto::NodeHash(left, right);
  }
  AVAL_TRY(const Bytes hashes, HashRange(level / 8, index << between, std::size_t{1} << between));
  return SubtreeRoot(DigestsOf(hashes));
}

}  // namespace aval::ledger
