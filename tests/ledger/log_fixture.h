#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/disk.h"
#include "crypto/merkle.h"
#include "ledger/log/log.h"
#include "ledger/log/source.h"
#include "ledger/machine.h"

namespace aval::ledger {

/// Segments and the distance of settled sizes as small as they can be, so that a thousand leaves
/// cross every boundary.
inline constexpr Log::Options kSmallLog{.segment_leaves = 512, .settle_leaves = 256};
inline const std::filesystem::path kLogDirectory = "/node/log";

/// Leaf `index` of a log that is well formed and means nothing: bodies and effects of 0 to about
/// 200 bytes, some leaves refused. `version` gives other bytes.
Leaf MadeUpLeaf(std::uint64_t index, std::uint32_t version = 0);
std::vector<Leaf> MadeUpLeaves(std::uint64_t from, std::uint64_t to);
/// The tree of the first `size` leaves.
crypto::Frontier TreeOf(const std::vector<Leaf>& leaves, std::uint64_t size);

/// A log with these leaves, synced in groups of `group`.
std::unique_ptr<Log> WriteLog(Disk& disk, const std::vector<Leaf>& leaves, std::size_t group);

/// What an export reads, from an open log, which outlives it.
std::unique_ptr<LogSource> SourceOf(const Log& log);

/// Whether the log is exactly these leaves: every entry, effects, bundle, tile and root.
void ExpectLogHolds(const Log& log, const std::vector<Leaf>& leaves, std::uint64_t size);

}  // namespace aval::ledger
