#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "consensus/core/membership.h"
#include "consensus/storage.h"
#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::consensus::wal {

// The bytes of the write-ahead log; docs/formats/wal.md says why they are so.

// Groups have numbers below this; the configurations in a header are sealed under higher ones.
inline constexpr std::uint64_t kGroupsEnd = std::uint64_t{1} << 63U;
/// What a disk writes whole or not at all. Every sector of a group carries its own checksum, so
/// that a torn write (whole sectors missing) can be told from rot (a sector that contradicts
/// itself).
inline constexpr std::size_t kSector = 512;
/// Groups begin at multiples of this: writing one never touches a page with an older one.
inline constexpr std::size_t kPage = 4096;
constexpr std::uint64_t WholePages(std::uint64_t bytes) {
  return (bytes + kPage - 1) / kPage * kPage;
}
inline constexpr std::uint32_t kVersion = 2;

/// What a segment file begins with: a page, and the pages of its configurations. All of it is known
/// before the segment gets its name.
struct SegmentHeader {
  std::uint64_t ordinal = 0;  // 1 and up, without gaps.
  std::uint64_t size = 0;     // Of the file, in bytes.
  crypto::Digest cluster{};   // Whose log this is; the owner's choice.
  NodeId node{};
  std::uint32_t incarnation = 1;  // Of the node: see Member.
  std::uint64_t first_group = 0;
  HardState hard_state{};  // As the segments before leave it.
  EntryId last{};          // Likewise; the first entry in here follows it.
  /// Likewise: what was in force before the first entry that can be read, then what the entries up
  /// to `last` bring; ascending.
  std::vector<ConfigurationAt> configurations{};
};

/// Whole pages.
Bytes EncodeHeader(const SegmentHeader& header);
/// How many bytes the header has whose first page this is; the first group comes after them.
/// kCorruption when it is no such page, whole, or says more than `size`, that of the file;
/// kInvalidArgument when it is one of another format version.
Result<std::size_t> HeaderSize(ByteView page, std::uint64_t size);
/// `pages` are HeaderSize bytes. kCorruption names what is wrong.
Result<SegmentHeader> DecodeHeader(ByteView pages);
/// The same the other way round, for the end of the file: the first page comes last.
Bytes EncodeMirror(const SegmentHeader& header);
/// Where the room for groups ends in a file of `size` bytes: there the mirror begins.
constexpr std::uint64_t RoomEnd(std::uint64_t size, std::uint64_t header_size) {
  return size - std::min(size, header_size);
}
/// u32 count, and for each u64 index, u32 length, what Encode makes of the configuration.
Bytes EncodeConfigurations(std::span<const ConfigurationAt> configurations);

/// "0000000001.wal"; nothing for a name of another form.
std::string SegmentName(std::uint64_t ordinal);
std::optional<std::uint64_t> OrdinalOf(std::string_view name);

/// One sector as it lies in a file.
struct Sector {
  static constexpr std::size_t kHead = 16;
  static constexpr std::size_t kData = 488;
  static constexpr std::uint8_t kMark = 0xa5;  // The last byte: the sector was written to its end.
  enum class State : std::uint8_t { kZero, kWhole, kBroken };

  State state = State::kZero;
  std::uint64_t group = 0;  // Of the write that it belongs to.
  std::uint32_t place = 0;  // In the group, from 0.
  std::uint32_t count = 0;  // Sectors of the group.
  ByteView data{};          // kData bytes, inside the bytes given.
};
/// `bytes` are kSector.
Sector ParseSector(ByteView bytes);

/// Of kSector bytes: fills in check and mark.
void SealSector(std::span<std::uint8_t> sector);
bool IsSealedSector(ByteView sector);
bool IsZero(ByteView bytes);
void WriteId(ByteWriter& out, const EntryId& id);
EntryId ReadId(ByteReader& in);

/// `data` as the sectors of one group, with zeros up to the end of the page.
Bytes SealGroup(std::uint64_t group, ByteView data);
/// Sectors and bytes that SealGroup makes of so many.
constexpr std::uint32_t SectorsOf(std::size_t data_size) {
  return static_cast<std::uint32_t>((data_size + Sector::kData - 1) / Sector::kData);
}
std::size_t SealedSize(std::size_t data_size);

enum class RecordKind : std::uint8_t {
  kEnd = 0,  // Nothing but zeros up to the end of the group.
  kEntry = 1,
  kHardState = 2,
  kTruncate = 3,
  kClose = 4,   // The log goes on in the next segment.
  kRepair = 5,  // A damaged entry once more; as kEntry, and the log's end stays where it is.
};

struct Record {
  RecordKind kind = RecordKind::kEnd;
  Entry entry{};  // Also of kRepair.
  HardState hard_state{};
  EntryId kept{};          // Of kTruncate: the entry that becomes the last.
  std::uint64_t next = 0;  // Of kClose: the ordinal of the next segment.
};

inline constexpr std::size_t kEntryHead = 1 + 8 + 8 + 1 + 32 + 4;
void WriteRecord(ByteWriter& out, const Entry& entry);
void WriteRecord(ByteWriter& out, const HardState& hard_state);
void WriteTruncation(ByteWriter& out, const EntryId& kept);
void WriteRepair(ByteWriter& out, const Entry& entry);
void WriteClose(ByteWriter& out, std::uint64_t next);

}  // namespace aval::consensus::wal
