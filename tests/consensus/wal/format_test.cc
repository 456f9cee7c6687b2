#include "consensus/wal/format.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/consensus/wal/support.h"

namespace aval::consensus::wal {
namespace {

// The worked example of docs/formats/wal.md.
FaultDisk& Example() {
  static FaultDisk disk;
  static const bool written = [] {
    Configuration first;
    first.members[{3}] = {.incarnation = 1, .group = 7};
    first.voters.insert({3});
    first.majority_of_one = true;
    const auto log = MustOpen(disk, SmallSegments(),
                              {.configurations = {{.index = {}, .configuration = first}}});
    Entry entry{.term = {1},
                .index = {1},
                .kind = EntryKind::kBlock,
                .payload = std::make_shared<const Bytes>(CopyBytes(AsBytes("hello"))),
                .chain = {}};
    entry.chain = ChainOf({}, entry.term, entry.index, entry.kind, *entry.payload);
    const std::array<Persist, 2> writes{
        Persist{.hard_state = HardState{.term = {1}, .vote = {2}}},
        Persist{.entries = {entry}},
    };
    log->Write(writes);
    return log->Sync().has_value();
  }();
  EXPECT_TRUE(written);
  return disk;
}

std::string HexAt(std::uint64_t offset, std::size_t length) {
  const auto file = Example().Open(SegmentPath(1), Disk::Mode::kRead);
  return ToHex(*(*file)->Read(offset, length));
}

TEST(WalFormatTest, HeaderHasTheDocumentedBytes) {
  EXPECT_EQ(HexAt(0, 12), "4156414c57414c0a00000002");
  EXPECT_EQ(HexAt(12, 16), "00000000000000010000000000007000");
  EXPECT_EQ(HexAt(28, 40),
            "164cf1ca8391532e4f239c556c0c19589ae8877cb25ecfaf0b310c6c3713ba1f0000000300000001");
  EXPECT_EQ(HexAt(68, 20), "0000000000000001000000000000000000000000");
  EXPECT_EQ(HexAt(88, 48), std::string(96, '0'));
  EXPECT_EQ(HexAt(136, 4), "00000028");
  EXPECT_EQ(HexAt(504, 8), "cbfce9c80d9130a5");
}

TEST(WalFormatTest, ConfigurationsHaveTheDocumentedBytes) {
  EXPECT_EQ(HexAt(4096, 16), "80000000000000010000000000000001");
  EXPECT_EQ(HexAt(4112, 16), "00000001000000000000000000000018");
  EXPECT_EQ(HexAt(4128, 24), "010101000000030000000100000007010000000300000000");
  EXPECT_EQ(HexAt(4600, 8), "3eaa7012495c33a5");
}

TEST(WalFormatTest, TheHeaderIsRepeatedAtTheEndOfTheFile) {
  EXPECT_EQ(HexAt(28'672 - 8'192, 4'096), HexAt(4'096, 4'096));
  EXPECT_EQ(HexAt(28'672 - 4'096, 4'096), HexAt(0, 4'096));
}

TEST(WalFormatTest, GroupHasTheDocumentedBytes) {
  EXPECT_EQ(HexAt(8192, 16), "00000000000000010000000000000001");
  EXPECT_EQ(HexAt(8208, 13), "02000000000000000100000002");
  EXPECT_EQ(HexAt(8221, 54),
            "01000000000000000100000000000000010130f96808cf9f4ca2dd3605bb6dcf0f5f2431085f0344fb4637"
            "37c73f85e0598900000005");
  EXPECT_EQ(HexAt(8275, 5), "68656c6c6f");
  EXPECT_EQ(HexAt(8280, 416), std::string(832, '0'));
  EXPECT_EQ(HexAt(8696, 8), "7d5ef689029197a5");
}

TEST(WalFormatTest, GroupFillsWholePagesAndItsSectorsKnowTheirPlace) {
  for (const std::size_t size : {1U, 488U, 489U, 8 * 488U, 8 * 488U + 1, 100'000U}) {
    const Bytes data(size, 7);
    const Bytes sealed = SealGroup(9, data);
    EXPECT_EQ(sealed.size(), SealedSize(size));
    EXPECT_EQ(sealed.size() % kPage, 0U);
    Bytes unsealed;
    for (std::size_t at = 0; at < sealed.size(); at += kSector) {
      const Sector sector = ParseSector(ByteView(sealed).subspan(at, kSector));
      if (sector.state == Sector::State::kZero) continue;
      EXPECT_EQ(sector.state, Sector::State::kWhole);
      EXPECT_EQ(sector.group, 9U);
      EXPECT_EQ(sector.place, at / kSector);
      EXPECT_EQ(sector.count, (size + Sector::kData - 1) / Sector::kData);
      unsealed.insert(unsealed.end(), sector.data.begin(), sector.data.end());
    }
    unsealed.resize(size);
    EXPECT_EQ(unsealed, data);
  }
}

TEST(WalFormatTest, NamesOfSegmentsAreTenDigits) {
  EXPECT_EQ(SegmentName(42), "0000000042.wal");
  EXPECT_EQ(OrdinalOf("0000000042.wal"), 42U);
  for (const char* name :
       {"42.wal", "0000000000.wal", "000000004x.wal", "0000000042.wal.new", ""}) {
    EXPECT_FALSE(OrdinalOf(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace aval::consensus::wal
