#include "crypto/key_file.h"

#include <gtest/gtest.h>

#include <string>

namespace aval::crypto {
namespace {

class KeyFileTest : public testing::Test {
 protected:
  SeededRandom random_{7};
  const SecretKey key_ = SecretKey::Generate(random_);
  const std::string text_ =
      *SealKey(key_, "log", "bank.example/n1", "correct horse", kCheapestKeyFile, random_);
};

TEST_F(KeyFileTest, OpensWithItsPassphraseOnly) {
  const auto opened = OpenKey(text_, "correct horse");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->public_key(), key_.public_key());
  const auto refused = OpenKey(text_, "wrong horse");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDenied);
}

TEST_F(KeyFileTest, ShowsPurposeNameAndPublicKeyInClear) {
  const auto header = ReadKeyFileHeader(text_);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->purpose, "log");
  EXPECT_EQ(header->name, "bank.example/n1");
  EXPECT_EQ(header->public_key, key_.public_key());
}

TEST_F(KeyFileTest, AnyFlippedByteIsDamageAndNeverAWrongKey) {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    std::string damaged = text_;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    const auto opened = OpenKey(damaged, "correct horse");
    ASSERT_FALSE(opened) << "byte " << i;
    EXPECT_EQ(opened.error().code, Code::kCorruption) << "byte " << i;
  }
}

TEST_F(KeyFileTest, RefusesNamesThatWouldBreakTheFormat) {
  EXPECT_FALSE(SealKey(key_, "log", "two words", "x", kCheapestKeyFile, random_));
  EXPECT_FALSE(SealKey(key_, "", "name", "x", kCheapestKeyFile, random_));
}

}  // namespace
}  // namespace aval::crypto
