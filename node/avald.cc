// avald: one node of an Aval network.
//
// Exit codes: 0 stopped by SIGINT or SIGTERM, 1 the node could not start or go on, 2 usage.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "config/node_config.h"
#include "config/passphrase.h"
#include "node/node.h"

namespace aval::node {
namespace {

// Stands for "the node has failed" among the signals that end the wait.
constexpr int kFailed = SIGUSR1;

sigset_t EndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, kFailed}) sigaddset(&signals, signal);
  return signals;
}

int Fail(const Error& error) {
  std::fprintf(stderr, "avald: %s\n", error.message.c_str());
  return 1;
}

int Run(const std::string& file) {
  // Before any thread starts, so that all inherit the mask and only this one waits for signals.
  const sigset_t signals = EndingSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto config = config::LoadNodeConfig(file);
  if (!config) return Fail(config.error());
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  if (!passphrase) return Fail(passphrase.error());
  auto node =
      Node::Start(*config, passphrase->view(), [](const Error&) { kill(getpid(), kFailed); });
  if (!node) return Fail(node.error());
  const Node::Ports ports = (*node)->ports();
  std::printf("ready api=%u peers=%u\n", ports.api, ports.peers);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  (*node)->Stop();
  return signal == kFailed ? 1 : 0;
}

}  // namespace
}  // namespace aval::node

int main(int argc, char** argv) {
  CLI::App app{"avald runs one node of an Aval network."};
  std::string file;
  app.add_option("--config", file, "The node's TOML file")->required();
  app.set_version_flag("--version", AVAL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return aval::node::Run(file);
}
