#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace aval::ledger {

/// Where an export reads from, a running node as a rule; widths are 1 to 256.
class LogSource {
 public:
  virtual ~LogSource() = default;
  virtual Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) = 0;
  virtual Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) = 0;
  virtual Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) = 0;
};

}  // namespace aval::ledger
