#include "tests/cluster/chaos/nodes.h"

#include <signal.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/client.h"
#include "cli/connection.h"
#include "cli/demo/demo_network.h"
#include "cli/demo/genesis.h"
#include "cli/network.h"
#include "cli/node_process.h"
#include "crypto/key_file.h"
#include "ledger/proto/genesis.pb.h"
#include "ledger/types.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "tests/cluster/chaos/schedule.h"
#include "tests/cluster/chaos/wires.h"

namespace aval::chaos {
namespace {

constexpr std::chrono::milliseconds kStopPatience{20'000};
constexpr std::chrono::milliseconds kConnectTimeout{1'000};
constexpr std::size_t kConnections = 64;
constexpr std::uint16_t kPeersPort = 7'001;
constexpr std::uint16_t kApiPort = 7'002;

// The demo's institutions, who take turns in running the nodes.
genesis::v1::Genesis GenesisOf(std::size_t count, ledger::Day first_day) {
  genesis::v1::Genesis genesis = cli::demo::DemoGenesis("ledger.aval.example/chaos", first_day);
  genesis.mutable_policies(0)->set_limit_step(1);
  genesis.clear_nodes();
  for (std::size_t i = 0; i < count; ++i) {
    genesis::v1::Node& node = *genesis.add_nodes();
    node.set_number(static_cast<std::uint32_t>(i + 1));
    node.set_institution(static_cast<std::uint32_t>(1 + i % (1 + cli::demo::kBanks)));
  }
  return genesis;
}

Result<std::vector<cli::NetworkPlan::NodeAddresses>> Addresses(std::size_t count,
                                                               const Wires* wires) {
  std::vector<cli::NetworkPlan::NodeAddresses> addresses;
  if (wires != nullptr) {
    for (std::size_t i = 0; i < count; ++i) {
      addresses.push_back({.peers = {.host = Wires::AddressOf(i), .port = kPeersPort},
                           .api = {.host = Wires::AddressOf(i), .port = kApiPort}});
    }
    return addresses;
  }
  AVAL_TRY(const std::vector<std::uint16_t> ports, cli::demo::FreePorts(2 * count));
  for (std::size_t i = 0; i < count; ++i) {
    addresses.push_back({.peers = {.host = "127.0.0.1", .port = ports[2 * i]},
                         .api = {.host = "127.0.0.1", .port = ports[2 * i + 1]}});
  }
  return addresses;
}

std::filesystem::path LogOf(const std::filesystem::path& node_file) {
  return node_file.parent_path() / "log.txt";
}

}  // namespace

Result<std::unique_ptr<Nodes>> Nodes::Start(std::size_t count, ledger::Day first_day,
                                            const std::filesystem::path& directory,
                                            const Wires* wires) {
  auto nodes = std::unique_ptr<Nodes>(new Nodes());
  nodes->wires_ = wires;
  AVAL_TRY(auto addresses, Addresses(count, wires));
  SystemRandom random;
  AVAL_CHECK(cli::InitNetwork({.genesis = GenesisOf(count, first_day),
                               .addresses = std::move(addresses),
                               .key_cost = crypto::kCheapestKeyFile},
                              directory, random));
  AVAL_TRY(nodes->network_, cli::Network::Open(directory));
  AVAL_TRY(nodes->client_file_, cli::LoadClientFile(directory / "client.toml"));
  AVAL_TRY(nodes->client_key_,
           cli::OpenKeyFile(nodes->client_file_.key, nodes->client_file_.passphrase_file));
  nodes->io_ = std::make_unique<net::IoThreads>(1);
  for (std::size_t i = 0; i < count; ++i) {
    AVAL_CHECK(nodes->Run(i));
    const cli::ClientFile::Node& node = nodes->client_file_.nodes[i];
    AVAL_TRY(auto client, cli::ApiClient::Make(*nodes->io_, node, *nodes->client_key_, 2));
    nodes->clients_.push_back(std::move(client));
    net::HttpPool::Options options;
    options.connections = kConnections;
    options.connect_timeout = kConnectTimeout;
    AVAL_TRY(auto pool,
             net::HttpPool::Make(
                 *nodes->io_, {.host = node.api.host, .port = node.api.port, .keys = {node.key_id}},
                 *nodes->client_key_, options));
    nodes->pools_.push_back(std::move(pool));
  }
  return nodes;
}

std::vector<cli::ApiClient*> Nodes::clients() const {
  std::vector<cli::ApiClient*> clients;
  for (const auto& client : clients_) clients.push_back(client.get());
  return clients;
}

std::vector<net::HttpPool*> Nodes::pools() const {
  std::vector<net::HttpPool*> pools;
  for (const auto& pool : pools_) pools.push_back(pool.get());
  return pools;
}

std::filesystem::path Nodes::FileOf(std::size_t node) const {
  return network_->NodeFile(client_file_.nodes[node].number);
}

Result<void> Nodes::Run(std::size_t node) {
  const auto start = [&]() -> Result<void> {
    auto process = cli::NodeProcess::Start(AVAL_AVALD, FileOf(node), LogOf(FileOf(node)),
                                           cli::NodeProcess::Orphan::kIsKilled);
    if (!process) return process.error();
    if (node == processes_.size()) {
      processes_.push_back(*std::move(process));
    } else {
      processes_[node] = *std::move(process);
    }
    return {};
  };
  return wires_ == nullptr ? start() : wires_->Inside(node, start);
}

Result<void> Nodes::Signal(const std::vector<std::size_t>& nodes, int signal) {
  for (const std::size_t node : nodes) {
    if (!processes_[node].running()) {
      return Error{.code = Code::kUnavailable,
                   .message = "node " + std::to_string(node + 1) + " has ended by itself"};
    }
    if (kill(processes_[node].pid(), signal) != 0) {
      return Error{.code = Code::kIo, .message = std::string("kill: ") + std::strerror(errno)};
    }
  }
  return {};
}

Result<void> Nodes::Begin(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kKill:
    case FaultKind::kKillAll:
      AVAL_CHECK(Signal(fault.nodes, SIGKILL));
      for (const std::size_t node : fault.nodes) processes_[node].Kill();
      return {};
    case FaultKind::kPause:
      return Signal(fault.nodes, SIGSTOP);
    case FaultKind::kHalves:
    case FaultKind::kIsolate:
    case FaultKind::kOneWay:
    case FaultKind::kLink:
      AVAL_ASSERT(wires_ != nullptr);
      for (const Link& link : fault.cut) ++cuts_[link];
      return wires_->Cut(fault.cut);
  }
  AVAL_UNREACHABLE("a fault of no kind");
}

Result<void> Nodes::End(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kKill:
    case FaultKind::kKillAll:
      for (const std::size_t node : fault.nodes) AVAL_CHECK(Run(node));
      return {};
    case FaultKind::kPause:
      return Signal(fault.nodes, SIGCONT);
    case FaultKind::kHalves:
    case FaultKind::kIsolate:
    case FaultKind::kOneWay:
    case FaultKind::kLink: {
      std::vector<Link> whole;
      for (const Link& link : fault.cut) {
        if (--cuts_[link] == 0) whole.push_back(link);
      }
      return wires_->Mend(whole);
    }
  }
  AVAL_UNREACHABLE("a fault of no kind");
}

Result<void> Nodes::CheckLogs() const {
  for (std::size_t i = 0; i < size(); ++i) {
    std::ifstream log(LogOf(FileOf(i)));
    if (!log) return Error{.code = Code::kIo, .message = LogOf(FileOf(i)).string()};
    std::string line;
    while (std::getline(log, line)) {
      if (line.find(" error ") == std::string::npos) continue;
      return Error{.code = Code::kCorruption,
                   .message = "node " + std::to_string(i + 1) + " says: " + line};
    }
  }
  return {};
}

Result<void> Nodes::Stop() { return cli::StopAll(processes_, kStopPatience); }

}  // namespace aval::chaos
