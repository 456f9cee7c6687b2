// A story on three real nodes.

#include "cli/story/network_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/random.h"
#include "cli/story/library.h"
#include "cli/story/player.h"
#include "cli/story/telling.h"
#include "cli/story/terms.h"

namespace aval::cli::story {
namespace {

namespace fs = std::filesystem;

class NetworkStageTest : public testing::Test {
 protected:
  NetworkStageTest()
      : directory_(fs::temp_directory_path() / ("aval-story-network-" + std::to_string(getpid()))) {
  }
  ~NetworkStageTest() override { fs::remove_all(directory_); }

  const fs::path directory_;
  const std::atomic<bool> stop_{false};
};

TEST_F(NetworkStageTest, StoryComesOutOnThreeNodesAsItSays) {
  const auto script = LoadStory("copayer_pays");
  ASSERT_TRUE(script) << script.error().message;
  auto demo = demo::DemoNetwork::Start(StoryGenesis(script->first_day()), directory_, AVAL_AVALD,
                                       NodeProcess::Orphan::kStops);
  ASSERT_TRUE(demo) << demo.error().message;
  std::FILE* file = std::tmpfile();
  Telling telling(file);
  SystemRandom random;
  NetworkStage stage(**demo, stop_);
  const auto played = Play(*script, stage, telling, random, stop_);
  EXPECT_TRUE(played) << played.error().message;
  std::fclose(file);
  const auto settled = (*demo)->Settle(stage.leaves(), stop_);
  EXPECT_TRUE(settled) << settled.error().message;
  const auto stopped = (*demo)->Stop();
  EXPECT_TRUE(stopped) << stopped.error().message;
}

}  // namespace
}  // namespace aval::cli::story
