#include "cli/demo/demo_network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "base/disk.h"
#include "base/random.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "config/node_config.h"
#include "crypto/key_file.h"

namespace aval::cli::demo {
namespace {

constexpr std::string_view kHost = "127.0.0.1";
constexpr std::chrono::seconds kSettlePatience{60};
constexpr std::chrono::milliseconds kSettlePause{50};
constexpr std::chrono::milliseconds kCallTimeout{10'000};
constexpr std::chrono::milliseconds kStopPatience{20'000};
constexpr std::size_t kConnections = 8;
// What a network has that a run of ours has made, and no other.
constexpr std::string_view kMarker = "made-by-aval-demo";

Error FileError(const std::filesystem::path& path, const std::error_code& failed) {
  return {.code = Code::kIo, .message = path.string() + ": " + failed.message()};
}

// kDenied when a node has its data directory anywhere below `directory`.
Result<void> CheckNothingRuns(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::recursive_directory_iterator at(directory, failed);
  while (!failed && at != fs::recursive_directory_iterator{}) {
    const fs::path folder = at->path().parent_path();
    if (at->path().filename() == "LOCK" && folder.filename() == "data" &&
        !DirectoryLock::Take(folder)) {
      return Error{.code = Code::kDenied,
                   .message = directory.string() + ": a node of an earlier demo still runs there"};
    }
    at.increment(failed);
  }
  if (failed) return FileError(directory, failed);
  return {};
}

// The marker goes last: what an interrupted removal leaves can be removed the next time.
Result<void> RemoveContent(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::error_code failed;
  std::vector<fs::path> content;
  fs::directory_iterator at(directory, failed);
  while (!failed && at != fs::directory_iterator{}) {
    if (at->path().filename() != kMarker) content.push_back(at->path());
    at.increment(failed);
  }
  content.push_back(directory / kMarker);
  for (const fs::path& path : content) {
    if (!failed) fs::remove_all(path, failed);
  }
  if (failed) return FileError(directory, failed);
  return {};
}

// Only what an earlier run has made is ever removed.
Result<void> Empty(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const bool there = fs::exists(directory, failed);
  if (failed) return FileError(directory, failed);
  if (!there) return {};
  const bool empty = fs::is_empty(directory, failed);
  if (failed) return FileError(directory, failed);
  if (empty) return {};
  if (!fs::exists(directory / kMarker, failed)) {
    return Error{
        .code = Code::kInvalidArgument,
        .message = directory.string() + ": is not empty, and no demo or bench has made it"};
  }
  AVAL_CHECK(CheckNothingRuns(directory));
  return RemoveContent(directory);
}

// The leaves that a node has applied, when nothing is due there and it has signed that size.
Result<std::uint64_t> SettledIndex(ApiClient& node, std::uint64_t least) {
  AVAL_TRY(const boost::json::value status,
           node.GetJson("/v1/node?min_index=" + std::to_string(least), kCallTimeout));
  AVAL_TRY(const std::uint64_t index, JsonCount(status, "index"));
  AVAL_TRY(const std::uint64_t checkpoint, JsonCount(status, "checkpoint"));
  AVAL_TRY(const bool due, JsonFlag(status, "due_items"));
  if (due || checkpoint != index) {
    return Error{.code = Code::kUnavailable, .message = "still at work"};
  }
  return index;
}

}  // namespace

Result<std::vector<std::uint16_t>> FreePorts(std::size_t count) {
  std::vector<std::uint16_t> ports;
  std::vector<int> sockets;
  std::optional<Error> failure;
  // All are held until the last is found, so that no port comes twice.
  for (std::size_t i = 0; i < count && !failure; ++i) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets.push_back(listener);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (listener < 0 || bind(listener, raw, length) != 0 ||
        getsockname(listener, raw, &length) != 0) {
      failure =
          Error{.code = Code::kIo, .message = std::string("no free port: ") + std::strerror(errno)};
      break;
    }
    ports.push_back(ntohs(address.sin_port));
  }
  for (const int open : sockets) close(open);
  if (failure) return *failure;
  return ports;
}

Result<std::unique_ptr<DemoNetwork>> DemoNetwork::Start(genesis::v1::Genesis genesis,
                                                        const std::filesystem::path& directory,
                                                        const std::filesystem::path& program,
                                                        NodeProcess::Orphan orphan) {
  auto demo = std::unique_ptr<DemoNetwork>(new DemoNetwork());
  demo->directory_ = directory;
  demo->program_ = program;
  demo->orphan_ = orphan;
  AVAL_CHECK(Empty(directory));
  const auto nodes = static_cast<std::size_t>(genesis.nodes_size());
  AVAL_TRY(const std::vector<std::uint16_t> ports, FreePorts(2 * nodes));
  NetworkPlan plan{.genesis = std::move(genesis),
                   .addresses = {},
                   .key_cost = crypto::kCheapestKeyFile,
                   .verify_threads = 0,
                   .marker = std::string(kMarker)};
  for (std::size_t i = 0; i < nodes; ++i) {
    plan.addresses.push_back({.peers = {.host = std::string(kHost), .port = ports[2 * i]},
                              .api = {.host = std::string(kHost), .port = ports[2 * i + 1]}});
  }
  SystemRandom random;
  AVAL_CHECK(InitNetwork(std::move(plan), directory, random));
  AVAL_TRY(demo->network_, Network::Open(directory));
  AVAL_TRY(demo->client_file_, LoadClientFile(directory / "client.toml"));
  AVAL_TRY(demo->genesis_,
           LoadGenesis(demo->client_file_.genesis, demo->client_file_.cosigner_policy));
  AVAL_TRY(demo->client_key_,
           OpenKeyFile(demo->client_file_.key, demo->client_file_.passphrase_file));

  demo->io_ = std::make_unique<net::IoThreads>(1);
  for (const ClientFile::Node& node : demo->client_file_.nodes) {
    const auto log = demo->network_->NodeFile(node.number).parent_path() / "log.txt";
    AVAL_TRY(
        NodeProcess process,
        NodeProcess::Start(demo->program_, demo->network_->NodeFile(node.number), log, orphan));
    demo->processes_.push_back(std::move(process));
    AVAL_TRY(auto client, ApiClient::Make(*demo->io_, node, *demo->client_key_, kConnections));
    demo->clients_.push_back(std::move(client));
  }
  return demo;
}

Result<crypto::SecretKey> DemoNetwork::LogKey(std::size_t i) const {
  AVAL_TRY(const config::NodeConfig node,
           config::LoadNodeConfig(network_->NodeFile(client_file_.nodes[i].number)));
  return OpenKeyFile(node.log_key, node.passphrase_file);
}

std::vector<ApiClient*> DemoNetwork::clients() const {
  std::vector<ApiClient*> clients;
  for (const auto& client : clients_) clients.push_back(client.get());
  return clients;
}

Result<void> DemoNetwork::Restart(std::size_t i) {
  const std::uint32_t number = client_file_.nodes[i].number;
  const auto log = network_->NodeFile(number).parent_path() / "log.txt";
  AVAL_TRY(processes_[i], NodeProcess::Start(program_, network_->NodeFile(number), log, orphan_));
  return {};
}

Result<std::uint64_t> DemoNetwork::Settle(std::uint64_t least, const std::atomic<bool>& stop) {
  const auto deadline = std::chrono::steady_clock::now() + kSettlePatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (stop) return Error{.code = Code::kCancelled, .message = "stopped"};
    const Result<std::uint64_t> first = SettledIndex(*clients_.front(), least);
    const bool settled = std::ranges::all_of(clients_, [&first, least](const auto& client) {
      const Result<std::uint64_t> index = first ? SettledIndex(*client, least) : first;
      return index && *index == *first;
    });
    if (settled) return *first;
    std::this_thread::sleep_for(kSettlePause);
  }
  return Error{.code = Code::kTimeout, .message = "the nodes did not come to one index in time"};
}

Result<void> DemoNetwork::Stop() { return StopAll(processes_, kStopPatience); }

void DemoNetwork::Release() {
  for (NodeProcess& process : processes_) process.Release();
}

void PrintHowToQuery(const std::filesystem::path& network, DemoNetwork& demo) {
  const std::string directory = network.string();
  std::error_code failed;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const std::string aval = failed ? "aval" : self.string();
  std::printf("\nThe network runs on. Ask it, for example:\n");
  std::printf("  %s node status --network %s\n", aval.c_str(), directory.c_str());
  std::printf("  %s query book --network %s\n", aval.c_str(), directory.c_str());
  std::printf("  %s act show 5 --network %s\n", aval.c_str(), directory.c_str());
  std::printf("Stop it with: kill");
  for (std::size_t i = 0; i < demo.size(); ++i) {
    std::printf(" %d", demo.process(i).pid());
  }
  std::printf("\n");
}

}  // namespace aval::cli::demo
