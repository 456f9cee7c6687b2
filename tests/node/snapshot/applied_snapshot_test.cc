#include <gtest/gtest.h>

#include <utility>

#include "ledger/log/backfill.h"
#include "ledger/reports.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "node/applied_ledger.h"
#include "tests/base/manual_clock.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::node {
namespace {

using ledger::kData;

// One node's files and what is open of them.
struct TestNode {
  explicit TestNode(std::uint32_t its_number)
      : number(its_number),
        log_key(ledger::NodeKey(its_number, "log")),
        cosigner_key(ledger::NodeKey(its_number, "cosigner")) {
    Open();
  }
  void Open() {
    ledger.reset();
    ASSERT_TRUE(InstallPending(disk, states, kData, ledger::Always));
    auto state = states.Open(kData / ledger::kStateDirectory);
    ASSERT_TRUE(state) << state.error().message;
    auto opened = AppliedLedger::Open({.disk = &disk,
                                       .clock = &clock,
                                       .genesis = &genesis,
                                       .log_key = &log_key,
                                       .cosigner_key = &cosigner_key,
                                       .node = number,
                                       .state = *std::move(state),
                                       .log_directory = kData / ledger::kLogDirectoryName});
    ASSERT_TRUE(opened) << opened.error().message;
    ledger = *std::move(opened);
  }
  std::uint64_t Next() { return ledger->standing()->raft_index + 1; }
  // A block that registers a participant, and whose end is signed.
  void Apply(std::uint32_t participant) {
    BlockPreparation block;
    block.header.time_ms = ledger::kGenesisTime;
    block.header.checkpoint = true;
    block.acts = std::make_shared<ActPreparation>(
        std::vector{ledger::Prepare(ledger::RegisterAct(participant), ledger::kTestOrigin)});
    ASSERT_TRUE(ledger->Apply(Next(), &block));
    ASSERT_TRUE(ledger->Flush());
  }
  std::uint64_t SignedSize() const { return ledger->checkpoints().highest()->size; }
  crypto::Digest Hash() const { return *ledger::StateHash(*ledger->view()->state); }

  const std::uint32_t number;
  FaultDisk disk;
  ledger::FileStates states{disk};
  ManualClock clock;
  const ledger::Genesis genesis = ledger::TestGenesis();
  const crypto::SecretKey log_key;
  const crypto::SecretKey cosigner_key;
  std::unique_ptr<AppliedLedger> ledger;
};

std::unique_ptr<ledger::SnapshotSource> CutOf(TestNode& node) {
  const std::uint64_t mark = node.Next();
  EXPECT_TRUE(node.ledger->Apply(mark, nullptr));
  auto cut = node.ledger->Cut();
  EXPECT_TRUE(cut);
  auto source = ledger::SnapshotSource::Make(
      *std::move(cut), {.index = mark, .term = 1, .chain = {}, .configurations = {}}, 512);
  EXPECT_TRUE(source);
  return *std::move(source);
}

void Install(const ledger::SnapshotSource& source, TestNode& node) {
  auto sink = ledger::SnapshotSink::Open(node.disk, node.states, kData);
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->Begin(source.manifest()));
  ASSERT_TRUE(PutAll(source, **sink));
  const auto highest = node.ledger->checkpoints().highest();
  const auto finished = (*sink)->Finish({.signed_size = highest ? highest->size : 0});
  ASSERT_TRUE(finished) << finished.error().message;
  node.Open();
}

TEST(AppliedSnapshotTest, EveryNodeCutsTheSameSnapshotAtAMark) {
  TestNode one(1);
  TestNode two(2);
  for (std::uint32_t n = 1; n <= 10; ++n) {
    one.Apply(n);
    two.Apply(n);
    if (n == 4) two.Open();
  }
  two.clock.Advance(std::chrono::seconds(5));
  EXPECT_TRUE(CutOf(one)->encoded_manifest() == CutOf(two)->encoded_manifest());
}

TEST(AppliedSnapshotTest, ACutShowsTheLedgerAtItsMarkAndNothingLater) {
  TestNode one(1);
  one.Apply(1);
  const auto source = CutOf(one);
  const crypto::Digest digest = source->manifest().Digest();
  one.Apply(2);
  for (std::size_t i = 0; i < source->manifest().chunks.size(); ++i) {
    EXPECT_TRUE(source->Chunk(i));
  }
  TestNode two(2);
  two.Apply(1);
  EXPECT_EQ(CutOf(two)->digest(), digest);
}

TEST(AppliedSnapshotTest, ANodeGoesOnFromASnapshotAsTheOthersDo) {
  TestNode one(1);
  TestNode two(2);
  for (std::uint32_t n = 1; n <= 20; ++n) one.Apply(n);
  Install(*CutOf(one), two);
  EXPECT_EQ(two.ledger->standing()->raft_index, one.ledger->standing()->raft_index);
  EXPECT_EQ(two.Hash(), one.Hash());
  for (std::uint32_t n = 21; n <= 30; ++n) {
    one.Apply(n);
    two.Apply(n);
  }
  EXPECT_EQ(two.ledger->log().frontier(), one.ledger->log().frontier());
  EXPECT_EQ(two.Hash(), one.Hash());
  EXPECT_EQ(two.SignedSize(), one.SignedSize());
  two.Open();
  EXPECT_EQ(two.ledger->log().frontier(), one.ledger->log().frontier());
  EXPECT_EQ(CutOf(one)->digest(), CutOf(two)->digest());
}

TEST(AppliedSnapshotTest, ANodeSignsNothingFromBeforeItsSnapshotAndForgetsNoSignature) {
  TestNode one(1);
  TestNode two(2);
  for (std::uint32_t n = 1; n <= 20; ++n) {
    one.Apply(n);
    if (n <= 5) two.Apply(n);
  }
  const std::uint64_t before = two.SignedSize();
  const auto note = two.ledger->checkpoints().At(before);
  Install(*CutOf(one), two);
  EXPECT_EQ(two.SignedSize(), before);
  EXPECT_EQ(two.ledger->checkpoints().At(before)->Format(), note->Format());
  EXPECT_FALSE(two.ledger->signing_failure());
  one.Apply(21);
  two.Apply(21);
  EXPECT_EQ(two.SignedSize(), one.SignedSize());
  EXPECT_FALSE(two.ledger->checkpoints().At(one.SignedSize() - 1));
  two.Open();
  EXPECT_FALSE(two.ledger->signing_failure());
}

TEST(AppliedSnapshotTest, WhatWasSignedBehindTheSnapshotIsComparedWhenTheLogComesToIt) {
  TestNode one(1);
  TestNode two(2);
  for (std::uint32_t n = 1; n <= 5; ++n) one.Apply(n);
  const auto source = CutOf(one);
  // Two has gone on, and has signed another history than the network's.
  for (std::uint32_t n = 1; n <= 4; ++n) two.Apply(n);
  for (std::uint32_t n = 104; n <= 107; ++n) two.Apply(n);
  const std::uint64_t other = two.SignedSize();
  Install(*source, two);
  ASSERT_EQ(two.SignedSize(), other);
  for (std::uint32_t n = 6; n <= 9; ++n) {
    one.Apply(n);
    two.Apply(n);
  }
  ASSERT_GT(two.ledger->log().synced_size(), other);
  ASSERT_TRUE(two.ledger->signing_failure());
  EXPECT_EQ(two.SignedSize(), other);
}

TEST(AppliedSnapshotTest, TheLogOfANodeThatJoinedIsFilledFromAPeer) {
  TestNode one(1);
  TestNode two(2);
  for (std::uint32_t n = 1; n <= 20; ++n) one.Apply(n);
  Install(*CutOf(one), two);
  two.Apply(21);
  one.Apply(21);
  const std::uint64_t first = two.ledger->log().first();
  EXPECT_EQ(first, 22U);
  EXPECT_FALSE(two.ledger->log().Entry(0));
  const auto backfill =
      ledger::Backfill::Open(two.disk, kData / ledger::kLogDirectoryName, kData / "backfill", {});
  ASSERT_TRUE(backfill) << backfill.error().message;
  const auto range = ledger::ReadLeafRange(one.ledger->log(), 0, first, 1U << 20U);
  ASSERT_TRUE(range);
  ASSERT_TRUE((*backfill)->Take(*range));
  ASSERT_TRUE((*backfill)->Join());
  two.ledger->ForgetLogStart();
  for (std::uint64_t i = 0; i < two.ledger->log().synced_size(); ++i) {
    EXPECT_EQ(*two.ledger->log().Entry(i), *one.ledger->log().Entry(i));
  }
  two.Open();
  EXPECT_EQ(two.ledger->log().first(), 0U);
}

}  // namespace
}  // namespace aval::node
