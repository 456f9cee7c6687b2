#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "consensus/storage.h"
#include "consensus/wal/format.h"
#include "consensus/wal/wal.h"
#include "tests/base/fault_disk.h"
#include "tests/consensus/storage.h"

namespace aval::consensus {

inline const std::filesystem::path kWalDirectory = "node/wal";

/// Small segments, so that there are many.
inline Wal::Options SmallSegments(std::uint64_t bytes = 28 * 1024) {
  return {.cluster = crypto::Sha256(AsBytes("cluster")),
          .node = {3},
          .segment_bytes = bytes,
          .ring_slots = 32};
}

inline std::filesystem::path SegmentPath(std::uint64_t ordinal) {
  return kWalDirectory / wal::SegmentName(ordinal);
}

inline const std::filesystem::path kRingPath = kWalDirectory / wal::Ring::kName;
inline std::size_t CountSegments(const Disk& disk) {
  const auto names = disk.List(kWalDirectory);
  EXPECT_TRUE(names.has_value());
  return static_cast<std::size_t>(std::ranges::count_if(
      *names, [](const std::string& name) { return wal::OrdinalOf(name).has_value(); }));
}

/// Of a segment without configurations: its header, and so its first group's offset.
inline constexpr std::uint64_t kHeader = 2 * wal::kPage;

/// The log, opened; fails the test when it cannot be.
inline std::unique_ptr<Wal> MustOpen(Disk& disk, const Wal::Options& options = SmallSegments(),
                                     const Wal::Origin& origin = {}) {
  auto log = Wal::Open(disk, kWalDirectory, options, origin);
  EXPECT_TRUE(log.has_value()) << log.error().message;
  return log ? *std::move(log) : nullptr;
}

/// Writes one group and syncs it.
inline Result<void> WriteGroup(Wal& log, const Persist& write) {
  log.Write(std::span(&write, 1));
  return log.Sync();
}

/// Entries with payload as the log gives them.
inline std::vector<Entry> ReadAll(const Wal& log, const EntryId& last) {
  std::vector<Entry> entries;
  while (log.Anchor().index.value + entries.size() < last.index.value) {
    const Index next{log.Anchor().index.value + entries.size() + 1};
    auto more = log.Read(next, last.index, 3'000);
    EXPECT_TRUE(more.has_value()) << more.error().message;
    if (!more) break;
    entries.insert(entries.end(), more->begin(), more->end());
  }
  return entries;
}

/// Equal in everything, payload included.
inline bool SameEntries(const std::vector<Entry>& a, const std::vector<Entry>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Entry& x, const Entry& y) {
    return IdOf(x) == IdOf(y) && x.kind == y.kind && *x.payload == *y.payload;
  });
}

}  // namespace aval::consensus
