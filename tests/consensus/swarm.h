#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "base/random.h"
#include "tests/consensus/cluster.h"

namespace aval::consensus {

/// A cluster in weather drawn from a seed: lost, repeated and reordered letters, cut links, slow
/// disks, crashes at any point, restarts with an older state. Which kinds of fault there are, and
/// how many, differs from seed to seed (swarm testing), and all limits are small, so that they are
/// met. The same seed gives the same run.
class Swarm {
 public:
  /// Disks in memory unless `storage` makes others.
  explicit Swarm(std::uint64_t seed, const Cluster::MakeStorage& storage = nullptr);

  void Run(std::size_t steps);
  /// Ends all faults and gives the cluster time. True when everybody has the same log, and a new
  /// proposal is applied everywhere.
  bool Heals();
  const Cluster& cluster() const { return cluster_; }
  std::size_t crashes() const { return crashes_; }
  std::size_t changes() const { return changes_; }  // Of members, that a leader took.

 private:
  // How often, in 1,000 steps.
  struct Weather {
    std::uint64_t reorder;
    std::uint64_t drop;
    std::uint64_t duplicate;
    std::uint64_t crash;
    std::uint64_t cut;
    std::uint64_t heal;
    std::uint64_t link_lost;
    std::uint64_t time;
    std::uint64_t propose;
    std::uint64_t sync;
    std::uint64_t trim;
    std::uint64_t change;
    std::uint64_t read;
    std::uint64_t transfer;
  };
  Cluster::Options MakeOptions(const Cluster::MakeStorage& storage);
  std::uint64_t Sometimes(std::uint64_t most);
  bool Chance(std::uint64_t of_thousand) { return random_.Below(1000) < of_thousand; }
  NodeId AnyNode();
  void Step();
  void Mail();
  void Disk();
  void Time();
  void Faults();
  /// Somebody who leads is asked to change the members.
  void Change();
  void RestartOne(NodeId node);
  void Renew(NodeId node);

  SeededRandom random_;
  Cluster cluster_;
  Weather weather_;
  std::map<NodeId, Index> kept_;  // What each state store has durably applied.
  std::size_t crashes_ = 0;
  std::size_t changes_ = 0;
};

}  // namespace aval::consensus
