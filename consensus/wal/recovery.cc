#include "consensus/wal/recovery.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "consensus/wal/torn_tail.h"

namespace aval::consensus::wal {

namespace {

namespace fs = std::filesystem;

struct Segment {
  std::uint64_t ordinal = 0;
  std::string name;
  std::unique_ptr<File> file;
  SegmentHeader header;
  std::uint64_t begin = 0;  // Of the room for groups.
  std::uint64_t end = 0;
};

struct Group {
  std::vector<Change> changes;
  std::uint64_t end = 0;  // Offset in the file.
};

Error CorruptAt(const Segment& segment, std::uint64_t offset, const std::string& what) {
  return {.code = Code::kCorruption,
          .message = segment.name + " at offset " + std::to_string(offset) + ": " + what};
}

// A header may have left out, at the beginning, what was of no more use.
bool EndsIn(std::span<const ConfigurationAt> all, std::span<const ConfigurationAt> some) {
  if (some.size() > all.size() || some.empty() != all.empty()) return false;
  return EncodeConfigurations(all.last(some.size())) == EncodeConfigurations(some);
}

/// One pass over the segments, oldest first.
class Recovery {
 public:
  Recovery(Disk& disk, fs::path directory, const crypto::Digest& cluster, NodeId node)
      : disk_(disk), directory_(std::move(directory)), cluster_(cluster), node_(node) {}

  Result<RecoveredLog> Run();

 private:
  Result<std::vector<std::uint64_t>> ListSegments();
  Result<Segment> OpenSegment(std::uint64_t ordinal);
  Result<bool> IsUnused(const Segment& segment) const;
  Result<void> CheckContinues(const Segment& segment) const;
  Result<void> Scan(Segment& segment, bool may_be_torn);
  Result<Group> ReadGroup(const Segment& segment, std::uint64_t offset) const;
  Result<Change> Check(const Segment& segment, const Record& record, LogState& after) const;
  Result<void> Cut(Segment& segment, const Error& failure);
  Result<void> MakeDurable(Segment& previous, Segment& current);

  Disk& disk_;
  const fs::path directory_;
  const crypto::Digest cluster_;
  const NodeId node_;
  RecoveredLog log_;
  bool closed_ = false;                   // The segment scanned last says that another follows.
  std::uint64_t last_group_ordinal_ = 0;  // Where the last whole group lies.
  std::uint64_t last_group_ = 0;
  std::uint64_t last_group_end_ = 0;
};

Result<RecoveredLog> Recovery::Run() {
  AVAL_TRY(const std::vector<std::uint64_t> ordinals, ListSegments());
  if (ordinals.empty()) return std::move(log_);
  Segment previous;
  Segment current;
  bool newest_is_unused = false;
  if (ordinals.size() > 1) {
    AVAL_TRY(const Segment newest, OpenSegment(ordinals.back()));
    AVAL_TRY(newest_is_unused, IsUnused(newest));
  }
  for (std::size_t i = 0; i < ordinals.size(); ++i) {
    previous = std::move(current);
    AVAL_TRY(current, OpenSegment(ordinals[i]));
    AVAL_CHECK(CheckContinues(current));
    const bool is_newest = i + 1 == ordinals.size();
    const bool before_unused = i + 2 == ordinals.size() && newest_is_unused;
    AVAL_CHECK(Scan(current, is_newest || before_unused));
    if (is_newest && closed_) {
      return CorruptAt(current, log_.offset, "the segment that follows is missing");
    }
    if (is_newest || closed_) continue;
    if (!before_unused) return CorruptAt(current, log_.offset, "the segment ends before its close");
    // The power went between the making of a segment and the word that it follows.
    AVAL_CHECK(disk_.Remove(directory_ / SegmentName(ordinals.back())));
    break;
  }
  AVAL_CHECK(MakeDurable(previous, current));
  log_.ordinal = current.ordinal;
  log_.end = current.end;
  log_.incarnation = current.header.incarnation;
  log_.state.DropOldConfigurations();
  log_.file = std::move(current.file);
  return std::move(log_);
}

Result<std::vector<std::uint64_t>> Recovery::ListSegments() {
  AVAL_TRY(const std::vector<std::string> names, disk_.List(directory_));
  std::vector<std::uint64_t> ordinals;
  for (const std::string& name : names) {
    if (name == kDraftName) {
      AVAL_CHECK(disk_.Remove(directory_ / name));
      continue;
    }
    const auto ordinal = OrdinalOf(name);
    if (!ordinal) {
      return Error{.code = Code::kCorruption,
                   .message = (directory_ / name).string() + ": not a segment of the log"};
    }
    if (!ordinals.empty() && *ordinal != ordinals.back() + 1) {
      return Error{.code = Code::kCorruption,
                   .message = (directory_ / SegmentName(ordinals.back() + 1)).string() +
                              " is missing, and " + name + " is there"};
    }
    ordinals.push_back(*ordinal);
  }
  return ordinals;
}

Result<Segment> Recovery::OpenSegment(std::uint64_t ordinal) {
  Segment segment{.ordinal = ordinal, .name = {}, .file = nullptr, .header = {}};
  const fs::path path = directory_ / SegmentName(ordinal);
  segment.name = path.string();
  AVAL_TRY(segment.file, disk_.Open(path, Disk::Mode::kReadWrite));
  AVAL_TRY(const std::uint64_t size, segment.file->Size());
  AVAL_TRY(const Bytes page, segment.file->Read(0, kPage));
  const auto begin = HeaderSize(page, size);
  if (!begin) return CorruptAt(segment, 0, begin.error().message);
  AVAL_TRY(const Bytes pages, segment.file->Read(0, *begin));
  auto header = DecodeHeader(pages);
  if (!header) return CorruptAt(segment, 0, header.error().message);
  segment.header = *std::move(header);
  if (segment.header.cluster != cluster_ || segment.header.node != node_) {
    return Error{.code = Code::kInvalidArgument,
                 .message = segment.name + ": the log of node " +
                            std::to_string(segment.header.node.value) + " of cluster " +
                            segment.header.cluster.Hex() + ", not of this node"};
  }
  if (segment.header.ordinal != ordinal) {
    return CorruptAt(segment, 0, "is segment " + std::to_string(segment.header.ordinal));
  }
  if (size != segment.header.size) {
    return CorruptAt(segment, std::min(size, segment.header.size),
                     "the file has " + std::to_string(size) + " bytes, its header says " +
                         std::to_string(segment.header.size));
  }
  segment.begin = *begin;
  segment.end = RoomEnd(size, *begin);
  if (segment.begin + kPage > segment.end) return CorruptAt(segment, 0, "no room for a group");
  return segment;
}

Result<bool> Recovery::IsUnused(const Segment& segment) const {
  AVAL_TRY(const auto used, FirstNonZero(*segment.file, segment.begin, segment.end));
  return !used.has_value();
}

Result<void> Recovery::CheckContinues(const Segment& segment) const {
  const SegmentHeader& header = segment.header;
  if (log_.state.segments.empty()) {
    const bool first = header.first_group == 1;
    if (segment.ordinal != 1 || first) return {};
    return CorruptAt(segment, 0, "the first segment follows another");
  }
  if (header.last == log_.state.last && header.hard_state == log_.state.hard_state &&
      header.first_group == log_.state.group + 1) {
    if (EndsIn(log_.state.configurations, header.configurations)) return {};
    return CorruptAt(segment, 0, "has other configurations than the segment before");
  }
  return CorruptAt(segment, 0,
                   "follows entry " + std::to_string(header.last.index.value) + " and group " +
                       std::to_string(header.first_group - 1) + ", the segment before ends at " +
                       std::to_string(log_.state.last.index.value) + " and " +
                       std::to_string(log_.state.group));
}

Result<void> Recovery::Scan(Segment& segment, bool may_be_torn) {
  LogState& state = log_.state;
  if (state.segments.empty()) {  // The oldest: where the log begins.
    state.hard_state = segment.header.hard_state;
    state.last = state.anchor = segment.header.last;
    state.group = segment.header.first_group - 1;
    state.configurations = segment.header.configurations;
  }
  state.StartSegment(segment.ordinal);
  closed_ = false;
  log_.offset = segment.begin;
  while (!closed_ && log_.offset < segment.end) {
    AVAL_TRY(const Bytes sector, segment.file->Read(log_.offset, kSector));
    if (ParseSector(sector).state == Sector::State::kZero) break;
    auto group = ReadGroup(segment, log_.offset);
    if (!group) return may_be_torn ? Cut(segment, group.error()) : group.error();
    for (const Change& change : group->changes) {
      state.Apply(change, segment.ordinal);
      closed_ = change.kind == RecordKind::kClose;
    }
    ++state.group;
    last_group_ordinal_ = segment.ordinal;
    last_group_ = log_.offset;
    last_group_end_ = log_.offset = group->end;
  }
  AVAL_TRY(const auto stray, FirstNonZero(*segment.file, log_.offset, segment.end));
  if (!stray) return {};
  const Error failure = CorruptAt(segment, *stray, "bytes after the end of the log");
  return may_be_torn && !closed_ ? Cut(segment, failure) : failure;
}

Result<Group> Recovery::ReadGroup(const Segment& segment, std::uint64_t offset) const {
  RecordCursor cursor(*segment.file, segment.name,
                      {.ordinal = segment.ordinal, .group = offset, .data = 0});
  LogState after;  // Of it, only the ends matter here.
  after.hard_state = log_.state.hard_state;
  after.last = log_.state.last;
  Group group;
  for (;;) {
    const Position at = cursor.position();
    AVAL_TRY(const std::optional<Record> record, cursor.Next());
    if (!record) break;
    if (!group.changes.empty() && group.changes.back().kind == RecordKind::kClose) {
      return CorruptAt(segment, offset, "a record follows the close");
    }
    auto change = Check(segment, *record, after);
    if (!change) return CorruptAt(segment, offset, change.error().message);
    change->at = at;
    change->bytes = cursor.position().data - at.data;
    group.changes.push_back(*std::move(change));
  }
  if (cursor.group() != log_.state.group + 1) {
    return CorruptAt(segment, offset,
                     "group " + std::to_string(cursor.group()) + " follows group " +
                         std::to_string(log_.state.group));
  }
  group.end = cursor.end();
  AVAL_TRY(const auto stray, FirstNonZero(*segment.file, cursor.data_end(), group.end));
  if (stray) return CorruptAt(segment, *stray, "bytes where the group's page must be zero");
  return group;
}

Result<Change> Recovery::Check(const Segment& segment, const Record& record,
                               LogState& after) const {
  const auto corrupt = [](const std::string& what) {
    return Error{.code = Code::kCorruption, .message = what};
  };
  Change change{.kind = record.kind, .id = {}, .before = after.last, .at = {}, .hard_state = {}};
  switch (record.kind) {
    case RecordKind::kEnd:
      break;
    case RecordKind::kEntry: {
      const Entry& entry = record.entry;
      const std::string name = "entry " + std::to_string(entry.index.value);
      if (entry.index.value != after.last.index.value + 1) {
        return corrupt(name + " follows entry " + std::to_string(after.last.index.value));
      }
      if (entry.term < after.last.term || entry.term > after.hard_state.term) {
        return corrupt(name + " has a term out of order");
      }
      if (ChainOf(after.last.chain, entry.term, entry.index, entry.kind, *entry.payload) !=
          entry.chain) {
        return corrupt(name + " breaks the chain");
      }
      if (entry.kind == EntryKind::kConfiguration) {
        auto configuration = DecodeConfiguration(*entry.payload);
        if (!configuration) return corrupt(name + ": " + configuration.error().message);
        change.configuration = std::make_shared<const Configuration>(*std::move(configuration));
      }
      change.id = after.last = IdOf(entry);
      break;
    }
    case RecordKind::kHardState: {
      const HardState& old = after.hard_state;
      const bool second_vote = record.hard_state.term == old.term && old.vote != NodeId{} &&
                               record.hard_state.vote != old.vote;
      if (record.hard_state.term < old.term || second_vote)
        return corrupt("a term or vote is undone");
      change.hard_state = after.hard_state = record.hard_state;
      break;
    }
    case RecordKind::kTruncate:
      if (const auto& standing = log_.state.configurations;
          !standing.empty() && record.kept.index < standing.front().index) {
        return corrupt("a truncation removes what the log begins after");
      }
      if (record.kept.index >= after.last.index || record.kept.term > after.last.term) {
        return corrupt("a truncation removes nothing");
      }
      change.id = after.last = record.kept;
      break;
    case RecordKind::kClose:
      if (record.next != segment.ordinal + 1) return corrupt("closes for another segment");
      break;
  }
  return change;
}

Result<void> Recovery::Cut(Segment& segment, const Error& failure) {
  AVAL_TRY(
      const std::uint64_t end,
      EndOfTornGroup(*segment.file, segment.name,
                     {.offset = log_.offset, .size = segment.end, .group = log_.state.group + 1},
                     failure));
  log_.torn = TornTail{.file = segment.name, .offset = log_.offset};
  return segment.file->Write(log_.offset, Bytes(WholePages(end - log_.offset)));
}

Result<void> Recovery::MakeDurable(Segment& previous, Segment& current) {
  if (last_group_ordinal_ != 0) {
    const bool in_current = last_group_ordinal_ == current.ordinal;
    AVAL_ASSERT(in_current || last_group_ordinal_ == previous.ordinal);
    File& file = in_current ? *current.file : *previous.file;
    AVAL_TRY(const Bytes group, file.Read(last_group_, last_group_end_ - last_group_));
    AVAL_CHECK(file.Write(last_group_, group));
    if (!in_current) AVAL_CHECK(file.Sync());
  }
  AVAL_CHECK(current.file->Sync());
  return disk_.SyncDirectory(directory_);
}

}  // namespace

Result<RecoveredLog> Recover(Disk& disk, const fs::path& directory, const crypto::Digest& cluster,
                             NodeId node) {
  return Recovery(disk, directory, cluster, node).Run();
}

}  // namespace aval::consensus::wal
