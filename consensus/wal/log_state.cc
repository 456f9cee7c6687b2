#include "consensus/wal/log_state.h"

#include <algorithm>

#include "consensus/wal/witness.h"

namespace aval::consensus::wal {

void LogState::StartSegment(std::uint64_t ordinal) { segments.emplace(ordinal, last); }

void LogState::Apply(const Change& change, std::uint64_t ordinal) {
  switch (change.kind) {
    case RecordKind::kEnd:
    case RecordKind::kClose:
      break;
    case RecordKind::kEntry:
      last = change.id;
      index.Append(change.before, change.at, change.bytes);
      terms.Append(change.before, change.id.term);
      if (change.configuration != nullptr) {
        configurations.push_back(
            {.index = change.id.index, .configuration = *change.configuration});
      }
      break;
    case RecordKind::kRepair: {
      const Damage* const damage = damages.FindDamaged(change.id.index);
      if (damage == nullptr) break;
      const DamagedRange range = damage->range;
      if (change.id.index.value == range.before.index.value + 1) mending_ = change.at;
      const bool together =
          mending_.ordinal == change.at.ordinal && mending_.group == change.at.group;
      if (change.id == range.last && together) damages.Mend(range, mending_);
      break;
    }
    case RecordKind::kHardState:
      hard_state = change.hard_state;
      break;
    case RecordKind::kTruncate: {
      last = change.id;
      index.TruncateAfter(last.index);
      terms.TruncateAfter(last.index);
      while (!configurations.empty() && configurations.back().index > last.index) {
        configurations.pop_back();
      }
      if (unknown_configuration && last.index <= *unknown_configuration) {
        unknown_configuration.reset();
      }
      damages.TruncateAfter(last);
      while (!ends.empty() && ends.back().index > last.index) ends.pop_back();
      EntryId& lowest = segments.at(ordinal);
      if (last.index < lowest.index) lowest = last;
      if (last.index < anchor.index) anchor = last;
      break;
    }
  }
}

void LogState::ApplyDamaged(const Witness& witness) {
  if (witness.truncates) {
    Apply({.kind = RecordKind::kTruncate, .id = witness.before}, witness.place.ordinal);
  }
  if (witness.last.index > witness.before.index) {
    damages.Add(
        {.range = {.before = witness.before, .last = witness.last}, .place = witness.place});
    if (witness.configures && !unknown_configuration) {
      unknown_configuration = witness.before.index;
    }
    // Where exactly terms begin in it is unknown; all of it counts as of the highest. So
    // LastWithTermAtMost may name an entry that is too low, also when the range is filled again:
    // the one before it, whose identity is known, and never one inside, whose identity is lost. It
    // is a follower's hint only, since who has lost entries does not lead, and too low a hint makes
    // the leader send entries again that are there: a probe goes down as far as it likes, and
    // whatever it finds in common is common (Raft paper, section 5.3).
    terms.Append(witness.before, witness.last.term);
    last = witness.last;
  }
  // What follows is not to be reached through the damage, also where no entry is lost.
  index.Break();
  hard_state = witness.hard_state;
}

void LogState::FindDamaged(const Witness& witness) {
  damages.LoseMended(witness.place);
  const Index first{witness.before.index.value + 1};
  if (first <= anchor.index) return;
  if (first > last.index) {
    index.Break();
    return;
  }
  if (damages.FindDamaged(first) != nullptr || damages.FindMended(first) != nullptr) return;
  const auto lies_in = [&](const Position& at) {
    return at.ordinal == witness.place.ordinal && at.group <= witness.place.offset;
  };
  SparseIndex::Range run = index.Find(first);
  if (!lies_in(run.from.at)) return;  // Truncated, and written elsewhere.
  const Position behind{.ordinal = witness.place.ordinal, .group = witness.end(), .data = 0};
  if (witness.last.index < first) {
    index.Insert(witness.before, behind);
    return;
  }
  // Up to the first entry that came elsewhere.
  EntryId live = last.index < witness.last.index ? last : witness.last;
  while (run.next && run.last.index < live.index) {
    if (!lies_in(*run.next)) {
      live = run.last;
    } else {
      run = index.Find(Index{run.last.index.value + 1});
    }
  }
  if (live.index < first) return;
  damages.Add({.range = {.before = witness.before, .last = live}, .place = witness.place});
  // What follows in the same run is not to be reached through the damage.
  const bool more = run.next ? run.last.index > live.index : last.index > live.index;
  if (more && live == witness.last) index.Insert(live, behind);
  if (live.index == last.index) index.Break();
}

void LogState::EndGroup() {
  if (!ends.empty() && ends.back().index >= last.index) return;
  ends.push_back(last);
  if (ends.size() > ends_max) ends.pop_front();
}

std::optional<EntryId> LogState::FindEnd(Index at) const {
  const auto found =
      std::ranges::partition_point(ends, [&](const EntryId& end) { return end.index < at; });
  if (found == ends.end() || found->index != at) return std::nullopt;
  return *found;
}

void LogState::DropOldConfigurations() {
  const auto replaced = [&](std::size_t next) {
    return next < configurations.size() && configurations[next].index <= anchor.index;
  };
  std::size_t dropped = 0;
  while (replaced(dropped + 1)) ++dropped;
  configurations.erase(configurations.begin(),
                       configurations.begin() + static_cast<std::ptrdiff_t>(dropped));
}

}  // namespace aval::consensus::wal
