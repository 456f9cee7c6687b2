#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ledger/audit/audit.h"
#include "ledger/log/bundle.h"
#include "ledger/log/checkpoint_file.h"
#include "ledger/record/applied.h"
#include "ledger/record/codec.h"
#include "ledger/reports.h"
#include "ledger/state/leveldb_store.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/history.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/log_fixture.h"

namespace aval::ledger {
namespace {

namespace fs = std::filesystem;

const fs::path kData = "/node";
const AuditOptions kAlone{
    .threads = 1, .need_quorum = false, .genesis = std::nullopt, .log = kSmallLog};

AuditReport AuditData(Disk& disk, const fs::path& directory = kData) {
  const auto report = Audit(disk, directory, kAlone, [](auto, auto) {});
  EXPECT_TRUE(report) << report.error().message;
  return report ? *report : AuditReport{};
}

bool Remarked(const AuditReport& report, const std::string& what) {
  for (const std::string& remark : report.remarks) {
    if (remark.find(what) != std::string::npos) return true;
  }
  return false;
}

// A log of two segments.
const History& LongHistory() {
  static const History history = MakeHistory(520);
  return history;
}

const History& ShortHistory() {
  static const History history = MakeHistory(3, 6);
  return history;
}

TEST(AuditNodeTest, ADataDirectoryInOrderIsOk) {
  FaultDisk disk;
  WriteDataDirectory(disk, kData, LongHistory(), kSmallLog);
  const AuditReport report = AuditData(disk);
  EXPECT_TRUE(report.ok) << report.failure;
  EXPECT_EQ(report.entries, LongHistory().size());
  EXPECT_EQ(report.checkpoint.size, LongHistory().size());
  EXPECT_EQ(report.checkpoints, LongHistory().checkpoints.size());
  EXPECT_EQ(report.quorum_reached, 1U);
  EXPECT_EQ(report.state_hash, *StateHash(*LongHistory().state));
  EXPECT_TRUE(Remarked(report, "no state"));
}

TEST(AuditNodeTest, OneNodeAloneIsNoQuorum) {
  FaultDisk disk;
  WriteDataDirectory(disk, kData, ShortHistory(), kSmallLog);
  AuditOptions options = kAlone;
  options.need_quorum = true;
  const auto report = Audit(disk, kData, options, [](auto, auto) {});
  EXPECT_FALSE(report->ok);
  EXPECT_NE(report->failure.find("quorum: 1 of 3"), std::string::npos) << report->failure;
}

// Every byte, in as many tests as can run side by side.
constexpr std::size_t kFlipShares = 4;
class AuditNodeFlipTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(AuditNodeFlipTest, EveryFlippedByteFailsAndNamesTheFile) {
  FaultDisk disk;
  WriteDataDirectory(disk, kData, ShortHistory(), kSmallLog);
  ASSERT_TRUE(AuditData(disk).ok);
  std::size_t flips = 0;
  const auto names = disk.List(kData / "log");
  for (const std::string& name : *names) {
    const fs::path path = kData / "log" / name;
    const std::size_t size = disk.ReadFile(path)->size();
    for (std::size_t offset = GetParam(); offset < size; offset += kFlipShares, ++flips) {
      const auto mask = static_cast<std::uint8_t>(1U << (offset % 8));
      disk.Flip(path, offset, mask);
      const AuditReport report = AuditData(disk);
      ASSERT_FALSE(report.ok) << name << " " << offset;
      ASSERT_EQ(report.failed_file, "log/" + name) << offset << ": " << report.failure;
      disk.Flip(path, offset, mask);
    }
  }
  EXPECT_GT(flips, 10'000U / kFlipShares);
  EXPECT_TRUE(AuditData(disk).ok);
}

INSTANTIATE_TEST_SUITE_P(Shares, AuditNodeFlipTest, ::testing::Range<std::size_t>(0, kFlipShares));

TEST(AuditNodeTest, FlippedBytesOfALogOfTwoSegmentsAreFoundInEveryFile) {
  FaultDisk disk;
  WriteDataDirectory(disk, kData, LongHistory(), kSmallLog);
  std::set<std::string> kinds;
  const auto names = disk.List(kData / "log");
  for (const std::string& name : *names) {
    kinds.insert(name);
    const fs::path path = kData / "log" / name;
    const std::size_t size = disk.ReadFile(path)->size();
    for (const std::size_t offset : {std::size_t{0}, size / 2, size - 1}) {
      disk.Flip(path, offset, 0x08);
      const AuditReport report = AuditData(disk);
      ASSERT_FALSE(report.ok) << name << " " << offset;
      ASSERT_EQ(report.failed_file, "log/" + name) << offset << ": " << report.failure;
      disk.Flip(path, offset, 0x08);
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"checkpoints", "effects.0000000000", "effects.0000000001",
                                          "entries.0000000000", "entries.0000000001",
                                          "hashes-0.0000000000", "hashes-0.0000000001",
                                          "hashes-1.0000000000", "offsets.0000000000"}));
}

TEST(AuditNodeTest, AMissingFileFailsAndIsNamed) {
  for (const char* name :
       {"entries.0000000000", "effects.0000000001", "offsets.0000000000", "hashes-1.0000000000"}) {
    FaultDisk disk;
    WriteDataDirectory(disk, kData, LongHistory(), kSmallLog);
    ASSERT_TRUE(disk.Remove(kData / "log" / name));
    const AuditReport report = AuditData(disk);
    EXPECT_FALSE(report.ok);
    EXPECT_NE(report.failure.find(name), std::string::npos) << report.failure;
  }
}

TEST(AuditNodeTest, WithoutAStateBytesBehindTheLastLeafAreAFailure) {
  for (const char* name : {"entries.0000000001", "effects.0000000001", "offsets.0000000000",
                           "hashes-1.0000000000", "entries.0000000000", "hashes-0.0000000000"}) {
    FaultDisk disk;
    WriteDataDirectory(disk, kData, LongHistory(), kSmallLog);
    Bytes content = *disk.ReadFile(kData / "log" / name);
    content.resize(content.size() + 32);
    ASSERT_TRUE(disk.ReplaceFile(kData / "log" / name, content));
    const AuditReport report = AuditData(disk);
    EXPECT_FALSE(report.ok) << name;
    EXPECT_EQ(report.failed_file, std::string("log/") + name) << report.failure;
  }
}

TEST(AuditNodeTest, ACheckpointBeyondTheLogIsAFailure) {
  FaultDisk disk;
  History shorter = MakeHistory(20);
  shorter.leaves.pop_back();
  shorter.checkpoints.pop_back();
  WriteDataDirectory(disk, kData, shorter, kSmallLog);
  History whole = MakeHistory(20);
  FaultDisk other;
  WriteDataDirectory(other, kData, whole, kSmallLog);
  const fs::path checkpoints = kData / "log" / "checkpoints";
  ASSERT_TRUE(disk.ReplaceFile(checkpoints, *other.ReadFile(checkpoints)));
  const AuditReport report = AuditData(disk);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.failed_file, "log/checkpoints");
}

// Every file below `top`: its content, and when it was last written to.
std::map<std::string, std::pair<Bytes, fs::file_time_type>> Everything(const fs::path& top) {
  PosixDisk disk;
  std::map<std::string, std::pair<Bytes, fs::file_time_type>> files;
  const auto names = disk.ListTree(top);
  for (const std::string& name : *names) {
    files.emplace(name, std::pair(*disk.ReadFile(top / name), fs::last_write_time(top / name)));
  }
  return files;
}

// With the state in LevelDB, on a real disk.
class AuditStateTest : public ::testing::Test {
 protected:
  AuditStateTest() {
    std::string pattern = (fs::temp_directory_path() / "aval_audit_XXXXXX").string();
    top_ = mkdtemp(pattern.data());
  }
  ~AuditStateTest() override { fs::remove_all(top_); }

  /// The directory of a node that has applied the first `applied` leaves of the log, which are all
  /// that `history.state` knows.
  void Write(const History& history, const std::vector<Leaf>& log) {
    History written{.genesis = history.genesis,
                    .leaves = log,
                    .state = nullptr,
                    .checkpoints = history.checkpoints};
    WriteDataDirectory(disk_, top_, written, kSmallLog);
    const auto store = LevelDbStore::Open(disk_, top_ / "state", {});
    ASSERT_TRUE(store) << store.error().message;
    Writes writes;
    ASSERT_TRUE(history.state->Scan({}, {}, [&writes](ByteView key, ByteView value) {
      writes[CopyBytes(key)] = CopyBytes(value);
      return true;
    }));
    const AppliedMark mark{.genesis = crypto::Sha256(history.genesis.envelope()),
                           .raft_index = 77,
                           .time_ms = history.leaves.back().header.time_ms,
                           .frontier = TreeOf(history.leaves, history.size()).Encode(),
                           .signed_size = history.checkpoints.back()};
    writes[EncodeKey<AppliedMark>({})] = EncodeValue(mark);
    ASSERT_TRUE((*store)->Apply(writes));
  }
  void Put(const Bytes& key, const std::optional<Bytes>& value) {
    const auto store = LevelDbStore::Open(disk_, top_ / "state", {});
    ASSERT_TRUE((*store)->Apply({{key, value}}));
  }

  PosixDisk disk_;
  fs::path top_;
};

TEST_F(AuditStateTest, TheStateIsWhatReExecutionGives) {
  Write(ShortHistory(), ShortHistory().leaves);
  const AuditReport report = AuditData(disk_, top_);
  EXPECT_TRUE(report.ok) << report.failure;
  EXPECT_FALSE(Remarked(report, "no state"));
}

TEST_F(AuditStateTest, ARecordTooManyInTheStateIsAFailure) {
  Write(ShortHistory(), ShortHistory().leaves);
  Put({0x7f, 1}, Bytes{1});
  const AuditReport report = AuditData(disk_, top_);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.failed_file, "state");
  EXPECT_NE(report.failure.find("differs from what re-execution gives"), std::string::npos);
}

TEST_F(AuditStateTest, LeavesThatTheStateHasNotAppliedAreARemark) {
  std::vector<Leaf> log = ShortHistory().leaves;
  for (int i = 0; i < 300; ++i) log.push_back(MadeUpLeaf(log.size()));
  Write(ShortHistory(), log);
  const AuditReport report = AuditData(disk_, top_);
  EXPECT_TRUE(report.ok) << report.failure;
  EXPECT_EQ(report.entries, ShortHistory().size());
  EXPECT_TRUE(Remarked(report, "beyond what the state has applied"));
}

TEST_F(AuditStateTest, LeavesBeyondTheLatestCheckpointAreExecutedAndARemark) {
  History history = MakeHistory(3, 6);
  history.checkpoints.pop_back();
  Write(history, history.leaves);
  const AuditReport report = AuditData(disk_, top_);
  EXPECT_TRUE(report.ok) << report.failure;
  EXPECT_EQ(report.entries, history.size());
  EXPECT_EQ(report.checkpoint.size, history.checkpoints.back());
  EXPECT_TRUE(Remarked(report, "beyond the latest checkpoint"));
}

TEST_F(AuditStateTest, CheckpointsThatTheStateKnowsAndTheFileDoesNotAreAFailure) {
  Write(ShortHistory(), ShortHistory().leaves);
  const Bytes file = *disk_.ReadFile(top_ / "log/checkpoints");
  ASSERT_TRUE(disk_.ReplaceFile(top_ / "log/checkpoints",
                                ByteView(file).first(file.size() - kCheckpointRecord)));
  const AuditReport report = AuditData(disk_, top_);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.failed_file, "log/checkpoints");
}

TEST_F(AuditStateTest, AStateOfAnotherTreeIsAFailure) {
  std::vector<Leaf> log = ShortHistory().leaves;
  Write(ShortHistory(), log);
  AppliedMark mark{.genesis = crypto::Sha256(ShortHistory().genesis.envelope()),
                   .raft_index = 77,
                   .time_ms = log.back().header.time_ms,
                   .frontier = {},
                   .signed_size = 0};
  log.back() = MadeUpLeaf(log.size() - 1);
  mark.frontier = TreeOf(log, log.size()).Encode();
  Put(EncodeKey<AppliedMark>({}), EncodeValue(mark));
  const AuditReport report = AuditData(disk_, top_);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.failed_file, "state");
}

TEST_F(AuditStateTest, ARunningNodesDirectoryIsNotAudited) {
  Write(ShortHistory(), ShortHistory().leaves);
  const auto running = DirectoryLock::Take(top_);
  ASSERT_TRUE(running);
  const auto report = Audit(disk_, top_, kAlone, [](auto, auto) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::kDenied);
  EXPECT_NE(report.error().message.find("is running"), std::string::npos) << report.error().message;
}

TEST_F(AuditStateTest, AStoppedNodesLockIsNoHindrance) {
  Write(ShortHistory(), ShortHistory().leaves);
  ASSERT_TRUE(DirectoryLock::Take(top_));
  EXPECT_TRUE(AuditData(disk_, top_).ok);
}

TEST_F(AuditStateTest, TheAuditedDirectoryStaysAsItWas) {
  Write(ShortHistory(), ShortHistory().leaves);
  ASSERT_TRUE(fs::remove(top_ / "state/LOCK"));
  const auto before = Everything(top_);
  EXPECT_TRUE(AuditData(disk_, top_).ok);
  EXPECT_TRUE(Everything(top_) == before);
}

}  // namespace
}  // namespace aval::ledger
