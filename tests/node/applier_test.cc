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

#include "tests/base/fault_disk.h"
#include "tests/base/manual_clock.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::node {
namespace {

/// A ledger at its beginning, and entries to apply to it.
class ApplierTest : public testing::Test {
 protected:
  ApplierTest() {
    auto opened = AppliedLedger::Open({.disk = &disk_,
                                       .clock = &clock_,
                                       .genesis = &genesis_,
                                       .log_key = &log_key_,
                                       .cosigner_key = &cosigner_key_,
                                       .node = 1,
                                       .state = std::make_unique<ledger::MemoryStore>(),
                                       .log_directory = "/log"});
    AVAL_ASSERT(opened.has_value());
    ledger_ = *std::move(opened);
  }

  static CommittedEntry Entry(std::uint64_t index) { return {.index = {index}, .block = nullptr}; }
  static CommittedEntry EntryWith(std::uint64_t index, std::shared_ptr<const Bytes> act) {
    auto block = std::make_shared<BlockPreparation>();
    block->header.time_ms = ledger::kGenesisTime;
    block->acts = std::make_shared<ActPreparation>(
        std::vector{ledger::Prepare(std::move(act), ledger::kTestOrigin)});
    return {.index = {index}, .block = std::move(block)};
  }
  std::uint64_t Visible() const { return ledger_->view()->raft_index; }
  void Apply(Applier& applier, std::uint64_t index) {
    std::deque<CommittedEntry> entries;
    entries.push_back(Entry(index));
    ASSERT_TRUE(applier.Apply(std::move(entries)));
  }

  FaultDisk disk_;
  ManualClock clock_;
  const ledger::Genesis genesis_ = ledger::TestGenesis();
  const crypto::SecretKey log_key_ = ledger::NodeKey(1, "log");
  const crypto::SecretKey cosigner_key_ = ledger::NodeKey(1, "cosigner");
  std::unique_ptr<AppliedLedger> ledger_;
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
  Apply(applier, 1);
  EXPECT_EQ(Visible(), 1U);
  EXPECT_FALSE(applier.flush_in());

  Apply(applier, 2);
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

TEST_F(ApplierTest, WhatSomebodyWaitsForIsFlushedBeforeItsTime) {
  FlushedSignals flushed;
  ApplierThread applier(Applier(*ledger_, waiters_, clock_, flushed.Hear()),
                        [](const Error& error) { ADD_FAILURE() << error.message; });
  applier.Commit({Entry(1)});
  ASSERT_TRUE(flushed.Await(1));
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
