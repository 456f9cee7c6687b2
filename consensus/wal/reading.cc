#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/assert.h"
#include "consensus/wal/patient_file.h"
#include "consensus/wal/record_cursor.h"
#include "consensus/wal/wal.h"

namespace aval::consensus {

namespace {

Error NotFound(Index index) {
  return {.code = Code::kNotFound,
          .message = "the log holds no entry " + std::to_string(index.value)};
}

}  // namespace

std::vector<DamagedRange> Wal::damaged() const {
  const std::scoped_lock lock(mutex_);
  return state_.damages.damaged();
}

Result<Wal::Scrubbed> Wal::Scrub(std::size_t bytes) {
  wal::Scrubber::Bounds bounds;
  {
    const std::scoped_lock lock(mutex_);
    bounds = {.oldest = state_.segments.begin()->first, .end = next_};
  }
  AVAL_TRY(wal::Scrubber::Found found, scrubber_.Run(bounds, bytes));
  const std::scoped_lock lock(mutex_);
  counters_.scrubbed += found.bytes;
  if (found.came_round) ++counters_.rounds;
  const std::vector<DamagedRange> before = state_.damages.damaged();
  for (const wal::Witness& witness : found.damaged) {
    state_.FindDamaged(witness);
    to_keep_.push_back(witness);
    if (witness.configures) unconfigured_ = std::max(unconfigured_, witness.place.ordinal);
  }
  to_put_.insert(to_put_.end(), found.unseen.begin(), found.unseen.end());
  Scrubbed scrubbed{.damaged = state_.damages.damaged(),
                    .lost = std::move(found.lost),
                    .came_round = found.came_round};
  std::erase_if(scrubbed.damaged,
                [&](const DamagedRange& range) { return std::ranges::count(before, range) > 0; });
  return scrubbed;
}

EntryId Wal::Anchor() const {
  const std::scoped_lock lock(mutex_);
  return state_.anchor;
}

Result<EntryId> Wal::IdAt(Index index) const {
  if (const auto known = KnownId(index)) return *known;
  AVAL_TRY(const Run run, Seek(index));
  EntryId found;
  AVAL_CHECK(Walk(run, [&](const Entry& entry) {
    found = IdOf(entry);
    return entry.index < index ? Taken::kMore : Taken::kEnough;
  }));
  return found;
}

std::optional<EntryId> Wal::KnownId(Index index) const {
  const std::scoped_lock lock(mutex_);
  if (index == state_.anchor.index) return state_.anchor;
  if (index == state_.last.index) return state_.last;
  if (index < state_.anchor.index || index > state_.last.index) return std::nullopt;
  if (const auto of_term = state_.terms.Find(index)) return of_term;
  return state_.FindEnd(index);
}

Index Wal::LastWithTermAtMost(Index from, Term term) const {
  const std::scoped_lock lock(mutex_);
  AVAL_ASSERT(from >= state_.anchor.index && from <= state_.last.index);
  return state_.terms.LastWithTermAtMost(state_.anchor.index, from, term);
}

Result<std::vector<Entry>> Wal::Read(Index from, Index to, std::size_t bytes_max) const {
  AVAL_ASSERT(from <= to);
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  bool full = false;
  for (Index next = from; next <= to && !full;) {
    const auto run = Seek(next);
    // What comes before damage is given first.
    if (!run && run.error().code == Code::kCorruption && !entries.empty()) break;
    if (!run) return run.error();
    const Index last = std::min(run->last, to);
    AVAL_CHECK(Walk(*run, [&](Entry& entry) {
      if (entry.index < next) return Taken::kMore;
      bytes += CostOf(entry);
      full = !entries.empty() && bytes > bytes_max;
      if (full) return Taken::kLeave;
      next = {entry.index.value + 1};
      entries.push_back(std::move(entry));
      return next <= last ? Taken::kMore : Taken::kEnough;
    }));
  }
  return entries;
}

Result<Wal::Run> Wal::Seek(Index index) const {
  const std::scoped_lock lock(mutex_);
  if (index <= state_.anchor.index || index > state_.last.index) return NotFound(index);
  if (const wal::Damage* const damage = state_.damages.FindDamaged(index)) {
    return Error{.code = Code::kCorruption,
                 .message = PathOf(damage->place.ordinal).string() + " at offset " +
                            std::to_string(damage->place.offset) + ": entries " +
                            std::to_string(damage->range.before.index.value + 1) + " to " +
                            std::to_string(damage->range.last.index.value) + " are damaged"};
  }
  if (const auto* const mended = state_.damages.FindMended(index)) {
    return Run{.from = {.before = mended->range.before, .at = mended->at},
               .last = mended->range.last.index,
               .kind = wal::RecordKind::kRepair};
  }
  const wal::SparseIndex::Range range = state_.index.Find(index);
  Run run{
      .from = {.before = range.from.before, .at = range.from.at},
      .last = state_.damages.LastBeforeNext(index, std::min(range.last.index, state_.last.index))};
  if (resume_truncations_ != truncations_) resume_.reset();
  resume_truncations_ = truncations_;
  const bool nearer =
      resume_ && resume_->before.index > range.from.before.index && resume_->before.index < index;
  if (nearer) run.from = *resume_;
  return run;
}

Result<void> Wal::Walk(const Run& run, const std::function<Taken(Entry&)>& take) const {
  const std::uint64_t ordinal = run.from.at.ordinal;
  AVAL_TRY(const File* file, ReadableSegment(ordinal));
  const std::string name = PathOf(ordinal).string();
  Resume here = run.from;
  const auto keep = [&] {
    if (run.kind == wal::RecordKind::kEntry) resume_ = here;
  };
  // Ends at the latest where the segment does: no group begins there, which is an error.
  for (;;) {
    wal::RecordCursor cursor(*file, name, here.at);
    for (;;) {
      keep();
      AVAL_TRY(std::optional<wal::Record> record, cursor.Next());
      here.at = cursor.position();
      if (!record) break;
      if (record->kind != run.kind) continue;
      Entry& entry = record->entry;
      const bool follows = entry.index.value == here.before.index.value + 1 &&
                           ChainOf(here.before.chain, entry.term, entry.index, entry.kind,
                                   *entry.payload) == entry.chain;
      if (!follows) {
        return Error{.code = Code::kCorruption,
                     .message = name + " at offset " + std::to_string(here.at.group) + ": entry " +
                                std::to_string(entry.index.value) + " does not follow entry " +
                                std::to_string(here.before.index.value)};
      }
      here.before = IdOf(entry);
      const Taken taken = take(entry);
      if (taken == Taken::kLeave) return {};
      if (taken == Taken::kEnough) {
        keep();
        return {};
      }
    }
  }
}

Result<const File*> Wal::ReadableSegment(std::uint64_t ordinal) const {
  if (reading_ordinal_ != ordinal) {
    AVAL_TRY(auto file, disk_.Open(PathOf(ordinal), Disk::Mode::kRead));
    reading_ = std::make_unique<wal::PatientFile>(std::move(file));
    reading_ordinal_ = ordinal;
  }
  return static_cast<const File*>(reading_.get());
}

Result<void> Wal::TrimBefore(Index index) {
  for (;;) {
    std::uint64_t oldest = 0;
    {
      const std::scoped_lock lock(mutex_);
      if (state_.segments.size() < 2) return {};
      const auto second = std::next(state_.segments.begin());
      // Entries that live on in the oldest segment: at most those below every later low.
      EntryId anchor = second->second;
      for (auto at = second; at != state_.segments.end(); ++at) {
        if (at->second.index < anchor.index) anchor = at->second;
      }
      if (anchor.index >= index) return {};
      oldest = state_.segments.begin()->first;
      state_.anchor = anchor;
      state_.index.DropSegmentsBefore(second->first);
      state_.terms.DropThrough(anchor.index);
      state_.damages.DropThrough(anchor.index);
      state_.segments.erase(state_.segments.begin());
    }
    // One by one, each durably: a gap would look like a loss.
    AVAL_CHECK(disk_.Remove(PathOf(oldest)));
    AVAL_CHECK(disk_.SyncDirectory(directory_));
  }
}

}  // namespace aval::consensus
