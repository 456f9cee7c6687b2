#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace aval::cli {

/// An avald of our own, as a process. Killed when destroyed, unless released.
class NodeProcess {
 public:
  struct Ready {
    std::uint16_t api = 0;
    std::uint16_t peers = 0;
  };

  /// What becomes of it when we end without Stop or Kill, by a signal for example.
  enum class Orphan : std::uint8_t {
    kStops,     // SIGTERM, when the thread that has started it ends: start it from the main thread.
    kIsKilled,  // The same with SIGKILL, which ends one that SIGSTOP has stopped, too.
    kRunsOn,
  };

  /// Starts `program` with `--config node_file`; its standard error goes to `log`, appended. Waits
  /// for its "ready" line. kUnavailable with the log's last line when it ends before that, kTimeout
  /// after a minute.
  static Result<NodeProcess> Start(const std::filesystem::path& program,
                                   const std::filesystem::path& node_file,
                                   const std::filesystem::path& log, Orphan orphan);

  NodeProcess(NodeProcess&& other) noexcept;
  NodeProcess& operator=(NodeProcess&& other) noexcept;
  ~NodeProcess();

  pid_t pid() const { return pid_; }
  const Ready& ready() const { return ready_; }
  bool running();
  /// Memory that is its own (RssAnon of /proc), in bytes.
  Result<std::uint64_t> AnonymousMemory() const;

  /// SIGTERM, then waits; SIGKILL after `patience`. The exit status: 0 when it stopped cleanly.
  Result<int> Stop(std::chrono::milliseconds patience);
  /// SIGKILL, as a power cut would be for the process.
  void Kill();
  /// Lets it run on after us; only with Orphan::kRunsOn it then does.
  void Release() { pid_ = 0; }

 private:
  explicit NodeProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_ = 0;
  Ready ready_;
};

/// Stops all of them, one after another, each within `patience`; the first that could not be
/// stopped, or did not stop cleanly, is the error.
Result<void> StopAll(std::span<NodeProcess> processes, std::chrono::milliseconds patience);

/// avald beside this program, or in the build tree's node/; kNotFound says where it was looked for.
Result<std::filesystem::path> FindAvald();

}  // namespace aval::cli
