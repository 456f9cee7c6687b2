#include "ledger/log/paths.h"

#include <algorithm>

#include "ledger/log/bundle.h"
#include "ledger/log/tiles.h"

namespace aval::ledger {

namespace {

// Groups of three digits, all but the last behind an x: 1234067 is x001/x234/067.
std::string TileNumber(std::uint64_t n) {
  const auto group = [](std::uint64_t value) {
    const std::string digits = std::to_string(value);
    return std::string(3 - digits.size(), '0') + digits;
  };
  std::string path = group(n % 1000);
  for (n /= 1000; n > 0; n /= 1000) path.insert(0, "x" + group(n % 1000) + "/");
  return path;
}

std::string Partial(std::size_t width) {
  return width == kTileWidth ? "" : ".p/" + std::to_string(width);
}

}  // namespace

std::string HashTilePath(unsigned level, std::uint64_t n, std::size_t width) {
  return "tile/" + std::to_string(level) + "/" + TileNumber(n) + Partial(width);
}

std::string EntryBundlePath(std::uint64_t n, std::size_t width) {
  return "tile/entries/" + TileNumber(n) + Partial(width);
}

std::string EffectsPath(std::uint64_t n) { return "effects/" + TileNumber(n); }

void ForEachTile(
    std::uint64_t size,
    const std::function<void(unsigned level, std::uint64_t n, std::size_t width)>& visit) {
  for (unsigned level = 0; level < kTileLevels; ++level) {
    ForEachBundle(HashesAt(level, size),
                  [&](std::uint64_t n, std::size_t width) { visit(level, n, width); });
  }
}

void ForEachBundle(std::uint64_t size,
                   const std::function<void(std::uint64_t n, std::size_t width)>& visit) {
  for (std::uint64_t n = 0; n * kTileWidth < size; ++n) {
    visit(n, static_cast<std::size_t>(std::min<std::uint64_t>(kTileWidth, size - n * kTileWidth)));
  }
}

}  // namespace aval::ledger
