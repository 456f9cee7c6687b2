#include "ledger/log/export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "crypto/policy.h"
#include "ledger/log/bundle.h"
#include "ledger/log/export_texts.h"
#include "ledger/log/paths.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/history.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/log_fixture.h"

namespace aval::ledger {
namespace {

const std::filesystem::path kExport = "/export";

std::string Text(Disk& disk, const std::string& path) {
  const auto content = disk.ReadFile(kExport / path);
  EXPECT_TRUE(content) << path;
  return content ? std::string(AsText(*content)) : "";
}

// Gives other bytes than the log's for one kind of file.
class LyingSource final : public LogSource {
 public:
  enum class About { kEntries, kEffects, kHashes };
  LyingSource(LogSource& honest, About about) : honest_(honest), about_(about) {}

  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) override {
    return Lie(honest_.EntryBundle(n, width), About::kEntries);
  }
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) override {
    return Lie(honest_.EffectsBundle(n, width), About::kEffects);
  }
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) override {
    return Lie(honest_.HashTile(level, n, width), About::kHashes);
  }

 private:
  Result<Bytes> Lie(Result<Bytes> bytes, About about) const {
    if (bytes && about == about_) bytes->back() ^= 1U;
    return bytes;
  }
  LogSource& honest_;
  const About about_;
};

class ExportTest : public ::testing::Test {
 protected:
  ExportTest() {
    log_ = WriteLog(disk_, history_.leaves, 1'000);
    source_ = SourceOf(*log_);
    request_.checkpoint = history_.CheckpointAt(history_.size());
    request_.lines = SignedBy(history_, 1, history_.size()).signatures;
    for (const std::uint64_t size : history_.checkpoints) {
      if (size < history_.size()) request_.earlier.push_back(size);
    }
  }

  Result<void> Export() { return Export(*source_); }
  Result<void> Export(LogSource& source) {
    return ExportLog(disk_, source, request_, [](auto, auto) {});
  }

  static const History& SharedHistory() {
    static const History history = MakeHistory(300);
    return history;
  }

  FaultDisk disk_;
  const History& history_ = SharedHistory();
  std::unique_ptr<Log> log_;
  std::unique_ptr<LogSource> source_;
  crypto::SecretKey key_ = NodeKey(1, "log");
  ExportRequest request_{.directory = kExport,
                         .checkpoint = {},
                         .lines = {},
                         .earlier = {},
                         .earlier_note = [this](auto size) { return SignedBy(history_, 1, size); },
                         .genesis = &history_.genesis,
                         .manifest_key = &key_};
};

TEST_F(ExportTest, HoldsEveryBundleTileAndEffects) {
  const auto exported = Export();
  ASSERT_TRUE(exported) << exported.error().message;
  const std::uint64_t size = history_.size();
  ASSERT_GT(size, 256U);
  ForEachBundle(size, [&](std::uint64_t n, std::size_t width) {
    EXPECT_EQ(*disk_.ReadFile(kExport / EntryBundlePath(n, width)), *log_->EntryBundle(n, width));
    EXPECT_EQ(*disk_.ReadFile(kExport / EffectsPath(n)), *log_->EffectsBundle(n, width));
  });
  ForEachTile(size, [&](unsigned level, std::uint64_t n, std::size_t width) {
    EXPECT_EQ(*disk_.ReadFile(kExport / HashTilePath(level, n, width)),
              *log_->HashTile(level, n, width));
  });
}

TEST_F(ExportTest, TheManifestNamesEveryOtherFileWithItsDigest) {
  ASSERT_TRUE(Export());
  const auto envelope = crypto::EnvelopeFromJson(Text(disk_, kManifestFile), kManifestBytesMax);
  ASSERT_TRUE(envelope) << envelope.error().message;
  EXPECT_EQ(envelope->payload_type, kManifestType);
  ASSERT_EQ(envelope->signatures.size(), 1U);
  EXPECT_TRUE(crypto::Verify(key_.public_key(),
                             crypto::Pae(envelope->payload_type, envelope->payload),
                             envelope->signatures[0].signature));
  const auto lines = ParseManifest(AsText(envelope->payload));
  ASSERT_TRUE(lines) << lines.error().message;
  std::vector<std::string> named;
  for (const ManifestLine& line : *lines) {
    const Bytes content = *disk_.ReadFile(kExport / line.path);
    EXPECT_EQ(line.bytes, content.size());
    EXPECT_EQ(line.sha256, crypto::Sha256(content));
    named.push_back(line.path);
  }
  std::vector<std::string> there = *disk_.ListTree(kExport);
  there.erase(std::find(there.begin(), there.end(), kManifestFile));
  EXPECT_EQ(named, there);
}

TEST_F(ExportTest, CheckpointsAreProvenConsistentPairByPair) {
  ASSERT_TRUE(Export());
  std::vector<std::uint64_t> sizes = history_.checkpoints;
  ASSERT_GE(sizes.size(), 5U);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const std::string name = std::to_string(sizes[i]) + "-" + std::to_string(sizes[i + 1]);
    const auto text = ConsistencyText::Parse(Text(disk_, "consistency/" + name));
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->old_size, sizes[i]);
    EXPECT_TRUE(crypto::VerifyConsistency(sizes[i], history_.CheckpointAt(sizes[i]).root,
                                          sizes[i + 1], history_.CheckpointAt(sizes[i + 1]).root,
                                          text->proof));
    const bool last = i + 2 == sizes.size();
    EXPECT_EQ(text->checkpoint,
              Text(disk_, last ? "checkpoint" : "checkpoints/" + std::to_string(sizes[i + 1])));
  }
}

TEST_F(ExportTest, PoliciesAndKeysAreThere) {
  ASSERT_TRUE(Export());
  EXPECT_EQ(Text(disk_, "policy.txt"), history_.genesis.cosigner_policy());
  const auto strong = crypto::Policy::Parse(Text(disk_, "policy-strong.txt"));
  ASSERT_TRUE(strong) << strong.error().message;
  EXPECT_EQ(strong->Evaluate({}).needed, crypto::StrongQuorumOf(3));
  const std::string vkeys = Text(disk_, "vkeys.txt");
  for (const Genesis::NodeEntry& node : history_.genesis.nodes()) {
    EXPECT_NE(vkeys.find(node.log_key.Text() + "\n"), std::string::npos);
    EXPECT_NE(vkeys.find(node.cosigner_key.Text() + "\n"), std::string::npos);
  }
}

TEST_F(ExportTest, SignersAreTheKeysThatSignedAnythingAndNoOthers) {
  ASSERT_TRUE(Export());
  const std::string signers = Text(disk_, "signers.json");
  const auto holds = [&signers](const SignerRef& hand) {
    const crypto::PublicKey key = KeyOf(hand).public_key();
    return signers.find("\"" + crypto::KeyIdOf(key).Hex() +
                        "\": {\"alg\": \"ed25519\", \"spki\": \"" + ToBase64(crypto::SpkiDer(key)) +
                        "\"}") != std::string::npos;
  };
  EXPECT_TRUE(holds({kBankB, Department::kLegal}));       // Genesis.
  EXPECT_TRUE(holds({kBankA, Department::kCompliance}));  // Registrations.
  EXPECT_TRUE(holds({TestParticipant(17), Department::kNone}));
  EXPECT_FALSE(holds({kBankB, Department::kCompliance}));
}

TEST_F(ExportTest, NothingWrongIsExported) {
  for (const auto about :
       {LyingSource::About::kEntries, LyingSource::About::kEffects, LyingSource::About::kHashes}) {
    LyingSource source(*source_, about);
    request_.directory = "/lie" + std::to_string(static_cast<int>(about));
    const auto exported = Export(source);
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, Code::kCorruption) << exported.error().message;
    EXPECT_FALSE(disk_.Exists(request_.directory / kManifestFile));
  }
}

TEST_F(ExportTest, ACheckpointOfAnotherTreeIsRefused) {
  request_.checkpoint.root.bytes[0] ^= 1U;
  EXPECT_FALSE(Export());  // The lines do not verify.
  History other = MakeHistory(301);
  request_.checkpoint = other.CheckpointAt(history_.size());
  request_.lines = SignedBy(other, 1, history_.size()).signatures;
  request_.directory = "/second";
  const auto exported = Export();
  ASSERT_FALSE(exported);
  EXPECT_NE(exported.error().message.find("root of checkpoint"), std::string::npos)
      << exported.error().message;
}

TEST_F(ExportTest, ACheckpointWithoutALogKeysSignatureIsRefused) {
  std::erase_if(request_.lines,
                [this](const auto& line) { return line.name == history_.genesis.origin(); });
  const auto exported = Export();
  ASSERT_FALSE(exported);
  EXPECT_NE(exported.error().message.find("log key"), std::string::npos);
}

TEST_F(ExportTest, EarlierCheckpointsMustAscend) {
  std::swap(request_.earlier[0], request_.earlier[1]);
  EXPECT_EQ(Export().error().code, Code::kInvalidArgument);
}

TEST_F(ExportTest, AnEarlierCheckpointIsWrittenBeforeTheNextIsAskedFor) {
  std::uint64_t before = 0;
  request_.earlier_note = [&](std::uint64_t size) -> Result<crypto::Note> {
    EXPECT_LT(before, size);
    EXPECT_TRUE(before == 0 || disk_.Exists(kExport / "checkpoints" / std::to_string(before)));
    before = size;
    return SignedBy(history_, 1, size);
  };
  ASSERT_TRUE(Export());
  EXPECT_EQ(before, request_.earlier.back());
}

TEST_F(ExportTest, AnEarlierCheckpointOfAnotherSizeOrTreeIsRefused) {
  const History other = MakeHistory(301);
  for (const bool size_differs : {true, false}) {
    request_.directory = size_differs ? "/size" : "/tree";
    request_.earlier_note = [&](std::uint64_t size) -> Result<crypto::Note> {
      return size_differs ? SignedBy(history_, 1, size - 1) : SignedBy(other, 1, size);
    };
    const auto exported = Export();
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, Code::kCorruption) << exported.error().message;
    EXPECT_FALSE(disk_.Exists(request_.directory / kManifestFile));
  }
}

TEST_F(ExportTest, ADirectoryThatIsNotEmptyIsLeftAlone) {
  ASSERT_TRUE(disk_.Open(kExport / "mine", Disk::Mode::kCreate));
  EXPECT_EQ(Export().error().code, Code::kInvalidArgument);
  EXPECT_EQ(disk_.ListTree(kExport)->size(), 1U);
}

TEST(PathsTest, NumbersAreInGroupsOfThree) {
  EXPECT_EQ(HashTilePath(0, 0, 256), "tile/0/000");
  EXPECT_EQ(HashTilePath(1, 67, 12), "tile/1/067.p/12");
  EXPECT_EQ(EntryBundlePath(1'234'067, 256), "tile/entries/x001/x234/067");
  EXPECT_EQ(EffectsPath(1'000), "effects/x001/000");
}

TEST(PathsTest, SeventyThousandLeavesHaveTheTilesThatTheSpecificationSays) {
  std::vector<std::string> partial;
  std::size_t full = 0;
  ForEachTile(70'000, [&](unsigned level, std::uint64_t n, std::size_t width) {
    if (width == kTileWidth) {
      ++full;
    } else {
      partial.push_back(HashTilePath(level, n, width));
    }
  });
  EXPECT_EQ(full, 273U + 1U);
  EXPECT_EQ(partial,
            (std::vector<std::string>{"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}));
}

TEST(ManifestTest, PathsStayBelowTheExport) {
  const std::string digest(64, 'a');
  EXPECT_TRUE(ParseManifest("1 " + digest + " a/b\n"));
  for (const char* path : {"/a", "../a", "a/../b", "a//b", "a/", "", ".", "a b", "a\tb"}) {
    EXPECT_FALSE(ParseManifest("1 " + digest + " " + path + "\n")) << path;
  }
}

TEST(ManifestTest, LinesAscendAndAreComplete) {
  const std::string digest(64, 'a');
  EXPECT_FALSE(ParseManifest("1 " + digest + " b\n1 " + digest + " a\n"));
  EXPECT_FALSE(ParseManifest("1 " + digest + " a\n1 " + digest + " a\n"));
  EXPECT_FALSE(ParseManifest("1 " + digest + " a"));
  EXPECT_FALSE(ParseManifest("01 " + digest + " a\n"));
  EXPECT_FALSE(ParseManifest("1 " + digest.substr(1) + " a\n"));
  EXPECT_TRUE(ParseManifest(""));
}

}  // namespace
}  // namespace aval::ledger
