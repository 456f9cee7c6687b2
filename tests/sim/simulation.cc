#include "tests/sim/simulation.h"

#include <algorithm>
#include <set>

#include "tests/ledger/ledger_fixture.h"
#include "tests/sim/signatures.h"

namespace aval::sim {

using consensus::NodeId;

namespace {

constexpr Duration kStep = std::chrono::milliseconds(20);
constexpr int kElectionTimeouts = 10;
constexpr Duration kPatience = std::chrono::seconds(60);
constexpr std::uint64_t kEventsBetweenChecks = 1'000;
constexpr std::uint64_t kDiskChecksApart = 50;

std::string Describe(const Node& node) {
  std::string text = "node " + std::to_string(node.id().value);
  if (!node.up()) return text + (node.lost() ? " is lost" : " is down");
  const node::Replica::Status now = node.status();
  text += ' ';
  text += consensus::RoleName(now.role);
  text += " of " + std::to_string(now.leader.value);
  text += " in term " + std::to_string(now.term.value);
  text += ", commit " + std::to_string(now.commit.value) + " of " + std::to_string(now.last.value);
  text += ", flushed " + std::to_string(now.flushed.value) + ", log after " +
          std::to_string(node.anchor().value) + ", members of " +
          std::to_string(now.members_index.value) + ", voters";
  for (const NodeId voter : now.members.voters) text += ' ' + std::to_string(voter.value);
  if (node.suspect()) text += ", suspect";
  if (now.damaged) text += ", damaged";
  if (!now.room) text += ", full";
  if (now.standing == consensus::Promises::Standing::kAsking) text += ", asking";
  if (node.has_forgotten()) text += ", has forgotten";
  return text;
}

}  // namespace

Simulation::Simulation(const Plan& plan, std::ostream* lines)
    : plan_(plan),
      genesis_((UseRealSignatures(plan.real_signatures), ledger::TestGenesisOf(plan.nodes))),
      random_(plan.seed ^ 0x53494d),
      began_(time_.Now()),
      trace_(time_, lines),
      checks_(trace_),
      network_(time_, plan_, random_.U64(), trace_) {
  for (std::uint32_t id = 1; id <= plan_.nodes; ++id) {
    nodes_.push_back(std::make_unique<Node>(
        Node::Parts{.time = &time_,
                    .network = &network_,
                    .checks = &checks_,
                    .trace = &trace_,
                    .plan = &plan_,
                    .genesis = &genesis_,
                    .installed = [this](NodeId node) { weather_->OnInstalled(node); }},
        NodeId{id}, random_.U64()));
    checks_.Watch(NodeId{id}, nodes_.back()->confirmed());
  }
  weather_ = std::make_unique<Weather>(time_, network_, plan_, nodes_, trace_, random_.U64());
  clients_ = std::make_unique<Clients>(time_, plan_, nodes_, checks_, trace_, random_.U64());
}

Simulation::~Simulation() = default;

Outcome Simulation::Run(Duration until) {
  for (const auto& node : nodes_) node->Start();
  clients_->Start();
  weather_->Start();
  RunWeather(until);
  if (checks_.ok() && until >= plan_.length) RunCore();
  if (checks_.ok() && alive_ && until >= plan_.length) RunAll();
  Outcome outcome{.violation = checks_.violation(),
                  .alive = alive_,
                  .digest = trace_.digest(),
                  .events = time_.events(),
                  .simulated = time_.Now() - began_,
                  .acts = checks_.effects(),
                  .partitions = weather_->partitions(),
                  .leaders = checks_.raft().leaders(),
                  .blocks = checks_.raft().committed().size(),
                  .changes = checks_.changes(),
                  .installations = 0,
                  .rare_paths = {}};
  for (const auto& node : nodes_) {
    outcome.deaths += node->deaths();
    outcome.installations += node->installations();
    outcome.rare_paths.Add(node->rare_paths());
  }
  return outcome;
}

void Simulation::RunWeather(Duration until) {
  const Instant end = began_ + std::min(until, plan_.length);
  while (checks_.ok() && time_.Now() < end) Step(std::min(kStep, end - time_.Now()));
}

// Faults end within a random part of the cluster that holds a quorum; to the others nothing gets.
void Simulation::RunCore() {
  const std::vector<NodeId> core = DrawCore();
  trace_.Say("faults end for " + std::to_string(core.size()) + " nodes");
  weather_->EndFor(core);
  clients_->Stop();
  clients_->Ask(core);
  // Those that are down start within two seconds.
  constexpr Duration kStart = std::chrono::seconds(3);
  Duration bound = kStart + kElectionTimeouts * plan_.core.election_timeout;
  if (!RunUntil([&] { return HasLeader(core); }, bound)) {
    Dead("nobody leads within " + std::to_string(kElectionTimeouts) + " election timeouts");
    return;
  }
  if (!RunUntil([this] { return clients_->waiting() == 0; }, kPatience)) {
    Dead(std::to_string(clients_->waiting()) + " acts are not answered within a minute");
  }
}

// Nodes that are whole, drawn one by one until they are a quorum by everybody's members, and
// perhaps some more.
std::vector<NodeId> Simulation::DrawCore() {
  std::vector<NodeId> whole;
  std::vector<consensus::Quorum> quorums;
  for (const auto& node : nodes_) {
    if (node->lost()) continue;
    whole.push_back(node->id());
    const consensus::ConfigurationAt members = node->NewestMembers();
    if (!members.configuration.voters.empty()) quorums.emplace_back(members.configuration);
  }
  for (std::size_t i = whole.size(); i > 1; --i) std::swap(whole[i - 1], whole[random_.Below(i)]);
  std::size_t size = 0;
  std::set<NodeId> chosen;
  // Who needs a snapshot, or will once all has been trimmed that may be, counts for nothing until
  // others have named one.
  consensus::Index anchor;
  for (const auto& node : nodes_) {
    const std::uint64_t last = node->confirmed().last().index.value;
    const consensus::Index kept{last - std::min(last, plan_.retention)};
    anchor = std::max({anchor, node->anchor(), plan_.retention > 0 ? kept : consensus::Index{}});
  }
  const auto agrees = [&](const consensus::Quorum& quorum) { return quorum.Reached(chosen); };
  while (size < whole.size() && !(size > 0 && std::ranges::all_of(quorums, agrees))) {
    const NodeId next = whole[size++];
    const Node& node = *nodes_.at(next.value - 1);
    // Nor does who may have to be given back entries.
    const bool counts = !node.suspect() && node.confirmed().last().index >= anchor;
    if (counts) chosen.insert(next);
  }
  whole.resize(size + random_.Below(whole.size() - size + 1));
  return whole;
}

void Simulation::RunAll() {
  trace_.Say("faults end for all");
  weather_->EndForAll();
  if (!RunUntil([this] { return Converged(); }, kPatience)) {
    Dead("the nodes do not come to the same log and state within a minute");
  }
  for (const auto& node : nodes_) {
    node->CheckState();
    node->CheckDisk();
  }
}

bool Simulation::RunUntil(const std::function<bool()>& done, Duration patience) {
  for (const Instant end = time_.Now() + patience; checks_.ok() && time_.Now() < end;) {
    if (done()) return true;
    Step(kStep);
  }
  return done() || !checks_.ok();
}

void Simulation::Step(Duration duration) {
  time_.RunFor(duration);
  if (time_.events() - checked_at_ < kEventsBetweenChecks) return;
  checked_at_ = time_.events();
  // One node in turn: equal states at equal indexes are checked at once.
  nodes_.at(random_.Below(nodes_.size()))->CheckState();
  // Reading a whole disk takes longer than a thousand events: every death of a node does it, too.
  if (random_.Below(kDiskChecksApart) == 0) nodes_.at(random_.Below(nodes_.size()))->CheckDisk();
}

bool Simulation::HasLeader(const std::vector<NodeId>& core) const {
  const auto leader = std::ranges::find_if(nodes_, [&](const auto& node) {
    return node->up() && std::ranges::count(core, node->id()) > 0 &&
           node->status().role == consensus::Role::kLeader;
  });
  if (leader == nodes_.end()) return false;
  return std::ranges::all_of(core, [&](NodeId id) {
    const auto& node = nodes_.at(id.value - 1);
    // A disk that is not sound may end its process at any time.
    if (!TakesPart(*node, **leader) || node->suspect()) return true;
    return node->up() && node->status().leader == (*leader)->id();
  });
}

// Of the leader's members, as the incarnation that it is.
bool Simulation::TakesPart(const Node& node, const Node& leader) const {
  if (node.lost()) return false;
  const auto& members = leader.core().membership().current().members;
  const auto member = members.find(node.id());
  return member != members.end() && member->second.incarnation == node.incarnation();
}

bool Simulation::Converged() const {
  const auto leader = std::ranges::find_if(nodes_, [](const auto& node) {
    return node->up() && node->status().role == consensus::Role::kLeader;
  });
  if (leader == nodes_.end()) return false;
  const Node& first = **leader;
  return std::ranges::all_of(nodes_, [&](const auto& node) {
    if (!TakesPart(*node, first)) return true;
    if (!node->up()) return false;
    const node::Replica::Status now = node->status();
    return now.flushed == now.last && now.last == first.status().last && now.unanswered_acts == 0 &&
           node->core().last() == first.core().last();
  });
}

void Simulation::Dead(const std::string& why) {
  trace_.Say("DEAD: " + why);
  for (const auto& node : nodes_) trace_.Say(Describe(*node));
  alive_ = false;
}

}  // namespace aval::sim
