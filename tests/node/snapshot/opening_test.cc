#include "node/snapshot/opening.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "tests/consensus/storage.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::node {
namespace {

using consensus::HardState;
using consensus::Wal;
using ledger::kData;

const Wal::Options kOptions{
    .cluster = {}, .node = {3}, .segment_bytes = 64 * 1024, .ring_slots = 16};

consensus::ConfigurationAt Members(std::uint64_t index) {
  consensus::Configuration members;
  for (std::uint32_t node = 1; node <= 3; ++node) {
    members.members[{node}] = {.incarnation = 1, .group = node};
    members.voters.insert({node});
  }
  return {.index = {index}, .configuration = members};
}

// A node whose log ends at entry `last` in term 7, where it has voted, and whose snapshot at entry
// 70 of `term` is pending.
struct Opening {
  explicit Opening(std::uint64_t last, std::uint64_t term = 5) {
    auto wal = Wal::Open(disk, kData / ledger::kWalDirectory, kOptions,
                         {.configurations = {Members(0)}, .incarnation = 2});
    EXPECT_TRUE(wal);
    consensus::Persist write{.sequence = 1, .hard_state = HardState{.term = {7}, .vote = {2}}};
    (*wal)->Write(std::span(&write, 1));
    write = {.sequence = 2, .entries = consensus::EntriesAfter({}, 4, last)};
    (*wal)->Write(std::span(&write, 1));
    EXPECT_TRUE((*wal)->Sync());
    auto source = ledger::SnapshotSource::Make(book.Cut(),
                                               {.index = 70,
                                                .term = term,
                                                .chain = crypto::Sha256(AsBytes("mark")),
                                                .configurations = {ToManifest(Members(20))}},
                                               512);
    EXPECT_TRUE(source);
    auto sink = ledger::SnapshotSink::Open(disk, states, kData);
    EXPECT_TRUE(sink);
    EXPECT_TRUE((*sink)->Begin((*source)->manifest()));
    EXPECT_TRUE(PutAll(**source, **sink));
    EXPECT_TRUE((*sink)->Finish({.signed_size = 0, .log = ledger::kSmallLog}));
  }

  Result<std::unique_ptr<Wal>> Open() {
    AVAL_TRY(const LogOrigin origin,
             PrepareOpening(disk, states, kData, kOptions, {.configurations = {Members(0)}}));
    after_snapshot = origin.after_snapshot;
    AVAL_TRY(auto wal, Wal::Open(disk, kData / ledger::kWalDirectory, kOptions, origin.origin));
    AVAL_CHECK(FinishOpening(disk, kData));
    return wal;
  }

  ledger::SnapshotLedger book{20};
  FaultDisk disk;
  ledger::FileStates states{disk};
  bool after_snapshot = false;
};

TEST(OpeningTest, TheNewLogBeginsAtTheMarkWithTheTermAndVoteOfTheOld) {
  Opening opening(30);
  const auto wal = opening.Open();
  ASSERT_TRUE(wal) << wal.error().message;
  const Wal::Recovered& recovered = (*wal)->recovered();
  EXPECT_TRUE(opening.after_snapshot);
  EXPECT_EQ(recovered.last.index.value, 70U);
  EXPECT_EQ(recovered.last.term.value, 5U);
  EXPECT_EQ((*wal)->Anchor(), recovered.last);
  EXPECT_EQ(recovered.hard_state, (HardState{.term = {7}, .vote = {2}}));
  EXPECT_EQ(recovered.incarnation, 2U);
  ASSERT_EQ(recovered.configurations.size(), 1U);
  EXPECT_EQ(recovered.configurations[0].index.value, 20U);
  EXPECT_FALSE(*ledger::HasOldWal(opening.disk, kData));
}

TEST(OpeningTest, AMarkOfALaterTermRaisesTheTermAndNobodyHasTheVote) {
  Opening opening(30, /*term=*/9);
  const auto wal = opening.Open();
  ASSERT_TRUE(wal) << wal.error().message;
  EXPECT_EQ((*wal)->recovered().hard_state, (HardState{.term = {9}, .vote = {}}));
}

TEST(OpeningTest, ASnapshotBehindTheNodesOwnLogIsDropped) {
  for (const std::uint64_t last : {70U, 80U}) {
    Opening opening(last);
    const auto wal = opening.Open();
    ASSERT_TRUE(wal) << wal.error().message;
    EXPECT_FALSE(opening.after_snapshot);
    EXPECT_EQ((*wal)->recovered().last.index.value, last);
    EXPECT_EQ((*wal)->Anchor().index.value, 0U);
    EXPECT_FALSE(*ledger::ReadInstalled(opening.disk, kData));
  }
}

TEST(OpeningTest, ALossInOldSegmentsOfTheLogKeepsNoSnapshotOut) {
  Opening opening(30);
  const std::filesystem::path directory = kData / ledger::kWalDirectory;
  {
    const auto wal = Wal::Open(opening.disk, directory, kOptions, {});
    ASSERT_TRUE(wal) << wal.error().message;
    const auto more = consensus::EntriesAfter((*wal)->recovered().last, 4, 2, 50'000);
    for (const consensus::Entry& entry : more) {
      const consensus::Persist write{.sequence = 1, .entries = {entry}};
      (*wal)->Write(std::span(&write, 1));
      ASSERT_TRUE((*wal)->Sync());
    }
  }
  ASSERT_TRUE(opening.disk.Exists(directory / "0000000002.wal"));
  ASSERT_TRUE(opening.disk.Remove(directory / consensus::wal::Ring::kName));
  opening.disk.Flip(directory / "0000000001.wal", 3 * consensus::wal::kPage + 60, 1);
  const auto wal = opening.Open();
  ASSERT_TRUE(wal) << wal.error().message;
  EXPECT_TRUE(opening.after_snapshot);
  EXPECT_EQ((*wal)->recovered().last.index.value, 70U);
  EXPECT_EQ((*wal)->recovered().hard_state, (HardState{.term = {7}, .vote = {2}}));
}

TEST(OpeningTest, WhereverThePowerFailsTheNextOpeningEndsAlike) {
  SeededRandom random(1);
  bool whole = false;
  int cuts = 0;
  for (std::uint64_t operations = 1; !whole; ++operations) {
    Opening opening(30);
    opening.disk.CutAfter(operations);
    whole = opening.Open().has_value() && !opening.disk.cut();
    for (int again = 0; again < 2 && !whole; ++again) {
      ++cuts;
      opening.disk.PowerCycle(random);
      opening.disk.CutAfter(1 + random.Below(40));
      static_cast<void>(opening.Open().has_value());
    }
    opening.disk.ForgetFaults();
    opening.disk.PowerCycle(random);
    const auto wal = opening.Open();
    ASSERT_TRUE(wal) << "cut after " << operations << ": " << wal.error().message;
    EXPECT_EQ((*wal)->recovered().last.index.value, 70U);
    EXPECT_EQ((*wal)->recovered().hard_state, (HardState{.term = {7}, .vote = {2}}));
    EXPECT_FALSE(*ledger::HasOldWal(opening.disk, kData));
  }
  EXPECT_GT(cuts, 20);
}

}  // namespace
}  // namespace aval::node
