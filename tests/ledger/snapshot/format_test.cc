#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "ledger/log/log_start.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/source.h"
#include "tests/base/fault_disk.h"

namespace aval::ledger {
namespace {

// The worked example of docs/formats/snapshot.md: hexadecimal digits after an offset, explanations
// behind three spaces.

// The hexadecimal of the block under "### <title>".
std::string Documented(const std::string& title) {
  std::ifstream in(AVAL_TEST_DATA "/../../docs/formats/snapshot.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::size_t at_title = page.find("### " + title + "\n");
  if (at_title == std::string::npos) return "no example of " + title;
  const std::size_t begin = page.find("```\n", at_title) + 4;
  const std::size_t end = page.find("```", begin);
  std::string hex;
  for (std::size_t at = begin; at < end;) {
    const std::size_t next = page.find('\n', at);
    const std::string line = page.substr(at + 6, next - at - 6);
    for (const char c : line.substr(0, line.find("   "))) {
      if (c != ' ') hex += c;
    }
    at = next + 1;
  }
  return hex;
}

RaftMark ExampleMark() {
  return {.index = 9,
          .term = 2,
          .chain = crypto::Sha256(AsBytes("chain")),
          .configurations = {{.index = 1, .bytes = CopyBytes(AsBytes("members"))}}};
}

class SnapshotFormatTest : public testing::Test {
 protected:
  SnapshotFormatTest() {
    EXPECT_TRUE(store_.Apply({{Bytes{0x01}, Bytes{9}},
                              {Bytes{0x10}, CopyBytes(AsBytes("the book"))},
                              {Bytes{0x41, 0x05}, Bytes(60, 0x61)}}));
    SnapshotCut cut{.state = store_.Snapshot(),
                    .genesis = crypto::Sha256(AsBytes("genesis")),
                    .raft_index = 9,
                    .tree = {},
                    .end = {.leaves = 2, .entries = 138, .effects = 19},
                    .time_ms = 1'700'000'000'000};
    cut.tree.Append(crypto::LeafHash(AsBytes("leaf 0")));
    cut.tree.Append(crypto::LeafHash(AsBytes("leaf 1")));
    auto source = SnapshotSource::Make(std::move(cut), ExampleMark(), 64);
    EXPECT_TRUE(source);
    source_ = *std::move(source);
  }

  MemoryStore store_;
  std::unique_ptr<SnapshotSource> source_;  // Reads the store.
};

TEST_F(SnapshotFormatTest, TheStreamIsAsDocumented) {
  std::string chunks;
  for (std::size_t i = 0; i < source_->manifest().chunks.size(); ++i) {
    chunks += ToHex(*source_->Chunk(i));
  }
  EXPECT_EQ(Documented("The stream"), chunks);
}

TEST_F(SnapshotFormatTest, TheManifestIsAsDocumented) {
  const SnapshotManifest manifest = source_->manifest();
  EXPECT_EQ(Documented("The manifest"), ToHex(manifest.Encode()));
  EXPECT_EQ(Documented("Its digest"), manifest.Digest().Hex());
}

TEST_F(SnapshotFormatTest, TheRecordOfAnInstallationIsAsDocumented) {
  EXPECT_EQ(Documented("`installed`"),
            ToHex(InstalledSnapshot{.raft = ExampleMark(), .tree_size = 2}.Encode()));
}

TEST_F(SnapshotFormatTest, TheStartOfALogIsAsDocumented) {
  const SnapshotManifest manifest = source_->manifest();
  FaultDisk disk;
  ASSERT_TRUE(BeginLog(disk, "/log", {.tree = manifest.tree, .end = manifest.end}, 256));
  EXPECT_EQ(Documented("`log/begin`"), ToHex(*disk.ReadFile("/log/begin")));
}

}  // namespace
}  // namespace aval::ledger
