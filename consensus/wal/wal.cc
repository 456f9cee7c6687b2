#include "consensus/wal/wal.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "consensus/wal/format.h"
#include "consensus/wal/witness.h"

namespace aval::consensus {

namespace {

wal::RecoveryOptions RecoveryOf(const Wal::Options& options) {
  return {.cluster = options.cluster,
          .node = options.node,
          .ring_slots = options.ring_slots,
          .flushed = options.flushed};
}

}  // namespace

Wal::Wal(Disk& disk, std::filesystem::path directory, const Options& options)
    : disk_(disk),
      directory_(std::move(directory)),
      options_(options),
      spare_(disk, directory_, wal::WholePages(options.segment_bytes)),
      scrubber_(disk, directory_) {}

Result<std::unique_ptr<Wal>> Wal::Open(Disk& disk, const std::filesystem::path& directory,
                                       const Options& options, const Origin& origin) {
  AVAL_CHECK(disk.MakeDirectories(directory));
  std::unique_ptr<Wal> log(new Wal(disk, directory, options));
  wal::RecoveryOptions recovery = RecoveryOf(options);
  recovery.origin = origin.last.index;
  AVAL_TRY(wal::RecoveredLog found, wal::Recover(disk, directory, recovery));
  log->state_ = std::move(found.state);
  log->incarnation_ = found.incarnation;
  log->ordinal_ = found.ordinal;
  log->file_ = std::move(found.file);
  log->offset_ = found.offset;
  log->end_ = found.end;
  log->ring_ = std::move(found.ring);
  AVAL_CHECK(log->spare_.Adopt());
  if (found.ordinal == 0) AVAL_CHECK(log->Begin(origin));
  if (log->spare_.ready()) log->counters_.without_spare.reset();
  log->EndAt(log->offset_);
  const wal::LogState& state = log->state_;
  log->last_ = state.last;
  log->hard_state_ = state.hard_state;
  log->recovered_ = {.hard_state = state.hard_state,
                     .last = state.last,
                     .incarnation = log->incarnation_,
                     .begun = found.ordinal == 0,
                     .configurations = state.configurations,
                     .damaged = state.damages.damaged(),
                     .torn = std::move(found.torn),
                     .dropped = std::move(found.dropped)};
  return log;
}

Result<EntryId> Wal::ReadLast(Disk& disk, const std::filesystem::path& directory,
                              const Options& options) {
  return wal::ReadLast(disk, directory, RecoveryOf(options));
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
    if (write.repaired.empty()) continue;
    to_fill_.emplace_back(write.repaired.front().index, write.repaired.back().index);
    // What was cut or trimmed meanwhile needs no filling; what does is in Unrepaired.
    if (!Repair(write.repaired)) {
      const std::scoped_lock lock(mutex_);
      ++counters_.refused;
    }
  }
}

std::vector<DamagedRange> Wal::Unrepaired() const {
  std::vector<DamagedRange> unrepaired = damaged();
  std::erase_if(unrepaired, [&](const DamagedRange& range) {
    return std::ranges::none_of(filled_, [&](const auto& span) {
      return span.first <= range.last.index && span.second > range.before.index;
    });
  });
  return unrepaired;
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

Result<void> Wal::Repair(std::span<const Entry> entries) {
  const auto refused = [](const std::string& what) {
    return Error{.code = Code::kInvalidArgument, .message = "no repair: " + what};
  };
  if (entries.empty()) return refused("no entries");
  std::optional<DamagedRange> range;
  {
    const std::scoped_lock lock(mutex_);
    const wal::Damage* const damage = state_.damages.FindDamaged(entries.front().index);
    if (damage != nullptr) range = damage->range;
  }
  for (const wal::Change& change : changes_) {
    const bool truncates = change.kind == wal::RecordKind::kTruncate;
    if (!range || !truncates || change.id.index >= range->last.index) continue;
    if (change.id.index > range->before.index) {
      range->last = change.id;
    } else {
      range.reset();
    }
  }
  const std::string name = "entry " + std::to_string(entries.front().index.value);
  if (!range) return refused(name + " is not damaged");
  EntryId before = range->before;
  if (entries.back().index > range->last.index) {
    entries = entries.first(range->last.index.value - before.index.value);
  }
  for (const Entry& entry : entries) {
    const bool follows =
        entry.index.value == before.index.value + 1 &&
        ChainOf(before.chain, entry.term, entry.index, entry.kind, *entry.payload) == entry.chain;
    if (!follows) return refused("entry " + std::to_string(entry.index.value) + " does not follow");
    before = IdOf(entry);
  }
  if (before != range->last) {
    return refused("entry " + std::to_string(before.index.value) + " is another one here");
  }
  for (const Entry& entry : entries) {
    const std::size_t at = pending_.size();
    wal::WriteRepair(pending_, entry);
    changes_.push_back({.kind = wal::RecordKind::kRepair,
                        .id = IdOf(entry),
                        .at = {.ordinal = 0, .group = 0, .data = at}});
  }
  return {};
}

Result<void> Wal::Sync() {
  if (failure_) return *failure_;
  filled_ = std::exchange(to_fill_, {});
  if (changes_.empty()) return {};
  AVAL_CHECK(Fail(WriteGroup()));
  pending_.Clear();
  changes_.clear();
  return {};
}

Result<void> Wal::Idle() {
  if (failure_) return *failure_;
  AVAL_CHECK(Fail(PutFound()));
  AVAL_CHECK(Fail(ring_->Sync()));
  return counters().short_of_room ? Result<void>{} : MakeSpare();
}

Result<void> Wal::MakeSpare() {
  if (failure_) return *failure_;
  const auto made = spare_.Make();
  const bool full = !made && made.error().code == Code::kFull;
  if (!made && !full) return Fail(made);
  const std::scoped_lock lock(mutex_);
  counters_.short_of_room = full;
  if (!full) counters_.without_spare.reset();
  return {};
}

bool Wal::wants_spare() const {
  return !spare_.ready() && !counters().short_of_room && offset_ > end_ / 2;
}

Result<void> Wal::RequireSpare() {
  AVAL_CHECK(MakeSpare());
  if (spare_.ready()) return {};
  return Error{.code = Code::kFull,
               .message = "no room for " + PathOf(ordinal_ + 1).string() +
                          ", and the rest of the segment before is kept for terms and votes"};
}

std::uint64_t Wal::Reserve() const {
  constexpr std::uint64_t kMost = 64 * wal::kPage;
  return std::min(kMost, options_.segment_bytes / 16 / wal::kPage * wal::kPage);
}

bool Wal::WantsHeader() const {
  const std::scoped_lock lock(mutex_);
  return spare_.ready() && unconfigured_ == ordinal_;
}

Result<void> Wal::PutWitness(const wal::Witness& witness) {
  AVAL_CHECK(PutFound());
  return ring_->Put(witness);
}

Result<void> Wal::PutFound() {
  std::vector<wal::Witness> keep;
  std::vector<wal::Witness> put;
  {
    const std::scoped_lock lock(mutex_);
    keep.swap(to_keep_);
    put.swap(to_put_);
  }
  for (const wal::Witness& witness : put) {
    if (witness.place.group + ring_->slots() > state_.group) AVAL_CHECK(ring_->Put(witness));
  }
  for (const wal::Witness& witness : keep) AVAL_CHECK(ring_->Keep(witness));
  return {};
}

Result<void> Wal::Fail(const Result<void>& result) {
  if (!result) failure_ = result.error();
  return result;
}

Result<void> Wal::WriteGroup() {
  const std::size_t size = wal::SealedSize(pending_.size());
  // One page stays free, for the group that closes the segment.
  const bool brings = std::ranges::any_of(changes_, [](const wal::Change& change) {
    return change.kind == wal::RecordKind::kEntry || change.kind == wal::RecordKind::kRepair;
  });
  if (offset_ + size + wal::kPage > end_ || WantsHeader()) {
    AVAL_CHECK(Rotate(size));
  } else if (brings && !spare_.ready() && offset_ + size + wal::kPage + Reserve() > end_) {
    AVAL_CHECK(RequireSpare());
  }
  AVAL_CHECK(file_->Write(offset_, wal::SealGroup(state_.group + 1, pending_.bytes())));
  AVAL_CHECK(file_->Sync());
  for (wal::Change& change : changes_) {
    change.at.ordinal = ordinal_;
    change.at.group = offset_;
  }
  AVAL_CHECK(PutWitness(
      wal::WitnessOf({.group = state_.group + 1, .ordinal = ordinal_, .offset = offset_},
                     wal::SectorsOf(pending_.size()), state_.last, state_.hard_state, changes_)));
  const std::scoped_lock lock(mutex_);
  CountSync(size);
  for (const wal::Change& change : changes_) {
    if (change.kind == wal::RecordKind::kEntry) ++counters_.entries;
    if (change.kind == wal::RecordKind::kRepair) ++counters_.repaired;
    if (change.kind == wal::RecordKind::kTruncate) ++truncations_;
    state_.Apply(change, ordinal_);
  }
  state_.EndGroup();
  ++state_.group;
  if (counters_.without_spare) ++*counters_.without_spare;
  offset_ += size;
  EndAt(offset_);
  return {};
}

Result<void> Wal::Rotate(std::size_t room) {
  const std::unique_ptr<File> old = std::move(file_);
  const wal::GroupPlace place{.group = state_.group + 1, .ordinal = ordinal_, .offset = offset_};
  // First the new segment, under its name; then the word that it follows. Without that word it does
  // not count, and with it its absence is noticed.
  AVAL_CHECK(StartSegment({.ordinal = ordinal_ + 1, .first_group = place.group + 1}, room));
  ByteWriter record;
  wal::WriteClose(record, ordinal_);
  const Bytes group = wal::SealGroup(place.group, record.bytes());
  AVAL_CHECK(old->Write(place.offset, group));
  AVAL_CHECK(old->Sync());
  const wal::Change close{.kind = wal::RecordKind::kClose};
  AVAL_CHECK(PutWitness(wal::WitnessOf(place, wal::SectorsOf(record.size()), state_.last,
                                       state_.hard_state, std::span(&close, 1))));
  AVAL_CHECK(ring_->Sync());
  const std::scoped_lock lock(mutex_);
  CountSync(group.size());
  ++state_.group;
  EndAt(offset_);
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
  const bool use_spare = spare_.ready() && spare_.size() == header.size;
  const std::filesystem::path draft = use_spare ? spare_.path() : directory_ / wal::kDraftName;
  if (use_spare) {
    AVAL_TRY(file_, spare_.Use());
  } else {
    AVAL_TRY(file_, CreateSegment(header));
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
  if (use_spare) counters_.without_spare = 0;
  CountSync(2 * begin);
  state_.StartSegment(ordinal_);
  return {};
}

Result<std::unique_ptr<File>> Wal::CreateSegment(const wal::SegmentHeader& header) {
  const std::filesystem::path draft = directory_ / wal::kDraftName;
  if (disk_.Exists(draft)) AVAL_CHECK(disk_.Remove(draft));
  AVAL_TRY(std::unique_ptr<File> file, disk_.Open(draft, Disk::Mode::kCreate));
  if (const auto resized = file->Resize(header.size); !resized) {
    return Error{.code = resized.error().code,
                 .message = "no room for " + PathOf(header.ordinal).string() + " of " +
                            std::to_string(header.size) + " bytes: " + resized.error().message};
  }
  return file;
}

void Wal::EndAt(std::uint64_t offset) {
  next_ = {.group = state_.group + 1, .ordinal = ordinal_, .offset = offset};
}

void Wal::CountSync(std::size_t bytes) {
  ++counters_.syncs;
  counters_.bytes += bytes;
}

Wal::Counters Wal::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

}  // namespace aval::consensus
