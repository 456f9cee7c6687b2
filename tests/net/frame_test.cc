#include "net/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aval::net {
namespace {

Bytes Framed(const std::vector<Bytes>& contents) {
  ByteWriter out;
  for (const Bytes& content : contents) out.Sized(content);
  return out.Take();
}

// Feeds `stream` in pieces of the given lengths (the rest at once) and collects the frames.
std::vector<Bytes> ReadTorn(FrameReader& reader, ByteView stream,
                            const std::vector<std::size_t>& pieces) {
  std::vector<Bytes> frames;
  std::size_t turn = 0;
  while (!stream.empty()) {
    const std::span<std::uint8_t> space = reader.Space();
    const std::size_t piece = turn < pieces.size() ? pieces[turn++] : stream.size();
    const std::size_t count = std::min({piece, stream.size(), space.size()});
    std::copy_n(stream.begin(), count, space.begin());
    stream = stream.subspan(count);
    reader.Filled(count);
    for (;;) {
      const auto next = reader.Next();
      if (!next.has_value() || !*next) break;
      frames.push_back(CopyBytes(**next));
    }
  }
  return frames;
}

TEST(FrameReaderTest, AFrameTornAtAnyByteComesOutWhole) {
  const std::vector<Bytes> contents{{1, 2, 3}, {4}, Bytes(300, 5)};
  const Bytes stream = Framed(contents);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameReader reader;
    EXPECT_EQ(ReadTorn(reader, stream, {cut}), contents) << "cut at " << cut;
  }
}

RC_GTEST_PROP(FrameReaderTest, TearingChangesNothing, ()) {
  const auto contents = *rc::gen::container<std::vector<Bytes>>(
      rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 40'000), [](std::size_t size) {
        return rc::gen::map(rc::gen::arbitrary<std::uint8_t>(),
                            [size](std::uint8_t byte) { return Bytes(size, byte); });
      }));
  const auto pieces =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 20'000));
  FrameReader reader;
  RC_ASSERT(ReadTorn(reader, Framed(contents), pieces) == contents);
}

TEST(FrameReaderTest, AFrameOfTheGreatestLengthPasses) {
  FrameReader reader(1'000'000);
  const std::vector<Bytes> contents{Bytes(1'000'000, 7), {1}};
  EXPECT_EQ(ReadTorn(reader, Framed(contents), {}), contents);
}

TEST(FrameReaderTest, ALongerFrameIsRefusedByItsHeaderAlone) {
  FrameReader reader(1'000);
  ByteWriter header;
  header.U32(1'001);
  std::copy_n(header.bytes().begin(), 4, reader.Space().begin());
  reader.Filled(4);
  const auto next = reader.Next();
  ASSERT_FALSE(next.has_value());
  EXPECT_EQ(next.error().code, Code::kCorruption);
  EXPECT_EQ(next.error().message, "frame of 1001 bytes, at most 1000");
}

TEST(FrameReaderTest, AnEmptyFrameIsRefused) {
  FrameReader reader;
  std::fill_n(reader.Space().begin(), 4, std::uint8_t{0});
  reader.Filled(4);
  EXPECT_FALSE(reader.Next().has_value());
}

TEST(FrameReaderTest, AnAnnouncedLengthCostsNoMemoryBeforeItsBytesCome) {
  FrameReader reader;
  ByteWriter header;
  header.U32(kMaxFrameBytes);
  std::copy_n(header.bytes().begin(), 4, reader.Space().begin());
  reader.Filled(4);
  ASSERT_TRUE(reader.Next().has_value());
  EXPECT_LE(reader.Space().size(), std::size_t{64} << 10U);
}

}  // namespace
}  // namespace aval::net
