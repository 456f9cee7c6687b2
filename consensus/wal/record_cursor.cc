#include "consensus/wal/record_cursor.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace aval::consensus::wal {

namespace {

constexpr std::size_t kReadAhead = std::size_t{64} << 10U;

std::size_t BodySize(RecordKind kind) {
  switch (kind) {
    case RecordKind::kEnd:
      return 0;
    case RecordKind::kEntry:
    case RecordKind::kRepair:
      return kEntryHead - 1;  // Without the payload.
    case RecordKind::kHardState:
      return 8 + 4;
    case RecordKind::kTruncate:
      return 8 + 8 + 32;
    case RecordKind::kClose:
      return 8;
  }
  return 0;
}

}  // namespace

RecordCursor::RecordCursor(const File& file, std::string name, const Position& at)
    : file_(file),
      name_(std::move(name)),
      start_(at),
      place_(static_cast<std::uint32_t>(at.data / Sector::kData)),
      skip_(at.data % Sector::kData),
      passed_(at.data) {}

bool RecordCursor::AtEnd() const {
  return count_ > 0 && place_ == count_ &&
         (buffered() == 0 || data_[consumed_] == static_cast<std::uint8_t>(RecordKind::kEnd));
}

Position RecordCursor::position() const {
  if (AtEnd()) return {.ordinal = start_.ordinal, .group = end(), .data = 0};
  return {.ordinal = start_.ordinal, .group = start_.group, .data = passed_ + consumed_};
}

Error RecordCursor::Corrupt(const std::string& what) const {
  const std::uint64_t at = start_.group + std::uint64_t{place_ == 0 ? 0 : place_ - 1} * kSector;
  return {.code = Code::kCorruption,
          .message = name_ + " at offset " + std::to_string(at) + ": " + what};
}

Result<void> RecordCursor::PullSector() {
  const std::uint64_t offset = start_.group + std::uint64_t{place_} * kSector;
  ++place_;  // From here on errors name this sector.
  if (offset < chunk_offset_ || offset + kSector > chunk_offset_ + chunk_.size()) {
    AVAL_TRY(chunk_, file_.Read(offset, kReadAhead));
    chunk_offset_ = offset;
    if (chunk_.size() < kSector) return Corrupt("the file ends inside a group");
  }
  const Sector sector = ParseSector(ByteView(chunk_).subspan(offset - chunk_offset_, kSector));
  if (sector.state == Sector::State::kZero) return Corrupt("a sector of the group is missing");
  if (sector.state == Sector::State::kBroken) return Corrupt("the sector contradicts its checksum");
  if (count_ == 0) {
    group_ = sector.group;
    count_ = sector.count;
  }
  if (sector.group != group_ || sector.count != count_ || sector.place != place_ - 1 ||
      place_ > count_) {
    return Corrupt("the sector belongs elsewhere");
  }
  // Keep the buffer short: what was consumed goes before more comes in.
  passed_ += consumed_;
  data_.erase(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(consumed_));
  consumed_ = 0;
  const ByteView fresh = sector.data.subspan(std::exchange(skip_, 0));
  data_.insert(data_.end(), fresh.begin(), fresh.end());
  return {};
}

Result<void> RecordCursor::Need(std::size_t bytes) {
  while (buffered() < bytes) {
    if (count_ > 0 && place_ == count_) return Corrupt("a record runs past the end of its group");
    AVAL_CHECK(PullSector());
  }
  return {};
}

Result<std::optional<Record>> RecordCursor::Next() {
  if (count_ > 0 && place_ == count_ && buffered() == 0) return std::optional<Record>{};
  AVAL_CHECK(Need(1));
  const std::uint8_t kind = data_[consumed_];
  if (kind > static_cast<std::uint8_t>(RecordKind::kRepair)) {
    return Corrupt("unknown record kind " + std::to_string(kind));
  }
  if (kind == static_cast<std::uint8_t>(RecordKind::kEnd)) return Finish();
  AVAL_TRY(Record record, Parse(static_cast<RecordKind>(kind)));
  return std::optional<Record>(std::move(record));
}

Result<std::optional<Record>> RecordCursor::Finish() {
  const auto rest = data_.begin() + static_cast<std::ptrdiff_t>(consumed_);
  const bool zero = std::all_of(rest, data_.end(), [](std::uint8_t byte) { return byte == 0; });
  if (place_ != count_ || !zero) return Corrupt("bytes after the last record");
  consumed_ = data_.size();
  return std::optional<Record>{};
}

Result<Record> RecordCursor::Parse(RecordKind kind) {
  const std::size_t head = 1 + BodySize(kind);
  AVAL_CHECK(Need(head));
  ByteReader in(ByteView(data_).subspan(consumed_ + 1, head - 1));
  Record record{.kind = kind, .entry = {}, .hard_state = {}, .kept = {}, .next = 0};
  std::size_t size = head;
  switch (kind) {
    case RecordKind::kEnd:
      break;
    case RecordKind::kEntry:
    case RecordKind::kRepair: {
      record.entry.index = {in.U64()};
      record.entry.term = {in.U64()};
      const std::uint8_t entry_kind = in.U8();
      if (entry_kind > static_cast<std::uint8_t>(EntryKind::kMark)) {
        return Corrupt("unknown entry kind " + std::to_string(entry_kind));
      }
      record.entry.kind = static_cast<EntryKind>(entry_kind);
      record.entry.chain = {in.Array<32>()};
      const std::size_t length = in.U32();
      if (length > buffered() + std::size_t{count_ - place_} * Sector::kData) {
        return Corrupt("a record runs past the end of its group");
      }
      size += length;
      AVAL_CHECK(Need(size));
      record.entry.payload = std::make_shared<const Bytes>(
          CopyBytes(ByteView(data_).subspan(consumed_ + head, length)));
      break;
    }
    case RecordKind::kHardState:
      record.hard_state.term = {in.U64()};
      record.hard_state.vote = {in.U32()};
      break;
    case RecordKind::kTruncate:
      record.kept.index = {in.U64()};
      record.kept.term = {in.U64()};
      record.kept.chain = {in.Array<32>()};
      break;
    case RecordKind::kClose:
      record.next = in.U64();
      break;
  }
  consumed_ += size;
  return record;
}

}  // namespace aval::consensus::wal
