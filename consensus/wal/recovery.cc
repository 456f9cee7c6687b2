#include "consensus/wal/recovery.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "consensus/wal/decision.h"
#include "consensus/wal/group_reader.h"
#include "consensus/wal/segment.h"
#include "consensus/wal/spare.h"
#include "consensus/wal/torn_tail.h"

namespace aval::consensus::wal {

namespace {

namespace fs = std::filesystem;

// What follows for the node when its log is lost.
Error Lost(const Error& why) {
  return {.code = Code::kCorruption,
          .message = why.message +
                     "; this node has forgotten what it promised, and must come back empty and as "
                     "a new incarnation"};
}

Error CorruptAt(const fs::path& path, const std::string& what) {
  return {.code = Code::kCorruption, .message = path.string() + " at offset 0: " + what};
}

// A header may have left out, at the beginning, what was of no more use.
bool EndsIn(std::span<const ConfigurationAt> all, std::span<const ConfigurationAt> some) {
  if (some.size() > all.size() || some.empty() != all.empty()) return false;
  return EncodeConfigurations(all.last(some.size())) == EncodeConfigurations(some);
}

/// One pass over the segments, oldest first, that only reads; then what is to be written.
class Recovery {
 public:
  /// Segments before `oldest` are left over.
  Recovery(Disk& disk, fs::path directory, const RecoveryOptions& options, std::uint64_t oldest)
      : disk_(disk), directory_(std::move(directory)), options_(options), oldest_(oldest) {}

  Result<RecoveredLog> Run();
  /// The log's last entry; writes nothing.
  Result<EntryId> RunToLast();
  /// After a loss: the first segment behind it that follows nothing but what the state has.
  Result<std::optional<std::uint64_t>> FindLaterBeginning();

 private:
  struct Patch {  // Of a segment: bytes to write and sync.
    std::uint64_t ordinal = 0;
    std::uint64_t offset = 0;
    Bytes bytes;
  };

  Result<void> Load();
  Result<void> Read();
  /// All of them, and what else lies there is left over.
  Result<std::vector<std::uint64_t>> ListSegments();
  Result<void> CheckNoneIsMissing();
  Result<Segment> OpenChecked(std::uint64_t ordinal);
  Result<void> CheckContinues(const Segment& segment);
  Result<void> Scan(const Segment& segment, bool is_last);
  /// False: the log ends there.
  Result<bool> Step(const Segment& segment, bool is_last);
  Testimony Ask(const GroupPlace& place, const Segment& segment, const Group* group) const;
  Result<void> Take(const Segment& segment, const Group& group, bool rewrite);
  Result<void> Finish();
  Result<void> Write(const Patch& patch);

  Disk& disk_;
  const fs::path directory_;
  const RecoveryOptions options_;
  const std::uint64_t oldest_;
  std::vector<std::uint64_t> ordinals_;
  std::uint64_t reading_ = 0;  // The segment that is being read, or that a missing one follows.
  RecoveredLog log_;
  std::vector<WitnessSlot> slots_;
  std::uint64_t witnessed_ = 0;  // The highest group that the ring knows.
  bool closed_ = false;          // The segment scanned last says that another follows.

  // For the end.
  std::vector<fs::path> leftovers_;
  std::vector<Patch> patches_;
  std::optional<Witness> newest_;               // The last group, when it is whole.
  std::map<std::uint64_t, Witness> witnesses_;  // Slots to write, by slot.
  std::vector<std::uint64_t> damaged_;          // Groups.
};

Result<RecoveredLog> Recovery::Run() {
  AVAL_CHECK(Load());
  AVAL_CHECK(Finish());
  return std::move(log_);
}

Result<EntryId> Recovery::RunToLast() {
  AVAL_CHECK(Load());
  return log_.state.last;
}

Result<void> Recovery::Load() {
  AVAL_TRY(slots_, Ring::Load(disk_, directory_));
  for (const WitnessSlot& slot : slots_) {
    if (slot.state != Sector::State::kWhole) continue;
    witnessed_ = std::max(witnessed_, slot.witness.place.group);
  }
  log_.state.ends_max = slots_.empty() ? options_.ring_slots : slots_.size();
  return Read();
}

Result<std::optional<std::uint64_t>> Recovery::FindLaterBeginning() {
  if (reading_ == 0) return std::optional<std::uint64_t>();
  for (const std::uint64_t ordinal : ordinals_) {
    if (ordinal <= reading_) continue;
    const auto segment = OpenChecked(ordinal);
    if (!segment && segment.error().code != Code::kCorruption) return segment.error();
    if (segment && segment->header.last.index <= options_.flushed) return std::optional(ordinal);
  }
  return std::optional<std::uint64_t>();
}

Result<void> Recovery::Read() {
  AVAL_TRY(ordinals_, ListSegments());
  const std::vector<std::uint64_t>& ordinals = ordinals_;
  if (ordinals.empty()) {
    if (witnessed_ != 0) {
      return CorruptAt(directory_ / Ring::kName,
                       "knows group " + std::to_string(witnessed_) + ", and there are no segments");
    }
    if (options_.flushed <= options_.origin) return {};
    return CorruptAt(directory_ / SegmentName(1), "is missing, and the state has entries up to " +
                                                      std::to_string(options_.flushed.value));
  }
  AVAL_CHECK(CheckNoneIsMissing());
  bool newest_is_unused = false;
  if (ordinals.size() > 1) {
    AVAL_TRY(const Segment newest, OpenChecked(ordinals.back()));
    AVAL_TRY(const auto used, FirstNonZero(*newest.file, newest.room.begin, newest.room.end));
    newest_is_unused = !used;
  }
  for (std::size_t i = 0; i < ordinals.size(); ++i) {
    reading_ = ordinals[i];
    AVAL_TRY(Segment current, OpenChecked(ordinals[i]));
    AVAL_CHECK(CheckContinues(current));
    const bool is_newest = i + 1 == ordinals.size();
    const bool before_unused = i + 2 == ordinals.size() && newest_is_unused;
    AVAL_CHECK(Scan(current, is_newest || before_unused));
    if (is_newest && closed_) {
      return CorruptAt(current.room, log_.offset, "the segment that follows is missing");
    }
    log_.ordinal = ordinals[i];
    log_.end = current.room.end;
    log_.incarnation = current.header.incarnation;
    if (!current.first_copy) {
      patches_.push_back({ordinals[i], 0, EncodeHeader(current.header)});
    }
    if (!current.mirror) {
      patches_.push_back({ordinals[i], current.room.end, EncodeMirror(current.header)});
    }
    if (is_newest || closed_) continue;
    if (!before_unused) {
      return CorruptAt(current.room, log_.offset, "the segment ends before its close");
    }
    // The power went between the making of a segment and the word that it follows.
    leftovers_.push_back(directory_ / SegmentName(ordinals.back()));
    break;
  }
  if (log_.state.unknown_configuration) {
    return CorruptAt(directory_ / SegmentName(log_.ordinal),
                     "the configuration in force was in an entry that is damaged, after entry " +
                         std::to_string(log_.state.unknown_configuration->value));
  }
  log_.state.DropOldConfigurations();
  return {};
}

Result<std::vector<std::uint64_t>> Recovery::ListSegments() {
  AVAL_TRY(const std::vector<std::string> names, disk_.List(directory_));
  std::vector<std::uint64_t> ordinals;
  for (const std::string& name : names) {
    if (name == kDraftName || name == Ring::kDraftName || name == Spare::kDraftName) {
      leftovers_.push_back(directory_ / name);
      continue;
    }
    if (name == Ring::kName || name == Spare::kName) continue;
    const auto ordinal = OrdinalOf(name);
    if (!ordinal) {
      return Error{.code = Code::kInvalidArgument,
                   .message = (directory_ / name).string() + ": not a file of the log"};
    }
    if (*ordinal < oldest_) {
      leftovers_.push_back(directory_ / name);
      continue;
    }
    ordinals.push_back(*ordinal);
  }
  return ordinals;
}

Result<void> Recovery::CheckNoneIsMissing() {
  for (const std::uint64_t ordinal : ordinals_) {
    if (reading_ != 0 && ordinal != reading_ + 1) {
      return CorruptAt(directory_ / SegmentName(reading_ + 1),
                       "is missing, and " + SegmentName(ordinal) + " is there");
    }
    reading_ = ordinal;
  }
  return {};
}

Result<Segment> Recovery::OpenChecked(std::uint64_t ordinal) {
  AVAL_TRY(Segment segment, OpenSegment(disk_, directory_, ordinal, Disk::Mode::kRead));
  if (segment.header.cluster != options_.cluster || segment.header.node != options_.node) {
    return Error{.code = Code::kInvalidArgument,
                 .message = segment.room.name + ": the log of node " +
                            std::to_string(segment.header.node.value) + " of cluster " +
                            segment.header.cluster.Hex() + ", not of this node"};
  }
  return segment;
}

Result<void> Recovery::CheckContinues(const Segment& segment) {
  const SegmentHeader& header = segment.header;
  LogState& state = log_.state;
  if (state.segments.empty()) {  // The oldest: where the log begins.
    if (segment.ordinal() == 1 && header.first_group != 1) {
      return CorruptAt(segment.room, 0, "the first segment follows another");
    }
    state.hard_state = header.hard_state;
    state.last = state.anchor = header.last;
    state.group = header.first_group - 1;
    state.configurations = header.configurations;
    return {};
  }
  if (header.last != state.last || header.hard_state != state.hard_state ||
      header.first_group != state.group + 1 || header.incarnation != log_.incarnation) {
    return CorruptAt(segment.room, 0,
                     "follows entry " + std::to_string(header.last.index.value) + " and group " +
                         std::to_string(header.first_group - 1) + ", the segment before ends at " +
                         std::to_string(state.last.index.value) + " and " +
                         std::to_string(state.group));
  }
  if (std::exchange(state.unknown_configuration, std::nullopt)) {
    // The header knows what the damaged entry was.
    state.configurations = header.configurations;
  }
  if (EndsIn(state.configurations, header.configurations)) return {};
  return CorruptAt(segment.room, 0, "has other configurations than the segment before");
}

Result<void> Recovery::Scan(const Segment& segment, bool is_last) {
  log_.state.StartSegment(segment.ordinal());
  closed_ = false;
  log_.offset = segment.room.begin;
  while (!closed_ && log_.offset < segment.room.end) {
    AVAL_TRY(const bool more, Step(segment, is_last));
    if (!more) break;
  }
  return {};
}

Testimony Recovery::Ask(const GroupPlace& place, const Segment& segment, const Group* group) const {
  if (slots_.empty()) return Testimony::kAbsent;
  const WitnessSlot& slot = slots_[place.group % slots_.size()];
  if (slot.state == Sector::State::kBroken) return Testimony::kBroken;
  if (slot.state == Sector::State::kZero || slot.witness.place.group != place.group) {
    return Testimony::kAbsent;
  }
  const bool agrees = group != nullptr ? slot.witness == group->witness
                                       : CanFollow(slot.witness, place, segment.room.end,
                                                   log_.state.last, log_.state.hard_state);
  return agrees ? Testimony::kAgrees : Testimony::kContradicts;
}

Result<bool> Recovery::Step(const Segment& segment, bool is_last) {
  LogState& state = log_.state;
  const GroupPlace place{
      .group = state.group + 1, .ordinal = segment.ordinal(), .offset = log_.offset};
  const LogEnd end{
      .place = place,
      .last = state.last,
      .hard_state = state.hard_state,
      .floor = state.configurations.empty() ? Index{} : state.configurations.front().index};
  const auto group = ReadGroup(segment.room, end);
  if (!group && group.error().code != Code::kCorruption) return group.error();
  const Testimony testimony = Ask(place, segment, group ? &*group : nullptr);
  NoGroup found{.data = Data::kWhole, .why = {.code = Code::kCorruption, .message = {}}};
  const Witness* witness = nullptr;
  if (testimony == Testimony::kAgrees || testimony == Testimony::kContradicts) {
    witness = &slots_[place.group % slots_.size()].witness;
  }
  if (!group) {
    AVAL_TRY(found, Examine(segment.room, end, testimony == Testimony::kAgrees ? witness : nullptr,
                            group.error()));
  }
  const bool later = found.later || !is_last || witnessed_ > place.group;
  switch (Decide(found.data, testimony, later)) {
    case Decision::kTake:
      AVAL_CHECK(Take(segment, *group, /*rewrite=*/false));
      return true;
    case Decision::kTakeAndRewrite:
      AVAL_CHECK(Take(segment, *group, /*rewrite=*/true));
      return true;
    case Decision::kCut:
      log_.torn = TornTail{.file = segment.room.name, .offset = log_.offset};
      patches_.push_back(
          {segment.ordinal(), log_.offset, Bytes(WholePages(found.torn_end - log_.offset))});
      return false;
    case Decision::kEnd:
      return false;
    case Decision::kRepair:
      state.ApplyDamaged(*witness);
      state.EndGroup();
      ++state.group;
      closed_ = witness->closes;
      log_.offset = witness->end();
      newest_.reset();
      damaged_.push_back(place.group);
      return true;
    case Decision::kLost:
      break;
  }
  if (!group && testimony != Testimony::kContradicts) return found.why;
  return CorruptAt(segment.room, place.offset,
                   "the ring knows another group " + std::to_string(place.group));
}

Result<void> Recovery::Take(const Segment& segment, const Group& group, bool rewrite) {
  LogState& state = log_.state;
  for (const Change& change : group.changes) state.Apply(change, segment.ordinal());
  state.EndGroup();
  ++state.group;
  closed_ = group.witness.closes;
  log_.offset = group.witness.end();
  const std::size_t slots = slots_.empty() ? options_.ring_slots : slots_.size();
  const std::uint64_t slot = group.witness.place.group % slots;
  witnesses_.erase(slot);
  if (rewrite) witnesses_.emplace(slot, group.witness);
  newest_ = group.witness;
  return {};
}

Result<void> Recovery::Finish() {
  for (const fs::path& path : leftovers_) {
    AVAL_CHECK(disk_.Remove(path));
    AVAL_CHECK(disk_.SyncDirectory(directory_));  // Else a gap might be left, which is a loss.
  }
  if (newest_) {
    const auto& [group, ordinal, offset] = newest_->place;
    AVAL_TRY(const auto file, disk_.Open(directory_ / SegmentName(ordinal), Disk::Mode::kRead));
    AVAL_TRY(Bytes bytes, file->Read(offset, newest_->end() - offset));
    patches_.push_back({ordinal, offset, std::move(bytes)});
  }
  for (const Patch& patch : patches_) AVAL_CHECK(Write(patch));
  if (log_.ordinal != 0) {
    AVAL_TRY(log_.file, disk_.Open(directory_ / SegmentName(log_.ordinal), Disk::Mode::kReadWrite));
    AVAL_CHECK(log_.file->Sync());
  }
  AVAL_CHECK(disk_.SyncDirectory(directory_));
  // Only now: a witness proves that its group is durable.
  for (const std::uint64_t group : damaged_) witnesses_.erase(group % slots_.size());
  AVAL_TRY(Ring ring,
           Ring::Open(disk_, directory_, slots_.size(), options_.ring_slots, witnesses_));
  for (const std::uint64_t group : damaged_) ring.Pin(group);
  log_.ring.emplace(std::move(ring));
  return {};
}

Result<void> Recovery::Write(const Patch& patch) {
  AVAL_TRY(const auto file,
           disk_.Open(directory_ / SegmentName(patch.ordinal), Disk::Mode::kReadWrite));
  AVAL_CHECK(file->Write(patch.offset, patch.bytes));
  return file->Sync();
}

// Each attempt begins behind the one before; `dropped` is why the first did not do.
template <class T>
Result<T> FromWhereItCan(Disk& disk, const fs::path& directory, const RecoveryOptions& options,
                         Result<T> (Recovery::*run)(), std::optional<Error>& dropped) {
  for (std::uint64_t oldest = 0;;) {
    Recovery recovery(disk, directory, options, oldest);
    Result<T> result = (recovery.*run)();
    if (result || result.error().code != Code::kCorruption) return result;
    AVAL_TRY(const auto later, recovery.FindLaterBeginning());
    if (!later) return Lost(result.error());
    if (!dropped) dropped = result.error();
    oldest = *later;
  }
}

}  // namespace

Result<RecoveredLog> Recover(Disk& disk, const fs::path& directory,
                             const RecoveryOptions& options) {
  std::optional<Error> dropped;
  AVAL_TRY(RecoveredLog log, FromWhereItCan(disk, directory, options, &Recovery::Run, dropped));
  log.dropped = std::move(dropped);
  return log;
}

Result<EntryId> ReadLast(Disk& disk, const fs::path& directory, RecoveryOptions options) {
  options.flushed = options.origin = {std::numeric_limits<std::uint64_t>::max()};
  std::optional<Error> dropped;
  return FromWhereItCan(disk, directory, options, &Recovery::RunToLast, dropped);
}

}  // namespace aval::consensus::wal
