// What is wrong with a story is said with its file and line.

#include "cli/story/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/story/story_file.h"

namespace aval::cli::story {
namespace {

using testing::HasSubstr;

constexpr const char* kFront =
    "# A title\n"
    "\n"
    "What it tells,\n"
    "in two lines.\n"
    "\n"
    "## Cast\n"
    "\n"
    "- Ana is a person whom Registry has identified, and who can pay 2,000.00 a month.\n";

std::string ErrorOf(const std::string& rest) {
  auto story = ParseStory(kFront + rest, "a.md");
  if (!story) return story.error().message;
  const auto script = Understand(*std::move(story));
  return script ? "" : script.error().message;
}

TEST(StoryScriptTest, StoryHasTitleTextCastAndDays) {
  auto story = ParseStory(std::string(kFront) +
                              "\n## 2 March 2026\n\nA paragraph.\n\n"
                              "- *Refused (E_STATE):* Ana takes up\n  grant 1.\n"
                              "- Then grant 1 is ACTIVE; Ana may spend 5.00.\n",
                          "a.md");
  ASSERT_TRUE(story) << story.error().message;
  EXPECT_EQ(story->title, "A title");
  EXPECT_EQ(story->about, std::vector<std::string>{"What it tells, in two lines."});
  ASSERT_EQ(story->cast.size(), 1U);
  ASSERT_EQ(story->days.size(), 1U);
  EXPECT_EQ(story->days[0].day, *ledger::Day::FromDate(2026, 3, 2));
  const std::vector<Line>& lines = story->days[0].lines;
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].kind, Line::Kind::kProse);
  EXPECT_EQ(lines[1].kind, Line::Kind::kRefused);
  EXPECT_EQ(lines[1].code, "E_STATE");
  EXPECT_EQ(lines[1].text, "Ana takes up grant 1");
  EXPECT_EQ(lines[1].number, 14U);
  EXPECT_EQ(lines[2].clauses,
            (std::vector<std::string>{"grant 1 is ACTIVE", "Ana may spend 5.00"}));
  const auto script = Understand(*std::move(story));
  EXPECT_TRUE(script) << script.error().message;
}

TEST(StoryScriptTest, SentenceThatNothingUnderstandsIsShownWithTheNearest) {
  const std::string words =
      ErrorOf("## 2 March 2026\n\n- Ana payed 3.00 on the loan through Bank B.\n");
  EXPECT_THAT(words, HasSubstr("a.md:11: no form of sentence fits"));
  EXPECT_THAT(words, HasSubstr("the nearest is '{person:person} pays {amount:amount} on"));
}

TEST(StoryScriptTest, ClauseThatNothingUnderstandsIsShownWithTheNearest) {
  const std::string words = ErrorOf("## 2 March 2026\n\n- Then Ana can spend 3.00.\n");
  EXPECT_THAT(words, HasSubstr("a.md:11: no form of sentence fits 'Ana can spend 3.00'"));
  EXPECT_THAT(words, HasSubstr("{person:person} may spend {amount:amount}"));
}

TEST(StoryScriptTest, StrangerIsNamed) {
  EXPECT_THAT(ErrorOf("## 2 March 2026\n\n- Otto takes up grant 1.\n"),
              HasSubstr("a.md:11: 'Otto' is not in the cast"));
  EXPECT_THAT(ErrorOf("## 2 March 2026\n\n- Bank A takes up grant 1.\n"),
              HasSubstr("a.md:11: 'Bank A' cannot stand in"));
}

TEST(StoryScriptTest, NameIsGivenOnce) {
  EXPECT_THAT(ErrorOf("- Ana is a supplier known to Registry, with an account at Bank B.\n"
                      "## 2 March 2026\n"),
              HasSubstr("a.md:9: somebody is called 'Ana' already"));
}

TEST(StoryScriptTest, FormsOfTheFileAreHeldTo) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("has no day"));
  EXPECT_THAT(ErrorOf("## Tomorrow\n"), HasSubstr("a.md:9: 'Tomorrow' is no day"));
  EXPECT_THAT(ErrorOf("## 3 March 2026\n\n## 3 March 2026\n"), HasSubstr("days only go forward"));
  EXPECT_THAT(ErrorOf("## 3 March 2026\n\n- Ana waits\n"), HasSubstr("ends with a full stop"));
  EXPECT_THAT(ErrorOf("## 3 March 2026\n\n- *Refused (E_NEVER):* Ana takes up grant 1.\n"),
              HasSubstr("no verdict has the code E_NEVER"));
  EXPECT_THAT(ErrorOf("- Then Ana may spend 1.00.\n## 3 March 2026\n"),
              HasSubstr("the cast only comes on"));
  EXPECT_THAT(ParseStory("## Cast\n", "b.md").error().message, HasSubstr("b.md:1: begins without"));
  EXPECT_THAT(ParseStory("# T\n\n## Cast\n", "b.md").error().message, HasSubstr("does not say"));
  EXPECT_THAT(ParseStory("# T\n\nText.\n\n## 3 March 2026\n", "b.md").error().message,
              HasSubstr("b.md:5: here the heading \"## Cast\" is needed"));
  EXPECT_THAT(ParseStory("# \xff\n", "b.md").error().message, HasSubstr("UTF-8"));
}

// The guide's list is what the program understands.
TEST(StoryScriptTest, FormsAreDistinct) {
  const std::vector<std::string_view> all = SentencePatterns();
  const std::set<std::string_view> distinct(all.begin(), all.end());
  EXPECT_EQ(distinct.size(), all.size());
}

}  // namespace
}  // namespace aval::cli::story
