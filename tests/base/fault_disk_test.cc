#include "tests/base/fault_disk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>

#include "base/bytes.h"
#include "base/random.h"

namespace aval {
namespace {

std::unique_ptr<File> Create(FaultDisk& disk, const char* path) {
  auto file = disk.Open(path, Disk::Mode::kCreate);
  EXPECT_TRUE(file.has_value());
  return *std::move(file);
}

Bytes Content(FaultDisk& disk, const char* path) { return *disk.ReadFile(path); }

TEST(FaultDiskTest, KeepsWhatWasSyncedThroughAPowerCut) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SeededRandom random(seed);
    FaultDisk disk;
    const auto file = Create(disk, "d/a");
    ASSERT_TRUE(file->Write(0, AsBytes("durable")).has_value());
    ASSERT_TRUE(file->Sync().has_value());
    ASSERT_TRUE(disk.SyncDirectory("d").has_value());
    disk.PowerCycle(random);
    EXPECT_EQ(AsText(Content(disk, "d/a")), "durable");
  }
}

TEST(FaultDiskTest, LosesAnUnsyncedNameInSomeCutsAndKeepsItInOthers) {
  std::set<bool> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SeededRandom random(seed);
    FaultDisk disk;
    Create(disk, "d/a");
    disk.PowerCycle(random);
    seen.insert(disk.Exists("d/a"));
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST(FaultDiskTest, KeepsAMoveOnceBothItsDirectoriesAreSynced) {
  int moved = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FaultDisk disk;
    SeededRandom random(seed);
    ASSERT_TRUE(disk.ReplaceFile("from/file", AsBytes("text")));
    ASSERT_TRUE(disk.Rename("from/file", "to/file"));
    ASSERT_TRUE(disk.SyncDirectory("to"));
    ASSERT_TRUE(disk.SyncDirectory("from"));
    disk.PowerCycle(random);
    EXPECT_TRUE(disk.Exists("to/file"));
    EXPECT_FALSE(disk.Exists("from/file"));

    ASSERT_TRUE(disk.Rename("to/file", "from/file"));
    ASSERT_TRUE(disk.SyncDirectory("to"));
    disk.PowerCycle(random);
    EXPECT_NE(disk.Exists("to/file"), disk.Exists("from/file"));
    moved += disk.Exists("from/file") ? 1 : 0;
  }
  EXPECT_GT(moved, 0);
  EXPECT_LT(moved, 20);
}

TEST(FaultDiskTest, TearsAnUnsyncedWriteAtSectorsOnly) {
  std::set<Bytes> outcomes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SeededRandom random(seed);
    FaultDisk disk;
    const auto file = Create(disk, "d/a");
    ASSERT_TRUE(file->Resize(3 * FaultDisk::kSector).has_value());
    ASSERT_TRUE(file->Sync().has_value());
    ASSERT_TRUE(disk.SyncDirectory("d").has_value());
    ASSERT_TRUE(file->Write(0, Bytes(3 * FaultDisk::kSector, 7)).has_value());
    disk.PowerCycle(random);
    const Bytes content = Content(disk, "d/a");
    for (std::size_t sector = 0; sector < 3; ++sector) {
      const auto begin = content.begin() + static_cast<std::ptrdiff_t>(sector * FaultDisk::kSector);
      const auto end = begin + static_cast<std::ptrdiff_t>(FaultDisk::kSector);
      EXPECT_EQ(std::adjacent_find(begin, end, std::not_equal_to<>{}), end);
    }
    outcomes.insert(content);
  }
  EXPECT_EQ(outcomes.size(), 8U);  // Every subset of three sectors.
}

TEST(FaultDiskTest, AnswersNothingFromTheCutUntilPowerReturns) {
  FaultDisk disk;
  const auto file = Create(disk, "d/a");
  disk.CutAfter(1);
  EXPECT_FALSE(file->Write(0, AsBytes("x")).has_value());
  EXPECT_FALSE(file->Sync().has_value());
  EXPECT_FALSE(disk.Open("d/a", Disk::Mode::kRead).has_value());
  SeededRandom random(1);
  disk.PowerCycle(random);
  EXPECT_FALSE(file->Sync().has_value());  // Opened before the cut.
}

TEST(FaultDiskTest, ForgetsWhatAFailedSyncShouldHaveKept) {
  FaultDisk disk;
  const auto file = Create(disk, "d/a");
  ASSERT_TRUE(disk.SyncDirectory("d").has_value());
  disk.FailSyncAfter(1);
  ASSERT_TRUE(file->Write(0, AsBytes("lost")).has_value());
  EXPECT_FALSE(file->Sync().has_value());
  EXPECT_TRUE(file->Sync().has_value());  // Reports success, and lies: that is the danger.
  SeededRandom random(1);
  disk.PowerCycle(random);
  EXPECT_TRUE(Content(disk, "d/a").empty());
}

TEST(FaultDiskTest, RefusesToGrowBeyondItsCapacity) {
  FaultDisk disk;
  disk.SetCapacity(10);
  const auto file = Create(disk, "d/a");
  EXPECT_TRUE(file->Resize(10).has_value());
  const auto more = file->Write(10, AsBytes("x"));
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(more.error().code, Code::kFull);
}

TEST(FaultDiskTest, ForgetsWhatASyncHasConfirmedWhenItLies) {
  FaultDisk disk;
  const auto file = Create(disk, "d/a");
  ASSERT_TRUE(file->Write(0, AsBytes("old")).has_value());
  ASSERT_TRUE(file->Sync().has_value());
  ASSERT_TRUE(disk.SyncDirectory("d").has_value());
  disk.ForgetSyncAfter(1);
  ASSERT_TRUE(file->Write(0, AsBytes("new")).has_value());
  ASSERT_TRUE(file->Sync().has_value());
  EXPECT_EQ(AsText(Content(disk, "d/a")), "new");
  SeededRandom random(1);
  disk.PowerCycle(random);
  EXPECT_EQ(AsText(Content(disk, "d/a")), "old");
}

TEST(FaultDiskTest, WritesOnceElsewhere) {
  FaultDisk disk;
  const auto file = Create(disk, "d/a");
  disk.MisdirectWriteAfter(2, 2);
  for (const char* text : {"aa", "b", "c"}) ASSERT_TRUE(file->Write(0, AsBytes(text)).has_value());
  EXPECT_EQ(AsText(Content(disk, "d/a")), "cab");
}

TEST(FaultDiskTest, LiesOnlyBelowTheDirectoryThatIsNamedAndNotOnceItMustStop) {
  FaultDisk disk;
  const auto other = Create(disk, "da/a");
  const auto file = Create(disk, "d/a");
  disk.MisdirectWriteAfter(1, 2, "d");
  ASSERT_TRUE(other->Write(0, AsBytes("x")).has_value());
  EXPECT_EQ(disk.misdirected(), 0U);
  ASSERT_TRUE(file->Write(0, AsBytes("x")).has_value());
  EXPECT_EQ(disk.misdirected(), 1U);
  EXPECT_EQ(Content(disk, "da/a").size(), 1U);
  EXPECT_EQ(Content(disk, "d/a").size(), 3U);
  disk.MisdirectWriteAfter(1, 2, "d");
  disk.StopLying();
  ASSERT_TRUE(file->Write(0, AsBytes("y")).has_value());
  EXPECT_EQ(disk.misdirected(), 1U);
}

TEST(FaultDiskTest, SpoiltSectorIsNotReadUntilItIsWritten) {
  FaultDisk disk;
  const auto file = Create(disk, "d/a");
  ASSERT_TRUE(file->Write(0, Bytes(3 * FaultDisk::kSector, 7)).has_value());
  disk.Spoil("d/a", FaultDisk::kSector + 9);
  EXPECT_TRUE(file->Read(0, FaultDisk::kSector).has_value());
  EXPECT_EQ(file->Read(0, FaultDisk::kSector + 1).error().code, Code::kIo);
  EXPECT_TRUE(file->Read(2 * FaultDisk::kSector, 99).has_value());
  ASSERT_TRUE(file->Write(FaultDisk::kSector, Bytes(FaultDisk::kSector, 8)).has_value());
  EXPECT_TRUE(file->Read(0, 3 * FaultDisk::kSector).has_value());
}

}  // namespace
}  // namespace aval
