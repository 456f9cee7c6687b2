#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "base/result.h"

namespace aval::cli::bench {

/// What a directory lies on.
struct FileSystem {
  std::string type;    // As the kernel calls it: "ext4".
  std::string source;  // Its device.
  std::string mount_point;
};

/// Of an absolute path without links, by the lines of /proc/self/mountinfo, proc(5): the deepest
/// mount point above it, the last of several.
Result<FileSystem> FindFileSystem(std::string_view mount_info, const std::filesystem::path& path);

/// Of a directory that is there, or else of the nearest one above that is.
Result<FileSystem> FileSystemOf(const std::filesystem::path& directory);

/// kInvalidArgument for a file system in memory, where a sync costs nothing: what is measured there
/// says nothing of a node.
Result<void> CheckIsOnDisk(const FileSystem& file_system, const std::filesystem::path& directory);

/// The median of `count` fdatasync calls, each after 4 KiB appended to a file in `directory`, which
/// is removed again.
Result<std::chrono::microseconds> MedianSync(Disk& disk, const std::filesystem::path& directory,
                                             std::size_t count);

}  // namespace aval::cli::bench
