#include "base/bytes.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"

namespace aval {
namespace {

TEST(HexTest, HasOneTextForEachValue) {
  EXPECT_EQ(ToHex(Bytes{0x00, 0x0f, 0xa5}), "000fa5");
  EXPECT_EQ(*FromHex("000fa5"), (Bytes{0x00, 0x0f, 0xa5}));
  EXPECT_TRUE(FromHex("")->empty());
  for (const std::string_view text : {"0", "0F", "0g", " 0", "0x"}) {
    EXPECT_EQ(FromHex(text).error().code, Code::kInvalidArgument) << text;
  }
  EXPECT_NE(FromHex("00zz").error().message.find("offset 2"), std::string::npos);
}

// RFC 4648, section 10.
TEST(Base64Test, GivesTheAnswersOfTheRfc) {
  for (const auto& [plain, encoded] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(ToBase64(AsBytes(plain)), encoded);
    EXPECT_EQ(AsText(*FromBase64(encoded)), plain);
  }
}

TEST(Base64Test, RefusesEveryOtherTextOfAValue) {
  for (const std::string_view text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n",
                                      "Z===", "====", "=Zg=", "Zg==Zg==", "Zm-_", "Zm 9"}) {
    EXPECT_EQ(FromBase64(text).error().code, Code::kInvalidArgument) << text;
  }
}

TEST(ByteReaderTest, ReadsWhatWasWritten) {
  ByteWriter out;
  out.U8(1);
  out.U16(0x0203);
  out.U32(0x04050607);
  out.I64(-2);
  out.Sized(Bytes{9, 8});
  EXPECT_EQ(ToHex(out.bytes()), "01020304050607fffffffffffffffe000000020908");
  ByteReader in(out.bytes());
  EXPECT_EQ(in.U8(), 1);
  EXPECT_EQ(in.U16(), 0x0203);
  EXPECT_EQ(in.U32(), 0x04050607U);
  EXPECT_EQ(in.I64(), -2);
  EXPECT_EQ(ToHex(in.Sized()), "0908");
  EXPECT_TRUE(in.AtEnd());
}

TEST(ByteWriterTest, GivesWhatWasWrittenWhateverRoomItHas) {
  for (const std::size_t room : {0U, 1U, 5U, 100U}) {
    ByteWriter out;
    out.U8(7);
    out.Reserve(room);
    out.U32(0x01020304);
    EXPECT_EQ(out.size(), 5U);
    EXPECT_EQ(out.Take(), (Bytes{7, 1, 2, 3, 4})) << room;
    EXPECT_EQ(out.size(), 0U);
    out.U8(9);
    EXPECT_EQ(out.Take(), Bytes{9}) << room;
  }
}

TEST(ByteWriterTest, ClearedItBeginsAgain) {
  ByteWriter out;
  out.U32(0xffffffff);
  out.Clear();
  out.U8(3);
  EXPECT_EQ(ToHex(out.bytes()), "03");
}

TEST(ByteCounterTest, CountsWhatAWriterWrites) {
  const auto write_all = [](auto& out) {
    out.U8(1);
    out.U16(1);
    out.U32(1);
    out.U64(1);
    out.I32(1);
    out.I64(1);
    out.Raw(Bytes{1, 2, 3});
    out.Sized(Bytes{1, 2});
  };
  ByteWriter writer;
  ByteCounter counter;
  write_all(writer);
  write_all(counter);
  EXPECT_EQ(counter.size(), writer.size());
}

TEST(ByteReaderTest, OnceItHasFailedItGivesNothingMore) {
  const Bytes bytes{0, 0, 0, 5, 1, 2};
  ByteReader in(bytes);
  EXPECT_TRUE(in.Sized().empty());  // Five bytes, it says.
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.U8(), 0);
  EXPECT_FALSE(in.AtEnd());
}

TEST(CompareBytesTest, IsTheOrderOfAStore) {
  const std::vector<Bytes> ascending{{}, {0}, {0, 0}, {0, 1}, {1}, {0x7f}, {0x80}, {0xff, 0}};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      const int order = CompareBytes(ascending[i], ascending[k]);
      EXPECT_EQ(order < 0, i < k) << i << " " << k;
      EXPECT_EQ(order > 0, i > k) << i << " " << k;
    }
  }
}

TEST(RandomTest, BelowReachesEveryValueAndNoOther) {
  SeededRandom random(7);
  std::vector<int> counts(5);
  for (int i = 0; i < 1'000; ++i) ++counts.at(random.Below(5));
  for (const int count : counts) EXPECT_GT(count, 100);
  EXPECT_EQ(random.Below(1), 0U);
}

TEST(RandomTest, TheSameSeedGivesTheSameBytes) {
  Bytes first(21);
  Bytes second(21);
  SeededRandom(3).Fill(first);
  SeededRandom(3).Fill(second);
  EXPECT_EQ(first, second);
  SeededRandom(4).Fill(second);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace aval
