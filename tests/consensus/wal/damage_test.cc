// A log whose disk rots, misdirects and lies, with the ring that knows what it held.

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consensus/wal/decision.h"
#include "consensus/wal/ring.h"
#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

using wal::Data;
using wal::Decision;
using wal::Testimony;

constexpr std::uint64_t kSegment = 16 * wal::kPage;
constexpr std::uint64_t kSlots = 32;

// Five groups in one segment: a term, then four of three entries each.
class DamageTest : public testing::Test {
 protected:
  DamageTest() {
    log_ = MustOpen(disk_, SmallSegments(kSegment));
    EXPECT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {1}, .vote = {2}}}));
    for (int i = 0; i < 4; ++i) Append(3);
    EXPECT_TRUE(log_->Idle().has_value());
  }

  void Append(std::size_t count) {
    const EntryId last = entries_.empty() ? EntryId{} : IdOf(entries_.back());
    const auto more = EntriesAfter(last, 1, count, 200);
    EXPECT_TRUE(WriteGroup(*log_, {.entries = more}).has_value());
    entries_.insert(entries_.end(), more.begin(), more.end());
  }
  // Of groups that take one page each.
  static std::uint64_t OffsetOf(std::uint64_t group) { return kHeader + (group - 1) * wal::kPage; }
  static DamagedRange RangeOf(const std::vector<Entry>& entries, std::uint64_t group) {
    const std::size_t first = (group - 2) * 3;
    return {.before = first == 0 ? EntryId{} : IdOf(entries[first - 1]),
            .last = IdOf(entries[first + 2])};
  }
  std::vector<Entry> EntriesOf(std::uint64_t group) const {
    const auto first = entries_.begin() + static_cast<std::ptrdiff_t>((group - 2) * 3);
    return {first, first + 3};
  }
  static void Overwrite(Disk& disk, const std::filesystem::path& path, std::uint64_t offset,
                        ByteView bytes) {
    const auto file = disk.Open(path, Disk::Mode::kReadWrite);
    ASSERT_TRUE((*file)->Write(offset, bytes).has_value());
    ASSERT_TRUE((*file)->Sync().has_value());
  }
  static Bytes PageAt(Disk& disk, std::uint64_t offset) {
    return *(*disk.Open(SegmentPath(1), Disk::Mode::kRead))->Read(offset, wal::kPage);
  }

  FaultDisk disk_;
  std::unique_ptr<Wal> log_;
  std::vector<Entry> entries_;
};

// What is done to the group under test, and to its slot.
struct Case {
  Data data;
  Testimony testimony;
  bool later;
};

class DecisionOnDiskTest : public DamageTest {
 protected:
  void Apply(FaultDisk& disk, const Case& now) {
    const std::uint64_t group = now.later ? 4 : 5;
    const std::uint64_t offset = OffsetOf(group);
    switch (now.data) {
      case Data::kWhole:
        break;
      case Data::kTorn:  // Its second sector never came.
        Overwrite(disk, SegmentPath(1), offset + wal::kSector, Bytes(wal::kSector));
        break;
      case Data::kBroken:
        disk.Flip(SegmentPath(1), offset + 100, 4);
        break;
      case Data::kZero:
        Overwrite(disk, SegmentPath(1), offset, Bytes(wal::kPage));
        break;
      case Data::kElsewhere:
        Overwrite(disk, SegmentPath(1), offset, PageAt(disk, OffsetOf(2)));
        break;
    }
    const std::uint64_t slot = group % kSlots * wal::kSector;
    switch (now.testimony) {
      case Testimony::kAgrees:
        break;
      case Testimony::kAbsent:
        Overwrite(disk, kRingPath, slot, Bytes(wal::kSector));
        break;
      case Testimony::kBroken:
        disk.Flip(kRingPath, slot + 60, 1);
        break;
      case Testimony::kContradicts: {
        const auto file = disk.Open(kRingPath, Disk::Mode::kRead);
        wal::Witness other = wal::ParseWitness(*(*file)->Read(slot, wal::kSector)).witness;
        other.before.chain.bytes[3] ^= 1U;
        other.last.chain.bytes[3] ^= 1U;
        Overwrite(disk, kRingPath, slot, wal::EncodeWitness(other));
        break;
      }
    }
  }

  void Check(FaultDisk& disk, const Case& now) {
    const std::uint64_t group = now.later ? 4 : 5;
    const auto before = disk.Clone();
    const std::uint64_t operations = disk.operations();
    auto opened = Wal::Open(disk, kWalDirectory, SmallSegments(kSegment), {});
    const Decision decision = wal::Decide(now.data, now.testimony, now.later);
    if (decision == Decision::kLost) {
      ASSERT_FALSE(opened.has_value());
      EXPECT_EQ(opened.error().code, Code::kCorruption);
      EXPECT_NE(opened.error().message.find("0000000001.wal at offset "), std::string::npos);
      EXPECT_NE(opened.error().message.find("new incarnation"), std::string::npos);
      EXPECT_EQ(disk.operations(), operations);
      EXPECT_EQ(*disk.ReadFile(SegmentPath(1)), *before->ReadFile(SegmentPath(1)));
      EXPECT_EQ(*disk.ReadFile(kRingPath), *before->ReadFile(kRingPath));
      return;
    }
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    const Wal& log = **opened;
    const bool gone = decision == Decision::kCut || decision == Decision::kEnd;
    EXPECT_EQ(log.recovered().last, gone ? IdOf(entries_[8]) : IdOf(entries_.back()));
    EXPECT_EQ(log.recovered().torn.has_value(), decision == Decision::kCut);
    EXPECT_EQ(log.recovered().hard_state, (HardState{.term = {1}, .vote = {2}}));
    const bool damaged = decision == Decision::kRepair;
    ASSERT_EQ(log.recovered().damaged.size(), damaged ? 1U : 0U);
    if (damaged) {
      EXPECT_EQ(log.recovered().damaged[0], RangeOf(entries_, group));
    }
    if (decision != Decision::kTakeAndRewrite) return;
    // Its slot is as it was.
    EXPECT_EQ(*disk.ReadFile(kRingPath), *disk_.ReadFile(kRingPath));
  }
};

TEST_F(DecisionOnDiskTest, EveryReachableCombinationOpensAsTheTableSays) {
  std::size_t checked = 0;
  for (const Data data :
       {Data::kWhole, Data::kTorn, Data::kBroken, Data::kZero, Data::kElsewhere}) {
    for (const Testimony testimony :
         {Testimony::kAgrees, Testimony::kAbsent, Testimony::kBroken, Testimony::kContradicts}) {
      for (const bool later : {false, true}) {
        // A sector missing from a group with others behind it has no torn shape.
        const Case now{data == Data::kTorn && later ? Data::kBroken : data, testimony, later};
        SCOPED_TRACE("data " + std::to_string(static_cast<int>(data)) + ", ring " +
                     std::to_string(static_cast<int>(testimony)) + ", later " +
                     std::to_string(later));
        const auto copy = disk_.Clone();
        Apply(*copy, {data, testimony, later});
        Check(*copy, now);
        ASSERT_FALSE(HasFailure());
        ++checked;
      }
    }
  }
  EXPECT_EQ(checked, 40U);
}

TEST_F(DamageTest, RottenGroupIsADamagedRangeAndTheRestIsReadable) {
  disk_.Flip(SegmentPath(1), OffsetOf(3) + 700, 1);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  const DamagedRange range = RangeOf(entries_, 3);
  EXPECT_EQ(log_->recovered().damaged, std::vector{range});
  EXPECT_EQ(log_->damaged(), std::vector{range});
  EXPECT_EQ(log_->Read(Index{1}, Index{12}, 100'000)->size(), 3U);
  for (std::uint64_t i = 4; i <= 6; ++i) {
    const auto read = log_->Read(Index{i}, Index{12}, 100'000);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, Code::kCorruption);
    EXPECT_NE(read.error().message.find("0000000001.wal at offset 16384"), std::string::npos);
    if (i < 6) {
      EXPECT_EQ(log_->IdAt(Index{i}).error().code, Code::kCorruption);
    }
  }
  EXPECT_EQ(*log_->IdAt(Index{3}), range.before);
  EXPECT_EQ(*log_->IdAt(Index{6}), range.last);
  EXPECT_TRUE(SameEntries(*log_->Read(Index{7}, Index{12}, 100'000),
                          {entries_.begin() + 6, entries_.end()}));
}

// P02
TEST_F(DamageTest, RepairedEntriesAreReadableAtOnceAndAfterEveryOpening) {
  disk_.Flip(SegmentPath(1), OffsetOf(3) + 700, 1);
  disk_.Flip(SegmentPath(1), OffsetOf(4) + 90, 1);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  ASSERT_EQ(log_->damaged().size(), 2U);
  ASSERT_TRUE(log_->Repair(EntriesOf(3)).has_value());
  EXPECT_FALSE(log_->Read(Index{4}, Index{4}, 1).has_value());  // Not before its sync.
  ASSERT_TRUE(log_->Sync().has_value());
  EXPECT_EQ(log_->damaged(), std::vector{RangeOf(entries_, 4)});
  EXPECT_EQ(log_->counters().repaired, 3U);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_EQ(log_->recovered().damaged, std::vector{RangeOf(entries_, 4)});
  ASSERT_TRUE(log_->Repair(EntriesOf(4)).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  Append(3);  // It goes on where it was.
  // Many more groups than the ring has slots: it keeps what it knows of the damaged ones.
  for (std::uint64_t i = 0; i < 2 * kSlots; ++i) Append(1);
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_TRUE(log_->damaged().empty());
    EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
    for (const Entry& entry : entries_) EXPECT_EQ(*log_->IdAt(entry.index), IdOf(entry));
    log_ = MustOpen(disk_, SmallSegments(kSegment));
    EXPECT_TRUE(log_->recovered().damaged.empty());
  }
}

TEST_F(DamageTest, WhatDoesNotFillARangeIsNoRepair) {
  disk_.Flip(SegmentPath(1), OffsetOf(3) + 700, 1);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  const auto right = EntriesOf(3);
  auto other = right;
  other[1].payload = std::make_shared<const Bytes>(200);
  for (const auto& entries : {std::vector<Entry>{},
                              EntriesOf(2),
                              EntriesOf(4),
                              {right[0], right[1]},
                              {right[1], right[2]},
                              other,
                              EntriesAfter(IdOf(entries_[2]), 1, 3, 100)}) {
    EXPECT_EQ(log_->Repair(entries).error().code, Code::kInvalidArgument);
  }
  EXPECT_EQ(log_->pending_bytes(), 0U);
  EXPECT_TRUE(log_->Repair(right).has_value());
}

TEST_F(DamageTest, WhatACutInTheSameGroupLeavesOfARangeIsFilled) {
  disk_.Flip(SegmentPath(1), OffsetOf(4) + 700, 1);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  // The last that stays is another one than was lost.
  auto kept = EntriesAfter(RangeOf(entries_, 4).before, 1, 2, 150);
  const Persist cut{.truncate_after = IdOf(kept.back())};
  log_->Write(std::span(&cut, 1));
  auto longer = kept;
  longer.push_back(EntriesAfter(IdOf(kept.back()), 1, 1).front());
  EXPECT_FALSE(log_->Repair(EntriesOf(4)).has_value());
  ASSERT_TRUE(log_->Repair(longer).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  EXPECT_TRUE(log_->damaged().empty());
  entries_.resize(RangeOf(entries_, 4).before.index.value);
  entries_.insert(entries_.end(), kept.begin(), kept.end());
  Append(2);
  EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
}

TEST_F(DamageTest, RefusedRepairIsCountedAndWhatItWasToFillIsToldOf) {
  disk_.Flip(SegmentPath(1), OffsetOf(3) + 700, 1);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  auto other = EntriesOf(3);
  other[1].payload = std::make_shared<const Bytes>(200);
  const Persist wrong{.repaired = other};
  log_->Write(std::span(&wrong, 1));
  ASSERT_TRUE(log_->Sync().has_value());
  EXPECT_EQ(log_->counters().refused, 1U);
  EXPECT_EQ(log_->Unrepaired(), std::vector{RangeOf(entries_, 3)});
  const Persist right{.repaired = EntriesOf(3)};
  log_->Write(std::span(&right, 1));
  ASSERT_TRUE(log_->Sync().has_value());
  EXPECT_EQ(log_->counters().refused, 1U);
  EXPECT_TRUE(log_->Unrepaired().empty());
}

TEST_F(DamageTest, UncommittedDamageIsCutByATruncation) {
  disk_.Flip(SegmentPath(1), OffsetOf(4) + 700, 1);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  const EntryId before = RangeOf(entries_, 4).before;
  const Persist cut{.truncate_after = before};
  log_->Write(std::span(&cut, 1));
  EXPECT_EQ(log_->Repair(EntriesOf(4)).error().code, Code::kInvalidArgument);
  ASSERT_TRUE(log_->Sync().has_value());
  EXPECT_TRUE(log_->damaged().empty());
  entries_.resize(before.index.value);
  Append(2);
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
    log_ = MustOpen(disk_, SmallSegments(kSegment));
    EXPECT_TRUE(log_->recovered().damaged.empty());
  }
}

// The vote that a damaged group held is known by its slot, and without it the log does not open.
TEST_F(DamageTest, VoteInADamagedGroupIsNotForgotten) {
  const HardState vote{.term = {7}, .vote = {3}};
  ASSERT_TRUE(WriteGroup(*log_, {.hard_state = vote}).has_value());
  disk_.Flip(SegmentPath(1), OffsetOf(6) + 20, 1);
  const auto without = disk_.Clone();
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_EQ(log_->recovered().hard_state, vote);
  EXPECT_TRUE(log_->recovered().damaged.empty());
  Overwrite(*without, kRingPath, 6 * wal::kSector, Bytes(wal::kSector));
  EXPECT_EQ(Wal::Open(*without, kWalDirectory, SmallSegments(kSegment), {}).error().code,
            Code::kCorruption);
}

TEST_F(DamageTest, DamagedTruncationAndCloseAreFollowed) {
  ASSERT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {2}, .vote = {}}}));  // Group 6.
  entries_.resize(8);
  const auto other = EntriesAfter(IdOf(entries_.back()), 2, 2, 200);
  ASSERT_TRUE(
      WriteGroup(*log_, {.truncate_after = IdOf(entries_.back()), .entries = other}).has_value());
  entries_.insert(entries_.end(), other.begin(), other.end());
  const auto large = EntriesAfter(IdOf(other.back()), 2, 1, 40'000);
  ASSERT_TRUE(WriteGroup(*log_, {.entries = large}).has_value());
  ASSERT_EQ(CountSegments(disk_), 2U);
  entries_.push_back(large.front());
  disk_.Flip(SegmentPath(1), OffsetOf(7) + 30, 1);
  disk_.Flip(SegmentPath(1), OffsetOf(8) + 17, 1);  // The close.
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_EQ(log_->recovered().last, IdOf(large.front()));
  EXPECT_EQ(log_->damaged(),
            (std::vector{DamagedRange{.before = IdOf(entries_[7]), .last = IdOf(other.back())}}));
  ASSERT_TRUE(log_->Repair(other).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(large.front())), entries_));
  EXPECT_EQ(log_->LastWithTermAtMost(Index{11}, Term{1}), Index{8});
}

// A hint that is too low costs a leader some entries; one whose identity is lost would stop the
// node.
TEST_F(DamageTest, WhereTermsBeginInDamageIsUnknownAndTheEntryBeforeItIsNamed) {
  ASSERT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {3}, .vote = {}}}));  // Group 6.
  const EntryId before = IdOf(entries_.back());
  auto mixed = EntriesAfter(before, 2, 2, 200);
  for (const Entry& entry : EntriesAfter(IdOf(mixed.back()), 3, 2, 200)) mixed.push_back(entry);
  ASSERT_TRUE(WriteGroup(*log_, {.entries = mixed}).has_value());  // Group 7.
  const auto after = EntriesAfter(IdOf(mixed.back()), 3, 2, 200);
  ASSERT_TRUE(WriteGroup(*log_, {.entries = after}).has_value());
  const Index last = after.back().index;
  EXPECT_EQ(log_->LastWithTermAtMost(last, Term{2}), mixed[1].index);
  disk_.Flip(SegmentPath(1), OffsetOf(7) + 30, 1);
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  ASSERT_EQ(log_->damaged(),
            (std::vector{DamagedRange{.before = before, .last = IdOf(mixed.back())}}));
  const auto expect_known = [&] {
    EXPECT_EQ(log_->LastWithTermAtMost(last, Term{2}), before.index);
    EXPECT_EQ(*log_->IdAt(before.index), before);
    EXPECT_EQ(log_->LastWithTermAtMost(last, Term{3}), last);
  };
  expect_known();
  ASSERT_TRUE(log_->Repair(mixed).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  expect_known();
}

// P05
TEST_F(DamageTest, MisdirectedWriteIsFoundOnceItsPlaceIsMissed) {
  // Group 6 lands where group 8 should be; the disk says that all is well.
  disk_.MisdirectWriteAfter(1, 2 * wal::kPage);
  Append(3);
  ASSERT_TRUE(log_->Idle().has_value());
  const auto opened = Wal::Open(disk_, kWalDirectory, SmallSegments(kSegment), {});
  if (opened) {  // Known by its slot: nothing that was acknowledged is missing.
    EXPECT_EQ((*opened)->recovered().last, IdOf(entries_.back()));
    EXPECT_EQ((*opened)->damaged().size(), 1U);
  } else {
    EXPECT_EQ(opened.error().code, Code::kCorruption);
  }
}

// P07, H29
TEST_F(DamageTest, DiskThatForgotWhatItHadSyncedIsFoundOut) {
  disk_.ForgetSyncAfter(1);
  Append(3);
  ASSERT_TRUE(log_->Idle().has_value());
  SeededRandom random(1);
  disk_.PowerCycle(random);
  const auto opened = Wal::Open(disk_, kWalDirectory, SmallSegments(kSegment), {});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kCorruption);
  EXPECT_NE(opened.error().message.find("new incarnation"), std::string::npos);
}

TEST_F(DamageTest, WitnessOfALaterGroupProvesTheOneThatIsMissing) {
  disk_.ForgetSyncAfter(1);
  Append(3);
  disk_.ForgetSyncAfter(1);
  Append(3);
  ASSERT_TRUE(log_->Idle().has_value());
  SeededRandom random(1);
  disk_.PowerCycle(random);
  Overwrite(disk_, kRingPath, 6 * wal::kSector, Bytes(wal::kSector));
  EXPECT_EQ(Wal::Open(disk_, kWalDirectory, SmallSegments(kSegment), {}).error().code,
            Code::kCorruption);
}

TEST_F(DamageTest, SegmentsThatAreGoneAreMissedByTheRing) {
  ASSERT_TRUE(disk_.Remove(SegmentPath(1)).has_value());
  const auto opened = Wal::Open(disk_, kWalDirectory, SmallSegments(kSegment), {});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kCorruption);
}

TEST_F(DamageTest, LatentErrorCountsAsDamage) {
  disk_.Spoil(SegmentPath(1), OffsetOf(4) + 600);
  disk_.Spoil(kRingPath, 2 * wal::kSector);  // Of a group that is whole: written again.
  log_ = MustOpen(disk_, SmallSegments(kSegment));
  EXPECT_EQ(log_->damaged(), std::vector{RangeOf(entries_, 4)});
  ASSERT_TRUE(log_->Repair(EntriesOf(4)).has_value());
  ASSERT_TRUE(log_->Sync().has_value());
  EXPECT_TRUE(SameEntries(ReadAll(*log_, IdOf(entries_.back())), entries_));
  // One that comes up later is an error with its place.
  disk_.Spoil(SegmentPath(1), OffsetOf(2) + 10);
  const auto read = log_->Read(Index{1}, Index{3}, 10'000);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Code::kCorruption);
  EXPECT_NE(read.error().message.find("0000000001.wal at offset 12288"), std::string::npos);
}

TEST_F(DamageTest, EitherCopyOfTheHeaderIsEnoughAndIsCopied) {
  const Bytes whole = *disk_.ReadFile(SegmentPath(1));
  const std::uint64_t mirror = kSegment - kHeader;
  for (const std::uint64_t from : {std::uint64_t{0}, wal::kPage + 0, mirror, mirror + wal::kPage}) {
    const auto copy = disk_.Clone();
    copy->Flip(SegmentPath(1), from + 21, 8);
    log_ = MustOpen(*copy, SmallSegments(kSegment));
    EXPECT_EQ(log_->recovered().last, IdOf(entries_.back()));
    EXPECT_EQ(*copy->ReadFile(SegmentPath(1)), whole);
  }
  disk_.Flip(SegmentPath(1), 21, 8);
  disk_.Flip(SegmentPath(1), mirror + 21, 8);
  const auto opened = Wal::Open(disk_, kWalDirectory, SmallSegments(kSegment), {});
  EXPECT_EQ(opened.error().code, Code::kCorruption);
}

// After the entries a configuration in a group of its own, the newest.
class DamagedConfigurationTest : public DamageTest {
 protected:
  DamagedConfigurationTest() {
    configuration_.members[{3}] = {.incarnation = 1, .group = 1};
    configuration_.voters.insert({3});
    configuration_.majority_of_one = true;
    const EntryId last = IdOf(entries_.back());
    entry_ = {.term = {1},
              .index = {last.index.value + 1},
              .kind = EntryKind::kConfiguration,
              .payload = std::make_shared<const Bytes>(Encode(configuration_)),
              .chain = {}};
    entry_.chain = ChainOf(last.chain, entry_.term, entry_.index, entry_.kind, *entry_.payload);
    const Wal::Origin origin{.configurations = {{.index = {}, .configuration = configuration_}}};
    log_ = MustOpen(configured_, SmallSegments(kSegment), origin);
    EXPECT_TRUE(WriteGroup(*log_, {.hard_state = HardState{.term = {1}, .vote = {}}}));
    EXPECT_TRUE(WriteGroup(*log_, {.entries = entries_}).has_value());
    EXPECT_TRUE(WriteGroup(*log_, {.entries = {entry_}}).has_value());
    EXPECT_TRUE(log_->Idle().has_value());  // Makes a spare.
  }
  // The entry's payload.
  static void Damage(FaultDisk& disk) {
    disk.Flip(SegmentPath(1), kHeader + 2 * wal::kPage + 60, 1);
  }

  FaultDisk configured_;
  Configuration configuration_;
  Entry entry_;
};

TEST_F(DamagedConfigurationTest, IsKnownFromTheNextHeaderOrTheLogIsLost) {
  const auto damaged = [&] {
    const auto copy = configured_.Clone();
    Damage(*copy);
    return Wal::Open(*copy, kWalDirectory, SmallSegments(kSegment), {});
  };
  EXPECT_EQ(damaged().error().code, Code::kCorruption);
  ASSERT_TRUE(WriteGroup(*log_, {.entries = EntriesAfter(IdOf(entry_), 1, 1, 50'000)}));
  ASSERT_EQ(CountSegments(configured_), 2U);
  const auto opened = damaged();
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ((*opened)->recovered().configurations.back().index, entry_.index);
  EXPECT_EQ((*opened)->recovered().configurations.back().configuration, configuration_);
  EXPECT_EQ((*opened)->damaged().size(), 1U);
}

TEST_F(DamagedConfigurationTest, IsWrittenToANewHeaderOnceTheScrubberHasFoundIt) {
  Damage(configured_);
  while (log_->damaged().empty()) ASSERT_TRUE(log_->Scrub(1).has_value());
  const Entry next = EntriesAfter(IdOf(entry_), 1, 1, 400).front();
  ASSERT_TRUE(WriteGroup(*log_, {.entries = {next}}).has_value());
  EXPECT_EQ(CountSegments(configured_), 2U);
  ASSERT_TRUE(WriteGroup(*log_, {.repaired = {entry_}}).has_value());
  EXPECT_EQ(CountSegments(configured_), 2U);
  log_ = MustOpen(configured_, SmallSegments(kSegment));
  ASSERT_TRUE(log_);
  EXPECT_EQ(log_->recovered().configurations.back().index, entry_.index);
  EXPECT_EQ(log_->recovered().last, IdOf(next));
  EXPECT_TRUE(log_->damaged().empty());
}

// The power fails at every operation of opening a damaged log, repairing it and going on.
TEST_F(DamageTest, PowerCutWhileARepairIsWrittenLosesNothing) {
  disk_.Flip(SegmentPath(1), OffsetOf(3) + 700, 1);
  bool finished = false;
  std::size_t repaired = 0;
  for (std::uint64_t cut = 1; !finished; ++cut) {
    SCOPED_TRACE("cut at operation " + std::to_string(cut));
    const auto copy = disk_.Clone();
    SeededRandom random(cut);
    copy->CutAfter(cut);
    bool confirmed = false;
    if (auto log = Wal::Open(*copy, kWalDirectory, SmallSegments(kSegment), {})) {
      ASSERT_TRUE((*log)->Repair(EntriesOf(3)).has_value());
      confirmed = (*log)->Sync().has_value();
      finished = confirmed && (*log)->Idle().has_value();
    }
    copy->PowerCycle(random);
    const auto log = MustOpen(*copy, SmallSegments(kSegment));
    ASSERT_NE(log, nullptr);
    EXPECT_EQ(log->recovered().last, IdOf(entries_.back()));
    const bool whole = log->damaged().empty();
    EXPECT_TRUE(whole || !confirmed);
    if (!whole) {
      EXPECT_EQ(log->damaged(), std::vector{RangeOf(entries_, 3)});
      ASSERT_TRUE(log->Repair(EntriesOf(3)).has_value());
      ASSERT_TRUE(log->Sync().has_value());
    }
    repaired += whole ? 1 : 0;
    EXPECT_TRUE(SameEntries(ReadAll(*log, IdOf(entries_.back())), entries_));
  }
  EXPECT_GT(repaired, 0U);
}

// Any one bit of segments and ring, in a log of two segments: the log opens with everything in its
// place, or names a damaged range, or is lost with a place; and it never says something else.
TEST_F(DamageTest, AnyFlippedBitLeavesNothingSilentlyWrong) {
  Append(1);
  const auto large = EntriesAfter(IdOf(entries_.back()), 1, 1, 30'000);
  ASSERT_TRUE(WriteGroup(*log_, {.entries = large}).has_value());
  entries_.push_back(large.front());
  Append(2);
  ASSERT_TRUE(log_->Idle().has_value());
  std::size_t repaired = 0;
  std::size_t lost = 0;
  for (const auto& path : {SegmentPath(1), SegmentPath(2), kRingPath}) {
    const Bytes content = *disk_.ReadFile(path);
    for (std::uint64_t offset = 0; offset < content.size(); offset += 5 + offset % 23) {
      const std::uint64_t sector = offset / wal::kSector * wal::kSector;
      const bool room = wal::IsZero(ByteView(content).subspan(sector, wal::kSector));
      if (room && offset % 13 > 0) continue;
      disk_.Flip(path, offset, static_cast<std::uint8_t>(1U << (offset % 8)));
      const auto copy = disk_.Clone();
      disk_.Flip(path, offset, static_cast<std::uint8_t>(1U << (offset % 8)));
      const auto opened = Wal::Open(*copy, kWalDirectory, SmallSegments(kSegment), {});
      if (!opened) {
        ++lost;
        ASSERT_TRUE(room) << path << " " << offset << ": " << opened.error().message;
        continue;
      }
      ASSERT_EQ((*opened)->recovered().last, IdOf(entries_.back())) << path << " " << offset;
      ASSERT_EQ((*opened)->recovered().hard_state, (HardState{.term = {1}, .vote = {2}}));
      for (const DamagedRange& range : (*opened)->damaged()) {
        ++repaired;
        const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(range.before.index.value);
        const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(range.last.index.value);
        ASSERT_TRUE((*opened)->Repair(std::vector<Entry>(first, end)).has_value());
      }
      ASSERT_TRUE((*opened)->Sync().has_value());
      ASSERT_TRUE(SameEntries(ReadAll(**opened, IdOf(entries_.back())), entries_));
    }
  }
  EXPECT_GT(repaired, 500U);
  EXPECT_LT(lost, 50U);
}

}  // namespace
}  // namespace aval::consensus
