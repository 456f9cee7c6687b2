#include "ledger/log/leaf.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/ledger/known_answers.h"

namespace aval::ledger {
namespace {

LeafHeader ActHeader() {
  LeafHeader header;
  header.kind = LeafKind::kAct;
  header.index = 7;
  header.time_ms = 1'700'000'000'000;
  header.effects.bytes[0] = 1;
  return header;
}

Bytes ActEntry() { return EncodeLeaf(ActHeader(), AsBytes("envelope")); }

SystemChunk Chunk() {
  SystemChunk chunk;
  chunk.day.number = 19'000;
  chunk.queue = Queue::kGrant;
  chunk.items = 512;
  chunk.last_key = {0x40, 1, 2, 3};
  return chunk;
}

TEST(LeafTest, TheKnownAnswerEncodesByteForByte) {
  const Bytes envelope = *FromHex(KnownAnswer("envelope_hex"));
  LeafHeader header;
  header.index = 2;
  header.time_ms = 0x019b76daa802;
  EXPECT_EQ(ToHex(EncodeLeaf(header, envelope)), KnownAnswer("entry2_hex"));
}

TEST(LeafTest, TheKnownAnswerDecodes) {
  const Bytes entry = *FromHex(KnownAnswer("entry2_hex"));
  const Result<LeafView> leaf = DecodeLeaf(entry);
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(leaf->header.kind, LeafKind::kAct);
  EXPECT_EQ(leaf->header.index, 2U);
  EXPECT_EQ(ToHex(leaf->body), KnownAnswer("envelope_hex"));
}

RC_GTEST_PROP(LeafTest, DecodingGivesBackWhatWasEncoded, (Bytes body, std::uint64_t index)) {
  RC_PRE(!body.empty());
  LeafHeader header = ActHeader();
  header.index = index < 2 ? 2 : index;
  const Bytes entry = EncodeLeaf(header, body);
  const Result<LeafView> leaf = DecodeLeaf(entry);
  RC_ASSERT(leaf.has_value());
  RC_ASSERT(leaf->header == header);
  RC_ASSERT(EqualBytes(leaf->body, body));
}

RC_GTEST_PROP(LeafTest, ADecodedEntryEncodesToItself, ()) {
  Bytes entry = ActEntry();
  const auto at = *rc::gen::inRange<std::size_t>(0, entry.size());
  entry[at] = *rc::gen::arbitrary<std::uint8_t>();
  const Result<LeafView> leaf = DecodeLeaf(entry);
  if (leaf) RC_ASSERT(EncodeLeaf(leaf->header, leaf->body) == entry);
}

TEST(LeafTest, EveryTruncationIsRefused) {
  const Bytes entry = ActEntry();
  for (std::size_t length = 0; length < entry.size(); ++length) {
    EXPECT_FALSE(DecodeLeaf(ByteView(entry).first(length))) << length;
  }
}

TEST(LeafTest, ATrailingByteIsRefused) {
  Bytes entry = ActEntry();
  entry.push_back(0);
  EXPECT_EQ(DecodeLeaf(entry).error().code, Code::kCorruption);
}

TEST(LeafTest, MagicKindAndTheReservedByteAreChecked) {
  for (const std::size_t at : {0U, 3U, 4U, 5U}) {
    Bytes entry = ActEntry();
    entry[at] = static_cast<std::uint8_t>(entry[at] + 9);
    EXPECT_FALSE(DecodeLeaf(entry)) << at;
  }
}

TEST(LeafTest, AnEntryHasAtMost32KiB) {
  EXPECT_TRUE(CheckLeaf(ActHeader(), Bytes(kMaxLeafBodySize)));
  EXPECT_EQ(EncodeLeaf(ActHeader(), Bytes(kMaxLeafBodySize)).size(), kMaxEntrySize);
  EXPECT_FALSE(CheckLeaf(ActHeader(), Bytes(kMaxLeafBodySize + 1)));
}

TEST(LeafTest, GenesisIsLeafZeroAndNoOther) {
  LeafHeader header = ActHeader();
  header.index = 0;
  EXPECT_FALSE(CheckLeaf(header, AsBytes("x")));
  header.kind = LeafKind::kGenesis;
  EXPECT_TRUE(CheckLeaf(header, AsBytes("x")));
  header.index = 2;
  EXPECT_FALSE(CheckLeaf(header, AsBytes("x")));
}

TEST(LeafTest, LeafOneIsThePolicy) {
  LeafHeader header = ActHeader();
  header.index = 1;
  EXPECT_FALSE(CheckLeaf(header, AsBytes("x")));
  header.kind = LeafKind::kPolicy;
  header.effects = {};
  EXPECT_TRUE(CheckLeaf(header, AsBytes("x")));
}

TEST(LeafTest, ARefusalHasNoEffects) {
  LeafHeader header = ActHeader();
  header.outcome = 17;
  EXPECT_FALSE(CheckLeaf(header, AsBytes("x")));
  header.effects = {};
  EXPECT_TRUE(CheckLeaf(header, AsBytes("x")));
}

TEST(LeafTest, ADroppedActHasNoLeaf) {
  LeafHeader header = ActHeader();
  header.effects = {};
  for (std::uint16_t outcome = 1; outcome < 16; ++outcome) {
    header.outcome = outcome;
    EXPECT_FALSE(CheckLeaf(header, AsBytes("x"))) << outcome;
  }
}

TEST(LeafTest, ANegativeTimeIsRefused) {
  LeafHeader header = ActHeader();
  header.time_ms = -1;
  EXPECT_FALSE(CheckLeaf(header, AsBytes("x")));
}

TEST(LeafTest, ASealBodyHasItsForm) {
  LeafHeader header = ActHeader();
  header.kind = LeafKind::kSeal;
  header.effects = {};
  Bytes body(56);
  EXPECT_FALSE(CheckLeaf(header, body));
  const std::array<std::uint8_t, 6> start = {'S', 'E', 'A', 'L', 1, 20};
  std::copy(start.begin(), start.end(), body.begin());
  EXPECT_TRUE(CheckLeaf(header, body));
  body.push_back(0);
  EXPECT_FALSE(CheckLeaf(header, body));
}

TEST(SystemChunkTest, EncodesAsTheFormatSays) {
  EXPECT_EQ(ToHex(EncodeSystemChunk(Chunk())), "00004a38030000020040010203");
}

TEST(SystemChunkTest, DecodesToItself) {
  const Result<SystemChunk> chunk = DecodeSystemChunk(EncodeSystemChunk(Chunk()));
  ASSERT_TRUE(chunk);
  EXPECT_EQ(*chunk, Chunk());
}

TEST(SystemChunkTest, BoundsAreChecked) {
  SystemChunk chunk = Chunk();
  chunk.items = 513;
  EXPECT_FALSE(DecodeSystemChunk(EncodeSystemChunk(chunk)));
  chunk = Chunk();
  chunk.items = 0;
  EXPECT_FALSE(DecodeSystemChunk(EncodeSystemChunk(chunk)));
  chunk = Chunk();
  chunk.queue = static_cast<Queue>(12);
  EXPECT_FALSE(DecodeSystemChunk(EncodeSystemChunk(chunk)));
  chunk = Chunk();
  chunk.last_key.clear();
  EXPECT_FALSE(DecodeSystemChunk(EncodeSystemChunk(chunk)));
  chunk.last_key.assign(kMaxSystemKeySize + 1, 0);
  EXPECT_FALSE(DecodeSystemChunk(EncodeSystemChunk(chunk)));
}

TEST(SystemChunkTest, ASystemLeafWithAMalformedBodyIsRefused) {
  LeafHeader header = ActHeader();
  header.kind = LeafKind::kSystem;
  EXPECT_TRUE(CheckLeaf(header, EncodeSystemChunk(Chunk())));
  EXPECT_FALSE(CheckLeaf(header, AsBytes("short")));
}

}  // namespace
}  // namespace aval::ledger
