#include "tests/bench/measures.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fstream>

#include "base/assert.h"

namespace aval::bench {
namespace {

constexpr std::uint64_t kStatBlock = 512;  // What st_blocks counts in.

template <class F>
void ForEachFile(const std::filesystem::path& directory, const F& visit) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) visit(entry.path());
  }
}

}  // namespace

double Durations::Millis(double share) const {
  if (all_.empty()) return 0;
  std::vector<std::chrono::nanoseconds> sorted = all_;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::ranges::nth_element(sorted, at);
  return std::chrono::duration<double, std::milli>(*at).count();
}

std::string Durations::Text() const {
  return "p50 " + Fixed(Millis(0.5), 2) + " ms, p99 " + Fixed(Millis(0.99), 2) + " ms, p99.9 " +
         Fixed(Millis(0.999), 2) + " ms, max " + Fixed(Millis(1), 2) + " ms";
}

std::string Fixed(double value, int decimals) {
  char buffer[64];
  std::snprintf(buffer, sizeof(buffer), "%.*f", decimals, value);
  return buffer;
}

std::string MegaBytes(std::uint64_t bytes) { return Fixed(static_cast<double>(bytes) / 1e6, 1); }

std::uint64_t AnonymousMemory() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
  }
  return 0;
}

std::chrono::nanoseconds ThreadTime() {
  timespec now{};
  AVAL_ASSERT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::uint64_t BytesOnDisk(const std::filesystem::path& directory) {
  std::uint64_t bytes = 0;
  ForEachFile(directory, [&bytes](const std::filesystem::path& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) == 0) {
      bytes += static_cast<std::uint64_t>(status.st_blocks) * kStatBlock;
    }
  });
  return bytes;
}

void ForgetFiles(const std::filesystem::path& directory) {
  ForEachFile(directory, [](const std::filesystem::path& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    fdatasync(file);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
  });
}

}  // namespace aval::bench
