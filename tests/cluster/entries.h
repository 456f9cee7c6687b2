#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "cli/client.h"

namespace aval::cluster {

/// The first `size` entries of a node's log, by its tiles; fewer where one cannot be read.
std::vector<Bytes> EntriesOf(cli::ApiClient& node, std::uint64_t size);

}  // namespace aval::cluster
