#include "tests/node/running_nodes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <cstdlib>

#include "cli/connection.h"
#include "cli/demo/demo_network.h"
#include "cli/demo/genesis.h"
#include "config/passphrase.h"
#include "ledger/wire.h"

namespace aval::node {
namespace {

std::filesystem::path NewDirectory() {
  static std::atomic<int> count = 0;
  return std::filesystem::temp_directory_path() /
         ("aval-node-test-" + std::to_string(getpid()) + "-" + std::to_string(count++));
}

}  // namespace

ledger::Day RunningNodes::FirstDay() { return *ledger::Day::FromDate(2018, 1, 1); }

RunningNodes::RunningNodes(std::size_t nodes, Change change, const NodeTuning& tuning)
    : directory_(NewDirectory()), change_(std::move(change)), tuning_(tuning) {
  genesis::v1::Genesis genesis = cli::demo::DemoGenesis("ledger.aval.example/test", FirstDay());
  while (static_cast<std::size_t>(genesis.nodes_size()) > nodes) {
    genesis.mutable_nodes()->RemoveLast();
  }
  genesis.set_majority_of_one(nodes == 1);
  const auto ports = cli::demo::FreePorts(2 * nodes);
  AVAL_ASSERT(ports.has_value());
  cli::NetworkPlan plan{.genesis = genesis,
                        .addresses = {},
                        .key_cost = crypto::kCheapestKeyFile,
                        .verify_threads = 2};
  for (std::size_t i = 0; i < nodes; ++i) {
    plan.addresses.push_back({.peers = {.host = "127.0.0.1", .port = (*ports)[2 * i]},
                              .api = {.host = "127.0.0.1", .port = (*ports)[2 * i + 1]}});
  }
  const auto made = cli::InitNetwork(plan, directory_, random_);
  EXPECT_TRUE(made) << made.error().message;
  auto network = cli::Network::Open(directory_);
  AVAL_ASSERT(network.has_value());
  network_ = std::make_unique<cli::Network>(*std::move(network));
  auto file = cli::LoadClientFile(directory_ / "client.toml");
  AVAL_ASSERT(file.has_value());
  client_file_ = *std::move(file);
  auto key = cli::OpenKeyFile(client_file_.key, client_file_.passphrase_file);
  AVAL_ASSERT(key.has_value());
  client_key_ = std::make_unique<crypto::SecretKey>(*std::move(key));
  other_key_ = std::make_unique<crypto::SecretKey>(crypto::SecretKey::Generate(random_));
  io_ = std::make_unique<net::IoThreads>(1);
  nodes_.resize(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    reopens_.push_back(std::make_unique<std::atomic<bool>>(false));
  }
  for (std::size_t i = 0; i < nodes; ++i) {
    StartNode(i);
    const cli::ClientFile::Node& node = client_file_.nodes[i];
    auto client = cli::ApiClient::Make(*io_, node, *client_key_, 4);
    AVAL_ASSERT(client.has_value());
    clients_.push_back(*std::move(client));
    auto raw = MakeClient(i, *client_key_);
    AVAL_ASSERT(raw.has_value());
    raw_.push_back(std::make_unique<net::HttpClient>(*std::move(raw)));
  }
}

RunningNodes::~RunningNodes() {
  clients_.clear();
  raw_.clear();
  nodes_.clear();
  std::error_code gone;
  std::filesystem::remove_all(directory_, gone);
}

std::filesystem::path RunningNodes::DataOf(std::size_t i) const {
  return network_->NodeFile(client_file_.nodes[i].number).parent_path() / "data";
}

void RunningNodes::StartNode(std::size_t i) {
  auto config = config::LoadNodeConfig(network_->NodeFile(client_file_.nodes[i].number));
  ASSERT_TRUE(config) << config.error().message;
  config->log_level = "error";
  config->api_clients.push_back(
      {.name = "other", .key_id = crypto::KeyIdOf(other_key_->public_key())});
  if (change_) change_(*config);
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  ASSERT_TRUE(passphrase) << passphrase.error().message;
  *reopens_[i] = false;
  auto node = Node::Start(
      *config, passphrase->view(),
      [](const Error& error) { ADD_FAILURE() << "a node stops: " << error.message; },
      [reopens = reopens_[i].get()] { *reopens = true; }, tuning_);
  ASSERT_TRUE(node) << node.error().message;
  nodes_[i] = *std::move(node);
}

cli::Hand RunningNodes::Office(std::uint32_t institution, ledger::Department department) const {
  const auto key = network_->InstitutionKey(institution, department);
  AVAL_ASSERT(key.has_value());
  return {.signer = {.party = ledger::PartyId::Institution(institution), .department = department},
          .key = *key};
}

Result<net::HttpReply> RunningNodes::Call(std::size_t i, const net::HttpCall& call) {
  return raw_[i]->Do(call, kTimeout);
}

Result<net::HttpReply> RunningNodes::CallAsOther(std::size_t i, const net::HttpCall& call) {
  AVAL_TRY(net::HttpClient other, MakeClient(i, *other_key_));
  return other.Do(call, kTimeout);
}

Result<net::HttpClient> RunningNodes::MakeClient(std::size_t i,
                                                 const crypto::SecretKey& key) const {
  const cli::ClientFile::Node& node = client_file_.nodes[i];
  return net::HttpClient::Make(
      {.host = node.api.host, .port = node.api.port, .keys = {node.key_id}}, key);
}

Result<net::HttpReply> RunningNodes::PostAct(std::size_t i, ByteView envelope,
                                             const std::string& content_type) {
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/acts";
  call.content_type = content_type;
  call.body = CopyBytes(envelope);
  return Call(i, call);
}

std::uint64_t RunningNodes::Metric(std::size_t i, const std::string& name) {
  net::HttpCall call;
  call.target = "/metrics";
  const auto reply = Call(i, call);
  EXPECT_TRUE(reply) << reply.error().message;
  if (!reply) return 0;
  const std::string text(AsText(reply->body));
  const std::size_t at = text.find("\n" + name + " ");
  EXPECT_NE(at, std::string::npos) << name;
  if (at == std::string::npos) return 0;
  return static_cast<std::uint64_t>(std::strtod(text.c_str() + at + name.size() + 2, nullptr));
}

boost::json::value RunningNodes::JsonOf(const net::HttpReply& reply) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(std::string(AsText(reply.body)), failed);
  EXPECT_FALSE(failed) << AsText(reply.body);
  return value;
}

Bytes RunningNodes::DayRoll(ledger::Day day, ledger::Day last_valid) {
  return SignedDayRoll(day, last_valid,
                       {Office(1, ledger::Department::kOps), Office(2, ledger::Department::kOps)});
}

Bytes RunningNodes::SignedDayRoll(ledger::Day day, ledger::Day last_valid,
                                  const std::vector<cli::Hand>& hands) {
  act::v1::Act act;
  act.mutable_day_roll()->set_day(ledger::ToWire(day));
  return cli::SignAct(act, origin(), last_valid, hands, random_);
}

boost::json::value RunningNodes::Get(std::size_t i, const std::string& target) {
  const auto value = client(i).GetJson(target, kTimeout);
  EXPECT_TRUE(value) << value.error().message;
  return value ? *value : boost::json::value{};
}

std::size_t RunningNodes::Leader() {
  for (;;) {
    for (std::size_t i = 0; i < size(); ++i) {
      if (!nodes_[i]) continue;
      const auto status = client(i).GetJson("/v1/node", kTimeout);
      if (status && status->at("role") == "leader") return i;
    }
  }
}

std::string RunningNodes::Readiness(std::size_t i) {
  net::HttpCall call;
  call.target = "/readyz";
  const auto reply = Call(i, call);
  EXPECT_TRUE(reply) << reply.error().message;
  if (!reply) return "";
  const boost::json::value body = JsonOf(*reply);
  const char* const said = reply->status == 200 ? "status" : "code";
  return std::string(body.at(said).as_string());
}

void RunningNodes::AwaitReadiness(std::size_t i, const std::string& code) {
  while (Readiness(i) != code) {
    if (::testing::Test::HasFailure()) return;
  }
}

std::uint64_t RunningNodes::Index(std::size_t i) {
  const auto status = client(i).GetJson("/v1/node", kTimeout);
  EXPECT_TRUE(status) << status.error().message;
  return status ? status->at("index").to_number<std::uint64_t>() : 0;
}

}  // namespace aval::node
