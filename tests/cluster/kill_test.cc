// Nodes die by SIGKILL while acts are under way, and come back: nothing acknowledged is lost.

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/disk.h"
#include "base/random.h"
#include "cli/demo/demo_network.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "cli/demo/purchases_file.h"
#include "cli/demo/rehearsal.h"
#include "cli/demo/replay.h"
#include "cli/demo/workload.h"
#include "cli/log_export.h"
#include "cli/submitter.h"
#include "ledger/audit/audit.h"
#include "ledger/log/leaf.h"
#include "tests/cluster/entries.h"

namespace aval::cli::demo {
namespace {

constexpr std::chrono::milliseconds kCallTimeout{10'000};

struct Acknowledged {
  std::uint64_t leaf = 0;
  Bytes envelope;
};

// Kills one node after another while the replay goes on: each time as soon as so many more acts are
// decided, the leader first; a killed node comes back when the others have decided more without it.
class Killer {
 public:
  static constexpr std::size_t kKills = 6;
  static constexpr std::uint64_t kActsBetween = 120;

  explicit Killer(DemoNetwork& network) : network_(network), thread_([this] { Run(); }) {}

  void Decided() {
    {
      const std::scoped_lock lock(mutex_);
      ++decided_;
    }
    more_.notify_one();
  }

  // Ends the killing; every node runs again after it.
  std::size_t Finish() {
    {
      const std::scoped_lock lock(mutex_);
      over_ = true;
    }
    more_.notify_one();
    if (thread_.joinable()) thread_.join();
    return kills_;
  }

  ~Killer() { Finish(); }

 private:
  bool Await(std::uint64_t acts) {
    std::unique_lock lock(mutex_);
    const std::uint64_t goal = decided_ + acts;
    more_.wait(lock, [&] { return over_ || decided_ >= goal; });
    return !over_;
  }

  std::size_t LeaderNow() {
    for (std::size_t i = 0; i < network_.size(); ++i) {
      const auto status = network_.clients()[i]->GetJson("/v1/node", kCallTimeout);
      if (status && status->at("role").as_string() == "leader") return i;
    }
    return 0;
  }

  void Run() {
    while (kills_ < kKills && Await(kActsBetween)) {
      // Leader, then each of the nodes in turn, so that every one dies, as leader and as follower.
      const std::size_t victim = kills_ % 2 == 0 ? LeaderNow() : kills_ % network_.size();
      network_.process(victim).Kill();
      ++kills_;
      const bool goes_on = Await(kActsBetween);
      EXPECT_TRUE(network_.Restart(victim)) << "node " << victim;
      if (!goes_on) return;
    }
  }

  DemoNetwork& network_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::uint64_t decided_ = 0;
  bool over_ = false;
  std::size_t kills_ = 0;
  std::thread thread_;
};

class KillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("aval-kill-" + std::to_string(getpid()));
    auto rows = ReadPurchases(AVAL_DATA "/sample_1000.csv.zst", 90);
    ASSERT_TRUE(rows) << rows.error().message;
    const ledger::Day first = FirstDay(*rows);
    // They must outlive the thread that starts them again.
    auto network =
        DemoNetwork::Start(DemoGenesis("ledger.aval.example/kill", first.Plus(-1)), directory_,
                           std::filesystem::path(AVAL_AVALD), NodeProcess::Orphan::kRunsOn);
    ASSERT_TRUE(network) << network.error().message;
    network_ = *std::move(network);
    rows_ = *std::move(rows);
  }

  void TearDown() override {
    network_.reset();
    std::error_code ignored_when_gone;
    std::filesystem::remove_all(directory_, ignored_when_gone);
  }

  std::filesystem::path directory_;
  std::vector<PurchaseRow> rows_;
  std::unique_ptr<DemoNetwork> network_;
  std::atomic<bool> stop_ = false;
};

TEST_F(KillTest, KilledNodesLoseNoAcknowledgedActAndEndWithEqualStates) {
  SystemRandom random;
  ledger::MemoryStore store;
  const auto rehearsal = Rehearsal::Begin(network_->genesis(), store);
  ASSERT_TRUE(rehearsal) << rehearsal.error().message;
  Workload workload(rows_, PayingHabits(), network_->network(), random, **rehearsal);
  std::vector<Acknowledged> acknowledged;
  Killer killer(*network_);
  Submitter submitter(network_->clients(), stop_,
                      [&](const Bytes& envelope, const ActReply& reply) {
                        if (reply.recorded) {
                          acknowledged.push_back({.leaf = reply.leaf, .envelope = envelope});
                        }
                        killer.Decided();
                      });
  const auto days =
      Replay(workload, submitter, network_->clients(), stop_, [](ledger::Day, double) {});
  ASSERT_TRUE(days) << days.error().message;
  EXPECT_EQ(killer.Finish(), Killer::kKills);
  EXPECT_TRUE(submitter.report().refused.empty());

  const auto index = network_->Settle(submitter.report().highest_leaf + 1, stop_);
  ASSERT_TRUE(index) << index.error().message;
  std::vector<std::string> hashes;
  for (ApiClient* client : network_->clients()) {
    const auto hash = client->GetJson("/v1/reports/state-hash", kCallTimeout);
    ASSERT_TRUE(hash) << hash.error().message;
    hashes.emplace_back(hash->at("state_hash").as_string());
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(hashes[0], hashes[2]);

  // Every node has every acknowledged act where the answer said.
  ASSERT_GT(acknowledged.size(), 1000U);
  for (std::size_t i = 0; i < network_->size(); ++i) {
    const std::vector<Bytes> entries = cluster::EntriesOf(*network_->clients()[i], *index);
    ASSERT_EQ(entries.size(), *index) << "node " << i;
    for (const Acknowledged& act : acknowledged) {
      ASSERT_LT(act.leaf, entries.size());
      const auto leaf = ledger::DecodeLeaf(entries[act.leaf]);
      ASSERT_TRUE(leaf) << leaf.error().message;
      ASSERT_TRUE(EqualBytes(leaf->body, act.envelope)) << "node " << i << ", leaf " << act.leaf;
    }
  }

  std::vector<ApiClient*> peers = network_->clients();
  ApiClient* exporter = peers.front();
  peers.erase(peers.begin());
  const auto key = network_->LogKey(0);
  ASSERT_TRUE(key) << key.error().message;
  const auto exported = ExportFromNode(*exporter, peers, network_->genesis(), *key,
                                       directory_ / "export", [](auto, auto) {});
  ASSERT_TRUE(exported) << exported.error().message;
  PosixDisk disk;
  const auto audit = ledger::Audit(disk, directory_ / "export",
                                   {.threads = 2, .need_quorum = true, .genesis = std::nullopt},
                                   [](auto, auto) {});
  ASSERT_TRUE(audit) << audit.error().message;
  EXPECT_TRUE(audit->ok) << audit->failure;
  EXPECT_EQ(audit->acts, acknowledged.size());
  EXPECT_EQ(audit->state_hash.Hex(), hashes[0]);
  EXPECT_TRUE(network_->Stop());
}

}  // namespace
}  // namespace aval::cli::demo
