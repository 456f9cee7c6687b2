#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "consensus/wal/format.h"
#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

// What the log says after a group.
struct Model {
  HardState hard_state;
  std::vector<Entry> entries;
  EntryId last() const { return entries.empty() ? EntryId{} : IdOf(entries.back()); }
};

// A history that rotates, truncates and trims; the state after each of its groups.
struct History {
  std::vector<std::vector<Persist>> groups;
  std::vector<Model> after;  // after[i]: once the first i groups are durable.
};

History MakeHistory(std::uint64_t seed, std::size_t groups) {
  SeededRandom random(seed);
  History history;
  Model model;
  history.after.push_back(model);
  while (history.groups.size() < groups) {
    std::vector<Persist> group;
    if (model.hard_state.term.value == 0 || random.Below(6) == 0) {
      model.hard_state = {.term = {model.hard_state.term.value + 1},
                          .vote = {static_cast<std::uint32_t>(random.Below(3))}};
      group.push_back({.hard_state = model.hard_state});
    }
    Persist write;
    if (model.entries.size() > 2 && random.Below(6) == 0) {
      model.entries.resize(model.entries.size() - 1 - random.Below(2));
      write.truncate_after = model.last();
    }
    const auto more = EntriesAfter(model.last(), model.hard_state.term.value, random.Below(4),
                                   random.Below(2'500));
    write.entries = more;
    model.entries.insert(model.entries.end(), more.begin(), more.end());
    group.push_back(std::move(write));
    history.groups.push_back(std::move(group));
    history.after.push_back(model);
  }
  return history;
}

bool Is(const Wal& log, const Model& model) {
  if (log.recovered().last != model.last() || log.recovered().hard_state != model.hard_state) {
    return false;
  }
  const auto live = model.entries.begin() + static_cast<std::ptrdiff_t>(log.Anchor().index.value);
  return SameEntries(ReadAll(log, model.last()), {live, model.entries.end()});
}

// Writes groups from `from` on until the power fails; how many were confirmed in all.
std::size_t Play(Wal& log, const History& history, std::size_t from) {
  for (std::size_t i = from; i < history.groups.size(); ++i) {
    log.Write(history.groups[i]);
    if (!log.Sync()) return i;
    if (i % 3 == 1 && !log.Idle()) return i + 1;
    const std::size_t entries = history.after[i + 1].entries.size();
    if (i % 7 == 6 && entries > 6 && !log.TrimBefore(Index{entries - 4})) return i + 1;
  }
  return history.groups.size();
}

// The log after a power cut holds what was confirmed, and at most the group under way besides.
// Returns how many groups it holds.
std::size_t CheckAfterCut(const Wal& log, const History& history, std::size_t confirmed) {
  if (confirmed < history.groups.size() && Is(log, history.after[confirmed + 1])) {
    return confirmed + 1;
  }
  EXPECT_TRUE(Is(log, history.after[confirmed]));
  return confirmed;
}

// D08, for one node: the power fails at every single operation, opening and trimming included.
TEST(PowerCutTest, CutAtAnyOperationLosesNothingThatWasConfirmed) {
  constexpr std::size_t kGroups = 24;
  std::uint64_t cuts = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const History history = MakeHistory(seed, kGroups);
    for (std::uint64_t cut = 1;; ++cut, ++cuts) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", cut at operation " + std::to_string(cut));
      SeededRandom random(seed * 1'000 + cut);
      FaultDisk disk;
      disk.CutAfter(cut);
      std::size_t confirmed = 0;
      {
        const auto log = Wal::Open(disk, kWalDirectory, SmallSegments(), {});
        if (log) confirmed = Play(**log, history, 0);
      }
      const bool finished = !disk.cut();
      disk.PowerCycle(random);
      auto log = MustOpen(disk);
      ASSERT_NE(log, nullptr);
      confirmed = CheckAfterCut(*log, history, confirmed);
      ASSERT_FALSE(testing::Test::HasFailure());
      // It goes on from there as if nothing had been.
      EXPECT_EQ(Play(*log, history, confirmed), kGroups);
      log = MustOpen(disk);
      ASSERT_TRUE(Is(*log, history.after.back()));
      if (finished) break;
    }
  }
  EXPECT_GT(cuts, 400U);
}

TEST(PowerCutTest, CutsInARowAlsoWhileOpeningLoseNothing) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const History history = MakeHistory(seed, 20);
    SeededRandom random(seed);
    FaultDisk disk;
    std::size_t confirmed = 0;
    for (int cut = 0; cut < 40 && confirmed < history.groups.size(); ++cut) {
      disk.CutAfter(1 + random.Below(12));
      auto log = Wal::Open(disk, kWalDirectory, SmallSegments(), {});
      if (log) {
        confirmed = CheckAfterCut(**log, history, confirmed);
        confirmed = Play(**log, history, confirmed);
      } else {
        ASSERT_EQ(log.error().code, Code::kIo) << log.error().message;
      }
      ASSERT_FALSE(testing::Test::HasFailure());
      disk.PowerCycle(random);
    }
    const auto log = MustOpen(disk);
    ASSERT_NE(log, nullptr);
    CheckAfterCut(*log, history, confirmed);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

// A disk that fails and is read again without a power cut shows the whole group or, after a cut,
// any part of it; both are right until it is confirmed.
TEST(PowerCutTest, FailedSyncAndThenAPowerCutLoseNothingThatWasConfirmed) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const History history = MakeHistory(seed, 20);
    SeededRandom random(seed);
    FaultDisk disk;
    disk.FailSyncAfter(1 + random.Below(30));
    std::size_t confirmed = 0;
    for (int opening = 0; opening < 2; ++opening) {
      auto log = Wal::Open(disk, kWalDirectory, SmallSegments(), {});
      if (!log) continue;  // The sync of the opening itself failed.
      confirmed = CheckAfterCut(**log, history, confirmed);
      confirmed = Play(**log, history, confirmed);
    }
    disk.PowerCycle(random);
    const auto log = MustOpen(disk);
    ASSERT_NE(log, nullptr);
    CheckAfterCut(*log, history, confirmed);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

TEST(PowerCutTest, GroupTornAtAnyByteIsCut) {
  const Wal::Options options = SmallSegments(44 * 1024);
  FaultDisk disk;
  auto log = MustOpen(disk, options);
  const auto kept = EntriesAfter({}, 1, 2, 300);
  ASSERT_TRUE(WriteGroup(*log, {.hard_state = HardState{.term = {1}, .vote = {}}}).has_value());
  ASSERT_TRUE(WriteGroup(*log, {.entries = kept}).has_value());
  const auto before = disk.Clone();
  const auto torn = EntriesAfter(IdOf(kept.back()), 1, 4, 1'300);
  ASSERT_TRUE(WriteGroup(*log, {.entries = torn}).has_value());
  const std::uint64_t begin = kHeader + 2 * wal::kPage;
  const auto written = disk.Open(SegmentPath(1), Disk::Mode::kRead);
  const Bytes group = *(*written)->Read(begin, 2 * wal::kPage);
  std::size_t size = group.size();
  while (group[size - 1] == 0) --size;
  ASSERT_GT(size, wal::kPage);
  for (std::size_t length = 0; length <= size; ++length) {
    const auto copy = before->Clone();
    const auto file = copy->Open(SegmentPath(1), Disk::Mode::kReadWrite);
    ASSERT_TRUE((*file)->Write(begin, ByteView(group).first(length)).has_value());
    const auto opened = MustOpen(*copy, options);
    ASSERT_NE(opened, nullptr) << length;
    if (length == size) {
      EXPECT_EQ(opened->recovered().last, IdOf(torn.back()));
      continue;
    }
    ASSERT_EQ(opened->recovered().last, IdOf(kept.back())) << length;
    // Leading zeros of the group's number leave no trace.
    EXPECT_EQ(opened->recovered().torn.has_value(), length >= 8) << length;
    if (length >= 8) {
      EXPECT_EQ(opened->recovered().torn->offset, begin);
    }
    if (length % 16 != 8) continue;
    ASSERT_TRUE(
        WriteGroup(*opened, {.entries = EntriesAfter(IdOf(kept.back()), 1, 1)}).has_value());
    ASSERT_EQ(MustOpen(*copy, options)->recovered().last.index, Index{3}) << length;
  }
}

}  // namespace
}  // namespace aval::consensus
