#include "consensus/core/log.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace aval::consensus {

crypto::Digest ChainOf(const crypto::Digest& previous, Term term, Index index, EntryKind kind,
                       ByteView payload) {
  ByteWriter input;
  input.Raw(AsBytes("aval-raft/v1\n"));
  input.Raw(previous);
  input.U64(term.value);
  input.U64(index.value);
  input.U8(static_cast<std::uint8_t>(kind));
  input.Raw(crypto::Sha256(payload));
  return crypto::Sha256(input.bytes());
}

Log::Log(const LogReader& reader, const EntryId& last)
    : reader_(reader), last_(last), stable_(last.index) {}

std::optional<EntryId> Log::IdAt(Index index) const {
  if (index.value == 0) return EntryId{};
  if (index > last_.index) return std::nullopt;
  if (!recent_.empty() && index >= recent_.front().index) {
    const Entry& entry = recent_[index.value - recent_.front().index.value];
    return EntryId{.index = entry.index, .term = entry.term, .chain = entry.chain};
  }
  const std::optional<EntryId> id = reader_.IdAt(index);
  AVAL_ASSERT(id.has_value());  // Only durable entries leave memory, and those stay readable.
  return id;
}

EntryId Log::LastWithTermAtMost(Index from, Term term) const {
  Index at = std::min(from, last_.index);
  // Terms only rise along the log, so the walk ends at the first that is low enough.
  while (at.value > 0) {
    const std::optional<EntryId> id = IdAt(at);
    if (id->term <= term) return *id;
    --at.value;
  }
  return {};
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
    bytes += entry.payload->size();
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(entry);
  }
  return entries;
}

void Log::Append(Entry entry, std::uint64_t sequence) {
  AVAL_ASSERT(entry.index.value == last_.index.value + 1);
  AVAL_ASSERT(entry.term >= last_.term);
  last_ = {.index = entry.index, .term = entry.term, .chain = entry.chain};
  recent_bytes_ += entry.payload->size();
  recent_.push_back(std::move(entry));
  if (!under_way_.empty() && under_way_.back().sequence == sequence) {
    under_way_.back().last = last_.index;
  } else {
    AVAL_ASSERT(under_way_.empty() || under_way_.back().sequence < sequence);
    under_way_.push_back({.sequence = sequence, .last = last_.index});
  }
}

void Log::TruncateFrom(Index from) {
  AVAL_ASSERT(from.value > 0 && from <= last_.index);
  const Index kept{from.value - 1};
  const std::optional<EntryId> id = IdAt(kept);
  while (!recent_.empty() && recent_.back().index >= from) {
    recent_bytes_ -= recent_.back().payload->size();
    recent_.pop_back();
  }
  last_ = *id;
  stable_ = std::min(stable_, kept);
  for (Write& write : under_way_) write.last = std::min(write.last, kept);
}

void Log::Persisted(std::uint64_t sequence) {
  while (!under_way_.empty() && under_way_.front().sequence <= sequence) {
    stable_ = std::max(stable_, under_way_.front().last);
    under_way_.pop_front();
  }
  AVAL_ASSERT(stable_ <= last_.index);
}

void Log::Forget(Index through, std::size_t bytes_kept) {
  const Index limit = std::min(through, stable_);
  while (recent_bytes_ > bytes_kept && !recent_.empty() && recent_.front().index <= limit) {
    recent_bytes_ -= recent_.front().payload->size();
    recent_.pop_front();
  }
}

}  // namespace aval::consensus
