#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace aval::ledger {

/// Paths of the public layout, relative to its root (formats.md 1.10): "tile/0/x001/067",
/// "tile/entries/000.p/20", "effects/000". A width of 256 is a full tile's.
std::string HashTilePath(unsigned level, std::uint64_t n, std::size_t width);
std::string EntryBundlePath(std::uint64_t n, std::size_t width);
std::string EffectsPath(std::uint64_t n);

/// The tiles of a tree of this size: visit(level, n, width) for each, full ones with 256.
void ForEachTile(std::uint64_t size,
                 const std::function<void(unsigned level, std::uint64_t n, std::size_t width)>&);
/// The bundles of a log of this size, ascending: visit(n, width).
void ForEachBundle(std::uint64_t size,
                   const std::function<void(std::uint64_t n, std::size_t width)>&);

}  // namespace aval::ledger
