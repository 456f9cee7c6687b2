#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "cli/client.h"
#include "cli/demo/demo_network.h"
#include "crypto/ed25519.h"
#include "ledger/types.h"

namespace aval::hostile {

/// Three nodes of this machine, and who attacks them: a client that every node knows, and somebody
/// with the TLS key of the third node. The first two nodes and their clients are the honest ones.
/// Threads: one.
class Network {
 public:
  static constexpr std::size_t kHonest = 2;

  /// See DemoNetwork::Start for the directory.
  static Result<std::unique_ptr<Network>> Start(const std::filesystem::path& directory,
                                                ledger::Day first_day, Random& random);

  cli::demo::DemoNetwork& demo() { return *demo_; }
  std::size_t size() const { return demo_->size(); }
  std::vector<cli::ApiClient*> honest() const;

  const crypto::SecretKey& bad_client() const { return bad_client_; }
  const crypto::SecretKey& third_nodes_key() const { return *third_nodes_key_; }
  /// The pinned TLS key of node `i`, counted from 0, as the next.
  std::set<crypto::KeyId> KeyOf(std::size_t i) const;
  boost::asio::ip::tcp::endpoint ApiOf(std::size_t i);
  boost::asio::ip::tcp::endpoint PeersOf(std::size_t i);

  /// Waits until an honest node leads, and both know it. With `restarts` the third node is started
  /// again whenever it leads; without, somebody else is expected to make it lose its place.
  Result<void> AwaitHonestLeader(bool restarts);
  Result<void> Stop() { return demo_->Stop(); }

 private:
  explicit Network(Random& random) : bad_client_(crypto::SecretKey::Generate(random)) {}
  Result<void> AdmitBadClient();
  Result<std::uint32_t> LeaderOf(std::size_t i);

  std::unique_ptr<cli::demo::DemoNetwork> demo_;
  const crypto::SecretKey bad_client_;
  std::unique_ptr<crypto::SecretKey> third_nodes_key_;
};

}  // namespace aval::hostile
