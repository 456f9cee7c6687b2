#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "cli/client.h"
#include "cli/network.h"
#include "cli/node_process.h"
#include "crypto/ed25519.h"
#include "ledger/types.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "tests/cluster/chaos/schedule.h"
#include "tests/cluster/chaos/wires.h"

namespace aval::chaos {

/// A network of avald processes, and what can be done to them. They are killed when this ends,
/// whichever way it does.
/// Threads: one, that of Start, but for clients() and pools().
class Nodes {
 public:
  /// Founds the demo's network with `count` nodes in `directory`, which must be absent or empty,
  /// and starts them: on `wires`, or without them on the loopback. Limits move in steps of one
  /// minor unit. `wires` outlive the nodes.
  static Result<std::unique_ptr<Nodes>> Start(std::size_t count, ledger::Day first_day,
                                              const std::filesystem::path& directory,
                                              const Wires* wires);

  std::size_t size() const { return processes_.size(); }
  const cli::Network& network() const { return *network_; }
  /// One for each node, in order. Safe from all threads.
  std::vector<cli::ApiClient*> clients() const;
  std::vector<net::HttpPool*> pools() const;

  /// Does to them what the fault says, or ends it. A link that two faults cut is whole again when
  /// both have ended; a process is hit by one at a time.
  Result<void> Begin(const Fault& fault);
  Result<void> End(const Fault& fault);

  /// No node may have logged an error: none has lied, and their disks are sound. kCorruption with
  /// the first line that says one.
  Result<void> CheckLogs() const;

  /// Asks all to end, in order; the first that does not, or not cleanly, is the error.
  Result<void> Stop();

 private:
  Nodes() = default;
  std::filesystem::path FileOf(std::size_t node) const;
  /// Starts a node for the first time, in order, or again.
  Result<void> Run(std::size_t node);
  Result<void> Signal(const std::vector<std::size_t>& nodes, int signal);

  const Wires* wires_ = nullptr;
  std::optional<cli::Network> network_;
  cli::ClientFile client_file_;
  std::optional<crypto::SecretKey> client_key_;
  std::vector<cli::NodeProcess> processes_;
  std::map<Link, std::size_t> cuts_;  // How many faults cut it.
  std::unique_ptr<net::IoThreads> io_;
  std::vector<std::unique_ptr<cli::ApiClient>> clients_;
  std::vector<std::unique_ptr<net::HttpPool>> pools_;
};

}  // namespace aval::chaos
