#include "base/disk.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/base/fault_disk.h"

namespace aval {
namespace {

namespace fs = std::filesystem;

void Write(Disk& disk, const fs::path& path) {
  ASSERT_TRUE(disk.MakeDirectories(path.parent_path()));
  const auto file = disk.Open(path, Disk::Mode::kCreate);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE((*file)->Write(0, AsBytes("x")));
}

void ExpectTreeIsListed(Disk& disk, const fs::path& top) {
  for (const char* name : {"b", "a/x001/067", "a/000.p/3", "c"}) Write(disk, top / name);
  const auto tree = disk.ListTree(top);
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_EQ(*tree, (std::vector<std::string>{"a/000.p/3", "a/x001/067", "b", "c"}));
  EXPECT_EQ(disk.ListTree(top / "none").error().code, Code::kNotFound);
}

class PosixDiskTest : public ::testing::Test {
 protected:
  PosixDiskTest()
      : top_(fs::path(::testing::TempDir()) /
             ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(top_);
  }
  ~PosixDiskTest() override { fs::remove_all(top_); }

  PosixDisk disk_;
  const fs::path top_;
};

TEST_F(PosixDiskTest, ListsATree) { ExpectTreeIsListed(disk_, top_); }

TEST_F(PosixDiskTest, NamesALinkInATreeAndDoesNotFollowIt) {
  Write(disk_, top_ / "a/file");
  fs::create_directory_symlink(top_ / "a", top_ / "link");
  EXPECT_EQ(*disk_.ListTree(top_), (std::vector<std::string>{"a/file", "link"}));
}

TEST(FaultDiskTest, ListsATree) {
  FaultDisk disk;
  ExpectTreeIsListed(disk, "/top");
}

}  // namespace
}  // namespace aval
