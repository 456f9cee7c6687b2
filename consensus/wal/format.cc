#include "consensus/wal/format.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"

namespace aval::consensus::wal {

namespace {

constexpr std::string_view kMagic = "AVALWAL\n";
constexpr std::string_view kSuffix = ".wal";
constexpr std::size_t kOrdinalDigits = 10;
constexpr std::size_t kChecked = kSector - 8;  // Then 7 bytes of check and the mark.
constexpr std::size_t kCheck = 7;

static_assert(Sector::kHead + Sector::kData == kChecked);

constexpr std::size_t kConfigurationsLengthAt = 8 + 4 + 8 + 8 + 32 + 4 + 4 + 8 + 8 + 4 + 48;

Error Corrupt(const std::string& what) { return {.code = Code::kCorruption, .message = what}; }

// What SealGroup was given, `length` bytes.
Result<Bytes> Unseal(std::uint64_t group, ByteView pages, std::size_t length) {
  Bytes data;
  std::size_t place = 0;
  for (; data.size() < length; ++place) {
    const Sector sector = ParseSector(pages.subspan(place * kSector, kSector));
    const bool belongs = sector.state == Sector::State::kWhole && sector.group == group &&
                         sector.place == place && SealedSize(length) == pages.size();
    if (!belongs) return Corrupt("a sector of the configurations is damaged");
    data.insert(data.end(), sector.data.begin(), sector.data.end());
  }
  const bool zero =
      IsZero(ByteView(data).subspan(length)) && IsZero(pages.subspan(place * kSector));
  if (!zero) return Corrupt("bytes after the configurations");
  data.resize(length);
  return data;
}

void WriteEntry(ByteWriter& out, RecordKind kind, const Entry& entry) {
  out.U8(static_cast<std::uint8_t>(kind));
  out.U64(entry.index.value);
  out.U64(entry.term.value);
  out.U8(static_cast<std::uint8_t>(entry.kind));
  out.Raw(entry.chain);
  out.Sized(*entry.payload);
}

Result<std::vector<ConfigurationAt>> DecodeConfigurations(ByteView run) {
  ByteReader in(run);
  std::vector<ConfigurationAt> configurations;
  for (std::uint32_t count = in.U32(); count > 0 && in.ok(); --count) {
    const Index index{in.U64()};
    AVAL_TRY(Configuration configuration, DecodeConfiguration(in.Sized()));
    if (!configurations.empty() && index <= configurations.back().index) {
      return Corrupt("configurations out of order");
    }
    configurations.push_back({.index = index, .configuration = std::move(configuration)});
  }
  if (!in.AtEnd()) return Corrupt("the configurations do not end where they should");
  return configurations;
}

}  // namespace

// The sector ends in the first bytes of its own digest, and the mark.
void SealSector(std::span<std::uint8_t> sector) {
  const crypto::Digest digest = crypto::Sha256(sector.first(kChecked));
  std::copy_n(digest.bytes.begin(), kCheck, sector.begin() + kChecked);
  sector[kSector - 1] = Sector::kMark;
}

bool IsSealedSector(ByteView sector) {
  if (sector[kSector - 1] != Sector::kMark) return false;
  const crypto::Digest digest = crypto::Sha256(sector.first(kChecked));
  return EqualBytes(ByteView(digest).first(kCheck), sector.subspan(kChecked, kCheck));
}

bool IsZero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

void WriteId(ByteWriter& out, const EntryId& id) {
  out.U64(id.index.value);
  out.U64(id.term.value);
  out.Raw(id.chain);
}

EntryId ReadId(ByteReader& in) {
  EntryId id;
  id.index = {in.U64()};
  id.term = {in.U64()};
  id.chain = {in.Array<32>()};
  return id;
}

Bytes EncodeConfigurations(std::span<const ConfigurationAt> configurations) {
  ByteWriter out;
  out.U32(static_cast<std::uint32_t>(configurations.size()));
  for (const ConfigurationAt& at : configurations) {
    out.U64(at.index.value);
    out.Sized(Encode(at.configuration));
  }
  return out.Take();
}

Bytes EncodeHeader(const SegmentHeader& header) {
  const Bytes configurations = EncodeConfigurations(header.configurations);
  ByteWriter out;
  out.Raw(AsBytes(kMagic));
  out.U32(kVersion);
  out.U64(header.ordinal);
  out.U64(header.size);
  out.Raw(header.cluster);
  out.U32(header.node.value);
  out.U32(header.incarnation);
  out.U64(header.first_group);
  out.U64(header.hard_state.term.value);
  out.U32(header.hard_state.vote.value);
  WriteId(out, header.last);
  out.U32(static_cast<std::uint32_t>(configurations.size()));
  Bytes pages = out.Take();
  AVAL_ASSERT(pages.size() <= kChecked);
  pages.resize(kPage);
  SealSector(std::span(pages).first(kSector));
  const Bytes sealed = SealGroup(kGroupsEnd | header.ordinal, configurations);
  pages.insert(pages.end(), sealed.begin(), sealed.end());
  return pages;
}

Bytes EncodeMirror(const SegmentHeader& header) {
  Bytes pages = EncodeHeader(header);
  std::ranges::rotate(pages, pages.begin() + kPage);
  return pages;
}

Result<std::size_t> HeaderSize(ByteView page, std::uint64_t size) {
  if (page.size() < kPage) return Corrupt("the file is shorter than a header");
  if (!EqualBytes(page.first(kMagic.size()), AsBytes(kMagic))) {
    return Corrupt("no header of a write-ahead log");
  }
  if (!IsSealedSector(page.first(kSector))) return Corrupt("the header contradicts its checksum");
  ByteReader version(page.subspan(kMagic.size(), 4));
  if (const std::uint32_t found = version.U32(); found != kVersion) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "format version " + std::to_string(found) + ", this program knows " +
                            std::to_string(kVersion)};
  }
  if (!IsZero(page.subspan(kSector, kPage - kSector))) {
    return Corrupt("bytes where the header's page must be zero");
  }
  ByteReader length(page.subspan(kConfigurationsLengthAt, 4));
  const std::size_t pages = kPage + SealedSize(length.U32());
  if (pages > size) return Corrupt("the file is shorter than its header");
  return pages;
}

Result<SegmentHeader> DecodeHeader(ByteView pages) {
  AVAL_TRY(const std::size_t size,
           HeaderSize(pages.first(std::min(pages.size(), kPage)), pages.size()));
  if (size != pages.size()) return Corrupt("bytes after the header");
  ByteReader in(pages.subspan(kMagic.size() + 4));
  SegmentHeader header;
  header.ordinal = in.U64();
  header.size = in.U64();
  header.cluster = {in.Array<32>()};
  header.node = {in.U32()};
  header.incarnation = in.U32();
  header.first_group = in.U64();
  header.hard_state.term = {in.U64()};
  header.hard_state.vote = {in.U32()};
  header.last = ReadId(in);
  AVAL_ASSERT(in.offset() + kMagic.size() + 4 == kConfigurationsLengthAt);
  const std::size_t length = in.U32();
  AVAL_TRY(const Bytes run, Unseal(kGroupsEnd | header.ordinal, pages.subspan(kPage), length));
  AVAL_TRY(header.configurations, DecodeConfigurations(run));
  return header;
}

std::string SegmentName(std::uint64_t ordinal) {
  const std::string digits = std::to_string(ordinal);
  AVAL_ASSERT(digits.size() <= kOrdinalDigits);
  return std::string(kOrdinalDigits - digits.size(), '0') + digits + std::string(kSuffix);
}

std::optional<std::uint64_t> OrdinalOf(std::string_view name) {
  if (name.size() != kOrdinalDigits + kSuffix.size() || !name.ends_with(kSuffix)) return {};
  std::uint64_t ordinal = 0;
  for (const char digit : name.substr(0, kOrdinalDigits)) {
    if (digit < '0' || digit > '9') return {};
    ordinal = ordinal * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  if (ordinal == 0) return {};
  return ordinal;
}

Sector ParseSector(ByteView bytes) {
  AVAL_ASSERT(bytes.size() == kSector);
  if (IsZero(bytes)) return {};
  Sector sector{.state = Sector::State::kBroken, .data = {}};
  if (!IsSealedSector(bytes)) return sector;
  ByteReader in(bytes.first(kChecked));
  sector.state = Sector::State::kWhole;
  sector.group = in.U64();
  sector.place = in.U32();
  sector.count = in.U32();
  sector.data = in.Raw(Sector::kData);
  return sector;
}

Bytes SealGroup(std::uint64_t group, ByteView data) {
  AVAL_ASSERT(!data.empty());
  const std::size_t count = (data.size() + Sector::kData - 1) / Sector::kData;
  Bytes sealed(SealedSize(data.size()));
  ByteWriter head;
  for (std::size_t place = 0; place < count; ++place) {
    const std::span sector = std::span(sealed).subspan(place * kSector, kSector);
    head.Clear();
    head.U64(group);
    head.U32(static_cast<std::uint32_t>(place));
    head.U32(static_cast<std::uint32_t>(count));
    std::ranges::copy(head.bytes(), sector.begin());
    const std::size_t from = place * Sector::kData;
    const ByteView part = data.subspan(from, std::min(Sector::kData, data.size() - from));
    std::ranges::copy(part, sector.begin() + Sector::kHead);
    SealSector(sector);
  }
  return sealed;
}

std::size_t SealedSize(std::size_t data_size) {
  return WholePages(std::uint64_t{SectorsOf(data_size)} * kSector);
}

void WriteRecord(ByteWriter& out, const Entry& entry) {
  WriteEntry(out, RecordKind::kEntry, entry);
}

void WriteRepair(ByteWriter& out, const Entry& entry) {
  WriteEntry(out, RecordKind::kRepair, entry);
}

void WriteRecord(ByteWriter& out, const HardState& hard_state) {
  out.U8(static_cast<std::uint8_t>(RecordKind::kHardState));
  out.U64(hard_state.term.value);
  out.U32(hard_state.vote.value);
}

void WriteTruncation(ByteWriter& out, const EntryId& kept) {
  out.U8(static_cast<std::uint8_t>(RecordKind::kTruncate));
  WriteId(out, kept);
}

void WriteClose(ByteWriter& out, std::uint64_t next) {
  out.U8(static_cast<std::uint8_t>(RecordKind::kClose));
  out.U64(next);
}

}  // namespace aval::consensus::wal
