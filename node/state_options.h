#pragma once

#include <cstddef>

#include "ledger/state/leveldb_store.h"

namespace aval::node {

/// How a node opens its state's store; for those, too, who measure what it does. What was written
/// or read lately is what the next acts ask for, and a larger buffer is compacted less often.
inline ledger::LevelDbStore::Options StateOptions() {
  return {.block_cache_bytes = std::size_t{32} << 20U,
          .write_buffer_bytes = std::size_t{16} << 20U};
}

}  // namespace aval::node
