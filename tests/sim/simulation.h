#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/random.h"
#include "ledger/genesis.h"
#include "tests/base/virtual_time.h"
#include "tests/sim/checks.h"
#include "tests/sim/clients.h"
#include "tests/sim/network.h"
#include "tests/sim/node.h"
#include "tests/sim/plan.h"
#include "tests/sim/trace.h"
#include "tests/sim/weather.h"

namespace aval::sim {

/// What a run came to.
struct Outcome {
  std::string violation;  // Empty: none.
  bool alive = true;      // Once healed, it had a leader in time and answered everyone.
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  Duration simulated{};
  std::uint64_t acts = 0;  // That took effect.
  std::uint64_t deaths = 0;
  std::uint64_t partitions = 0;
  std::uint64_t leaders = 0;
  std::uint64_t blocks = 0;
  std::uint64_t changes = 0;          // Of members.
  std::uint64_t installations = 0;    // Of snapshots.
  consensus::RarePaths rare_paths{};  // Of all nodes, in all their lives.

  bool passed() const { return violation.empty() && alive; }
};

/// One run of a whole cluster: everything in one thread and in virtual time, by one plan.
class Simulation {
 public:
  /// A line for each event goes to `lines`, unless null.
  Simulation(const Plan& plan, std::ostream* lines);
  ~Simulation();

  /// Weather; then a random part of the cluster that can elect is healed, and must serve; then all.
  /// Ends early at `until`, for a look at what comes before.
  Outcome Run(Duration until = Duration::max());

 private:
  void RunWeather(Duration until);
  void RunCore();
  std::vector<consensus::NodeId> DrawCore();
  bool TakesPart(const Node& node, const Node& leader) const;
  void RunAll();
  bool RunUntil(const std::function<bool()>& done, Duration patience);
  void Step(Duration duration);
  bool HasLeader(const std::vector<consensus::NodeId>& core) const;
  bool Converged() const;
  void Dead(const std::string& why);

  const Plan plan_;
  const ledger::Genesis genesis_;
  SeededRandom random_;
  VirtualTime time_;
  const Instant began_;
  Trace trace_;
  Checks checks_;
  Network network_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::unique_ptr<Weather> weather_;
  std::unique_ptr<Clients> clients_;
  bool alive_ = true;
  std::uint64_t checked_at_ = 0;
};

}  // namespace aval::sim
