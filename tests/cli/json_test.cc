#include "cli/json.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "cli/demo/summary.h"

namespace aval::cli {
namespace {

boost::json::value Parse(const char* text) { return boost::json::parse(text); }

TEST(JsonTest, MembersAreReadByTheirType) {
  const auto answer = Parse(R"({"flag": true, "text": "a", "integer": -3, "list": [1, 2]})");
  EXPECT_EQ(*JsonFlag(answer, "flag"), true);
  EXPECT_EQ(*JsonText(answer, "text"), "a");
  EXPECT_EQ(*JsonInteger(answer, "integer"), -3);
  EXPECT_EQ((*JsonList(answer, "list"))->size(), 2U);
}

TEST(JsonTest, AnswersOfAnotherShapeAreErrorsThatNameTheMember) {
  for (const char* text : {"null", "[]", "{}", R"({"due_items": 1})", R"({"due_items": null})"}) {
    const auto flag = JsonFlag(Parse(text), "due_items");
    ASSERT_FALSE(flag) << text;
    EXPECT_EQ(flag.error().code, Code::kCorruption);
    EXPECT_NE(flag.error().message.find("due_items"), std::string::npos);
  }
  EXPECT_FALSE(JsonText(Parse(R"({"a": 1})"), "a"));
  EXPECT_FALSE(JsonList(Parse(R"({"a": {}})"), "a"));
  EXPECT_FALSE(JsonCount(Parse(R"({"a": -1})"), "a"));
  EXPECT_FALSE(JsonInteger(Parse(R"({"a": 1.5})"), "a"));
  EXPECT_FALSE(JsonInteger(Parse(R"({"a": 18446744073709551615})"), "a"));
}

TEST(SummaryTest, ReportsAreReadOrRefused) {
  const auto sound =
      demo::ReadTrialBalance(Parse(R"({"lines": [{"balance": 0}, {"balance": 5}]})"));
  ASSERT_TRUE(sound) << sound.error().message;
  EXPECT_EQ(sound->lines, 2U);
  EXPECT_EQ(sound->unbalanced, 1U);
  EXPECT_FALSE(demo::ReadTrialBalance(Parse(R"({"lines": [{}]})")));
  EXPECT_FALSE(demo::ReadTrialBalance(Parse(R"({"code": "failed"})")));
  EXPECT_FALSE(demo::ReadBalances(Parse(R"({"lines": [{"owner": 1}]})")));
}

}  // namespace
}  // namespace aval::cli
