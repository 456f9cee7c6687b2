#include "ledger/snapshot/manifest.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/random.h"

namespace aval::ledger {
namespace {

SnapshotManifest Sample() {
  SnapshotManifest manifest;
  manifest.genesis = crypto::Sha256(AsBytes("genesis"));
  manifest.raft = {.index = 70,
                   .term = 3,
                   .chain = crypto::Sha256(AsBytes("chain")),
                   .configurations = {{.index = 0, .bytes = {7}}, {.index = 70, .bytes = {8, 9}}}};
  for (int i = 0; i < 5; ++i) manifest.tree.Append(crypto::LeafHash(AsBytes("leaf")));
  manifest.end = {.leaves = 5, .entries = 500, .effects = 90};
  manifest.time_ms = 1'468'800'000'000;
  manifest.keys = 9;
  manifest.bytes = 150;
  manifest.chunk_bytes = 64;
  for (const char* chunk : {"a", "b", "c"})
    manifest.chunks.push_back(crypto::Sha256(AsBytes(chunk)));
  return manifest;
}

// What is wrong is found when it is written into the bytes; Encode itself would stop.
std::string FaultOf(Bytes bytes) {
  const auto manifest = SnapshotManifest::Decode(bytes);
  return manifest ? "" : manifest.error().message;
}

TEST(SnapshotManifestTest, WhatIsWrittenIsReadAgain) {
  const SnapshotManifest manifest = Sample();
  const auto again = SnapshotManifest::Decode(manifest.Encode());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, manifest);
  EXPECT_EQ(again->Digest(), manifest.Digest());
}

TEST(SnapshotManifestTest, EveryFieldChangesTheDigest) {
  const SnapshotManifest manifest = Sample();
  const std::vector<std::function<void(SnapshotManifest&)>> changes{
      [](auto& m) { m.genesis = {}; },
      [](auto& m) { m.raft.index = 71; },
      [](auto& m) { m.raft.term = 4; },
      [](auto& m) { m.raft.chain = {}; },
      [](auto& m) { m.time_ms = 1; },
      [](auto& m) { m.raft.configurations[0].bytes = {}; },
      [](auto& m) { m.end.entries = 501; },
      [](auto& m) { m.end.effects = 91; },
      [](auto& m) { m.keys = 8; },
      [](auto& m) { m.bytes = 151; },
      [](auto& m) { m.chunk_bytes = 65; },
      [](auto& m) { m.chunks[1] = {}; },
      [](auto& m) {
        m.tree.Append({});
        m.end.leaves = 6;
      }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SnapshotManifest other = manifest;
    changes[i](other);
    EXPECT_NE(other.Digest(), manifest.Digest()) << i;
  }
}

TEST(SnapshotManifestTest, ATextThatIsTooShortOrTooLongIsRefused) {
  const Bytes text = Sample().Encode();
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_NE(FaultOf(Bytes(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size))), "")
        << size;
  }
  Bytes longer = text;
  for (int i = 0; i < 64; ++i) {
    longer.push_back(0);
    ASSERT_NE(FaultOf(longer), "") << i;
  }
}

TEST(SnapshotManifestTest, WhatDecodesFromDamagedBytesIsWrittenAsThem) {
  SeededRandom random(1);
  const Bytes text = Sample().Encode();
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = text;
    bytes[random.Below(bytes.size())] ^= static_cast<std::uint8_t>(1U << random.Below(8));
    const auto manifest = SnapshotManifest::Decode(bytes);
    if (!manifest) continue;
    ++accepted;
    ASSERT_TRUE(manifest->Encode() == bytes);
  }
  EXPECT_GT(accepted, 0);
}

TEST(SnapshotManifestTest, TheFaultIsNamed) {
  Bytes text = Sample().Encode();
  Bytes version = text;
  version[7] = 2;
  EXPECT_NE(FaultOf(version).find("unknown version"), std::string::npos) << FaultOf(version);
  Bytes root = text;
  const std::size_t size_at = 4 + 4 + 32 + 8 + 8 + 32 + 4 + (12 + 1) + (12 + 2);
  ASSERT_EQ(root[size_at + 7], 5);
  root[size_at + 8 + 2 * 32] ^= 1;
  EXPECT_NE(FaultOf(root).find("root of the log"), std::string::npos) << FaultOf(root);
}

TEST(SnapshotManifestTest, ConfigurationsAscendAndLieNotBehindTheMark) {
  SnapshotManifest manifest = Sample();
  manifest.raft.configurations[0].index = 70;
  EXPECT_NE(FaultOf(manifest.Encode()), "");
  manifest = Sample();
  manifest.raft.configurations[1].index = 71;
  EXPECT_NE(FaultOf(manifest.Encode()), "");
}

TEST(SnapshotManifestTest, TheLargestFitsAFrameBetweenPeers) {
  SnapshotManifest manifest = Sample();
  manifest.raft.configurations = {
      {.index = 1, .bytes = Bytes(RaftMark::kConfigurationBytesMax, 1)}};
  manifest.bytes = std::uint64_t{64} * SnapshotManifest::kChunksMax;
  manifest.chunks.resize(SnapshotManifest::kChunksMax);
  const Bytes text = manifest.Encode();
  EXPECT_LE(text.size(), SnapshotManifest::kBytesMax);
  EXPECT_TRUE(SnapshotManifest::Decode(text));
  Bytes longer = text;
  longer.resize(longer.size() + 32);
  EXPECT_NE(FaultOf(longer), "");
}

}  // namespace
}  // namespace aval::ledger
