#include "cli/story/telling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <string>

#include "base/random.h"
#include "cli/story/story_file.h"
#include "tests/cli/story/machine_stage.h"

namespace aval::cli::story {
namespace {

using testing::HasSubstr;

constexpr const char* kStory =
    "# Half of it\n\nA story.\n\n## Cast\n\n"
    "- Ana is a person whom Registry has identified, and who can pay 2,000.00 a month.\n"
    "- Casa Flora is a supplier known to Registry, with an account at Bank B.\n"
    "- Ana has a grant of 3,000.00 until 31 December 2026, funded 30 % by Mercado and 70 % by Bank "
    "A.\n"
    "## 2 March 2026\n\n"
    "- Ana buys for 1,000.00 from Casa Flora in 3 instalments.\n"
    "- *Refused (E_LIMIT):* Ana buys for 2,500.00 from Casa Flora in 3 instalments.\n"
    "- Then the loan is OPEN.\n"
    "## 23 March 2026\n\n"
    "- Then Bank A's fee income is 3.50.\n";

// What a file that is written to has by then.
std::string TextOf(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  return text;
}

// Of a story played on the machine.
std::string Told(const char* text, Result<void>& played) {
  auto story = ParseStory(text, "half.md");
  const auto script = Understand(*std::move(story));
  const auto stage = MachineStage::Make(script->first_day());
  EXPECT_TRUE(stage) << stage.error().message;
  std::FILE* file = std::tmpfile();
  Telling telling(file);
  telling.Front(*script);
  SystemRandom random;
  const std::atomic<bool> stop{false};
  played = Play(*script, **stage, telling, random, stop);
  std::string told = TextOf(file);
  std::fclose(file);
  return told;
}

TEST(StoryTellingTest, MovementsAreDoubleEntriesInColumns) {
  Result<void> played;
  const std::string told = Told(kStory, played);
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_THAT(told, HasSubstr("- Ana buys for 1,000.00 from Casa Flora in 3 instalments.\n"));
  EXPECT_THAT(
      told, HasSubstr("  purchase capture\n"
                      "        owner         account                       subject                "
                      "debit        credit\n"
                      "        Mercado       1100 loan principal           loan 1                "
                      "300.00\n"
                      "        Bank A        1100 loan principal           loan 1                "
                      "700.00\n"
                      "        Bank A        2200 due to                   Mercado               "
                      "              700.00\n"));
}

TEST(StoryTellingTest, RefusalHasCodeAndReason) {
  Result<void> played;
  const std::string told = Told(kStory, played);
  EXPECT_THAT(told, HasSubstr("purchase authorise: refused, E_LIMIT: "));
}

TEST(StoryTellingTest, WhatTimeDoesIsTold) {
  Result<void> played;
  const std::string told = Told(kStory, played);
  EXPECT_THAT(told, HasSubstr("By itself, on 23 March 2026\n"));
  EXPECT_THAT(told, HasSubstr("4100 fee income"));
}

TEST(StoryTellingTest, WhatDoesNotHoldNamesTheLine) {
  Result<void> played;
  std::string text = kStory;
  text.replace(text.find("is OPEN"), 7, "is OVERDUE");
  Told(text.c_str(), played);
  ASSERT_FALSE(played);
  EXPECT_EQ(played.error().message, "half.md:14: 'the loan is OVERDUE' does not hold: it is OPEN");
}

TEST(StoryTellingTest, UnexpectedVerdictNamesTheLine) {
  Result<void> played;
  std::string text = kStory;
  text.replace(text.find("E_LIMIT"), 7, "E_STATE");
  Told(text.c_str(), played);
  ASSERT_FALSE(played);
  EXPECT_THAT(played.error().message, HasSubstr("half.md:13: refused with E_LIMIT"));
  text = kStory;
  text.replace(text.find("2,500.00"), 8, "1,500.00");
  Told(text.c_str(), played);
  ASSERT_FALSE(played);
  EXPECT_THAT(played.error().message,
              HasSubstr("half.md:13: accepted, where E_LIMIT was expected"));
  text = kStory;
  text.replace(text.find("1,000.00 from"), 8, "9,000.00");
  Told(text.c_str(), played);
  ASSERT_FALSE(played);
  EXPECT_THAT(played.error().message, HasSubstr("half.md:12: refused: E_LIMIT"));
}

TEST(StoryTellingTest, LinesAreWrapped) {
  EXPECT_EQ(Wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(Wrapped("a", 1, 0), "a");
}

}  // namespace
}  // namespace aval::cli::story
