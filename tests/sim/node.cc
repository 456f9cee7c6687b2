#include "tests/sim/node.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "node/first_configuration.h"
#include "node/snapshot/opening.h"
#include "node/snapshot/service.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/sim/chain_machine.h"
#include "tests/sim/ledger_machine.h"
#include "tests/sim/limits.h"
#include "tests/sim/weather.h"

namespace aval::sim {

using consensus::NodeId;

namespace {

// Of the scrubber: a whole disk within seconds where something is wrong, else a look.
constexpr Duration kScrubStep = std::chrono::milliseconds(200);
constexpr std::size_t kScrubBytes = 128 * 1024;
constexpr std::size_t kScrubLook = 4 * 1024;

}  // namespace

struct Node::Process final : node::PeerLinks,
                             node::ExtensionLinks,
                             node::WriteSink,
                             node::CommitSink {
  explicit Process(Node& owner)
      : node(owner),
        executor(*owner.parts_.time, owner.clock_, [this] { AfterTask(); }),
        states(*owner.disk_, owner.states_) {}

  Result<void> Open() {
    AVAL_TRY(const node::LogOrigin origin, node.PrepareLog(states));
    AVAL_CHECK(OpenMachine());
    const node::AppliedRun standing = machine->standing();
    AVAL_CHECK(node.OpenLog(origin, standing.flushed));
    const consensus::HardState hard_state = node.log_->hard_state();
    const consensus::EntryId last = node.log_->last();
    if (last.index < standing.applied) {  // As avald does.
      return Error{.code = Code::kCorruption, .message = "the log ends before the state"};
    }
    node.CheckOpened();
    consensus::Core::Options options = node.parts_.plan->core;
    options.self = node.id_;
    options.incarnation = node.log_->recovered().incarnation;
    options.seed = node.random_.U64();
    options.promise_key =
        crypto::Sha256(AsBytes("promises of node " + std::to_string(node.id_.value)));
    replica.emplace(
        node::Replica::Parts{.core = &executor,
                             .clock = &node.clock_,
                             .log = node.log_.get(),
                             .writes = this,
                             .peers = this,
                             .commits = this,
                             .waiters = &waiters,
                             .pool = nullptr,
                             .verifier = &machine->verifier(),
                             .genesis = node.parts_.genesis,
                             .log_key = &node.log_key_,
                             .alarm =
                                 [this](std::optional<NodeId>, const std::string& what) {
                                   node.parts_.trace->Note("alarms", node.id_);
                                   node.parts_.trace->Say(what);
                                 },
                             .failed = [this](const Error& error) { node.Fail(error); },
                             .remember =
                                 [this](const std::map<NodeId, consensus::Promise>& promises,
                                        const std::function<void(bool)>& kept) {
                                   node.promises_ = promises;
                                   kept(true);
                                 },
                             .trim = Trim(),
                             .needs_snapshot = [this] { snapshots->OnNeeded(); }},
        ReplicaLimits(*node.parts_.plan), options,
        consensus::Core::Recovered{.hard_state = hard_state,
                                   .last = last,
                                   .applied = standing.applied,
                                   .configurations = node.log_->recovered().configurations,
                                   .damaged = node.log_->damaged(),
                                   .promises = node.promises_,
                                   .memory = Memory()},
        standing);
    OpenSnapshots();
    replica->Start();
    snapshots->Start();
    if (node.parts_.plan->LosesEntries()) executor.After(kScrubStep, [this] { Scrub(); });
    return {};
  }

  std::function<Result<void>(consensus::Index)> Trim() {
    if (node.parts_.plan->retention == 0) return nullptr;
    return [this](consensus::Index index) { return node.log_->TrimBefore(index); };
  }

  void OpenSnapshots() {
    snapshots.emplace(
        node::SnapshotService::Parts{
            .executor = &executor,
            .clock = &node.clock_,
            .links = this,
            .disk = node.disk_.get(),
            .states = &states,
            .data_directory = {},
            .genesis = node.parts_.genesis,
            .self = node.id_,
            .log = &machine->log(),
            .signed_size = [this] { return machine->signed_size(); },
            .forget_log_start = [this] { machine->ForgetLogStart(); },
            .last = [this] { return replica->core().last().index; },
            .offered = [this](consensus::Index mark) { replica->OnOffered(mark); },
            .asked = [this](NodeId peer, bool none) { replica->OnSnapshotAsked(peer, none); },
            .reopen = [this] { node.Reopen(); },
            .alarm =
                [this](std::optional<NodeId>, const std::string& what) {
                  node.parts_.trace->Note("alarms of a snapshot", node.id_);
                  node.parts_.trace->Say(what);
                },
            .failed = [this](const Error& error) { node.Fail(error); },
            .note =
                [this](const std::string& what) {
                  node.parts_.trace->Note("has news of a snapshot", node.id_);
                  node.parts_.trace->Say("node " + std::to_string(node.id_.value) + " " + what);
                }},
        SnapshotLimits(*node.parts_.plan));
  }

  consensus::Promises::Memory Memory() const {
    using consensus::Promises;
    if (node.log_->recovered().begun && !node.after_snapshot_) return Promises::Memory::kEmpty;
    return node.restored_ ? Promises::Memory::kRestored : Promises::Memory::kUncertain;
  }

  Result<void> OpenMachine() {
    StateMachine::Parts parts{
        .executor = &executor,
        .clock = &node.clock_,
        .random = &node.random_,
        .waiters = &waiters,
        .disk_time = node.parts_.plan->disk_time,
        .stall = [this] { return std::exchange(node.apply_stall_, Duration{0}); },
        .applied = [this](const node::AppliedRun& run) { OnApplied(run); },
        .reached =
            [this](consensus::Index index, const crypto::Digest& state) {
              node.parts_.checks->OnState(node.id_, index, state);
            },
        .cut = [this](ledger::SnapshotCut cut,
                      ledger::RaftMark mark) { snapshots->OnCut(std::move(cut), std::move(mark)); },
        .failed = [this](const Error& error) { node.Fail(error); }};
    if (!node.parts_.plan->real_ledger) {
      AVAL_TRY(machine, ChainMachine::Open(std::move(parts), {.disk = node.disk_.get(),
                                                              .genesis = node.parts_.genesis,
                                                              .states = &states}));
      return {};
    }
    AVAL_TRY(machine, LedgerMachine::Open(std::move(parts), {.disk = node.disk_.get(),
                                                             .genesis = node.parts_.genesis,
                                                             .log_key = &node.log_key_,
                                                             .cosigner_key = &node.cosigner_key_,
                                                             .node = node.id_.value,
                                                             .states = &states}));
    return {};
  }

  void AfterTask() {
    node.parts_.checks->OnTask(node.id_, replica->core());
    if (node.has_forgotten() && !node.lost_) {
      node.parts_.checks->Violated("node " + std::to_string(node.id_.value) +
                                   " says that it has forgotten, and its disk has lost nothing");
    }
  }

  void OnApplied(const node::AppliedRun& run) {
    for (const node::AppliedAct& act : run.acts) {
      if (!act.outcome.recorded) continue;
      node.parts_.checks->OnEffect(node.id_, act.envelope, act.outcome.leaf);
    }
    replica->OnApplied(run);
  }

  bool Lies() const {
    return node.parts_.plan->Has(Fault::kLiar) && node.parts_.plan->nodes >= 3 &&
           node.id_.value == node.parts_.plan->nodes;
  }

  // node::PeerLinks.

  void Send(NodeId to, const consensus::Message& message) override {
    node.parts_.checks->raft().OnSend(node.id_, to, message, replica->core(), node.confirmed_);
    const auto* const greeting = std::get_if<consensus::GreetingResponse>(&message);
    if (greeting != nullptr && Lies()) {
      const consensus::Sender self{.node = node.id_, .incarnation = node.incarnation_};
      node.parts_.network->Send(node.id_, to, ForgedGreeting(self, to, *greeting, node.random_));
    } else {
      node.parts_.network->Send(node.id_, to, message);
    }
  }
  void Forward(NodeId to, std::vector<std::shared_ptr<const Bytes>> envelopes) override {
    node.parts_.network->Send(node.id_, to, net::Forward{.envelopes = std::move(envelopes)});
  }
  void RefuseForward(NodeId to, net::ForwardRefused refused) override {
    node.parts_.network->Send(node.id_, to, std::move(refused));
  }

  // node::ExtensionLinks. A liar's frames are not what they should be, now and then.

  void SendExtension(NodeId to, net::Extension extension) override {
    // It lies to others; that its own questions went wrong would keep it alone from coming back.
    const bool answers = extension.number % 2 == 0;
    if (Lies() && answers && !extension.body.empty() && node.random_.Below(8) == 0) {
      const std::size_t at = node.random_.Below(extension.body.size());
      const auto bit = static_cast<std::uint8_t>(1U << node.random_.Below(8));
      extension.body[at] ^= bit;
    }
    node.parts_.network->Send(node.id_, to, std::move(extension));
  }

  // node::WriteSink: as the writer's thread does, whatever waits when the disk is free is one
  // group.

  void Write(consensus::Persist write) override {
    node.parts_.checks->raft().OnPersist(node.id_, write, node.confirmed_);
    node.log_->Write(std::move(write));
    if (!writing) WriteGroup();
  }

  void WriteGroup() {
    writing = true;
    ++group_number;
    group_writes = node.log_->pending();
    executor.After(DiskTime(), [this, number = group_number] { Complete(number); });
  }

  void EndStall() {
    executor.Post([this, number = group_number] { Complete(number); });
  }

  void Complete(std::uint64_t number) {
    if (!writing || number != group_number) return;
    const std::size_t writes = group_writes;
    const std::deque<consensus::Persist> group(
        node.log_->waiting().begin(),
        node.log_->waiting().begin() + static_cast<std::ptrdiff_t>(writes));
    const auto sequence = node.log_->Complete(writes);
    if (!sequence) {
      node.under_way_ = group;
      node.Fail(sequence.error());
      return;
    }
    for (const consensus::Persist& write : group) node.confirmed_.Confirm(write);
    replica->OnPersisted(*sequence);
    node.parts_.trace->Note("synced", node.id_, *sequence);
    writing = false;
    if (node.log_->pending() > 0) WriteGroup();
    TellRoom();
  }

  // As avald does.
  void TellRoom() {
    const bool now = node.log_->has_room();
    if (std::exchange(has_room, now) == now) return;
    node.parts_.trace->Note(now ? "takes entries again" : "takes no more entries", node.id_);
    replica->OnRoom(now);
    if (!now) LookForRoom();
  }

  void LookForRoom() {
    executor.After(kRoomLook, [this] {
      if (has_room) return;
      if (const auto looked = node.log_->LookForRoom(); !looked) {
        node.Fail(looked.error());
        return;
      }
      TellRoom();
      if (!has_room) LookForRoom();
    });
  }
  static constexpr Duration kRoomLook = std::chrono::seconds(1);

  // As avald does. What the log has lost shows when it is opened: the people who look after it
  // start the node anew, and may have to give its log up.
  void Scrub() {
    executor.After(kScrubStep, [this] { Scrub(); });
    const auto scrubbed = node.log_->Scrub(node.suspect() ? kScrubBytes : kScrubLook);
    if (!scrubbed) return;
    for (const consensus::DamagedRange& range : scrubbed->damaged) {
      node.parts_.trace->Note("finds damage after", node.id_, range.before.index.value);
      replica->OnDamaged(range);
    }
    if (scrubbed->lost) {
      node.parts_.trace->Say(scrubbed->lost->message);
      node.Reopen();
    } else if (scrubbed->came_round) {
      node.OnScrubbed(node.log_->damaged().empty());
    }
  }

  Duration DiskTime() {
    auto most = static_cast<std::uint64_t>(2 * node.parts_.plan->disk_time.count());
    if (node.slow_) most *= kSlowness;
    return Duration(static_cast<Duration::rep>(node.random_.Below(most))) +
           std::exchange(node.stall_, Duration{0});
  }
  static constexpr std::uint64_t kSlowness = 50;

  // node::CommitSink.

  void Commit(std::vector<node::CommittedEntry> entries) override {
    for (const node::CommittedEntry& entry : entries) {
      const auto id = replica->core().log().IdAt(entry.index);
      AVAL_ASSERT(id.has_value() || node.suspect());
      if (!id) continue;  // It rots since it was read.
      node.parts_.checks->raft().OnApply(node.id_, *id, node.confirmed_);
    }
    machine->Commit(std::move(entries));
  }

  Node& node;
  NodeExecutor executor;
  node::Waiters waiters;
  MemoryStates states;
  std::unique_ptr<StateMachine> machine;
  std::optional<node::SnapshotService> snapshots;  // Before the machine goes.
  std::optional<node::Replica> replica;
  bool writing = false;
  std::uint64_t group_number = 0;  // Written last, or being written.
  std::size_t group_writes = 0;    // In it.
  bool has_room = true;            // For entries, as the replica was told.
};

Node::Node(const Parts& parts, NodeId id, std::uint64_t seed)
    : parts_(parts),
      id_(id),
      random_(seed),
      clock_(*parts.time),
      log_key_(ledger::NodeKey(id.value, "log")),
      cosigner_key_(ledger::NodeKey(id.value, "cosigner")) {}

Node::~Node() = default;

Result<node::LogOrigin> Node::PrepareLog(ledger::StateDirectories& states) {
  return node::PrepareOpening(
      *disk_, states, {}, LogOptions(),
      {.configurations = {node::FirstConfiguration(*parts_.genesis)}, .incarnation = incarnation_});
}

Result<void> Node::OpenLog(const node::LogOrigin& origin, consensus::Index flushed) {
  consensus::Wal::Options options = LogOptions();
  options.flushed = flushed;
  log_ = std::make_unique<consensus::WalStorage>(disk_, options, origin.origin);
  AVAL_CHECK(log_->Open());
  if (log_->recovered().dropped) {
    parts_.trace->Note("begins its log later", id_, log_->Anchor().index.value);
  }
  after_snapshot_ = origin.after_snapshot;
  if (origin.after_snapshot) {
    parts_.trace->Note("goes on from a snapshot", id_, log_->last().index.value);
    ++installations_;
    parts_.installed(id_);
    under_way_.clear();
    if (!confirmed_.BeginAfter(log_->last(), log_->hard_state())) {
      parts_.checks->Violated("node " + std::to_string(id_.value) +
                              ": a snapshot takes the place of what it had promised");
    }
  }
  return node::FinishOpening(*disk_, {});
}

void Node::ChangeMembers(const consensus::MemberChange& change) {
  if (process_ == nullptr || failing_) return;
  process_->replica->ChangeMembers({change}, [this, change](const Result<void>& begun) {
    parts_.trace->Note(begun ? "changes member" : "does not change member", id_, change.node.value,
                       static_cast<std::uint64_t>(change.kind));
    if (begun) parts_.checks->CountChange();
  });
}

void Node::Start() {
  if (process_ != nullptr || log_lost_) return;
  process_ = std::make_unique<Process>(*this);
  if (const auto opened = process_->Open(); !opened) {
    if (opened.error().code == Code::kCorruption && suspect()) OnLogLost(opened.error());
    Fail(opened.error());
    return;
  }
  parts_.trace->Note("starts", id_, confirmed_.last().index.value);
  if (paused_) process_->executor.Pause();
  parts_.network->Attach({.node = id_, .incarnation = incarnation_}, *this);
}

void Node::Die(Death how) {
  if (process_ == nullptr) return;
  if (disk_->cut()) how = Death::kPowerCut;
  disk_->StopLying();
  parts_.trace->Note(how == Death::kKill ? "is killed" : "loses power", id_);
  ++deaths_;
  failed_syncs_ = disk_->failed_syncs();
  process_->executor.Halt();
  if (log_ != nullptr) {
    under_way_.insert(under_way_.end(), log_->waiting().begin(), log_->waiting().end());
  }
  Bury();
  if (log_ != nullptr) log_->Die(random_);
  if (how == Death::kKill) {
    disk_->Reopen();
  } else {
    disk_->PowerCycle(random_);
    power_was_cut_ = true;
  }
  if (parts_.plan->Has(Fault::kRestore) && !restored_ && !tainted_ && random_.Below(3) == 0)
    TakeBackup();
}

void Node::Fail(const Error& error) {
  if (std::exchange(failing_, true)) return;
  parts_.trace->Note("fails", id_);
  parts_.trace->Say(error.message);
  if (!disk_->cut() && !full_ && !suspect() && disk_->failed_syncs() == failed_syncs_) {
    parts_.checks->Violated("node " + std::to_string(id_.value) +
                            " halts for no fault of its disk: " + error.message);
  }
  process_->executor.Halt();
  // Not from inside the process.
  parts_.time->After(Duration{0}, [this] {
    if (failing_) Die(Death::kKill);
  });
}

void Node::Bury() {
  if (process_->replica) {
    anchor_ = core().log().anchor().index;
    membership_ = NewestMembers();
    lost_ = lost();
    restored_ = restored_ && lost_;
    rare_paths_.Add(core().rare_paths());
  }
  const consensus::Index held = confirmed_.last().index;
  parts_.network->Detach(id_);
  parts_.checks->raft().OnCrash(id_);
  process_.reset();
  failing_ = false;
  if (!log_lost_) return;
  confirmed_ = {};
  parts_.checks->raft().OnLostDisk(id_, held);
}

void Node::Reopen() {
  parts_.trace->Note("opens again", id_);
  parts_.time->After(Duration{0}, [this, process = process_.get()] {
    if (process_.get() != process || failing_) return;
    Die(Death::kKill);
    Start();
  });
}

void Node::Pause() {
  paused_ = true;
  parts_.trace->Note("pauses", id_);
  if (process_ != nullptr) process_->executor.Pause();
}

void Node::Resume() {
  if (!std::exchange(paused_, false)) return;
  parts_.trace->Note("resumes", id_);
  if (process_ != nullptr) process_->executor.Resume();
}

bool Node::Submit(const std::shared_ptr<const Bytes>& act, Duration deadline,
                  node::Waiters::Done done) {
  if (process_ == nullptr || failing_) return false;
  const ledger::Preparation prepared = process_->machine->Prepare(act);
  AVAL_ASSERT(prepared.act != nullptr);
  const Instant until = clock_.Now() + deadline;
  process_->waiters.Add(prepared.act->digest, until, std::move(done));
  process_->replica->Submit({prepared.act}, until);
  return true;
}

bool Node::Read(Duration deadline, ReadDone done) {
  if (process_ == nullptr || failing_) return false;
  process_->replica->Read(clock_.Now() + deadline,
                          [process = process_.get(), done = std::move(done)](node::ReadEnd end) {
                            done(end, process->machine->standing().tree_size);
                          });
  return true;
}

void Node::WantSnapshot() {
  if (process_ != nullptr && !failing_) process_->replica->WantSnapshot();
}

bool Node::Transfer(NodeId target) {
  if (process_ == nullptr || failing_) return false;
  process_->replica->Transfer(target, [this, target](const Result<void>& begun) {
    parts_.trace->Note(begun ? "hands over to" : "does not hand over to", id_, target.value);
  });
  return true;
}

void Node::Arrive(consensus::Sender sender, const Parcel& parcel) {
  const NodeId from = sender.node;
  Process& process = *process_;
  if (const auto* message = std::get_if<consensus::Message>(&parcel)) {
    parts_.checks->raft().OnReceive(id_, from, *message);
    parts_.trace->Note("receives", id_, from.value, 1 + message->index());
    process.replica->OnMessage(sender, *message);
  } else if (const auto* forward = std::get_if<net::Forward>(&parcel)) {
    if (!process.replica->leads()) return;
    std::vector<ledger::Preparation> acts;
    for (const auto& envelope : forward->envelopes) {
      acts.push_back(process.machine->Prepare(envelope));
    }
    process.replica->OnForward(from, std::move(acts));
  } else if (const auto* extension = std::get_if<net::Extension>(&parcel)) {
    process.snapshots->OnExtension(from, *extension);
  } else {
    process.replica->OnForwardRefused(from, std::get<net::ForwardRefused>(parcel));
  }
}

void Node::OnLink(NodeId peer, bool up) {
  if (process_ == nullptr) return;
  process_->replica->OnLink(peer, up);
  process_->snapshots->OnLink(peer, up);
}

consensus::ConfigurationAt Node::NewestMembers() const {
  if (process_ == nullptr || !process_->replica) return membership_;
  const consensus::Membership& members = core().membership();
  return {.index = members.index(), .configuration = members.current()};
}

consensus::Index Node::anchor() const {
  const bool runs = process_ != nullptr && process_->replica;
  return runs ? core().log().anchor().index : anchor_;
}

consensus::RarePaths Node::rare_paths() const {
  consensus::RarePaths rare_paths = rare_paths_;
  if (process_ != nullptr && process_->replica) rare_paths.Add(core().rare_paths());
  return rare_paths;
}

// Who takes part has found that it had nothing to forget.
bool Node::lost() const {
  if (log_lost_) return true;
  const bool takes_part = process_ != nullptr && process_->replica &&
                          core().standing() == consensus::Promises::Standing::kKept;
  return lost_ && !takes_part;
}

bool Node::has_forgotten() const {
  return process_ != nullptr && process_->replica &&
         core().standing() == consensus::Promises::Standing::kForgotten;
}

void Node::EndStall() {
  if (process_ != nullptr) process_->EndStall();
}

const consensus::Core& Node::core() const { return process_->replica->core(); }

node::Replica::Status Node::status() const {
  if (process_ == nullptr || !process_->replica) return {};
  return process_->replica->status();
}

void Node::CheckState() {
  if (process_ == nullptr || failing_) return;
  const std::string wrong = process_->machine->Check();
  if (!wrong.empty()) parts_.checks->Violated("node " + std::to_string(id_.value) + ": " + wrong);
}

}  // namespace aval::sim
