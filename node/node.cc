#include "node/node.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/disk.h"
#include "base/random.h"
#include "base/thread_executor.h"
#include "base/worker_pool.h"
#include "consensus/wal/wal.h"
#include "consensus/wal/writer.h"
#include "crypto/key_file.h"
#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"
#include "ledger/state/leveldb_store.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "net/trouble_filter.h"
#include "node/act_verifier.h"
#include "node/api/api.h"
#include "node/applied_ledger.h"
#include "node/applier.h"
#include "node/disk_upkeep.h"
#include "node/event_log.h"
#include "node/first_configuration.h"
#include "node/key_cache.h"
#include "node/metrics.h"
#include "node/peer_link.h"
#include "node/promise_file.h"
#include "node/replica.h"
#include "node/restoration.h"
#include "node/snapshot/opening.h"
#include "node/snapshot/service.h"
#include "node/state_options.h"
#include "node/waiters.h"

namespace aval::node {
namespace {

constexpr std::size_t kKeyCache = 1U << 16U;
constexpr std::size_t kVerifyQueue = 4096;
constexpr std::size_t kReadQueue = 1024;
constexpr std::size_t kReportQueue = 16;
constexpr Duration kWaitSweep = std::chrono::milliseconds(200);
constexpr std::chrono::milliseconds kStopGrace{2'000};

Result<crypto::SecretKey> LoadKey(Disk& disk, const std::filesystem::path& path,
                                  std::string_view passphrase, const crypto::PublicKey& expected) {
  AVAL_TRY(crypto::SecretKey key, crypto::LoadKey(disk, path, passphrase));
  if (key.public_key() != expected) {
    return Error{.code = Code::kInvalidArgument,
                 .message = path.string() + ": is not the key that genesis names for this node"};
  }
  return key;
}

Result<ledger::Genesis> LoadGenesis(Disk& disk, const config::NodeConfig& config) {
  AVAL_TRY(Bytes envelope, disk.ReadFile(config.genesis));
  AVAL_TRY(const Bytes policy, disk.ReadFile(config.cosigner_policy));
  auto genesis = ledger::Genesis::Load(std::move(envelope), std::string(AsText(policy)));
  if (!genesis) {
    return Error{.code = genesis.error().code,
                 .message = config.genesis.string() + ": " + genesis.error().message};
  }
  return genesis;
}

struct Keys {
  crypto::SecretKey tls;
  crypto::SecretKey log;
  crypto::SecretKey cosigner;
};

Result<Keys> LoadKeys(Disk& disk, const config::NodeConfig& config, std::string_view passphrase,
                      const ledger::Genesis::NodeEntry& self) {
  AVAL_TRY(auto tls, LoadKey(disk, config.tls_key, passphrase, self.tls_key));
  AVAL_TRY(auto log, LoadKey(disk, config.log_key, passphrase, self.log_key.key));
  AVAL_TRY(auto cosigner, LoadKey(disk, config.cosigner_key, passphrase, self.cosigner_key.key));
  return Keys{.tls = std::move(tls), .log = std::move(log), .cosigner = std::move(cosigner)};
}

unsigned VerifyThreads(const config::NodeConfig& config) {
  if (config.verify_threads > 0) return config.verify_threads;
  return std::max(1U, std::thread::hardware_concurrency());
}

Result<net::PeerTransport::Options> PeerOptions(const config::NodeConfig& config,
                                                const ledger::Genesis& genesis,
                                                std::uint32_t incarnation) {
  net::PeerTransport::Options options;
  options.self = {config.number};
  options.incarnation = incarnation;
  options.origin = genesis.origin();
  options.host = config.peers_listen.host;
  options.port = config.peers_listen.port;
  for (const ledger::Genesis::NodeEntry& node : genesis.nodes()) {
    if (node.number == config.number) continue;
    AVAL_TRY(config::Endpoint address, config::ParseEndpoint(node.address, /*any_port=*/true));
    net::PeerTransport::Peer peer{
        .id = {node.number}, .host = {}, .port = 0, .keys = {crypto::KeyIdOf(node.tls_key)}};
    for (const config::NodeConfig::PeerOverride& other : config.peer_overrides) {
      if (other.number != node.number) continue;
      if (other.address) address = *other.address;
      peer.keys.insert(other.extra_key_ids.begin(), other.extra_key_ids.end());
    }
    peer.host = address.host;
    peer.port = address.port;
    options.peers.push_back(std::move(peer));
  }
  return options;
}

// Of this node's alone, and the same for as long as it has this log key.
crypto::Digest PromiseKey(const crypto::SecretKey& log_key) {
  return crypto::Sha256(AsBytes("aval-promises/v1\n"), log_key.seed());
}

consensus::Core::Options CoreOptions(const config::NodeConfig& config, std::uint32_t incarnation,
                                     const crypto::SecretKey& log_key) {
  consensus::Core::Options options;
  options.self = {config.number};
  options.incarnation = incarnation;
  options.promise_key = PromiseKey(log_key);
  options.election_timeout = config.election_timeout;
  options.heartbeat_interval = config.heartbeat;
  SystemRandom random;
  options.seed = random.U64();
  return options;
}

std::set<crypto::KeyId> OperatorsOf(const config::NodeConfig& config) {
  std::set<crypto::KeyId> operators;
  for (const config::NodeConfig::ApiClient& client : config.api_clients) {
    if (client.is_operator) operators.insert(client.key_id);
  }
  return operators;
}

// The core's writes, on their way to the WAL's own thread.
class WalSink final : public WriteSink {
 public:
  explicit WalSink(consensus::WalWriter& writer) : writer_(writer) {}
  // A writer that takes no more has failed or is stopped, and the node ends: a write that is never
  // reported durable lets nothing leave.
  void Write(consensus::Persist write) override {
    static_cast<void>(writer_.Write(std::move(write)));
  }

 private:
  consensus::WalWriter& writer_;
};

// Of what is damaged on the disk nothing can be mended here; others have it.
Error WithRemedy(const Error& error, const config::NodeConfig& config) {
  if (error.code != Code::kCorruption) return error;
  const std::string directory = config.data_dir.string();
  const bool named = error.message.find(directory) != std::string::npos;
  return {.code = error.code,
          .message = (named ? "" : directory + ": ") + error.message +
                     "; see 'A damaged data directory' in docs/guides/node.md"};
}

}  // namespace

// In the order of their making; the destructor's is the reverse, after Stop has joined the threads.
struct Node::Parts {
  Parts(config::NodeConfig node_config, std::function<void(const Error&)> on_failure,
        std::function<void()> on_reopen, const NodeTuning& tests)
      : config(std::move(node_config)),
        failed(std::move(on_failure)),
        reopen(std::move(on_reopen)),
        tuning(tests),
        disk(tuning.disk != nullptr ? *tuning.disk : machines_disk),
        log(config.log_level, config.number) {}

  Result<void> OpenFiles(std::string_view passphrase);
  Result<void> OpenLogs();
  Result<void> OpenWal(const consensus::Wal::Options& options, const LogOrigin& origin);
  void StartSnapshots();
  void StartUpkeep();
  Result<void> StartReplica();
  Result<void> Serve();
  void SweepWaits();
  void ReportAlarm(std::optional<consensus::NodeId> peer, const std::string& what);
  void Fail(const Error& error);
  void Remember(const KnownPromises& known, std::function<void(bool)> kept);
  bool Save(const KnownPromises& known);
  Result<consensus::Promises::Memory> MemoryOfDisk();
  void SettleRestoration();
  void Stop();

  const config::NodeConfig config;
  const std::function<void(const Error&)> failed;
  const std::function<void()> reopen;
  const NodeTuning tuning;
  PosixDisk machines_disk;
  Disk& disk;
  std::atomic<bool> has_failed = false;
  bool stopped = false;
  EventLog log;
  std::mutex alarms_mutex;
  net::PeerTroubles alarms;
  SystemClock clock;
  std::optional<ledger::Genesis> genesis;
  std::optional<Keys> keys;
  std::optional<DirectoryLock> lock;
  std::optional<ledger::LevelDbStates> states;
  std::unique_ptr<consensus::Wal> wal;
  bool begun_after_snapshot = false;  // The log, with this opening.
  bool restored = false;              // From a backup, and nobody knows yet what was forgotten.
  std::unique_ptr<AppliedLedger> ledger;
  std::optional<KeyCache> key_cache;
  std::optional<ActVerifier> verifier;
  Waiters waiters;
  std::optional<WorkerPool> verifiers;
  std::optional<WorkerPool> readers;
  std::optional<WorkerPool> reporters;
  std::optional<ThreadExecutor> core;
  std::optional<DiskUpkeep> upkeep;
  bool save_failed = false;  // The last time; the reporters' thread's.
  std::unique_ptr<consensus::WalWriter> wal_writer;
  std::optional<WalSink> wal_sink;
  std::optional<net::IoThreads> io;
  PeerLink link;
  std::optional<ApplierThread> applier;
  std::optional<ThreadExecutor> snapshot_thread;
  std::optional<SnapshotService> snapshots;
  std::optional<Replica> replica;
  std::optional<api::Api> api;
  std::unique_ptr<net::HttpServer> http;
  std::atomic<net::HttpServer*> live_http = nullptr;  // Once it has started; it serves before.
};

Result<void> Node::Parts::OpenFiles(std::string_view passphrase) {
  AVAL_TRY(genesis, LoadGenesis(disk, config));
  const ledger::Genesis::NodeEntry* self = genesis->FindNode(config.number);
  if (self == nullptr) {
    return Error{
        .code = Code::kInvalidArgument,
        .message = config.genesis.string() + ": has no node " + std::to_string(config.number)};
  }
  AVAL_TRY(keys, LoadKeys(disk, config, passphrase, *self));
  AVAL_CHECK(disk.MakeDirectories(config.data_dir));
  AVAL_TRY(DirectoryLock taken, DirectoryLock::Take(config.data_dir));
  lock.emplace(std::move(taken));
  return OpenLogs();
}

// After what was pending is installed; the write-ahead log last, for it may begin where the state
// ends.
Result<void> Node::Parts::OpenLogs() {
  states.emplace(disk, StateOptions());
  consensus::Wal::Options options{.cluster = crypto::Sha256(genesis->envelope()),
                                  .node = {config.number},
                                  .segment_bytes = tuning.wal_segment_bytes};
  AVAL_TRY(const LogOrigin origin, PrepareOpening(disk, *states, config.data_dir, options,
                                                  {.configurations = {FirstConfiguration(*genesis)},
                                                   .incarnation = config.incarnation}));
  AVAL_TRY(auto state, states->Open(config.data_dir / ledger::kStateDirectory));
  AVAL_TRY(ledger,
           AppliedLedger::Open({.disk = &disk,
                                .clock = &clock,
                                .genesis = &*genesis,
                                .log_key = &keys->log,
                                .cosigner_key = &keys->cosigner,
                                .node = config.number,
                                .state = std::move(state),
                                .log_directory = config.data_dir / ledger::kLogDirectoryName}));
  options.flushed = {ledger->view()->raft_index};
  AVAL_CHECK(OpenWal(options, origin));
  if (wal->recovered().last.index.value < ledger->view()->raft_index) {
    return Error{.code = Code::kCorruption,
                 .message = (config.data_dir / ledger::kWalDirectory).string() +
                            ": ends before what the state has applied; it has lost entries that "
                            "this node has acknowledged"};
  }
  if (wal->Anchor().index.value > ledger->view()->raft_index) {
    return Error{.code = Code::kCorruption,
                 .message = (config.data_dir / ledger::kStateDirectory).string() +
                            ": ends at raft index " + std::to_string(ledger->view()->raft_index) +
                            ", and the write-ahead log begins after " +
                            std::to_string(wal->Anchor().index.value) + ": it is not this log's"};
  }
  return {};
}

Result<void> Node::Parts::OpenWal(const consensus::Wal::Options& options, const LogOrigin& origin) {
  const std::filesystem::path directory = config.data_dir / ledger::kWalDirectory;
  AVAL_TRY(wal, consensus::Wal::Open(disk, directory, options, origin.origin));
  AVAL_CHECK(FinishOpening(disk, config.data_dir));
  begun_after_snapshot = origin.after_snapshot;
  if (origin.after_snapshot) {
    log.Info("goes on from a snapshot at raft index " +
             std::to_string(origin.origin.last.index.value));
  }
  if (wal->recovered().incarnation < config.incarnation) {
    return Error{.code = Code::kInvalidArgument,
                 .message = directory.string() + ": is of incarnation " +
                            std::to_string(wal->recovered().incarnation) +
                            ", and the node's file asks for " + std::to_string(config.incarnation) +
                            ": a new incarnation begins with an empty data directory"};
  }
  if (const auto& torn = wal->recovered().torn) {
    log.Warn("cut a torn write off the end of " + torn->file + " at offset " +
             std::to_string(torn->offset) + ": what it held was never acknowledged");
  }
  if (const auto& dropped = wal->recovered().dropped) {
    log.Warn(dropped->message + ": removed, with what is older; the state has what it held");
  }
  for (const consensus::DamagedRange& range : wal->recovered().damaged) {
    log.Warn("the write-ahead log cannot read " + EntriesOf(range) + ": rot");
  }
  return {};
}

// What finds no place in the queue now finds one later.
void Node::Parts::Remember(const KnownPromises& known, std::function<void(bool)> kept) {
  const bool taken = reporters->TryPost([this, known, kept] { kept(Save(known)); });
  if (!taken) kept(false);
}

bool Node::Parts::Save(const KnownPromises& known) {
  const auto saved = SavePromises(disk, config.data_dir, known);
  const bool again = std::exchange(save_failed, !saved);
  if (!saved && !again) {
    log.Warn("cannot keep what peers have promised: " + saved.error().message);
  }
  return saved.has_value();
}

Result<consensus::Promises::Memory> Node::Parts::MemoryOfDisk() {
  using consensus::Promises;
  AVAL_TRY(restored, IsRestored(disk, config.data_dir));
  if (wal->recovered().begun && !begun_after_snapshot) return Promises::Memory::kEmpty;
  return restored ? Promises::Memory::kRestored : Promises::Memory::kUncertain;
}

// Where this fails the next start asks everybody once more.
void Node::Parts::SettleRestoration() {
  if (!restored) return;
  const auto settled = SettleRestored(disk, config.data_dir);
  if (!settled) log.Warn("cannot note that nothing was forgotten: " + settled.error().message);
}

void Node::Parts::StartSnapshots() {
  snapshot_thread.emplace("snapshot");
  snapshots.emplace(SnapshotService::Parts{
                        .executor = &*snapshot_thread,
                        .clock = &clock,
                        .links = &link,
                        .disk = &disk,
                        .states = &*states,
                        .data_directory = config.data_dir,
                        .genesis = &*genesis,
                        .self = {config.number},
                        .log = &ledger->log(),
                        .signed_size =
                            [this] {
                              const auto highest = ledger->checkpoints().highest();
                              return highest ? highest->size : 0;
                            },
                        .forget_log_start = [this] { ledger->ForgetLogStart(); },
                        .last = [this] { return replica->status().last; },
                        .offered = [this](consensus::Index mark) { replica->OnOffered(mark); },
                        .asked = [this](consensus::NodeId peer,
                                        bool none) { replica->OnSnapshotAsked(peer, none); },
                        .reopen = [this] { upkeep->AskToReopen(); },
                        .alarm =
                            [this](std::optional<consensus::NodeId> peer, const std::string& what) {
                              replica->CountAlarm();
                              ReportAlarm(peer, what);
                            },
                        .failed = [this](const Error& error) { upkeep->OnError(error); },
                        .note = [this](const std::string& what) { log.Info(what); }},
                    tuning.snapshots);
}

void Node::Parts::StartUpkeep() {
  upkeep.emplace(DiskUpkeep::Parts{
      .disk = &disk,
      .wal = wal.get(),
      .log = &log,
      .core = &*core,
      .data_directory = config.data_dir,
      .look_interval = tuning.room_look,
      .scrub_rest = tuning.scrub_rest,
      .look_for_segment = [this] { return wal_writer->TryAgain(); },
      .room = [this](bool room) { replica->OnRoom(room); },
      .damaged = [this](const consensus::DamagedRange& range) { replica->OnDamaged(range); },
      .reopen = reopen,
      .failed = [this](const Error& error) { Fail(error); }});
}

Result<void> Node::Parts::StartReplica() {
  AVAL_TRY(const LoadedPromises promises, LoadPromises(disk, config.data_dir));
  if (promises.damage) ReportAlarm(std::nullopt, *promises.damage);
  AVAL_TRY(const auto memory, MemoryOfDisk());
  key_cache.emplace(ledger->state(), kKeyCache);
  verifier.emplace(genesis->origin(), *key_cache);
  verifiers.emplace("verify-", VerifyThreads(config), kVerifyQueue);
  readers.emplace("read-", 2, kReadQueue);
  reporters.emplace("report-", 1, kReportQueue);
  core.emplace("core");
  StartUpkeep();
  wal_writer = std::make_unique<consensus::WalWriter>(
      *wal, consensus::WalWriter::Events{
                .persisted = [this](std::uint64_t sequence) { replica->OnPersisted(sequence); },
                .failed = [this](const Error& error) { Fail(error); },
                .room = [this](bool room) { upkeep->OnSegmentRoom(room); },
                .unrepaired =
                    [this](const consensus::DamagedRange& range) { upkeep->OnUnrepaired(range); }});
  wal_sink.emplace(*wal_writer);
  io.emplace(1);
  applier.emplace(Applier(
                      *ledger, waiters, clock,
                      [this](const AppliedRun& run) {
                        replica->OnApplied(run);
                        api->OnApplied();
                      },
                      [this](ledger::SnapshotCut cut, ledger::RaftMark mark) {
                        snapshots->OnCut(std::move(cut), std::move(mark));
                      }),
                  [this](const Error& error) { upkeep->OnError(error); });
  AVAL_TRY(const AppliedRun standing, StandingOf(*ledger));
  Replica::Limits limits = tuning.limits;
  limits.queue_acts = config.queue_acts;
  limits.queue_bytes = config.queue_bytes;
  StartSnapshots();
  replica.emplace(
      Replica::Parts{
          .core = &*core,
          .clock = &clock,
          .log = wal.get(),
          .writes = &*wal_sink,
          .peers = &link,
          .commits = &*applier,
          .waiters = &waiters,
          .pool = &*verifiers,
          .verifier = &*verifier,
          .genesis = &*genesis,
          .log_key = &keys->log,
          .alarm = [this](std::optional<consensus::NodeId> peer,
                          const std::string& what) { ReportAlarm(peer, what); },
          .failed = [this](const Error& error) { Fail(error); },
          .remember = [this](const KnownPromises& known,
                             std::function<void(bool)> kept) { Remember(known, std::move(kept)); },
          .trim = [this](consensus::Index index) { return wal->TrimBefore(index); },
          .needs_snapshot = [this] { snapshots->OnNeeded(); },
          .kept = [this] { SettleRestoration(); }},
      limits, CoreOptions(config, wal->recovered().incarnation, keys->log),
      consensus::Core::Recovered{.hard_state = wal->recovered().hard_state,
                                 .last = wal->recovered().last,
                                 .applied = standing.applied,
                                 .configurations = wal->recovered().configurations,
                                 .damaged = wal->recovered().damaged,
                                 .promises = promises.known,
                                 .memory = memory},
      standing);
  return {};
}

Result<void> Node::Parts::Serve() {
  AVAL_TRY(const auto peer_options, PeerOptions(config, *genesis, wal->recovered().incarnation));
  api.emplace(api::Api::Parts{.clock = &clock,
                              .genesis = &*genesis,
                              .node = config.number,
                              .ledger = ledger.get(),
                              .replica = &*replica,
                              .waiters = &waiters,
                              .verifier = &*verifier,
                              .verifiers = &*verifiers,
                              .readers = &*readers,
                              .reporters = &*reporters,
                              .operators = OperatorsOf(config),
                              .waiting_acts_max = config.queue_acts,
                              .flush_soon = [this] { applier->FlushSoon(); },
                              .metrics =
                                  [this] {
                                    return MetricsText(
                                        {.replica = &*replica,
                                         .ledger = ledger.get(),
                                         .verifier = &*verifier,
                                         .wal = wal.get(),
                                         .waiters = &waiters,
                                         .peers = link.transport(),
                                         .http = live_http,
                                         .acts = api->acts(),
                                         .acts_awaiting_keys = api->acts_awaiting_keys()});
                                  },
                              .failed = [this] { return has_failed.load(); },
                              .installing = [this] { return snapshots->installing(); },
                              .disk_full = [this] { return upkeep->is_full(); }});
  AVAL_CHECK(link.Open({.replica = &*replica,
                        .snapshots = &*snapshots,
                        .clock = &clock,
                        .pool = &*verifiers,
                        .verifier = &*verifier,
                        .log = &log},
                       *io, peer_options, keys->tls));
  replica->Start();
  upkeep->Start();
  snapshots->Start();
  std::set<crypto::KeyId> clients;
  for (const config::NodeConfig::ApiClient& client : config.api_clients) {
    clients.insert(client.key_id);
  }
  AVAL_TRY(http, net::HttpServer::Start(
                     *io,
                     {.host = config.api_listen.host,
                      .port = config.api_listen.port,
                      .max_connections = config.api_max_connections,
                      .max_connections_of_client = std::max(1U, config.api_max_connections / 4),
                      .max_body_bytes = api::Api::kBodyBytesMax},
                     keys->tls, std::move(clients),
                     [this](net::HttpRequest request, const net::HttpResponder& respond) {
                       api->Handle(std::move(request), respond);
                     }));
  live_http = http.get();
  SweepWaits();
  return {};
}

void Node::Parts::SweepWaits() {
  api->ExpireWaits();
  core->After(kWaitSweep, [this] { SweepWaits(); });
}

// A peer that raises alarms without end does not fill the disk with lines; the metric counts all.
void Node::Parts::ReportAlarm(std::optional<consensus::NodeId> peer, const std::string& what) {
  const std::scoped_lock guard(alarms_mutex);
  const auto words = alarms.Report(peer, what, std::chrono::steady_clock::now());
  if (words) log.Error(*words);
}

void Node::Parts::Fail(const Error& error) {
  if (has_failed.exchange(true)) return;
  log.Error("this node stops: " + error.message);
  failed(error);
}

void Node::Parts::Stop() {
  if (stopped) return;
  stopped = true;
  waiters.Stop();
  if (replica) replica->EndReads();
  if (api) api->Stop();
  if (http) http->Stop(kStopGrace);
  link.Stop();
  if (upkeep) upkeep->Stop();
  if (core) core->Stop();
  if (wal_writer) wal_writer->Stop();
  if (snapshots) snapshots->Stop();
  if (applier) applier->Stop();
  if (snapshot_thread) snapshot_thread->Stop();
  if (verifiers) verifiers->Stop();
  if (readers) readers->Stop();
  if (reporters) reporters->Stop();
  // Nobody else reads the core any more. After a failure the disk is left as it is.
  if (replica && !has_failed) static_cast<void>(Save(replica->core().promises()));
  if (io) io->Stop();
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() { Stop(); }

bool Node::Stop() {
  parts_->Stop();
  return !parts_->has_failed;
}

Result<std::unique_ptr<Node>> Node::Start(const config::NodeConfig& config,
                                          std::string_view passphrase,
                                          std::function<void(const Error&)> failed,
                                          std::function<void()> reopen, const NodeTuning& tuning) {
  auto node = std::unique_ptr<Node>(
      new Node(std::make_unique<Parts>(config, std::move(failed), std::move(reopen), tuning)));
  Parts& parts = *node->parts_;
  if (auto opened = parts.OpenFiles(passphrase); !opened) return WithRemedy(opened.error(), config);
  AVAL_CHECK(parts.StartReplica());
  AVAL_CHECK(parts.Serve());
  const auto view = parts.ledger->view();
  parts.log.Info("serves " + parts.genesis->origin() + " at index " +
                 std::to_string(view->tree.size()) + ", API on port " +
                 std::to_string(parts.http->port()));
  return node;
}

void Node::WantSnapshot() { parts_->replica->WantSnapshot(); }

Node::Ports Node::ports() const {
  return {.peers = parts_->link.transport()->port(), .api = parts_->http->port()};
}

}  // namespace aval::node
