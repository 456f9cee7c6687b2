#include "tests/node/simulated_nodes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "ledger/log/checkpoint_file.h"
#include "ledger/machine.h"
#include "ledger/record/codec.h"
#include "ledger/reports.h"
#include "node/act_preparation.h"
#include "node/applied_ledger.h"
#include "node/first_configuration.h"
#include "tests/consensus/storage.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::node {
namespace {

constexpr Duration kStep = std::chrono::milliseconds(1);
constexpr Duration kPatience = std::chrono::minutes(1);

// A store that outlives those who open it.
class SharedStore final : public ledger::Store {
 public:
  explicit SharedStore(std::shared_ptr<ledger::MemoryStore> store) : store_(std::move(store)) {}
  Result<std::optional<Bytes>> Get(ByteView key) const override { return store_->Get(key); }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    return store_->Scan(from, to, visit);
  }
  Result<void> Apply(const ledger::Writes& writes) override { return store_->Apply(writes); }
  std::unique_ptr<ledger::Reader> Snapshot() const override { return store_->Snapshot(); }

 private:
  const std::shared_ptr<ledger::MemoryStore> store_;
};

// True time, with a wall clock that is wrong.
class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(const VirtualTime& time) : time_(time) {}
  Instant Now() const override { return time_.Now(); }
  std::int64_t UnixMillis() const override { return time_.UnixMillis() + shift_ms_; }
  void Shift(std::chrono::milliseconds by) { shift_ms_ = by.count(); }

 private:
  const VirtualTime& time_;
  std::int64_t shift_ms_ = 0;
};

}  // namespace

struct SimulatedNodes::Machine {
  Machine(std::uint32_t node, const VirtualTime& time)
      : clock(time),
        log_key(ledger::NodeKey(node, "log")),
        cosigner_key(ledger::NodeKey(node, "cosigner")) {}

  ShiftedClock clock;

  const crypto::SecretKey log_key;
  const crypto::SecretKey cosigner_key;
  FaultDisk disk;
  consensus::MemoryStorage wal;
  const std::shared_ptr<ledger::MemoryStore> state = std::make_shared<ledger::MemoryStore>();
};

struct SimulatedNodes::Process final : PeerLinks, WriteSink, CommitSink {
  Process(SimulatedNodes& simulated, std::uint32_t node)
      : nodes(simulated),
        number(node),
        machine(simulated.nodes_.at(node).machine),
        core(simulated.time_) {
    auto opened = AppliedLedger::Open({.disk = &machine->disk,
                                       .clock = &machine->clock,
                                       .genesis = &nodes.genesis_,
                                       .log_key = &machine->log_key,
                                       .cosigner_key = &machine->cosigner_key,
                                       .node = number,
                                       .state = std::make_unique<SharedStore>(machine->state),
                                       .log_directory = "/log"});
    AVAL_ASSERT(opened.has_value());
    ledger = *std::move(opened);
    keys.emplace(ledger->state(), 1024);
    verifier.emplace(nodes.genesis_.origin(), *keys);
    applier.emplace(*ledger, waiters, nodes.time_,
                    [this](const AppliedRun& run) { replica->OnApplied(run); });
    consensus::Core::Options core_options;
    core_options.self = {number};
    core_options.seed = nodes.random_.U64();
    if (nodes.options_.change_core) nodes.options_.change_core(core_options);
    const AppliedRun standing = *StandingOf(*ledger);
    replica.emplace(
        Replica::Parts{.core = &core,
                       .clock = &machine->clock,
                       .log = &machine->wal,
                       .writes = this,
                       .peers = this,
                       .commits = this,
                       .waiters = &waiters,
                       .pool = nullptr,
                       .verifier = &*verifier,
                       .genesis = &nodes.genesis_,
                       .log_key = &machine->log_key,
                       .alarm =
                           [this](std::optional<consensus::NodeId>, const std::string& what) {
                             nodes.nodes_.at(number).alarms.push_back(what);
                           },
                       .failed = [](const Error& error) { ADD_FAILURE() << error.message; },
                       .remember = number == 1 ? nodes.options_.remember : nullptr,
                       .trim = Trim()},
        nodes.options_.limits, core_options,
        consensus::Core::Recovered{.hard_state = machine->wal.hard_state(),
                                   .last = machine->wal.last(),
                                   .applied = standing.applied,
                                   .configurations = {FirstConfiguration(nodes.genesis_)},
                                   .memory = nodes.memory_},
        standing);
    replica->Start();
  }

  std::function<Result<void>(consensus::Index)> Trim() {
    if (!nodes.options_.trims) return nullptr;
    return [this](consensus::Index index) -> Result<void> {
      machine->wal.TrimTo({index.value - 1});
      return {};
    };
  }

  void Send(consensus::NodeId to, const consensus::Message& message) override {
    nodes.Carry(number, to.value, [from = number, message](Process& receiver) {
      const auto* append = std::get_if<consensus::Append>(&message);
      if (append != nullptr && !append->entries.empty() &&
          append->entries.back().kind == consensus::EntryKind::kBlock) {
        receiver.nodes.nodes_.at(receiver.number).last_block = *append;
      }
      receiver.replica->OnMessage({.node = {from}}, message);
    });
  }

  void Forward(consensus::NodeId to, std::vector<std::shared_ptr<const Bytes>> envelopes) override {
    ++nodes.forwards_;
    nodes.Carry(number, to.value, [from = number, envelopes](Process& receiver) {
      receiver.TakeForward(from, envelopes);
    });
  }

  void TakeForward(std::uint32_t from, const std::vector<std::shared_ptr<const Bytes>>& envelopes,
                   net::Receipt receipt = nullptr) {
    ActPreparation acts(envelopes, *verifier);
    replica->OnForward({from}, acts.Result(), std::move(receipt));
  }

  void RefuseForward(consensus::NodeId to, net::ForwardRefused refused) override {
    nodes.Carry(number, to.value, [from = number, refused](Process& receiver) {
      receiver.replica->OnForwardRefused({from}, refused);
    });
  }

  void Write(consensus::Persist write) override {
    machine->wal.Write(std::move(write));
    disk_free = std::max(disk_free, nodes.time_.Now()) + nodes.UpTo(nodes.options_.disk_max);
    core.After(disk_free - nodes.time_.Now(), [this] {
      const auto sequence = machine->wal.Complete(1);
      AVAL_ASSERT(sequence.has_value());
      replica->OnPersisted(*sequence);
    });
  }

  void Commit(std::vector<CommittedEntry> entries) override {
    for (CommittedEntry& entry : entries) committed.push_back(std::move(entry));
    if (!holds_applies) ApplySoon();
  }

  void ApplySoon() {
    core.After(nodes.UpTo(nodes.options_.disk_max), [this] {
      const auto applied = applier->Apply(std::exchange(committed, {}));
      EXPECT_TRUE(applied) << applied.error().message;
      FlushWhenDue();
    });
  }

  void FlushWhenDue() {
    const std::optional<Duration> delay = applier->flush_in();
    if (!delay) return;
    core.After(*delay, [this] {
      const auto flushed = applier->FlushIfDue();
      EXPECT_TRUE(flushed) << flushed.error().message;
    });
  }

  SimulatedNodes& nodes;
  const std::uint32_t number;
  const std::shared_ptr<Machine> machine;
  VirtualExecutor core;
  std::unique_ptr<AppliedLedger> ledger;
  std::optional<KeyCache> keys;
  std::optional<ActVerifier> verifier;
  Waiters waiters;
  std::optional<Applier> applier;
  std::deque<CommittedEntry> committed;
  bool holds_applies = false;
  Instant disk_free;
  std::optional<Replica> replica;
};

SimulatedNodes::SimulatedNodes(Options options)
    : options_(options), genesis_(ledger::TestGenesis()), random_(options.seed) {
  for (std::uint32_t node = 1; node <= kNodes; ++node) {
    nodes_[node].machine = std::make_shared<Machine>(node, time_);
  }
  for (std::uint32_t node = 1; node <= kNodes; ++node) Start(node);
}

SimulatedNodes::~SimulatedNodes() = default;

bool SimulatedNodes::RunUntil(const std::function<bool()>& done) {
  for (const Instant end = time_.Now() + kPatience; time_.Now() < end; Run(kStep)) {
    if (done()) return true;
  }
  return done();
}

std::uint32_t SimulatedNodes::Elect() {
  std::uint32_t leader = 0;
  const bool elected = RunUntil([&] {
    std::set<std::uint32_t> followed;
    std::set<std::uint32_t> leading;
    for (const auto& [number, slot] : nodes_) {
      if (!slot.process) continue;
      const Replica::Status now = slot.process->replica->status();
      followed.insert(now.leader.value);
      if (now.role == consensus::Role::kLeader) leading.insert(number);
    }
    if (followed.size() != 1 || leading != followed) return false;
    leader = *leading.begin();
    return true;
  });
  EXPECT_TRUE(elected) << "nobody leads after a minute";
  return leader;
}

bool SimulatedNodes::Settle() {
  Run(kStep);  // What was just submitted is under way.
  return RunUntil([this] {
    const Replica::Status first = status(1);
    const std::shared_ptr<const View> seen = view(1);
    return std::ranges::all_of(nodes_, [&](const auto& entry) {
      const auto& [number, slot] = entry;
      if (!slot.process) return false;
      const Replica::Status now = status(number);
      return now.last == first.last && now.flushed == now.last && now.unanswered_acts == 0 &&
             !view(number)->has_due_items && view(number)->tree.size() == seen->tree.size() &&
             checkpoints(number).highest() &&
             checkpoints(number).highest()->size == seen->tree.size();
    });
  });
}

SimulatedNodes::Ticket SimulatedNodes::Submit(std::uint32_t node,
                                              const std::shared_ptr<const Bytes>& envelope,
                                              Duration timeout) {
  Process& process = *nodes_.at(node).process;
  ActPreparation acts({envelope}, *process.verifier);
  const ledger::Preparation& prepared = acts.Result().front();
  AVAL_ASSERT(prepared.act != nullptr);
  auto submission = std::make_shared<Submission>();
  submission->act = prepared.act;
  const Instant deadline = time_.Now() + timeout;
  process.waiters.Add(prepared.act->digest, deadline, [submission](const ActAnswer& answer) {
    EXPECT_FALSE(submission->answer) << "answered twice";
    submission->answer = answer;
  });
  process.replica->Submit({prepared.act}, deadline);
  return submission;
}

void SimulatedNodes::Deliver(std::uint32_t to, std::uint32_t from,
                             const consensus::Message& message) {
  nodes_.at(to).process->replica->OnMessage({.node = {from}}, message);
}

void SimulatedNodes::DeliverRefusal(std::uint32_t to, std::uint32_t from,
                                    net::ForwardRefused refused) {
  nodes_.at(to).process->replica->OnForwardRefused({from}, std::move(refused));
}

void SimulatedNodes::DeliverForward(std::uint32_t to, std::uint32_t from,
                                    const std::vector<std::shared_ptr<const Bytes>>& envelopes,
                                    net::Receipt receipt) {
  nodes_.at(to).process->TakeForward(from, envelopes, std::move(receipt));
}

void SimulatedNodes::HoldApplies(std::uint32_t node) {
  nodes_.at(node).process->holds_applies = true;
}

void SimulatedNodes::ReleaseApplies(std::uint32_t node) {
  Process& process = *nodes_.at(node).process;
  process.holds_applies = false;
  process.ApplySoon();
}

void SimulatedNodes::Kill(std::uint32_t node) {
  Slot& slot = nodes_.at(node);
  slot.process.reset();
  AVAL_ASSERT(slot.machine->wal.Crash(random_).has_value());
  slot.machine->disk.PowerCycle(random_);
  for (std::uint32_t other = 1; other <= kNodes; ++other) {
    if (other != node) Break(node, other);
  }
}

void SimulatedNodes::Start(std::uint32_t node) {
  AVAL_ASSERT(!up(node));
  nodes_.at(node).process = std::make_unique<Process>(*this, node);
  for (std::uint32_t other = 1; other <= kNodes; ++other) {
    if (other != node && Connected(node, other)) TellOfLink(node, other, true);
  }
}

void SimulatedNodes::Cut(std::uint32_t a, std::uint32_t b) {
  if (cut_.insert(std::minmax(a, b)).second) Break(a, b);
}

void SimulatedNodes::Isolate(std::uint32_t node) {
  for (std::uint32_t other = 1; other <= kNodes; ++other) {
    if (other != node) Cut(node, other);
  }
}

void SimulatedNodes::Heal() {
  for (const auto& [a, b] : std::exchange(cut_, {})) {
    if (Connected(a, b)) TellOfLink(a, b, true);
  }
}

Replica::Status SimulatedNodes::status(std::uint32_t node) const {
  return up(node) ? nodes_.at(node).process->replica->status() : Replica::Status{};
}

Replica& SimulatedNodes::replica(std::uint32_t node) { return *nodes_.at(node).process->replica; }

bool SimulatedNodes::leads(std::uint32_t node) const {
  return up(node) && nodes_.at(node).process->replica->leads();
}

void SimulatedNodes::ShiftClock(std::uint32_t node, Duration by) {
  nodes_.at(node).machine->clock.Shift(std::chrono::duration_cast<std::chrono::milliseconds>(by));
}

std::pair<consensus::Index, consensus::Index> SimulatedNodes::raft_log(std::uint32_t node) const {
  const consensus::MemoryStorage& log = nodes_.at(node).machine->wal;
  return {log.Anchor().index, log.last().index};
}

std::shared_ptr<const View> SimulatedNodes::view(std::uint32_t node) const {
  return nodes_.at(node).process->ledger->view();
}

crypto::Digest SimulatedNodes::state_hash(std::uint32_t node) const {
  return *ledger::StateHash(*view(node)->state);
}

std::optional<ledger::Outcome> SimulatedNodes::OutcomeAt(std::uint32_t node,
                                                         const ledger::PreparedAct& act) const {
  const auto stored = view(node)->state->Get(ledger::EncodeKey<ledger::Outcome>(act.id));
  if (!*stored) return std::nullopt;
  return *ledger::DecodeValue<ledger::Outcome>(**stored);
}

const ledger::CheckpointSigner& SimulatedNodes::checkpoints(std::uint32_t node) const {
  return nodes_.at(node).process->ledger->checkpoints();
}

ActVerifier::Counters SimulatedNodes::verifications(std::uint32_t node) const {
  return nodes_.at(node).process->verifier->counters();
}

AppliedLedger::Counters SimulatedNodes::applied_counters(std::uint32_t node) const {
  return nodes_.at(node).process->ledger->counters();
}

std::optional<Error> SimulatedNodes::signing_failure(std::uint32_t node) const {
  return nodes_.at(node).process->ledger->signing_failure();
}

void SimulatedNodes::ForgeSignedRoot(std::uint32_t node, const crypto::Digest& root) {
  AVAL_ASSERT(!up(node));
  Machine& machine = *nodes_.at(node).machine;
  const std::string origin = genesis_.origin();
  const ledger::CheckpointSigner::Keys keys{
      .origin = origin,
      .cosigner_name = genesis_.FindNode(node)->cosigner_key.name,
      .log_key = &machine.log_key,
      .cosigner_key = &machine.cosigner_key};
  FaultDisk other;
  const auto signer = ledger::CheckpointSigner::Open(other, "/log", keys);
  const auto before = ledger::CheckpointSigner::Open(machine.disk, "/log", keys);
  const std::uint64_t size = (*before)->highest()->size;
  AVAL_ASSERT((*signer)->Sign({.origin = origin, .size = size, .root = root}, 1).has_value());
  const std::filesystem::path file = std::filesystem::path("/log") / ledger::kCheckpointFile;
  AVAL_ASSERT(machine.disk.ReplaceFile(file, *other.ReadFile(file)).has_value());
}

bool SimulatedNodes::Connected(std::uint32_t a, std::uint32_t b) const {
  return up(a) && up(b) && !cut_.contains(std::minmax(a, b));
}

void SimulatedNodes::Break(std::uint32_t a, std::uint32_t b) {
  ++links_[{a, b}].epoch;
  ++links_[{b, a}].epoch;
  TellOfLink(a, b, false);
}

void SimulatedNodes::TellOfLink(std::uint32_t a, std::uint32_t b, bool is_up) {
  if (up(a)) nodes_.at(a).process->replica->OnLink({b}, is_up);
  if (up(b)) nodes_.at(b).process->replica->OnLink({a}, is_up);
}

void SimulatedNodes::Carry(std::uint32_t from, std::uint32_t to,
                           std::function<void(Process&)> arrive) {
  if (!Connected(from, to)) return;
  Link& link = links_[{from, to}];
  link.last_arrival = std::max(link.last_arrival, time_.Now() + UpTo(options_.latency_max));
  time_.After(link.last_arrival - time_.Now(),
              [this, from, to, epoch = link.epoch, arrive = std::move(arrive)] {
                if (links_.at({from, to}).epoch == epoch) arrive(*nodes_.at(to).process);
              });
}

Duration SimulatedNodes::UpTo(Duration most) {
  return Duration(1 + random_.Below(static_cast<std::uint64_t>(most.count())));
}

}  // namespace aval::node
