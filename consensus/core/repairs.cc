#include "consensus/core/repairs.h"

#include <algorithm>
#include <utility>

namespace aval::consensus {

namespace {

bool Follows(const EntryId& before, const Entry& entry) {
  return entry.index.value == before.index.value + 1 && entry.term >= before.term &&
         entry.payload != nullptr &&
         ChainOf(before.chain, entry.term, entry.index, entry.kind, *entry.payload) == entry.chain;
}

}  // namespace

void Repairs::Add(const DamagedRange& range) {
  const auto at = std::ranges::upper_bound(ranges_, range.before.index, {},
                                           [](const auto& known) { return known.before.index; });
  if (at == ranges_.begin()) StartAgain();
  ranges_.insert(at, range);
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
    if (kept.index > ranges_.back().before.index) {
      ranges_.back().last = kept;
    } else {
      ranges_.pop_back();
    }
  }
  if (ranges_.empty()) StartAgain();
  while (!copy_.empty() && copy_.back().index > kept.index) {
    copy_bytes_ -= CostOf(copy_.back());
    copy_.pop_back();
  }
  // What a write under way has filled and is cut again is not to be waited for.
  while (!under_way_.empty() && under_way_.back().range.last.index > kept.index) {
    under_way_.pop_back();
  }
}

void Repairs::StartAgain() {
  copy_.clear();
  copy_bytes_ = 0;
  silences_ = 0;
}

EntryId Repairs::Reached() const {
  return copy_.empty() ? ranges_.front().before : IdOf(copy_.back());
}

std::optional<Repairs::Question> Repairs::Ask(std::span<const NodeId> peers, Instant now,
                                              Duration patience) {
  if (ranges_.empty() || now < due(patience)) return std::nullopt;
  asked_ = now;
  if (peers.empty()) return std::nullopt;
  if (silences_ == kSilences) StartAgain();
  if (copy_.empty()) {
    source_.node = peers[turn_++ % peers.size()];
  } else {
    ++silences_;
  }
  return Question{.to = source_.node, .after = Reached().index, .last = ranges_.front().last.index};
}

Repairs::Taken Repairs::Take(const Source& source, Index after, const std::vector<Entry>& entries) {
  if (ranges_.empty() || after != Reached().index) return Taken::kNothing;
  if (!copy_.empty() && source.node != source_.node) return Taken::kNothing;
  // In another term its log may be another one.
  if (entries.empty() || (!copy_.empty() && source != source_)) {
    StartAgain();
    return Taken::kNothing;
  }
  source_ = source;
  const EntryId& last = ranges_.front().last;
  for (const Entry& entry : entries) {
    const bool fits = Follows(Reached(), entry) && entry.term <= source.term;
    if (!fits || copy_bytes_ + CostOf(entry) > kCopyBytes) {
      StartAgain();
      return Taken::kNothing;
    }
    copy_.push_back(entry);
    copy_bytes_ += CostOf(entry);
    if (IdOf(entry) == last) break;
    // Terms only rise along a log.
    if (entry.term > last.term || entry.index == last.index) return Taken::kOther;
  }
  silences_ = 0;
  asked_ = {};  // What is missing still may be asked for at once.
  return Taken::kMore;
}

std::optional<std::vector<Entry>> Repairs::TakeFilled(std::uint64_t sequence) {
  if (ranges_.empty() || copy_.empty() || IdOf(copy_.back()) != ranges_.front().last) {
    return std::nullopt;
  }
  std::vector<Entry> filled = std::move(copy_);
  under_way_.push_back({.sequence = sequence, .range = ranges_.front()});
  ranges_.pop_front();
  StartAgain();
  return filled;
}

void Repairs::Persisted(std::uint64_t sequence) {
  while (!under_way_.empty() && under_way_.front().sequence <= sequence) under_way_.pop_front();
}

}  // namespace aval::consensus
