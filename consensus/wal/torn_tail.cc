#include "consensus/wal/torn_tail.h"

#include <algorithm>

#include "base/bytes.h"
#include "consensus/wal/format.h"

namespace aval::consensus::wal {

namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10U;
static_assert(kChunk % kSector == 0);

}  // namespace

Result<std::optional<std::uint64_t>> FirstNonZero(const File& file, std::uint64_t from,
                                                  std::uint64_t to) {
  while (from < to) {
    const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, to - from));
    AVAL_TRY(const Bytes chunk, file.Read(from, length));
    if (chunk.empty()) break;
    const auto at = std::ranges::find_if(chunk, [](std::uint8_t byte) { return byte != 0; });
    if (at != chunk.end()) {
      return std::optional(from + static_cast<std::uint64_t>(at - chunk.begin()));
    }
    from += chunk.size();
  }
  return std::optional<std::uint64_t>{};
}

Result<std::uint64_t> EndOfTornGroup(const File& file, const std::string& name, const Tear& tear,
                                     const Error& failure) {
  const auto corrupt = [&](std::uint64_t offset, const std::string& what) {
    return Error{.code = Code::kCorruption,
                 .message = name + " at offset " + std::to_string(offset) + ": " + what};
  };
  std::uint64_t end = tear.offset;
  std::uint64_t survivors = 0;
  std::uint64_t count = 0;
  for (std::uint64_t at = tear.offset; at < tear.size;) {
    AVAL_TRY(const Bytes bytes, file.Read(at, kSector));
    const Sector sector = ParseSector(bytes);
    if (sector.state == Sector::State::kZero) {
      AVAL_TRY(const auto next, FirstNonZero(file, at + kSector, tear.size));
      if (!next) break;
      at = *next / kSector * kSector;
      continue;
    }
    if (sector.state == Sector::State::kBroken) {
      AVAL_TRY(const auto behind, FirstNonZero(file, at + kSector, tear.size));
      const bool inside = count == 0 || at < tear.offset + count * kSector;
      if (inside && !behind && bytes.back() == 0) return at + kSector;
      return corrupt(at, "the sector contradicts its checksum");
    }
    if (sector.group > tear.group) {
      return corrupt(tear.offset, "group " + std::to_string(tear.group) +
                                      " is damaged, and group " + std::to_string(sector.group) +
                                      " follows it");
    }
    const bool belongs = sector.group == tear.group && sector.place < sector.count &&
                         at == tear.offset + std::uint64_t{sector.place} * kSector &&
                         (count == 0 || sector.count == count);
    if (!belongs) return corrupt(at, "the sector belongs elsewhere");
    count = sector.count;
    ++survivors;
    at += kSector;
    end = at;
  }
  if (survivors == count) return failure;  // Nothing of the group is missing.
  return end;
}

}  // namespace aval::consensus::wal
