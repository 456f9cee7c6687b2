#include "node/snapshot/messages.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "base/random.h"
#include "ledger/snapshot/manifest.h"

namespace aval::node {
namespace {

std::vector<SnapshotMessage> Samples() {
  const crypto::Digest digest = crypto::Sha256(AsBytes("digest"));
  return {AskNewest{},
          Newest{.snapshot = {}, .log_first = 5, .log_size = 9},
          Newest{.snapshot = OfferedSnapshot{.digest = digest, .raft_index = 70},
                 .log_first = 0,
                 .log_size = 9},
          AskManifest{.digest = digest},
          ManifestText{.digest = digest, .text = Bytes(40, 1)},
          AskChunk{.digest = digest, .number = 3},
          Chunk{.digest = digest, .number = 3, .bytes = Bytes(9, 2)},
          AskLeaves{.first = 256, .size = 300},
          Leaves{.range = {.first = 256,
                           .entries = {Bytes(3, 1), Bytes(4, 2)},
                           .effects = {Bytes{}, Bytes(5, 3)},
                           .hashes = {digest, digest, digest},
                           .proof = {digest}},
                 .size = 300},
          SnapshotRefused{.asked = SnapshotRefused::Asked::kChunk,
                          .digest = digest,
                          .number = 7,
                          .reason = SnapshotRefused::Reason::kBusy,
                          .rest_ms = 20},
          NoneTrusted{}};
}

Result<SnapshotMessage> Decode(const SnapshotMessage& as, ByteView body) {
  return DecodeSnapshotMessage(SnapshotMessageNumber(as), body);
}

TEST(SnapshotMessagesTest, WhatIsSentIsReceived) {
  for (const SnapshotMessage& message : Samples()) {
    const auto again = Decode(message, EncodeSnapshotMessage(message));
    ASSERT_TRUE(again) << message.index() << ": " << again.error().message;
    EXPECT_TRUE(*again == message) << message.index();
  }
}

TEST(SnapshotMessagesTest, TheNumbersAreForEver) {
  EXPECT_EQ(SnapshotMessageNumber(AskNewest{}), 1U);
  EXPECT_EQ(SnapshotMessageNumber(Newest{}), 2U);
  EXPECT_EQ(SnapshotMessageNumber(AskManifest{}), 3U);
  EXPECT_EQ(SnapshotMessageNumber(ManifestText{}), 4U);
  EXPECT_EQ(SnapshotMessageNumber(AskChunk{}), 5U);
  EXPECT_EQ(SnapshotMessageNumber(Chunk{}), 6U);
  EXPECT_EQ(SnapshotMessageNumber(AskLeaves{}), 7U);
  EXPECT_EQ(SnapshotMessageNumber(Leaves{}), 8U);
  EXPECT_EQ(SnapshotMessageNumber(SnapshotRefused{}), 9U);
  EXPECT_EQ(SnapshotMessageNumber(NoneTrusted{}), 10U);
  EXPECT_FALSE(IsSnapshotMessage(0));
  EXPECT_TRUE(IsSnapshotMessage(1));
  EXPECT_TRUE(IsSnapshotMessage(10));
  EXPECT_FALSE(IsSnapshotMessage(11));
}

TEST(SnapshotMessagesTest, ABodyThatIsTooShortOrTooLongIsRefused) {
  for (const SnapshotMessage& message : Samples()) {
    Bytes body = EncodeSnapshotMessage(message);
    for (std::size_t size = 0; size < body.size(); ++size) {
      ASSERT_FALSE(Decode(message, ByteView(body).first(size))) << message.index() << " " << size;
    }
    body.push_back(0);
    const auto longer = Decode(message, body);
    ASSERT_FALSE(longer) << message.index();
    EXPECT_EQ(longer.error().code, Code::kCorruption);
  }
}

TEST(SnapshotMessagesTest, WhatDecodesFromGarbageIsWrittenAsIt) {
  SeededRandom random(7);
  int accepted = 0;
  for (const SnapshotMessage& message : Samples()) {
    const Bytes body = EncodeSnapshotMessage(message);
    for (int i = 0; i < 3'000 && !body.empty(); ++i) {
      Bytes damaged = body;
      const std::size_t at = random.Below(damaged.size());
      damaged[at] = static_cast<std::uint8_t>(random.Below(256));
      const auto decoded = Decode(message, damaged);
      if (!decoded) continue;
      ++accepted;
      ASSERT_TRUE(EncodeSnapshotMessage(*decoded) == damaged);
    }
  }
  EXPECT_GT(accepted, 1'000);
}

TEST(SnapshotMessagesTest, WhatIsBeyondABoundIsRefused) {
  const auto refused = [](const SnapshotMessage& as, const std::function<void(ByteWriter&)>& fill) {
    ByteWriter out;
    fill(out);
    return !Decode(as, out.bytes());
  };
  const crypto::Digest digest;
  EXPECT_TRUE(refused(Chunk{}, [&](ByteWriter& out) {
    out.Raw(digest);
    out.U32(0);
    out.Sized(Bytes(ledger::SnapshotManifest::kChunkBytes + 1));
  }));
  EXPECT_TRUE(refused(Chunk{}, [&](ByteWriter& out) {
    out.Raw(digest);
    out.U32(0);
    out.Sized({});
  }));
  EXPECT_TRUE(refused(ManifestText{}, [&](ByteWriter& out) {
    out.Raw(digest);
    out.Sized(Bytes(ledger::SnapshotManifest::kBytesMax + 1));
  }));
  EXPECT_TRUE(refused(Newest{}, [&](ByteWriter& out) {
    out.U8(0);
    out.U64(5);
    out.U64(4);
  }));
  const auto leaves = [](std::uint16_t entries, std::uint16_t effects, std::uint16_t hashes) {
    return [=](ByteWriter& out) {
      out.U64(300);
      out.U64(0);
      out.U16(entries);
      for (std::uint16_t i = 0; i < entries; ++i) out.Sized(Bytes{1});
      out.U16(effects);
      for (std::uint16_t i = 0; i < effects; ++i) out.Sized({});
      out.U16(hashes);
      for (std::uint16_t i = 0; i < hashes; ++i) out.Raw(crypto::Digest{});
      out.U16(0);
    };
  };
  EXPECT_FALSE(refused(Leaves{}, leaves(256, 256, 256)));
  EXPECT_TRUE(refused(Leaves{}, leaves(257, 257, 256)));
  EXPECT_TRUE(refused(Leaves{}, leaves(2, 1, 256)));
  EXPECT_TRUE(refused(Leaves{}, leaves(0, 0, 256)));
  EXPECT_TRUE(refused(Leaves{}, leaves(1, 1, 257)));
  EXPECT_TRUE(
      refused(Leaves{}, [](ByteWriter& out) { out.Raw(Bytes(kSnapshotMessageBytesMax + 1)); }));
}

TEST(SnapshotMessagesTest, TheLargestManifestAndChunkFitAFrame) {
  const ManifestText text{.digest = {}, .text = Bytes(ledger::SnapshotManifest::kBytesMax, 1)};
  EXPECT_LE(EncodeSnapshotMessage(text).size(), kSnapshotMessageBytesMax);
  const Chunk chunk{
      .digest = {}, .number = 0, .bytes = Bytes(ledger::SnapshotManifest::kChunkBytes, 1)};
  EXPECT_LE(EncodeSnapshotMessage(chunk).size(), kSnapshotMessageBytesMax);
}

}  // namespace
}  // namespace aval::node
