#include "node/snapshot/pull.h"

#include <gtest/gtest.h>

namespace aval::node {
namespace {

using std::chrono::seconds;
using Asks = std::vector<Pull::Ask>;

constexpr Pull::Options kOptions{
    .window = 2, .deadline = seconds(10), .first_rest = seconds(1), .longest_rest = seconds(5)};

Instant At(int second) { return {seconds(second)}; }

TEST(PullTest, EveryHolderGetsAWindowAndNothingIsAskedTwice) {
  Pull pull(kOptions);
  for (std::uint64_t item = 0; item < 9; ++item) pull.Want(item);
  EXPECT_EQ(pull.Next({1, 2}, At(0)), (Asks{{1, 0}, {2, 1}, {1, 2}, {2, 3}}));
  EXPECT_EQ(pull.Next({1, 2}, At(0)), Asks{});
  pull.Answered(2, 1);
  EXPECT_EQ(pull.Next({1, 2}, At(0)), (Asks{{2, 4}}));
  EXPECT_TRUE(pull.IsAsked(2, 4));
  EXPECT_FALSE(pull.IsAsked(1, 4));
}

TEST(PullTest, WhatIsNotAnsweredInTimeIsAskedOfAnother) {
  Pull pull(kOptions);
  pull.Want(7);
  EXPECT_EQ(pull.Next({1}, At(0)), (Asks{{1, 7}}));
  pull.Tick(At(9));
  EXPECT_EQ(pull.Next({1, 2}, At(9)), Asks{});
  EXPECT_EQ(pull.NextDeadline(At(9)), At(10));
  pull.Tick(At(10));
  EXPECT_EQ(pull.Next({1, 2}, At(10)), (Asks{{2, 7}}));
  EXPECT_FALSE(pull.IsAsked(1, 7));
}

TEST(PullTest, APeerThatFailsAgainRestsTwiceAsLongUpToABound) {
  Pull pull(kOptions);
  pull.Want(7);
  int now = 0;
  for (const int rest : {1, 2, 4, 5, 5}) {
    ASSERT_EQ(pull.Next({1}, At(now)), (Asks{{1, 7}}));
    pull.Failed(1, 7, At(now));
    ASSERT_EQ(pull.Next({1}, At(now + rest - 1)), Asks{}) << rest;
    EXPECT_EQ(pull.NextDeadline(At(now)), At(now + rest));
    now += rest;
  }
  ASSERT_EQ(pull.Next({1}, At(now)), (Asks{{1, 7}}));
  pull.Answered(1, 7);
  pull.Want(8);
  ASSERT_EQ(pull.Next({1}, At(now)), (Asks{{1, 8}}));
  pull.Failed(1, 8, At(now));
  EXPECT_EQ(pull.Next({1}, At(now + 1)), (Asks{{1, 8}}));
}

TEST(PullTest, APeerThatIsBusyIsAskedAgainWhenItSays) {
  Pull pull(kOptions);
  pull.Want(7);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(pull.Next({1}, At(2 * i)), (Asks{{1, 7}}));
    pull.Postponed(1, 7, seconds(2), At(2 * i));
    ASSERT_EQ(pull.Next({1}, At(2 * i + 1)), Asks{});
  }
}

TEST(PullTest, ABrokenLinkGivesBackAllThatWasAsked) {
  Pull pull(kOptions);
  pull.Want(1);
  pull.Want(2);
  EXPECT_EQ(pull.Next({1}, At(0)), (Asks{{1, 1}, {1, 2}}));
  pull.LinkLost(1, At(0));
  pull.LinkLost(2, At(0));
  EXPECT_EQ(pull.Next({1, 2}, At(0)), (Asks{{2, 1}, {2, 2}}));
}

TEST(PullTest, WithNothingLeftThereIsNoDeadline) {
  Pull pull(kOptions);
  EXPECT_TRUE(pull.IsIdle());
  pull.Want(1);
  EXPECT_FALSE(pull.IsIdle());
  pull.Next({1}, At(0));
  EXPECT_FALSE(pull.IsIdle());
  pull.Answered(1, 1);
  EXPECT_TRUE(pull.IsIdle());
  EXPECT_EQ(pull.NextDeadline(At(0)), std::nullopt);
}

}  // namespace
}  // namespace aval::node
