#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/envelope.h"
#include "ledger/audit/audit.h"
#include "ledger/log/bundle.h"
#include "ledger/log/export_texts.h"
#include "ledger/reports.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/history.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/log_fixture.h"

namespace aval::ledger {
namespace {

const std::filesystem::path kExport = "/export";

AuditReport AuditExport(Disk& disk, const AuditOptions& options = {}) {
  const auto report = Audit(disk, kExport, options, [](auto, auto) {});
  EXPECT_TRUE(report) << report.error().message;
  return report ? *report : AuditReport{};
}

const History& LongHistory() {
  static const History history = MakeHistory(300);
  return history;
}

const History& ShortHistory() {
  static const History history = MakeHistory(6, 6);
  return history;
}

class AuditExportTest : public ::testing::Test {
 protected:
  void Write(const History& history, const std::vector<std::uint32_t>& cosigners = {1, 2}) {
    WriteExport(disk_, kExport, history, cosigners);
  }
  Bytes Content(const std::string& path) { return *disk_.ReadFile(kExport / path); }
  /// Another byte in a file, and a manifest that fits.
  void Forge(const std::string& path, std::size_t offset) {
    Bytes content = Content(path);
    content.at(offset) ^= 0x01;
    ForgeFile(disk_, kExport, path, content);
  }
  void ExpectFailure(const AuditReport& report, const std::string& file, const std::string& what) {
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.failed_file, file);
    EXPECT_NE(report.failure.find(what), std::string::npos) << report.failure;
  }

  FaultDisk disk_;
};

TEST_F(AuditExportTest, AnExportInOrderIsOk) {
  Write(LongHistory());
  std::uint64_t done = 0;
  const auto report =
      Audit(disk_, kExport, {.threads = 3}, [&done](std::uint64_t d, std::uint64_t) {
        EXPECT_GE(d, done);
        done = d;
      });
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok) << report->failure;
  EXPECT_EQ(report->failure, "");
  EXPECT_EQ(done, LongHistory().size());
  EXPECT_EQ(report->origin, kTestOrigin);
  EXPECT_EQ(report->genesis, crypto::Sha256(LongHistory().genesis.envelope()));
  EXPECT_EQ(report->checkpoint.size, LongHistory().size());
  EXPECT_EQ(report->entries, LongHistory().size());
  EXPECT_EQ(report->files, disk_.ListTree(kExport)->size());
  EXPECT_EQ(report->checkpoints, LongHistory().checkpoints.size());
  EXPECT_EQ(report->quorum_reached, 2U);
  EXPECT_EQ(report->quorum_needed, 2U);
  EXPECT_EQ(report->quorum_members, 3U);
}

TEST_F(AuditExportTest, CountsWhatTheLogHolds) {
  Write(LongHistory());
  const AuditReport report = AuditExport(disk_);
  EXPECT_EQ(report.acts, 307U);
  EXPECT_EQ(report.verdicts.at(Verdict::kAccepted) + report.verdicts.at(Verdict::kDuplicate), 307U);
  EXPECT_EQ(report.verdicts.at(Verdict::kDuplicate), 37U);
  EXPECT_EQ(report.signatures, 3 + 2 * 307U);
  EXPECT_GT(report.system_leaves, 0U);
  EXPECT_EQ(report.entries, 2 + report.acts + report.system_leaves);
  EXPECT_EQ(report.state_hash, *StateHash(*LongHistory().state));
}

TEST_F(AuditExportTest, EveryFlippedByteOfEveryFileFailsAndNamesTheFile) {
  Write(ShortHistory());
  ASSERT_TRUE(AuditExport(disk_).ok);
  const auto paths = disk_.ListTree(kExport);
  std::size_t flips = 0;
  for (const std::string& path : *paths) {
    const std::size_t size = Content(path).size();
    for (std::size_t offset = 0; offset < size; ++offset, ++flips) {
      const auto mask = static_cast<std::uint8_t>(1U << (offset % 8));
      disk_.Flip(kExport / path, offset, mask);
      const AuditReport report = AuditExport(disk_);
      ASSERT_FALSE(report.ok) << path << " " << offset;
      // The manifest's own text decides where it goes wrong.
      ASSERT_TRUE(report.failed_file == path || path == kManifestFile)
          << path << " " << offset << ": " << report.failure;
      ASSERT_FALSE(report.failed_file.empty());
      disk_.Flip(kExport / path, offset, mask);
    }
  }
  EXPECT_GT(flips, 10'000U);
}

// The same where the exporter lies: its manifest fits, and what nodes have signed does not.
TEST_F(AuditExportTest, AFlippedByteUnderAForgedManifestNamesTheEntryOrFile) {
  Write(ShortHistory());
  const std::size_t width = ShortHistory().size();
  const std::vector<std::string> paths = {
      EntryBundlePath(0, width),
      HashTilePath(0, 0, width),
      EffectsPath(0),
      "checkpoint",
      "checkpoints/" + std::to_string(ShortHistory().checkpoints[0]),
      "policy.txt",
      "policy-strong.txt",
      "vkeys.txt",
      "signers.json"};
  for (const std::string& path : paths) {
    const Bytes content = Content(path);
    // Of a checkpoint the text: a line of an unknown key is nobody's and means nothing.
    const std::size_t end = std::min(AsText(content).find("\n\n"), content.size());
    const std::size_t size = path.starts_with("checkpoint") ? end : content.size();
    for (std::size_t offset = 0; offset < size; offset += 1 + size / 60) {
      Forge(path, offset);
      const AuditReport report = AuditExport(disk_);
      ASSERT_FALSE(report.ok) << path << " " << offset;
      // Another size asks for files of other widths, which are missing.
      const bool other_size = path == "checkpoint" && report.failed_file.starts_with("tile/");
      ASSERT_TRUE(report.failed_file == path || other_size) << offset << ": " << report.failure;
      ForgeFile(disk_, kExport, path, content);
    }
  }
}

TEST_F(AuditExportTest, AForgedEntryIsNamedByItsIndex) {
  Write(LongHistory());
  const std::string path = EntryBundlePath(1, LongHistory().size() - 256);
  const Bytes bundle = Content(path);
  const auto items = *AllEntries(bundle, LongHistory().size() - 256);
  // The last byte of entry 260 is in a key id of its envelope.
  Forge(path, static_cast<std::size_t>(items[4].data() - bundle.data()) + items[4].size() - 1);
  const AuditReport report = AuditExport(disk_);
  EXPECT_EQ(report.failed_entry, 260U);
  ExpectFailure(report, path, "entry 260 (" + path + "): ");
}

TEST_F(AuditExportTest, AForgedHashOfALeafNamesTheEntry) {
  Write(LongHistory());
  Forge("tile/0/000", 100 * 32 + 5);
  const AuditReport report = AuditExport(disk_);
  EXPECT_EQ(report.failed_entry, 100U);
  ExpectFailure(report, "tile/0/000", "another hash");
}

TEST_F(AuditExportTest, AForgedHashAboveTheLeavesNamesTheTile) {
  Write(LongHistory());
  Forge("tile/1/000.p/1", 5);
  ExpectFailure(AuditExport(disk_), "tile/1/000.p/1", "hash 0 is not that of the level below");
}

// Signed into the manifest by whoever exports.
TEST_F(AuditExportTest, AFileThatNoLogOfThisSizeHasIsNamed) {
  Write(LongHistory());
  for (const char* path : {"tile/entries/001", "tile/0/001", "tile/0/900", "effects/777",
                           "tile/entries/900.p/3", "README"}) {
    ForgeFile(disk_, kExport, path, AsBytes("anything"));
    ExpectFailure(AuditExport(disk_), path, "is no part of an export");
    ASSERT_TRUE(disk_.Remove(kExport / path));
  }
}

TEST_F(AuditExportTest, AMissingFileIsNamed) {
  Write(ShortHistory());
  const auto paths = disk_.ListTree(kExport);
  for (const std::string& path : *paths) {
    const Bytes content = Content(path);
    ASSERT_TRUE(disk_.Remove(kExport / path));
    ExpectFailure(AuditExport(disk_), path, "is missing");
    ASSERT_TRUE(disk_.ReplaceFile(kExport / path, content));
  }
  EXPECT_TRUE(AuditExport(disk_).ok);
}

TEST_F(AuditExportTest, AFileThatTheManifestDoesNotNameIsAFailure) {
  Write(ShortHistory());
  ASSERT_TRUE(disk_.Open(kExport / "tile/0/001", Disk::Mode::kCreate));
  ExpectFailure(AuditExport(disk_), "tile/0/001", "is not in the manifest");
}

TEST_F(AuditExportTest, AManifestOfAStrangerIsAFailure) {
  Write(ShortHistory());
  WriteManifest(disk_, kExport, TestKey("a stranger"));
  ExpectFailure(AuditExport(disk_), kManifestFile, "which is the log key of no node");
}

TEST_F(AuditExportTest, AnyNodeMayHaveExported) {
  Write(ShortHistory());
  WriteManifest(disk_, kExport, NodeKey(3, "log"));
  EXPECT_TRUE(AuditExport(disk_).ok);
}

TEST_F(AuditExportTest, OneInstitutionIsNoQuorum) {
  Write(ShortHistory(), {1});
  const AuditReport report = AuditExport(disk_);
  ExpectFailure(report, "checkpoint", "quorum: 1 of 3");
  EXPECT_EQ(report.entries, ShortHistory().size());  // Everything else was looked at.
}

TEST_F(AuditExportTest, WithoutADemandForAQuorumOneInstitutionIsARemark) {
  Write(ShortHistory(), {1});
  const AuditReport report = AuditExport(disk_, {.need_quorum = false});
  EXPECT_TRUE(report.ok) << report.failure;
  ASSERT_EQ(report.remarks.size(), 1U);
  EXPECT_NE(report.remarks[0].find("quorum: 1 of 3"), std::string::npos);
}

TEST_F(AuditExportTest, AnotherGenesisThanThePinnedOneIsAFailure) {
  Write(ShortHistory());
  AuditOptions options;
  options.genesis = crypto::Sha256(ShortHistory().genesis.envelope());
  EXPECT_TRUE(AuditExport(disk_, options).ok);
  options.genesis->bytes[0] ^= 1U;
  const AuditReport report = AuditExport(disk_, options);
  EXPECT_EQ(report.failed_entry, 0U);
  EXPECT_NE(report.failure.find("pinned"), std::string::npos);
}

TEST_F(AuditExportTest, AnEarlierCheckpointWithAnotherRootIsAFailure) {
  Write(ShortHistory());
  const std::uint64_t size = ShortHistory().checkpoints[1];
  crypto::Checkpoint other = ShortHistory().CheckpointAt(size);
  other.root.bytes[0] ^= 1U;
  const crypto::Note note{
      .text = other.Text(),
      .signatures = {crypto::SignNote(other.Text(), other.origin, NodeKey(1, "log"))}};
  const std::string path = "checkpoints/" + std::to_string(size);
  ForgeFile(disk_, kExport, path, AsBytes(note.Format()));
  ExpectFailure(AuditExport(disk_), path, "do not have the root");
}

TEST_F(AuditExportTest, ACheckpointWithoutALogKeysSignatureIsAFailure) {
  Write(ShortHistory());
  crypto::Note note = SignedBy(ShortHistory(), 1, ShortHistory().checkpoints[0]);
  note.signatures.erase(note.signatures.begin());
  const std::string path = "checkpoints/" + std::to_string(ShortHistory().checkpoints[0]);
  ForgeFile(disk_, kExport, path, AsBytes(note.Format()));
  ExpectFailure(AuditExport(disk_), path, "not signed by a log key");
}

TEST_F(AuditExportTest, ACosignersTimeThatFallsIsAFailure) {
  Write(ShortHistory());
  const std::uint64_t size = ShortHistory().checkpoints[0];
  crypto::Note note = SignedBy(ShortHistory(), 1, size);
  note.signatures[1] =
      crypto::CosignNote(note.text, ShortHistory().genesis.FindNode(1)->cosigner_key.name,
                         NodeKey(1, "cosigner"), 2'000'000'000);
  ForgeFile(disk_, kExport, "checkpoints/" + std::to_string(size), AsBytes(note.Format()));
  ExpectFailure(AuditExport(disk_), "checkpoints/" + std::to_string(ShortHistory().checkpoints[1]),
                "earlier time");
}

TEST_F(AuditExportTest, ACosignersTimeBeforeTheLastLeafsIsARemark) {
  const History& history = ShortHistory();
  Write(history);
  const auto cosign = [&](std::size_t which, std::int64_t before_last_leaf_ms) {
    const std::uint64_t size = history.checkpoints[which];
    const std::int64_t last_ms = history.leaves[static_cast<std::size_t>(size) - 1].header.time_ms;
    crypto::Note note = SignedBy(history, 1, size);
    note.signatures[1] = crypto::CosignNote(
        note.text, history.genesis.FindNode(1)->cosigner_key.name, NodeKey(1, "cosigner"),
        static_cast<std::uint64_t>((last_ms - before_last_leaf_ms) / 1'000));
    ForgeFile(disk_, kExport, "checkpoints/" + std::to_string(size), AsBytes(note.Format()));
    if (which == 0) return;
    const std::string proof = "consistency/" + std::to_string(history.checkpoints[which - 1]) +
                              "-" + std::to_string(size);
    ConsistencyText text = *ConsistencyText::Parse(AsText(Content(proof)));
    text.checkpoint = note.Format();
    ForgeFile(disk_, kExport, proof, AsBytes(text.Format()));
  };
  cosign(0, 5'000);
  EXPECT_TRUE(AuditExport(disk_).remarks.empty());
  cosign(0, 6'000);
  cosign(1, 6'000);
  const AuditReport report = AuditExport(disk_);
  EXPECT_TRUE(report.ok) << report.failure;
  ASSERT_EQ(report.remarks.size(), 1U);
  EXPECT_NE(report.remarks[0].find(" has cosigned 2 checkpoints, size " +
                                   std::to_string(history.checkpoints[0]) + " the first"),
            std::string::npos)
      << report.remarks[0];
}

TEST_F(AuditExportTest, AConsistencyProofThatDoesNotHoldIsAFailure) {
  Write(LongHistory());
  const auto& sizes = LongHistory().checkpoints;
  const std::string path =
      "consistency/" + std::to_string(sizes[0]) + "-" + std::to_string(sizes[1]);
  auto text = *ConsistencyText::Parse(AsText(Content(path)));
  ASSERT_FALSE(text.proof.empty());
  text.proof[0].bytes[0] ^= 1U;
  ForgeFile(disk_, kExport, path, AsBytes(text.Format()));
  ExpectFailure(AuditExport(disk_), path, "the proof does not hold");
}

TEST_F(AuditExportTest, ADirectoryOfNeitherFormIsNoLog) {
  ASSERT_TRUE(disk_.Open("/somewhere/README", Disk::Mode::kCreate));
  for (const char* directory : {"/somewhere", "/nowhere"}) {
    const auto report = Audit(disk_, directory, {}, [](auto, auto) {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Code::kInvalidArgument);
  }
}

TEST_F(AuditExportTest, AFileLongerThanItsFormAllowsIsAFailure) {
  Write(ShortHistory());
  for (const std::string& path : {HashTilePath(0, 0, ShortHistory().size()),
                                  EntryBundlePath(0, ShortHistory().size()), EffectsPath(0)}) {
    const Bytes content = Content(path);
    Bytes longer = content;
    longer.push_back(0);
    ForgeFile(disk_, kExport, path, longer);
    const AuditReport report = AuditExport(disk_);
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.failed_file, path) << report.failure;
    ForgeFile(disk_, kExport, path, content);
  }
}

}  // namespace
}  // namespace aval::ledger
