#include "consensus/wal/wal.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/assert.h"
#include "consensus/wal/format.h"
#include "consensus/wal/record_cursor.h"

namespace aval::consensus {

namespace {

Error NotFound(Index index) {
  return {.code = Code::kNotFound,
          .message = "the log holds no entry " + std::to_string(index.value)};
}

}  // namespace

Wal::Wal(Disk& disk, std::filesystem::path directory, const Options& options)
    : disk_(disk), directory_(std::move(directory)), options_(options) {}

Result<std::unique_ptr<Wal>> Wal::Open(Disk& disk, const std::filesystem::path& directory,
                                       const Options& options, const Origin& origin) {
  AVAL_CHECK(disk.MakeDirectories(directory));
  std::unique_ptr<Wal> log(new Wal(disk, directory, options));
  AVAL_TRY(wal::RecoveredLog found, wal::Recover(disk, directory, options.cluster, options.node));
  log->state_ = std::move(found.state);
  log->incarnation_ = found.incarnation;
  log->ordinal_ = found.ordinal;
  log->file_ = std::move(found.file);
  log->offset_ = found.offset;
  log->end_ = found.end;
  if (found.ordinal == 0) AVAL_CHECK(log->Begin(origin));
  const wal::LogState& state = log->state_;
  log->last_ = state.last;
  log->hard_state_ = state.hard_state;
  log->recovered_ = {.hard_state = state.hard_state,
                     .last = state.last,
                     .incarnation = log->incarnation_,
                     .begun = found.ordinal == 0,
                     .configurations = state.configurations,
                     .torn = std::move(found.torn)};
  return log;
}

Result<void> Wal::Begin(const Origin& origin) {
  AVAL_ASSERT(origin.last.term <= origin.hard_state.term && origin.incarnation > 0);
  AVAL_ASSERT(origin.configurations.empty() ||
              origin.configurations.back().index <= origin.last.index);
  state_.hard_state = origin.hard_state;
  state_.last = state_.anchor = origin.last;
  state_.configurations = origin.configurations;
  state_.DropOldConfigurations();
  incarnation_ = origin.incarnation;
  return StartSegment({.ordinal = 1, .first_group = 1}, 0);
}

std::filesystem::path Wal::PathOf(std::uint64_t ordinal) const {
  return directory_ / wal::SegmentName(ordinal);
}

void Wal::Write(std::span<const Persist> writes) {
  for (const Persist& write : writes) {
    if (write.truncate_after) {
      const EntryId& kept = *write.truncate_after;
      AVAL_ASSERT(kept.index < last_.index && kept.term <= last_.term);
      wal::WriteTruncation(pending_, kept);
      changes_.push_back({.kind = wal::RecordKind::kTruncate, .id = kept});
      last_ = kept;
    }
    for (const Entry& entry : write.entries) Stage(entry);
    if (write.hard_state) {
      AVAL_ASSERT(write.hard_state->term >= hard_state_.term);
      wal::WriteRecord(pending_, *write.hard_state);
      changes_.push_back({.kind = wal::RecordKind::kHardState, .hard_state = *write.hard_state});
      hard_state_ = *write.hard_state;
    }
  }
}

void Wal::Stage(const Entry& entry) {
  AVAL_ASSERT(entry.index.value == last_.index.value + 1);
  AVAL_ASSERT(entry.term >= last_.term && entry.term <= hard_state_.term);
  const std::size_t at = pending_.size();
  wal::WriteRecord(pending_, entry);
  wal::Change change{.kind = wal::RecordKind::kEntry,
                     .id = IdOf(entry),
                     .before = last_,
                     .at = {.ordinal = 0, .group = 0, .data = at},
                     .bytes = pending_.size() - at};
  if (entry.kind == EntryKind::kConfiguration) {
    auto configuration = DecodeConfiguration(*entry.payload);
    AVAL_ASSERT(configuration.has_value());
    change.configuration = std::make_shared<const Configuration>(*std::move(configuration));
  }
  changes_.push_back(std::move(change));
  last_ = IdOf(entry);
}

Result<void> Wal::Sync() {
  if (failure_) return *failure_;
  if (changes_.empty()) return {};
  if (const auto written = WriteGroup(); !written) {
    failure_ = written.error();
    return *failure_;
  }
  pending_.Clear();
  changes_.clear();
  return {};
}

Result<void> Wal::WriteGroup() {
  const std::size_t size = wal::SealedSize(pending_.size());
  // One page stays free, for the group that closes the segment.
  if (offset_ + size + wal::kPage > end_) AVAL_CHECK(Rotate(size));
  const std::uint64_t group = state_.group + 1;
  AVAL_CHECK(file_->Write(offset_, wal::SealGroup(group, pending_.bytes())));
  AVAL_CHECK(file_->Sync());
  const std::scoped_lock lock(mutex_);
  CountSync(size);
  for (wal::Change& change : changes_) {
    if (change.kind == wal::RecordKind::kEntry) ++counters_.entries;
    change.at.ordinal = ordinal_;
    change.at.group = offset_;
    if (change.kind == wal::RecordKind::kTruncate) ++truncations_;
    state_.Apply(change, ordinal_);
  }
  state_.group = group;
  offset_ += size;
  return {};
}

Result<void> Wal::Rotate(std::size_t room) {
  const std::unique_ptr<File> old = std::move(file_);
  const std::uint64_t offset = offset_;
  const std::uint64_t close = state_.group + 1;
  // First the new segment, under its name; then the word that it follows. Without that word it does
  // not count, and with it its absence is noticed.
  AVAL_CHECK(StartSegment({.ordinal = ordinal_ + 1, .first_group = close + 1}, room));
  ByteWriter record;
  wal::WriteClose(record, ordinal_);
  const Bytes group = wal::SealGroup(close, record.bytes());
  AVAL_CHECK(old->Write(offset, group));
  AVAL_CHECK(old->Sync());
  const std::scoped_lock lock(mutex_);
  CountSync(group.size());
  state_.group = close;
  return {};
}

Result<void> Wal::StartSegment(wal::SegmentHeader header, std::size_t room) {
  header.cluster = options_.cluster;
  header.node = options_.node;
  header.incarnation = incarnation_;
  {
    const std::scoped_lock lock(mutex_);
    state_.DropOldConfigurations();
    header.hard_state = state_.hard_state;
    header.last = state_.last;
    header.configurations = state_.configurations;
  }
  const std::uint64_t begin = wal::EncodeHeader(header).size();
  header.size = wal::WholePages(
      std::max<std::uint64_t>(options_.segment_bytes, 2 * begin + room + wal::kPage));
  const std::filesystem::path draft = directory_ / wal::kDraftName;
  if (disk_.Exists(draft)) AVAL_CHECK(disk_.Remove(draft));
  AVAL_TRY(file_, disk_.Open(draft, Disk::Mode::kCreate));
  if (const auto resized = file_->Resize(header.size); !resized) {
    return Error{.code = resized.error().code,
                 .message = "no room for " + PathOf(header.ordinal).string() + " of " +
                            std::to_string(header.size) + " bytes: " + resized.error().message};
  }
  const std::uint64_t end = wal::RoomEnd(header.size, begin);
  AVAL_CHECK(file_->Write(0, wal::EncodeHeader(header)));
  AVAL_CHECK(file_->Write(end, wal::EncodeMirror(header)));
  AVAL_CHECK(file_->Sync());
  AVAL_CHECK(disk_.Rename(draft, PathOf(header.ordinal)));
  AVAL_CHECK(disk_.SyncDirectory(directory_));
  ordinal_ = header.ordinal;
  offset_ = begin;
  end_ = end;
  const std::scoped_lock lock(mutex_);
  CountSync(2 * begin);
  state_.StartSegment(ordinal_);
  return {};
}

void Wal::CountSync(std::size_t bytes) {
  ++counters_.syncs;
  counters_.bytes += bytes;
}

Wal::Counters Wal::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

EntryId Wal::Anchor() const {
  const std::scoped_lock lock(mutex_);
  return state_.anchor;
}

Result<EntryId> Wal::IdAt(Index index) const {
  {
    const std::scoped_lock lock(mutex_);
    if (index == state_.anchor.index) return state_.anchor;
    if (index == state_.last.index) return state_.last;
    const auto of_term = state_.terms.Find(index);
    if (of_term && index > state_.anchor.index && index < state_.last.index) return *of_term;
  }
  Index last;
  AVAL_TRY(const Resume from, Seek(index, last));
  EntryId found;
  AVAL_CHECK(Walk(from, [&](const Entry& entry) {
    found = IdOf(entry);
    return entry.index < index ? Taken::kMore : Taken::kEnough;
  }));
  return found;
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
    Index last;
    AVAL_TRY(const Resume start, Seek(next, last));
    last = std::min(last, to);
    AVAL_CHECK(Walk(start, [&](Entry& entry) {
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

Result<Wal::Resume> Wal::Seek(Index index, Index& last) const {
  const std::scoped_lock lock(mutex_);
  if (index <= state_.anchor.index || index > state_.last.index) return NotFound(index);
  const wal::SparseIndex::Range range = state_.index.Find(index);
  last = std::min(range.last, state_.last.index);
  if (resume_truncations_ != truncations_) resume_.reset();
  resume_truncations_ = truncations_;
  const bool nearer =
      resume_ && resume_->before.index > range.from.before.index && resume_->before.index < index;
  if (nearer) return *resume_;
  return Resume{.before = range.from.before, .at = range.from.at};
}

Result<void> Wal::Walk(const Resume& from, const std::function<Taken(Entry&)>& take) const {
  AVAL_TRY(const File* file, ReadableSegment(from.at.ordinal));
  const std::string name = PathOf(from.at.ordinal).string();
  Resume here = from;
  // Ends at the latest where the segment does: no group begins there, which is an error.
  for (;;) {
    wal::RecordCursor cursor(*file, name, here.at);
    for (;;) {
      resume_ = here;
      AVAL_TRY(std::optional<wal::Record> record, cursor.Next());
      here.at = cursor.position();
      if (!record) break;
      if (record->kind != wal::RecordKind::kEntry) continue;
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
        resume_ = here;
        return {};
      }
    }
  }
}

Result<const File*> Wal::ReadableSegment(std::uint64_t ordinal) const {
  if (reading_ordinal_ != ordinal) {
    AVAL_TRY(reading_, disk_.Open(PathOf(ordinal), Disk::Mode::kRead));
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
      state_.segments.erase(state_.segments.begin());
    }
    // One by one, each durably: a gap would look like a loss.
    AVAL_CHECK(disk_.Remove(PathOf(oldest)));
    AVAL_CHECK(disk_.SyncDirectory(directory_));
  }
}

}  // namespace aval::consensus
