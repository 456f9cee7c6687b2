// avald: one node of an Aval network.
//
// Exit codes: 0 stopped by SIGINT or SIGTERM, 1 the node could not start, go on or flush, 2 usage.
// With a full disk it neither starts nor ends: it says so and looks for room until there is some.

#include <google/protobuf/stubs/logging.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>

#include "base/assert.h"
#include "base/disk.h"
#include "config/node_config.h"
#include "config/passphrase.h"
#include "net/http_server.h"
#include "net/peer_transport.h"
#include "node/node.h"
#include "node/restoration.h"

namespace aval::node {
namespace {

// Stands for "the node has failed" among the signals that end the wait.
constexpr int kFailed = SIGUSR1;
// "The node has fetched a snapshot, which its next start installs."
constexpr int kReopen = SIGUSR2;

sigset_t EndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, kFailed, kReopen}) sigaddset(&signals, signal);
  return signals;
}

// What a node opens beside its callers' connections: tables of the state (200), the logs' files, at
// most 14 peers with two links each, and what reads of the log open for a moment.
constexpr rlim_t kOwnDescriptors = 512;

// Callers must never use up what the node needs for its own files. Asks the system for as much as
// it gives, and refuses a configuration that does not fit.
Result<void> ReserveDescriptors(const config::NodeConfig& config) {
  rlimit limit{};
  AVAL_ASSERT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  AVAL_ASSERT(setrlimit(RLIMIT_NOFILE, &limit) == 0);  // Up to the hard limit, anybody may.
  const rlim_t others = kOwnDescriptors + net::HttpServer::Options().max_strangers +
                        net::PeerTransport::Options().max_strangers;
  const rlim_t needed = others + config.api_max_connections;
  if (needed <= limit.rlim_max) return {};
  const std::string remedy =
      limit.rlim_max > others ? " or lower it to " + std::to_string(limit.rlim_max - others) : "";
  return Error{
      .code = Code::kInvalidArgument,
      .message = "api.max_connections = " + std::to_string(config.api_max_connections) + " needs " +
                 std::to_string(needed) + " file descriptors in all, and this process may open " +
                 std::to_string(limit.rlim_max) + ": raise its hard limit (ulimit -Hn)" + remedy};
}

int Fail(const Error& error) {
  std::fprintf(stderr, "avald: %s\n", error.message.c_str());
  return 1;
}

// As the operator says: the node's data directory was put back from a backup.
Result<void> TakeRestored(const config::NodeConfig& config, const std::string& occasion) {
  PosixDisk disk;
  AVAL_TRY(const bool is_news, SayRestored(disk, config.data_dir, occasion));
  if (!is_news) {
    std::fprintf(stderr,
                 "avald: --restored %s was settled before, and means nothing any more; another "
                 "backup is another occasion\n",
                 occasion.c_str());
  }
  return {};
}

int Run(const std::string& file, const std::string& restored) {
  // Before any thread starts, so that all inherit the mask and only this one waits for signals.
  const sigset_t signals = EndingSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto config = config::LoadNodeConfig(file);
  if (!config) return Fail(config.error());
  if (const auto reserved = ReserveDescriptors(*config); !reserved) return Fail(reserved.error());
  if (!restored.empty()) {
    if (const auto taken = TakeRestored(*config, restored); !taken) return Fail(taken.error());
  }
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  if (!passphrase) return Fail(passphrase.error());
  bool waits_for_room = false;
  for (;;) {
    auto node = Node::Start(
        *config, passphrase->view(), [](const Error&) { kill(getpid(), kFailed); },
        [] { kill(getpid(), kReopen); });
    if (!node && node.error().code == Code::kFull) {
      if (!std::exchange(waits_for_room, true)) {
        Fail(node.error());
        std::fprintf(stderr, "avald: waits for room, and looks every 5 seconds\n");
      }
      constexpr timespec kRoomLook{.tv_sec = 5, .tv_nsec = 0};
      const int signal = sigtimedwait(&signals, nullptr, &kRoomLook);
      if (signal == SIGINT || signal == SIGTERM) return 0;
      continue;
    }
    if (!node) return Fail(node.error());
    waits_for_room = false;
    const Node::Ports ports = (*node)->ports();
    std::printf("ready api=%u peers=%u\n", ports.api, ports.peers);
    std::fflush(stdout);
    int signal = 0;
    sigwait(&signals, &signal);
    if (!(*node)->Stop()) return 1;
    if (signal != kReopen) return 0;
  }
}

}  // namespace
}  // namespace aval::node

int main(int argc, char** argv) {
  // What a peer sends must not become lines of its own: our errors say what was wrong, at our pace.
  google::protobuf::SetLogHandler(nullptr);
  CLI::App app{"avald runs one node of an Aval network."};
  std::string file;
  app.add_option("--config", file, "The node's TOML file")->required();
  std::string restored;
  app.add_option("--restored", restored,
                 "The data directory was put back from a backup, on this OCCASION: a word, such as "
                 "the date, another one each time")
      ->type_name("OCCASION")
      ->check([](const std::string& text) {
        return aval::node::IsOccasion(text)
                   ? std::string()
                   : "must be 1 to 64 letters, digits, '.', '-', '_' or ':'";
      });
  app.set_version_flag("--version", AVAL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return aval::node::Run(file, restored);
}
