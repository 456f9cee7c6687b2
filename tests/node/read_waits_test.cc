#include "node/read_waits.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>

namespace aval::node {
namespace {

using consensus::Index;

const Instant kSoon{std::chrono::seconds(1)};
const Instant kLater{std::chrono::seconds(2)};

class ReadWaitsTest : public ::testing::Test {
 protected:
  void Add(std::uint64_t ticket, Instant deadline = kLater) {
    waits_.Add(ticket, deadline, [this, ticket](ReadEnd end) {
      EXPECT_TRUE(ends_.emplace(ticket, end).second) << "ticket " << ticket << " ends twice";
    });
  }
  std::optional<ReadEnd> End(std::uint64_t ticket) const {
    const auto at = ends_.find(ticket);
    return at == ends_.end() ? std::nullopt : std::optional(at->second);
  }
  ReadWaits waits_;
  std::map<std::uint64_t, ReadEnd> ends_;
};

TEST_F(ReadWaitsTest, ReadEndsWhenItsIndexIsApplied) {
  Add(1);
  waits_.Confirm(1, Index{5});
  waits_.Applied(Index{4});
  EXPECT_FALSE(End(1));
  waits_.Applied(Index{5});
  EXPECT_EQ(End(1), ReadEnd::kReadable);
  EXPECT_EQ(waits_.size(), 0U);
}

TEST_F(ReadWaitsTest, ConfirmationCoversAllTicketsBeforeAndNoneAfter) {
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) Add(ticket);
  waits_.Applied(Index{9});
  waits_.Confirm(2, Index{5});
  EXPECT_EQ(End(1), ReadEnd::kReadable);
  EXPECT_EQ(End(2), ReadEnd::kReadable);
  EXPECT_FALSE(End(3));
}

TEST_F(ReadWaitsTest, AllCanBeEndedAtOnce) {
  Add(1);
  Add(2);
  waits_.Confirm(1, Index{5});
  waits_.End(ReadEnd::kStopping);
  EXPECT_EQ(End(1), ReadEnd::kStopping);
  EXPECT_EQ(End(2), ReadEnd::kStopping);
  EXPECT_EQ(waits_.size(), 0U);
}

TEST_F(ReadWaitsTest, DeadlineEndsAReadWhereverItStands) {
  Add(1, kSoon);
  Add(2, kSoon);
  Add(3);
  waits_.Confirm(1, Index{5});
  waits_.Expire(kSoon, ReadEnd::kNoLeader);
  EXPECT_EQ(End(1), ReadEnd::kTimedOut);  // A leader has confirmed it.
  EXPECT_EQ(End(2), ReadEnd::kNoLeader);
  EXPECT_FALSE(End(3));
  waits_.Applied(Index{5});
  waits_.Confirm(3, Index{5});
  EXPECT_EQ(End(3), ReadEnd::kReadable);
}

}  // namespace
}  // namespace aval::node
