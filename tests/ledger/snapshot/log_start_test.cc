#include "ledger/log/log_start.h"

#include <gtest/gtest.h>

#include <array>
#include <span>
#include <vector>

#include "ledger/audit/audit.h"
#include "ledger/log/export.h"
#include "ledger/log/tiles.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::ledger {
namespace {

constexpr std::uint64_t kStarts[] = {2, 5, 255, 256, 257, 300, 511, 512, 513, 1'000, 1'024, 1'300};

Result<std::unique_ptr<Log>> Reopen(Disk& disk, const crypto::Frontier& applied) {
  return Log::Open(disk, kLogDirectory, applied, kSmallLog);
}

// Whether everything from `start` on is there, and every hash that the start knows or that covers
// it, as in the whole log.
void ExpectHoldsFrom(const Log& log, const Log& whole, std::uint64_t start, std::uint64_t size) {
  ASSERT_EQ(log.first(), start);
  ASSERT_EQ(log.synced_size(), size);
  for (std::uint64_t i = start; i < size; ++i) {
    const auto entry = log.Entry(i);
    ASSERT_TRUE(entry) << i << ": " << entry.error().message;
    ASSERT_EQ(*entry, *whole.Entry(i)) << i;
    ASSERT_EQ(*log.Effects(i), *whole.Effects(i)) << i;
  }
  for (std::uint64_t n = (start + kTileWidth - 1) / kTileWidth; n * kTileWidth < size; ++n) {
    const auto width = static_cast<std::size_t>(std::min(size - n * kTileWidth, kTileWidth));
    ASSERT_EQ(*log.EntryBundle(n, width), *whole.EntryBundle(n, width));
    ASSERT_EQ(*log.EffectsBundle(n, width), *whole.EffectsBundle(n, width));
    ASSERT_EQ(*log.HashTile(0, n, width), *whole.HashTile(0, n, width));
  }
  for (unsigned level = 0; level < 12; ++level) {
    for (std::uint64_t index = 0; index < size >> level; ++index) {
      const auto hash = log.Read(level, index);
      if ((index + 1) << level > start) {
        ASSERT_TRUE(hash) << level << " " << index << ": " << hash.error().message;
      }
      if (hash) {
        ASSERT_EQ(*hash, *whole.Read(level, index)) << level << " " << index;
      } else {
        ASSERT_EQ(hash.error().code, Code::kNotFound);
      }
    }
  }
}

TEST(LogStartTest, ALogThatBeganAtASnapshotHoldsWhatCameAfter) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 2'000);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 500);
  for (const std::uint64_t start : kStarts) {
    FaultDisk disk;
    const auto log = BeginLogAt(disk, leaves, start);
    EXPECT_EQ(log->frontier(), whole->frontier());
    EXPECT_EQ(log->end(), whole->end());
    ExpectHoldsFrom(*log, *whole, start, leaves.size());
    ASSERT_FALSE(HasFailure()) << start;
  }
}

TEST(LogStartTest, ItHoldsTheSameAfterReopeningAtAnySize) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 1'400);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 500);
  for (const std::uint64_t start : kStarts) {
    for (const std::uint64_t more : {0U, 1U, 20U, 256U, 700U}) {
      const std::uint64_t size = std::min<std::uint64_t>(start + more, leaves.size());
      FaultDisk disk;
      // Some leaves are behind what the state has applied.
      BeginLogAt(disk, leaves, start);
      const auto log = Reopen(disk, TreeOf(leaves, size));
      ASSERT_TRUE(log) << log.error().message;
      ExpectHoldsFrom(**log, *whole, start, size);
      ASSERT_FALSE(HasFailure()) << start << " " << size;
      ASSERT_TRUE((*log)->Append(std::span(leaves).subspan(size)));
      ASSERT_TRUE((*log)->Sync());
      EXPECT_EQ((*log)->frontier(), whole->frontier());
    }
  }
}

TEST(LogStartTest, ProofsReachFromItsFirstLeafOn) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 700);
  const crypto::Digest root = TreeOf(leaves, 700).Root();
  for (const std::uint64_t start : {5U, 300U, 512U}) {
    FaultDisk disk;
    const auto log = BeginLogAt(disk, leaves, start);
    for (std::uint64_t i = start; i < 700; ++i) {
      const auto proof = crypto::InclusionProof(*log, i, 700);
      ASSERT_TRUE(proof) << proof.error().message;
      ASSERT_TRUE(crypto::VerifyInclusion(crypto::LeafHash(leaves[i].entry), i, 700, *proof, root));
    }
    for (std::uint64_t size = start; size <= 700; ++size) {
      ASSERT_EQ(*crypto::RootAt(*log, size), TreeOf(leaves, size).Root());
      ASSERT_TRUE(crypto::ConsistencyProof(*log, size, 700));
    }
  }
}

TEST(LogStartTest, WhatLiesBeforeIsNotDamagedButNotHere) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 700);
  FaultDisk disk;
  const auto log = BeginLogAt(disk, leaves, 300);
  const auto expect_backfilling = [](const auto& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::kNotFound);
    EXPECT_TRUE(result.error().message.starts_with("backfilling: ")) << result.error().message;
  };
  expect_backfilling(log->Entry(0));
  expect_backfilling(log->Entry(299));
  expect_backfilling(log->Effects(255));
  expect_backfilling(log->EntryBundle(0, 256));
  expect_backfilling(log->EntryBundle(1, 256));
  expect_backfilling(log->EffectsBundle(1, 256));
  expect_backfilling(log->HashTile(0, 1, 256));
  expect_backfilling(log->HashTile(1, 0, 1));
  expect_backfilling(log->Read(0, 17));
  expect_backfilling(crypto::RootAt(*log, 17));
  EXPECT_FALSE(log->Entry(700).error().message.starts_with("backfilling"));
}

TEST(LogStartTest, AnAuditSaysThatLeavesAreNotHereYetAndFindsNoDamage) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 400);
  FaultDisk disk;
  BeginLogAt(disk, leaves, 300);
  const auto report = Audit(disk, kData, {.log = kSmallLog}, [](auto, auto) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::kUnavailable);
  EXPECT_NE(report.error().message.find("has not yet fetched the leaves before 300"),
            std::string::npos)
      << report.error().message;
  disk.Flip(kLogDirectory / kLogStartFile, 9, 1);
  const auto damaged = Audit(disk, kData, {.log = kSmallLog}, [](auto, auto) {});
  ASSERT_TRUE(damaged);
  EXPECT_FALSE(damaged->ok);
  EXPECT_EQ(damaged->failed_file, "log/begin");
}

TEST(LogStartTest, AnExportFailsWithWhatIsNotHereYet) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 400);
  FaultDisk disk;
  const auto log = BeginLogAt(disk, leaves, 300);
  const auto source = SourceOf(*log);
  const Genesis genesis = TestGenesis();
  const crypto::SecretKey key = NodeKey(1, "log");
  const crypto::Checkpoint checkpoint{
      .origin = genesis.origin(), .size = 400, .root = log->frontier().Root()};
  const ExportRequest request{.directory = "/export",
                              .checkpoint = checkpoint,
                              .lines = {crypto::SignNote(checkpoint.Text(), genesis.origin(), key)},
                              .earlier = {},
                              .earlier_note = {},
                              .genesis = &genesis,
                              .manifest_key = &key};
  const auto exported = ExportLog(disk, *source, request, [](auto, auto) {});
  ASSERT_FALSE(exported);
  EXPECT_EQ(exported.error().code, Code::kNotFound);
  EXPECT_NE(exported.error().message.find("backfilling: "), std::string::npos)
      << exported.error().message;
}

TEST(LogStartTest, ADamagedRecordOfTheStartIsRefused) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 400);
  FaultDisk disk;
  BeginLogAt(disk, leaves, 300);
  const auto size = disk.ReadFile(kLogDirectory / kLogStartFile)->size();
  for (std::uint64_t offset = 0; offset < size; ++offset) {
    const auto copy = disk.Clone();
    copy->Flip(kLogDirectory / kLogStartFile, offset, 4);
    const auto log = Reopen(*copy, TreeOf(leaves, 400));
    ASSERT_FALSE(log) << offset;
    EXPECT_EQ(log.error().code, Code::kCorruption);
  }
}

TEST(LogStartTest, AStateFromBeforeTheStartIsRefused) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 400);
  FaultDisk disk;
  BeginLogAt(disk, leaves, 300);
  const auto log = Reopen(disk, TreeOf(leaves, 299));
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Code::kCorruption);
  EXPECT_EQ(log.error().message, "the log begins at leaf 300, but the state has applied 299");
}

TEST(LogStartTest, DamageBehindTheStartIsFoundAndNamed) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 400);
  FaultDisk disk;
  BeginLogAt(disk, leaves, 300);
  const LogEnd end = StartAt(leaves, 300).end;
  disk.Flip(kLogDirectory / "entries.0000000000", end.entries + 70, 1);
  const auto log = Reopen(disk, TreeOf(leaves, 400));
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Code::kCorruption);
  EXPECT_NE(log.error().message.find("entries.0000000000"), std::string::npos)
      << log.error().message;
}

// Logs in tests are too short for a second level of full tiles.
TEST(TileHashesTest, EveryLevelHasTheRootsOfTheTilesBelow) {
  constexpr std::uint64_t kLeaves = 132'000;
  std::array<std::vector<crypto::Digest>, kTileLevels> levels;
  crypto::Frontier tree;
  for (std::uint64_t i = 0; i < kLeaves; ++i) {
    ByteWriter leaf;
    leaf.U64(i);
    const crypto::Digest hash = crypto::Sha256(leaf.bytes());
    AddTileHashes(tree, hash, [&levels](unsigned level, const crypto::Digest& of_level) {
      levels.at(level).push_back(of_level);
    });
    tree.Append(hash);
  }
  for (unsigned level = 0; level < kTileLevels; ++level) {
    ASSERT_EQ(levels.at(level).size(), HashesAt(level, kLeaves)) << level;
    for (std::size_t n = 0; level > 0 && n < levels.at(level).size(); ++n) {
      const std::span<const crypto::Digest> below(levels.at(level - 1));
      ASSERT_EQ(levels.at(level)[n], SubtreeRoot(below.subspan(n * kTileWidth, kTileWidth)));
    }
  }
  EXPECT_EQ(levels[2].size(), 2U);
}

}  // namespace
}  // namespace aval::ledger
