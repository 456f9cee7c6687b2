#include "consensus/core/log.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "consensus/core/planted.h"

namespace aval::consensus {

Log::Log(const LogReader& reader, const EntryId& last)
    : reader_(reader), last_(last), stable_(last.index) {
  AVAL_ASSERT(reader.Anchor().index <= last.index);
}

Result<EntryId> Log::IdAt(Index index) const {
  if (index.value == 0) return EntryId{};
  if (index == last_.index) return last_;
  if (index > last_.index) {
    return Error{.code = Code::kNotFound,
                 .message = "the log ends before entry " + std::to_string(index.value)};
  }
  if (!recent_.empty() && index >= recent_.front().index) {
    return IdOf(recent_[index.value - recent_.front().index.value]);
  }
  return reader_.IdAt(index);
}

Result<EntryId> Log::LastWithTermAtMost(Index from, Term term) const {
  // Terms only rise along the log.
  Index high = std::max(anchor().index, std::min(from, last_.index));
  if (!recent_.empty() && high >= recent_.front().index) {
    const auto above = std::ranges::partition_point(
        recent_, [&](const Entry& entry) { return entry.index <= high && entry.term <= term; });
    if (above != recent_.begin()) return IdOf(*(above - 1));
    // Memory may still hold what is trimmed.
    high = std::max(anchor().index, Index{recent_.front().index.value - 1});
  }
  return IdAt(reader_.LastWithTermAtMost(high, term));
}

Result<std::vector<Entry>> Log::Read(Index after, Index to, std::size_t bytes_max) const {
  AVAL_ASSERT(after < to && to <= last_.index);
  const Index first{after.value + 1};
  if (recent_.empty() || first < recent_.front().index) {
    const Index end = recent_.empty() ? to : std::min(to, Index{recent_.front().index.value - 1});
    return reader_.Read(first, end, bytes_max);
  }
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (Index at = first; at <= to; ++at.value) {
    const Entry& entry = recent_[at.value - recent_.front().index.value];
    bytes += CostOf(entry);
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(entry);
  }
  return entries;
}

void Log::Append(Entry entry, std::uint64_t sequence) {
  AVAL_ASSERT(entry.index.value == last_.index.value + 1);
  AVAL_ASSERT(entry.term >= last_.term && entry.payload != nullptr);
  last_ = IdOf(entry);
  recent_bytes_ += CostOf(entry);
  recent_.push_back(std::move(entry));
  if (!under_way_.empty() && under_way_.back().sequence == sequence) {
    under_way_.back().last = last_.index;
  } else {
    AVAL_ASSERT(under_way_.empty() || under_way_.back().sequence < sequence);
    under_way_.push_back({.sequence = sequence, .last = last_.index});
  }
}

void Log::TruncateAfter(const EntryId& kept) {
  AVAL_ASSERT(kept.index < last_.index && kept.term <= last_.term);
  while (!recent_.empty() && recent_.back().index > kept.index) {
    recent_bytes_ -= CostOf(recent_.back());
    recent_.pop_back();
  }
  last_ = kept;
  stable_ = std::min(stable_, kept.index);
  if (Planted(Bug::kOldWriteProvesNewEntries)) return;
  for (Write& write : under_way_) write.last = std::min(write.last, kept.index);
}

void Log::Persisted(std::uint64_t sequence) {
  while (!under_way_.empty() && under_way_.front().sequence <= sequence) {
    stable_ = std::max(stable_, under_way_.front().last);
    under_way_.pop_front();
  }
  AVAL_ASSERT(stable_ <= last_.index);
}

void Log::Forget(std::size_t bytes_kept) {
  while (recent_bytes_ > bytes_kept && !recent_.empty() && recent_.front().index <= stable_) {
    recent_bytes_ -= CostOf(recent_.front());
    recent_.pop_front();
  }
}

}  // namespace aval::consensus
