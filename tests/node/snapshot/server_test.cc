#include "node/snapshot/server.h"

#include <gtest/gtest.h>

#include "tests/ledger/snapshot/fixture.h"

namespace aval::node {
namespace {

using ledger::SnapshotLedger;
using std::chrono::minutes;
using std::chrono::seconds;

class SnapshotServerTest : public testing::Test {
 protected:
  // What node 7 is told.
  std::optional<SnapshotMessage> Ask(const SnapshotMessage& message, Instant now = {}) {
    auto answer = server_.Answer(7, message, now);
    EXPECT_TRUE(answer) << answer.error().message;
    return *std::move(answer);
  }
  template <class M>
  M Told(const SnapshotMessage& message, Instant now = {}) {
    const auto answer = Ask(message, now);
    const M* told = answer ? std::get_if<M>(&*answer) : nullptr;
    EXPECT_NE(told, nullptr);
    return told != nullptr ? *told : M{};
  }
  crypto::Digest Offer(Instant now = {}) {
    auto source = ledger_.Source();
    const crypto::Digest digest = source->digest();
    server_.Offer(std::move(source), now);
    return digest;
  }

  SnapshotLedger ledger_{20};
  std::vector<std::string> alarms_;
  SnapshotServer server_{
      ledger_.log(), {}, [this](const std::string& what) { alarms_.push_back(what); }};
};

TEST_F(SnapshotServerTest, ItSaysWhatItHas) {
  const auto before = Told<Newest>(AskNewest{});
  EXPECT_FALSE(before.snapshot);
  EXPECT_EQ(before.log_first, 0U);
  EXPECT_EQ(before.log_size, ledger_.leaves().size());
  const crypto::Digest digest = Offer();
  const auto after = Told<Newest>(AskNewest{});
  ASSERT_TRUE(after.snapshot);
  EXPECT_EQ(after.snapshot->digest, digest);
  EXPECT_EQ(after.snapshot->raft_index, 70U);
}

TEST_F(SnapshotServerTest, ItIsFetchedForAWhileAfterEachQuestionAndNotForEver) {
  EXPECT_FALSE(server_.IsFetched(Instant{}));
  const crypto::Digest digest = Offer();
  for (int minute = 0; minute < 120; ++minute) {
    const Instant now{std::chrono::minutes(minute)};
    EXPECT_EQ(server_.IsFetched(now + std::chrono::seconds(1)), minute < 60) << minute;
    Told<Chunk>(AskChunk{.digest = digest, .number = 1}, now + std::chrono::seconds(2));
  }
  Offer(Instant{std::chrono::hours(5)});
  EXPECT_TRUE(server_.IsFetched(Instant{std::chrono::hours(5)}));
  EXPECT_FALSE(server_.IsFetched(Instant{std::chrono::hours(5) + std::chrono::minutes(1)}));
}

TEST_F(SnapshotServerTest, ManifestChunksAndLeavesAreServed) {
  const crypto::Digest digest = Offer();
  const auto text = Told<ManifestText>(AskManifest{.digest = digest});
  const auto manifest = ledger::SnapshotManifest::Decode(text.text);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->Digest(), digest);
  const auto chunk = Told<Chunk>(AskChunk{.digest = digest, .number = 1});
  EXPECT_EQ(crypto::Sha256(chunk.bytes), manifest->chunks[1]);
  const auto leaves = Told<Leaves>(AskLeaves{.first = 3, .size = 20});
  EXPECT_TRUE(CheckLeafRange(leaves.range, TreeOf(ledger_.leaves(), 20)));
  EXPECT_EQ(leaves.range.first, 3U);
}

TEST_F(SnapshotServerTest, WhatIsNotHereIsGone) {
  const auto gone = [this](const SnapshotMessage& message) {
    const auto refused = Told<SnapshotRefused>(message);
    EXPECT_EQ(refused.reason, SnapshotRefused::Reason::kGone);
    return refused;
  };
  const crypto::Digest other;
  EXPECT_EQ(gone(AskManifest{.digest = other}).asked, SnapshotRefused::Asked::kManifest);
  const crypto::Digest digest = Offer();
  EXPECT_EQ(gone(AskChunk{.digest = other, .number = 4}).number, 4U);
  EXPECT_EQ(gone(AskChunk{.digest = digest, .number = 9'999}).digest, digest);
  EXPECT_EQ(gone(AskLeaves{.first = 3, .size = 9'999}).asked, SnapshotRefused::Asked::kLeaves);
}

TEST_F(SnapshotServerTest, WhatHasRottenHereIsRefusedAndAlarmed) {
  FaultDisk& disk = ledger_.log_disk();
  const auto names = disk.List(ledger::kLogDirectory);
  for (const std::string& name : *names) {
    if (name.starts_with("entries")) disk.Flip(ledger::kLogDirectory / name, 40, 1);
  }
  const auto refused = Told<SnapshotRefused>(AskLeaves{.first = 0, .size = 20});
  EXPECT_EQ(refused.reason, SnapshotRefused::Reason::kGone);
  EXPECT_EQ(alarms_.size(), 1U);
}

TEST_F(SnapshotServerTest, ANewSnapshotTakesThePlaceOfTheOld) {
  const crypto::Digest old = Offer();
  SnapshotLedger newer(21);
  server_.Offer(newer.Source(), {});
  EXPECT_EQ(Told<SnapshotRefused>(AskManifest{.digest = old}).reason,
            SnapshotRefused::Reason::kGone);
  EXPECT_NE(Told<Newest>(AskNewest{}).snapshot->digest, old);
}

TEST_F(SnapshotServerTest, ASnapshotThatNobodyFetchesIsReleased) {
  const crypto::Digest digest = Offer();
  EXPECT_EQ(server_.NextDeadline(), Instant{minutes(10)});
  Ask(AskChunk{.digest = digest, .number = 0}, {minutes(9)});
  server_.Tick({minutes(11)});
  EXPECT_TRUE(server_.has_snapshot());
  // To ask what there is keeps nothing.
  Ask(AskNewest{}, {minutes(18)});
  Ask(AskChunk{.digest = {}, .number = 0}, {minutes(18)});
  server_.Tick({minutes(19)});
  EXPECT_FALSE(server_.has_snapshot());
  EXPECT_EQ(server_.NextDeadline(), std::nullopt);
}

TEST_F(SnapshotServerTest, OnePeersHasteIsRefusedAndNotAnothers) {
  SnapshotServer::Options options;
  options.pace = {.times_per_second = 10, .bytes_per_second = 1U << 20U, .burst = seconds(1)};
  SnapshotServer server(ledger_.log(), options, nullptr);
  auto source = ledger_.Source();
  const crypto::Digest digest = source->digest();
  server.Offer(std::move(source), {});
  const AskChunk ask{.digest = digest, .number = 0};
  int served = 0;
  std::uint32_t rest_ms = 0;
  for (int i = 0; i < 30; ++i) {
    const auto answer = server.Answer(7, ask, {});
    ASSERT_TRUE(answer);
    if (std::holds_alternative<Chunk>(**answer)) {
      ++served;
      continue;
    }
    const auto& refused = std::get<SnapshotRefused>(**answer);
    EXPECT_EQ(refused.reason, SnapshotRefused::Reason::kBusy);
    rest_ms = refused.rest_ms;
  }
  EXPECT_GE(served, 10);
  EXPECT_LE(served, 12);
  ASSERT_GT(rest_ms, 0U);
  EXPECT_TRUE(std::holds_alternative<Chunk>(**server.Answer(8, ask, {})));
  EXPECT_TRUE(
      std::holds_alternative<Chunk>(**server.Answer(7, ask, {std::chrono::milliseconds(rest_ms)})));
}

TEST_F(SnapshotServerTest, AnswersAreNoQuestions) {
  EXPECT_FALSE(Ask(Newest{}));
  EXPECT_FALSE(Ask(Chunk{}));
  EXPECT_FALSE(Ask(SnapshotRefused{}));
}

TEST_F(SnapshotServerTest, ALogThatBeganAtASnapshotServesWhatItHas) {
  const std::vector<ledger::Leaf> leaves = ledger::MadeUpLeaves(0, 700);
  FaultDisk disk;
  const auto log = ledger::BeginLogAt(disk, leaves, 300);
  SnapshotServer server(*log, {}, nullptr);
  EXPECT_EQ(server.newest().log_first, 300U);
  const auto gone = server.Answer(7, AskLeaves{.first = 0, .size = 700}, {});
  ASSERT_TRUE(gone);
  EXPECT_TRUE(std::holds_alternative<SnapshotRefused>(**gone));
  const auto here = server.Answer(7, AskLeaves{.first = 512, .size = 700}, {});
  ASSERT_TRUE(here);
  EXPECT_TRUE(std::holds_alternative<Leaves>(**here));
}

}  // namespace
}  // namespace aval::node
