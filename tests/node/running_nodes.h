#pragma once

#include <atomic>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "cli/act_signing.h"
#include "cli/client.h"
#include "cli/network.h"
#include "config/node_config.h"
#include "ledger/genesis.h"
#include "ledger/types.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "node/node.h"

namespace aval::node {

/// A network of the demo's three institutions whose first `nodes` nodes run in this process, each
/// with its files in a directory that goes with this object; one node alone is a whole network.
class RunningNodes {
 public:
  /// `change` is applied to each node's file before it starts.
  using Change = std::function<void(config::NodeConfig& config)>;
  explicit RunningNodes(std::size_t nodes, Change change = {}, const NodeTuning& tuning = {});
  ~RunningNodes();
  RunningNodes(const RunningNodes&) = delete;
  RunningNodes& operator=(const RunningNodes&) = delete;

  static constexpr std::chrono::milliseconds kTimeout{20'000};
  static ledger::Day FirstDay();

  std::size_t size() const { return nodes_.size(); }
  const cli::Network& network() const { return *network_; }
  const std::string& origin() const { return network_->origin(); }
  std::filesystem::path DataOf(std::size_t i) const;
  cli::ApiClient& client(std::size_t i) { return *clients_[i]; }
  cli::Hand Office(std::uint32_t institution, ledger::Department department) const;

  void StopNode(std::size_t i) { nodes_[i].reset(); }
  void StartNode(std::size_t i);
  void WantSnapshot(std::size_t i) { nodes_[i]->WantSnapshot(); }
  /// It has asked to be opened again, since it was started last.
  bool WantsReopening(std::size_t i) const { return *reopens_.at(i); }

  /// A call as a client makes it, and whatever status comes back.
  Result<net::HttpReply> Call(std::size_t i, const net::HttpCall& call);
  /// The same by a second client, with a key of its own.
  Result<net::HttpReply> CallAsOther(std::size_t i, const net::HttpCall& call);
  Result<net::HttpReply> PostAct(std::size_t i, ByteView envelope,
                                 const std::string& content_type = "application/x-protobuf");
  static boost::json::value JsonOf(const net::HttpReply& reply);

  /// An act of the network's own kind: opens the next day. Signed as it must be.
  Bytes DayRoll(ledger::Day day, ledger::Day last_valid);
  /// The same body, signed by `hands`.
  Bytes SignedDayRoll(ledger::Day day, ledger::Day last_valid, const std::vector<cli::Hand>& hands);
  std::uint64_t Index(std::size_t i);
  /// What node `i` answers to a GET that it does answer.
  boost::json::value Get(std::size_t i, const std::string& target);
  /// A metric of node `i` that has no labels.
  std::uint64_t Metric(std::size_t i, const std::string& name);
  /// Position of the node that leads, as soon as one that is up says so.
  std::size_t Leader();
  /// What /readyz of node `i` says: a code, or "ready".
  std::string Readiness(std::size_t i);
  /// Until it says this.
  void AwaitReadiness(std::size_t i, const std::string& code);

 private:
  Result<net::HttpClient> MakeClient(std::size_t i, const crypto::SecretKey& key) const;

  std::filesystem::path directory_;
  const Change change_;
  const NodeTuning tuning_;
  std::unique_ptr<cli::Network> network_;
  cli::ClientFile client_file_;
  std::unique_ptr<crypto::SecretKey> client_key_;
  std::unique_ptr<crypto::SecretKey> other_key_;
  std::unique_ptr<net::IoThreads> io_;
  std::vector<std::unique_ptr<std::atomic<bool>>> reopens_;  // Before the nodes.
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<cli::ApiClient>> clients_;
  std::vector<std::unique_ptr<net::HttpClient>> raw_;
  SystemRandom random_;
};

}  // namespace aval::node
