#include "tests/cluster/hostile/network.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/disk.h"
#include "cli/connection.h"
#include "cli/demo/genesis.h"
#include "config/node_config.h"

namespace aval::hostile {
namespace {

constexpr std::chrono::milliseconds kPatience{5'000};
constexpr std::size_t kLooks = 300;
constexpr std::chrono::milliseconds kLook{100};

boost::asio::ip::tcp::endpoint Loopback(std::uint16_t port) {
  return {boost::asio::ip::address_v4::loopback(), port};
}

}  // namespace

Result<std::unique_ptr<Network>> Network::Start(const std::filesystem::path& directory,
                                                ledger::Day first_day, Random& random) {
  auto network = std::unique_ptr<Network>(new Network(random));
  AVAL_TRY(network->demo_, cli::demo::DemoNetwork::Start(
                               cli::demo::DemoGenesis("ledger.aval.example/hostile-1", first_day),
                               directory, AVAL_AVALD, cli::NodeProcess::Orphan::kStops));
  AVAL_CHECK(network->AdmitBadClient());
  AVAL_TRY(const config::NodeConfig third,
           config::LoadNodeConfig(network->demo_->network().NodeFile(3)));
  AVAL_TRY(crypto::SecretKey key, cli::OpenKeyFile(third.tls_key, third.passphrase_file));
  network->third_nodes_key_ = std::make_unique<crypto::SecretKey>(std::move(key));
  return network;
}

// Writes the client into every node's file, and starts the nodes again.
Result<void> Network::AdmitBadClient() {
  PosixDisk disk;
  const std::string entry = "\n[[api.client]]\nname = \"bad\"\nkey_id = \"" +
                            crypto::KeyIdOf(bad_client_.public_key()).Hex() + "\"\n";
  for (std::size_t i = 0; i < size(); ++i) {
    const auto file = demo_->network().NodeFile(demo_->client_file().nodes[i].number);
    AVAL_TRY(Bytes text, disk.ReadFile(file));
    const ByteView added = AsBytes(entry);
    text.insert(text.end(), added.begin(), added.end());
    AVAL_CHECK(disk.ReplaceFile(file, text));
    AVAL_CHECK(demo_->process(i).Stop(kPatience));
    AVAL_CHECK(demo_->Restart(i));
  }
  return {};
}

std::vector<cli::ApiClient*> Network::honest() const {
  std::vector<cli::ApiClient*> clients = demo_->clients();
  clients.resize(kHonest);
  return clients;
}

std::set<crypto::KeyId> Network::KeyOf(std::size_t i) const {
  return {demo_->client_file().nodes[i].key_id};
}

boost::asio::ip::tcp::endpoint Network::ApiOf(std::size_t i) {
  return Loopback(demo_->process(i).ready().api);
}

boost::asio::ip::tcp::endpoint Network::PeersOf(std::size_t i) {
  return Loopback(demo_->process(i).ready().peers);
}

Result<std::uint32_t> Network::LeaderOf(std::size_t i) {
  AVAL_TRY(const boost::json::value status, demo_->clients()[i]->GetJson("/v1/node", kPatience));
  return status.at("leader").to_number<std::uint32_t>();
}

Result<void> Network::AwaitHonestLeader(bool restarts) {
  for (std::size_t look = 0; look < kLooks; ++look) {
    std::set<std::uint32_t> leaders;
    for (std::size_t i = 0; i < kHonest; ++i) {
      AVAL_TRY(const std::uint32_t leader, LeaderOf(i));
      leaders.insert(leader);
    }
    if (leaders == std::set<std::uint32_t>{1} || leaders == std::set<std::uint32_t>{2}) return {};
    if (restarts && leaders.contains(3)) {
      AVAL_CHECK(demo_->process(2).Stop(kPatience));
      AVAL_CHECK(demo_->Restart(2));
    }
    std::this_thread::sleep_for(kLook);
  }
  return Error{.code = Code::kTimeout, .message = "no honest node came to lead"};
}

}  // namespace aval::hostile
