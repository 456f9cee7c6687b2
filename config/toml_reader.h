#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aval::config {

class TomlTable;

/// The text of a file of at most TomlFile::kMaxBytes (one more byte where it is longer).
Result<std::string> ReadTomlText(const std::filesystem::path& path);

/// A TOML 1.0 file of ASCII alone, read key by key, strictly: what is not asked for is an error.
/// Other characters can stand in texts as TOML's escapes (\uXXXX).
///
/// The first error is kept and names file, line and key ("node.toml:12: api.listen: …"); reads
/// after it give defaults. So a reader takes all its values and asks Finish once.
/// Threads: one.
class TomlFile {
 public:
  /// At most this many bytes are read.
  static constexpr std::size_t kMaxBytes = 1 << 20;

  /// `name` is what errors call the file. kInvalidArgument with line, and column where it is
  /// known, when the text is no TOML or not ASCII.
  static Result<TomlFile> Parse(std::string_view text, std::string name);
  /// kNotFound, kIo, or as Parse.
  static Result<TomlFile> Load(const std::filesystem::path& path);

  TomlFile(TomlFile&&) noexcept;
  TomlFile& operator=(TomlFile&&) noexcept;
  ~TomlFile();

  TomlTable root();
  /// The first error; else an error for the first key, by line, that nobody asked for.
  Result<void> Finish() const;

  struct State;

 private:
  explicit TomlFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One table of a TomlFile; lives no longer than it. Reading a key marks it as known.
class TomlTable {
 public:
  struct Range {
    std::int64_t least;
    std::int64_t most;
  };

  bool Has(std::string_view key) const;

  /// Non-empty text, at most 4,096 bytes; an error when the key is absent.
  std::string Text(std::string_view key);
  std::string TextOr(std::string_view key, std::string_view otherwise);
  std::int64_t Integer(std::string_view key, Range range);
  std::int64_t IntegerOr(std::string_view key, Range range, std::int64_t otherwise);
  bool FlagOr(std::string_view key, bool otherwise);
  /// Lists are empty when the key is absent, and hold at most 4,096 items.
  std::vector<std::string> Texts(std::string_view key);
  std::vector<std::int64_t> Integers(std::string_view key, Range range);

  /// An error when the key is absent; then the table is empty.
  TomlTable Table(std::string_view key);
  /// An absent table reads like an empty one.
  TomlTable TableOrEmpty(std::string_view key);
  /// [[key]], in file order; empty when absent.
  std::vector<TomlTable> Tables(std::string_view key);

  /// Records an error of meaning at `key` (at the table itself where the key is absent).
  void Fail(std::string_view key, std::string_view message);

 private:
  friend class TomlFile;
  TomlTable(TomlFile::State* state, const void* table, std::string path)
      : state_(state), table_(table), path_(std::move(path)) {}
  TomlTable Empty(std::string_view key) const;
  std::string PathOf(std::string_view key) const;
  const void* Find(std::string_view key);

  TomlFile::State* state_;
  const void*
      table_;  // toml::table, or null: an absent one. Opaque, to keep toml++ out of headers.
  std::string path_;
};

}  // namespace aval::config
