#include "cli/bench/target.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "cli/connection.h"
#include "cli/demo/genesis.h"
#include "cli/json.h"
#include "cli/node_process.h"

namespace aval::cli::bench {
namespace {

constexpr std::chrono::milliseconds kCallTimeout{10'000};
constexpr std::chrono::milliseconds kPause{50};
constexpr std::chrono::seconds kPatience{60};
// Of each node: a client's quarter of the 1,024 that a node takes unless its file says otherwise.
// Further calls wait for one.
constexpr std::size_t kConnectionsMost = 256;

// What the load is signed with.
Result<void> CheckKeys(const Network& network) {
  using ledger::Department;
  for (std::uint32_t institution = demo::kPlatform; institution < demo::kFirstBank + demo::kBanks;
       ++institution) {
    for (const Department department :
         {Department::kOps, Department::kCredit, Department::kCompliance}) {
      const auto key = network.InstitutionKey(institution, department);
      if (!key) return Error{.code = Code::kInvalidArgument, .message = key.error().message};
    }
  }
  return {};
}

}  // namespace

Result<Target> Target::Start(const std::filesystem::path& directory, std::size_t connections) {
  const ledger::Day first_day = *ledger::Day::FromDate(2018, 1, 2);
  AVAL_TRY(const std::filesystem::path program, FindAvald());
  Target target;
  AVAL_TRY(target.demo_,
           demo::DemoNetwork::Start(demo::DemoGenesis("ledger.aval.example/bench-1", first_day),
                                    directory, program, NodeProcess::Orphan::kStops));
  AVAL_CHECK(target.Connect(directory, connections));
  return target;
}

Result<Target> Target::Open(const std::filesystem::path& directory, std::size_t connections) {
  Target target;
  AVAL_TRY(target.network_, Network::Open(directory));
  AVAL_CHECK(CheckKeys(*target.network_));
  AVAL_CHECK(target.Connect(directory, connections));
  return target;
}

Result<void> Target::Connect(const std::filesystem::path& directory, std::size_t connections) {
  AVAL_TRY(file_, LoadClientFile(directory / "client.toml"));
  AVAL_TRY(key_, OpenKeyFile(file_.key, file_.passphrase_file));
  io_ = std::make_unique<net::IoThreads>(1);
  const std::size_t share = (connections + file_.nodes.size() - 1) / file_.nodes.size();
  const std::size_t each = std::min(share, kConnectionsMost);
  for (const ClientFile::Node& node : file_.nodes) {
    AVAL_TRY(auto client, ApiClient::Make(*io_, node, *key_, each));
    clients_.push_back(std::move(client));
  }
  return {};
}

std::vector<ApiClient*> Target::clients() const {
  std::vector<ApiClient*> clients;
  for (const auto& client : clients_) clients.push_back(client.get());
  return clients;
}

std::vector<ActSink*> Target::sinks() const {
  std::vector<ActSink*> sinks;
  for (const auto& client : clients_) sinks.push_back(client.get());
  return sinks;
}

std::vector<pid_t> Target::processes() const {
  std::vector<pid_t> processes;
  for (std::size_t i = 0; demo_ && i < demo_->size(); ++i) {
    processes.push_back(demo_->process(i).pid());
  }
  return processes;
}

bool Target::is_local() const {
  return std::ranges::all_of(file_.nodes, [](const ClientFile::Node& node) {
    const std::string& host = node.api.host;
    return host == "localhost" || host == "::1" || host.starts_with("127.");
  });
}

Result<ledger::Day> Target::Today(const std::atomic<bool>& stop) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!stop && std::chrono::steady_clock::now() < deadline) {
    AVAL_TRY(const auto status, clients_.front()->GetJson("/v1/node", kCallTimeout));
    AVAL_TRY(const std::uint64_t leader, JsonCount(status, "leader"));
    if (leader != 0) {
      AVAL_TRY(const std::string day, JsonText(status, "day"));
      return ledger::Day::Parse(day);
    }
    std::this_thread::sleep_for(kPause);
  }
  if (stop) return Error{.code = Code::kCancelled, .message = "stopped"};
  return Error{.code = Code::kUnavailable, .message = "no node leads"};
}

Result<void> Target::Stop() { return demo_ ? demo_->Stop() : Result<void>{}; }

}  // namespace aval::cli::bench
