#include "cli/bench/file_system.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

namespace aval::cli::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMountPoint = 4;  // Fields before it.
constexpr std::size_t kProbeBytes = 4096;
constexpr std::string_view kProbe = "bench-sync-probe";

std::vector<std::string_view> Split(std::string_view line) {
  std::vector<std::string_view> fields;
  while (!line.empty()) {
    const std::string_view field = line.substr(0, line.find(' '));
    fields.push_back(field);
    line.remove_prefix(std::min(line.size(), field.size() + 1));
  }
  return fields;
}

// The kernel writes blanks and backslashes of a path as a backslash and three octal digits.
std::string Unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view digits = text.substr(i + 1).substr(0, 3);
    const bool escaped = text[i] == '\\' && digits.size() == 3 &&
                         digits.find_first_not_of("01234567") == std::string_view::npos;
    if (!escaped) {
      plain.push_back(text[i]);
      continue;
    }
    plain.push_back(
        static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0')));
    i += digits.size();
  }
  return plain;
}

std::optional<FileSystem> ParseMount(std::string_view line) {
  const std::vector<std::string_view> fields = Split(line);
  const auto dash = std::ranges::find(fields, "-");
  if (fields.size() <= kMountPoint || std::distance(dash, fields.end()) < 3) return std::nullopt;
  return FileSystem{.type = std::string(dash[1]),
                    .source = Unescape(dash[2]),
                    .mount_point = Unescape(fields[kMountPoint])};
}

bool IsAbove(const fs::path& mount_point, const fs::path& path) {
  return std::ranges::mismatch(mount_point, path).in1 == mount_point.end();
}

}  // namespace

Result<FileSystem> FindFileSystem(std::string_view mount_info, const fs::path& path) {
  std::optional<FileSystem> found;
  while (!mount_info.empty()) {
    const std::string_view line = mount_info.substr(0, mount_info.find('\n'));
    mount_info.remove_prefix(std::min(mount_info.size(), line.size() + 1));
    const std::optional<FileSystem> mount = ParseMount(line);
    if (!mount) {
      return Error{.code = Code::kCorruption,
                   .message = "not a line of mountinfo: " + std::string(line)};
    }
    const bool deeper = !found || mount->mount_point.size() >= found->mount_point.size();
    if (deeper && IsAbove(mount->mount_point, path)) found = mount;
  }
  if (!found) {
    return Error{.code = Code::kNotFound, .message = path.string() + ": on no file system"};
  }
  return *found;
}

Result<FileSystem> FileSystemOf(const fs::path& directory) {
  std::error_code failed;
  fs::path place = fs::absolute(directory, failed);
  while (!failed && !fs::exists(place, failed) && place.has_relative_path()) {
    place = place.parent_path();
    failed.clear();
  }
  place = fs::canonical(place, failed);
  if (failed) {
    return Error{.code = Code::kIo, .message = directory.string() + ": " + failed.message()};
  }
  std::ifstream file("/proc/self/mountinfo");
  std::ostringstream text;
  text << file.rdbuf();
  return FindFileSystem(text.str(), place);
}

Result<void> CheckIsOnDisk(const FileSystem& file_system, const fs::path& directory) {
  if (file_system.type != "tmpfs" && file_system.type != "ramfs") return {};
  return Error{.code = Code::kInvalidArgument,
               .message = directory.string() + " is on " + file_system.type +
                          ", in memory, where no write waits for a disk: name a directory on one"};
}

Result<std::chrono::microseconds> MedianSync(Disk& disk, const fs::path& directory,
                                             std::size_t count) {
  const fs::path path = directory / kProbe;
  if (disk.Exists(path)) AVAL_CHECK(disk.Remove(path));
  AVAL_TRY(const auto file, disk.Open(path, Disk::Mode::kCreate));
  const Bytes block(kProbeBytes, 0x5a);
  std::vector<std::chrono::steady_clock::duration> waits;
  for (std::size_t i = 0; i < count; ++i) {
    AVAL_CHECK(file->Write(i * kProbeBytes, block));
    const auto start = std::chrono::steady_clock::now();
    AVAL_CHECK(file->Sync());
    waits.push_back(std::chrono::steady_clock::now() - start);
  }
  AVAL_CHECK(disk.Remove(path));
  const auto middle = waits.begin() + std::ssize(waits) / 2;
  std::ranges::nth_element(waits, middle);
  return std::chrono::duration_cast<std::chrono::microseconds>(*middle);
}

}  // namespace aval::cli::bench
