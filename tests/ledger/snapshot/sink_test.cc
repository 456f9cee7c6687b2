#include "ledger/snapshot/sink.h"

#include <gtest/gtest.h>

#include "ledger/log/log_start.h"
#include "ledger/record/applied.h"
#include "ledger/record/codec.h"
#include "ledger/reports.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::ledger {
namespace {

class SnapshotSinkTest : public testing::Test {
 protected:
  void Reopen() {
    auto opened = SnapshotSink::Open(disk(), states_, kData);
    ASSERT_TRUE(opened) << opened.error().message;
    sink_ = *std::move(opened);
  }
  FaultDisk& disk() { return *node_.disk; }
  std::string TextOf(const std::filesystem::path& path) {
    const auto bytes = disk().ReadFile(path);
    return bytes ? std::string(AsText(*bytes)) : bytes.error().message;
  }

  OldNode node_;
  FileStates states_{*node_.disk};
  SnapshotLedger ledger_{20};
  std::unique_ptr<SnapshotSource> source_ = ledger_.Source();
  std::unique_ptr<SnapshotSink> sink_;
};

TEST_F(SnapshotSinkTest, AnInstalledSnapshotIsTheLedgerItWasCutFrom) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  const auto finished = sink_->Finish({.signed_size = 2, .log = kSmallLog});
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_TRUE(sink_->pending());

  const auto installed = InstallPending(disk(), states_, kData, Always);
  ASSERT_TRUE(installed) << installed.error().message;
  ASSERT_TRUE(installed->has_value());
  EXPECT_EQ((*installed)->raft, ledger_.Mark());
  EXPECT_EQ((*installed)->tree_size, ledger_.leaves().size());
  EXPECT_EQ(**ReadInstalled(disk(), kData), **installed);
  EXPECT_FALSE(*InstallPending(disk(), states_, kData, Always));

  const auto state = states_.Open(kData / kStateDirectory);
  ASSERT_TRUE(state);
  EXPECT_EQ(*StateHash(**state), ledger_.hash());
  const auto mark = DecodeValue<AppliedMark>(**(*state)->Get(EncodeKey<AppliedMark>({})));
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->raft_index, 70U);
  EXPECT_EQ(mark->signed_size, 2U);
  const auto log = Log::Open(disk(), kLogDirectory, ledger_.tree(), kSmallLog);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ((*log)->first(), ledger_.leaves().size());
}

TEST_F(SnapshotSinkTest, WhatTheNodeHasSignedAndVotedSurvivesTheInstallation) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  ASSERT_TRUE(sink_->Finish({.log = kSmallLog}));
  ASSERT_TRUE(InstallPending(disk(), states_, kData, Always));
  EXPECT_EQ(TextOf(kLogDirectory / "checkpoints"), "what was signed");
  EXPECT_EQ(TextOf(kData / "wal.old/0000000001.wal"), "term and vote");
  EXPECT_TRUE(FilesIn(disk(), kData / kWalDirectory)->empty());
  EXPECT_TRUE(*HasOldWal(disk(), kData));
  ASSERT_TRUE(RemoveOldWal(disk(), kData));
  EXPECT_FALSE(*HasOldWal(disk(), kData));
}

TEST_F(SnapshotSinkTest, ASnapshotFromBeforeWhatTheNodeHasByNowIsDropped) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  ASSERT_TRUE(sink_->Finish({.log = kSmallLog}));
  std::uint64_t asked = 0;
  const auto installed =
      InstallPending(disk(), states_, kData, [&asked](const InstalledSnapshot& snapshot) {
        asked = snapshot.raft.index;
        return Result<bool>(false);
      });
  ASSERT_TRUE(installed);
  EXPECT_FALSE(*installed);
  EXPECT_EQ(asked, 70U);
  EXPECT_FALSE(*InstallPending(disk(), states_, kData, Always));
  EXPECT_EQ(*StateHash(**states_.Open(kData / kStateDirectory)), node_.hash);
  EXPECT_EQ(TextOf(kData / "wal/0000000001.wal"), "term and vote");
}

TEST_F(SnapshotSinkTest, NoSecondSnapshotIsInstalledBeforeTheWriteAheadLogIsBegun) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  ASSERT_TRUE(sink_->Finish({.log = kSmallLog}));
  ASSERT_TRUE(InstallPending(disk(), states_, kData, Always));
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  const auto refused = sink_->Finish({.log = kSmallLog});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  ASSERT_TRUE(RemoveOldWal(disk(), kData));
  EXPECT_TRUE(sink_->Finish({.log = kSmallLog}));
}

TEST_F(SnapshotSinkTest, ChunksAreFoundAgainAfterARestart) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  const std::size_t count = source_->manifest().chunks.size();
  ASSERT_GT(count, 4U);
  ASSERT_TRUE(sink_->Put(count - 1, *source_->Chunk(count - 1)));
  ASSERT_TRUE(sink_->Put(1, *source_->Chunk(1)));
  SeededRandom random(1);
  disk().PowerCycle(random);
  Reopen();
  ASSERT_TRUE(sink_->manifest());
  EXPECT_EQ(sink_->missing(), count - 2);
  EXPECT_TRUE(sink_->Has(1));
  EXPECT_TRUE(sink_->Has(count - 1));
  EXPECT_FALSE(sink_->Has(0));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  EXPECT_TRUE(sink_->Finish({.log = kSmallLog}));
}

TEST_F(SnapshotSinkTest, WhatTheNodesLogHasOvertakenIsDropped) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(sink_->Put(1, *source_->Chunk(1)));
  const std::uint64_t mark = source_->manifest().raft.index;
  ASSERT_TRUE(SnapshotSink::DropOvertaken(disk(), states_, kData, mark - 1));
  Reopen();
  EXPECT_TRUE(sink_->Has(1));
  ASSERT_TRUE(SnapshotSink::DropOvertaken(disk(), states_, kData, mark));
  EXPECT_TRUE(FilesIn(disk(), kData / kIncomingDirectory)->empty());
}

TEST_F(SnapshotSinkTest, AnotherManifestDropsTheChunksOfTheOneBefore) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  SnapshotLedger newer(30);
  const auto source = newer.Source();
  ASSERT_TRUE(sink_->Begin(source->manifest()));
  EXPECT_EQ(sink_->missing(), source->manifest().chunks.size());
  EXPECT_FALSE(sink_->Finish({.log = kSmallLog}));
  Reopen();
  EXPECT_EQ(*sink_->manifest(), source->manifest());
  EXPECT_EQ(sink_->missing(), source->manifest().chunks.size());
}

TEST_F(SnapshotSinkTest, ADamagedManifestIsDroppedAndNoObstacle) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  disk().Flip(kData / kIncomingDirectory / kManifestPart, 3, 1);
  Reopen();
  EXPECT_FALSE(sink_->manifest());
  EXPECT_TRUE(FilesIn(disk(), kData / kIncomingDirectory)->empty());
}

TEST_F(SnapshotSinkTest, TheSameManifestAgainKeepsWhatIsThere) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(sink_->Put(0, *source_->Chunk(0)));
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  EXPECT_TRUE(sink_->Has(0));
}

TEST_F(SnapshotSinkTest, AChunkThatDoesNotFitIsRefusedByItsNumber) {
  Reopen();
  EXPECT_EQ(sink_->Put(0, Bytes(3)).error().message, "snapshot: chunk 0 without a manifest");
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  Bytes chunk = *source_->Chunk(2);
  chunk[100] ^= 1;
  const auto changed = sink_->Put(2, chunk);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().message, "snapshot: chunk 2: other bytes than the manifest's");
  EXPECT_EQ(changed.error().code, Code::kInvalidArgument);
  EXPECT_EQ(sink_->Put(1, Bytes(7)).error().message, "snapshot: chunk 1: 7 bytes instead of 1024");
  const std::size_t count = source_->manifest().chunks.size();
  EXPECT_NE(sink_->Put(count, Bytes(7)).error().message.find("chunk " + std::to_string(count)),
            std::string::npos);
  EXPECT_FALSE(sink_->Has(2));
  EXPECT_EQ(sink_->missing(), count);
}

TEST_F(SnapshotSinkTest, AChunkThatRotsOnTheDiskIsMissingAgain) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  disk().Flip(kData / kIncomingDirectory / kChunksPart, 2 * kTestChunk + 5, 1);
  const auto finished = sink_->Finish({.log = kSmallLog});
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Code::kCorruption);
  EXPECT_NE(finished.error().message.find("chunk 2"), std::string::npos);
  EXPECT_FALSE(sink_->Has(2));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  EXPECT_TRUE(sink_->Finish({.log = kSmallLog}));
}

TEST_F(SnapshotSinkTest, AManifestThatMiscountsItsKeysIsNotInstalled) {
  Reopen();
  SnapshotManifest manifest = source_->manifest();
  --manifest.keys;
  ASSERT_TRUE(sink_->Begin(manifest));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  const auto finished = sink_->Finish({.log = kSmallLog});
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Code::kCorruption);
  EXPECT_FALSE(*InstallPending(disk(), states_, kData, Always));
}

TEST_F(SnapshotSinkTest, ABookThatDoesNotBalanceIsNotInstalled) {
  MemoryStore store;
  Account account{};
  account.debits = Amount{5};
  ASSERT_TRUE(store.Apply({{EncodeKey<Account>({}), EncodeValue(account)}}));
  SnapshotCut cut = ledger_.Cut();
  cut.state = store.Snapshot();
  const auto source = SnapshotSource::Make(std::move(cut), ledger_.Mark(), kTestChunk);
  ASSERT_TRUE(source);
  Reopen();
  ASSERT_TRUE(sink_->Begin((*source)->manifest()));
  ASSERT_TRUE(PutAll(**source, *sink_));
  const auto finished = sink_->Finish({.log = kSmallLog});
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().message.find("does not balance"), std::string::npos)
      << finished.error().message;
}

TEST_F(SnapshotSinkTest, AbandoningAPendingSnapshotLeavesTheOldLedger) {
  Reopen();
  ASSERT_TRUE(sink_->Begin(source_->manifest()));
  ASSERT_TRUE(PutAll(*source_, *sink_));
  ASSERT_TRUE(sink_->Finish({.log = kSmallLog}));
  ASSERT_TRUE(sink_->Abandon());
  EXPECT_FALSE(*InstallPending(disk(), states_, kData, Always));
  EXPECT_EQ(*StateHash(**states_.Open(kData / kStateDirectory)), node_.hash);
  EXPECT_TRUE(FilesIn(disk(), kData / kIncomingDirectory)->empty());
}

}  // namespace
}  // namespace aval::ledger
