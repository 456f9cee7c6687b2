#include "tests/consensus/swarm.h"

#include <algorithm>
#include <array>

namespace aval::consensus {

namespace {

constexpr std::size_t kMailMax = 2'000;

}  // namespace

Swarm::Swarm(std::uint64_t seed, const Cluster::MakeStorage& storage)
    : random_(seed), cluster_(MakeOptions(storage)) {
  weather_ = {.reorder = Sometimes(600),
              .drop = Sometimes(200),
              .duplicate = Sometimes(200),
              .crash = Sometimes(10),
              .cut = Sometimes(10),
              .heal = 5 + random_.Below(30),
              .link_lost = Sometimes(20),
              .time = 5 + random_.Below(100),
              .propose = random_.Below(200),
              .sync = 50 + random_.Below(400),
              .trim = Sometimes(5),
              .change = storage ? 0 : Sometimes(150),
              .read = Sometimes(200),
              .transfer = Sometimes(20)};
  // Who starts may have to ask the others first.
  if (random_.Below(2) == 0) cluster_.set_memory(Promises::Memory::kUncertain);
  // A new member starts with nothing: what it needs must be there.
  if (weather_.change > 0) weather_.trim = 0;
}

Cluster::Options Swarm::MakeOptions(const Cluster::MakeStorage& storage) {
  constexpr std::array<std::uint32_t, 8> kSizes{3, 3, 5, 5, 5, 1, 2, 7};
  return {.nodes = kSizes.at(random_.Below(kSizes.size())),
          .core = {.seed = random_.U64(),
                   .append_bytes = 1 + random_.Below(2'000),
                   .window = {.messages = 1 + random_.Below(5), .bytes = 1 + random_.Below(4'000)},
                   .uncommitted_bytes = 1 + random_.Below(3'000),
                   .unapplied_bytes = 1 + random_.Below(2'000),
                   .memory_bytes = random_.Below(2'000),
                   .writes = 4 + random_.Below(60)},
          .sync = false,
          .apply = false,
          .storage = storage};
}

// Half of the seeds do not know this kind of fault.
std::uint64_t Swarm::Sometimes(std::uint64_t most) {
  return random_.Below(2) == 0 ? 0 : random_.Below(most);
}

NodeId Swarm::AnyNode() {
  const auto ids = cluster_.ids();
  return ids.at(random_.Below(ids.size()));
}

void Swarm::Run(std::size_t steps) {
  for (; steps > 0 && cluster_.invariants().ok(); --steps) Step();
}

void Swarm::Step() {
  Mail();
  Disk();
  if (Chance(weather_.time)) Time();
  if (Chance(weather_.propose)) cluster_.Propose(AnyNode(), random_.Below(300));
  Faults();
}

void Swarm::Mail() {
  while (cluster_.mail().size() > kMailMax) cluster_.DropAt(0);
  if (cluster_.mail().empty()) return;
  const std::size_t at = Chance(weather_.reorder) ? random_.Below(cluster_.mail().size()) : 0;
  if (Chance(weather_.drop)) return cluster_.DropAt(at);
  if (Chance(weather_.duplicate)) cluster_.DuplicateAt(at);
  cluster_.DeliverAt(at);
}

void Swarm::Disk() {
  const NodeId node = AnyNode();
  if (!cluster_.up(node)) return;
  if (Chance(weather_.sync)) {
    const std::size_t waiting = cluster_.storage(node).pending();
    cluster_.Sync(node, random_.Below(waiting + 1));
  }
  if (!cluster_.up(node)) return;  // The disk failed.
  if (Chance(weather_.sync)) {
    cluster_.Apply(node);
    Index& kept = kept_[node];
    const Index applied = cluster_.handed_out(node);
    if (applied > kept) kept.value += random_.Below(applied.value - kept.value + 1);
  }
}

void Swarm::Time() {
  if (random_.Below(3) > 0) {
    return cluster_.Run(Duration(random_.Below(20'000)), /*deliver=*/false);
  }
  // Somebody's deadline passes, perhaps by much; nobody else notices.
  const NodeId node = AnyNode();
  if (!cluster_.up(node)) return;
  const Instant deadline = cluster_.core(node).NextDeadline();
  if (deadline > cluster_.now()) cluster_.Pass(deadline - cluster_.now());
  if (random_.Below(4) == 0) cluster_.Pass(Duration(random_.Below(3'000'000)));
  cluster_.Tick(node);
}

void Swarm::RestartOne(NodeId node) { cluster_.Restart(node, kept_[node]); }

void Swarm::Change() {
  using Kind = MemberChange::Kind;
  const NodeId leader = cluster_.leader();
  if (leader == NodeId{}) return;
  // Nobody's disk is emptied before it is certain that the node was removed.
  const Core& core = cluster_.core(leader);
  if (core.membership().index() > core.commit()) return;
  const Configuration& now = core.membership().current();
  const NodeId node = AnyNode();
  MemberChange change{.kind = static_cast<Kind>(random_.Below(4)), .node = node, .member = {}};
  if (change.kind == Kind::kAdd) {
    // Who was removed comes back with nothing, as somebody new.
    if (now.retired.contains(node)) Renew(node);
    change.member = {.incarnation = cluster_.incarnation(node), .group = node.value};
  }
  if (cluster_.Change(leader, {change})) ++changes_;
}

void Swarm::Renew(NodeId node) {
  kept_[node] = {};
  cluster_.Renew(node);
}

void Swarm::Faults() {
  const NodeId node = AnyNode();
  if (!cluster_.up(node)) {
    if (Chance(50)) RestartOne(node);
    return;
  }
  if (Chance(weather_.crash)) {
    ++crashes_;
    cluster_.Crash(node, random_);
    if (random_.Below(2) == 0) RestartOne(node);
    return;
  }
  if (Chance(weather_.cut)) {
    const NodeId peer = AnyNode();
    if (peer == node) {
      cluster_.Isolate(node);
    } else if (random_.Below(2) == 0) {
      cluster_.Cut(node, peer);
    } else {
      cluster_.CutTo(node, peer);
    }
  }
  if (Chance(weather_.change)) Change();
  if (Chance(weather_.read)) cluster_.Read(AnyNode());
  if (Chance(weather_.transfer)) cluster_.Transfer(node, AnyNode());
  if (Chance(weather_.heal)) cluster_.Heal();
  if (Chance(weather_.link_lost)) cluster_.LinkLost(node, AnyNode());
  if (Chance(weather_.trim)) {
    Index all = kept_[node];
    for (const NodeId id : cluster_.ids()) all = std::min(all, kept_[id]);
    cluster_.storage(node).TrimTo({random_.Below(all.value + 1)});
  }
}

bool Swarm::Heals() {
  cluster_.Heal();
  cluster_.set_sync(true);
  cluster_.set_apply(true);
  for (const NodeId id : cluster_.ids()) {
    if (!cluster_.up(id)) RestartOne(id);
    cluster_.Sync(id);
    cluster_.Apply(id);
  }
  cluster_.Run(std::chrono::seconds(20));
  const NodeId leader = cluster_.leader();
  if (leader == NodeId{} || !cluster_.Propose(leader)) return false;
  cluster_.Run(std::chrono::seconds(1));
  return cluster_.invariants().ok() && cluster_.Converged();
}

}  // namespace aval::consensus
