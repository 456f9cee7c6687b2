#include "consensus/core/repairs.h"

#include <algorithm>
#include <utility>

namespace aval::consensus {

Repairs::Repairs(const std::vector<DamagedRange>& ranges, Term term)
    : ranges_(ranges.begin(), ranges.end()), term_(term) {}

void Repairs::Add(const DamagedRange& range, Term term) {
  const auto at = std::ranges::upper_bound(ranges_, range.before.index, {},
                                           [](const auto& known) { return known.before.index; });
  const bool first = at == ranges_.begin();
  ranges_.insert(at, range);
  term_ = std::max(term_, term);
  if (first) Next();
}

bool Repairs::Covers(Index index) const {
  const auto covers = [&](const DamagedRange& range) {
    return range.before.index < index && index <= range.last.index;
  };
  return std::ranges::any_of(ranges_, covers) ||
         std::ranges::any_of(under_way_, covers, &UnderWay::range);
}

Index Repairs::before() const {
  Index lowest =
      ranges_.empty() ? under_way_.front().range.before.index : ranges_.front().before.index;
  for (const UnderWay& write : under_way_) lowest = std::min(lowest, write.range.before.index);
  return lowest;
}

void Repairs::TruncateAfter(const EntryId& kept) {
  while (!ranges_.empty() && ranges_.back().last.index > kept.index) {
    const bool first = ranges_.size() == 1;
    if (kept.index > ranges_.back().before.index) {
      ranges_.back().last = kept;
    } else {
      ranges_.pop_back();
    }
    if (first) Next();
  }
  // What a write under way has filled and is cut again is not to be waited for.
  while (!under_way_.empty() && under_way_.back().range.last.index > kept.index) {
    under_way_.pop_back();
  }
}

void Repairs::Next() {
  filled_.clear();
  never_had_.clear();
}

Index Repairs::Reached() const {
  return filled_.empty() ? ranges_.front().before.index : filled_.back().index;
}

std::optional<Repairs::Question> Repairs::Ask(std::span<const NodeId> peers, Instant now,
                                              Duration patience) {
  if (ranges_.empty() || now < due(patience)) return std::nullopt;
  asked_ = now;
  if (peers.empty()) return std::nullopt;
  return Question{
      .to = peers[turn_++ % peers.size()], .after = Reached(), .last = ranges_.front().last.index};
}

bool Repairs::Take(Index after, const std::vector<Entry>& entries) {
  if (ranges_.empty() || after != Reached()) return true;  // Late: it fits nothing any more.
  EntryId before = filled_.empty() ? ranges_.front().before : IdOf(filled_.back());
  const EntryId& last = ranges_.front().last;
  std::vector<Entry> taken;
  for (const Entry& entry : entries) {
    if (before.index == last.index) break;
    const bool chained =
        entry.index.value == before.index.value + 1 && entry.payload != nullptr &&
        ChainOf(before.chain, entry.term, entry.index, entry.kind, *entry.payload) == entry.chain;
    if (!chained) return false;
    before = IdOf(entry);
    taken.push_back(entry);
  }
  if (before.index == last.index && before != last) return false;
  filled_.insert(filled_.end(), taken.begin(), taken.end());
  asked_ = {};  // What is missing still may be asked for at once.
  return true;
}

std::optional<std::vector<Entry>> Repairs::TakeFilled(std::uint64_t sequence) {
  if (ranges_.empty() || filled_.empty() || IdOf(filled_.back()) != ranges_.front().last) {
    return std::nullopt;
  }
  std::vector<Entry> filled = std::move(filled_);
  under_way_.push_back({.sequence = sequence, .range = ranges_.front()});
  ranges_.pop_front();
  Next();
  return filled;
}

void Repairs::Persisted(std::uint64_t sequence) {
  while (!under_way_.empty() && under_way_.front().sequence <= sequence) under_way_.pop_front();
}

void Repairs::NeverHad(NodeId from, Term term, Index after) {
  if (ranges_.empty() || term <= term_ || after != ranges_.front().before.index) return;
  never_had_.insert(from);
}

std::optional<EntryId> Repairs::LostAfter(const Quorum& quorum) const {
  if (ranges_.empty() || !quorum.Reached(never_had_)) return std::nullopt;
  return ranges_.front().before;
}

}  // namespace aval::consensus
