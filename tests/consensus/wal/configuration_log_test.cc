// What the log knows of its node's members, of where it begins, and of terms.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

// Of so many voters and former members.
Configuration ConfigurationOf(std::uint32_t voters, std::uint32_t retired = 0) {
  Configuration made;
  for (std::uint32_t id = 1; id <= voters; ++id) {
    made.members[{id}] = {.incarnation = 1, .group = id};
    made.voters.insert({id});
  }
  for (std::uint32_t id = 1'000; id < 1'000 + retired; ++id) made.retired[{id}] = 2;
  made.majority_of_one = true;
  return made;
}

Entry ConfigurationEntry(const EntryId& before, std::uint64_t term, const Configuration& to) {
  Entry entry{.term = {term},
              .index = {before.index.value + 1},
              .kind = EntryKind::kConfiguration,
              .payload = std::make_shared<const Bytes>(Encode(to)),
              .chain = {}};
  entry.chain = ChainOf(before.chain, entry.term, entry.index, entry.kind, *entry.payload);
  return entry;
}

Wal::Origin OriginOf(const Configuration& first) {
  return {.configurations = {{.index = {}, .configuration = first}}};
}

bool Hold(const std::vector<ConfigurationAt>& found, const std::vector<ConfigurationAt>& expected) {
  return std::ranges::equal(found, expected, [](const auto& a, const auto& b) {
    return a.index == b.index && a.configuration == b.configuration;
  });
}

TEST(ConfigurationLogTest, AMarkAndAConfigurationComeBackAsEntries) {
  FaultDisk disk;
  auto log = MustOpen(disk, SmallSegments(), OriginOf(ConfigurationOf(3)));
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {1}, .vote = {}}}));
  Entry mark{.term = {1},
             .index = {1},
             .kind = EntryKind::kMark,
             .payload = std::make_shared<const Bytes>(),
             .chain = {}};
  mark.chain = ChainOf({}, mark.term, mark.index, mark.kind, {});
  const std::vector<Entry> entries{mark, ConfigurationEntry(IdOf(mark), 1, ConfigurationOf(4))};
  ASSERT_TRUE(WriteGroup(*log, {.entries = entries}).has_value());
  log = MustOpen(disk);
  EXPECT_TRUE(SameEntries(ReadAll(*log, log->recovered().last), entries));
  EXPECT_TRUE(
      Hold(log->recovered().configurations, {{.index = {}, .configuration = ConfigurationOf(3)},
                                             {.index = {2}, .configuration = ConfigurationOf(4)}}));
}

TEST(ConfigurationLogTest, AnOriginIsKeptAndAnotherOneLaterIsIgnored) {
  const EntryId last = IdOf(EntriesAfter({}, 3, 7).back());
  const Wal::Origin origin{.last = last,
                           .hard_state = {.term = {5}, .vote = {2}},
                           .configurations = {{.index = {4}, .configuration = ConfigurationOf(5)}},
                           .incarnation = 6};
  FaultDisk disk;
  auto log = MustOpen(disk, SmallSegments(), origin);
  const auto entries = EntriesAfter(last, 5, 3);
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_EQ(log->Anchor(), last);
    EXPECT_EQ(*log->IdAt(Index{7}), last);
    EXPECT_EQ(log->IdAt(Index{6}).error().code, Code::kNotFound);
    EXPECT_EQ(log->recovered().hard_state, origin.hard_state);
    EXPECT_EQ(log->recovered().incarnation, 6U);
    EXPECT_TRUE(Hold(log->recovered().configurations, origin.configurations));
    if (opening == 0) {
      ASSERT_TRUE(WriteGroup(*log, {.entries = entries}).has_value());
    }
    log = MustOpen(disk, SmallSegments(), OriginOf(ConfigurationOf(1)));
  }
  EXPECT_TRUE(SameEntries(ReadAll(*log, IdOf(entries.back())), entries));
}

// The header of a later segment was written while an entry stood that a truncation then removed.
TEST(ConfigurationLogTest, ATruncationAcrossSegmentsTakesTheConfigurationWithIt) {
  FaultDisk disk;
  auto log = MustOpen(disk, SmallSegments(), OriginOf(ConfigurationOf(3)));
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {1}, .vote = {}}}));
  const auto kept = EntriesAfter({}, 1, 1).front();
  const Entry lost = ConfigurationEntry(IdOf(kept), 1, ConfigurationOf(5));
  ASSERT_TRUE(WriteGroup(*log, {.entries = {kept, lost}}).has_value());
  for (const Entry& entry : EntriesAfter(IdOf(lost), 1, 12, 3'000)) {
    ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  }
  ASSERT_GT(CountSegments(disk), 3U);
  log = MustOpen(disk);
  EXPECT_EQ(log->recovered().configurations.size(), 2U);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {2}, .vote = {}}}));
  ASSERT_TRUE(WriteGroup(*log, {.truncate_after = IdOf(kept)}).has_value());
  log = MustOpen(disk);
  EXPECT_TRUE(
      Hold(log->recovered().configurations, {{.index = {}, .configuration = ConfigurationOf(3)}}));
  const Entry other = ConfigurationEntry(IdOf(kept), 2, ConfigurationOf(4));
  ASSERT_TRUE(WriteGroup(*log, {.entries = {other}}).has_value());
  for (const Entry& entry : EntriesAfter(IdOf(other), 2, 12, 3'000)) {
    ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
  }
  // Trimmed to segments that begin while the lost one stands: they fall back to the right one.
  ASSERT_TRUE(log->TrimBefore(Index{2}).has_value());
  log = MustOpen(disk);
  EXPECT_EQ(log->Anchor(), IdOf(kept));
  EXPECT_TRUE(
      Hold(log->recovered().configurations, {{.index = {}, .configuration = ConfigurationOf(3)},
                                             {.index = {2}, .configuration = ConfigurationOf(4)}}));
}

TEST(ConfigurationLogTest, ATrimmedLogKnowsTheOneInForceBeforeItsFirstEntry) {
  FaultDisk disk;
  auto log = MustOpen(disk, SmallSegments(60'000), OriginOf(ConfigurationOf(3)));
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {1}, .vote = {}}}));
  EntryId last;
  std::vector<ConfigurationAt> made{{.index = {}, .configuration = ConfigurationOf(3)}};
  for (std::uint32_t i = 0; i < 12; ++i) {
    // The largest there can be.
    const Entry entry = ConfigurationEntry(last, 1, ConfigurationOf(1 + i, 254 - i));
    made.push_back({.index = entry.index, .configuration = ConfigurationOf(1 + i, 254 - i)});
    const auto more = EntriesAfter(IdOf(entry), 1, 3, 3'000);
    ASSERT_TRUE(WriteGroup(*log, {.entries = {entry}}).has_value());
    ASSERT_TRUE(WriteGroup(*log, {.entries = more}).has_value());
    last = IdOf(more.back());
  }
  ASSERT_TRUE(log->TrimBefore(Index{30}).has_value());
  log = MustOpen(disk);
  const Index anchor = log->Anchor().index;
  EXPECT_GT(anchor, Index{4});
  while (made.size() > 1 && made[1].index <= anchor) made.erase(made.begin());
  EXPECT_TRUE(Hold(log->recovered().configurations, made));
}

// Terms that rise, appends, truncations, trims and openings: compared entry by entry.
RC_GTEST_PROP(TermIndexTest, FindsTheLastEntryOfATermWithoutReading,
              (const std::vector<std::uint16_t>& events)) {
  FaultDisk disk;
  auto log = MustOpen(disk);
  std::vector<EntryId> model(1);  // By index.
  std::uint64_t term = 1;
  RC_ASSERT(WriteGroup(*log, {.hard_state = HardState{.term = {term}, .vote = {}}}).has_value());
  for (const std::uint16_t event : events) {
    const std::uint64_t anchor = log->Anchor().index.value;
    const std::size_t draw = event / 8U;
    if (event % 8 < 4) {
      term += draw % 2;
      const HardState hard_state{.term = {term}, .vote = {}};
      const auto more = EntriesAfter(model.back(), term, 1 + draw % 3, 1'500);
      RC_ASSERT(WriteGroup(*log, {.hard_state = hard_state}).has_value());
      RC_ASSERT(WriteGroup(*log, {.entries = more}).has_value());
      for (const Entry& entry : more) model.push_back(IdOf(entry));
    } else if (event % 8 == 4 && model.size() > anchor + 1) {
      model.resize(anchor + 1 + draw % (model.size() - anchor - 1));
      RC_ASSERT(WriteGroup(*log, {.truncate_after = model.back()}).has_value());
    } else if (event % 8 == 5) {
      RC_ASSERT(log->TrimBefore(Index{anchor + draw % (model.size() - anchor + 1)}).has_value());
    } else if (event % 8 == 6) {
      log = MustOpen(disk);
    }
  }
  const std::uint64_t anchor = log->Anchor().index.value;
  for (std::uint64_t from = anchor; from < model.size(); ++from) {
    for (std::uint64_t most = 0; most <= term; ++most) {
      std::uint64_t expected = from;
      while (expected > anchor && model[expected].term.value > most) --expected;
      RC_ASSERT(log->LastWithTermAtMost(Index{from}, Term{most}) == Index{expected});
    }
    RC_ASSERT(*log->IdAt(Index{from}) == model[from]);
  }
}

}  // namespace
}  // namespace aval::consensus
