#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "consensus/wal/format.h"
#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

// A small log of two segments, all of it confirmed.
class RotTest : public testing::Test {
 protected:
  RotTest() {
    const auto log = MustOpen(disk_, SmallSegments(kSegment));
    EXPECT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {1}, .vote = {2}}}).has_value());
    for (int i = 0; i < 4; ++i) {
      const EntryId last = entries_.empty() ? EntryId{} : IdOf(entries_.back());
      const auto more = EntriesAfter(last, 1, 1 + i % 2, 700);
      EXPECT_TRUE(WriteGroup(*log, {.entries = more}).has_value());
      entries_.insert(entries_.end(), more.begin(), more.end());
    }
    EXPECT_EQ(CountSegments(disk_), 2U);
  }

  // Opened after damage: refused with a place, or complete.
  void CheckNothingIsSilentlyWrong(FaultDisk& disk) {
    const std::uint64_t operations = disk.operations();
    const auto log = Wal::Open(disk, kWalDirectory, SmallSegments(kSegment), {});
    if (!log) {
      ++refused_;
      EXPECT_EQ(log.error().code, Code::kCorruption) << log.error().message;
      EXPECT_NE(log.error().message.find(".wal at offset "), std::string::npos)
          << log.error().message;
      EXPECT_EQ(disk.operations(), operations);  // What was damaged is left as it is.
      return;
    }
    ++opened_;
    EXPECT_EQ((*log)->recovered().last, IdOf(entries_.back()));
    EXPECT_EQ((*log)->recovered().hard_state, (HardState{.term = {1}, .vote = {2}}));
    EXPECT_TRUE(SameEntries(ReadAll(**log, IdOf(entries_.back())), entries_));
  }

  std::vector<std::uint8_t> Content(std::uint64_t ordinal) {
    return *disk_.ReadFile(SegmentPath(ordinal));
  }
  // A copy with other bytes at an offset.
  std::unique_ptr<FaultDisk> With(std::uint64_t ordinal, std::uint64_t offset, ByteView bytes) {
    auto copy = disk_.Clone();
    EXPECT_TRUE(copy->Remove(kRingPath).has_value());
    const auto file = copy->Open(SegmentPath(ordinal), Disk::Mode::kReadWrite);
    EXPECT_TRUE((*file)->Write(offset, bytes).has_value());
    return copy;
  }

  // Nothing was written to this byte's sector; of so many alike, some are enough.
  static bool IsRoom(const Bytes& content, std::uint64_t offset) {
    const std::uint64_t sector = offset / wal::kSector * wal::kSector;
    return EqualBytes(ByteView(content).subspan(sector, wal::kSector), Bytes(wal::kSector));
  }

  static constexpr std::uint64_t kSegment = 8 * wal::kPage;
  static constexpr std::uint64_t kRoomEnd = kSegment - kHeader;
  FaultDisk disk_;
  std::vector<Entry> entries_;
  std::size_t refused_ = 0;
  std::size_t opened_ = 0;
};

TEST_F(RotTest, AnyFlippedBitIsRefusedOrHarmless) {
  for (std::uint64_t ordinal = 1; ordinal <= 2; ++ordinal) {
    const auto content = Content(ordinal);
    for (std::uint64_t offset = 0; offset < content.size(); ++offset) {
      if (IsRoom(content, offset) && offset % 17 > 0) continue;
      const auto mask = static_cast<std::uint8_t>(1U << (offset % 8));
      const auto copy =
          With(ordinal, offset, Bytes{static_cast<std::uint8_t>(content[offset] ^ mask)});
      CheckNothingIsSilentlyWrong(*copy);
      ASSERT_FALSE(HasFailure()) << "segment " << ordinal << ", offset " << offset;
    }
  }
  // Only in the room after the end, or as what a write torn at its first bytes would leave there.
  EXPECT_GT(refused_, 14 * wal::kSector);
  EXPECT_GT(opened_, 0U);
}

TEST_F(RotTest, AnyOverwrittenByteBelowTheEndIsRefused) {
  const auto content = Content(2);
  std::size_t end = kRoomEnd;
  while (content[end - 1] == 0) --end;
  for (std::uint64_t offset = kHeader; offset < end; ++offset) {
    if (content[offset] == 0xff || (IsRoom(content, offset) && offset % 17 > 0)) continue;
    const auto copy = With(2, offset, Bytes{0xff});
    CheckNothingIsSilentlyWrong(*copy);
    ASSERT_FALSE(HasFailure()) << offset;
  }
  EXPECT_EQ(opened_, 0U);
}

// A zero where a sector's end mark was could pass for a torn write, but not with more behind it.
TEST_F(RotTest, AnyByteSetToZeroBelowTheLastIsRefused) {
  const auto content = Content(2);
  std::size_t end = kRoomEnd;
  while (content[end - 1] == 0) --end;
  for (std::uint64_t offset = kHeader; offset + 1 < end; ++offset) {
    if (content[offset] == 0) continue;
    CheckNothingIsSilentlyWrong(*With(2, offset, Bytes{0}));
    ASSERT_FALSE(HasFailure()) << offset;
  }
  EXPECT_EQ(opened_, 0U);
}

TEST_F(RotTest, TailMissingFromAnOlderSegmentIsRefusedAndLeftAlone) {
  const std::uint64_t close = kRoomEnd - wal::kPage;
  for (std::uint64_t from = kHeader; from <= close; from += wal::kSector) {
    CheckNothingIsSilentlyWrong(*With(1, from, Bytes(kRoomEnd - from)));
  }
  EXPECT_EQ(opened_, 0U);
}

TEST_F(RotTest, HeaderThatDoesNotContinueTheSegmentBeforeIsRefused) {
  const auto page = Content(2);
  const wal::SegmentHeader sound = *wal::DecodeHeader(ByteView(page).first(kHeader));
  std::vector<wal::SegmentHeader> headers(5, sound);
  headers[0].hard_state.vote = {1};
  ++headers[1].hard_state.term.value;
  headers[2].last = IdOf(entries_[1]);
  headers[3].last.chain.bytes[9] ^= 1U;
  ++headers[4].first_group;
  ASSERT_EQ(wal::EncodeHeader(sound), Bytes(page.begin(), page.begin() + kHeader));
  for (const wal::SegmentHeader& header : headers) {
    CheckNothingIsSilentlyWrong(*With(2, 0, wal::EncodeHeader(header)));
  }
  EXPECT_EQ(opened_, 0U);
}

TEST_F(RotTest, SectorMissingBeforeTheLastGroupIsRefused) {
  const Bytes zeros(wal::kSector);
  for (std::uint64_t ordinal = 1; ordinal <= 2; ++ordinal) {
    const auto content = Content(ordinal);
    for (std::uint64_t offset = kHeader; offset < kRoomEnd; offset += wal::kSector) {
      const ByteView sector = ByteView(content).subspan(offset, wal::kSector);
      if (EqualBytes(sector, zeros)) continue;
      const wal::Sector parsed = wal::ParseSector(sector);
      if (parsed.state == wal::Sector::State::kWhole && parsed.group == 6) continue;  // The last.
      CheckNothingIsSilentlyWrong(*With(ordinal, offset, zeros));
    }
  }
  EXPECT_EQ(opened_, 0U);
  EXPECT_GT(refused_, 8U);
}

// What no log can tell by itself: a device that loses a whole sector of the newest group looks like
// a power cut before its sync. The node's peers and its own state know better.
TEST_F(RotTest, SectorMissingFromTheLastGroupLooksTorn) {
  const auto content = Content(2);
  for (std::uint64_t offset = kHeader; offset < kRoomEnd; offset += wal::kSector) {
    const wal::Sector sector = wal::ParseSector(ByteView(content).subspan(offset, wal::kSector));
    if (sector.state != wal::Sector::State::kWhole || sector.group != 6) continue;
    const auto copy = With(2, offset, Bytes(wal::kSector));
    const auto log = MustOpen(*copy, SmallSegments(kSegment));
    ASSERT_NE(log, nullptr);
    EXPECT_TRUE(log->recovered().torn.has_value());
    EXPECT_EQ(log->recovered().last, IdOf(entries_[entries_.size() - 3]));
  }
}

TEST_F(RotTest, MisdirectedPageIsRefused) {
  const auto first = Content(1);
  const auto second = Content(2);
  for (std::uint64_t from = 0; from < kRoomEnd; from += wal::kPage) {
    for (std::uint64_t to = kHeader; to < kRoomEnd; to += wal::kPage) {
      const Bytes page(first.begin() + static_cast<std::ptrdiff_t>(from),
                       first.begin() + static_cast<std::ptrdiff_t>(from + wal::kPage));
      if (from != to) CheckNothingIsSilentlyWrong(*With(1, to, page));
      CheckNothingIsSilentlyWrong(*With(2, to, page));
    }
  }
  EXPECT_EQ(opened_, 0U);
}

TEST_F(RotTest, SectorsOfAGroupInAnotherOrderAreRefused) {
  const auto content = Content(2);
  for (std::uint64_t a = 0; a + 1 < kRoomEnd / wal::kSector; ++a) {
    const std::uint64_t at = a * wal::kSector;
    const ByteView pair = ByteView(content).subspan(at, 2 * wal::kSector);
    const bool both = wal::ParseSector(pair.first(wal::kSector)).count > 0 &&
                      wal::ParseSector(pair.last(wal::kSector)).count > 0;
    if (at < kHeader || !both) continue;
    Bytes swapped = CopyBytes(pair.last(wal::kSector));
    swapped.insert(swapped.end(), pair.begin(), pair.begin() + wal::kSector);
    CheckNothingIsSilentlyWrong(*With(2, at, swapped));
  }
  EXPECT_GE(refused_, 3U);
  EXPECT_EQ(opened_, 0U);
}

TEST_F(RotTest, FileOfAnotherLengthIsRefused) {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{100}, kSegment - 1, kSegment + 1}) {
    for (std::uint64_t ordinal = 1; ordinal <= 2; ++ordinal) {
      const auto copy = disk_.Clone();
      const auto file = copy->Open(SegmentPath(ordinal), Disk::Mode::kReadWrite);
      ASSERT_TRUE((*file)->Resize(size).has_value());
      CheckNothingIsSilentlyWrong(*copy);
    }
  }
  EXPECT_EQ(opened_, 0U);
}

TEST_F(RotTest, OlderCopyOfASegmentIsRefused) {
  auto log = MustOpen(disk_, SmallSegments(kSegment));
  const auto older = Content(2);
  const auto more = EntriesAfter(IdOf(entries_.back()), 1, 8, 700);
  for (const Entry& entry : more) ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  ASSERT_GT(CountSegments(disk_), 3U);
  const auto copy = With(2, 0, older);
  const auto opened = Wal::Open(*copy, kWalDirectory, SmallSegments(kSegment), {});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kCorruption);
}

TEST_F(RotTest, OtherFormatIsRefusedByName) {
  for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{9}}) {
    Bytes page = Content(1);
    page.resize(wal::kPage);
    page[11] = version;
    const auto checked = ByteView(page).first(wal::kSector - 8);
    const crypto::Digest digest = crypto::Sha256(checked);
    std::copy_n(digest.bytes.begin(), 7, page.begin() + wal::kSector - 8);
    const auto opened = Wal::Open(*With(1, 0, page), kWalDirectory, SmallSegments(kSegment), {});
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().message.find("format version " + std::to_string(version) +
                                          ", this program knows 2"),
              std::string::npos);
  }
}

// Records that are whole and follow the form, and that no node could have written: a fault of the
// program that wrote them, or somebody's hand.
TEST_F(RotTest, SealedRecordsThatContradictTheLogAreRefused) {
  const auto group = [](std::uint64_t number, const std::function<void(ByteWriter&)>& write) {
    ByteWriter data;
    write(data);
    return wal::SealGroup(number, data.bytes());
  };
  const EntryId last = IdOf(entries_.back());
  Entry next = EntriesAfter(last, 1, 1).front();
  const auto changed = [&](const std::function<void(Entry&)>& change) {
    return [entry = next, change](ByteWriter& out) mutable {
      change(entry);
      wal::WriteRecord(out, entry);
    };
  };
  const auto raw = [](std::vector<std::uint8_t> bytes) {
    return [bytes = std::move(bytes)](ByteWriter& out) { out.Raw(bytes); };
  };
  const std::vector<std::function<void(ByteWriter&)>> cases{
      changed([](Entry& entry) { entry.chain.bytes[0] ^= 1U; }),
      changed([](Entry& entry) { entry.payload = std::make_shared<const Bytes>(8); }),
      changed([](Entry& entry) { ++entry.index.value; }),
      changed([](Entry& entry) { --entry.index.value; }),
      changed([](Entry& entry) { entry.term = {2}; }),  // Beyond the node's own.
      changed([](Entry& entry) { entry.term = {0}; }),
      [](ByteWriter& out) { wal::WriteRecord(out, HardState{.term = {0}, .vote = {}}); },
      [](ByteWriter& out) { wal::WriteRecord(out, HardState{.term = {1}, .vote = {3}}); },
      [&](ByteWriter& out) { wal::WriteTruncation(out, last); },
      [&](ByteWriter& out) { wal::WriteTruncation(out, IdOf(next)); },
      [](ByteWriter& out) { wal::WriteClose(out, 2); },
      [](ByteWriter& out) { wal::WriteClose(out, 4); },
      [](ByteWriter& out) { wal::WriteClose(out, 3); },  // And segment 3 is not there.
      [&](ByteWriter& out) {
        wal::WriteClose(out, 3);
        wal::WriteRecord(out, next);
      },
      raw({9}),
      raw({1, 0, 0}),
      raw({0, 1}),
  };
  const auto content = Content(2);
  const std::uint64_t end = kHeader + 2 * wal::kPage;  // Two groups are before it.
  ASSERT_TRUE(EqualBytes(ByteView(content).subspan(end, wal::kPage), Bytes(wal::kPage)));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CheckNothingIsSilentlyWrong(*With(2, end, group(7, cases[i])));
    EXPECT_EQ(refused_, i + 1) << "case " << i;
  }
  CheckNothingIsSilentlyWrong(*With(2, end, group(8, changed([](Entry&) {}))));
  CheckNothingIsSilentlyWrong(*With(2, end, group(6, changed([](Entry&) {}))));
  EXPECT_EQ(opened_, 0U);
  // The same without a fault is taken.
  const auto sound = With(2, end, group(7, changed([](Entry&) {})));
  EXPECT_EQ(MustOpen(*sound, SmallSegments(kSegment))->recovered().last, IdOf(next));
}

TEST_F(RotTest, EntryThatRottedAfterOpeningIsNotGivenOut) {
  const auto log = MustOpen(disk_, SmallSegments(kSegment));
  const std::uint64_t offset = kHeader + 2 * wal::kPage + 100;  // In the second entry's payload.
  disk_.Flip(SegmentPath(1), offset, 4);
  const auto read = log->Read(Index{2}, Index{3}, 10'000);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Code::kCorruption);
  EXPECT_NE(read.error().message.find("0000000001.wal at offset 16384"), std::string::npos)
      << read.error().message;
  EXPECT_EQ(log->IdAt(Index{2}).error().code, Code::kCorruption);
  EXPECT_EQ(*log->IdAt(Index{3}), IdOf(entries_[2]));  // It ends a group: known without reading.
  EXPECT_TRUE(log->Read(Index{4}, Index{6}, 10'000).has_value());  // Elsewhere all is well.
}

TEST_F(RotTest, EntryThatDoesNotFollowIsNotGivenOutThoughItsSectorsAreWhole) {
  const auto log = MustOpen(disk_, SmallSegments(kSegment));
  Entry other = entries_.front();
  other.payload = std::make_shared<const Bytes>(other.payload->size());
  ByteWriter data;
  wal::WriteRecord(data, other);
  const auto file = disk_.Open(SegmentPath(1), Disk::Mode::kReadWrite);
  ASSERT_TRUE((*file)->Write(kHeader + wal::kPage, wal::SealGroup(2, data.bytes())).has_value());
  EXPECT_EQ(log->Read(Index{1}, Index{1}, 10'000).error().code, Code::kCorruption);
}

}  // namespace
}  // namespace aval::consensus
