// What was lost in segments that the node's state has no more need of.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "consensus/wal/segment.h"
#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

constexpr std::uint64_t kSegment = 16 * wal::kPage;

// A log of four segments, with terms that rise; the ring is gone, so that rot is a loss.
class LaterBeginningTest : public testing::Test {
 protected:
  LaterBeginningTest() {
    const auto log = MustOpen(disk_, SmallSegments(kSegment));
    while (CountSegments(disk_) < 4) Append(*log);
    Append(*log);
    EXPECT_TRUE(disk_.Remove(kRingPath).has_value());
  }
  void Append(Wal& log) {
    const Term term{hard_state_.term.value + 1};
    hard_state_ = {.term = term, .vote = {2}};
    EXPECT_TRUE(WriteGroup(log, {.hard_state = hard_state_}));
    const EntryId last = entries_.empty() ? EntryId{} : IdOf(entries_.back());
    const auto more = EntriesAfter(last, term.value, 2, 400);
    EXPECT_TRUE(WriteGroup(log, {.entries = more}).has_value());
    entries_.insert(entries_.end(), more.begin(), more.end());
  }
  void Rot(std::uint64_t segment) {
    disk_.Flip(SegmentPath(segment), kHeader + wal::kPage + 60, 1);
  }
  // Before the segment.
  EntryId LastBefore(std::uint64_t segment) {
    return wal::OpenSegment(disk_, kWalDirectory, segment, Disk::Mode::kRead)->header.last;
  }
  static Result<std::unique_ptr<Wal>> Open(Disk& disk, Index flushed) {
    Wal::Options options = SmallSegments(kSegment);
    options.flushed = flushed;
    return Wal::Open(disk, kWalDirectory, options, {});
  }
  void ExpectBeginsAfter(const Wal& log, const EntryId& anchor) {
    EXPECT_EQ(log.Anchor(), anchor);
    EXPECT_EQ(log.recovered().last, IdOf(entries_.back()));
    EXPECT_EQ(log.recovered().hard_state, hard_state_);
    EXPECT_TRUE(log.recovered().damaged.empty());
    const std::vector<Entry> kept(
        entries_.begin() + static_cast<std::ptrdiff_t>(anchor.index.value), entries_.end());
    EXPECT_TRUE(SameEntries(ReadAll(log, IdOf(entries_.back())), kept));
  }

  FaultDisk disk_;
  std::vector<Entry> entries_;
  HardState hard_state_;
};

TEST_F(LaterBeginningTest, LossOfWhatTheStateHasTakesItsSegmentAndTheOlderOnes) {
  Rot(2);
  const EntryId anchor = LastBefore(3);
  const auto opened = Open(disk_, anchor.index);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  ExpectBeginsAfter(**opened, anchor);
  ASSERT_TRUE((*opened)->recovered().dropped.has_value());
  EXPECT_NE((*opened)->recovered().dropped->message.find(SegmentPath(2).string()),
            std::string::npos);
  EXPECT_EQ(CountSegments(disk_), 2U);
  const auto again = Open(disk_, {});
  ASSERT_TRUE(again.has_value()) << again.error().message;
  ExpectBeginsAfter(**again, anchor);
  EXPECT_FALSE((*again)->recovered().dropped.has_value());
}

TEST_F(LaterBeginningTest, LossOfWhatTheStateLacksIsThatOfTheLogAndChangesNothing) {
  Rot(2);
  const auto opened = Open(disk_, {LastBefore(3).index.value - 1});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kCorruption);
  EXPECT_NE(opened.error().message.find("new incarnation"), std::string::npos);
  EXPECT_EQ(CountSegments(disk_), 4U);
}

TEST_F(LaterBeginningTest, LossInTheNewestSegmentIsThatOfTheLogWhateverTheStateHas) {
  Rot(4);
  const auto opened = Open(disk_, IdOf(entries_.back()).index);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kCorruption);
}

TEST_F(LaterBeginningTest, LossesInTwoSegmentsAndInAHeaderAreLeftBehindAtOnce) {
  Rot(1);
  disk_.Flip(SegmentPath(2), 21, 8);
  disk_.Flip(SegmentPath(2), kSegment - wal::kPage + 21, 8);
  const EntryId anchor = LastBefore(3);
  const auto opened = Open(disk_, IdOf(entries_.back()).index);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  ExpectBeginsAfter(**opened, anchor);
}

TEST_F(LaterBeginningTest, MissingSegmentIsALossAsAnyOther) {
  ASSERT_TRUE(disk_.Remove(SegmentPath(2)).has_value());
  EXPECT_EQ(Open(disk_, {LastBefore(3).index.value - 1}).error().code, Code::kCorruption);
  EXPECT_EQ(CountSegments(disk_), 3U);
  const EntryId anchor = LastBefore(3);
  const auto opened = Open(disk_, anchor.index);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  ExpectBeginsAfter(**opened, anchor);
}

TEST_F(LaterBeginningTest, StateWithoutALogIsALossAndBeginsNone) {
  FaultDisk empty;
  const auto opened = Open(empty, {1});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kCorruption);
  EXPECT_NE(opened.error().message.find("new incarnation"), std::string::npos);
  EXPECT_TRUE(empty.List(kWalDirectory)->empty());
}

TEST_F(LaterBeginningTest, SegmentOfAnotherNodeIsNoLossAndNotPassedOver) {
  FaultDisk other;
  Wal::Options options = SmallSegments(kSegment);
  options.node = {4};
  const auto log = MustOpen(other, options);
  EXPECT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {1}, .vote = {}}}));
  for (const Entry& entry : EntriesAfter({}, 1, 2, 30'000)) {
    EXPECT_TRUE(WriteGroup(*log, {.entries = {entry}}));
  }
  ASSERT_TRUE(disk_.ReplaceFile(SegmentPath(2), *other.ReadFile(SegmentPath(2))).has_value());
  Rot(1);
  const auto opened = Open(disk_, LastBefore(3).index);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kInvalidArgument);
  EXPECT_EQ(CountSegments(disk_), 4U);
}

TEST_F(LaterBeginningTest, LastEntryIsReadPastALossAndNothingIsChanged) {
  Rot(2);
  const auto last = Wal::ReadLast(disk_, kWalDirectory, SmallSegments(kSegment));
  ASSERT_TRUE(last.has_value()) << last.error().message;
  EXPECT_EQ(*last, IdOf(entries_.back()));
  EXPECT_EQ(CountSegments(disk_), 4U);
  EXPECT_FALSE(disk_.Exists(kRingPath));
}

TEST_F(LaterBeginningTest, PowerCutAtAnyMomentLeavesALogThatOpens) {
  Rot(2);
  const EntryId anchor = LastBefore(3);
  bool finished = false;
  for (std::uint64_t cut = 1; !finished; ++cut) {
    SCOPED_TRACE("cut at operation " + std::to_string(cut));
    const auto copy = disk_.Clone();
    SeededRandom random(cut);
    copy->CutAfter(cut);
    finished = Open(*copy, anchor.index).has_value();
    copy->PowerCycle(random);
    const auto opened = Open(*copy, anchor.index);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    ExpectBeginsAfter(**opened, anchor);
  }
}

}  // namespace
}  // namespace aval::consensus
