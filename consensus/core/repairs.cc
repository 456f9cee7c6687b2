#include "consensus/core/repairs.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.h"

namespace aval::consensus {

namespace {

bool Follows(const EntryId& before, const Entry& entry) {
  return entry.index.value == before.index.value + 1 && entry.term >= before.term &&
         entry.payload != nullptr &&
         ChainOf(before.chain, entry.term, entry.index, entry.kind, *entry.payload) == entry.chain;
}

}  // namespace

void Repairs::Add(const DamagedRange& range) {
  const auto overlaps = [&](const DamagedRange& known) {
    return known.before.index < range.last.index && range.before.index < known.last.index;
  };
  if (std::ranges::any_of(ranges_, overlaps)) return;
  std::erase_if(under_way_, [&](const UnderWay& write) { return overlaps(write.range); });
  const auto at = std::ranges::upper_bound(ranges_, range.before.index, {},
                                           [](const auto& known) { return known.before.index; });
  ranges_.insert(at, range);
  Follow();
}

bool Repairs::lacking() const {
  const auto lacks = [&](const DamagedRange& range) { return Lacks(range); };
  return std::ranges::any_of(ranges_, lacks) ||
         std::ranges::any_of(under_way_, lacks, &UnderWay::range);
}

bool Repairs::Covers(Index index) const {
  const auto covers = [&](const DamagedRange& range) {
    return Lacks(range) && range.before.index < index && index <= range.last.index;
  };
  return std::ranges::any_of(ranges_, covers) ||
         std::ranges::any_of(under_way_, covers, &UnderWay::range);
}

Index Repairs::before() const {
  std::optional<Index> lowest;
  const auto look = [&](const DamagedRange& range) {
    if (Lacks(range)) lowest = std::min(lowest.value_or(range.before.index), range.before.index);
  };
  std::ranges::for_each(ranges_, look);
  std::ranges::for_each(under_way_, look, &UnderWay::range);
  AVAL_ASSERT(lowest.has_value());
  return *lowest;
}

EntryId Repairs::hole() const {
  EntryId highest = given_up_;
  const auto look = [&](const DamagedRange& range) {
    if (!Lacks(range) && range.last.index > highest.index) highest = range.last;
  };
  std::ranges::for_each(ranges_, look);
  std::ranges::for_each(under_way_, look, &UnderWay::range);
  return highest;
}

void Repairs::Flushed(Index through) {
  flushed_ = std::max(flushed_, through);
  Follow();
}

void Repairs::DropThrough(const EntryId& anchor) {
  const auto gone = [&](const DamagedRange& range) { return range.last.index <= anchor.index; };
  std::erase_if(ranges_, gone);
  std::erase_if(under_way_, [&](const UnderWay& write) { return gone(write.range); });
  if (!ranges_.empty() && ranges_.front().before.index < anchor.index) {
    ranges_.front().before = anchor;
  }
  if (given_up_.index <= anchor.index) given_up_ = {};
  Follow();
}

void Repairs::TruncateAfter(const EntryId& kept) {
  while (!ranges_.empty() && ranges_.back().last.index > kept.index) {
    if (kept.index > ranges_.back().before.index) {
      ranges_.back().last = kept;
    } else {
      ranges_.pop_back();
    }
  }
  Follow();
  while (!copy_.empty() && copy_.back().index > kept.index) {
    copy_bytes_ -= CostOf(copy_.back());
    copy_.pop_back();
  }
  // What a write under way has filled and is cut again is not to be waited for, but what stays of
  // it.
  std::erase_if(under_way_,
                [&](const UnderWay& write) { return write.range.before.index >= kept.index; });
  for (UnderWay& write : under_way_) {
    if (write.range.last.index > kept.index) write.range.last = kept;
  }
}

std::size_t Repairs::Turn() const {
  const auto lacks = [&](const DamagedRange& range) { return Lacks(range); };
  const auto first = std::ranges::find_if(ranges_, lacks);
  return first == ranges_.end() ? 0 : static_cast<std::size_t>(first - ranges_.begin());
}

void Repairs::Follow() {
  if (!ranges_.empty() && front().before.index == asked_for_) return;
  StartAgain();
  tries_ = 0;
  asked_for_ = ranges_.empty() ? Index{} : front().before.index;
}

void Repairs::StartAgain() {
  copy_.clear();
  copy_bytes_ = 0;
  silences_ = 0;
}

EntryId Repairs::Reached() const { return copy_.empty() ? front().before : IdOf(copy_.back()); }

std::optional<Repairs::Question> Repairs::Ask(std::span<const NodeId> peers, Instant now,
                                              Duration patience) {
  if (ranges_.empty() || now < due(patience)) return std::nullopt;
  asked_ = now;
  if (silences_ == kSilences) StartAgain();
  // Bounded by the ranges: each that is given up goes.
  while (copy_.empty() && !Lacks(front()) && tries_ >= kTries * peers.size()) {
    if (front().last.index > given_up_.index) given_up_ = front().last;
    ranges_.pop_front();
    Follow();
    if (ranges_.empty()) return std::nullopt;
  }
  if (peers.empty()) return std::nullopt;
  if (copy_.empty()) {
    ++tries_;
    source_.node = peers[turn_++ % peers.size()];
  } else {
    ++silences_;
  }
  return Question{.to = source_.node, .after = Reached().index, .last = front().last.index};
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
  const EntryId& last = front().last;
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
  if (ranges_.empty() || copy_.empty() || IdOf(copy_.back()) != front().last) return std::nullopt;
  std::vector<Entry> filled = std::move(copy_);
  under_way_.push_back({.sequence = sequence, .range = front()});
  ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(Turn()));
  StartAgain();
  Follow();
  return filled;
}

void Repairs::Persisted(std::uint64_t sequence) {
  while (!under_way_.empty() && under_way_.front().sequence <= sequence) under_way_.pop_front();
}

}  // namespace aval::consensus
