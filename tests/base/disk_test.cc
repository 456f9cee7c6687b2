#include "base/disk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

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

TEST_F(PosixDiskTest, ATreeHoldsFilesAndDirectoriesAlone) {
  Write(disk_, top_ / "a/file");
  for (const bool link : {true, false}) {
    if (link) {
      fs::create_symlink(top_ / "a/file", top_ / "a/other");
    } else {
      ASSERT_EQ(mkfifo((top_ / "a/other").c_str(), 0600), 0);
    }
    const auto tree = disk_.ListTree(top_);
    EXPECT_EQ(tree.error().code, Code::kInvalidArgument);
    EXPECT_NE(tree.error().message.find("a/other"), std::string::npos);
    fs::remove(top_ / "a/other");
  }
}

TEST_F(PosixDiskTest, APipeOrDirectoryInAFilesPlaceIsRefusedAtOnce) {
  ASSERT_TRUE(disk_.MakeDirectories(top_ / "directory"));
  ASSERT_EQ(mkfifo((top_ / "pipe").c_str(), 0600), 0);
  for (const char* name : {"pipe", "directory"}) {
    EXPECT_EQ(disk_.ReadFile(top_ / name).error().code, Code::kInvalidArgument) << name;
  }
}

TEST_F(PosixDiskTest, ReadsGiveFewerBytesOnlyAtTheEnd) {
  Write(disk_, top_ / "file");
  const auto file = disk_.Open(top_ / "file", Disk::Mode::kReadWrite);
  ASSERT_TRUE((*file)->Write(0, AsBytes("0123456789")));
  EXPECT_EQ(AsText(*(*file)->Read(3, 4)), "3456");
  EXPECT_EQ(AsText(*(*file)->Read(8, 4)), "89");
  EXPECT_TRUE((*file)->Read(10, 4)->empty());
  ASSERT_TRUE((*file)->Resize(12));
  EXPECT_EQ(AsText(*(*file)->Read(9, 9)), std::string_view("9\0\0", 3));
  ASSERT_TRUE((*file)->Resize(2));
  EXPECT_EQ(*(*file)->Size(), 2U);
}

TEST_F(PosixDiskTest, CreatesOnlyWhatIsNotThereAndOpensOnlyWhatIs) {
  EXPECT_EQ(disk_.Open(top_ / "file", Disk::Mode::kRead).error().code, Code::kNotFound);
  Write(disk_, top_ / "file");
  EXPECT_FALSE(disk_.Open(top_ / "file", Disk::Mode::kCreate));
  EXPECT_TRUE(disk_.Open(top_ / "file", Disk::Mode::kReadWrite));
}

TEST_F(PosixDiskTest, ReplacesAFileWholeAndLeavesNothingBeside) {
  Write(disk_, top_ / "file");
  ASSERT_TRUE(disk_.ReplaceFile(top_ / "file", AsBytes("new content")));
  EXPECT_EQ(AsText(*disk_.ReadFile(top_ / "file")), "new content");
  EXPECT_EQ(*disk_.List(top_), std::vector<std::string>{"file"});
}

TEST_F(PosixDiskTest, MakesEveryMissingLevelAndMindsNoneThatIsThere) {
  ASSERT_TRUE(disk_.MakeDirectories(top_ / "a/b/c"));
  ASSERT_TRUE(disk_.MakeDirectories(top_ / "a/b/c"));
  EXPECT_TRUE(fs::is_directory(top_ / "a/b/c"));
  Write(disk_, top_ / "a/file");
  EXPECT_FALSE(disk_.MakeDirectories(top_ / "a/file/d"));
}

TEST_F(PosixDiskTest, ADirectoryHasOneHolder) {
  ASSERT_TRUE(disk_.MakeDirectories(top_));
  {
    const auto first = DirectoryLock::Take(top_);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(DirectoryLock::Take(top_).error().code, Code::kDenied);
  }
  EXPECT_TRUE(DirectoryLock::Take(top_));
}

TEST_F(PosixDiskTest, ReadersShareADirectoryThatNobodyHolds) {
  ASSERT_TRUE(disk_.MakeDirectories(top_));
  EXPECT_EQ(DirectoryLock::Share(top_).error().code, Code::kNotFound);
  EXPECT_FALSE(disk_.Exists(top_ / "LOCK"));
  {
    const auto holder = DirectoryLock::Take(top_);
    EXPECT_EQ(DirectoryLock::Share(top_).error().code, Code::kDenied);
  }
  const auto first = DirectoryLock::Share(top_);
  EXPECT_TRUE(first);
  EXPECT_TRUE(DirectoryLock::Share(top_));
  EXPECT_EQ(DirectoryLock::Take(top_).error().code, Code::kDenied);
}

TEST(FaultDiskTest, ListsATree) {
  FaultDisk disk;
  ExpectTreeIsListed(disk, "/top");
}

}  // namespace
}  // namespace aval
