#include "node/snapshot/fetcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/ledger/snapshot/fixture.h"

namespace aval::node {
namespace {

using ledger::SnapshotLedger;
using ledger::SnapshotSource;
using std::chrono::seconds;

Instant At(int second) { return {seconds(second)}; }

// Institution 1 has nodes 1 and 2, institution 2 has 3, institution 3 has 4 and 5; node 1 fetches.
SnapshotFetcher::Options TestOptions() {
  return {.self = 1,
          .groups = {{1, 1}, {2, 1}, {3, 2}, {4, 3}, {5, 3}},
          .genesis = crypto::Sha256(ledger::TestGenesis().envelope()),
          .after_raft_index = 10};
}

class SnapshotFetcherTest : public testing::Test {
 protected:
  void Say(std::uint32_t from, const SnapshotMessage& message, int second = 0) {
    out_.Clear();
    fetcher_->Receive(from, message, At(second), out_);
  }
  void Name(std::uint32_t from, const SnapshotSource& source, int second = 0) {
    Say(from,
        Newest{.snapshot = OfferedSnapshot{.digest = source.digest(),
                                           .raft_index = source.manifest().raft.index},
               .log_first = 0,
               .log_size = 9},
        second);
  }
  void GiveManifest(std::uint32_t from, const SnapshotSource& source) {
    Say(from, ManifestText{.digest = source.digest(), .text = source.encoded_manifest()});
  }
  void GiveChunk(std::uint32_t from, const SnapshotSource& source, std::uint32_t number) {
    Say(from, Chunk{.digest = source.digest(), .number = number, .bytes = *source.Chunk(number)});
  }
  // Who is asked for a manifest, or for that chunk.
  std::vector<std::uint32_t> AskedForManifest() const {
    std::vector<std::uint32_t> asked;
    for (const auto& message : out_.messages) {
      if (std::holds_alternative<AskManifest>(message.message)) asked.push_back(message.to);
    }
    return asked;
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> AskedForChunks() const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> asked;
    for (const auto& message : out_.messages) {
      if (const auto* ask = std::get_if<AskChunk>(&message.message)) {
        asked.emplace_back(message.to, ask->number);
      }
    }
    return asked;
  }
  // Named by 2, 3 and 4, and the manifest taken from whoever was asked.
  void BeginFetching() {
    Name(2, *source_);
    Name(3, *source_);
    const auto asked = AskedForManifest();
    ASSERT_EQ(asked.size(), 1U);
    GiveManifest(asked[0], *source_);
    ASSERT_TRUE(out_.begin);
  }

  SnapshotLedger ledger_{20};
  std::unique_ptr<SnapshotSource> source_ = ledger_.Source();
  std::optional<SnapshotFetcher> fetcher_{TestOptions()};
  FetchActions out_;
};

TEST_F(SnapshotFetcherTest, EveryPeerIsAskedForItsNewestAgainAndAgain) {
  fetcher_->Tick(At(0), out_);
  ASSERT_EQ(out_.messages.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(out_.messages[i].to, i + 2);
    EXPECT_TRUE(std::holds_alternative<AskNewest>(out_.messages[i].message));
  }
  out_.Clear();
  fetcher_->Tick(At(1), out_);
  EXPECT_TRUE(out_.messages.empty());
  EXPECT_EQ(fetcher_->NextDeadline(At(1)), At(5));
  fetcher_->Tick(At(5), out_);
  EXPECT_EQ(out_.messages.size(), 4U);
}

TEST_F(SnapshotFetcherTest, NodesOfOneInstitutionAreNoMajority) {
  Name(4, *source_);
  Name(5, *source_);
  EXPECT_TRUE(AskedForManifest().empty());
  EXPECT_EQ(fetcher_->manifest(), std::nullopt);
  Name(3, *source_);
  EXPECT_EQ(AskedForManifest().size(), 1U);
}

TEST_F(SnapshotFetcherTest, WhoIsNoMemberDoesNotCount) {
  Name(3, *source_);
  Name(9, *source_);
  EXPECT_TRUE(AskedForManifest().empty());
}

TEST_F(SnapshotFetcherTest, APeerThatNamesAnotherSnapshotNoLongerNamesTheFirst) {
  SnapshotLedger other(21);
  Name(3, *source_);
  Name(3, *other.Source());
  Name(4, *source_);
  EXPECT_TRUE(AskedForManifest().empty());
}

TEST_F(SnapshotFetcherTest, WhatWasSaidLongAgoCountsNoMore) {
  fetcher_->Tick(At(0), out_);
  Name(3, *source_, 0);
  for (int second = 5; second <= 25; second += 5) fetcher_->Tick(At(second), out_);
  Name(4, *source_, 26);
  EXPECT_TRUE(AskedForManifest().empty());
}

TEST_F(SnapshotFetcherTest, ASnapshotThatIsNotNewerIsOfNoUse) {
  auto options = TestOptions();
  options.after_raft_index = source_->manifest().raft.index;
  fetcher_.emplace(options);
  Name(3, *source_);
  Name(4, *source_);
  EXPECT_TRUE(AskedForManifest().empty());
}

TEST_F(SnapshotFetcherTest, PeersAreToldWhenNoneCouldBeTrustedForAWhile) {
  const auto told = [&](int second) {
    out_.Clear();
    fetcher_->Tick(At(second), out_);
    std::set<std::uint32_t> peers;
    for (const auto& message : out_.messages) {
      if (std::holds_alternative<NoneTrusted>(message.message)) peers.insert(message.to);
    }
    return peers;
  };
  for (int second = 0; second <= 10; second += 5) EXPECT_TRUE(told(second).empty());
  Name(3, *source_, 11);
  EXPECT_EQ(told(15), (std::set<std::uint32_t>{2, 3, 4, 5}));
  EXPECT_EQ(told(20), (std::set<std::uint32_t>{2, 3, 4, 5}));
  Name(4, *source_, 21);
  EXPECT_TRUE(told(25).empty());
}

TEST_F(SnapshotFetcherTest, ChunksComeFromEveryPeerThatHasThem) {
  BeginFetching();
  EXPECT_EQ(out_.begin->Digest(), source_->digest());
  EXPECT_EQ(AskedForChunks(),
            (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{2, 0}, {3, 1}, {2, 2}, {3, 3}}));
  Name(4, *source_);
  EXPECT_EQ(AskedForChunks(),
            (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{4, 4}, {4, 5}}));
  GiveChunk(3, *source_, 1);
  ASSERT_EQ(out_.chunks.size(), 1U);
  EXPECT_EQ(out_.chunks[0].bytes, *source_->Chunk(1));
  EXPECT_EQ(AskedForChunks(), (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{3, 6}}));
}

TEST_F(SnapshotFetcherTest, AWrongChunkIsAlarmedAndAskedOfAnother) {
  BeginFetching();
  Bytes bytes = *source_->Chunk(1);
  bytes[5] ^= 1;
  Say(3, Chunk{.digest = source_->digest(), .number = 1, .bytes = bytes});
  EXPECT_TRUE(out_.chunks.empty());
  ASSERT_EQ(out_.alarms.size(), 1U);
  EXPECT_EQ(out_.alarms[0].peer, 3U);
  EXPECT_NE(out_.alarms[0].what.find("chunk 1"), std::string::npos) << out_.alarms[0].what;
  GiveChunk(2, *source_, 0);
  EXPECT_EQ(AskedForChunks(), (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{2, 1}}));
  // Nor is it trusted with another one when it has rested.
  out_.Clear();
  fetcher_->Tick(At(3), out_);
  EXPECT_TRUE(AskedForChunks().empty());
}

TEST_F(SnapshotFetcherTest, AChunkThatNobodyAskedForIsIgnored) {
  BeginFetching();
  GiveChunk(3, *source_, 0);
  EXPECT_TRUE(out_.chunks.empty());
  GiveChunk(5, *source_, 5);
  EXPECT_TRUE(out_.chunks.empty());
  EXPECT_TRUE(out_.alarms.empty());
}

TEST_F(SnapshotFetcherTest, AWrongManifestIsAlarmedAndAskedOfAnother) {
  Name(2, *source_);
  Name(3, *source_);
  ASSERT_EQ(AskedForManifest(), (std::vector<std::uint32_t>{2}));
  Bytes text = source_->encoded_manifest();
  text.back() ^= 1;
  Say(2, ManifestText{.digest = source_->digest(), .text = text});
  EXPECT_FALSE(out_.begin);
  ASSERT_EQ(out_.alarms.size(), 1U);
  EXPECT_EQ(out_.alarms[0].peer, 2U);
  EXPECT_EQ(AskedForManifest(), (std::vector<std::uint32_t>{3}));
}

TEST_F(SnapshotFetcherTest, AManifestOfAnotherGenesisIsRefusedWhoeverNamesIt) {
  auto options = TestOptions();
  options.genesis = {};
  fetcher_.emplace(options);
  Name(2, *source_);
  Name(3, *source_);
  GiveManifest(2, *source_);
  EXPECT_FALSE(out_.begin);
  ASSERT_EQ(out_.alarms.size(), 1U);
  EXPECT_NE(out_.alarms[0].what.find("another genesis"), std::string::npos);
  Name(4, *source_);
  EXPECT_TRUE(AskedForManifest().empty());
}

TEST_F(SnapshotFetcherTest, WhenNobodyHasItAnyMoreANewerOneIsBegun) {
  BeginFetching();
  SnapshotLedger newer(30);
  const auto next = newer.Source();
  Name(4, *next);
  Name(3, *next);
  // Node 2 still has the first one.
  EXPECT_TRUE(AskedForManifest().empty());
  Say(2, SnapshotRefused{.asked = SnapshotRefused::Asked::kChunk,
                         .digest = source_->digest(),
                         .number = 0,
                         .reason = SnapshotRefused::Reason::kGone});
  ASSERT_EQ(AskedForManifest().size(), 1U);
  GiveManifest(AskedForManifest()[0], *next);
  ASSERT_TRUE(out_.begin);
  EXPECT_EQ(out_.begin->Digest(), next->digest());
  EXPECT_EQ(fetcher_->chunks_left(), next->manifest().chunks.size());
}

TEST_F(SnapshotFetcherTest, PeersThatAreGoneDoNotHoldUpANewerOne) {
  BeginFetching();
  SnapshotLedger newer(30);
  const auto next = newer.Source();
  Name(4, *next);
  Name(3, *next);
  out_.Clear();
  fetcher_->LinkLost(2, At(1), out_);
  EXPECT_EQ(AskedForManifest().size(), 1U);
}

TEST_F(SnapshotFetcherTest, AfterARestartOnlyWhatIsMissingIsAskedFor) {
  std::vector<bool> has(source_->manifest().chunks.size(), true);
  has[2] = has[4] = false;
  fetcher_->Resume(source_->manifest(), has);
  EXPECT_EQ(fetcher_->chunks_left(), 2U);
  Name(3, *source_);
  EXPECT_EQ(AskedForChunks(),
            (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{3, 2}, {3, 4}}));
  GiveChunk(3, *source_, 4);
  EXPECT_FALSE(fetcher_->complete());
  GiveChunk(3, *source_, 2);
  EXPECT_TRUE(fetcher_->complete());
  EXPECT_EQ(fetcher_->NextDeadline(At(0)), std::nullopt);
}

TEST_F(SnapshotFetcherTest, AChunkThatTheSinkMissesAgainIsFetchedAgain) {
  std::vector<bool> has(source_->manifest().chunks.size(), true);
  fetcher_->Resume(source_->manifest(), has);
  EXPECT_TRUE(fetcher_->complete());
  Name(3, *source_);
  out_.Clear();
  fetcher_->Missing(1, At(0), out_);
  EXPECT_EQ(AskedForChunks(), (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{3, 1}}));
  EXPECT_FALSE(fetcher_->complete());
}

TEST_F(SnapshotFetcherTest, ABusyPeerIsAskedAgainWhenItHasRested) {
  Name(2, *source_);
  Name(3, *source_);
  Say(2, SnapshotRefused{.asked = SnapshotRefused::Asked::kManifest,
                         .digest = source_->digest(),
                         .number = 0,
                         .reason = SnapshotRefused::Reason::kBusy,
                         .rest_ms = 2'000});
  EXPECT_EQ(AskedForManifest(), (std::vector<std::uint32_t>{3}));
  GiveManifest(3, *source_);
  for (const auto& [node, chunk] : AskedForChunks()) EXPECT_EQ(node, 3U);
  out_.Clear();
  fetcher_->Tick(At(2), out_);
  EXPECT_FALSE(AskedForChunks().empty());
  for (const auto& [node, chunk] : AskedForChunks()) EXPECT_EQ(node, 2U);
}

}  // namespace
}  // namespace aval::node
