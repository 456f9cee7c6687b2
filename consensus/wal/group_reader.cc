#include "consensus/wal/group_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "consensus/wal/torn_tail.h"

namespace aval::consensus::wal {

namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10U;
static_assert(kChunk % kSector == 0);

Error Corrupt(const std::string& what) { return {.code = Code::kCorruption, .message = what}; }

Result<Change> CheckEntry(const Entry& entry, const LogEnd& after) {
  const std::string name = "entry " + std::to_string(entry.index.value);
  if (entry.index.value != after.last.index.value + 1) {
    return Corrupt(name + " follows entry " + std::to_string(after.last.index.value));
  }
  if (entry.term < after.last.term || entry.term > after.hard_state.term) {
    return Corrupt(name + " has a term out of order");
  }
  if (ChainOf(after.last.chain, entry.term, entry.index, entry.kind, *entry.payload) !=
      entry.chain) {
    return Corrupt(name + " breaks the chain");
  }
  Change change{.kind = RecordKind::kEntry, .id = IdOf(entry), .before = after.last};
  if (entry.kind == EntryKind::kConfiguration) {
    auto configuration = DecodeConfiguration(*entry.payload);
    if (!configuration) return Corrupt(name + ": " + configuration.error().message);
    change.configuration = std::make_shared<const Configuration>(*std::move(configuration));
  }
  return change;
}

// `after` is what the log says before the record, and then after it.
Result<Change> Check(const Record& record, LogEnd& after) {
  Change change{.kind = record.kind};
  switch (record.kind) {
    case RecordKind::kEnd:
      break;
    case RecordKind::kEntry: {
      AVAL_TRY(change, CheckEntry(record.entry, after));
      after.last = change.id;
      break;
    }
    case RecordKind::kRepair:  // Verified when it is read: the chain leads to it from both sides.
      change.id = IdOf(record.entry);
      break;
    case RecordKind::kHardState: {
      const HardState& old = after.hard_state;
      const bool second_vote = record.hard_state.term == old.term && old.vote != NodeId{} &&
                               record.hard_state.vote != old.vote;
      if (record.hard_state.term < old.term || second_vote) {
        return Corrupt("a term or vote is undone");
      }
      change.hard_state = after.hard_state = record.hard_state;
      break;
    }
    case RecordKind::kTruncate:
      if (record.kept.index < after.floor) {
        return Corrupt("a truncation removes what the log begins after");
      }
      if (record.kept.index >= after.last.index || record.kept.term > after.last.term) {
        return Corrupt("a truncation removes nothing");
      }
      change.id = after.last = record.kept;
      break;
    case RecordKind::kClose:
      if (record.next != after.place.ordinal + 1) return Corrupt("closes for another segment");
      break;
  }
  return change;
}

// Whether a sector in [from, to) proves a group after `group`, wherever it belongs.
Result<bool> ProvesLater(const File& file, std::uint64_t from, std::uint64_t to,
                         std::uint64_t group) {
  for (; from < to; from += kChunk) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, to - from));
    AVAL_TRY(const Bytes chunk, file.Read(from, length));
    for (std::size_t at = 0; at + kSector <= chunk.size(); at += kSector) {
      const Sector sector = ParseSector(ByteView(chunk).subspan(at, kSector));
      if (sector.group > group && sector.group < kGroupsEnd) return true;
    }
  }
  return false;
}

// What lies in the sectors of a group that is known to have been there.
Result<Data> ExamineSectors(const File& file, const GroupPlace& place, std::uint32_t count) {
  bool zero = true;
  bool broken = false;
  bool elsewhere = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    AVAL_TRY(const Bytes bytes, file.Read(place.offset + std::uint64_t{i} * kSector, kSector));
    if (bytes.size() < kSector) return Data::kBroken;
    const Sector sector = ParseSector(bytes);
    if (sector.state == Sector::State::kZero) continue;
    zero = false;
    if (sector.state == Sector::State::kBroken) {
      broken = true;
    } else if (sector.group != place.group || sector.place != i || sector.count != count) {
      elsewhere = true;
    }
  }
  if (zero) return Data::kZero;
  return elsewhere && !broken ? Data::kElsewhere : Data::kBroken;
}

}  // namespace

Error CorruptAt(const Room& room, std::uint64_t offset, const std::string& what) {
  return Corrupt(room.name + " at offset " + std::to_string(offset) + ": " + what);
}

Result<Group> ReadGroup(const Room& room, const LogEnd& end) {
  const std::uint64_t offset = end.place.offset;
  RecordCursor cursor(*room.file, room.name,
                      {.ordinal = end.place.ordinal, .group = offset, .data = 0});
  LogEnd after = end;
  Group group;
  for (;;) {
    const Position at = cursor.position();
    AVAL_TRY(const std::optional<Record> record, cursor.Next());
    if (!record) break;
    if (!group.changes.empty() && group.changes.back().kind == RecordKind::kClose) {
      return CorruptAt(room, offset, "a record follows the close");
    }
    auto change = Check(*record, after);
    if (!change) return CorruptAt(room, offset, change.error().message);
    change->at = at;
    change->bytes = cursor.position().data - at.data;
    group.changes.push_back(*std::move(change));
  }
  if (cursor.group() != end.place.group) {
    return CorruptAt(room, offset,
                     "group " + std::to_string(cursor.group()) + " follows group " +
                         std::to_string(end.place.group - 1));
  }
  if (cursor.end() > room.end) return CorruptAt(room, offset, "a group runs out of its room");
  AVAL_TRY(const auto stray, FirstNonZero(*room.file, cursor.data_end(), cursor.end()));
  if (stray) return CorruptAt(room, *stray, "bytes where the group's page must be zero");
  group.witness = WitnessOf(end.place, cursor.sectors(), end.last, end.hard_state, group.changes);
  return group;
}

Result<NoGroup> Examine(const Room& room, const LogEnd& end, const Witness* witness,
                        const Error& failure) {
  const std::uint64_t offset = end.place.offset;
  NoGroup found{.data = Data::kZero, .later = false, .torn_end = 0, .why = failure};
  AVAL_TRY(const auto something, FirstNonZero(*room.file, offset, room.end));
  if (!something) return found;
  AVAL_TRY(found.later, ProvesLater(*room.file, offset, room.end, end.place.group));
  const auto torn =
      EndOfTornGroup(*room.file, room.name,
                     {.offset = offset, .size = room.end, .group = end.place.group}, failure);
  if (torn) {
    found.data = Data::kTorn;
    found.torn_end = *torn;
    return found;
  }
  if (torn.error().code != Code::kCorruption) return torn.error();
  found.why = torn.error();
  found.data = Data::kBroken;
  if (witness != nullptr) {
    AVAL_TRY(found.data, ExamineSectors(*room.file, end.place, witness->sectors));
  }
  return found;
}

}  // namespace aval::consensus::wal
