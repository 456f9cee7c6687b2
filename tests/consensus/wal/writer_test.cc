#include "consensus/wal/writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/consensus/wal/support.h"

namespace aval::consensus {
namespace {

// What the writer reported, and a way to wait for it.
class Reports {
 public:
  WalWriter::Events events() {
    return {.persisted =
                [this](std::uint64_t sequence) {
                  const std::scoped_lock lock(mutex_);
                  persisted_.push_back(sequence);
                  changed_.notify_all();
                },
            .failed =
                [this](const Error& error) {
                  const std::scoped_lock lock(mutex_);
                  failures_.push_back(error);
                  changed_.notify_all();
                }};
  }
  void WaitForPersisted(std::uint64_t sequence) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !persisted_.empty() && persisted_.back() >= sequence; });
  }
  void WaitForFailure() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !failures_.empty(); });
  }
  std::vector<std::uint64_t> persisted() {
    const std::scoped_lock lock(mutex_);
    return persisted_;
  }
  std::vector<Error> failures() {
    const std::scoped_lock lock(mutex_);
    return failures_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> persisted_;
  std::vector<Error> failures_;
};

// `count` writes of one entry each, after one of the term.
std::vector<Persist> Writes(std::size_t count, std::size_t payload_size = 100) {
  std::vector<Persist> writes{{.sequence = 1, .hard_state = HardState{.term = {1}, .vote = {}}}};
  EntryId last;
  while (writes.size() <= count) {
    writes.push_back(
        {.sequence = writes.size() + 1, .entries = EntriesAfter(last, 1, 1, payload_size)});
    last = IdOf(writes.back().entries.back());
  }
  return writes;
}

TEST(WalWriterTest, ReportsEverythingInOrderOnceItIsDurable) {
  FaultDisk disk;
  const auto log = MustOpen(disk);
  Reports reports;
  {
    WalWriter writer(*log, reports.events());
    for (Persist& write : Writes(200)) ASSERT_TRUE(writer.Write(std::move(write)));
    reports.WaitForPersisted(201);
    writer.Stop();
  }
  const auto persisted = reports.persisted();
  EXPECT_TRUE(std::is_sorted(persisted.begin(), persisted.end()));
  EXPECT_EQ(persisted.back(), 201U);
  SeededRandom random(1);
  disk.PowerCycle(random);
  EXPECT_EQ(MustOpen(disk)->recovered().last.index, Index{200});
}

TEST(WalWriterTest, StopWritesWhatWaitsAndThenTakesNoMore) {
  FaultDisk disk;
  const auto log = MustOpen(disk);
  Reports reports;
  WalWriter writer(*log, reports.events());
  auto writes = Writes(50);
  Persist late = std::move(writes.back());
  writes.pop_back();
  for (Persist& write : writes) ASSERT_TRUE(writer.Write(std::move(write)));
  writer.Stop();
  EXPECT_EQ(reports.persisted().back(), 50U);
  EXPECT_FALSE(writer.Write(std::move(late)));
}

TEST(WalWriterTest, ClosesAGroupOnceItIsLarge) {
  FaultDisk disk;
  const auto log = MustOpen(disk);
  Reports reports;
  WalWriter writer(*log, reports.events(), {.queue = 100, .group_bytes = 5'000});
  for (Persist& write : Writes(30, 1'000)) ASSERT_TRUE(writer.Write(std::move(write)));
  writer.Stop();
  EXPECT_GE(reports.persisted().size(), 6U);  // However the threads interleave.
}

// D07
TEST(WalWriterTest, FailedSyncIsReportedOnceAndNothingAfterIt) {
  FaultDisk disk;
  const auto log = MustOpen(disk);
  Reports reports;
  WalWriter writer(*log, reports.events());
  auto writes = Writes(3);
  ASSERT_TRUE(writer.Write(std::move(writes[0])));
  reports.WaitForPersisted(1);
  disk.FailSyncAfter(1);
  ASSERT_TRUE(writer.Write(std::move(writes[1])));
  reports.WaitForFailure();
  const std::uint64_t syncs = disk.syncs();
  EXPECT_FALSE(writer.Write(std::move(writes[2])));
  writer.Stop();
  EXPECT_EQ(disk.syncs(), syncs);
  EXPECT_EQ(reports.persisted(), std::vector<std::uint64_t>{1});
  ASSERT_EQ(reports.failures().size(), 1U);
  EXPECT_EQ(reports.failures().front().code, Code::kIo);
}

TEST(WalWriterTest, FullDiskIsReportedAsSuch) {
  FaultDisk disk;
  const auto log = MustOpen(disk);
  disk.SetCapacity(disk.used() + 4 * 1024);
  Reports reports;
  WalWriter writer(*log, reports.events());
  for (Persist& write : Writes(50, 900)) {
    if (!writer.Write(std::move(write))) break;
  }
  reports.WaitForFailure();
  writer.Stop();
  EXPECT_EQ(reports.failures().front().code, Code::kFull);
}

TEST(WalWriterTest, FullQueueRefusesInsteadOfWaiting) {
  FaultDisk disk;
  const auto log = MustOpen(disk);
  // The writer's thread is held in its first report, as by a disk that does not answer.
  std::promise<void> release;
  std::promise<void> held;
  std::uint64_t last = 0;
  WalWriter writer(*log,
                   {.persisted =
                        [&](std::uint64_t sequence) {
                          if (std::exchange(last, sequence) > 0) return;
                          held.set_value();
                          release.get_future().wait();
                        },
                    .failed = [](const Error& error) { FAIL() << error.message; }},
                   {.queue = 10, .group_bytes = 1'000});
  std::vector<Persist> writes = Writes(20);
  ASSERT_TRUE(writer.Write(std::move(writes[0])));
  held.get_future().wait();
  for (std::size_t i = 1; i <= 10; ++i) EXPECT_TRUE(writer.Write(std::move(writes[i])));
  EXPECT_FALSE(writer.Write(std::move(writes[11])));
  release.set_value();
  writer.Stop();
  EXPECT_EQ(last, 11U);
}

TEST(WalWriterTest, RepairsInOrderWithWrites) {
  FaultDisk disk;
  auto log = MustOpen(disk, SmallSegments(256 * 1024));
  std::vector<Persist> writes = Writes(4);
  std::vector<Entry> entries;
  for (const Persist& write : writes) {
    ASSERT_TRUE(WriteGroup(*log, write).has_value());
    entries.insert(entries.end(), write.entries.begin(), write.entries.end());
  }
  ASSERT_TRUE(log->Idle().has_value());
  disk.Flip(SegmentPath(1), kHeader + 2 * wal::kPage + 60, 1);
  log = MustOpen(disk, SmallSegments(256 * 1024));
  ASSERT_EQ(log->damaged().size(), 1U);
  Reports reports;
  WalWriter writer(*log, reports.events());
  ASSERT_TRUE(writer.Write({.sequence = 8, .repaired = {entries[1]}}));
  Persist cut{.sequence = 9, .truncate_after = IdOf(entries[0])};
  ASSERT_TRUE(writer.Write(std::move(cut)));
  writer.Stop();
  EXPECT_EQ(log->counters().repaired, 1U);
  EXPECT_EQ(reports.persisted().back(), 9U);
  EXPECT_TRUE(log->damaged().empty());
}

// What waits for idleness is done at the end at the latest: after Stop the ring is durable.
TEST(WalWriterTest, StopLeavesTheRingDurable) {
  FaultDisk disk;
  const auto log = MustOpen(disk, SmallSegments(256 * 1024));
  Reports reports;
  WalWriter writer(*log, reports.events());
  for (Persist& write : Writes(20)) ASSERT_TRUE(writer.Write(std::move(write)));
  writer.Stop();
  const auto durable = disk.CloneDurable();
  durable->Flip(SegmentPath(1), kHeader + 20, 1);  // In the first group.
  EXPECT_TRUE(Wal::Open(*durable, kWalDirectory, SmallSegments(256 * 1024), {}).has_value());
}

// The core reads durable entries while the writer appends and truncates; run under TSan this shows
// that they share nothing unguarded.
TEST(WalWriterTest, DurableEntriesAreReadableWhileOthersAreWritten) {
  FaultDisk disk;
  const auto log = MustOpen(disk, SmallSegments(76 * 1024));
  Reports reports;
  std::atomic<std::uint64_t> durable = 0;
  WalWriter::Events events = reports.events();
  events.persisted = [&, inner = events.persisted](std::uint64_t sequence) {
    durable = sequence - 1;  // Entries.
    inner(sequence);
  };
  WalWriter writer(*log, events, {.queue = 1'000, .group_bytes = 10'000});
  std::vector<Persist> writes = Writes(500, 800);
  std::vector<EntryId> ids(1);
  for (const Persist& write : writes) {
    for (const Entry& entry : write.entries) ids.push_back(IdOf(entry));
  }
  for (Persist& write : writes) ASSERT_TRUE(writer.Write(std::move(write)));
  SeededRandom random(1);
  while (durable < 500) {
    const std::uint64_t last = durable;
    if (last == 0) continue;
    const Index at{1 + random.Below(last)};
    ASSERT_EQ(*log->IdAt(at), ids[at.value]);
    const auto read = log->Read(at, Index{last}, 3'000);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(IdOf(read->back()), ids[read->back().index.value]);
  }
  writer.Stop();
}

}  // namespace
}  // namespace aval::consensus
