// Reading everything durable again while the log is in use.

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

constexpr std::uint64_t kSegment = 16 * wal::kPage;

// Groups of two entries on three segments.
class ScrubTest : public testing::Test {
 protected:
  ScrubTest() {
    log_ = MustOpen(disk_, SmallSegments(kSegment));
    EXPECT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {1}, .vote = {2}}}));
    while (CountSegments(disk_) < 3) Append(2);
    for (int i = 0; i < 3; ++i) Append(2);
  }
  void Append(std::size_t count) {
    const EntryId last = entries_.empty() ? EntryId{} : IdOf(entries_.back());
    const auto more = EntriesAfter(last, 1, count, 400);
    EXPECT_TRUE(WriteGroup(*log_, {.entries = more}).has_value());
    entries_.insert(entries_.end(), more.begin(), more.end());
  }
  // A whole round; how many steps of `bytes` it took.
  std::size_t Round(std::size_t bytes = 1) {
    for (std::size_t steps = 1; steps < 1'000; ++steps) {
      const auto step = log_->Scrub(bytes);
      EXPECT_TRUE(step.has_value()) << step.error().message;
      if (!step) return steps;
      found_.insert(found_.end(), step->damaged.begin(), step->damaged.end());
      if (step->came_round) return steps;
    }
    ADD_FAILURE() << "no end";
    return 0;
  }
  // Of groups that take a page each, in the first segment.
  static std::uint64_t OffsetOf(std::uint64_t group) { return kHeader + (group - 1) * wal::kPage; }
  // The offset in the third segment, of groups that take a page each; 0 for the newest.
  std::uint64_t FromEnd(std::uint64_t groups) {
    const auto content = *disk_.ReadFile(SegmentPath(3));
    std::uint64_t newest = 0;
    for (std::uint64_t at = kHeader; at < kSegment - kHeader; at += wal::kPage) {
      const auto sector = wal::ParseSector(ByteView(content).subspan(at, wal::kSector));
      if (sector.count > 0) newest = at;
    }
    return newest - groups * wal::kPage;
  }
  void VoteIn(std::uint64_t term) {
    EXPECT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {term}, .vote = {}}}));
  }
  void ExpectAllReadable() {
    EXPECT_TRUE(log_->damaged().empty());
    EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
  }
  DamagedRange RangeOf(std::uint64_t group) const {
    const std::size_t first = (group - 2) * 2;
    return {.before = first == 0 ? EntryId{} : IdOf(entries_[first - 1]),
            .last = IdOf(entries_[first + 1])};
  }
  std::vector<Entry> EntriesIn(const DamagedRange& range) const {
    return {entries_.begin() + static_cast<std::ptrdiff_t>(range.before.index.value),
            entries_.begin() + static_cast<std::ptrdiff_t>(range.last.index.value)};
  }

  FaultDisk disk_;
  std::unique_ptr<Wal> log_;
  std::vector<Entry> entries_;
  std::vector<DamagedRange> found_;  // By all rounds.
};

TEST_F(ScrubTest, SoundLogIsReadRoundAfterRoundInSteps) {
  const std::uint64_t operations = disk_.operations();
  const std::size_t steps = Round();
  EXPECT_GT(steps, entries_.size() / 2);  // At least one group each.
  EXPECT_LT(Round(100'000), steps / 4);
  EXPECT_EQ(log_->counters().rounds, 2U);
  EXPECT_GT(log_->counters().scrubbed, 2 * 2 * (kSegment - 2 * wal::kPage));
  EXPECT_TRUE(log_->damaged().empty());
  EXPECT_EQ(disk_.operations(), operations);  // It only reads.
}

// P08
TEST_F(ScrubTest, LatentErrorAndRotAreFoundAndRepairedWhileTheLogIsInUse) {
  disk_.Spoil(SegmentPath(1), OffsetOf(4) + 600);
  disk_.Flip(SegmentPath(1), OffsetOf(7) + 20, 1);
  Round();
  EXPECT_EQ(log_->damaged(), (std::vector{RangeOf(4), RangeOf(7)}));
  const Index last{entries_.size()};
  EXPECT_EQ(log_->Read(Index{1}, last, 1'000'000)->size(), 4U);
  EXPECT_EQ(log_->Read(Index{5}, last, 1'000'000).error().code, Code::kCorruption);
  EXPECT_EQ(log_->Read(Index{7}, last, 1'000'000)->size(), 4U);
  EXPECT_EQ(log_->Read(Index{13}, Index{14}, 1'000'000)->size(), 2U);
  for (const DamagedRange& range : log_->damaged()) {
    ASSERT_TRUE(log_->Repair(EntriesIn(range)).has_value());
  }
  ASSERT_TRUE(log_->Sync().has_value());
  Round();  // Found once more, and known to be repaired.
  EXPECT_TRUE(log_->damaged().empty());
  // More groups than the ring has: what it knows of these two stays.
  for (int i = 0; i < 80; ++i) Append(1);
  ASSERT_TRUE(log_->Idle().has_value());
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
    log_ = MustOpen(disk_, SmallSegments(kSegment));
    EXPECT_TRUE(log_->recovered().damaged.empty());
  }
}

TEST_F(ScrubTest, DamageOfDeadEntriesIsNone) {
  disk_.Flip(SegmentPath(3), kHeader + 100, 1);
  ASSERT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {2}, .vote = {}}}));
  ASSERT_TRUE(WriteGroup(*log_, {.truncate_after = IdOf(entries_[0])}).has_value());
  const auto more = EntriesAfter(IdOf(entries_[0]), 2, entries_.size());
  ASSERT_TRUE(WriteGroup(*log_, {.entries = more}).has_value());
  Round();
  EXPECT_TRUE(log_->damaged().empty());
  entries_.resize(1);
  entries_.insert(entries_.end(), more.begin(), more.end());
  EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_TRUE(log_->recovered().damaged.empty());
}

TEST_F(ScrubTest, OfAGroupOnlyTheLivePartIsDamaged) {
  const EntryId last = IdOf(entries_.back());
  const auto cut = EntriesAfter(last, 1, 5, 100);
  ASSERT_TRUE(WriteGroup(*log_, {.entries = cut}).has_value());
  ASSERT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {2}, .vote = {}}}));
  const auto other = EntriesAfter(IdOf(cut[1]), 2, 4, 100);
  ASSERT_TRUE(WriteGroup(*log_, {.truncate_after = IdOf(cut[1]), .entries = other}).has_value());
  disk_.Flip(SegmentPath(3), FromEnd(2) + 70, 1);  // The group with the five.
  Round();
  const DamagedRange live{.before = last, .last = IdOf(cut[1])};
  EXPECT_EQ(log_->damaged(), std::vector{live});
  ASSERT_TRUE(log_->Repair(std::span(cut).first(2)).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  entries_.insert(entries_.end(), cut.begin(), cut.begin() + 2);
  entries_.insert(entries_.end(), other.begin(), other.end());
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
    log_ = MustOpen(disk_, SmallSegments(kSegment));
  }
}

// What comes behind such groups was to be read through them.
TEST_F(ScrubTest, RotInGroupsOfVotesAloneHidesNoEntries) {
  VoteIn(2);
  VoteIn(3);
  Append(2);
  Append(2);
  disk_.Flip(SegmentPath(3), FromEnd(3) + 20, 1);
  disk_.Spoil(SegmentPath(3), FromEnd(2));
  Round();
  ExpectAllReadable();
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  ExpectAllReadable();
}

TEST_F(ScrubTest, WhatIsWrittenBehindDamageThatWasFoundCanBeRead) {
  VoteIn(2);
  disk_.Flip(SegmentPath(3), FromEnd(0) + 20, 1);
  Round();
  Append(2);
  ExpectAllReadable();
  disk_.Flip(SegmentPath(3), FromEnd(0) + 20, 1);
  Round();
  ASSERT_EQ(log_->damaged().size(), 1U);
  Append(2);
  ASSERT_TRUE(log_->Read(Index{entries_.size() - 1}, Index{entries_.size()}, 1'000).has_value());
  ASSERT_TRUE(log_->Repair(EntriesIn(log_->damaged().front())).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  ExpectAllReadable();
}

TEST_F(ScrubTest, DamageThatNothingWitnessesIsAnErrorWithItsPlaceAndTheRestIsRead) {
  for (int i = 0; i < 40; ++i) Append(1);  // The ring has forgotten the first groups.
  disk_.Flip(SegmentPath(1), OffsetOf(3) + 20, 1);
  std::size_t lost = 0;
  while (log_->counters().rounds == 0) {
    const auto step = log_->Scrub(10'000);
    ASSERT_TRUE(step.has_value());
    if (!step->lost) continue;
    ++lost;
    EXPECT_NE(step->lost->message.find("0000000001.wal at offset 16384"), std::string::npos);
  }
  EXPECT_EQ(lost, 1U);
  EXPECT_TRUE(log_->damaged().empty());
}

TEST_F(ScrubTest, SlotThatRotsIsWrittenAgain) {
  const std::uint64_t group = 1 + entries_.size() / 2;  // Among the newest.
  const Bytes whole = *disk_.ReadFile(kRingPath);
  disk_.Flip(kRingPath, group % 32 * wal::kSector + 60, 1);
  Round();
  ASSERT_TRUE(log_->Idle().has_value());
  EXPECT_EQ(*disk_.ReadFile(kRingPath), whole);
}

// Under TSan this shows that writer, core and scrubber share nothing unguarded.
TEST_F(ScrubTest, RunsBesideTheWriterAndTheCore) {
  const Index last{entries_.size()};
  std::thread scrubber([&] {
    while (log_->counters().rounds < 5) EXPECT_TRUE(log_->Scrub(5'000).has_value());
  });
  std::thread core([&] {
    for (int i = 0; i < 30; ++i) {
      EXPECT_TRUE(log_->Read(Index{1}, last, 10'000'000).has_value());
      EXPECT_EQ(log_->LastWithTermAtMost(last, Term{1}), last);
    }
  });
  for (int i = 0; i < 100; ++i) Append(1);
  scrubber.join();
  core.join();
  EXPECT_TRUE(log_->damaged().empty());
}

TEST_F(ScrubTest, EntriesWhoseRepairRotsAreDamagedOnceMore) {
  disk_.Flip(SegmentPath(3), FromEnd(1) + 20, 1);
  Round();
  ASSERT_EQ(log_->damaged().size(), 1U);
  const DamagedRange range = log_->damaged().front();
  ASSERT_TRUE(log_->Repair(EntriesIn(range)).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  disk_.Flip(SegmentPath(3), FromEnd(0) + 20, 1);
  Round();
  EXPECT_EQ(log_->damaged(), std::vector{range});
  EXPECT_EQ(found_, (std::vector{range, range}));
  ASSERT_TRUE(log_->Repair(EntriesIn(range)).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  Round();
  ExpectAllReadable();
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  ExpectAllReadable();
}

}  // namespace
}  // namespace aval::consensus
