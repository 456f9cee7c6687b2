#include "tests/cluster/entries.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "cli/client.h"
#include "ledger/log/log.h"
#include "ledger/log/paths.h"

namespace aval::cluster {
namespace {

constexpr std::chrono::milliseconds kCallTimeout{10'000};

}  // namespace

std::vector<Bytes> EntriesOf(cli::ApiClient& node, std::uint64_t size) {
  std::vector<Bytes> entries;
  for (std::uint64_t first = 0; first < size; first += ledger::Log::kTileWidth) {
    const std::size_t width = std::min<std::uint64_t>(ledger::Log::kTileWidth, size - first);
    const auto bundle = node.GetBytes(
        "/log/" + ledger::EntryBundlePath(first / ledger::Log::kTileWidth, width), kCallTimeout);
    if (!bundle) return entries;
    ByteReader reader(*bundle);
    for (std::size_t i = 0; i < width; ++i) {
      entries.push_back(CopyBytes(reader.Raw(reader.U16())));
    }
  }
  return entries;
}

}  // namespace aval::cluster
