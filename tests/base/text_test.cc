#include "base/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aval {
namespace {

using namespace std::string_view_literals;

std::vector<std::uint32_t> CodePoints(std::string_view text) {
  std::vector<std::uint32_t> points;
  while (const auto point = TakeCodePoint(text)) points.push_back(*point);
  return points;
}

TEST(Utf8, GivesTheFirstAndLastCodePointOfEveryLength) {
  EXPECT_EQ(CodePoints(
                "\0\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"sv),
            (std::vector<std::uint32_t>{0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff}));
}

TEST(Utf8, LeavesTheTextWhereItIsNotWellFormed) {
  std::string_view text = "a\xed\xa0\x80";
  EXPECT_EQ(TakeCodePoint(text), U'a');
  EXPECT_EQ(TakeCodePoint(text), std::nullopt);
  EXPECT_EQ(text, "\xed\xa0\x80");
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("São Paulo \xF0\x9F\x92\xB3"));
  for (const std::string_view text : {
           "\x80"sv,                        // A continuation without its lead.
           "\xc1\xbf"sv, "\xe0\x9f\xbf"sv,  // Overlong forms.
           "\xf0\x8f\xbf\xbf"sv,            //
           "\xed\xa0\x80"sv,                // A surrogate.
           "\xf4\x90\x80\x80"sv, "\xf5"sv,  // Above U+10FFFF.
           "\xe2\x80"sv, "\xc3"sv,          // Cut off.
           "\xc3\x28"sv, "\xe2\x28\xa1"sv,  // Not continued.
       }) {
    EXPECT_FALSE(IsUtf8(text)) << testing::PrintToString(text);
    EXPECT_FALSE(IsUtf8("a" + std::string(text) + "b")) << testing::PrintToString(text);
  }
}

TEST(Decimal, HasOneTextForEachValue) {
  EXPECT_EQ(ParseDecimal<std::uint64_t>("0"), 0);
  EXPECT_EQ(ParseDecimal<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(ParseDecimal<std::int64_t>("-9223372036854775808"), INT64_MIN);
  for (const std::string_view text :
       {"", "-", "00", "01", "-0", "-01", "+1", " 1", "1 ", "0x1", "1.0"}) {
    EXPECT_EQ(ParseDecimal<std::int64_t>(text), std::nullopt) << text;
  }
}

TEST(Decimal, HasNoValueThatItsTypeCannotHold) {
  EXPECT_EQ(ParseDecimal<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(ParseDecimal<std::uint16_t>("65536"), std::nullopt);
  EXPECT_EQ(ParseDecimal<std::uint64_t>("-1"), std::nullopt);
  EXPECT_EQ(ParseDecimal<std::uint64_t>("18446744073709551616"), std::nullopt);
}

TEST(Place, BracketsAnIpv6Address) {
  EXPECT_EQ(PlaceText("::1", 7001), "[::1]:7001");
  EXPECT_EQ(PlaceText("node.example", 7001), "node.example:7001");
}

TEST(TextTest, AThreadsNameLosesThePoolsNumberAlone) {
  EXPECT_EQ(WithoutNumber("verify-1"), "verify");
  EXPECT_EQ(WithoutNumber("io-12"), "io");
  EXPECT_EQ(WithoutNumber("core"), "core");
  EXPECT_EQ(WithoutNumber("7"), "7");
}

}  // namespace
}  // namespace aval
