#include "tests/cluster/chaos/wires.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "tests/cluster/chaos/schedule.h"

namespace aval::chaos {
namespace {

constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";
constexpr const char* kClients = "10.77.0.254";
constexpr const char* kClientsHardware = "02:00:00:00:00:fe";
constexpr const char* kNobodysHardware = "02:00:00:00:00:ff";

Error SystemError(const std::string& what) {
  return {.code = Code::kDenied, .message = what + ": " + std::strerror(errno)};
}

std::string Numbered(const std::string& text, std::size_t node) {
  return text + std::to_string(node + 1);
}

std::string HardwareOf(std::size_t node) {
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "02:00:00:00:00:%02zx", node + 1);
  return text.data();
}

std::string Neighbour(const std::string& address, const std::string& hardware,
                      const std::string& device) {
  return "neigh replace " + address + " lladdr " + hardware + " nud permanent dev " + device + "\n";
}

// Has iproute2 do it, in this thread's namespace; its complaints go to standard error.
Result<void> Ip(const std::string& commands) {
  // Others than root may not have it in their path.
  const std::string line =
      "PATH=$PATH:/usr/sbin:/sbin exec ip -batch - <<END\n" + commands + "END\n";
  std::FILE* ip = popen(line.c_str(), "re");
  if (ip == nullptr) return SystemError("ip");
  if (pclose(ip) == 0) return {};
  return Error{.code = Code::kDenied, .message = "`ip` of iproute2 failed"};
}

Result<void> WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) return SystemError(path);
  return {};
}

// A namespace of our own; for others than root, one in which we are.
Result<void> Unshare() {
  if (unshare(CLONE_NEWNET) == 0) return {};
  if (errno != EPERM) return SystemError("a network namespace");
  const std::string user = std::to_string(geteuid());
  const std::string group = std::to_string(getegid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return SystemError("a user namespace");
  AVAL_CHECK(WriteFile("/proc/self/setgroups", "deny"));
  AVAL_CHECK(WriteFile("/proc/self/uid_map", "0 " + user + " 1"));
  return WriteFile("/proc/self/gid_map", "0 " + group + " 1");
}

Result<int> OpenOwnNamespace() {
  const int opened = open(kOwnNamespace, O_RDONLY | O_CLOEXEC);
  if (opened < 0) return SystemError(kOwnNamespace);
  return opened;
}

}  // namespace

bool Wires::Allowed(std::size_t nodes) {
  const pid_t child = fork();
  if (child == 0) {
    const auto wires = Lay(nodes);
    if (!wires) std::fprintf(stderr, "%s\n", wires.error().message.c_str());
    _exit(wires ? 0 : 1);
  }
  int status = 1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

Result<std::unique_ptr<Wires>> Wires::Lay(std::size_t nodes) {
  auto wires = std::unique_ptr<Wires>(new Wires());
  AVAL_CHECK(wires->LayAll(nodes));
  return wires;
}

Wires::~Wires() {
  if (clients_ >= 0) close(clients_);
  for (const int node : nodes_) close(node);
}

Result<void> Wires::LayAll(std::size_t nodes) {
  AVAL_CHECK(Unshare());
  AVAL_TRY(clients_, OpenOwnNamespace());
  for (std::size_t i = 0; i < nodes; ++i) {
    if (unshare(CLONE_NEWNET) != 0) return SystemError("a network namespace");
    AVAL_TRY(const int opened, OpenOwnNamespace());
    nodes_.push_back(opened);
  }
  if (setns(clients_, CLONE_NEWNET) != 0) return SystemError("setns");

  std::string commands = "link set lo up\nlink add name hub address ";
  commands += std::string(kClientsHardware) + " type bridge\n";
  commands += "addr add " + std::string(kClients) + "/24 dev hub\nlink set hub up\n";
  for (std::size_t i = 0; i < nodes; ++i) {
    commands += "link add name " + Numbered("port", i) + " type veth peer name wire address " +
                HardwareOf(i) + " netns /proc/" + std::to_string(getpid()) + "/fd/" +
                std::to_string(nodes_[i]) + "\n";
    commands += "link set " + Numbered("port", i) + " master hub up\n";
    commands += Neighbour(AddressOf(i), HardwareOf(i), "hub");
  }
  AVAL_CHECK(Ip(commands));
  for (std::size_t i = 0; i < nodes; ++i) {
    commands = "link set lo up\naddr add " + AddressOf(i) + "/24 dev wire\nlink set wire up\n";
    commands += Neighbour(kClients, kClientsHardware, "wire");
    for (std::size_t other = 0; other < nodes; ++other) {
      if (other != i) commands += Neighbour(AddressOf(other), HardwareOf(other), "wire");
    }
    AVAL_CHECK(Inside(i, [&commands] { return Ip(commands); }));
  }
  return {};
}

std::string Wires::AddressOf(std::size_t node) { return Numbered("10.77.0.", node); }

Result<void> Wires::Inside(std::size_t node, const std::function<Result<void>()>& work) const {
  if (setns(nodes_[node], CLONE_NEWNET) != 0) return SystemError("setns");
  Result<void> done = work();
  if (setns(clients_, CLONE_NEWNET) != 0) return SystemError("setns");
  return done;
}

Result<void> Wires::Set(const std::vector<Link>& links, bool whole) const {
  std::map<std::size_t, std::string> commands;
  for (const Link& link : links) {
    commands[link.from] +=
        Neighbour(AddressOf(link.to), whole ? HardwareOf(link.to) : kNobodysHardware, "wire");
  }
  for (const auto& [node, text] : commands) {
    AVAL_CHECK(Inside(node, [&lines = text] { return Ip(lines); }));
  }
  return {};
}

Result<void> Wires::Cut(const std::vector<Link>& links) const { return Set(links, false); }

Result<void> Wires::Mend(const std::vector<Link>& links) const { return Set(links, true); }

}  // namespace aval::chaos
