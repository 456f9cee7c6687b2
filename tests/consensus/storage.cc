#include "tests/consensus/storage.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"

namespace aval::consensus {

MemoryStorage::MemoryStorage(HardState hard_state, std::vector<Entry> entries)
    : hard_state_(hard_state), entries_(entries.begin(), entries.end()) {}

void MemoryStorage::Write(Persist write) { pending_.push_back(std::move(write)); }

Result<std::uint64_t> MemoryStorage::Complete(std::size_t count) {
  AVAL_ASSERT(count > 0 && count <= pending_.size());
  std::uint64_t sequence = 0;
  for (; count > 0; --count) {
    Apply(pending_.front());
    sequence = pending_.front().sequence;
    pending_.pop_front();
  }
  return sequence;
}

Result<void> MemoryStorage::Crash(Random& random) {
  const std::size_t whole = random.Below(pending_.size() + 1);
  if (whole > 0) AVAL_CHECK(Complete(whole));
  if (!pending_.empty()) {
    Persist torn = std::move(pending_.front());
    torn.hard_state.reset();
    torn.entries.resize(random.Below(torn.entries.size() + 1));
    Apply(torn);
  }
  pending_.clear();
  return {};
}

EntryId MemoryStorage::last() const { return entries_.empty() ? anchor_ : IdOf(entries_.back()); }

Result<EntryId> MemoryStorage::IdAt(Index index) const {
  if (index == anchor_.index) return anchor_;
  if (index < anchor_.index || index > last().index) {
    return Error{.code = Code::kNotFound, .message = "no entry " + std::to_string(index.value)};
  }
  return IdOf(entries_[index.value - anchor_.index.value - 1]);
}

Index MemoryStorage::LastWithTermAtMost(Index from, Term term) const {
  AVAL_ASSERT(from >= anchor_.index && from <= last().index);
  while (from > anchor_.index && IdAt(from)->term > term) --from.value;
  return from;
}

Result<std::vector<Entry>> MemoryStorage::Read(Index from, Index to, std::size_t bytes_max) const {
  if (reads_rotten_) return Error{.code = Code::kCorruption, .message = "rotten at offset 7"};
  AVAL_ASSERT(from > anchor_.index && from <= to && to <= last().index);
  for (const auto& [before, end] : damaged_) {
    if (from > end || to <= before) continue;
    if (from > before) return Error{.code = Code::kCorruption, .message = "a broken sector"};
    to = before;
  }
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (Index at = from; at <= to; ++at.value) {
    const Entry& entry = entries_[at.value - anchor_.index.value - 1];
    bytes += CostOf(entry);
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(entry);
  }
  return entries;
}

void MemoryStorage::Damage(Index before, Index last) {
  AVAL_ASSERT(anchor_.index <= before && before < last && last <= this->last().index);
  damaged_.emplace(before, last);
}

std::vector<DamagedRange> MemoryStorage::damaged() const {
  std::vector<DamagedRange> ranges;
  for (const auto& [before, last] : damaged_) {
    ranges.push_back({.before = *IdAt(before), .last = *IdAt(last)});
  }
  return ranges;
}

void MemoryStorage::TrimTo(Index through) {
  while (!entries_.empty() && entries_.front().index <= through) {
    anchor_ = IdOf(entries_.front());
    entries_.pop_front();
  }
  std::erase_if(damaged_, [&](const auto& range) { return range.second <= anchor_.index; });
}

void MemoryStorage::Apply(const Persist& write) {
  if (write.truncate_after) {
    while (last().index > write.truncate_after->index) entries_.pop_back();
    std::erase_if(damaged_, [&](const auto& range) { return range.first >= last().index; });
    for (auto& [before, end] : damaged_) end = std::min(end, last().index);
    const EntryId& kept = *write.truncate_after;
    if (last() != kept) {  // To be filled in.
      AVAL_ASSERT(last().index == kept.index && !damaged_.empty());
      AVAL_ASSERT(damaged_.rbegin()->second == kept.index);
      entries_.back().term = kept.term;
      entries_.back().chain = kept.chain;
    }
  }
  if (!write.repaired.empty()) {
    AVAL_ASSERT(IdOf(write.repaired.back()) == *IdAt(write.repaired.back().index));
    for (const Entry& entry : write.repaired) {
      entries_[entry.index.value - anchor_.index.value - 1] = entry;
    }
    damaged_.erase({write.repaired.front().index.value - 1});
  }
  for (const Entry& entry : write.entries) {
    AVAL_ASSERT(entry.index.value == last().index.value + 1);
    entries_.push_back(entry);
  }
  if (write.hard_state) {
    AVAL_ASSERT(write.hard_state->term >= hard_state_.term);
    hard_state_ = *write.hard_state;
  }
}

std::vector<Entry> EntriesOfTerms(const std::vector<std::uint64_t>& terms) {
  std::vector<Entry> entries;
  EntryId before;
  for (const std::uint64_t term : terms) {
    entries.push_back(EntriesAfter(before, term, 1).front());
    before = IdOf(entries.back());
  }
  return entries;
}

std::vector<Entry> EntriesAfter(const EntryId& before, std::uint64_t term, std::size_t count,
                                std::size_t payload_size) {
  std::vector<Entry> entries;
  EntryId last = before;
  for (std::size_t i = 0; i < count; ++i) {
    const Index index{last.index.value + 1};
    Bytes payload = CopyBytes(AsBytes(std::to_string(index.value) + "/" + std::to_string(term)));
    payload.resize(payload_size, 0x5a);
    Entry entry{.term = {term},
                .index = index,
                .kind = EntryKind::kBlock,
                .payload = std::make_shared<const Bytes>(std::move(payload)),
                .chain = {}};
    entry.chain = ChainOf(last.chain, entry.term, entry.index, entry.kind, *entry.payload);
    last = IdOf(entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace aval::consensus
