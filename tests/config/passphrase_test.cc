#include <gtest/gtest.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp, setenv.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "config/passphrase.h"

namespace aval::config {
namespace {

class PassphraseTest : public testing::Test {
 protected:
  PassphraseTest() {
    std::string pattern = testing::TempDir() + "aval_passphrase_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~PassphraseTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Write(std::string_view content, mode_t mode) {
    const std::filesystem::path path = folder_ / "passphrase";
    std::ofstream(path) << content;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(PassphraseTest, IsTheFirstLineOfTheFile) {
  EXPECT_EQ(ReadPassphrase(Write("correct horse\nsecond\n", 0600))->view(), "correct horse");
  EXPECT_EQ(ReadPassphrase(Write("no newline", 0400))->view(), "no newline");
}

TEST_F(PassphraseTest, ALineMayEndInCarriageReturnAndLineFeed) {
  EXPECT_EQ(ReadPassphrase(Write("correct horse\r\n", 0600))->view(), "correct horse");
  EXPECT_EQ(ReadPassphrase(Write("one\r\r\nsecond\r\n", 0600))->view(), "one\r");
  EXPECT_EQ(ReadPassphrase(Write("no line feed\r", 0600))->view(), "no line feed\r");
  const std::string longest(1024, 'x');
  EXPECT_EQ(ReadPassphrase(Write(longest + "\r\n", 0600))->view(), longest);
}

TEST_F(PassphraseTest, AFileThatOthersMayReadIsRefused) {
  EXPECT_EQ(ReadPassphrase(Write("secret\n", 0640)).error().code, Code::kDenied);
  EXPECT_EQ(ReadPassphrase(Write("secret\n", 0604)).error().code, Code::kDenied);
}

TEST_F(PassphraseTest, AnEmptyOrOverlongOneIsRefused) {
  EXPECT_EQ(ReadPassphrase(Write("\n", 0600)).error().code, Code::kInvalidArgument);
  EXPECT_EQ(ReadPassphrase(Write(std::string(1025, 'x'), 0600)).error().code,
            Code::kInvalidArgument);
}

TEST_F(PassphraseTest, AMissingFileIsNotFound) {
  EXPECT_EQ(ReadPassphrase(folder_ / "none").error().code, Code::kNotFound);
}

TEST_F(PassphraseTest, WithoutAFileTheVariableGivesIt) {
  ASSERT_EQ(::setenv("AVAL_PASSPHRASE", "from the environment", 1), 0);
  EXPECT_EQ(ReadPassphrase(std::nullopt)->view(), "from the environment");
  ASSERT_EQ(::unsetenv("AVAL_PASSPHRASE"), 0);
  EXPECT_EQ(ReadPassphrase(std::nullopt).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace aval::config
