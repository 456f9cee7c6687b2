#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/disk.h"
#include "base/result.h"

namespace aval::consensus::wal {

/// Where the first byte other than zero lies in [from, to).
Result<std::optional<std::uint64_t>> FirstNonZero(const File& file, std::uint64_t from,
                                                  std::uint64_t to);

/// A place where a group should begin, and none does that is whole.
struct Tear {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;   // Of the file.
  std::uint64_t group = 0;  // Number of the group that should be there.
};

/// Decides whether what lies from `tear.offset` on is the rest of one write that never completed,
/// and returns the offset after its last byte. A torn write leaves whole sectors of the one group
/// that was being written, sectors of zeros, and at most one sector that ends in zeros with nothing
/// behind it. Everything else has been acknowledged, or is none of this log's: `failure` when the
/// group's sectors are all there, else kCorruption that names the sector.
Result<std::uint64_t> EndOfTornGroup(const File& file, const std::string& name, const Tear& tear,
                                     const Error& failure);

}  // namespace aval::consensus::wal
