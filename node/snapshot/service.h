#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/disk.h"
#include "base/executor.h"
#include "base/result.h"
#include "consensus/types.h"
#include "ledger/genesis.h"
#include "ledger/log/backfill.h"
#include "ledger/log/log.h"
#include "ledger/snapshot/sink.h"
#include "ledger/snapshot/source.h"
#include "net/peer_message.h"
#include "node/snapshot/fetcher.h"
#include "node/snapshot/log_fetcher.h"
#include "node/snapshot/server.h"

namespace aval::node {

/// Where messages to peers go; what cannot be sent is dropped.
class ExtensionLinks {
 public:
  virtual ~ExtensionLinks() = default;
  virtual void SendExtension(consensus::NodeId to, net::Extension extension) = 0;
};

/// This node's part in snapshots: makes one of each cut and serves it, fetches one when the node
/// needs it, and fetches the leaves that lie before the one with which its log began.
///
/// What is fetched is made pending beside the running node's files; then `reopen` is asked for, and
/// the next opening installs it (opening.h). Nothing is installed in a running node.
///
/// Bounded: one cut waits at most, a newer one in its place; what peers send waits with its
/// receipts.
/// Threads: the public methods are safe from all, and post to the executor, on which everything
/// else runs: it reads and writes as long as whole states take. The executor has stopped before
/// the service goes, and the service goes before the ledger.
class SnapshotService {
 public:
  struct Parts {
    Executor* executor = nullptr;  // All of these outlive the service.
    const Clock* clock = nullptr;
    ExtensionLinks* links = nullptr;
    Disk* disk = nullptr;
    ledger::StateDirectories* states = nullptr;
    std::filesystem::path data_directory;
    const ledger::Genesis* genesis = nullptr;
    consensus::NodeId self;
    const ledger::Log* log = nullptr;
    /// Of the highest checkpoint that this node has signed.
    std::function<std::uint64_t()> signed_size;
    /// The log has all its leaves: AppliedLedger::ForgetLogStart.
    std::function<void()> forget_log_start;
    /// The last entry of this node's Raft log.
    std::function<consensus::Index()> last;
    /// The mark of the snapshot that is on offer, when that changes; 0: none is.
    std::function<void(consensus::Index)> offered;
    /// A peer asks which one there is, or says that it can trust `none`, and nobody else fetches
    /// the one on offer.
    std::function<void(consensus::NodeId, bool none)> asked;
    /// A snapshot is pending: the node is to be stopped and opened again.
    std::function<void()> reopen;
    std::function<void(std::optional<consensus::NodeId>, const std::string&)> alarm;
    std::function<void(const Error&)> failed;      // The node must stop.
    std::function<void(const std::string&)> note;  // For people.
  };
  struct Options {
    SnapshotServer::Options server = {};
    Duration ask_interval = std::chrono::seconds(5);
    Duration ask_leaves_interval = std::chrono::seconds(30);
    Pull::Options pull = {};
    std::uint32_t chunk_bytes = ledger::SnapshotManifest::kChunkBytes;
    ledger::Log::Options log = {};
    /// Fetching ends when the leader has not said for so long that a snapshot is needed.
    Duration patience = std::chrono::minutes(1);
  };

  SnapshotService(Parts parts, const Options& options);

  /// Goes on filling the log, if it has to be; drops what is left of a snapshot that is needed no
  /// more.
  void Start();
  /// The ledger at a mark that was just applied.
  void OnCut(ledger::SnapshotCut cut, ledger::RaftMark mark);
  /// The leader no longer has the entries that this node needs.
  void OnNeeded();
  void OnExtension(consensus::NodeId from, net::Extension extension,
                   net::Receipt receipt = nullptr);
  void OnLink(consensus::NodeId peer, bool up);
  /// Nothing is begun any more.
  void Stop() { stopped_ = true; }

  /// A snapshot is being fetched or waits for the node to open again.
  bool installing() const { return installing_; }
  /// Leaves before the log's first are missing.
  bool backfilling() const { return parts_.log->first() > 0; }

 private:
  using Work = std::function<Result<void>(Instant now)>;
  /// Does the work on the executor; an error is this node's own disk's.
  void Post(Work work);
  void Do(const Work& work);
  Result<void> Offer();
  void TellOffered();
  Result<void> BeginFetching(Instant now);
  void EndFetching();
  Result<void> Receive(consensus::NodeId from, const net::Extension& extension, Instant now);
  Result<void> Tick(Instant now);
  Result<void> Act(FetchActions& actions, Instant now);
  Result<void> Finish(Instant now);
  Result<void> Join();
  void Send(consensus::NodeId to, const SnapshotMessage& message);
  void ArmTimer(Instant now);

  const Parts parts_;
  const Options options_;
  std::atomic<bool> installing_ = false;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> need_posted_ = false;

  std::mutex mutex_;
  std::optional<std::pair<ledger::SnapshotCut, ledger::RaftMark>> cut_;  // Waits.

  SnapshotServer server_;
  consensus::Index offered_;
  std::unique_ptr<ledger::SnapshotSink> sink_;
  std::optional<SnapshotFetcher> fetcher_;
  Instant needed_;  // Last.
  bool none_noted_ = false;
  bool pending_ = false;
  std::unique_ptr<ledger::Backfill> backfill_;
  std::optional<LogFetcher> log_fetcher_;
  std::optional<Instant> armed_;
  bool failed_ = false;
};

}  // namespace aval::node
