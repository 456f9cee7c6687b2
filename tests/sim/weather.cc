#include "tests/sim/weather.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace aval::sim {

using consensus::NodeId;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration kOften = seconds(15);  // At rate 1.
constexpr Duration kNowAndThen = seconds(60);
constexpr Duration kRarely = seconds(180);
constexpr Duration kSupervision = milliseconds(700);
constexpr std::int64_t kDriftMax = 50'000;    // Parts per million.
constexpr std::int64_t kStepMax = 3'600'000;  // Milliseconds.
constexpr int kStormDeaths = 6;
constexpr int kFlaps = 20;

}  // namespace

Weather::Weather(VirtualTime& time, Network& network, const Plan& plan, Nodes& nodes, Trace& trace,
                 std::uint64_t seed)
    : time_(time), network_(network), plan_(plan), nodes_(nodes), trace_(trace), random_(seed) {}

void Weather::Start() {
  if (plan_.Has(Fault::kDrift)) {
    for (const auto& node : nodes_) {
      node->clock().SetDrift(static_cast<std::int64_t>(random_.Below(2 * kDriftMax)) - kDriftMax);
    }
  }
  if (plan_.Has(Fault::kSlowDisk)) nodes_.front()->SlowDown();
  Every(Fault::kClog, kOften, [this] {
    const NodeId from = Any().id();
    const NodeId to = Any().id();
    network_.Clog(from, to, Between(milliseconds(100), seconds(5)));
  });
  Every(Fault::kPartition, kNowAndThen, [this] { Partition(); });
  Every(Fault::kOneWay, kNowAndThen, [this] { OneWay(); });
  Every(Fault::kFlap, kNowAndThen, [this] { Flap(); });
  Every(Fault::kPowerCut, kNowAndThen, [this] { Victim().Die(Node::Death::kPowerCut); });
  Every(Fault::kKill, kNowAndThen, [this] { Victim().Die(Node::Death::kKill); });
  Every(Fault::kCrashInside, kNowAndThen, [this] {
    Node& node = Victim();
    node.CutInside(1 + random_.Below(30));
  });
  Every(Fault::kBlackout, kRarely, [this] {
    for (const auto& node : nodes_) node->Die(Node::Death::kPowerCut);
  });
  Every(Fault::kStorm, kRarely, [this] { Storm(); });
  Every(Fault::kPause, kNowAndThen, [this] {
    Node& node = Victim();
    node.Pause();
    After(Between(milliseconds(50), seconds(8)), [&node] { node.Resume(); });
  });
  Every(Fault::kStall, kNowAndThen,
        [this] { Victim().Stall(Between(milliseconds(200), seconds(8))); });
  Every(Fault::kStallApart, kNowAndThen, [this] { StallApart(); });
  Every(Fault::kSyncError, kRarely, [this] { Any().FailSync(); });
  Every(Fault::kFull, kNowAndThen, [this] {
    Node& node = Victim();
    node.FillDisk();
    After(Between(seconds(1), seconds(20)), [&node] { node.FreeDisk(); });
  });
  Every(Fault::kStep, kRarely, [this] {
    Any().clock().Step(static_cast<std::int64_t>(random_.Below(2 * kStepMax)) - kStepMax);
  });
  Every(Fault::kReplay, seconds(5), [this] { network_.Replay(); });
  Every(Fault::kLiar, seconds(5), [this] { Forge(); });
  Every(Fault::kTransfer, kOften, [this] {
    Node& from = Victim();
    from.Transfer(Any().id());
  });
  Every(Fault::kMembers, kOften, [this] {
    if (Node* const leader = Leader()) ChangeSomeMember(*leader);
  });
  Every(Fault::kLostDisk, kNowAndThen, [this] {
    if (AllAreWhole()) Victim().LoseDisk();
  });
  Every(Fault::kRestore, kNowAndThen, [this] {
    if (AllAreWhole()) Victim().Restore();
  });
  Every(Fault::kSnapshot, kOften, [this] {
    if (Node* const leader = Leader()) leader->WantSnapshot();
  });
  Every(Fault::kSlowApply, kNowAndThen,
        [this] { Victim().StallApplying(Between(seconds(1), seconds(15))); });
  Every(Fault::kChangeApart, kNowAndThen, [this] { ChangeApart(); });
  Every(Fault::kLeftBehind, kNowAndThen, [this] { LeaveBehind(); });
  LoseEntries();
  if (plan_.LosesNodes()) {
    EveryOnce(kSupervision, [this] {
      if (!ended_) Operate();
    });
  }
  EveryOnce(kSupervision,
            [this] { Restart([this](const Node&) { return !ended_ && random_.Below(4) == 0; }); });
}

// Never on two nodes at one time: what both have confirmed might be lost.
void Weather::LoseEntries() {
  Every(Fault::kRot, kOften, [this] {
    if (AllAreWhole()) Rot();
  });
  Every(Fault::kMisdirect, kNowAndThen, [this] {
    if (AllAreWhole()) Victim().Misdirect();
  });
  Every(Fault::kForgetSync, kOften, [this] {
    if (!AllAreWhole()) return;
    Node& node = Victim();
    node.ForgetSync();
    After(Between(milliseconds(5), seconds(1)), [this, &node] {
      if (!ended_) node.CutPower(OthersHoldAllOf(node));
    });
  });
}

void Weather::Rot() {
  Node& node = Victim();
  const bool apart = plan_.retention == 0 && random_.Below(3) == 0;
  if (!apart) {
    node.Rot(/*newest=*/false);
    // It is found by who starts, or by who reads everything now and then.
    if (Toss()) node.Die(Toss() ? Node::Death::kPowerCut : Node::Death::kKill);
    return;
  }
  // What it writes meanwhile reaches nobody.
  Isolate(node.id(), Between(plan_.core.election_timeout, 4 * plan_.core.election_timeout));
  After(Between(milliseconds(10), plan_.core.election_timeout), [this, &node] {
    const bool sound = std::ranges::none_of(
        nodes_, [](const auto& other) { return other->lost() || other->suspect(); });
    if (ended_ || !sound || !node.up()) return;
    node.Rot(/*newest=*/true);
    node.Die(Node::Death::kKill);
  });
}

void Weather::EndFor(const std::vector<NodeId>& core) {
  ended_ = true;
  network_.CalmDown();
  const std::set<NodeId> whole(core.begin(), core.end());
  for (const auto& from : nodes_) {
    for (const auto& to : nodes_) {
      if (from == to) continue;
      if (whole.contains(from->id()) && whole.contains(to->id())) {
        network_.Mend(from->id(), to->id());
      } else {
        network_.Cut(from->id(), to->id());
      }
    }
  }
  for (const NodeId id : core) {
    Node& node = *nodes_.at(id.value - 1);
    node.Resume();
    node.HealDisk();
  }
  EveryOnce(kSupervision, [this, whole] {
    Restart([&whole](const Node& node) { return whole.contains(node.id()); });
  });
}

void Weather::EndForAll() {
  std::vector<NodeId> all;
  for (const auto& node : nodes_) all.push_back(node->id());
  EndFor(all);
}

void Weather::Every(Fault fault, Duration mean, std::function<void()> happen) {
  if (!plan_.Has(fault)) return;
  EveryOnce(mean / plan_.rate, [this, happen = std::move(happen)] {
    if (!ended_) happen();
  });
}

void Weather::EveryOnce(Duration mean, const std::function<void()>& happen) {
  time_.After(Between(Duration{1}, 2 * mean), [this, mean, happen] {
    happen();
    EveryOnce(mean, happen);
  });
}

void Weather::After(Duration delay, std::function<void()> happen) {
  time_.After(delay, std::move(happen));
}

void Weather::Restart(const std::function<bool(const Node&)>& which) {
  for (const auto& node : nodes_) {
    if (!node->up() && which(*node)) node->Start();
  }
}

Node* Weather::Leader() {
  Node* leader = nullptr;
  for (const auto& node : nodes_) {
    if (!node->up() || node->status().role != consensus::Role::kLeader) continue;
    if (leader == nullptr || node->status().term > leader->status().term) leader = node.get();
  }
  return leader;
}

// All take part and vote, and nobody has lost anything: then one of three or more may.
bool Weather::AllAreWhole() {
  if (nodes_.size() < 3 || Leader() == nullptr) return false;
  const consensus::Core& core = Leader()->core();
  const consensus::Membership& members = core.membership();
  if (members.index() > core.commit() || members.current().joint()) return false;
  return std::ranges::all_of(nodes_, [&](const auto& node) {
    // With trimmed logs what only two of three hold cannot lose one of them.
    const bool has_all = plan_.retention == 0 || node->confirmed().last().index >= core.commit();
    // Nor does anybody wait for those of a change that an isolated leader has begun.
    return has_all && node->up() && !node->lost() && !node->suspect() &&
           node->NewestMembers().index == members.index() &&
           members.Votes(node->id(), node->incarnation()) &&
           members.current().voters.contains(node->id());
  });
}

bool Weather::OthersHoldAllOf(const Node& node) {
  const consensus::EntryId last = node.confirmed().last();
  const consensus::Term term = node.confirmed().hard_state().term;
  NodeId leader;
  for (const auto& other : nodes_) {
    if (other.get() == &node) continue;
    if (!other->up() || other->confirmed().hard_state().term != term) return false;
    const consensus::Leadership seen = other->core().leadership();
    if (seen.term != term || seen.leader == NodeId{}) return false;
    if (leader != NodeId{} && seen.leader != leader) return false;
    leader = seen.leader;
    const auto held = other->confirmed().IdAt(last.index);
    const bool holds = other->anchor() > last.index || (held && *held == last);
    if (!holds) return false;
  }
  return true;
}

void Weather::ChangeSomeMember(Node& leader) {
  using Kind = consensus::MemberChange::Kind;
  // Nobody takes another node away while one is lost.
  if ((plan_.retention > 0 || plan_.LosesEntries()) && !AllAreWhole()) return;
  Node& subject = Any();
  leader.ChangeMembers(
      {.kind = Toss() ? Kind::kRemove : Kind::kDemote, .node = subject.id(), .member = {}});
}

// What the people who look after the nodes do: who has lost its disk is removed, who was removed
// begins anew and is added, who learns is promoted. One thing at a time.
void Weather::Operate() {
  using Kind = consensus::MemberChange::Kind;
  Node* const leader = Leader();
  if (leader == nullptr || Toss()) return;
  const consensus::Core& core = leader->core();
  const consensus::Configuration& now = core.membership().current();
  if (core.membership().index() > core.commit() || now.joint()) return;
  for (const auto& node : nodes_) {
    const NodeId id = node->id();
    const auto member = now.members.find(id);
    if (member == now.members.end()) {
      const auto before = now.retired.find(id);
      if (before != now.retired.end() && node->incarnation() <= before->second) node->BeginAnew();
      leader->ChangeMembers({.kind = Kind::kAdd,
                             .node = id,
                             .member = {.incarnation = node->incarnation(), .group = id.value}});
      return;
    }
    if (node->has_forgotten() || node->log_lost()) {
      leader->ChangeMembers({.kind = Kind::kRemove, .node = id, .member = {}});
      return;
    }
    if (now.learners.contains(id) && !node->lost() && node->up()) {
      leader->ChangeMembers({.kind = Kind::kPromote, .node = id, .member = {}});
      return;
    }
  }
}

Node& Weather::Any() { return *nodes_.at(random_.Below(nodes_.size())); }

Node& Weather::Victim() {
  if (Toss()) {
    for (const auto& node : nodes_) {
      if (node->status().role == consensus::Role::kLeader) return *node;
    }
  }
  return Any();
}

Duration Weather::Between(Duration least, Duration most) {
  const auto width = static_cast<std::uint64_t>((most - least).count());
  return least + Duration(static_cast<Duration::rep>(random_.Below(width + 1)));
}

void Weather::Partition() {
  ++partitions_;
  std::vector<std::pair<NodeId, NodeId>> cut;
  std::set<NodeId> side;
  for (const auto& node : nodes_) {
    if (Toss()) side.insert(node->id());
  }
  for (const auto& a : nodes_) {
    for (const auto& b : nodes_) {
      if (side.contains(a->id()) == side.contains(b->id())) continue;
      cut.emplace_back(a->id(), b->id());
    }
  }
  CutFor(cut, Between(milliseconds(200), seconds(12)));
}

void Weather::CutFor(const std::vector<std::pair<NodeId, NodeId>>& links, Duration duration) {
  for (const auto& [from, to] : links) network_.Cut(from, to);
  After(duration, [this, links] {
    if (ended_) return;
    for (const auto& [from, to] : links) network_.Mend(from, to);
  });
}

void Weather::OneWay() {
  ++partitions_;
  const NodeId deaf = Victim().id();
  const bool hears_all = Toss();
  std::vector<std::pair<NodeId, NodeId>> cut;
  for (const auto& other : nodes_) {
    if (other->id() == deaf || (hears_all && Toss())) continue;
    if (Toss()) {
      cut.emplace_back(other->id(), deaf);
    } else {
      cut.emplace_back(deaf, other->id());
    }
  }
  CutFor(cut, Between(milliseconds(200), seconds(12)));
}

void Weather::Flap() {
  ++partitions_;
  const NodeId a = Any().id();
  const NodeId b = Any().id();
  if (a == b) return;
  Duration at{0};
  for (int i = 0; i < kFlaps; ++i) {
    at += Between(milliseconds(20), milliseconds(500));
    After(at, [this, a, b, down = i % 2 == 0] {
      if (ended_) return;
      if (down) {
        network_.Cut(a, b);
        network_.Cut(b, a);
      } else {
        network_.Mend(a, b);
        network_.Mend(b, a);
      }
    });
  }
}

// What the leader writes meanwhile is on its way to the disk when another leader's log replaces it.
void Weather::StallApart() {
  const NodeId leader = Victim().id();
  const Duration apart = Between(plan_.core.election_timeout, 4 * plan_.core.election_timeout);
  nodes_.at(leader.value - 1)->Stall(apart + Between(Duration{0}, seconds(2)));
  Isolate(leader, apart);
}

// It changes the members, and cannot commit that; the others elect another leader, whose log
// replaces the change.
void Weather::ChangeApart() {
  Node* const leader = Leader();
  if (leader == nullptr) return;
  const Duration timeout = plan_.core.election_timeout;
  ChangeSomeMember(*leader);
  Isolate(leader->id(), Between(timeout, 6 * timeout));
}

void Weather::LeaveBehind() {
  const Duration apart = Between(seconds(2), seconds(15));
  Isolate(Any().id(), apart);
}

// Whether to vote, and for whom, it then knows by the snapshot's mark alone.
void Weather::OnInstalled(NodeId node) {
  if (ended_ || !plan_.Has(Fault::kLeftBehind)) return;
  const std::uint64_t what = random_.Below(4);
  const Duration timeout = plan_.core.election_timeout;
  const Duration apart = Between(timeout, 4 * timeout);
  // Not from inside the process.
  After(Duration{0}, [this, node, what, apart] {
    Node* const leader = Leader();
    if (ended_ || leader == nullptr || leader->id() == node) return;
    if (what == 0) {
      for (const auto& each : nodes_) each->Die(Node::Death::kPowerCut);
    } else if (what == 1) {
      leader->Die(Node::Death::kPowerCut);
    } else {
      ++partitions_;
      CutFor({{node, leader->id()}, {leader->id(), node}}, apart);
    }
  });
}

void Weather::Isolate(NodeId node, Duration duration) {
  ++partitions_;
  std::vector<std::pair<NodeId, NodeId>> cut;
  for (const auto& other : nodes_) {
    if (other->id() == node) continue;
    cut.emplace_back(node, other->id());
    cut.emplace_back(other->id(), node);
  }
  CutFor(cut, duration);
}

void Weather::Storm() {
  Node& node = Any();
  Duration at{0};
  for (int i = 0; i < kStormDeaths; ++i) {
    at += Between(milliseconds(1), milliseconds(300));
    After(at, [this, &node] {
      if (ended_) return;
      node.Die(Toss() ? Node::Death::kPowerCut : Node::Death::kKill);
      node.Start();
    });
  }
}

// What a member could send that lies: never a vote or an acknowledgement it does not mean, for Raft
// counts on those (SECURITY.md), and a leader's messages only where there is a leader already.
void Weather::Forge() {
  if (nodes_.size() < 3) return;
  const NodeId liar = nodes_.back()->id();
  Node& victim = Any();
  if (victim.id() == liar || !victim.up()) return;
  const consensus::Core& core = victim.core();
  const consensus::Leadership seen = core.leadership();
  // What is believed, or what no node believes; between the two a lie costs years.
  constexpr std::uint64_t kBelieved = 30;
  constexpr std::uint64_t kBeyond = 20;
  const std::uint64_t bits = random_.Below(34);
  const std::uint64_t leap = bits < kBelieved ? bits : bits + kBeyond;
  const consensus::Term huge{seen.term.value + (std::uint64_t{1} << leap)};
  const bool has_other_leader = seen.leader != NodeId{} && seen.leader != liar;
  consensus::Message lie;
  switch (random_.Below(8)) {
    case 0:
      lie = consensus::VoteRequest{.term = huge, .pre = Toss()};
      break;
    case 1:
      lie = consensus::VoteResponse{.term = huge, .pre = Toss(), .granted = false};
      break;
    case 2:
      lie = consensus::HeartbeatResponse{.term = huge, .applied = {random_.U64()}};
      break;
    case 3:
      lie = consensus::AppendResponse{.term = huge, .match = {random_.U64()}};
      break;
    case 4:
      lie = consensus::AppendResponse{.term = seen.term,
                                      .success = true,
                                      .match = {core.last().index.value + 1 + random_.Below(9)}};
      break;
    case 5:
      lie = consensus::AppendResponse{.term = seen.term,
                                      .match = {random_.Below(core.last().index.value + 9)},
                                      .hint_index = {random_.U64()},
                                      .hint_term = {random_.U64()}};
      break;
    case 6:
      if (!has_other_leader) return;
      lie = consensus::Heartbeat{.term = seen.term, .commit = {random_.U64()}};
      break;
    default:
      if (!has_other_leader) return;
      lie = ForgedAppend(core);
      break;
  }
  trace_.Note("is lied to", victim.id(), lie.index());
  network_.Inject({.node = liar, .incarnation = nodes_.back()->incarnation()}, victim.id(), lie);
}

// Of members that cannot be reached, or of nobody but the liar and the node that asks; and a
// promise where there was none.
consensus::GreetingResponse ForgedGreeting(consensus::Sender liar, NodeId to,
                                           consensus::GreetingResponse greeting, Random& random) {
  constexpr NodeId kNobody{999};
  const std::uint64_t kind = random.Below(5);
  consensus::Configuration told;
  told.majority_of_one = true;
  if (kind == 0) {
    told.members[kNobody] = {.incarnation = 1, .group = 1};
  } else if (kind == 1) {
    told.members[liar.node] = {.incarnation = liar.incarnation, .group = 1};
    told.members[to] = {.incarnation = 1 + static_cast<std::uint32_t>(random.Below(3)), .group = 1};
  } else if (kind == 2) {
    greeting.configuration.push_back(0);
  } else if (kind == 3 && !greeting.promise) {
    greeting.promise.emplace();
    greeting.promise->incarnation = 1 + static_cast<std::uint32_t>(random.Below(3));
    greeting.promise->run = random.U64();
    greeting.promise->term = {random.U64()};
    greeting.promise->vote = to;
    greeting.promise->index = {random.U64()};
  }
  if (told.members.empty()) return greeting;
  for (const auto& [node, member] : told.members) told.voters.insert(node);
  greeting.configuration = Encode(told);
  greeting.configuration_index = {std::numeric_limits<std::uint64_t>::max()};
  return greeting;
}

// An entry of the liar's own in the term of another leader, somewhere in the victim's log.
consensus::Append Weather::ForgedAppend(const consensus::Core& core) {
  const consensus::Index prev{random_.Below(core.last().index.value + 1)};
  const auto before = core.log().IdAt(prev);
  const consensus::EntryId id = before ? *before : consensus::EntryId{};
  consensus::Entry entry{.term = core.leadership().term,
                         .index = {prev.value + 1},
                         .kind = consensus::EntryKind::kNoop,
                         .payload = std::make_shared<const Bytes>(random_.Below(3)),
                         .chain = {}};
  entry.chain = consensus::ChainOf(id.chain, entry.term, entry.index, entry.kind, *entry.payload);
  return {.term = entry.term,
          .prev_index = prev,
          .prev_term = id.term,
          .prev_chain = id.chain,
          .commit = entry.index,
          .entries = {entry}};
}

}  // namespace aval::sim
