#include "cli/story/words.h"

#include <gtest/gtest.h>

#include <limits>

namespace aval::cli::story {
namespace {

TEST(StoryWordsTest, AmountHasThousandsApartAndTwoDecimals) {
  const auto read = ReadAmount("1,234,567.89 from Casa Flora");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->value.minor, 123'456'789);
  EXPECT_EQ(read->length, 12U);
  EXPECT_EQ(ReadAmount("0.05")->value.minor, 5);
  for (const char* text : {"1000.00", "1,00.00", "1.0", "1.000", "100", ",100.00", "01.00", "x"}) {
    EXPECT_FALSE(ReadAmount(text)) << text;
  }
}

TEST(StoryWordsTest, AmountIsWrittenAsItIsRead) {
  for (const std::int64_t minor : {std::int64_t{0}, std::int64_t{5}, std::int64_t{100'000},
                                   std::int64_t{123'456'789}, std::int64_t{99'999}}) {
    EXPECT_EQ(ReadAmount(AmountText(minor))->value.minor, minor);
  }
  EXPECT_EQ(AmountText(-100'050), "-1,000.50");
  EXPECT_EQ(AmountText(std::numeric_limits<std::int64_t>::min()), "-92,233,720,368,547,758.08");
}

TEST(StoryWordsTest, DateIsARealDay) {
  const auto read = ReadDate("29 February 2028, the first");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->value, *ledger::Day::FromDate(2028, 2, 29));
  EXPECT_EQ(read->length, 16U);
  EXPECT_EQ(DateText(read->value), "29 February 2028");
  for (const char* text :
       {"29 February 2027", "3 march 2026", "3 March 1969", "March 2026", "3.3."}) {
    EXPECT_FALSE(ReadDate(text)) << text;
  }
}

TEST(StoryWordsTest, PercentIsPartsPerMillion) {
  EXPECT_EQ(ReadPercent("50 % up")->value, 500'000U);
  EXPECT_EQ(ReadPercent("0.5 %")->value, 5'000U);
  EXPECT_EQ(ReadPercent("33.3333 %")->value, 333'333U);
  EXPECT_EQ(PercentText(333'333), "33.3333 %");
  EXPECT_EQ(PercentText(500'000), "50 %");
  for (const char* text : {"50%", "50", "0.12345 %", ". %"})
    EXPECT_FALSE(ReadPercent(text)) << text;
}

TEST(StoryWordsTest, NumbersAreAListOrARange) {
  EXPECT_EQ(ReadNumbers("2 of the loan")->value, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(ReadNumbers("1 and 3")->value, (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(ReadNumbers("1, 2 and 4")->value, (std::vector<std::uint32_t>{1, 2, 4}));
  EXPECT_EQ(ReadNumbers("2 to 5 of")->value, (std::vector<std::uint32_t>{2, 3, 4, 5}));
  // What does not ascend is no list.
  EXPECT_EQ(ReadNumbers("3 and 1")->value, (std::vector<std::uint32_t>{3}));
  EXPECT_FALSE(ReadNumbers("0"));
}

TEST(StoryWordsTest, DatesAscend) {
  const auto read = ReadDates("3 March 2026, 3 April 2026 and 3 May 2026");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->value.size(), 3U);
  EXPECT_EQ(DateText(read->value.back()), "3 May 2026");
}

}  // namespace
}  // namespace aval::cli::story
