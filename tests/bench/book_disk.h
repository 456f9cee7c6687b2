#pragma once

#include <cstdint>
#include <filesystem>
#include <map>

#include "base/result.h"
#include "ledger/record/table.h"

namespace aval::bench {

/// What the records of each table take in the files of a state that nobody has open, compressed
/// as they are; `compact` rewrites them all first, so that nothing overwritten is left.
Result<std::map<ledger::Table, std::uint64_t>> TablesOnDisk(const std::filesystem::path& state,
                                                            bool compact);

}  // namespace aval::bench
