#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "ledger/log/backfill.h"
#include "ledger/reports.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "node/snapshot/fetcher.h"
#include "node/snapshot/log_fetcher.h"
#include "node/snapshot/server.h"
#include "tests/ledger/snapshot/fixture.h"

namespace aval::node {
namespace {

using ledger::kData;
using ledger::SnapshotLedger;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kSelf = 1;
constexpr std::uint32_t kLiar = 5;

// Node 1 joins; nodes 2 to 5 serve. Messages take a while and some are lost, node 5 damages much
// of what it sends, node 1 loses its power now and then, and in the middle the peers go on to a
// newer snapshot.
class Exchange {
 public:
  explicit Exchange(std::uint64_t seed) : random_(seed) {
    for (std::uint32_t node = 2; node <= 5; ++node) {
      servers_.emplace(node,
                       std::make_unique<SnapshotServer>(
                           newer_.log(), SnapshotServer::Options{.leaves_bytes = 10'000}, nullptr));
      servers_.at(node)->Offer(older_.Source(512), now_);
    }
    newer_from_ = Instant{milliseconds(random_.Below(30'000))};
  }

  void Run() {
    OpenSink();
    RunUntil([this] { return sink_->pending(); });
    ASSERT_TRUE(sink_->pending()) << "left " << fetcher_->chunks_left();
    sink_.reset();
    fetcher_.reset();
    ASSERT_TRUE(ledger::InstallPending(disk(), states_, kData, ledger::Always));
    const bool is_newer =
        *ledger::StateHash(**states_.Open(kData / ledger::kStateDirectory)) == newer_.hash();
    const SnapshotLedger& got = is_newer ? newer_ : older_;
    EXPECT_EQ(*ledger::StateHash(**states_.Open(kData / ledger::kStateDirectory)), got.hash());
    log_ = *ledger::Log::Open(disk(), ledger::kLogDirectory, got.tree(), ledger::kSmallLog);
    OpenBackfill();
    RunUntil([this] { return backfill_->joined(); });
    ASSERT_TRUE(backfill_->joined()) << "next " << log_fetcher_->next();
    log_ = *ledger::Log::Open(disk(), ledger::kLogDirectory, got.tree(), ledger::kSmallLog);
    EXPECT_EQ(log_->first(), 0U);
    ledger::ExpectLogHolds(*log_, got.leaves(), got.leaves().size());
    for (const std::uint32_t node : alarmed_) EXPECT_EQ(node, kLiar);
  }
  bool HasAlarmed() const { return !alarmed_.empty(); }
  int cuts() const { return cuts_; }

 private:
  struct Letter {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t number = 0;
    Bytes body;
  };

  FaultDisk& disk() { return *node_.disk; }

  void OpenSink() {
    auto opened = ledger::SnapshotSink::Open(disk(), states_, kData);
    ASSERT_TRUE(opened) << opened.error().message;
    sink_ = *std::move(opened);
    fetcher_.emplace(
        SnapshotFetcher::Options{.self = kSelf,
                                 .groups = {{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 4}},
                                 .genesis = crypto::Sha256(ledger::TestGenesis().envelope()),
                                 .after_raft_index = 0});
    if (!sink_->manifest()) return;
    std::vector<bool> has(sink_->manifest()->chunks.size());
    for (std::size_t i = 0; i < has.size(); ++i) has[i] = sink_->Has(i);
    fetcher_->Resume(*sink_->manifest(), has);
  }
  void OpenBackfill() {
    auto opened = ledger::Backfill::Open(disk(), ledger::kLogDirectory, kData / "backfill",
                                         ledger::kSmallLog);
    ASSERT_TRUE(opened) << opened.error().message;
    backfill_ = *std::move(opened);
    if (backfill_->joined()) return;
    log_fetcher_.emplace(LogFetcher::Options{.peers = {2, 3, 4, 5},
                                             .tree = backfill_->tree(),
                                             .from = backfill_->missing().from,
                                             .ahead = 4,
                                             .ask_interval = seconds(5)});
  }

  // One event a millisecond at most.
  template <class Done>
  void RunUntil(const Done& done) {
    const Instant limit = now_ + std::chrono::hours(1);
    while (!done() && now_ < limit && !testing::Test::HasFailure()) {
      now_ = now_ + milliseconds(1 + random_.Below(20));
      FetchActions out;
      if (fetcher_) fetcher_->Tick(now_, out);
      if (log_fetcher_) log_fetcher_->Tick(now_, out);
      Act(out);
      Deliver();
      if (now_ > newer_from_ && !is_newer_) GoOn();
      if (cuts_ < 6 && random_.Below(400) == 0) CutPower();
    }
  }

  void GoOn() {
    is_newer_ = true;
    for (auto& [node, server] : servers_) server->Offer(newer_.Source(512), now_);
  }

  void CutPower() {
    ++cuts_;
    sink_.reset();
    backfill_.reset();
    log_.reset();
    disk().PowerCycle(random_);
    letters_.clear();
    if (fetcher_) {
      OpenSink();
    } else {
      OpenBackfill();
    }
  }

  void Act(FetchActions& out) {
    for (const auto& alarm : out.alarms) alarmed_.insert(alarm.peer);
    if (out.begin) {
      ASSERT_TRUE(sink_->Begin(*out.begin));
    }
    for (const Chunk& chunk : out.chunks) ASSERT_TRUE(sink_->Put(chunk.number, chunk.bytes));
    for (const ledger::LeafRange& range : out.leaves) {
      const auto taken = backfill_->Take(range);
      ASSERT_TRUE(taken) << taken.error().message;
      if (random_.Below(3) == 0) {
        ASSERT_TRUE(backfill_->Sync());
      }
    }
    for (const auto& message : out.messages) Send(kSelf, message.to, message.message);
    if (fetcher_ && fetcher_->complete() && !sink_->pending()) {
      const auto finished = sink_->Finish({.signed_size = 0, .log = ledger::kSmallLog});
      ASSERT_TRUE(finished) << finished.error().message;
    }
    if (log_fetcher_ && log_fetcher_->complete() && !backfill_->joined()) {
      const auto joined = backfill_->Join();
      ASSERT_TRUE(joined) << joined.error().message;
    }
  }

  void Send(std::uint32_t from, std::uint32_t to, const SnapshotMessage& message) {
    if (random_.Below(20) == 0) return;
    Letter letter{.from = from,
                  .to = to,
                  .number = SnapshotMessageNumber(message),
                  .body = EncodeSnapshotMessage(message)};
    if (from == kLiar && !letter.body.empty() && random_.Below(2) == 0) {
      const std::size_t at = random_.Below(letter.body.size());
      letter.body[at] ^= static_cast<std::uint8_t>(1U << random_.Below(8));
    }
    letters_.emplace(now_ + milliseconds(1 + random_.Below(300)), std::move(letter));
  }

  void Deliver() {
    while (!letters_.empty() && letters_.begin()->first <= now_) {
      const Letter letter = std::move(letters_.begin()->second);
      letters_.erase(letters_.begin());
      const auto message = DecodeSnapshotMessage(letter.number, letter.body);
      if (!message) continue;
      if (letter.to != kSelf) {
        const auto answer = servers_.at(letter.to)->Answer(letter.from, *message, now_);
        ASSERT_TRUE(answer) << answer.error().message;
        if (*answer) Send(letter.to, letter.from, **answer);
        continue;
      }
      FetchActions out;
      if (fetcher_) fetcher_->Receive(letter.from, *message, now_, out);
      if (log_fetcher_) log_fetcher_->Receive(letter.from, *message, now_, out);
      Act(out);
    }
  }

  SeededRandom random_;
  Instant now_{seconds(1)};
  Instant newer_from_;
  bool is_newer_ = false;
  SnapshotLedger older_{300};
  SnapshotLedger newer_{320};
  std::map<std::uint32_t, std::unique_ptr<SnapshotServer>> servers_;
  std::multimap<Instant, Letter> letters_;

  ledger::OldNode node_;
  ledger::FileStates states_{*node_.disk};
  std::unique_ptr<ledger::SnapshotSink> sink_;
  std::optional<SnapshotFetcher> fetcher_;
  std::unique_ptr<ledger::Log> log_;
  std::unique_ptr<ledger::Backfill> backfill_;
  std::optional<LogFetcher> log_fetcher_;
  std::set<std::uint32_t> alarmed_;
  int cuts_ = 0;
};

TEST(ExchangeTest, ANodeJoinsOverABadNetworkFromPeersOfWhomOneLies) {
  int alarmed = 0;
  int cuts = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Exchange exchange(seed);
    exchange.Run();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    alarmed += exchange.HasAlarmed() ? 1 : 0;
    cuts += exchange.cuts();
  }
  EXPECT_GT(alarmed, 3);
  EXPECT_GT(cuts, 10);
}

}  // namespace
}  // namespace aval::node
