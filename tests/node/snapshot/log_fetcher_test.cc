#include "node/snapshot/log_fetcher.h"

#include <gtest/gtest.h>

#include "tests/ledger/snapshot/fixture.h"

namespace aval::node {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kSize = 1'400;  // Of the tree; the peers' logs go on to 1,500.

class LogFetcherTest : public testing::Test {
 protected:
  static LogFetcher::Options TestOptions() {
    return {.peers = {2, 3},
            .tree = TreeOf(ledger::MadeUpLeaves(0, kSize), kSize),
            .from = 0,
            .ahead = 3,
            .ask_interval = seconds(30),
            .pull = {}};
  }
  void Say(std::uint32_t from, const SnapshotMessage& message) {
    out_.Clear();
    fetcher_->Receive(from, message, {}, out_);
  }
  void SayNewest(std::uint32_t from, std::uint64_t first, std::uint64_t size) {
    Say(from, Newest{.snapshot = {}, .log_first = first, .log_size = size});
  }
  Leaves Range(std::uint64_t first, std::size_t bytes = std::size_t{1} << 20U) const {
    return {.range = *ledger::ReadLeafRange(*log_, first, kSize, bytes), .size = kSize};
  }
  // Peer and first leaf.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> Asked() const {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> asked;
    for (const auto& message : out_.messages) {
      if (const auto* ask = std::get_if<AskLeaves>(&message.message)) {
        EXPECT_EQ(ask->size, kSize);
        asked.emplace_back(message.to, ask->first);
      }
    }
    return asked;
  }
  using Asks = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

  FaultDisk disk_;
  const std::unique_ptr<ledger::Log> log_ =
      ledger::WriteLog(disk_, ledger::MadeUpLeaves(0, 1'500), 500);
  std::optional<LogFetcher> fetcher_{TestOptions()};
  FetchActions out_;
};

TEST_F(LogFetcherTest, LeavesAreHandedOutInOrderHoweverTheyArrive) {
  SayNewest(2, 0, 1'500);
  EXPECT_EQ(Asked(), (Asks{{2, 0}, {2, 256}}));
  SayNewest(3, 0, 1'500);
  EXPECT_EQ(Asked(), (Asks{{3, 512}}));  // Three bundles ahead and no more.
  Say(2, Range(256));
  EXPECT_TRUE(out_.leaves.empty());
  EXPECT_TRUE(Asked().empty());
  Say(2, Range(0));
  ASSERT_EQ(out_.leaves.size(), 2U);
  EXPECT_EQ(out_.leaves[0].first, 0U);
  EXPECT_EQ(out_.leaves[1].first, 256U);
  EXPECT_EQ(Asked(), (Asks{{2, 768}, {2, 1'024}}));
  EXPECT_EQ(fetcher_->next(), 512U);
}

TEST_F(LogFetcherTest, ABundleMayComeInPieces) {
  SayNewest(2, 0, 1'500);
  const Leaves first = Range(0, 10'000);
  ASSERT_LT(first.range.end(), 256U);
  Say(2, first);
  ASSERT_EQ(out_.leaves.size(), 1U);
  EXPECT_EQ(Asked(), (Asks{{2, first.range.end()}}));
  Say(2, Range(first.range.end()));
  ASSERT_EQ(out_.leaves.size(), 1U);
  EXPECT_EQ(fetcher_->next(), 256U);
}

TEST_F(LogFetcherTest, APeerWithoutTheFirstLeavesIsNotAsked) {
  SayNewest(2, 5, 1'500);
  EXPECT_TRUE(Asked().empty());
  SayNewest(2, 0, 1'399);
  EXPECT_TRUE(Asked().empty());
  SayNewest(9, 0, 1'500);
  EXPECT_TRUE(Asked().empty());
  SayNewest(2, 0, 1'400);
  EXPECT_FALSE(Asked().empty());
}

TEST_F(LogFetcherTest, LeavesOfAnotherTreeAreAlarmedAndAskedOfAnother) {
  SayNewest(2, 0, 1'500);
  Leaves lie = Range(0);
  lie.range.effects[3].push_back(1);
  Say(2, lie);
  EXPECT_TRUE(out_.leaves.empty());
  ASSERT_EQ(out_.alarms.size(), 1U);
  EXPECT_EQ(out_.alarms[0].peer, 2U);
  EXPECT_NE(out_.alarms[0].what.find("leaf 3"), std::string::npos) << out_.alarms[0].what;
  SayNewest(3, 0, 1'500);
  EXPECT_EQ(Asked(), (Asks{{3, 0}, {3, 512}}));
  EXPECT_EQ(fetcher_->next(), 0U);
}

TEST_F(LogFetcherTest, WhatWasNotAskedForIsIgnored) {
  SayNewest(2, 0, 1'500);
  Say(2, Range(1'024));
  Say(3, Range(0));
  Leaves other = Range(0);
  other.size = 1'500;
  Say(2, other);
  EXPECT_EQ(fetcher_->next(), 0U);
  EXPECT_TRUE(out_.alarms.empty());
}

TEST_F(LogFetcherTest, ItGoesOnInTheMiddleOfABundleAndEndsWithTheTree) {
  auto options = TestOptions();
  options.from = 1'100;
  fetcher_.emplace(options);
  SayNewest(2, 0, 1'500);
  EXPECT_EQ(Asked(), (Asks{{2, 1'100}, {2, 1'280}}));
  Say(2, Range(1'100));
  EXPECT_EQ(fetcher_->next(), 1'280U);
  EXPECT_FALSE(fetcher_->complete());
  Say(2, Range(1'280));
  EXPECT_TRUE(fetcher_->complete());
  EXPECT_EQ(out_.leaves.back().end(), kSize);
  EXPECT_EQ(fetcher_->NextDeadline({}), std::nullopt);
}

}  // namespace
}  // namespace aval::node
