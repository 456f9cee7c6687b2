#include "cli/bench/cpu_times.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/text.h"

namespace aval::cli::bench {
namespace {

// Numbers of fields as proc(5) counts them; the first after the name is 3.
constexpr std::size_t kUserTicks = 14;
constexpr std::size_t kSystemTicks = 15;

Error NoStat(std::string_view line) {
  return {.code = Code::kCorruption,
          .message = "not a line of /proc/<pid>/task/<tid>/stat: " + std::string(line)};
}

}  // namespace

double CpuTimes::Total() const {
  double total = 0;
  for (const auto& [name, time] : seconds) total += time;
  return total;
}

CpuTimes CpuTimes::Since(const CpuTimes& earlier) const {
  CpuTimes since = *this;
  for (auto& [name, time] : since.seconds) {
    const auto before = earlier.seconds.find(name);
    if (before != earlier.seconds.end()) time -= before->second;
  }
  return since;
}

// A name may hold spaces and brackets of its own: it ends at the last bracket.
Result<ThreadStat> ParseThreadStat(std::string_view line) {
  const std::size_t open = line.find('(');
  const std::size_t close = line.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return NoStat(line);
  }
  ThreadStat stat{.name = std::string(WithoutNumber(line.substr(open + 1, close - open - 1))),
                  .ticks = 0};
  std::string_view rest = line.substr(close + 1);
  for (std::size_t field = 3; field <= kSystemTicks; ++field) {
    if (!rest.starts_with(' ')) return NoStat(line);
    rest.remove_prefix(1);
    const std::string_view text = rest.substr(0, rest.find(' '));
    rest.remove_prefix(text.size());
    if (field < kUserTicks) continue;
    const auto ticks = ParseDecimal<std::uint64_t>(text);
    if (!ticks) return NoStat(line);
    stat.ticks += *ticks;
  }
  return stat;
}

Result<CpuTimes> ReadCpuTimes(pid_t process) {
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
  CpuTimes times;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(tasks, failed);
       !failed && at != std::filesystem::directory_iterator{}; at.increment(failed)) {
    std::ifstream file(at->path() / "stat");
    std::string line;
    if (!std::getline(file, line)) continue;  // It has just ended.
    AVAL_TRY(const ThreadStat stat, ParseThreadStat(line));
    times.seconds[stat.name] += static_cast<double>(stat.ticks) / ticks_per_second;
  }
  if (failed) return Error{.code = Code::kIo, .message = tasks.string() + ": " + failed.message()};
  return times;
}

Result<std::uint64_t> ReadWrittenBytes(pid_t process) {
  const std::string path = "/proc/" + std::to_string(process) + "/io";
  std::ifstream file(path);
  std::string name;
  std::uint64_t bytes = 0;
  while (file >> name >> bytes) {
    if (name == "write_bytes:") return bytes;
  }
  return Error{.code = Code::kIo, .message = path + ": tells no write_bytes"};
}

}  // namespace aval::cli::bench
