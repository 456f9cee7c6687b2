#include "consensus/wal/segment.h"

#include <algorithm>
#include <utility>

#include "consensus/wal/patient_file.h"

namespace aval::consensus::wal {

namespace {

struct Place {
  std::uint64_t ordinal = 0;
  std::uint64_t size = 0;  // Of the file.
};

Error Corrupt(const std::string& what) { return {.code = Code::kCorruption, .message = what}; }

// One copy of the header, given its first page; the rest is read at `offset(size of it)`.
template <class Read>
Result<SegmentHeader> ReadCopy(const Place& place, const Bytes& page, const Read& read) {
  AVAL_TRY(const std::size_t size, HeaderSize(page, place.size));
  AVAL_TRY(Bytes rest, read(size));
  Bytes pages = page;
  pages.insert(pages.end(), rest.begin(), rest.end());
  AVAL_TRY(SegmentHeader header, DecodeHeader(pages));
  if (header.ordinal != place.ordinal) {
    return Corrupt("is segment " + std::to_string(header.ordinal));
  }
  if (header.size != place.size) {
    return Corrupt("the file has " + std::to_string(place.size) + " bytes, its header says " +
                   std::to_string(header.size));
  }
  return header;
}

Result<SegmentHeader> ReadFirstCopy(const File& file, const Place& place) {
  AVAL_TRY(const Bytes page, file.Read(0, kPage));
  return ReadCopy(place, page, [&](std::size_t size) { return file.Read(kPage, size - kPage); });
}

Result<SegmentHeader> ReadMirror(const File& file, const Place& place) {
  if (place.size < kPage) return Corrupt("the file is shorter than a header");
  AVAL_TRY(const Bytes page, file.Read(place.size - kPage, kPage));
  return ReadCopy(place, page, [&](std::size_t size) {
    return file.Read(RoomEnd(place.size, size), size - kPage);
  });
}

}  // namespace

Result<Segment> OpenSegment(Disk& disk, const std::filesystem::path& directory,
                            std::uint64_t ordinal, Disk::Mode mode) {
  Segment segment;
  const std::filesystem::path path = directory / SegmentName(ordinal);
  segment.room = {.file = nullptr, .name = path.string(), .ordinal = ordinal};
  AVAL_TRY(auto file, disk.Open(path, mode));
  segment.file = std::make_unique<PatientFile>(std::move(file));
  segment.room.file = segment.file.get();
  AVAL_TRY(const std::uint64_t size, segment.file->Size());
  const Place place{.ordinal = ordinal, .size = size};
  auto first = ReadFirstCopy(*segment.file, place);
  if (!first && first.error().code != Code::kCorruption) {
    return Error{.code = first.error().code,
                 .message = segment.room.name + ": " + first.error().message};
  }
  auto mirror = ReadMirror(*segment.file, place);
  if (!mirror && mirror.error().code == Code::kIo) return mirror.error();
  if (!first && !mirror) return CorruptAt(segment.room, 0, first.error().message);
  segment.first_copy = first.has_value();
  segment.mirror = mirror.has_value();
  segment.header = first ? *std::move(first) : *std::move(mirror);
  segment.room.begin = EncodeHeader(segment.header).size();
  segment.room.end = RoomEnd(size, segment.room.begin);
  if (segment.room.begin + kPage > segment.room.end) {
    return CorruptAt(segment.room, 0, "no room for a group");
  }
  return segment;
}

}  // namespace aval::consensus::wal
