#include "ledger/effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "ledger/record/table.h"

namespace aval::ledger {
namespace {

JournalLine Line() {
  JournalLine line{.owner = PartyId::Institution(1),
                   .code = 1100,
                   .subject = {},
                   .currency = *Currency::Parse("BRL"),
                   .debit = {5},
                   .credit = {}};
  line.subject.bytes[15] = 9;
  return line;
}

void ExpectCorrupt(std::string_view hex, std::string_view place) {
  const Result<Effects> effects = DecodeEffects(*FromHex(hex));
  ASSERT_FALSE(effects) << hex;
  EXPECT_EQ(effects.error().code, Code::kCorruption);
  EXPECT_EQ(effects.error().message, "effects: " + std::string(place));
}

TEST(EffectsTest, ArePutsAndDeletionsInKeyOrderThenTheJournal) {
  const Writes writes{{Bytes{0x21, 0x02}, Bytes{0xaa, 0xbb}}, {Bytes{0x20}, std::nullopt}};
  const std::vector journal{Line()};
  EXPECT_EQ(ToHex(EncodeEffects(writes, journal)),
            "02000000012000000000"
            "01000000022102"
            "00000002aabb"
            "0300000036"
            "01"
            "00000000000000000000000000000001"
            "044c"
            "00000000000000000000000000000009"
            "42524c"
            "0000000000000005"
            "0000000000000000");
}

TEST(EffectsTest, LeaveOutcomesOut) {
  EXPECT_TRUE(EncodeEffects({{Bytes{0x50, 1}, Bytes{2}}}, {}).empty());
}

TEST(EffectsTest, AreHashedUnderTheirName) {
  EXPECT_EQ(HashEffects(AsBytes("x")), crypto::Sha256(AsBytes("aval-effects/v1\nx")));
}

TEST(EffectsTest, AreAsLongAsTheirSizeSays) {
  const Writes writes{{Bytes{0x21, 0x02}, Bytes{0xaa, 0xbb}},
                      {Bytes{0x20}, std::nullopt},
                      {Bytes{0x50, 1}, Bytes{2}}};
  const std::vector journal{Line(), Line()};
  EXPECT_EQ(EffectsSize(writes, journal), EncodeEffects(writes, journal).size());
  EXPECT_EQ(EffectsSize({}, {}), 0U);
}

RC_GTEST_PROP(EffectsTest, DecodeToWhatWasEncoded,
              (const std::map<Bytes, Bytes>& puts, const std::set<Bytes>& deletions,
               std::uint8_t lines)) {
  Writes writes(puts.begin(), puts.end());
  for (const Bytes& key : deletions) writes.emplace(key, std::nullopt);
  std::erase_if(writes, [](const auto& write) {
    return write.first.empty() || write.first[0] == static_cast<std::uint8_t>(Table::kOutcome);
  });
  const std::vector journal(lines, Line());
  const Bytes bytes = EncodeEffects(writes, journal);
  const Result<Effects> effects = DecodeEffects(bytes);
  RC_ASSERT(effects.has_value());
  RC_ASSERT(effects->writes == writes);
  RC_ASSERT(EncodeEffects(effects->writes, effects->journal) == bytes);
}

RC_GTEST_PROP(EffectsTest, AChangedByteIsRefusedOrEncodesToItself, ()) {
  const std::vector journal{Line()};
  Bytes bytes = EncodeEffects({{Bytes{0x20}, std::nullopt}, {Bytes{0x21}, Bytes{1}}}, journal);
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<std::uint8_t>();
  const Result<Effects> effects = DecodeEffects(bytes);
  if (effects) RC_ASSERT(EncodeEffects(effects->writes, effects->journal) == bytes);
}

TEST(EffectsTest, WhatNobodyWritesIsRefusedWithItsPlace) {
  ExpectCorrupt("04", "unknown operation at offset 0");
  ExpectCorrupt("0100000001", "write cut short at offset 0");
  ExpectCorrupt("010000000000000000", "key that effects never have at offset 0");
  ExpectCorrupt("0100000001500000000101", "key that effects never have at offset 0");
  ExpectCorrupt("0200000001200000000101", "deletion with a value at offset 0");
  ExpectCorrupt("0200000001210000000002000000012000000000", "keys not ascending at offset 10");
  ExpectCorrupt("0200000001200000000002000000012000000000", "keys not ascending at offset 10");
  ExpectCorrupt("03000000", "journal line cut short at offset 0");
  ExpectCorrupt("030000000102", "journal line of an unknown version at offset 0");
  ExpectCorrupt("030000000101", "damaged journal line at offset 0");
}

TEST(EffectsTest, NoWriteFollowsTheJournal) {
  const std::vector journal{Line()};
  Bytes bytes = EncodeEffects({}, journal);
  const Bytes write = EncodeEffects({{Bytes{0x20}, std::nullopt}}, {});
  bytes.insert(bytes.end(), write.begin(), write.end());
  EXPECT_EQ(DecodeEffects(bytes).error().message, "effects: write after the journal at offset 59");
}

TEST(EffectsTest, AJournalLineIsEitherDebitOrCredit) {
  JournalLine both = Line();
  both.credit = {1};
  JournalLine neither = Line();
  neither.debit = {};
  JournalLine negative = Line();
  negative.debit = {-5};
  for (const JournalLine& line : {both, neither, negative}) {
    EXPECT_FALSE(DecodeEffects(EncodeEffects({}, std::vector{line})));
  }
}

}  // namespace
}  // namespace aval::ledger
