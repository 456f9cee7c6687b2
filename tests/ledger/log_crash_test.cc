#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "ledger/log/log.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/log_fixture.h"

namespace aval::ledger {
namespace {

// A node's log through many power cuts. The state behind it is a number here: how many leaves it
// had when it was last durable, which is after the log's Sync or, when the power failed in between,
// one Sync earlier.
class CrashRun {
 public:
  explicit CrashRun(std::uint64_t seed) : random_(seed) {}

  void CutOnce() {
    disk_.CutAfter(1 + random_.Below(60));
    Live();
    disk_.PowerCycle(random_);
    const auto log = Log::Open(disk_, kLogDirectory, TreeOf(leaves_, applied_), kSmallLog);
    ASSERT_TRUE(log) << log.error().message;
    ExpectLogHolds(**log, leaves_, applied_);
  }
  std::uint64_t applied() const { return applied_; }

 private:
  void Live() {
    const auto log = Log::Open(disk_, kLogDirectory, TreeOf(leaves_, applied_), kSmallLog);
    if (!log) return;  // The power failed while opening.
    while (!disk_.cut()) {
      // What was written and not applied is derived again, here as other bytes.
      leaves_.resize((*log)->frontier().size());
      const std::size_t before = leaves_.size();
      for (std::uint64_t count = 1 + random_.Below(90); count > 0; --count) {
        leaves_.push_back(MadeUpLeaf(leaves_.size(), static_cast<std::uint32_t>(random_.Below(3))));
      }
      if (!(*log)->Append(std::span(leaves_).subspan(before))) return;
      if (!(*log)->Sync()) return;
      if (random_.Below(4) != 0) applied_ = leaves_.size();
    }
  }

  SeededRandom random_;
  FaultDisk disk_;
  std::vector<Leaf> leaves_;
  std::uint64_t applied_ = 0;
};

TEST(LogCrashTest, AfterAPowerCutEverythingBelowTheAppliedSizeIsRight) {
  std::uint64_t longest = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CrashRun run(seed);
    for (int cut = 0; cut < 25; ++cut) {
      run.CutOnce();
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", cut " << cut;
    }
    longest = std::max(longest, run.applied());
  }
  // Else no cut ever met a second segment.
  EXPECT_GT(longest, 2 * kSmallLog.segment_leaves);
}

// The exhaustive form of the same: one history, cut at every operation.
TEST(LogCrashTest, NoOperationIsABadMomentForAPowerCut) {
  const std::vector<Leaf> leaves = MadeUpLeaves(0, 560);
  for (std::uint64_t operation = 1;; ++operation) {
    FaultDisk disk;
    disk.CutAfter(operation);
    std::uint64_t applied = 0;
    if (const auto log = Log::Open(disk, kLogDirectory, {}, kSmallLog); log) {
      while (applied < leaves.size()) {
        if (!(*log)->Append(std::span(leaves).subspan(applied, 70))) break;
        if (!(*log)->Sync()) break;
        applied += 70;
      }
    }
    if (!disk.cut()) break;
    SeededRandom random(operation);
    disk.PowerCycle(random);
    const auto log = Log::Open(disk, kLogDirectory, TreeOf(leaves, applied), kSmallLog);
    ASSERT_TRUE(log) << "operation " << operation << ": " << log.error().message;
    ExpectLogHolds(**log, leaves, applied);
    ASSERT_FALSE(HasFailure()) << "operation " << operation;
  }
}

}  // namespace
}  // namespace aval::ledger
