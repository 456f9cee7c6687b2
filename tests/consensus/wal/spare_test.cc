// The next segment is there beforehand, and a full disk is noticed in time.

#include "consensus/wal/spare.h"

#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <optional>
#include <vector>

#include "consensus/wal/writer.h"
#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

constexpr std::uint64_t kSegment = 64 * wal::kPage;  // Four pages of it are the reserve.
const std::filesystem::path kSparePath = kWalDirectory / wal::Spare::kName;

class SpareTest : public testing::Test {
 protected:
  SpareTest() {
    log_ = MustOpen(disk_, SmallSegments(kSegment));
    EXPECT_TRUE(Vote(1).has_value());
  }
  Result<void> Vote(std::uint64_t term) {
    return WriteGroup(*log_, {.hard_state = HardState{.term = {term}, .vote = {}}});
  }
  Result<void> Append(std::size_t payload = 100) {
    const auto more = EntriesAfter(last_, 1, 1, payload);
    auto written = WriteGroup(*log_, {.entries = more});
    if (written) last_ = IdOf(more.back());
    return written;
  }
  void FillDisk() { disk_.SetCapacity(disk_.used()); }
  void FreeDisk() { disk_.SetCapacity(std::numeric_limits<std::uint64_t>::max()); }

  FaultDisk disk_;
  std::unique_ptr<Wal> log_;
  EntryId last_;
};

TEST_F(SpareTest, IsMadeWhenTheWriterIsIdleAndBecomesTheNextSegment) {
  EXPECT_EQ(log_->counters().without_spare, 1U);  // The vote.
  EXPECT_FALSE(disk_.Exists(kSparePath));
  ASSERT_TRUE(log_->Idle().has_value());
  EXPECT_FALSE(log_->counters().without_spare.has_value());
  EXPECT_TRUE(disk_.Exists(kSparePath));
  const std::uint64_t used = disk_.used();
  while (CountSegments(disk_) < 2) ASSERT_TRUE(Append().has_value());
  EXPECT_EQ(disk_.used(), used);  // No room was needed.
  EXPECT_FALSE(disk_.Exists(kSparePath));
  EXPECT_TRUE(log_->counters().without_spare.has_value());
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_EQ(log_->recovered().last, last_);
}

TEST_F(SpareTest, FullDiskIsNoticedASegmentAheadAndEntriesAreStillTaken) {
  ASSERT_TRUE(log_->Idle().has_value());
  FillDisk();
  while (CountSegments(disk_) < 2) ASSERT_TRUE(Append().has_value());
  EXPECT_FALSE(log_->counters().short_of_room);
  ASSERT_TRUE(log_->Idle().has_value());
  EXPECT_TRUE(log_->counters().short_of_room);
  std::size_t groups = 0;
  Result<void> written;
  while ((written = Append())) ++groups;
  EXPECT_EQ(written.error().code, Code::kFull);
  EXPECT_GT(groups, 40U);
}

TEST_F(SpareTest, TermsAndVotesAreWritableWhenEntriesAreNoMore) {
  FillDisk();
  ASSERT_TRUE(log_->Idle().has_value());
  const auto refused = [&] { return log_->counters().short_of_room; };
  ASSERT_TRUE(refused());
  std::optional<EntryId> at_refusal;
  while (!at_refusal) {
    if (!Append()) at_refusal = last_;
  }
  // The failed write was all in memory: the process starts again, and still has no room.
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_EQ(log_->recovered().last, *at_refusal);
  for (std::uint64_t term = 2; term < 5; ++term) ASSERT_TRUE(Vote(term).has_value());
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_EQ(log_->recovered().hard_state.term, Term{4});
  FreeDisk();
  ASSERT_TRUE(Append().has_value());
  EXPECT_FALSE(refused());
}

TEST_F(SpareTest, IsLookedForAgainOnlyWhenAsked) {
  FillDisk();
  ASSERT_TRUE(log_->Idle().has_value());
  FreeDisk();
  ASSERT_TRUE(log_->Idle().has_value());
  EXPECT_TRUE(log_->counters().short_of_room);
  ASSERT_TRUE(log_->MakeSpare().has_value());
  EXPECT_FALSE(log_->counters().short_of_room);
  EXPECT_TRUE(disk_.Exists(kSparePath));
}

TEST_F(SpareTest, OneFromAnEarlierProcessIsKeptUnlessItIsOfAnotherSizeOrUsed) {
  ASSERT_TRUE(log_->Idle().has_value());
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_FALSE(log_->counters().without_spare.has_value());
  log_ = MustOpen(disk_, SmallSegments(2 * kSegment));
  EXPECT_TRUE(log_->counters().without_spare.has_value());
  EXPECT_FALSE(disk_.Exists(kSparePath));
  ASSERT_TRUE(log_->Idle().has_value());
  disk_.Flip(kSparePath, 70'000, 1);
  log_ = MustOpen(disk_, SmallSegments(2 * kSegment));
  EXPECT_FALSE(disk_.Exists(kSparePath));
}

TEST_F(SpareTest, WriterSaysThatThereIsNoRoomAndThatThereIsAgain) {
  FillDisk();
  std::promise<void> none;
  std::promise<void> again;
  WalWriter writer(*log_,
                   {.persisted = [](std::uint64_t) {},
                    .failed = [](const Error& error) { FAIL() << error.message; },
                    .room = [&](bool there) { (there ? again : none).set_value(); }},
                   {.queue = 10, .group_bytes = 1'000, .idle = std::chrono::milliseconds(1)});
  none.get_future().wait();
  FreeDisk();
  ASSERT_TRUE(writer.TryAgain());
  again.get_future().wait();
  writer.Stop();
}

// Without a pause the writer is never idle; it looks for room when the segment is half full.
TEST_F(SpareTest, BusyWriterMakesItInTime) {
  WalWriter writer(*log_,
                   {.persisted = [](std::uint64_t) {},
                    .failed = [](const Error& error) { FAIL() << error.message; }},
                   {.queue = 1'000, .group_bytes = 1, .idle = std::chrono::hours(1)});
  while (CountSegments(disk_) < 2) {
    const auto more = EntriesAfter(last_, 1, 1, 20'000);
    if (writer.Write({.sequence = more.back().index.value, .entries = more})) {
      last_ = IdOf(more.back());
    }
  }
  writer.Stop();
  EXPECT_TRUE(disk_.Exists(kSparePath));  // One was used, and Stop made the next.
}

}  // namespace
}  // namespace aval::consensus
