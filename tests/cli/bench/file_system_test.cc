#include "cli/bench/file_system.h"

#include <gtest/gtest.h>

#include "cli/bench/bench.h"

namespace aval::cli::bench {
namespace {

constexpr std::string_view kMounts =
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "23 22 0:21 / /dev rw,nosuid - devtmpfs udev rw,size=1k\n"
    "24 23 0:22 / /dev/shm rw,nosuid,nodev shared:3 master:4 - tmpfs tmpfs rw\n"
    "25 22 8:1 / /var/two\\040words rw - xfs /dev/sd\\134a rw\n"
    "26 22 8:2 / /var rw - btrfs /dev/first rw\n"
    "27 22 8:3 / /var rw - f2fs /dev/second rw\n";

std::string TypeOf(const std::filesystem::path& path) {
  const auto found = FindFileSystem(kMounts, path);
  return found ? found->type : found.error().message;
}

TEST(FileSystemTest, TheDeepestMountPointAboveAPathCounts) {
  EXPECT_EQ(TypeOf("/"), "ext4");
  EXPECT_EQ(TypeOf("/srv/data"), "ext4");
  EXPECT_EQ(TypeOf("/dev/shm"), "tmpfs");
  EXPECT_EQ(TypeOf("/dev/shm/a/b"), "tmpfs");
  EXPECT_EQ(TypeOf("/dev/shmother"), "devtmpfs");
}

TEST(FileSystemTest, OfTwoOnOneMountPointTheLaterCounts) { EXPECT_EQ(TypeOf("/var/x"), "f2fs"); }

TEST(FileSystemTest, EscapedNamesAreRead) {
  const auto found = FindFileSystem(kMounts, "/var/two words/data");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->type, "xfs");
  EXPECT_EQ(found->source, "/dev/sd\\a");
  EXPECT_EQ(found->mount_point, "/var/two words");
}

TEST(FileSystemTest, ALineOfAnotherFormIsAnError) {
  EXPECT_EQ(FindFileSystem("22 1 254:0 / / rw\n", "/").error().code, Code::kCorruption);
  EXPECT_EQ(FindFileSystem("22 1 254:0 / / rw - ext4\n", "/").error().code, Code::kCorruption);
}

TEST(FileSystemTest, ADirectoryThatIsNotThereLiesWhereItsParentDoes) {
  const auto root = FileSystemOf("/");
  const auto absent = FileSystemOf("/no-such-directory/nor-this");
  ASSERT_TRUE(root.has_value() && absent.has_value());
  EXPECT_EQ(absent->mount_point, root->mount_point);
}

TEST(FileSystemTest, WhatLiesInMemoryIsRefused) {
  for (const char* type : {"tmpfs", "ramfs"}) {
    const auto checked = CheckIsOnDisk({.type = type, .source = "", .mount_point = "/"}, "/data");
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, Code::kInvalidArgument);
  }
  EXPECT_TRUE(CheckIsOnDisk({.type = "ext4", .source = "", .mount_point = "/"}, "/data"));
}

TEST(FileSystemTest, TheBenchRefusesADirectoryInMemoryBeforeItMakesOne) {
  const std::filesystem::path directory = "/dev/shm/aval-bench-refused";
  BenchOptions options;
  options.directory = directory;
  EXPECT_EQ(RunBench(options), 2);
  EXPECT_FALSE(std::filesystem::exists(directory));
}

}  // namespace
}  // namespace aval::cli::bench
