#include "consensus/wal/wal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

HardState TermOf(std::uint64_t term) { return {.term = {term}, .vote = {}}; }

TEST(WalTest, EmptyDirectoryBeginsAnEmptyLog) {
  FaultDisk disk;
  const auto log = MustOpen(disk);
  EXPECT_EQ(log->recovered().last, EntryId{});
  EXPECT_EQ(log->recovered().hard_state, HardState{});
  EXPECT_FALSE(log->recovered().torn.has_value());
  EXPECT_EQ(log->Anchor(), EntryId{});
  EXPECT_EQ(log->IdAt(Index{1}).error().code, Code::kNotFound);
}

TEST(WalTest, GivesBackWhatWasSyncedAtOnceAndAfterReopening) {
  FaultDisk disk;
  auto entries = EntriesAfter({}, 1, 20, /*payload_size=*/700);
  entries[3].payload = std::make_shared<const Bytes>();  // A no-op.
  entries[3].kind = EntryKind::kNoop;
  EntryId before;
  for (Entry& entry : entries) {
    entry.chain = ChainOf(before.chain, entry.term, entry.index, entry.kind, *entry.payload);
    before = IdOf(entry);
  }
  const HardState hard_state{.term = {4}, .vote = {2}};
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.entries = entries, .hard_state = hard_state}).has_value());
  for (int opening = 0; opening < 3; ++opening) {
    EXPECT_TRUE(SameEntries(ReadAll(*log, before), entries));
    for (const Entry& entry : entries) EXPECT_EQ(*log->IdAt(entry.index), IdOf(entry));
    log = MustOpen(disk);
    EXPECT_EQ(log->recovered().last, before);
    EXPECT_EQ(log->recovered().hard_state, hard_state);
  }
}

TEST(WalTest, NothingIsReadableBeforeItsSync) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  const Persist write{.entries = EntriesAfter({}, 1, 3), .hard_state = TermOf(1)};
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  log->Write(std::span(&write, 1));
  EXPECT_EQ(log->IdAt(Index{1}).error().code, Code::kNotFound);
  ASSERT_TRUE(log->Sync().has_value());
  EXPECT_TRUE(log->IdAt(Index{1}).has_value());
}

TEST(WalTest, AGroupCostsOneSync) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  std::vector<Persist> writes{{.hard_state = TermOf(1)}};
  EntryId before;
  for (int i = 0; i < 10; ++i) {
    writes.push_back({.entries = EntriesAfter(before, 1, 1)});
    before = IdOf(writes.back().entries.back());
  }
  const std::uint64_t syncs = disk.syncs();
  log->Write(writes);
  ASSERT_TRUE(log->Sync().has_value());
  EXPECT_EQ(disk.syncs(), syncs + 1);
  ASSERT_TRUE(log->Sync().has_value());  // Nothing new: nothing to do.
  EXPECT_EQ(disk.syncs(), syncs + 1);
}

TEST(WalTest, CountsEntriesSyncsAndBytes) {
  FaultDisk disk;
  auto log = MustOpen(disk, SmallSegments(/*bytes=*/28 * 1024));
  const Wal::Counters opened = log->counters();
  EXPECT_EQ(opened.syncs, 1U);  // Of the first segment's header.
  ASSERT_TRUE(WriteGroup(*log, {.entries = {}, .hard_state = TermOf(1)}).has_value());
  const auto entries = EntriesAfter({}, 1, 3);
  ASSERT_TRUE(WriteGroup(*log, {.entries = entries}).has_value());
  const Wal::Counters written = log->counters();
  EXPECT_EQ(written.entries, 3U);
  EXPECT_EQ(written.syncs, opened.syncs + 2);
  EXPECT_EQ(written.bytes, opened.bytes + 2 * wal::kPage);
  // A new segment costs two syncs more: its header, and the word in the old one that it follows.
  const std::uint64_t syncs = disk.syncs();
  ASSERT_TRUE(WriteGroup(*log, {.entries = EntriesAfter(IdOf(entries.back()), 1, 1, 15'000)}));
  EXPECT_EQ(log->counters().syncs, written.syncs + 3);
  EXPECT_EQ(disk.syncs(), syncs + 4);  // And the ring.
}

TEST(WalTest, ReadStopsAtTheByteLimitButGivesOneEntry) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.entries = EntriesAfter({}, 1, 9, 1'000)}).has_value());
  EXPECT_EQ(log->Read(Index{2}, Index{9}, 1)->size(), 1U);
  EXPECT_EQ(log->Read(Index{2}, Index{9}, 3 * (1'000 + kEntryOverhead))->size(), 3U);
  EXPECT_EQ(log->Read(Index{2}, Index{3}, 3 * (1'000 + kEntryOverhead))->size(), 2U);
  EXPECT_EQ(log->Read(Index{5}, Index{9}, 3 * (1'000 + kEntryOverhead) + 999)->front().index,
            Index{5});
}

TEST(WalTest, LogSpansManySegments) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  std::vector<Entry> entries;
  EntryId last;
  for (int i = 0; i < 60; ++i) {
    auto more = EntriesAfter(last, 1, 2, 900);
    ASSERT_TRUE(WriteGroup(*log, {.entries = more}).has_value());
    last = IdOf(more.back());
    entries.insert(entries.end(), more.begin(), more.end());
  }
  EXPECT_GT(CountSegments(disk), 10U);
  EXPECT_TRUE(SameEntries(ReadAll(*log, last), entries));
  log = MustOpen(disk);
  EXPECT_EQ(log->recovered().last, last);
  EXPECT_EQ(log->recovered().hard_state, TermOf(1));
  EXPECT_TRUE(SameEntries(ReadAll(*log, last), entries));
}

TEST(WalTest, GroupLargerThanASegmentGetsASegmentOfItsOwn) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  const auto entries = EntriesAfter({}, 1, 3, 50'000);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.entries = entries}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.entries = EntriesAfter(IdOf(entries.back()), 1, 1)}).has_value());
  log = MustOpen(disk);
  EXPECT_EQ(log->recovered().last.index, Index{4});
  EXPECT_TRUE(SameEntries(ReadAll(*log, IdOf(entries.back())), entries));
}

TEST(WalTest, TruncatedEntriesStayAwayAndTheirIndexesGetOthers) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  const auto old = EntriesAfter({}, 1, 10, 300);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.entries = old}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(2)}).has_value());
  auto kept = std::vector<Entry>(old.begin(), old.begin() + 4);
  const auto fresh = EntriesAfter(IdOf(kept.back()), 2, 3, 500);
  ASSERT_TRUE(WriteGroup(*log, {.truncate_after = IdOf(kept.back())}).has_value());
  EXPECT_EQ(log->IdAt(Index{5}).error().code, Code::kNotFound);
  ASSERT_TRUE(WriteGroup(*log, {.entries = fresh}).has_value());
  kept.insert(kept.end(), fresh.begin(), fresh.end());
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_TRUE(SameEntries(ReadAll(*log, IdOf(kept.back())), kept));
    for (const Entry& entry : kept) EXPECT_EQ(*log->IdAt(entry.index), IdOf(entry));
    EXPECT_EQ(log->IdAt(Index{8}).error().code, Code::kNotFound);
    log = MustOpen(disk);
    EXPECT_EQ(log->recovered().last, IdOf(kept.back()));
  }
}

TEST(WalTest, EntryTruncatedInTheGroupThatWroteItIsNotFoundThere) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  const auto old = EntriesAfter({}, 1, 3);
  const auto fresh = EntriesAfter(IdOf(old.front()), 2, 3);
  const std::vector<Persist> group{
      {.hard_state = TermOf(2)},
      {.entries = old},
      {.truncate_after = IdOf(old.front()), .entries = fresh},
  };
  log->Write(group);
  ASSERT_TRUE(log->Sync().has_value());
  EXPECT_EQ(*log->IdAt(Index{2}), IdOf(fresh.front()));
  log = MustOpen(disk);
  EXPECT_EQ(*log->IdAt(Index{2}), IdOf(fresh.front()));
  EXPECT_EQ(*log->IdAt(Index{1}), IdOf(old.front()));
}

TEST(WalTest, TrimRemovesWholeOldSegmentsAndKeepsTheRestReadable) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {1}, .vote = {2}}}).has_value());
  const auto entries = EntriesAfter({}, 1, 40, 900);
  for (const Entry& entry : entries) {
    ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  }
  const std::size_t before = CountSegments(disk);
  ASSERT_TRUE(log->TrimBefore(Index{20}).has_value());
  EXPECT_LT(CountSegments(disk), before);
  for (int opening = 0; opening < 2; ++opening) {
    const EntryId anchor = log->Anchor();
    EXPECT_LT(anchor.index, Index{20});
    EXPECT_GT(anchor.index, Index{10});
    EXPECT_EQ(anchor, IdOf(entries[anchor.index.value - 1]));
    EXPECT_EQ(*log->IdAt(anchor.index), anchor);
    EXPECT_EQ(log->IdAt(Index{anchor.index.value - 1}).error().code, Code::kNotFound);
    EXPECT_TRUE(SameEntries(
        ReadAll(*log, IdOf(entries.back())),
        {entries.begin() + static_cast<std::ptrdiff_t>(anchor.index.value), entries.end()}));
    log = MustOpen(disk);
    EXPECT_EQ(log->recovered().hard_state, (HardState{.term = {1}, .vote = {2}}));
  }
}

TEST(WalTest, TrimKeepsWhatALaterTruncationFallsBackTo) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(2)}).has_value());
  const auto old = EntriesAfter({}, 1, 20, 900);
  for (const Entry& entry : old) ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.truncate_after = IdOf(old[4])}).has_value());
  const auto fresh = EntriesAfter(IdOf(old[4]), 2, 30, 900);
  for (const Entry& entry : fresh) ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  ASSERT_TRUE(log->TrimBefore(Index{5}).has_value());
  EXPECT_TRUE(log->IdAt(Index{5}).has_value());
  ASSERT_TRUE(log->TrimBefore(Index{6}).has_value());
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_EQ(log->Anchor(), IdOf(old[4]));
    EXPECT_EQ(*log->IdAt(Index{6}), IdOf(fresh.front()));
    EXPECT_TRUE(SameEntries(ReadAll(*log, IdOf(fresh.back())), fresh));
    log = MustOpen(disk);
  }
}

TEST(WalTest, AnchorOfATrimmedLogIsNeverADeadEntry) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(2)}).has_value());
  const auto old = EntriesAfter({}, 1, 20, 900);
  for (const Entry& entry : old) ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  const auto fresh = EntriesAfter(IdOf(old[4]), 2, 8);
  ASSERT_TRUE(WriteGroup(*log, {.truncate_after = IdOf(old[4]), .entries = fresh}).has_value());
  ASSERT_TRUE(log->TrimBefore(Index{10}).has_value());
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_EQ(log->Anchor(), IdOf(old[4]));
    EXPECT_EQ(*log->IdAt(Index{6}), IdOf(fresh.front()));
    EXPECT_EQ(*log->IdAt(Index{9}), IdOf(fresh[3]));
    log = MustOpen(disk);
  }
}

TEST(WalTest, LogOfAnotherClusterOrNodeIsRefused) {
  FaultDisk disk;
  MustOpen(disk);
  Wal::Options other = SmallSegments();
  other.node = {4};
  EXPECT_EQ(Wal::Open(disk, kWalDirectory, other, {}).error().code, Code::kInvalidArgument);
  other = SmallSegments();
  other.cluster.bytes[0] ^= 1U;
  EXPECT_EQ(Wal::Open(disk, kWalDirectory, other, {}).error().code, Code::kInvalidArgument);
}

TEST(WalTest, SegmentSizeMayChangeBetweenOpenings) {
  FaultDisk disk;
  auto log = MustOpen(disk, SmallSegments(28 * 1024));
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  const auto entries = EntriesAfter({}, 1, 30, 900);
  std::size_t i = 0;
  for (const Entry& entry : entries) {
    if (++i == 15) log = MustOpen(disk, SmallSegments(52'000));
    ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  }
  log = MustOpen(disk, SmallSegments(20 * 1024));
  EXPECT_TRUE(SameEntries(ReadAll(*log, log->recovered().last), entries));
}

TEST(WalTest, FullDiskIsACleanErrorThatStays) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  disk.SetCapacity(disk.used() + 4 * 1024);
  EntryId last;
  Result<void> written;
  while (written) {
    const auto entries = EntriesAfter(last, 1, 1, 900);
    written = WriteGroup(*log, {.entries = entries});
    if (written) last = IdOf(entries.back());
  }
  EXPECT_EQ(written.error().code, Code::kFull);
  EXPECT_NE(written.error().message.find("0000000002.wal"), std::string::npos);
  EXPECT_EQ(log->Sync().error().code, Code::kFull);
  log = MustOpen(disk);  // What is there can be read without room for more.
  EXPECT_EQ(log->recovered().last, last);
  disk.SetCapacity(1'000'000);
  log = MustOpen(disk);
  EXPECT_EQ(log->recovered().last, last);
  EXPECT_TRUE(WriteGroup(*log, {.entries = EntriesAfter(last, 1, 9, 900)}).has_value());
}

TEST(WalTest, FailedSyncIsReportedAndNeverTriedAgain) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  disk.FailSyncAfter(1);
  EXPECT_EQ(WriteGroup(*log, {.entries = EntriesAfter({}, 1, 1)}).error().code, Code::kIo);
  const std::uint64_t operations = disk.operations();
  EXPECT_EQ(log->Sync().error().code, Code::kIo);
  EXPECT_EQ(disk.operations(), operations);
  EXPECT_EQ(log->IdAt(Index{1}).error().code, Code::kNotFound);
}

// After a failed sync the page cache shows what the disk may not have.
TEST(WalTest, WhatAFailedSyncLeftInTheCacheIsWrittenAgainBeforeItCounts) {
  const Wal::Options one_segment = SmallSegments(256 * 1024);
  FaultDisk disk;
  auto log = MustOpen(disk, one_segment);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  SeededRandom random(1);
  for (std::uint64_t last = 5; last <= 100; last += 5) {
    disk.FailSyncAfter(1);
    ASSERT_FALSE(
        WriteGroup(*log, {.entries = EntriesAfter(log->recovered().last, 1, 5)}).has_value());
    log = MustOpen(disk, one_segment);  // The process starts again; the machine went on.
    ASSERT_EQ(log->recovered().last.index, Index{last});  // From here on it may be acknowledged.
    disk.PowerCycle(random);
    log = MustOpen(disk, one_segment);
    ASSERT_EQ(log->recovered().last.index, Index{last});
  }
}

// The power went when the new segment had its name and the old one was not closed yet.
TEST(WalTest, SegmentThatNothingAnnouncesIsRemoved) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  Bytes unused = wal::EncodeHeader({.ordinal = 2,
                                    .size = 28 * 1024,
                                    .cluster = SmallSegments().cluster,
                                    .node = SmallSegments().node,
                                    .first_group = 3,
                                    .hard_state = TermOf(1)});
  unused.resize(28 * 1024);
  ASSERT_TRUE(disk.ReplaceFile(SegmentPath(2), unused).has_value());
  log = MustOpen(disk);
  EXPECT_EQ(CountSegments(disk), 1U);
  ASSERT_TRUE(WriteGroup(*log, {.entries = EntriesAfter({}, 1, 1)}).has_value());
  EXPECT_EQ(MustOpen(disk)->recovered().last.index, Index{1});
}

TEST(WalTest, ForeignAndMissingFilesAreRefused) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = TermOf(1)}).has_value());
  for (const Entry& entry : EntriesAfter({}, 1, 20, 900)) {
    ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  }
  const auto segments = CountSegments(disk);
  ASSERT_GT(segments, 3U);
  for (std::uint64_t ordinal = 1; ordinal <= segments; ++ordinal) {
    const auto copy = disk.Clone();
    ASSERT_TRUE(copy->Remove(SegmentPath(ordinal)).has_value());
    const auto opened = Wal::Open(*copy, kWalDirectory, SmallSegments(), {});
    if (ordinal == 1) {  // Like a log that was trimmed; but then its anchor tells.
      EXPECT_GT((*opened)->Anchor().index, Index{0});
      continue;
    }
    ASSERT_FALSE(opened.has_value()) << ordinal;
    EXPECT_EQ(opened.error().code, Code::kCorruption);
  }
  ASSERT_TRUE(disk.ReplaceFile(kWalDirectory / "0000000001.wal.bak", AsBytes("x")).has_value());
  EXPECT_EQ(Wal::Open(disk, kWalDirectory, SmallSegments(), {}).error().code,
            Code::kInvalidArgument);
}

// Any history of appends, truncations, terms, reopenings and trims against a plain model.
RC_GTEST_PROP(WalTest, BehavesLikeAListOfEntries, (const std::vector<std::uint16_t>& events)) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  std::vector<Entry> model;
  HardState hard_state{.term = {1}, .vote = {}};
  RC_ASSERT(WriteGroup(*log, {.hard_state = hard_state}).has_value());
  std::uint64_t trimmed = 0;
  for (const std::uint16_t event : events) {
    const EntryId last = model.empty() ? EntryId{} : IdOf(model.back());
    const std::size_t draw = event / 8U;
    switch (event % 8) {
      case 0:
      case 1:
      case 2: {
        const auto more = EntriesAfter(last, hard_state.term.value, 1 + draw % 4, draw % 3'000);
        model.insert(model.end(), more.begin(), more.end());
        RC_ASSERT(WriteGroup(*log, {.entries = more}).has_value());
        break;
      }
      case 3: {
        if (model.size() <= trimmed + 1) break;
        model.resize(trimmed + 1 + draw % (model.size() - trimmed - 1));
        hard_state = {.term = {hard_state.term.value + 1}, .vote = {}};
        const auto more = EntriesAfter(IdOf(model.back()), hard_state.term.value, draw % 3, 40);
        const std::vector<Persist> writes{{.hard_state = hard_state},
                                          {.truncate_after = IdOf(model.back()), .entries = more}};
        log->Write(writes);
        RC_ASSERT(log->Sync().has_value());
        model.insert(model.end(), more.begin(), more.end());
        break;
      }
      case 4:
        log = MustOpen(disk, SmallSegments(24'000 + draw % 20'000));
        RC_ASSERT(log->recovered().hard_state == hard_state);
        break;
      case 5:
        trimmed += draw % (model.size() - trimmed + 1);
        RC_ASSERT(log->TrimBefore(Index{trimmed + 1}).has_value());
        break;
      default: {
        if (model.size() <= trimmed) break;
        const Index at{trimmed + 1 + draw % (model.size() - trimmed)};
        RC_ASSERT(*log->IdAt(at) == IdOf(model[at.value - 1]));
        const auto read = log->Read(at, Index{model.size()}, 2'000);
        RC_ASSERT(read.has_value());
        const auto first = model.begin() + static_cast<std::ptrdiff_t>(at.value - 1);
        RC_ASSERT(SameEntries(*read, {first, first + static_cast<std::ptrdiff_t>(read->size())}));
        break;
      }
    }
    RC_ASSERT(log->Anchor().index.value <= trimmed);
  }
  log = MustOpen(disk);
  RC_ASSERT(log->recovered().last == (model.empty() ? EntryId{} : IdOf(model.back())));
}

}  // namespace
}  // namespace aval::consensus
