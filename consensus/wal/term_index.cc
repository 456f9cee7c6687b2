#include "consensus/wal/term_index.h"

#include <algorithm>

#include "base/assert.h"

namespace aval::consensus::wal {

void TermIndex::Append(const EntryId& before, Term term) {
  AVAL_ASSERT(starts_.empty() || starts_.back().before.index <= before.index);
  if (starts_.empty() || starts_.back().term < term) {
    starts_.push_back({.before = before, .term = term});
  }
}

void TermIndex::TruncateAfter(Index kept) {
  while (!starts_.empty() && starts_.back().before.index >= kept) starts_.pop_back();
}

void TermIndex::DropThrough(Index anchor) {
  while (starts_.size() > 1 && starts_[1].before.index <= anchor) starts_.pop_front();
}

Index TermIndex::LastWithTermAtMost(Index anchor, Index from, Term term) const {
  const auto above =
      std::ranges::partition_point(starts_, [&](const Start& at) { return at.term <= term; });
  if (above == starts_.end()) return from;
  return std::max(anchor, std::min(from, above->before.index));
}

std::optional<EntryId> TermIndex::Find(Index index) const {
  const auto at = std::ranges::partition_point(
      starts_, [&](const Start& start) { return start.before.index < index; });
  if (at == starts_.end() || at->before.index != index) return std::nullopt;
  return at->before;
}

}  // namespace aval::consensus::wal
