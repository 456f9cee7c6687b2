#include "consensus/core/log.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/consensus/storage.h"

namespace aval::consensus {
namespace {

TEST(LogTest, EntriesThatMemoryStillHoldsBelowTheAnchorAreNotAskedOfTheDisk) {
  MemoryStorage storage;
  Log log(storage, {});
  Persist write{.sequence = 1};
  write.entries = EntriesOfTerms({2, 2, 3, 3, 3, 3});
  for (const Entry& entry : write.entries) log.Append(entry, 1);
  storage.Write(std::move(write));
  ASSERT_TRUE(storage.Complete(1));
  log.Persisted(1);
  storage.TrimTo(Index{4});
  const auto last = log.LastWithTermAtMost(Index{6}, Term{1});
  ASSERT_TRUE(last) << last.error().message;
  EXPECT_EQ(last->index, Index{4});
}

}  // namespace
}  // namespace aval::consensus
