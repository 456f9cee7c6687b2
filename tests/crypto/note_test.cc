#include "crypto/note.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aval::crypto {
namespace {

SecretKey KeyNumber(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return SecretKey::FromSeed(seed);
}

class NoteTest : public testing::Test {
 protected:
  NoteTest() {
    note_.text =
        Checkpoint{.origin = "aval.example/test", .size = 7, .root = EmptyRootLike()}.Text();
    note_.signatures.push_back(SignNote(note_.text, "aval.example/test", log_));
    note_.signatures.push_back(CosignNote(note_.text, "bank.example/n1", cosigner_, 1'700'000'000));
  }
  static Digest EmptyRootLike() { return Sha256(AsBytes("root")); }

  const SecretKey log_ = KeyNumber(1);
  const SecretKey cosigner_ = KeyNumber(2);
  const std::vector<Vkey> keys_{
      {.name = "aval.example/test", .type = NoteKeyType::kLog, .key = log_.public_key()},
      {.name = "bank.example/n1", .type = NoteKeyType::kCosigner, .key = cosigner_.public_key()}};
  Note note_;
};

TEST_F(NoteTest, IgnoresLinesOfUnknownKeys) {
  note_.signatures.push_back(CosignNote(note_.text, "other.example/n9", KeyNumber(9), 1));
  const auto signers = VerifyNote(note_, keys_);
  ASSERT_TRUE(signers);
  EXPECT_EQ(signers->size(), 2U);
}

TEST_F(NoteTest, RefusesTheWholeNoteForOneBadLineOfAKnownKey) {
  note_.signatures[1].signature[20] ^= 1U;
  EXPECT_FALSE(VerifyNote(note_, keys_));
}

// As a checkpoint has that was cosigned again.
TEST_F(NoteTest, CountsAKeyOnceHoweverManyLinesItHas) {
  note_.signatures.push_back(note_.signatures[0]);
  note_.signatures.push_back(CosignNote(note_.text, "bank.example/n1", cosigner_, 1'700'000'001));
  const auto signers = VerifyNote(note_, keys_);
  ASSERT_TRUE(signers);
  EXPECT_EQ(signers->size(), 2U);
  note_.signatures.back().signature[20] ^= 1U;
  EXPECT_FALSE(VerifyNote(note_, keys_));
}

TEST_F(NoteTest, AnyFlippedBitIsRefusedOrOnlyMakesALineUnknown) {
  const std::string good = note_.Format();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = good;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      const auto parsed = Note::Parse(damaged);
      if (!parsed) continue;
      EXPECT_EQ(parsed->Format(), damaged);
      const auto signers = VerifyNote(*parsed, keys_);
      if (signers) {
        EXPECT_EQ(parsed->text, note_.text) << "byte " << i;
        EXPECT_LT(signers->size(), 2U) << "byte " << i;
      }
    }
  }
}

TEST_F(NoteTest, RefusesControlCharactersMissingNewlineAndBrokenUtf8) {
  const std::string good = note_.Format();
  EXPECT_FALSE(Note::Parse(good.substr(0, good.size() - 1)));
  EXPECT_FALSE(Note::Parse("a\tb\n\n" + note_.signatures[0].Line() + "\n"));
  EXPECT_FALSE(Note::Parse("a\xff\n\n" + note_.signatures[0].Line() + "\n"));
  EXPECT_FALSE(Note::Parse("text\n"));
}

TEST_F(NoteTest, ACheckpointHasOneText) {
  EXPECT_TRUE(Checkpoint::Parse(note_.text));
  EXPECT_FALSE(Checkpoint::Parse("aval.example/test\n07\n" + ToBase64(EmptyRootLike()) + "\n"));
  EXPECT_FALSE(Checkpoint::Parse("aval.example/test\n-7\n" + ToBase64(EmptyRootLike()) + "\n"));
  EXPECT_FALSE(Checkpoint::Parse(note_.text + "extension\n"));
  EXPECT_FALSE(Checkpoint::Parse("aval.example/test\n7\nAAAA\n"));
}

TEST_F(NoteTest, AKeysNameHasNoSpacePlusOrControlCharacter) {
  Vkey vkey = keys_[0];
  vkey.name = "S\xC3\xA3o-Paulo";
  EXPECT_TRUE(Vkey::Parse(vkey.Text()));
  for (const char* name : {"", "a b", "a\nb", "a\tb",
                           "a\xC2\x85"
                           "b",
                           "a\xC2\xA0"
                           "b",
                           "a\xE2\x80\x89"
                           "b",
                           "a\xE3\x80\x80"
                           "b",
                           "a\xFF"
                           "b"}) {
    vkey.name = name;
    EXPECT_FALSE(Vkey::Parse(vkey.Text())) << name;
  }
}

TEST_F(NoteTest, AVkeyWithAnotherNameOrIdIsRefused) {
  const std::string text = keys_[0].Text();
  ASSERT_TRUE(Vkey::Parse(text));
  EXPECT_FALSE(Vkey::Parse("b" + text));
  std::string other = text;
  other[text.find('+') + 1] ^= 1;
  EXPECT_FALSE(Vkey::Parse(other));
}

}  // namespace
}  // namespace aval::crypto
