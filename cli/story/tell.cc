#include "cli/story/tell.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "cli/connection.h"
#include "cli/demo/demo.h"
#include "cli/demo/demo_network.h"
#include "cli/demo/summary.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/story/library.h"
#include "cli/story/network_stage.h"
#include "cli/story/player.h"
#include "cli/story/telling.h"
#include "cli/story/terms.h"
#include "cli/story/texts.h"

namespace aval::cli::story {
namespace {

constexpr int kWrong = 1;
constexpr int kInterrupted = 130;
constexpr std::chrono::milliseconds kCallTimeout{60'000};

// Of what happens once the network runs: nothing of that is the input's fault.
int Fail(const Error& error) {
  std::fflush(stdout);
  std::fprintf(stderr, "aval: %s\n", error.message.c_str());
  return error.code == Code::kCancelled ? kInterrupted : kWrong;
}

// Whether all nodes have come to one state, and their books balance.
Result<bool> CompareNodes(demo::DemoNetwork& demo, std::uint64_t leaves,
                          const std::atomic<bool>& stop) {
  AVAL_TRY(const std::uint64_t index, demo.Settle(leaves, stop));
  std::vector<std::string> hashes;
  std::size_t unbalanced = 0;
  for (ApiClient* client : demo.clients()) {
    AVAL_TRY(const auto hash, client->GetJson("/v1/reports/state-hash", kCallTimeout));
    AVAL_TRY(std::string text, JsonText(hash, "state_hash"));
    hashes.push_back(std::move(text));
    AVAL_TRY(const auto report, client->GetJson("/v1/reports/trial-balance", kCallTimeout));
    AVAL_TRY(const demo::TrialBalance balance, demo::ReadTrialBalance(report));
    unbalanced += balance.unbalanced;
  }
  const bool equal = std::ranges::adjacent_find(hashes, std::not_equal_to<>{}) == hashes.end();
  std::printf("\nThree nodes have %llu leaves and %s: %s. Every owner's book %s.\n",
              static_cast<unsigned long long>(index), equal ? "one state" : "DIFFERENT STATES",
              hashes.front().substr(0, 16).c_str(),
              unbalanced == 0 ? "balances" : "DOES NOT BALANCE");
  return equal && unbalanced == 0;
}

}  // namespace

int ListStories() {
  for (const StoryText& text : StoryTexts()) {
    const auto script = LoadStory(text.name);
    if (!script) return Report(script.error());
    std::printf("%-28s %s\n", std::string(text.name).c_str(), script->title.c_str());
  }
  return 0;
}

int TellStory(const TellOptions& options) {
  const Interrupt interrupt;
  const auto script = LoadStory(options.story);
  if (!script) return Report(script.error());
  const auto program = FindAvald();
  if (!program) return Report(program.error());
  auto demo = demo::DemoNetwork::Start(
      StoryGenesis(script->first_day()), options.directory, *program,
      options.keep ? NodeProcess::Orphan::kRunsOn : NodeProcess::Orphan::kStops);
  if (!demo) return Report(demo.error());
  Telling telling(stdout);
  telling.Front(*script);
  SystemRandom random;
  NetworkStage stage(**demo, interrupt.asked());
  const auto played = Play(*script, stage, telling, random, interrupt.asked());
  if (!played) return Fail(played.error());
  const auto right = CompareNodes(**demo, stage.leaves(), interrupt.asked());
  if (!right) return Fail(right.error());
  if (options.keep) {
    demo::PrintHowToQuery(options.directory, **demo);
    (*demo)->Release();
  } else if (const auto stopped = (*demo)->Stop(); !stopped) {
    return Fail(stopped.error());
  }
  return *right ? 0 : kWrong;
}

}  // namespace aval::cli::story
