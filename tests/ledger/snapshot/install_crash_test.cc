#include <gtest/gtest.h>

#include "ledger/record/applied.h"
#include "ledger/record/codec.h"
#include "ledger/reports.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::ledger {
namespace {

// Downloads, builds and installs; whatever an earlier attempt has left is used.
Result<void> InstallFrom(const SnapshotSource& source, FaultDisk& disk) {
  FileStates states(disk);
  AVAL_TRY(const auto installed, InstallPending(disk, states, kData, Always));
  if (installed) return {};
  AVAL_TRY(const auto sink, SnapshotSink::Open(disk, states, kData));
  AVAL_CHECK(sink->Begin(source.manifest()));
  AVAL_CHECK(PutAll(source, *sink));
  AVAL_CHECK(sink->Finish({.signed_size = 2, .log = kSmallLog}));
  AVAL_TRY(const auto done, InstallPending(disk, states, kData, Always));
  AVAL_ASSERT(done.has_value());
  return {};
}

enum class Found { kOld, kNew };

// Whole, or the test fails.
Found WhichLedger(FaultDisk& disk, const OldNode& old, const SnapshotLedger& ledger) {
  FileStates states(disk);
  const auto state = states.Open(kData / kStateDirectory);
  EXPECT_TRUE(state) << state.error().message;
  const auto hash = StateHash(**state);
  EXPECT_TRUE(hash);
  const bool is_new = *hash == ledger.hash();
  EXPECT_EQ(*hash, is_new ? ledger.hash() : old.hash);
  const auto mark = DecodeValue<AppliedMark>(**(*state)->Get(EncodeKey<AppliedMark>({})));
  EXPECT_TRUE(mark);
  EXPECT_EQ(mark->frontier, (is_new ? ledger.tree() : old.tree).Encode());
  const auto log = Log::Open(disk, kLogDirectory, is_new ? ledger.tree() : old.tree, kSmallLog);
  EXPECT_TRUE(log) << log.error().message;
  if (log && is_new) {
    EXPECT_EQ((*log)->first(), ledger.leaves().size());
  } else if (log) {
    ExpectLogHolds(**log, old.leaves, old.leaves.size());
  }
  EXPECT_EQ(AsText(*disk.ReadFile(kLogDirectory / "checkpoints")), "what was signed");
  const auto wal = kData / (is_new ? kOldWalDirectory : kWalDirectory);
  EXPECT_EQ(AsText(*disk.ReadFile(wal / "0000000001.wal")), "term and vote");
  EXPECT_EQ(AsText(*disk.ReadFile(wal / "0000000002.wal")), "entries");
  EXPECT_EQ(disk.Exists(kData / kInstalledFile), is_new);
  if (is_new) {
    EXPECT_FALSE(disk.Exists(kData / kStateDirectory / "stray"));
    EXPECT_FALSE(disk.Exists(kLogDirectory / "entries.0000000009"));
    EXPECT_TRUE(FilesIn(disk, kData / kIncomingDirectory)->empty());
  }
  return is_new ? Found::kNew : Found::kOld;
}

TEST(InstallCrashTest, NoOperationIsABadMomentForAPowerCut) {
  const OldNode old;
  SnapshotLedger ledger(12);
  const auto source = ledger.Source();
  int olds = 0;
  int news = 0;
  for (std::uint64_t operation = 1;; ++operation) {
    const auto disk = old.disk->Clone();
    disk->CutAfter(operation);
    const auto result = InstallFrom(*source, *disk);
    if (!disk->cut()) {
      ASSERT_TRUE(result) << result.error().message;
      break;
    }
    SeededRandom random(operation);
    disk->PowerCycle(random);
    // A node opens its directory, and the power fails again; then once more, in peace.
    FileStates states(*disk);
    disk->CutAfter(1 + random.Below(12));
    static_cast<void>(InstallPending(*disk, states, kData, Always));
    disk->PowerCycle(random);
    const auto installed = InstallPending(*disk, states, kData, Always);
    ASSERT_TRUE(installed) << "operation " << operation << ": " << installed.error().message;
    ++(WhichLedger(*disk, old, ledger) == Found::kOld ? olds : news);
    ASSERT_FALSE(HasFailure()) << "operation " << operation;
    // What the old ledger's node goes on with.
    if (!disk->Exists(kData / kInstalledFile)) {
      const auto again = InstallFrom(*source, *disk);
      ASSERT_TRUE(again) << "operation " << operation << ": " << again.error().message;
    }
    EXPECT_EQ(WhichLedger(*disk, old, ledger), Found::kNew);
    ASSERT_FALSE(HasFailure()) << "operation " << operation;
  }
  EXPECT_GT(olds, 10);
  EXPECT_GT(news, 10);
}

TEST(InstallCrashTest, AFailedSyncInstallsNothing) {
  const OldNode old;
  SnapshotLedger ledger(12);
  const auto source = ledger.Source();
  for (std::uint64_t sync = 1;; ++sync) {
    const auto disk = old.disk->Clone();
    disk->FailSyncAfter(sync);
    const auto result = InstallFrom(*source, *disk);
    if (disk->failed_syncs() == 0) break;
    ASSERT_FALSE(result) << sync;
    disk->ForgetFaults();
    SeededRandom random(sync);
    disk->PowerCycle(random);
    FileStates states(*disk);
    const auto installed = InstallPending(*disk, states, kData, Always);
    ASSERT_TRUE(installed) << "sync " << sync << ": " << installed.error().message;
    WhichLedger(*disk, old, ledger);
    ASSERT_FALSE(HasFailure()) << "sync " << sync;
  }
}

}  // namespace
}  // namespace aval::ledger
