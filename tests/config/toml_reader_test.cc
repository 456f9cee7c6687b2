#include "config/toml_reader.h"

#include <gtest/gtest.h>

namespace aval::config {
namespace {

TEST(TomlReaderTest, AMalformedFileIsRefusedWithLineAndColumn) {
  const Result<TomlFile> file = TomlFile::Parse("a = 1\nb = = 2\n", "x.toml");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::kInvalidArgument);
  EXPECT_EQ(file.error().message.substr(0, 11), "x.toml:2:5:");
}

TEST(TomlReaderTest, AFileThatIsNotAsciiIsRefusedWithItsLine) {
  for (const char* text : {"a = 1\nb = \"K\u00f6ln\"\n", "# a\n# \u00f6\n", "a = 1\n\u3000b = 2\n",
                           "a = 1\n\xff", "a = 1\n\u1680"}) {
    const Result<TomlFile> file = TomlFile::Parse(text, "x.toml");
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().code, Code::kInvalidArgument);
    EXPECT_EQ(file.error().message,
              "x.toml:2: not ASCII; in quotes, write \\uXXXX for such a character");
  }
}

TEST(TomlReaderTest, OtherCharactersCanBeWrittenAsEscapes) {
  Result<TomlFile> file = TomlFile::Parse("a = \"K\\u00f6ln\"\n", "x.toml");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->root().Text("a"), "K\u00f6ln");
}

TEST(TomlReaderTest, AKeyGivenTwiceIsRefused) {
  EXPECT_FALSE(TomlFile::Parse("a = 1\na = 2\n", "x.toml"));
}

TEST(TomlReaderTest, TheFirstErrorIsTheOneReported) {
  Result<TomlFile> file = TomlFile::Parse("a = 1\nb = 2\n", "x.toml");
  ASSERT_TRUE(file);
  TomlTable root = file->root();
  root.Fail("b", "first");
  root.Fail("a", "second");
  EXPECT_EQ(file->Finish().error().message, "x.toml:2: b: first");
}

TEST(TomlReaderTest, TheFirstUnknownKeyByLineIsReportedWithItsPath) {
  Result<TomlFile> file = TomlFile::Parse("[z]\nknown = 1\nodd = 2\n[a]\nother = 3\n", "x.toml");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->root().Table("z").Integer("known", {0, 9}), 1);
  EXPECT_EQ(file->Finish().error().message, "x.toml:3: z.odd: unknown key");
}

TEST(TomlReaderTest, AnUnknownKeyInsideARepeatedTableIsFound) {
  Result<TomlFile> file = TomlFile::Parse("[[t]]\na = 1\n[[t]]\na = 2\nb = 3\n", "x.toml");
  ASSERT_TRUE(file);
  for (TomlTable& table : file->root().Tables("t")) (void)table.Integer("a", {0, 9});
  EXPECT_EQ(file->Finish().error().message, "x.toml:5: t.b: unknown key");
}

TEST(TomlReaderTest, ReadingEverythingLeavesNoError) {
  Result<TomlFile> file = TomlFile::Parse(
      "text = 'x'\nnumber = 7\nflag = true\ntexts = ['a', 'b']\nnumbers = [1, 2]\n[in.ner]\n",
      "x.toml");
  ASSERT_TRUE(file);
  TomlTable root = file->root();
  EXPECT_EQ(root.Text("text"), "x");
  EXPECT_EQ(root.Integer("number", {7, 7}), 7);
  EXPECT_TRUE(root.FlagOr("flag", false));
  EXPECT_EQ(root.Texts("texts"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(root.Integers("numbers", {1, 2}), (std::vector<std::int64_t>{1, 2}));
  (void)root.Table("in").Table("ner");
  EXPECT_TRUE(file->Finish());
}

TEST(TomlReaderTest, AbsentKeysGiveWhatTheCallerSaid) {
  Result<TomlFile> file = TomlFile::Parse("", "x.toml");
  ASSERT_TRUE(file);
  TomlTable root = file->root();
  EXPECT_EQ(root.TextOr("text", "y"), "y");
  EXPECT_EQ(root.IntegerOr("number", {0, 9}, 5), 5);
  EXPECT_TRUE(root.FlagOr("flag", true));
  EXPECT_TRUE(root.Texts("texts").empty());
  EXPECT_TRUE(root.Tables("tables").empty());
  EXPECT_EQ(root.TableOrEmpty("table").IntegerOr("n", {0, 9}, 3), 3);
  EXPECT_TRUE(file->Finish());
}

TEST(TomlReaderTest, ValuesOfAnotherTypeAreRefusedAtTheirLine) {
  const auto refusal = [](auto&& read) {
    Result<TomlFile> file = TomlFile::Parse("\nk = 1.5\n", "x.toml");
    TomlTable root = file->root();
    read(root);
    return file->Finish().error().message;
  };
  EXPECT_EQ(refusal([](TomlTable& t) { (void)t.Text("k"); }),
            "x.toml:2: k: must be a text in quotes");
  EXPECT_EQ(refusal([](TomlTable& t) { (void)t.Integer("k", {0, 9}); }),
            "x.toml:2: k: must be an integer");
  EXPECT_EQ(refusal([](TomlTable& t) { (void)t.FlagOr("k", true); }),
            "x.toml:2: k: must be true or false");
  EXPECT_EQ(refusal([](TomlTable& t) { (void)t.Texts("k"); }),
            "x.toml:2: k: must be a list of texts in quotes");
  EXPECT_EQ(refusal([](TomlTable& t) { (void)t.Integers("k", {0, 9}); }),
            "x.toml:2: k: must be a list of integers from 0 to 9");
  EXPECT_EQ(refusal([](TomlTable& t) { (void)t.Table("k"); }), "x.toml:2: k: must be a table");
  EXPECT_EQ(refusal([](TomlTable& t) { (void)t.Tables("k"); }),
            "x.toml:2: k: must be tables: [[k]]");
}

TEST(TomlReaderTest, AListWithOneWrongItemIsRefused) {
  Result<TomlFile> file = TomlFile::Parse("k = ['a', 1]\n", "x.toml");
  EXPECT_TRUE(file->root().Texts("k").empty());
  EXPECT_FALSE(file->Finish());
}

TEST(TomlReaderTest, AMissingFileIsNotFound) {
  EXPECT_EQ(TomlFile::Load("/nonexistent/x.toml").error().code, Code::kNotFound);
}

TEST(TomlReaderTest, AnOversizedTextIsRefused) {
  EXPECT_FALSE(TomlFile::Parse(std::string(TomlFile::kMaxBytes + 1, '\n'), "x.toml"));
}

}  // namespace
}  // namespace aval::config
