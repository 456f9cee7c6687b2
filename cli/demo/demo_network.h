#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/client.h"
#include "cli/network.h"
#include "cli/node_process.h"
#include "ledger/genesis.h"
#include "net/io_threads.h"

namespace aval::cli::demo {

/// A network on this machine: its directory, its nodes as processes, a client of each.
/// Threads: one.
class DemoNetwork {
 public:
  /// Empties `directory`, where an earlier run may have left its own, makes the network and starts
  /// its nodes, each a process of `program` (avald). A marker file tells such a directory from a
  /// network that somebody has founded, which is never touched. kDenied when a node of an earlier
  /// run still uses the directory, kInvalidArgument when it holds what no run has made. `orphan`
  /// says what becomes of the nodes when this process ends without Stop; Release needs kRunsOn.
  static Result<std::unique_ptr<DemoNetwork>> Start(genesis::v1::Genesis genesis,
                                                    const std::filesystem::path& directory,
                                                    const std::filesystem::path& program,
                                                    NodeProcess::Orphan orphan);

  const Network& network() const { return *network_; }
  const ledger::Genesis& genesis() const { return *genesis_; }
  const ClientFile& client_file() const { return client_file_; }
  std::vector<ApiClient*> clients() const;
  NodeProcess& process(std::size_t i) { return processes_[i]; }
  std::size_t size() const { return processes_.size(); }

  /// The log key of node `i`, which signs exports; from its key file.
  Result<crypto::SecretKey> LogKey(std::size_t i) const;

  /// Starts node `i` again, after its process has ended.
  Result<void> Restart(std::size_t i);
  /// Waits until every node shows the same leaves, `least` or more, nothing is due and each has
  /// signed that size; kTimeout after a minute.
  Result<std::uint64_t> Settle(std::uint64_t least, const std::atomic<bool>& stop);
  /// Stops all nodes; the first that did not stop cleanly is the error.
  Result<void> Stop();
  void Release();

 private:
  DemoNetwork() = default;

  std::filesystem::path directory_;
  std::filesystem::path program_;
  NodeProcess::Orphan orphan_ = NodeProcess::Orphan::kStops;
  std::optional<Network> network_;
  std::optional<ledger::Genesis> genesis_;
  ClientFile client_file_;
  std::optional<crypto::SecretKey> client_key_;
  std::vector<NodeProcess> processes_;
  std::unique_ptr<net::IoThreads> io_;
  std::vector<std::unique_ptr<ApiClient>> clients_;
};

/// Tells on standard output how to ask a network that runs on, and how to stop it.
void PrintHowToQuery(const std::filesystem::path& directory, DemoNetwork& demo);

/// `count` ports of the loopback that nobody listens on at the moment.
Result<std::vector<std::uint16_t>> FreePorts(std::size_t count);

}  // namespace aval::cli::demo
