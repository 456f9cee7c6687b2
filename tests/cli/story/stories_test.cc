// Every story of tests/stories/, played over the machine, and what they show together.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "cli/story/library.h"
#include "cli/story/player.h"
#include "cli/story/texts.h"
#include "tests/cli/story/machine_stage.h"

namespace aval::cli::story {
namespace {

// Counts what it hears.
class Counting final : public Audience {
 public:
  void DayBegins(const Scene&, ledger::Day, bool) override {}
  void TimeMoved(const Scene&, ledger::Day, const Stage::Movement&) override {}
  void LineBegins(const Line&) override {}
  void LineHolds(const Line&) override { ++held; }
  void Acted(const act::v1::Act& act, const Stage::Outcome& outcome) override {
    ++(outcome.accepted ? accepted : refused);
    bodies.insert(act.body_case());
  }

  std::size_t held = 0;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::set<int> bodies;
};

struct Played {
  Result<void> result;
  std::unique_ptr<MachineStage> stage;
  Counting heard;
};

Played PlayStory(std::string_view name) {
  Played played{.result = {}, .stage = nullptr, .heard = {}};
  const auto script = LoadStory(name);
  if (!script) {
    played.result = script.error();
    return played;
  }
  auto stage = MachineStage::Make(script->first_day());
  if (!stage) {
    played.result = stage.error();
    return played;
  }
  played.stage = *std::move(stage);
  SystemRandom random;
  const std::atomic<bool> stop{false};
  played.result = Play(*script, *played.stage, played.heard, random, stop);
  return played;
}

class StoryTest : public testing::TestWithParam<StoryText> {};

TEST_P(StoryTest, ComesOutAsItSays) {
  const Played played = PlayStory(GetParam().name);
  ASSERT_TRUE(played.result) << played.result.error().message;
  EXPECT_THAT(played.stage->broken(), testing::IsEmpty());
  EXPECT_GT(played.heard.held, 0U) << "a story that claims nothing tests nothing";
}

INSTANTIATE_TEST_SUITE_P(Stories, StoryTest,
                         testing::ValuesIn(StoryTexts().begin(), StoryTexts().end()),
                         [](const auto& story) { return std::string(story.param.name); });

using Steps = std::set<LifeCycles::Step>;

std::string Text(const LifeCycles::Step& step) { return step.first + " -> " + step.second; }

std::vector<std::string> Missing(const Steps& from, const Steps& in) {
  std::vector<std::string> missing;
  for (const LifeCycles::Step& step : from) {
    if (!in.contains(step)) missing.push_back(Text(step));
  }
  return missing;
}

// docs/life-cycles.md: under each entity's heading the rows "| `from` | `to` | by |".
std::map<std::string, Steps> DocumentedSteps() {
  std::ifstream file(std::string(AVAL_SOURCE) + "/docs/life-cycles.md");
  std::map<std::string, Steps> documented;
  std::string entity;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("## ")) entity = line.substr(3);
    std::vector<std::string> cells;
    for (std::size_t at = line.find('`'); at != std::string::npos && cells.size() < 2;) {
      const std::size_t end = line.find('`', at + 1);
      if (end == std::string::npos) break;
      cells.push_back(line.substr(at + 1, end - at - 1));
      at = line.find('`', end + 1);
    }
    if (line.starts_with("| `") && cells.size() == 2)
      documented[entity].emplace(cells[0], cells[1]);
  }
  return documented;
}

// All stories together.
class AllStoriesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    seen_ = new LifeCycles;
    bodies_ = new std::set<int>;
    for (const StoryText& text : StoryTexts()) {
      const Played played = PlayStory(text.name);
      ASSERT_TRUE(played.result) << played.result.error().message;
      seen_->Join(played.stage->life_cycles());
      bodies_->insert(played.heard.bodies.begin(), played.heard.bodies.end());
    }
  }
  static void TearDownTestSuite() {
    delete seen_;
    delete bodies_;
  }

  static LifeCycles* seen_;
  static std::set<int>* bodies_;
};

LifeCycles* AllStoriesTest::seen_ = nullptr;
std::set<int>* AllStoriesTest::bodies_ = nullptr;

// By no act of rule version 1: governance and erasure come with later acts.
const std::map<std::string, std::set<std::string>> kNotYet{{"institution", {"exited"}},
                                                           {"participant", {"erased"}}};

TEST_F(AllStoriesTest, ComeToEveryStateOfEveryLifeCycle) {
  for (const auto& [entity, states] : LifeCycles::States()) {
    std::set<std::string> reached;
    for (const LifeCycles::Step& step : seen_->steps().at(entity)) reached.insert(step.second);
    const auto not_yet = kNotYet.find(entity);
    for (const std::string& state : states) {
      const bool expected = not_yet == kNotYet.end() || !not_yet->second.contains(state);
      EXPECT_EQ(reached.contains(state), expected) << entity << " " << state;
    }
  }
}

TEST_F(AllStoriesTest, TakeEveryStepOfTheDocumentedLifeCyclesAndNoOther) {
  std::map<std::string, Steps> documented = DocumentedSteps();
  for (const auto& [entity, states] : LifeCycles::States()) {
    const Steps& seen = seen_->steps().at(entity);
    EXPECT_THAT(Missing(documented[entity], seen), testing::IsEmpty()) << entity << ": in no story";
    EXPECT_THAT(Missing(seen, documented[entity]), testing::IsEmpty())
        << entity << ": not in docs/life-cycles.md";
  }
}

// Keys are rotated outside of any life cycle of credit.
TEST_F(AllStoriesTest, TryEveryActOfCredit) {
  const auto* const fields = act::v1::Act::descriptor()->oneof_decl(0);
  for (int i = 0; i < fields->field_count(); ++i) {
    const int number = fields->field(i)->number();
    const bool key = number == act::v1::Act::kKeyAdd || number == act::v1::Act::kKeyRevoke;
    const bool day = number == act::v1::Act::kDayRoll;
    EXPECT_EQ(bodies_->contains(number), !key && !day) << fields->field(i)->name();
  }
}

}  // namespace
}  // namespace aval::cli::story
