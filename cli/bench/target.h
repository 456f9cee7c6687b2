#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "cli/client.h"
#include "cli/demo/demo_network.h"
#include "cli/network.h"
#include "ledger/types.h"
#include "net/io_threads.h"

namespace aval::cli::bench {

/// The nodes under load, and clients with as many connections as the load needs.
/// Threads: one, the main one.
class Target {
 public:
  /// Three nodes of this machine in `directory`, which is emptied; they stop with us.
  static Result<Target> Start(const std::filesystem::path& directory, std::size_t connections);
  /// Nodes that run already, by their network's directory. kInvalidArgument when it lacks keys of
  /// the demo's institutions, which sign the load.
  static Result<Target> Open(const std::filesystem::path& directory, std::size_t connections);

  const Network& network() const { return demo_ ? demo_->network() : *network_; }
  const std::vector<ClientFile::Node>& nodes() const { return file_.nodes; }
  std::vector<ApiClient*> clients() const;
  std::vector<ActSink*> sinks() const;
  /// Process ids of nodes that were started here, in the order of nodes(); else none.
  std::vector<pid_t> processes() const;
  /// Whether every node is on this machine.
  bool is_local() const;

  /// The business day, once a node leads.
  Result<ledger::Day> Today(const std::atomic<bool>& stop) const;

  /// Stops nodes that were started here.
  Result<void> Stop();

 private:
  Target() = default;
  Result<void> Connect(const std::filesystem::path& directory, std::size_t connections);

  std::unique_ptr<demo::DemoNetwork> demo_;
  std::optional<Network> network_;
  ClientFile file_;
  std::optional<crypto::SecretKey> key_;
  std::unique_ptr<net::IoThreads> io_;
  std::vector<std::unique_ptr<ApiClient>> clients_;
};

}  // namespace aval::cli::bench
