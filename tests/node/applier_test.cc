#include "node/applier.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "tests/node/applied_ledger_fixture.h"

namespace aval::node {
namespace {

class ApplierTest : public AppliedLedgerTest {
 protected:
  static std::deque<CommittedEntry> Run(std::uint64_t from, std::uint64_t to) {
    std::deque<CommittedEntry> entries;
    for (std::uint64_t index = from; index <= to; ++index) entries.push_back(Entry(index));
    return entries;
  }

  Waiters waiters_;
};

/// Signals that an index is flushed, once for each of the first few.
class FlushedSignals {
 public:
  Applier::Applied Hear() {
    return [this](const AppliedRun& run) {
      if (run.flushed == run.applied) signals_.at(run.flushed.value).set_value();
    };
  }
  /// False when that has not come in long.
  bool Await(std::uint64_t index) {
    return signals_.at(index).get_future().wait_for(std::chrono::seconds(30)) ==
           std::future_status::ready;
  }

 private:
  std::array<std::promise<void>, 8> signals_;
};

TEST_F(ApplierTest, AfterAPauseARunIsFlushedAtOnceAndTheNextInItsTime) {
  std::vector<AppliedRun> heard;
  Applier applier(*ledger_, waiters_, clock_,
                  [&heard](const AppliedRun& run) { heard.push_back(run); });
  EXPECT_FALSE(applier.flush_in());
  ASSERT_TRUE(applier.Apply(Run(1, 1)));
  EXPECT_EQ(Visible(), 1U);
  EXPECT_FALSE(applier.flush_in());

  ASSERT_TRUE(applier.Apply(Run(2, 2)));
  EXPECT_EQ(Visible(), 1U);
  EXPECT_EQ(heard.back().applied.value, 2U);
  EXPECT_EQ(heard.back().flushed.value, 1U);
  ASSERT_TRUE(applier.flush_in());
  EXPECT_EQ(*applier.flush_in(), Applier::kFlushInterval);

  clock_.Advance(Applier::kFlushInterval - Duration(1));
  ASSERT_TRUE(applier.FlushIfDue());
  EXPECT_EQ(Visible(), 1U);
  clock_.Advance(Duration(1));
  ASSERT_TRUE(applier.FlushIfDue());
  EXPECT_EQ(Visible(), 2U);
  EXPECT_EQ(heard.back().flushed.value, 2U);
  EXPECT_FALSE(applier.flush_in());
}

TEST_F(ApplierTest, WhatSomebodyWaitsForHasAShorterTime) {
  Applier applier(*ledger_, waiters_, clock_, [](const AppliedRun&) {});
  ASSERT_TRUE(applier.Apply(Run(1, 1)));
  ASSERT_TRUE(applier.Apply(Run(2, 2)));
  applier.WantFlush();
  EXPECT_EQ(applier.flush_in(), Applier::kWantedInterval);
  clock_.Advance(Applier::kWantedInterval);
  ASSERT_TRUE(applier.FlushIfDue());
  EXPECT_EQ(Visible(), 2U);

  // Nobody waits for what comes now; a wish that comes when all is flushed is no wish for it.
  applier.WantFlush();
  ASSERT_TRUE(applier.Apply(Run(3, 3)));
  EXPECT_EQ(applier.flush_in(), Applier::kFlushInterval);
}

TEST_F(ApplierTest, ALongRunIsFlushedBetweenItsBlocks) {
  Applier applier(*ledger_, waiters_, clock_, [](const AppliedRun&) {});
  const auto act = ledger::RegisterAct(1);
  // Its answer tells when the second block is applied.
  waiters_.Add(crypto::Sha256(*act), clock_.Now() + std::chrono::hours(1),
               [this](const ActAnswer&) { clock_.Advance(Applier::kFlushInterval); });
  std::deque<CommittedEntry> entries = Run(1, 1);
  entries.push_back(EntryWith(2, act));
  entries.push_back(Entry(3));
  ASSERT_TRUE(applier.Apply(std::move(entries)));
  EXPECT_EQ(Visible(), 2U);
}

TEST_F(ApplierTest, AsManyBytesAsARunMayHaveAreFlushedAtOnce) {
  Applier applier(
      *ledger_, waiters_, clock_, [](const AppliedRun&) {}, nullptr,
      /*run_bytes=*/1);
  ASSERT_TRUE(applier.Apply(Run(1, 1)));
  std::deque<CommittedEntry> entries = Run(2, 2);
  entries.push_back(EntryWith(3, ledger::RegisterAct(1)));
  entries.push_back(Entry(4));
  ASSERT_TRUE(applier.Apply(std::move(entries)));
  EXPECT_EQ(Visible(), 3U);
}

TEST_F(ApplierTest, WhatSomebodyWaitsForIsFlushedBeforeItsTime) {
  FlushedSignals flushed;
  ApplierThread applier(Applier(*ledger_, waiters_, clock_, flushed.Hear()),
                        [](const Error& error) { ADD_FAILURE() << error.message; });
  applier.Commit({Entry(1)});
  ASSERT_TRUE(flushed.Await(1));
  clock_.Advance(Applier::kWantedInterval);
  applier.Commit({Entry(2)});
  applier.FlushSoon();
  EXPECT_TRUE(flushed.Await(2));
  EXPECT_EQ(Visible(), 2U);
}

TEST_F(ApplierTest, WhatWasCommittedIsAppliedAndFlushedAtTheStop) {
  FlushedSignals flushed;
  ApplierThread applier(Applier(*ledger_, waiters_, clock_, flushed.Hear()),
                        [](const Error& error) { ADD_FAILURE() << error.message; });
  applier.Commit({Entry(1)});
  ASSERT_TRUE(flushed.Await(1));
  for (std::uint64_t index = 2; index <= 4; ++index) applier.Commit({Entry(index)});
  applier.Stop();
  EXPECT_EQ(Visible(), 4U);
}

TEST_F(ApplierTest, AfterAFailureNothingMoreIsAppliedAndItIsToldOnce) {
  int failures = 0;
  std::promise<void> failed;
  ApplierThread applier(Applier(*ledger_, waiters_, clock_, [](const AppliedRun&) {}),
                        [&](const Error&) {
                          if (++failures == 1) failed.set_value();
                        });
  disk_.FailSyncAfter(1);
  applier.Commit({EntryWith(1, ledger::RegisterAct(1))});
  ASSERT_EQ(failed.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  applier.Commit({Entry(2)});
  applier.Stop();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(Visible(), 0U);
}

}  // namespace
}  // namespace aval::node
