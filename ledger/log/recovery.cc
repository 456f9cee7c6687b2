#include "ledger/log/recovery.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/log/bundle.h"
#include "ledger/log/leaf.h"

namespace aval::ledger {

namespace {

Error Corrupt(const std::string& place, const std::string& what) {
  return {.code = Code::kCorruption, .message = place + ": " + what};
}

Error WrongLength(const std::string& file, std::uint64_t size, std::uint64_t expected) {
  return Corrupt(file, std::to_string(size) + " bytes long instead of " + std::to_string(expected));
}

// Records of a run that are to be there: those from `first` on, below `count`.
struct Records {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::uint64_t per_segment = 0;
  std::size_t bytes = 0;  // Of each.
};

// Complete segments are there exactly, the last one at least. The first one is as long as if the
// records before `first` were there, too.
Result<void> CheckRecords(const SegmentRun& run, const Records& records) {
  const auto [first, count, per_segment, record_size] = records;
  if (first == count) return {};
  for (std::uint64_t segment = first / per_segment; segment * per_segment < count; ++segment) {
    const std::uint64_t left = count - segment * per_segment;
    AVAL_TRY(const std::uint64_t size, run.SizeOf(segment));
    const std::uint64_t expected = std::min(left, per_segment) * record_size;
    const bool right = left >= per_segment ? size == expected : size >= expected;
    if (!right) return WrongLength(run.FileName(segment), size, expected);
  }
  return {};
}

Result<void> CheckSettled(const LogRuns& runs, std::uint64_t start, std::uint64_t settled) {
  for (unsigned level = 0; level < kTileLevels; ++level) {
    AVAL_CHECK(CheckRecords(runs.hashes[level], {.first = HashesAt(level, start),
                                                 .count = HashesAt(level, settled),
                                                 .per_segment = runs.segment_leaves,
                                                 .bytes = LogRuns::kHashSize}));
  }
  AVAL_CHECK(CheckRecords(runs.offsets, {.first = start / kTileWidth,
                                         .count = settled / kTileWidth,
                                         .per_segment = runs.BundlesPerSegment(),
                                         .bytes = LogRuns::kOffsetsRecord}));
  for (std::uint64_t segment = runs.SegmentOfLeaf(start); segment < runs.SegmentOfLeaf(settled);
       ++segment) {
    AVAL_TRY(const LogEnd end, BundleEnd(runs, (segment + 1) * runs.BundlesPerSegment() - 1));
    AVAL_TRY(const std::uint64_t entries, runs.entries.SizeOf(segment));
    AVAL_TRY(const std::uint64_t effects, runs.effects.SizeOf(segment));
    if (entries != end.entries) {
      return WrongLength(runs.entries.FileName(segment), entries, end.entries);
    }
    if (effects != end.effects) {
      return WrongLength(runs.effects.FileName(segment), effects, end.effects);
    }
  }
  return {};
}

// The edge at a settled size, as the hash tiles have it.
Result<LogEdge> ReadEdge(const LogRuns& runs, const std::shared_ptr<const LogStart>& start,
                         std::uint64_t size) {
  if (start != nullptr && start->end.leaves == size) {
    return LogEdge{.frontier = start->tree, .end = start->end};
  }
  LogEdge edge;
  AVAL_TRY(edge.end, BundleStart(runs, size / kTileWidth));
  LogReader tree(runs);
  tree.set_start(start);
  tree.set_end(edge.end);
  ByteWriter frontier;
  frontier.U64(size);
  for (unsigned level = 64; level-- > 0;) {
    const std::uint64_t subtrees = size >> level;
    if ((subtrees & 1U) == 0) continue;
    AVAL_TRY(const crypto::Digest hash, tree.Read(level, subtrees - 1));
    frontier.Raw(hash);
  }
  AVAL_TRY(edge.frontier, crypto::Frontier::Decode(frontier.bytes()));
  return edge;
}

// Reads leaf after leaf without the index.
Result<void> ReadLeaves(const LogRuns& runs, std::uint64_t size, RecoveredLog& log) {
  const std::uint64_t segment = runs.SegmentOfLeaf(log.settled.leaves);
  AVAL_TRY(SegmentCursor entries, SegmentCursor::At(runs.entries, segment, log.settled.entries));
  AVAL_TRY(SegmentCursor effects, SegmentCursor::At(runs.effects, segment, log.settled.effects));
  while (log.edge.end.leaves < size) {
    const std::string place = entries.Place();
    AVAL_TRY(const ByteView entry_length, entries.Take(2));
    AVAL_TRY(const ByteView entry, entries.Take(ByteReader(entry_length).U16()));
    const Result<LeafView> leaf = DecodeLeaf(entry);
    if (!leaf) return Corrupt(place, leaf.error().message);
    if (leaf->header.index != log.edge.end.leaves) {
      return Corrupt(place, "leaf " + std::to_string(leaf->header.index) + " in the place of " +
                                std::to_string(log.edge.end.leaves));
    }
    const std::string effects_place = effects.Place();
    AVAL_TRY(const ByteView effects_length, effects.Take(4));
    AVAL_TRY(const ByteView written, effects.Take(ByteReader(effects_length).U32()));
    if (!EffectsMatch(leaf->header, written)) {
      return Corrupt(effects_place, "effects of leaf " + std::to_string(leaf->header.index) +
                                        " and its entry differ");
    }
    log.edge.Append(runs, entry, written.size(), log.derived);
  }
  return {};
}

// Where the first subtree lies whose hash is not the applied one.
Error Difference(const LogRuns& runs, const RecoveredLog& log, const crypto::Frontier& applied) {
  std::uint64_t first = 0;
  std::size_t number = 0;
  unsigned level = 63;
  for (;; --level) {
    AVAL_ASSERT(level < 64);
    if (((applied.size() >> level) & 1U) == 0) continue;
    if (log.edge.frontier.hashes()[number] != applied.hashes()[number]) break;
    ++number;
    first += std::uint64_t{1} << level;
  }
  const std::uint64_t last = first + (std::uint64_t{1} << level) - 1;
  const std::string leaves = "leaves " + std::to_string(first) + " to " + std::to_string(last) +
                             " do not have the hash that the applied state has of them";
  if (last >= log.settled.leaves) {
    return Corrupt(runs.entries.FileName(runs.SegmentOfLeaf(first)), leaves);
  }
  const std::uint64_t hash = first >> (8 * (level / 8));
  const SegmentRun& run = runs.hashes[level / 8];
  return Corrupt(run.FileName(hash / runs.segment_leaves) + ", offset " +
                     std::to_string(hash % runs.segment_leaves * LogRuns::kHashSize),
                 leaves);
}

}  // namespace

Result<RecoveredLog> ReadLog(const LogRuns& runs, const std::shared_ptr<const LogStart>& start,
                             const crypto::Frontier& applied, std::uint64_t settle_leaves) {
  const std::uint64_t first = start == nullptr ? 0 : start->end.leaves;
  if (applied.size() < first) {
    return Error{.code = Code::kCorruption,
                 .message = "the log begins at leaf " + std::to_string(first) +
                            ", but the state has applied " + std::to_string(applied.size())};
  }
  const std::uint64_t settled = std::max(first, applied.size() / settle_leaves * settle_leaves);
  AVAL_CHECK(CheckSettled(runs, first, settled));
  RecoveredLog log;
  AVAL_TRY(log.edge, ReadEdge(runs, start, settled));
  log.settled = log.edge.end;
  log.derived.from = settled;
  AVAL_CHECK(ReadLeaves(runs, applied.size(), log));
  if (log.edge.frontier == applied) return log;
  return Difference(runs, log, applied);
}

Result<void> CutLog(LogRuns& runs, const RecoveredLog& log) {
  const std::uint64_t segment = runs.SegmentOfLeaf(log.edge.end.leaves);
  AVAL_CHECK(runs.entries.CutTo(segment, log.edge.end.entries));
  AVAL_CHECK(runs.effects.CutTo(segment, log.edge.end.effects));
  const std::uint64_t bundle = log.settled.leaves / kTileWidth;
  AVAL_CHECK(runs.offsets.CutTo(bundle / runs.BundlesPerSegment(),
                                bundle % runs.BundlesPerSegment() * LogRuns::kOffsetsRecord));
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::uint64_t hashes = HashesAt(level, log.settled.leaves);
    AVAL_CHECK(runs.hashes[level].CutTo(hashes / runs.segment_leaves,
                                        hashes % runs.segment_leaves * LogRuns::kHashSize));
  }
  return log.derived.WriteTo(runs);
}

}  // namespace aval::ledger
