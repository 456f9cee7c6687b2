#include "ledger/block.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "crypto/envelope.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

using Acts = std::vector<std::shared_ptr<const Bytes>>;

constexpr std::size_t kFlagAt = 64;
constexpr std::size_t kSignatureAt = 97;
constexpr std::size_t kActsAt = 161;

std::shared_ptr<const Bytes> Share(std::string_view text) {
  return std::make_shared<const Bytes>(CopyBytes(AsBytes(text)));
}

BlockHeader Header() {
  BlockHeader header{.leader = 2,
                     .term = 3,
                     .raft_index = 4,
                     .previous = {},
                     .time_ms = kGenesisTime,
                     .checkpoint = true,
                     .acts = {}};
  header.previous.bytes[31] = 5;
  return header;
}

Bytes Encode(const Acts& acts) { return EncodeBlock(Header(), acts, NodeKey(2, "log")); }

TEST(BlockTest, HasTheLayoutOfItsFormat) {
  const Bytes block = Encode({Share("one"), Share("two")});
  EXPECT_EQ(ToHex(ByteView(block).first(kFlagAt + 1)),
            "41564231"
            "00000002"
            "0000000000000003"
            "0000000000000004"
            "0000000000000000000000000000000000000000000000000000000000000005" +
                std::string("00000155fb4d6000") + "01");
  EXPECT_EQ(ToHex(ByteView(block).subspan(kActsAt)),
            "00000002"
            "000000036f6e65"
            "0000000374776f");
}

TEST(BlockTest, DecodesToWhatWasEncoded) {
  const Bytes bytes = Encode({Share("one"), Share("two")});
  const Result<Block> block = DecodeBlock(bytes);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_EQ(block->header.leader, 2U);
  EXPECT_EQ(block->header.term, 3U);
  EXPECT_EQ(block->header.raft_index, 4U);
  EXPECT_EQ(block->header.previous, Header().previous);
  EXPECT_EQ(block->header.time_ms, kGenesisTime);
  EXPECT_TRUE(block->header.checkpoint);
  EXPECT_EQ(block->header.acts, crypto::Sha256(ByteView(bytes).subspan(kActsAt)));
  ASSERT_EQ(block->acts.size(), 2U);
  EXPECT_EQ(AsText(*block->acts[1]), "two");
}

TEST(BlockTest, MayCarryNothing) {
  const Result<Block> block = DecodeBlock(Encode({}));
  ASSERT_TRUE(block);
  EXPECT_TRUE(block->acts.empty());
}

TEST(BlockTest, TheLeadersSignatureCoversHeaderAndActs) {
  const Bytes block = Encode({Share("one")});
  const crypto::PublicKey leader = NodeKey(2, "log").public_key();
  EXPECT_TRUE(VerifyBlockSignature(block, leader));
  EXPECT_FALSE(VerifyBlockSignature(block, NodeKey(1, "log").public_key()));
  for (std::size_t at = 0; at < kActsAt; ++at) {
    Bytes changed = block;
    changed[at] ^= 1U;
    EXPECT_FALSE(VerifyBlockSignature(changed, leader)) << at;
  }
  EXPECT_FALSE(VerifyBlockSignature(ByteView(block).first(kActsAt - 1), leader));
}

RC_GTEST_PROP(BlockTest, AChangedByteIsRefusedOrInTheSignature, ()) {
  const Bytes block = Encode({Share("one"), Share("two")});
  Bytes changed = block;
  const auto at = *rc::gen::inRange<std::size_t>(kFlagAt, block.size());
  changed[at] = *rc::gen::arbitrary<std::uint8_t>();
  const bool harmless =
      changed == block || changed[kFlagAt] == 0 || (at >= kSignatureAt && at < kActsAt);
  RC_ASSERT(DecodeBlock(changed).has_value() == harmless);
}

TEST(BlockTest, EveryTruncationAndATrailingByteAreRefused) {
  Bytes block = Encode({Share("one")});
  for (std::size_t length = 0; length < block.size(); ++length) {
    EXPECT_FALSE(DecodeBlock(ByteView(block).first(length))) << length;
  }
  block.push_back(0);
  EXPECT_EQ(DecodeBlock(block).error().message, "block: bytes after the acts at offset 172");
}

TEST(BlockTest, ErrorsNameTheOffset) {
  const auto error_with = [](std::size_t at, std::uint8_t byte) {
    Bytes block = Encode({Share("one")});
    block[at] = byte;
    const Result<Block> decoded = DecodeBlock(block);
    EXPECT_EQ(decoded.error().code, Code::kCorruption);
    return decoded.error().message;
  };
  EXPECT_EQ(error_with(0, 'X'), "block: wrong magic at offset 0");
  EXPECT_EQ(error_with(56, 0x80), "block: time before 1970 at offset 56");
  EXPECT_EQ(error_with(kFlagAt, 2), "block: unknown flags at offset 64");
  EXPECT_EQ(error_with(65, 0xee), "block: acts do not have the header's digest at offset 65");
  EXPECT_EQ(error_with(kActsAt, 1), "block: too many acts at offset 165");
  EXPECT_EQ(error_with(kActsAt + 7, 0), "block: act 0 empty or too long at offset 165");
  EXPECT_EQ(error_with(kActsAt + 7, 4), "block: act 0 cut short at offset 165");
}

// A block whose acts are right but for their sizes; its digest is right, too.
Result<Block> DecodeWithActs(const Acts& acts) {
  ByteWriter body;
  body.U32(static_cast<std::uint32_t>(acts.size()));
  for (const auto& act : acts) body.Sized(*act);
  Bytes block = Encode({});
  block.resize(kActsAt);
  block.insert(block.end(), body.bytes().begin(), body.bytes().end());
  const crypto::Digest digest = crypto::Sha256(body.bytes());
  std::copy(digest.bytes.begin(), digest.bytes.end(), block.begin() + kFlagAt + 1);
  return DecodeBlock(block);
}

TEST(BlockTest, IsBounded) {
  const auto longest = std::make_shared<const Bytes>(crypto::kEnvelopeBytesMax, 1);
  EXPECT_TRUE(DecodeWithActs(Acts(kBlockBytesMax / crypto::kEnvelopeBytesMax, longest)));
  EXPECT_FALSE(DecodeWithActs(Acts(kBlockBytesMax / crypto::kEnvelopeBytesMax + 1, longest)));
  EXPECT_FALSE(DecodeWithActs({std::make_shared<const Bytes>(crypto::kEnvelopeBytesMax + 1, 1)}));
  EXPECT_TRUE(DecodeWithActs(Acts(kBlockActsMax, Share("x"))));
  EXPECT_FALSE(DecodeWithActs(Acts(kBlockActsMax + 1, Share("x"))));
}

}  // namespace
}  // namespace aval::ledger
