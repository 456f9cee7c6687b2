#include "tests/consensus/cluster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"

namespace aval::consensus {

namespace {

constexpr std::size_t kLettersMax = 1'000'000;  // More at a time is a storm, and a bug.

}  // namespace

Cluster::Cluster() : Cluster(Options{}) {}

Cluster::Cluster(Options options)
    : options_(std::move(options)),
      invariants_([](const std::string& violation) { ADD_FAILURE() << violation; }) {
  first_.majority_of_one = true;
  for (std::uint32_t id = 1; id <= options_.nodes; ++id) {
    if (options_.voters == 0 || id <= options_.voters) {
      first_.members[NodeId{id}] = {.incarnation = 1, .group = id};
      first_.voters.insert(NodeId{id});
    }
    Node& node = nodes_[NodeId{id}];
    node.storage =
        options_.storage ? options_.storage(NodeId{id}) : std::make_unique<MemoryStorage>();
    for (Index at{node.storage->Anchor().index.value + 1}; at <= node.storage->last().index;
         ++at.value) {
      const auto entries = node.storage->Read(at, at, 1);
      invariants_.OnPersist(NodeId{id}, {.entries = *entries}, *node.storage);
    }
  }
  for (const NodeId id : ids()) Start(id, Index{});
}

Cluster::~Cluster() = default;

void Cluster::Start(NodeId id, Index applied) {
  Node& node = nodes_.at(id);
  Core::Options options = options_.core;
  options.self = id;
  options.incarnation = node.incarnation;
  options.seed = options_.core.seed + id.value * 1000 + node.starts++;
  options.promise_key = crypto::Sha256(AsBytes("node " + std::to_string(id.value)));
  node.core =
      std::make_unique<Core>(options,
                             Core::Recovered{.hard_state = node.storage->hard_state(),
                                             .last = node.storage->last(),
                                             .applied = applied,
                                             .configurations = ConfigurationsOf(*node.storage),
                                             .damaged = node.storage->damaged(),
                                             .memory = memory_},
                             *node.storage, now_);
  node.handed_out = applied;
  invariants_.OnStep(id, *node.core);
}

void Cluster::End(NodeId id) {
  Node& node = nodes_.at(id);
  if (node.core != nullptr) node.before.Add(node.core->rare_paths());
  node.core.reset();
  invariants_.OnCrash(id);
}

// What is in force below the anchor was committed, by everyone alike.
std::vector<ConfigurationAt> Cluster::ConfigurationsOf(const Storage& storage) const {
  std::vector<ConfigurationAt> found{{.index = {}, .configuration = first_}};
  const Index anchor = storage.Anchor().index;
  for (const auto& [index, configuration] : committed_configurations_) {
    if (index <= anchor) found = {{.index = index, .configuration = configuration}};
  }
  for (Index at{anchor.value + 1}; at <= storage.last().index; ++at.value) {
    const auto entries = storage.Read(at, at, 1);
    if (!entries || entries->front().kind != EntryKind::kConfiguration) continue;
    found.push_back(
        {.index = at, .configuration = *DecodeConfiguration(*entries->front().payload)});
  }
  return found;
}

void Cluster::Event(NodeId id, const std::function<void(Core&, Actions&)>& event) {
  Node& node = nodes_.at(id);
  if (node.core == nullptr) return;
  Actions actions;
  event(*node.core, actions);
  React(id, actions);
}

void Cluster::React(NodeId id, Actions& actions) {
  Node& node = nodes_.at(id);
  for (Persist& write : actions.persist) {
    invariants_.OnPersist(id, write, *node.storage);
    node.storage->Write(std::move(write));
  }
  invariants_.OnStep(id, *node.core);
  for (Outgoing& outgoing : actions.messages) {
    invariants_.OnSend(id, outgoing.to, outgoing.message, *node.core, *node.storage);
    AVAL_ASSERT(mail_.size() < kLettersMax);
    if (cut_.contains({id, outgoing.to})) continue;
    mail_.push_back({.from = id,
                     .to = outgoing.to,
                     .message = std::move(outgoing.message),
                     .incarnation = node.incarnation});
  }
  for (Entry& entry : actions.committed) {
    invariants_.OnApply(id, IdOf(entry), *node.storage);
    AVAL_ASSERT(entry.index.value == node.handed_out.value + 1);
    node.handed_out = entry.index;
    if (entry.kind == EntryKind::kConfiguration) {
      committed_configurations_[entry.index] = *DecodeConfiguration(*entry.payload);
    }
    if (entry.index.value <= node.applied.size()) continue;  // Again, after a restart.
    node.applied.push_back(std::move(entry));
  }
  for (Alarm& alarm : actions.alarms) node.alarms.push_back(std::move(alarm));
  if (actions.failure) node.failure = actions.failure;
  if (actions.readable) CheckReads(id, *actions.readable);
  if (actions.needs_snapshot) node.needs_snapshot = true;
  if (options_.sync && !stalled_.contains(id) && node.storage->pending() > 0) Sync(id);
  if (options_.apply && !actions.committed.empty()) Apply(id);
}

void Cluster::Tick(NodeId id) {
  Event(id, [&](Core& core, Actions& out) { core.Tick(now_, out); });
}

void Cluster::Run(Duration time, bool deliver) {
  const Instant end = now_ + time;
  for (;;) {
    if (deliver) Settle();
    NodeId next;
    for (const NodeId id : ids()) {
      if (!up(id)) continue;
      if (next == NodeId{} || core(id).NextDeadline() < core(next).NextDeadline()) next = id;
    }
    if (next == NodeId{} || core(next).NextDeadline() > end) break;
    now_ = std::max(now_, core(next).NextDeadline());
    Tick(next);
  }
  now_ = end;
}

bool Cluster::Propose(NodeId id, std::size_t size) {
  if (!up(id) || !core(id).NextSlot()) return false;
  Bytes payload = CopyBytes(AsBytes(std::to_string(++payloads_)));
  payload.resize(std::max(size, payload.size()));
  Event(id, [&](Core& core, Actions& out) {
    core.Propose(std::make_shared<const Bytes>(std::move(payload)), now_, out);
  });
  return true;
}

std::optional<std::uint64_t> Cluster::Read(NodeId id) {
  if (!up(id)) return std::nullopt;
  const Index floor{invariants_.committed().size()};
  std::uint64_t ticket = 0;
  // The answer may come at once, so that what it must cover is noted with the ticket.
  Event(id, [&](Core& core, Actions& out) {
    ticket = core.RequestRead(now_, out);
    nodes_.at(id).reads.emplace(ticket, floor);
  });
  return ticket;
}

void Cluster::CheckReads(NodeId id, const Actions::Readable& readable) {
  Node& node = nodes_.at(id);
  node.readable = readable;
  const auto end = node.reads.upper_bound(readable.ticket);
  for (auto read = node.reads.begin(); read != end; ++read) {
    if (read->second <= readable.index) continue;
    invariants_.Report("node " + std::to_string(id.value) + ": a read at index " +
                       std::to_string(readable.index.value) + " misses what was committed");
  }
  node.reads.erase(node.reads.begin(), end);
}

bool Cluster::Transfer(NodeId id, NodeId target) {
  bool begun = false;
  Event(id,
        [&](Core& core, Actions& out) { begun = core.Transfer(target, now_, out).has_value(); });
  return begun;
}

void Cluster::LoseDisk(NodeId id) {
  Node& node = nodes_.at(id);
  End(id);
  invariants_.OnLostDisk(id, node.storage->last().index);
  node.storage = std::make_unique<MemoryStorage>();
  node.applied.clear();
  set_memory(Promises::Memory::kEmpty);
  Restart(id);
}

void Cluster::SetRoom(NodeId id, bool room) {
  Event(id, [&](Core& core, Actions& out) { core.SetRoom(room, now_, out); });
}

void Cluster::FindDamage(NodeId id, const DamagedRange& range) {
  Event(id, [&](Core& core, Actions& out) { core.Damaged(range, now_, out); });
}

bool Cluster::Change(NodeId id, const std::vector<MemberChange>& changes) {
  if (!up(id)) return false;
  bool taken = false;
  Event(id, [&](Core& core, Actions& out) {
    taken = core.ProposeChange(changes, now_, out).has_value();
  });
  return taken;
}

void Cluster::LoseSuffix(NodeId id, Index kept) {
  Node& node = nodes_.at(id);
  End(id);
  invariants_.OnLostDisk(id, node.storage->last().index);
  node.storage->Write({.sequence = 1, .truncate_after = *node.storage->IdAt(kept)});
  AVAL_ASSERT(node.storage->Complete(1).has_value());
  node.applied.resize(std::min<std::size_t>(node.applied.size(), kept.value));
  Restart(id);
}

void Cluster::Renew(NodeId id) {
  Node& node = nodes_.at(id);
  End(id);
  invariants_.OnRenewal(id);
  node.storage = std::make_unique<MemoryStorage>();
  node.applied.clear();
  ++node.incarnation;
  Restart(id);
}

void Cluster::Install(NodeId id, NodeId from, Index through) {
  Node& node = nodes_.at(id);
  const std::vector<Entry>& applied = nodes_.at(from).applied;
  AVAL_ASSERT(node.storage->last().index < through && through.value <= applied.size());
  const auto end = applied.begin() + static_cast<std::ptrdiff_t>(through.value);
  std::vector<Entry> entries(applied.begin(), end);
  HardState kept = node.storage->hard_state();
  if (kept.term < entries.back().term) kept = {.term = entries.back().term, .vote = {}};
  End(id);
  node.storage = std::make_unique<MemoryStorage>(kept, entries);
  node.storage->TrimTo(through);
  node.applied = std::move(entries);
  Restart(id, through);
}

void Cluster::Receive(NodeId to, NodeId from, const Message& message, std::uint32_t incarnation) {
  invariants_.OnReceive(to, from, message);
  Event(to, [&](Core& core, Actions& out) {
    core.Receive({.node = from, .incarnation = incarnation}, message, now_, out);
  });
}

bool Cluster::Deliver(const Filter& filter) {
  const auto at = std::find_if(mail_.begin(), mail_.end(), [&](const Letter& letter) {
    return filter == nullptr || filter(letter);
  });
  if (at == mail_.end()) return false;
  DeliverAt(static_cast<std::size_t>(at - mail_.begin()));
  return true;
}

void Cluster::DeliverAt(std::size_t position) {
  const Letter letter = std::move(mail_.at(position));
  DropAt(position);
  Receive(letter.to, letter.from, letter.message, letter.incarnation);
}

void Cluster::DropAt(std::size_t position) {
  mail_.erase(mail_.begin() + static_cast<std::ptrdiff_t>(position));
}

void Cluster::Settle(const Filter& filter) {
  std::size_t delivered = 0;
  while (Deliver(filter)) AVAL_ASSERT(++delivered < kLettersMax);
}

std::size_t Cluster::Drop(const Filter& filter) {
  return std::erase_if(mail_,
                       [&](const Letter& letter) { return filter == nullptr || filter(letter); });
}

void Cluster::Sync(NodeId id) { Sync(id, nodes_.at(id).storage->pending()); }

void Cluster::Sync(NodeId id, std::size_t writes) {
  Node& node = nodes_.at(id);
  if (node.core == nullptr || writes == 0) return;
  const auto sequence = node.storage->Complete(writes);
  if (!sequence) {
    node.failure = sequence.error();
    End(id);
    return;
  }
  Event(id, [&](Core& core, Actions& out) { core.Persisted(*sequence, now_, out); });
  if (options_.forged) return;
  std::map<NodeId, const DurableView*> disks;
  for (const auto& [peer, other] : nodes_) disks.emplace(peer, other.storage.get());
  invariants_.CheckDurable(disks);
}

void Cluster::EndStall(NodeId id) {
  stalled_.erase(id);
  Sync(id);
}

void Cluster::Apply(NodeId id) { Apply(id, nodes_.at(id).handed_out); }

void Cluster::Apply(NodeId id, Index index) {
  Event(id, [&](Core& core, Actions& out) { core.Applied(index, out); });
}

void Cluster::Flush(NodeId id, Index index) {
  Event(id, [&](Core& core, Actions& out) { core.Flushed(index, out); });
}

void Cluster::Trim(NodeId id) {
  Event(id, [&](Core& core, Actions&) { core.Trimmed(); });
}

void Cluster::LinkLost(NodeId id, NodeId peer) {
  Event(id, [&](Core& core, Actions&) { core.LinkLost(peer); });
}

void Cluster::Crash(NodeId id, Random& random) {
  Node& node = nodes_.at(id);
  End(id);
  const auto cut = node.storage->Crash(random);
  ASSERT_TRUE(cut.has_value()) << cut.error().message;
}

void Cluster::Restart(NodeId id, Index applied) {
  nodes_.at(id).failure.reset();
  nodes_.at(id).reads.clear();
  nodes_.at(id).readable.reset();
  nodes_.at(id).needs_snapshot = false;
  Start(id, applied);
  for (const NodeId peer : ids()) {
    if (peer != id) LinkLost(peer, id);
  }
}

void Cluster::Elect(NodeId id) {
  for (int rounds = 0; rounds < 10 && role(id) != Role::kLeader; ++rounds) {
    Pass(3 * options_.core.election_timeout);
    Tick(id);
    Settle();
  }
  AVAL_ASSERT(role(id) == Role::kLeader);
}

void Cluster::Cut(NodeId a, NodeId b) {
  CutTo(a, b);
  CutTo(b, a);
}

void Cluster::Isolate(NodeId node) {
  for (const NodeId peer : ids()) {
    if (peer != node) Cut(node, peer);
  }
}

std::vector<NodeId> Cluster::ids() const {
  std::vector<NodeId> ids;
  for (const auto& [id, node] : nodes_) ids.push_back(id);
  return ids;
}

std::size_t Cluster::CountMail(const Filter& filter) const {
  return static_cast<std::size_t>(std::count_if(mail_.begin(), mail_.end(), filter));
}

NodeId Cluster::leader() const {
  NodeId found;
  for (const NodeId id : ids()) {
    if (!up(id) || role(id) != Role::kLeader) continue;
    if (found == NodeId{} || term(id) > term(found)) found = id;
  }
  return found;
}

std::vector<std::uint64_t> Cluster::LogTerms(NodeId id) const {
  std::vector<std::uint64_t> terms;
  for (Index at{1}; at <= core(id).last().index; ++at.value) {
    terms.push_back(core(id).log().IdAt(at)->term.value);
  }
  return terms;
}

RarePaths Cluster::rare_paths() const {
  RarePaths sum;
  for (const auto& [id, node] : nodes_) {
    sum.Add(node.before);
    if (node.core != nullptr) sum.Add(node.core->rare_paths());
  }
  return sum;
}

bool Cluster::Converged() const {
  const NodeId first = leader();
  if (first == NodeId{}) return false;
  const auto& members = core(first).membership().current().members;
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& entry) {
    const auto& [id, node] = entry;
    if (node.core == nullptr || !members.contains(id)) return true;
    return node.core->last() == core(first).last() &&
           node.core->commit() == node.core->last().index &&
           node.handed_out == node.core->last().index;
  });
}

Cluster::Filter From(NodeId node) {
  return [node](const Cluster::Letter& letter) { return letter.from == node; };
}

Cluster::Filter To(NodeId node) {
  return [node](const Cluster::Letter& letter) { return letter.to == node; };
}

Cluster::Filter operator&&(Cluster::Filter a, Cluster::Filter b) {
  return [a = std::move(a), b = std::move(b)](const Cluster::Letter& letter) {
    return a(letter) && b(letter);
  };
}

Cluster::Filter operator||(Cluster::Filter a, Cluster::Filter b) {
  return [a = std::move(a), b = std::move(b)](const Cluster::Letter& letter) {
    return a(letter) || b(letter);
  };
}

Cluster::Filter operator!(Cluster::Filter filter) {
  return [filter = std::move(filter)](const Cluster::Letter& letter) { return !filter(letter); };
}

}  // namespace aval::consensus
