#include "ledger/snapshot/source.h"

#include <gtest/gtest.h>

#include "ledger/snapshot/stream.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::ledger {
namespace {

Bytes StreamOf(const Reader& state) {
  ByteWriter out;
  EXPECT_TRUE(state.Scan(kFirstRecordKey, {}, [&out](ByteView key, ByteView value) {
    WritePair(out, key, value);
    return true;
  }));
  return out.Take();
}

TEST(SnapshotSourceTest, TheChunksInOrderAreTheStream) {
  SnapshotLedger ledger(20);
  const Bytes stream = StreamOf(*ledger.Cut().state);
  // Chunks shorter than a pair, of odd lengths, and longer than all.
  for (const std::uint32_t size : {64U, 77U, 1'000U, 1'048'576U}) {
    const auto source = ledger.Source(size);
    Bytes chunks;
    for (std::size_t i = 0; i < source->manifest().chunks.size(); ++i) {
      const auto chunk = source->Chunk(i);
      ASSERT_TRUE(chunk) << chunk.error().message;
      EXPECT_EQ(crypto::Sha256(*chunk), source->manifest().chunks[i]);
      EXPECT_EQ(chunk->size(), source->manifest().BytesOfChunk(i));
      chunks.insert(chunks.end(), chunk->begin(), chunk->end());
    }
    EXPECT_TRUE(chunks == stream) << size;
    EXPECT_EQ(source->manifest().bytes, stream.size());
  }
}

TEST(SnapshotSourceTest, NodesThatHaveSignedDifferentlyHaveOneManifest) {
  SnapshotLedger ledger(5);
  SnapshotLedger other(5);
  const auto first = SnapshotSource::Make(ledger.Cut(0), ledger.Mark(), 100);
  const auto second = SnapshotSource::Make(other.Cut(7), other.Mark(), 100);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE((*first)->encoded_manifest() == (*second)->encoded_manifest());
  SnapshotLedger third(6);
  EXPECT_NE(third.Source(100)->digest(), (*first)->digest());
}

TEST(SnapshotSourceTest, ChunksStayAsTheyWereWhenTheStoreGoesOn) {
  MemoryStore store;
  Writes writes;
  for (std::uint8_t i = 0; i < 200; ++i) writes.emplace(Bytes{0x20, i}, Bytes(30, i));
  ASSERT_TRUE(store.Apply(writes));
  SnapshotLedger ledger(1);
  SnapshotCut cut = ledger.Cut();
  cut.state = store.Snapshot();
  const auto source = SnapshotSource::Make(std::move(cut), ledger.Mark(), 64);
  ASSERT_TRUE(source);
  for (auto& [key, value] : writes) value = Bytes{1};
  ASSERT_TRUE(store.Apply(writes));
  for (std::size_t i = 0; i < (*source)->manifest().chunks.size(); ++i) {
    ASSERT_TRUE((*source)->Chunk(i)) << i;
  }
}

TEST(SnapshotSourceTest, AChunkBeyondTheLastIsNotFound) {
  SnapshotLedger ledger(1);
  const auto source = ledger.Source();
  const auto chunk = source->Chunk(source->manifest().chunks.size());
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, Code::kNotFound);
}

// Gives another value than the time before.
class ForgetfulReader final : public Reader {
 public:
  Result<std::optional<Bytes>> Get(ByteView) const override { return std::optional<Bytes>(); }
  Result<void> Scan(ByteView, ByteView, const Visitor& visit) const override {
    visit(Bytes{0x20}, Bytes(100, times_++));
    return {};
  }

 private:
  mutable std::uint8_t times_ = 0;
};

TEST(SnapshotSourceTest, AStoreThatChangesItsMindIsNotServed) {
  SnapshotLedger ledger(1);
  SnapshotCut cut = ledger.Cut();
  cut.state = std::make_unique<ForgetfulReader>();
  const auto source = SnapshotSource::Make(std::move(cut), ledger.Mark(), 64);
  ASSERT_TRUE(source);
  const auto chunk = (*source)->Chunk(0);
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, Code::kCorruption);
}

TEST(StreamReaderTest, PairsComeInWhateverPiecesTheyArrive) {
  ByteWriter out;
  WritePair(out, Bytes{0x10}, Bytes{1, 2});
  WritePair(out, Bytes{0x10, 0}, Bytes{});
  WritePair(out, Bytes{0x50, 9}, Bytes(300, 7));
  for (const std::size_t piece : {1U, 7U, 10'000U}) {
    StreamReader reader;
    std::vector<std::size_t> sizes;
    for (ByteView rest = out.bytes(); !rest.empty();
         rest = rest.subspan(std::min(piece, rest.size()))) {
      ASSERT_TRUE(
          reader.Take(rest.first(std::min(piece, rest.size())), [&sizes](ByteView, ByteView value) {
            sizes.push_back(value.size());
            return Result<void>{};
          }));
    }
    EXPECT_TRUE(reader.Finish());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 0, 300}));
  }
}

TEST(StreamReaderTest, WhatIsNoStreamOfRecordsIsRefusedWithItsOffset) {
  const auto refused = [](const std::function<void(ByteWriter&)>& write) {
    ByteWriter out;
    WritePair(out, Bytes{0x11}, Bytes{5});
    write(out);
    StreamReader reader;
    const auto taken = reader.Take(out.bytes(), [](ByteView, ByteView) { return Result<void>{}; });
    return taken ? (reader.Finish() ? "" : reader.Finish().error().message) : taken.error().message;
  };
  EXPECT_EQ(refused([](ByteWriter& out) { WritePair(out, Bytes{0x11}, Bytes{6}); }),
            "snapshot, offset 10: a key not above the one before");
  EXPECT_EQ(refused([](ByteWriter& out) { WritePair(out, Bytes{0x01}, Bytes{6}); }),
            "snapshot, offset 10: no key of a record");
  EXPECT_EQ(refused([](ByteWriter& out) { out.U8(0); }),
            "snapshot, offset 10: the last pair is not complete");
  EXPECT_EQ(refused([](ByteWriter&) {}), "");
}

}  // namespace
}  // namespace aval::ledger
