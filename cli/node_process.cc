#include "cli/node_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include "base/assert.h"

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

// What the child does with descriptors and arguments that were made before: between fork and exec
// only what a signal handler may do is safe, because other threads may hold any lock.
struct ChildPlan {
  char* const* arguments = nullptr;
  int output = -1;
  const char* log = nullptr;
  int trouble = -1;  // Closed by exec; errno comes here instead.
  pid_t parent = 0;
  int orphans_signal = 0;  // None.
};

[[noreturn]] void RunChild(const ChildPlan& plan) {
  const auto started = [&plan] {
    // Until exec has done it, ours would be called.
    if (signal(SIGTERM, SIG_DFL) == SIG_ERR) return false;
    if (plan.orphans_signal != 0) {
      if (prctl(PR_SET_PDEATHSIG, plan.orphans_signal) != 0) return false;
      if (getppid() != plan.parent) _exit(1);  // It ended before we asked.
    }
    // Its own process group: Ctrl-C at the terminal stops us, and we stop it.
    if (setpgid(0, 0) != 0 || dup2(plan.output, STDOUT_FILENO) < 0) return false;
    const int log = open(plan.log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (log < 0 || dup2(log, STDERR_FILENO) < 0) return false;
    if (log != STDERR_FILENO) close(log);
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return false;
    execv(plan.arguments[0], plan.arguments);
    return false;
  };
  started();
  const int code = errno;
  [[maybe_unused]] const ssize_t told = write(plan.trouble, &code, sizeof(code));
  _exit(1);
}

int SignalFor(NodeProcess::Orphan orphan) {
  switch (orphan) {
    case NodeProcess::Orphan::kStops:
      return SIGTERM;
    case NodeProcess::Orphan::kIsKilled:
      return SIGKILL;
    case NodeProcess::Orphan::kRunsOn:
      return 0;
  }
  AVAL_UNREACHABLE("an orphan of no kind");
}

struct Child {
  pid_t pid = 0;
  int output = -1;  // The reading end of its standard output.
};

Result<Child> Spawn(ChildPlan plan) {
  int output[2];
  int trouble[2];
  if (pipe2(output, O_CLOEXEC) != 0) return SystemError("pipe", errno);
  if (pipe2(trouble, O_CLOEXEC) != 0) {
    const int code = errno;
    close(output[0]);
    close(output[1]);
    return SystemError("pipe", code);
  }
  plan.output = output[1];
  plan.trouble = trouble[1];
  plan.parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) RunChild(plan);
  int code = pid < 0 ? errno : 0;
  close(output[1]);
  close(trouble[1]);
  if (pid > 0) {
    ssize_t got = 0;
    do {
      got = read(trouble[0], &code, sizeof(code));
    } while (got < 0 && errno == EINTR);
  }
  close(trouble[0]);
  if (code == 0) return Child{.pid = pid, .output = output[0]};
  close(output[0]);
  if (pid > 0) waitpid(pid, nullptr, 0);
  return SystemError(plan.arguments[0], code);
}

}  // namespace

Result<NodeProcess> NodeProcess::Start(const std::filesystem::path& program,
                                       const std::filesystem::path& node_file,
                                       const std::filesystem::path& log, Orphan orphan) {
  std::string path = program.string();
  std::string flag = "--config";
  std::string file = node_file.string();
  char* arguments[] = {path.data(), flag.data(), file.data(), nullptr};
  AVAL_TRY(
      const Child child,
      Spawn({.arguments = arguments, .log = log.c_str(), .orphans_signal = SignalFor(orphan)}));
  NodeProcess process(child.pid);
  auto line = ReadLine(child.output, std::chrono::steady_clock::now() + kReadyPatience);
  close(child.output);
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

Result<void> StopAll(std::span<NodeProcess> processes, std::chrono::milliseconds patience) {
  Result<void> first;
  for (NodeProcess& process : processes) {
    const auto status = process.Stop(patience);
    if (!first) continue;
    if (!status) first = status.error();
    if (status && *status != 0) {
      first = Error{.code = Code::kIo,
                    .message = "a node ended with status " + std::to_string(*status)};
    }
  }
  return first;
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
