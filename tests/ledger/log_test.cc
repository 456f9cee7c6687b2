#include "ledger/log/log.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "ledger/log/bundle.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/log_fixture.h"

namespace aval::ledger {
namespace {

Result<std::unique_ptr<Log>> Reopen(Disk& disk, const crypto::Frontier& applied) {
  return Log::Open(disk, kLogDirectory, applied, kSmallLog);
}

// A written log whose files a test may damage.
struct WrittenLog {
  explicit WrittenLog(std::uint64_t size)
      : leaves(MadeUpLeaves(0, size)), applied(TreeOf(leaves, size)) {
    WriteLog(disk, leaves, 100);
  }
  Error ExpectRefused() {
    const auto log = Reopen(disk, applied);
    EXPECT_FALSE(log);
    if (log) return {.code = Code::kIo, .message = "opened"};
    EXPECT_EQ(log.error().code, Code::kCorruption) << log.error().message;
    return log.error();
  }

  FaultDisk disk;
  std::vector<Leaf> leaves;
  crypto::Frontier applied;
};

TEST(LogTest, ANewLogIsEmpty) {
  FaultDisk disk;
  const auto log = Reopen(disk, {});
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ((*log)->synced_size(), 0U);
  EXPECT_EQ((*log)->Entry(0).error().code, Code::kNotFound);
}

TEST(LogTest, HoldsWhatWasAppendedAcrossBundlesAndSegments) {
  FaultDisk disk;
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 1'300);
  const auto log = WriteLog(disk, leaves, 77);
  EXPECT_EQ(log->frontier(), TreeOf(leaves, 1'300));
  ExpectLogHolds(*log, leaves, 1'300);
}

TEST(LogTest, HoldsTheSameAfterReopening) {
  for (const std::uint64_t size : {1U, 255U, 256U, 511U, 512U, 513U, 1'024U, 1'300U}) {
    WrittenLog written(size);
    const auto log = Reopen(written.disk, written.applied);
    ASSERT_TRUE(log) << log.error().message;
    ExpectLogHolds(**log, written.leaves, size);
  }
}

TEST(LogTest, ALogGrowsOnAfterReopening) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 1'100);
  FaultDisk disk;
  std::uint64_t size = 0;
  for (const std::uint64_t next : {3U, 256U, 300U, 512U, 1'000U, 1'100U}) {
    const auto log = Reopen(disk, TreeOf(leaves, size));
    ASSERT_TRUE(log) << log.error().message;
    ASSERT_TRUE((*log)->Append(std::span(leaves).subspan(size, next - size)));
    ASSERT_TRUE((*log)->Sync());
    size = next;
    ExpectLogHolds(**log, leaves, size);
  }
}

TEST(LogTest, EverySingleEntryAndItsEffectsAreFound) {
  FaultDisk disk;
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 600);
  const auto log = WriteLog(disk, leaves, 600);
  for (std::uint64_t i = 0; i < 600; ++i) {
    ASSERT_EQ(*log->Entry(i), leaves[i].entry) << i;
    ASSERT_EQ(*log->Effects(i), leaves[i].effects) << i;
  }
}

TEST(LogTest, BundlesAndTilesOfAnyWidthAreServed) {
  FaultDisk disk;
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 600);
  const auto log = WriteLog(disk, leaves, 600);
  const Bytes whole = *log->EntryBundle(0, 256);
  for (std::size_t width = 1; width <= 256; ++width) {
    const Result<Bytes> bundle = log->EntryBundle(0, width);
    ASSERT_TRUE(bundle);
    const auto items = AllEntries(*bundle, width);
    ASSERT_TRUE(items) << items.error().message;
    ASSERT_TRUE(EqualBytes(*bundle, ByteView(whole).first(bundle->size())));
    ASSERT_TRUE(AllEffects(*log->EffectsBundle(0, width), width));
    ASSERT_EQ(log->HashTile(0, 0, width)->size(), 32 * width);
  }
  EXPECT_TRUE(log->HashTile(1, 0, 2));
}

TEST(LogTest, NothingBeyondTheSyncedSizeIsServed) {
  FaultDisk disk;
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 300);
  const auto log = WriteLog(disk, leaves, 300);
  const std::vector<Leaf> more = MadeUpLeaves(300, 600);
  ASSERT_TRUE(log->Append(more));
  EXPECT_EQ(log->frontier().size(), 600U);
  EXPECT_EQ(log->synced_size(), 300U);
  EXPECT_EQ(log->Entry(300).error().code, Code::kNotFound);
  EXPECT_EQ(log->EntryBundle(1, 45).error().code, Code::kNotFound);
  EXPECT_EQ(log->EffectsBundle(1, 256).error().code, Code::kNotFound);
  EXPECT_EQ(log->HashTile(1, 0, 2).error().code, Code::kNotFound);
  EXPECT_EQ(log->HashTile(9, 0, 1).error().code, Code::kNotFound);
  EXPECT_TRUE(log->EntryBundle(1, 44));
  ASSERT_TRUE(log->Sync());
  EXPECT_TRUE(log->Entry(599));
}

TEST(LogTest, SegmentsArePlainRunsOfBundles) {
  WrittenLog written(700);
  Bytes bundles = *Reopen(written.disk, written.applied).operator*()->EntryBundle(0, 256);
  const auto log = Reopen(written.disk, written.applied);
  const Bytes second = *(*log)->EntryBundle(1, 256);
  bundles.insert(bundles.end(), second.begin(), second.end());
  EXPECT_EQ(*written.disk.ReadFile(kLogDirectory / "entries.0000000000"), bundles);
}

TEST(LogTest, IsCutBackToTheAppliedSize) {
  for (const std::uint64_t applied : {0U, 1U, 255U, 256U, 300U, 511U, 512U, 699U}) {
    WrittenLog written(700);
    auto log = Reopen(written.disk, TreeOf(written.leaves, applied));
    ASSERT_TRUE(log) << log.error().message;
    ExpectLogHolds(**log, written.leaves, applied);
    // Other leaves may follow now, and nothing of the old ones comes back.
    std::vector<Leaf> other(written.leaves.begin(),
                            written.leaves.begin() + static_cast<std::ptrdiff_t>(applied));
    for (std::uint64_t i = applied; i < 650; ++i) other.push_back(MadeUpLeaf(i, 1));
    ASSERT_TRUE((*log)->Append(std::span(other).subspan(applied)));
    ASSERT_TRUE((*log)->Sync());
    log = Reopen(written.disk, TreeOf(other, 650));
    ASSERT_TRUE(log) << log.error().message;
    ExpectLogHolds(**log, other, 650);
  }
}

TEST(LogTest, ALogShorterThanTheStateIsRefused) {
  WrittenLog written(300);
  const std::vector<Leaf> longer = MadeUpLeaves(0, 301);
  written.applied = TreeOf(longer, 301);
  EXPECT_NE(written.ExpectRefused().message.find("entries.0000000000, offset"), std::string::npos);
}

TEST(LogTest, ALogThatIsNotTheStatesIsRefusedAndLeftAlone) {
  WrittenLog written(300);
  std::vector<Leaf> other = written.leaves;
  other[299] = MadeUpLeaf(299, 1);
  const Bytes before = *written.disk.ReadFile(kLogDirectory / "entries.0000000000");
  const crypto::Frontier applied = std::exchange(written.applied, TreeOf(other, 300));
  EXPECT_NE(written.ExpectRefused().message.find("leaves 296 to 299"), std::string::npos);
  EXPECT_EQ(*written.disk.ReadFile(kLogDirectory / "entries.0000000000"), before);
  EXPECT_TRUE(Reopen(written.disk, applied));
}

TEST(LogTest, AMissingFileIsRefusedByName) {
  for (const char* name : {"entries.0000000000", "effects.0000000000", "offsets.0000000000",
                           "hashes-0.0000000000", "hashes-1.0000000000", "entries.0000000001"}) {
    WrittenLog written(800);
    ASSERT_TRUE(written.disk.Remove(kLogDirectory / name));
    EXPECT_NE(written.ExpectRefused().message.find(name), std::string::npos) << name;
  }
}

TEST(LogTest, AShortenedSegmentIsRefusedByName) {
  for (const char* name : {"entries.0000000000", "effects.0000000000", "offsets.0000000000",
                           "hashes-0.0000000000", "hashes-1.0000000000"}) {
    WrittenLog written(800);
    const auto file = written.disk.Open(kLogDirectory / name, Disk::Mode::kReadWrite);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->Resize(*(*file)->Size() - 1));
    EXPECT_NE(written.ExpectRefused().message.find(name), std::string::npos) << name;
  }
}

TEST(LogTest, EveryFlippedByteOfTheUnsettledTailIsRefusedOrRepaired) {
  const WrittenLog written(300);
  for (const char* name : {"entries.0000000000", "effects.0000000000", "hashes-0.0000000000"}) {
    const std::filesystem::path path = kLogDirectory / name;
    const std::size_t size = written.disk.Clone()->ReadFile(path)->size();
    for (std::size_t offset = size * 9 / 10; offset < size; offset += 7) {
      const auto disk = written.disk.Clone();
      disk->Flip(path, offset, 0x20);
      const auto log = Reopen(*disk, written.applied);
      if (log) {
        ExpectLogHolds(**log, written.leaves, 300);
      } else {
        ASSERT_EQ(log.error().code, Code::kCorruption);
      }
    }
  }
}

TEST(LogTest, AFlippedByteOfAnOldLeafIsNeverServed) {
  const WrittenLog written(600);
  for (const char* name :
       {"entries.0000000000", "effects.0000000000", "offsets.0000000000", "hashes-0.0000000000"}) {
    const std::filesystem::path path = kLogDirectory / name;
    const std::size_t size = written.disk.Clone()->ReadFile(path)->size();
    const auto clean = written.disk.Clone();
    for (std::size_t offset = 0; offset < size; offset += 1 + size / 100) {
      const auto disk = written.disk.Clone();
      const auto log = Reopen(*disk, written.applied);
      ASSERT_TRUE(log);
      disk->Flip(path, offset, 0x01);
      int refused = 0;
      for (std::uint64_t n = 0; n < 2; ++n) {
        const auto entries = (*log)->EntryBundle(n, 256);
        const auto effects = (*log)->EffectsBundle(n, 256);
        if (!entries || !effects) ++refused;
      }
      ASSERT_GE(refused, 1) << name << " " << offset;
    }
  }
}

TEST(LogTest, AFailedSyncStopsTheLog) {
  FaultDisk disk;
  const auto log = Reopen(disk, {});
  ASSERT_TRUE(log);
  disk.FailSyncAfter(1);
  ASSERT_TRUE((*log)->Append(MadeUpLeaves(0, 3)));
  EXPECT_FALSE((*log)->Sync());
  EXPECT_FALSE((*log)->Sync());
  EXPECT_FALSE((*log)->Append(MadeUpLeaves(3, 4)));
  EXPECT_EQ((*log)->synced_size(), 0U);
}

TEST(LogTest, AFullDeviceIsReported) {
  FaultDisk disk;
  const auto log = Reopen(disk, {});
  ASSERT_TRUE(log);
  disk.SetCapacity(1'000);
  EXPECT_EQ((*log)->Append(MadeUpLeaves(0, 100)).error().code, Code::kFull);
}

TEST(LogTest, AGroupOfLeavesCostsTwoSyncs) {
  FaultDisk disk;
  const auto log = Reopen(disk, {});
  ASSERT_TRUE((*log)->Append(MadeUpLeaves(0, 10)));
  ASSERT_TRUE((*log)->Sync());
  const std::uint64_t before = disk.syncs();
  ASSERT_TRUE((*log)->Append(MadeUpLeaves(10, 200)));
  ASSERT_TRUE((*log)->Sync());
  EXPECT_EQ(disk.syncs() - before, 2U);
}

}  // namespace
}  // namespace aval::ledger
