#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/random.h"
#include "tests/base/virtual_time.h"
#include "tests/sim/network.h"
#include "tests/sim/node.h"
#include "tests/sim/plan.h"
#include "tests/sim/trace.h"

namespace aval::sim {

/// What a member that lies answers to a node that starts. It never keeps back what it knows of that
/// node's promises, nor says that its own disk is empty: those a node has to believe.
consensus::GreetingResponse ForgedGreeting(consensus::Sender liar, consensus::NodeId to,
                                           consensus::GreetingResponse greeting, Random& random);

/// What happens to nodes, disks and links: the faults of the plan, each again and again at drawn
/// times. Processes that have died start again after a while.
/// Threads: one.
class Weather {
 public:
  using Nodes = std::vector<std::unique_ptr<Node>>;

  Weather(VirtualTime& time, Network& network, const Plan& plan, Nodes& nodes, Trace& trace,
          std::uint64_t seed);

  void Start();
  /// No more faults. The nodes of `core` are whole, up, and connected with one another; whatever
  /// ails the others stays, and nothing connects them with the core, until EndForAll.
  void EndFor(const std::vector<consensus::NodeId>& core);
  void EndForAll();
  /// A node starts from a snapshot that it has installed.
  void OnInstalled(consensus::NodeId node);

  std::uint64_t partitions() const { return partitions_; }

 private:
  /// Again and again, on average so far apart at rate 1.
  void Every(Fault fault, Duration mean, std::function<void()> happen);
  void EveryOnce(Duration mean, const std::function<void()>& happen);
  void After(Duration delay, std::function<void()> happen);
  void Restart(const std::function<bool(const Node&)>& which);
  /// Who leads in the highest term; null when nobody says so.
  Node* Leader();
  bool AllAreWhole();
  void ChangeSomeMember(Node& leader);
  /// All others follow one leader in the node's term, and hold, durably, all that the node has
  /// promised: it can forget that unawares.
  bool OthersHoldAllOf(const Node& node);
  void LoseEntries();
  void Rot();
  void Operate();
  Node& Any();
  /// Any node, but half of the time one that leads.
  Node& Victim();
  Duration Between(Duration least, Duration most);
  bool Toss() { return random_.Below(2) == 0; }

  void CutFor(const std::vector<std::pair<consensus::NodeId, consensus::NodeId>>& links,
              Duration duration);
  void Partition();
  void OneWay();
  void Flap();
  void StallApart();
  void ChangeApart();
  void LeaveBehind();
  /// In both directions, from all others.
  void Isolate(consensus::NodeId node, Duration duration);
  void Storm();
  void Forge();
  consensus::Append ForgedAppend(const consensus::Core& core);

  VirtualTime& time_;
  Network& network_;
  const Plan& plan_;
  Nodes& nodes_;
  Trace& trace_;
  SeededRandom random_;
  bool ended_ = false;
  std::uint64_t partitions_ = 0;
};

}  // namespace aval::sim
