#include "ledger/log/backfill.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/ledger/snapshot/fixture.h"

namespace aval::ledger {
namespace {

const std::filesystem::path kBeside = kData / "backfill";
constexpr std::size_t kRangeBytes = 20'000;

Result<std::unique_ptr<Backfill>> OpenBackfill(Disk& disk) {
  return Backfill::Open(disk, kLogDirectory, kBeside, kSmallLog);
}

// All that is missing, from a log that has it. `synced` hears of every leaf range.
Result<void> Fill(Backfill& backfill, const Log& from) {
  while (!backfill.joined()) {
    const Backfill::Missing missing = backfill.missing();
    if (missing.from == missing.to) return backfill.Join();
    AVAL_TRY(const LeafRange range, ReadLeafRange(from, missing.from, missing.to, kRangeBytes));
    AVAL_CHECK(backfill.Take(range));
    if (missing.from % kTileWidth == 0) AVAL_CHECK(backfill.Sync());
  }
  return {};
}

// Every file but those that only one that has been filled has ever had.
void ExpectSameFiles(FaultDisk& disk, FaultDisk& expected) {
  const auto files = disk.List(kLogDirectory);
  ASSERT_TRUE(files);
  ASSERT_EQ(*files, *expected.List(kLogDirectory));
  for (const std::string& file : *files) {
    ASSERT_TRUE(*disk.ReadFile(kLogDirectory / file) == *expected.ReadFile(kLogDirectory / file))
        << file;
  }
}

TEST(BackfillTest, AFilledLogIsByteForByteOneThatWasAlwaysThere) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 1'700);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 500);
  for (const std::uint64_t start : {2U, 5U, 255U, 256U, 300U, 512U, 513U, 1'024U, 1'300U, 1'700U}) {
    FaultDisk disk;
    {
      const auto log = BeginLogAt(disk, leaves, start);
      const auto backfill = OpenBackfill(disk);
      ASSERT_TRUE(backfill) << backfill.error().message;
      EXPECT_EQ((*backfill)->missing(), (Backfill::Missing{.from = 0, .to = start}));
      const auto filled = Fill(**backfill, *whole);
      ASSERT_TRUE(filled) << filled.error().message;
      EXPECT_EQ((*backfill)->missing(), Backfill::Missing{});
      log->ForgetStart();
      ExpectLogHolds(*log, leaves, leaves.size());
    }
    ExpectSameFiles(disk, whole_disk);
    EXPECT_TRUE(disk.List(kBeside)->empty());
    const auto again = Log::Open(disk, kLogDirectory, TreeOf(leaves, leaves.size()), kSmallLog);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ((*again)->first(), 0U);
    ExpectLogHolds(**again, leaves, leaves.size());
    ASSERT_FALSE(HasFailure()) << start;
  }
}

TEST(BackfillTest, TheLogGrowsOnWhileItIsFilled) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 1'700);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 500);
  FaultDisk disk;
  const auto log = BeginLogAt(disk, std::vector(leaves.begin(), leaves.begin() + 800), 700);
  const auto backfill = OpenBackfill(disk);
  ASSERT_TRUE(backfill);
  for (std::uint64_t next = 800; next < 1'700; next += 100) {
    ASSERT_TRUE(log->Append(std::span(leaves).subspan(next, 100)));
    const Backfill::Missing missing = (*backfill)->missing();
    if (missing.from < missing.to) {
      ASSERT_TRUE((*backfill)->Take(
          *ReadLeafRange(*whole, missing.from, missing.to, std::size_t{1} << 20U)));
    } else if (!(*backfill)->joined()) {
      ASSERT_TRUE((*backfill)->Join());
      log->ForgetStart();
    }
    ASSERT_TRUE(log->Sync());
  }
  ASSERT_TRUE((*backfill)->joined());
  ExpectLogHolds(*log, leaves, leaves.size());
  ExpectSameFiles(disk, whole_disk);
}

TEST(BackfillTest, NoOperationIsABadMomentForAPowerCut) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 1'330);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 500);
  FaultDisk written;
  BeginLogAt(written, leaves, 1'300);
  std::uint64_t cuts_after_progress = 0;
  for (std::uint64_t operation = 1;; ++operation) {
    const auto disk = written.Clone();
    disk->CutAfter(operation);
    {
      const auto backfill = OpenBackfill(*disk);
      if (backfill) static_cast<void>(Fill(**backfill, *whole));
    }
    if (!disk->cut()) break;
    SeededRandom random(operation);
    disk->PowerCycle(random);
    const auto log = Log::Open(*disk, kLogDirectory, TreeOf(leaves, 1'330), kSmallLog);
    ASSERT_TRUE(log) << "operation " << operation << ": " << log.error().message;
    const bool joining = disk->Exists(kBeside / "joining");
    const auto backfill = OpenBackfill(*disk);
    ASSERT_TRUE(backfill) << "operation " << operation << ": " << backfill.error().message;
    if (joining) {
      EXPECT_TRUE((*backfill)->joined()) << operation;
    }
    if ((*backfill)->missing().from > 0) ++cuts_after_progress;
    const auto filled = Fill(**backfill, *whole);
    ASSERT_TRUE(filled) << "operation " << operation << ": " << filled.error().message;
    (*log)->ForgetStart();
    ExpectLogHolds(**log, leaves, leaves.size());
    ExpectSameFiles(*disk, whole_disk);
    ASSERT_FALSE(HasFailure()) << "operation " << operation;
  }
  EXPECT_GT(cuts_after_progress, 20U);
}

TEST(BackfillTest, NothingButTheLeavesOfItsTreeIsTaken) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 700);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 500);
  FaultDisk disk;
  BeginLogAt(disk, leaves, 560);
  const auto backfill = OpenBackfill(disk);
  ASSERT_TRUE(backfill);
  const std::vector<std::function<void(LeafRange&)>> lies{
      [](LeafRange& range) { range.entries[3][80] ^= 1; },
      [&](LeafRange& range) {
        // Another well-formed leaf, and its hash: the tree does not have it.
        const Leaf other = MadeUpLeaf(range.first + 3, 1);
        range.entries[3] = other.entry;
        range.effects[3] = other.effects;
        range.hashes[range.first % kTileWidth + 3] = crypto::LeafHash(other.entry);
      },
      [](LeafRange& range) { range.effects[4].push_back(0); },
      [](LeafRange& range) { range.hashes.back().bytes[0] ^= 1; },
      [](LeafRange& range) { range.hashes.pop_back(); },
      [](LeafRange& range) { range.proof.emplace_back(); },
      [](LeafRange& range) {
        if (range.proof.empty()) {
          range.effects.pop_back();
        } else {
          range.proof[0].bytes[5] ^= 1;
        }
      },
      [](LeafRange& range) { std::swap(range.entries[0], range.entries[1]); },
      [](LeafRange& range) { range.first += 1; },
      [](LeafRange& range) { range.entries.clear(), range.effects.clear(); }};
  while ((*backfill)->missing().from < (*backfill)->missing().to) {
    const auto [from, to] = (*backfill)->missing();
    const LeafRange range = *ReadLeafRange(*whole, from, to, std::size_t{1} << 20U);
    for (std::size_t i = 0; i < lies.size(); ++i) {
      LeafRange lie = range;
      lies[i](lie);
      const auto taken = (*backfill)->Take(lie);
      ASSERT_FALSE(taken) << "leaf " << from << ", lie " << i;
      ASSERT_EQ(taken.error().code, Code::kInvalidArgument);
    }
    ASSERT_EQ((*backfill)->missing().from, from);
    ASSERT_TRUE((*backfill)->Take(range));
  }
}

TEST(BackfillTest, LeavesThatAreNotNextAreRefused) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 700);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 500);
  FaultDisk disk;
  BeginLogAt(disk, leaves, 560);
  const auto backfill = OpenBackfill(disk);
  ASSERT_TRUE(backfill);
  EXPECT_FALSE((*backfill)->Take(*ReadLeafRange(*whole, 256, 560, kRangeBytes)));
  ASSERT_TRUE((*backfill)->Take(*ReadLeafRange(*whole, 0, 560, kRangeBytes)));
  EXPECT_FALSE((*backfill)->Take(*ReadLeafRange(*whole, 0, 560, kRangeBytes)));
}

// A log that begins at leaf 560 of 700, and of what is missing the first bundle is durable.
class BegunBackfillTest : public testing::Test {
 protected:
  BegunBackfillTest() {
    BeginLogAt(disk_, leaves_, 560);
    const auto backfill = OpenBackfill(disk_);
    EXPECT_TRUE((*backfill)->Take(RangeFrom(0)));
    EXPECT_TRUE((*backfill)->Sync());
  }
  LeafRange RangeFrom(std::uint64_t first) const {
    return *ReadLeafRange(*whole_, first, 560, std::size_t{1} << 20U);
  }

  const std::vector<Leaf> leaves_ = MadeUpLeaves(0, 700);
  FaultDisk whole_disk_;
  const std::unique_ptr<Log> whole_ = WriteLog(whole_disk_, leaves_, 500);
  FaultDisk disk_;
};

TEST_F(BegunBackfillTest, WhatWasSyncedIsNotFetchedAgain) {
  {
    const auto backfill = OpenBackfill(disk_);
    ASSERT_TRUE((*backfill)->Take(RangeFrom(256)));
  }
  SeededRandom random(3);
  disk_.PowerCycle(random);
  const auto backfill = OpenBackfill(disk_);
  ASSERT_TRUE(backfill) << backfill.error().message;
  EXPECT_EQ((*backfill)->missing(), (Backfill::Missing{.from = 256, .to = 560}));
}

TEST_F(BegunBackfillTest, WithItsNoteOfProgressDamagedItBeginsAnew) {
  disk_.Flip(kBeside / "progress", 9, 1);
  const auto backfill = OpenBackfill(disk_);
  ASSERT_TRUE(backfill) << backfill.error().message;
  EXPECT_EQ((*backfill)->missing(), (Backfill::Missing{.from = 0, .to = 560}));
  ASSERT_TRUE(Fill(**backfill, *whole_));
  EXPECT_TRUE((*backfill)->joined());
}

TEST(BackfillTest, ASnapshotThatLiesAboutTheLogsLengthIsFoundOut) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 300);
  FaultDisk whole_disk;
  const auto whole = WriteLog(whole_disk, leaves, 300);
  FaultDisk disk;
  LogStart start = StartAt(leaves, 280);
  start.end.entries += 1;
  ASSERT_TRUE(BeginLog(disk, kLogDirectory, start, kSmallLog.segment_leaves));
  const auto backfill = OpenBackfill(disk);
  const auto filled = Fill(**backfill, *whole);
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().message, "the leaves before the snapshot are not as long as it says");
  EXPECT_TRUE(disk.Exists(kLogDirectory / kLogStartFile));
}

TEST(LeafRangeTest, ARangeHasAtLeastOneLeafAndEndsWithItsBundle) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 700);
  FaultDisk disk;
  const auto log = WriteLog(disk, leaves, 500);
  EXPECT_EQ(ReadLeafRange(*log, 100, 700, 1)->entries.size(), 1U);
  EXPECT_EQ(ReadLeafRange(*log, 100, 700, std::size_t{1} << 20U)->end(), 256U);
  EXPECT_EQ(ReadLeafRange(*log, 600, 650, std::size_t{1} << 20U)->end(), 650U);
  EXPECT_EQ(ReadLeafRange(*log, 650, 650, 1).error().code, Code::kNotFound);
  EXPECT_EQ(ReadLeafRange(*log, 650, 701, 1).error().code, Code::kNotFound);
}

TEST(LeafRangeTest, EveryRangeOfEverySizeIsVerified) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 2'600);
  FaultDisk disk;
  const auto log = WriteLog(disk, leaves, 500);
  for (const std::uint64_t size : {1U, 255U, 256U, 257U, 1'024U, 1'111U, 2'600U}) {
    const crypto::Frontier tree = TreeOf(leaves, size);
    for (std::uint64_t first = 0; first < size; first += 61) {
      const auto range = ReadLeafRange(*log, first, size, 5'000);
      ASSERT_TRUE(range) << range.error().message;
      const auto checked = CheckLeafRange(*range, tree);
      ASSERT_TRUE(checked) << size << " " << first << ": " << checked.error().message;
    }
  }
}

}  // namespace
}  // namespace aval::ledger
