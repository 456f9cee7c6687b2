#pragma once

#include <filesystem>
#include <string_view>

#include "base/disk.h"
#include "base/result.h"

namespace aval::node {

// A data directory that an operator has put back from a backup. The node cannot see that by itself,
// and must ask all other voters what it has promised (consensus/core/promises.h), at each start
// until it has been found to have forgotten nothing. What the operator has said is in the file
// "restored" of the data directory: one line, `asking OCCASION` or `kept OCCASION`.

/// 1 to 64 letters, digits, '.', '-', '_' or ':', of ASCII.
bool IsOccasion(std::string_view text);

/// `data_directory` was restored, on this occasion; what is said is durable on return. False, and
/// nothing is done, when the same occasion was settled before: so it does no harm to say it at
/// every start. kInvalidArgument for no occasion, kDenied while a node runs there, kCorruption for
/// a damaged file.
Result<bool> SayRestored(Disk& disk, const std::filesystem::path& data_directory,
                         std::string_view occasion);

// Of the node that has the directory's lock:

/// It was said, and is not settled. kCorruption for a damaged file.
Result<bool> IsRestored(Disk& disk, const std::filesystem::path& data_directory);
/// Nothing was forgotten: the next start is one like any other. Durable on return.
Result<void> SettleRestored(Disk& disk, const std::filesystem::path& data_directory);

}  // namespace aval::node
