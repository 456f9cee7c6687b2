#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "ledger/log/backfill.h"
#include "ledger/reports.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::ledger {
namespace {

namespace fs = std::filesystem;

// The same on a real disk, with LevelDB: directories are real, and a store is many files.
class LevelDbInstallTest : public testing::Test {
 protected:
  LevelDbInstallTest() {
    fs::remove_all(data_);
    fs::create_directories(data_ / kWalDirectory);
    std::ofstream(data_ / kWalDirectory / "0000000001.wal") << "term and vote";
    // A ledger of its own, which the snapshot replaces: written over, so that LevelDB has tables.
    const auto state = states_.Open(data_ / kStateDirectory);
    EXPECT_TRUE(state);
    for (std::uint8_t round = 0; round < 20; ++round) {
      Writes writes;
      for (std::uint8_t key = 0; key < 200; ++key) {
        writes.emplace(Bytes{0x11, key, round}, Bytes(200, round));
      }
      EXPECT_TRUE((*state)->Apply(writes));
    }
    const auto log = Log::Open(disk_, data_ / kLogDirectoryName, {}, kSmallLog);
    EXPECT_TRUE(log);
    EXPECT_TRUE((*log)->Append(MadeUpLeaves(0, 700)));
    EXPECT_TRUE((*log)->Sync());
  }
  ~LevelDbInstallTest() override { fs::remove_all(data_); }

  const fs::path data_ =
      fs::path(testing::TempDir()) / ("aval-snapshot-install-" + std::to_string(getpid()));
  PosixDisk disk_;
  LevelDbStates states_{disk_, LevelDbStore::Options{.write_buffer_bytes = std::size_t{64} << 10U}};
};

TEST_F(LevelDbInstallTest, ASnapshotIsInstalledAndItsLogFilled) {
  SnapshotLedger ledger(150);
  const auto source = ledger.Source(4096);
  {
    auto sink = SnapshotSink::Open(disk_, states_, data_);
    ASSERT_TRUE(sink) << sink.error().message;
    ASSERT_TRUE((*sink)->Begin(source->manifest()));
    ASSERT_TRUE(PutAll(*source, **sink));
    const auto finished = (*sink)->Finish({.log = kSmallLog});
    ASSERT_TRUE(finished) << finished.error().message;
  }
  const auto installed = InstallPending(disk_, states_, data_, Always);
  ASSERT_TRUE(installed) << installed.error().message;
  ASSERT_TRUE(*installed);
  {
    const auto state = states_.Open(data_ / kStateDirectory);
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_EQ(*StateHash(**state), ledger.hash());
  }
  EXPECT_TRUE(fs::exists(data_ / kOldWalDirectory / "0000000001.wal"));
  EXPECT_TRUE(FilesIn(disk_, data_ / kIncomingDirectory)->empty());

  const fs::path log_directory = data_ / kLogDirectoryName;
  const auto log = Log::Open(disk_, log_directory, ledger.tree(), kSmallLog);
  ASSERT_TRUE(log) << log.error().message;
  const auto backfill = Backfill::Open(disk_, log_directory, data_ / "backfill", kSmallLog);
  ASSERT_TRUE(backfill) << backfill.error().message;
  const auto range = ReadLeafRange(ledger.log(), 0, ledger.leaves().size(), 1U << 20U);
  ASSERT_TRUE(range);
  ASSERT_TRUE((*backfill)->Take(*range));
  ASSERT_TRUE((*backfill)->Join());
  (*log)->ForgetStart();
  ExpectLogHolds(**log, ledger.leaves(), ledger.leaves().size());
}

}  // namespace
}  // namespace aval::ledger
