#include "cli/node_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

extern char** environ;

namespace aval::cli {
namespace {

constexpr std::chrono::seconds kReadyPatience{60};
constexpr std::chrono::milliseconds kPollInterval{10};

Error SystemError(const std::string& what, int code) {
  return {.code = Code::kIo, .message = what + ": " + std::strerror(code)};
}

std::string LastLine(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::string last;
  while (std::getline(in, line)) last = line;
  return last;
}

// One line from the child's standard output; empty when it ended first.
Result<std::string> ReadLine(int descriptor, std::chrono::steady_clock::time_point deadline) {
  std::string line;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Error{.code = Code::kTimeout, .message = "not ready in time"};
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) {
      return SystemError("poll", errno);
    }
    if (waiting.revents == 0) continue;
    char c = 0;
    const ssize_t got = read(descriptor, &c, 1);
    if (got < 0) return SystemError("read", errno);
    if (got == 0) return std::string{};
    if (c == '\n') return line;
    line.push_back(c);
  }
}

}  // namespace

Result<NodeProcess> NodeProcess::Start(const std::filesystem::path& program,
                                       const std::filesystem::path& node_file,
                                       const std::filesystem::path& log) {
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return SystemError("pipe", errno);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  // Its own process group: Ctrl-C at the terminal stops us, and we stop it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  std::string path = program.string();
  std::string flag = "--config";
  std::string file = node_file.string();
  char* arguments[] = {path.data(), flag.data(), file.data(), nullptr};
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, path.c_str(), &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(output[1]);
  if (failed != 0) {
    close(output[0]);
    return SystemError(path, failed);
  }
  NodeProcess process(pid);
  auto line = ReadLine(output[0], std::chrono::steady_clock::now() + kReadyPatience);
  close(output[0]);
  if (!line) return line.error();
  unsigned api = 0;
  unsigned peers = 0;
  if (std::sscanf(line->c_str(), "ready api=%u peers=%u", &api, &peers) != 2) {
    return Error{.code = Code::kUnavailable,
                 .message = node_file.string() + ": the node ended at once: " + LastLine(log)};
  }
  process.ready_ = {.api = static_cast<std::uint16_t>(api),
                    .peers = static_cast<std::uint16_t>(peers)};
  return process;
}

NodeProcess::NodeProcess(NodeProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), ready_(other.ready_) {}

NodeProcess& NodeProcess::operator=(NodeProcess&& other) noexcept {
  if (this == &other) return *this;
  Kill();
  pid_ = std::exchange(other.pid_, 0);
  ready_ = other.ready_;
  return *this;
}

NodeProcess::~NodeProcess() { Kill(); }

bool NodeProcess::running() {
  if (pid_ == 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = 0;
  return false;
}

Result<std::uint64_t> NodeProcess::AnonymousMemory() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string name;
  while (status >> name) {
    std::uint64_t kibibytes = 0;
    if (name == "RssAnon:" && status >> kibibytes) return kibibytes * 1024;
    std::getline(status, name);
  }
  return Error{.code = Code::kNotFound, .message = "the kernel does not tell RssAnon"};
}

Result<int> NodeProcess::Stop(std::chrono::milliseconds patience) {
  if (pid_ == 0) return 0;
  kill(pid_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      Kill();
      return Error{.code = Code::kTimeout, .message = "a node did not stop in time; killed"};
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void NodeProcess::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

Result<std::filesystem::path> FindAvald() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return Error{.code = Code::kIo, .message = "/proc/self/exe: " + failed.message()};
  const auto folder = self.parent_path();
  for (const auto& candidate : {folder / "avald", folder.parent_path() / "node" / "avald"}) {
    if (std::filesystem::exists(candidate, failed)) return candidate;
  }
  return Error{.code = Code::kNotFound,
               .message = "avald is neither beside " + self.string() + " nor in ../node"};
}

}  // namespace aval::cli
