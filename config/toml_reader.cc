#include "config/toml_reader.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_UNRELEASED_FEATURES 0
#include <toml++/toml.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/disk.h"

namespace aval::config {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxItems = 4096;

const toml::node* AsNode(const void* node) { return static_cast<const toml::node*>(node); }

struct Unasked {
  toml::source_position at;
  std::string path;
};

std::string Join(std::string_view table, std::string_view key) {
  return table.empty() ? std::string(key) : std::string(table) + "." + std::string(key);
}

// The line of the first byte that is not ASCII. toml++ 3.3 has undefined behaviour on some of them
// (is_non_ascii_horizontal_whitespace shifts beyond its table).
std::optional<std::size_t> LineBeyondAscii(std::string_view text) {
  const auto beyond = std::ranges::find_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
  if (beyond == text.end()) return std::nullopt;
  return 1 + static_cast<std::size_t>(std::count(text.begin(), beyond, '\n'));
}

bool Before(const toml::source_position& a, const toml::source_position& b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

}  // namespace

struct TomlFile::State {
  std::string name;
  toml::table root;
  std::set<const void*> asked;
  std::optional<Error> first_error;

  void Fail(toml::source_index line, std::string_view path, std::string_view message) {
    if (first_error) return;
    first_error = Error{.code = Code::kInvalidArgument,
                        .message = name + ":" + std::to_string(line) + ": " + std::string(path) +
                                   ": " + std::string(message)};
  }

  // The depth of the recursion is bounded by the parser's own limit (TOML_MAX_NESTED_VALUES).
  void FindUnasked(const toml::table& table, const std::string& path,
                   std::optional<Unasked>& first) const {
    for (const auto& [key, node] : table) {
      const std::string here = Join(path, key.str());
      if (!asked.contains(&node)) {
        const toml::source_position at = key.source().begin;
        if (!first || Before(at, first->at)) first = Unasked{at, here};
        continue;
      }
      if (const toml::table* inner = node.as_table()) FindUnasked(*inner, here, first);
      if (const toml::array* items = node.as_array()) {
        for (const toml::node& item : *items) {
          if (const toml::table* inner = item.as_table()) FindUnasked(*inner, here, first);
        }
      }
    }
  }
};

Result<std::string> ReadTomlText(const std::filesystem::path& path) {
  PosixDisk disk;
  AVAL_TRY(const std::unique_ptr<File> file, disk.Open(path, Disk::Mode::kRead));
  AVAL_TRY(const Bytes content, file->Read(0, TomlFile::kMaxBytes + 1));
  return std::string(AsText(content));
}

TomlFile::TomlFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
TomlFile::TomlFile(TomlFile&&) noexcept = default;
TomlFile& TomlFile::operator=(TomlFile&&) noexcept = default;
TomlFile::~TomlFile() = default;

Result<TomlFile> TomlFile::Parse(std::string_view text, std::string name) {
  if (text.size() > kMaxBytes) {
    return Error{.code = Code::kInvalidArgument, .message = name + ": larger than 1 MiB"};
  }
  if (const auto line = LineBeyondAscii(text)) {
    return Error{.code = Code::kInvalidArgument,
                 .message = name + ":" + std::to_string(*line) +
                            ": not ASCII; in quotes, write \\uXXXX for such a character"};
  }
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    const toml::source_position at = error.source().begin;
    return Error{.code = Code::kInvalidArgument,
                 .message = name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
                            ": " + std::string(error.description())};
  }
  auto state = std::make_unique<State>();
  state->name = std::move(name);
  state->root = std::move(parsed).table();
  return TomlFile(std::move(state));
}

Result<TomlFile> TomlFile::Load(const std::filesystem::path& path) {
  AVAL_TRY(const std::string text, ReadTomlText(path));
  return Parse(text, path.string());
}

TomlTable TomlFile::root() {
  return {state_.get(), static_cast<const toml::node*>(&state_->root), ""};
}

Result<void> TomlFile::Finish() const {
  if (state_->first_error) return *state_->first_error;
  std::optional<Unasked> first;
  state_->FindUnasked(state_->root, "", first);
  if (first) {
    return Error{.code = Code::kInvalidArgument,
                 .message = state_->name + ":" + std::to_string(first->at.line) + ": " +
                            first->path + ": unknown key"};
  }
  return {};
}

std::string TomlTable::PathOf(std::string_view key) const { return Join(path_, key); }

TomlTable TomlTable::Empty(std::string_view key) const { return {state_, nullptr, PathOf(key)}; }

const void* TomlTable::Find(std::string_view key) {
  if (table_ == nullptr) return nullptr;
  const toml::node* node = AsNode(table_)->as_table()->get(key);
  if (node != nullptr) state_->asked.insert(node);
  return node;
}

bool TomlTable::Has(std::string_view key) const {
  return table_ != nullptr && AsNode(table_)->as_table()->contains(key);
}

void TomlTable::Fail(std::string_view key, std::string_view message) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) node = AsNode(table_);
  state_->Fail(node == nullptr ? 1 : std::max<toml::source_index>(1, node->source().begin.line),
               PathOf(key), message);
}

std::string TomlTable::Text(std::string_view key) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) {
    Fail(key, "missing");
    return {};
  }
  const auto* text = node->as_string();
  if (text == nullptr) {
    Fail(key, "must be a text in quotes");
    return {};
  }
  if (text->get().empty() || text->get().size() > kMaxText) {
    Fail(key, "must have 1 to 4096 bytes");
    return {};
  }
  return text->get();
}

std::string TomlTable::TextOr(std::string_view key, std::string_view otherwise) {
  return Has(key) ? Text(key) : std::string(otherwise);
}

std::int64_t TomlTable::Integer(std::string_view key, Range range) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) {
    Fail(key, "missing");
    return range.least;
  }
  const auto* number = node->as_integer();
  if (number == nullptr) {
    Fail(key, "must be an integer");
    return range.least;
  }
  if (number->get() < range.least || number->get() > range.most) {
    Fail(key, "must be from " + std::to_string(range.least) + " to " + std::to_string(range.most));
    return range.least;
  }
  return number->get();
}

std::int64_t TomlTable::IntegerOr(std::string_view key, Range range, std::int64_t otherwise) {
  return Has(key) ? Integer(key, range) : otherwise;
}

bool TomlTable::FlagOr(std::string_view key, bool otherwise) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) return otherwise;
  const auto* flag = node->as_boolean();
  if (flag == nullptr) {
    Fail(key, "must be true or false");
    return otherwise;
  }
  return flag->get();
}

std::vector<std::string> TomlTable::Texts(std::string_view key) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) return {};
  std::vector<std::string> texts;
  const toml::array* items = node->as_array();
  const bool fits = items != nullptr && items->size() <= kMaxItems;
  for (std::size_t i = 0; fits && i < items->size(); ++i) {
    const auto* text = items->get(i)->as_string();
    if (text == nullptr || text->get().size() > kMaxText) break;
    texts.push_back(text->get());
  }
  if (!fits || texts.size() != items->size()) {
    Fail(key, "must be a list of texts in quotes");
    return {};
  }
  return texts;
}

std::vector<std::int64_t> TomlTable::Integers(std::string_view key, Range range) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) return {};
  std::vector<std::int64_t> numbers;
  const toml::array* items = node->as_array();
  const bool fits = items != nullptr && items->size() <= kMaxItems;
  for (std::size_t i = 0; fits && i < items->size(); ++i) {
    const auto* number = items->get(i)->as_integer();
    if (number == nullptr || number->get() < range.least || number->get() > range.most) break;
    numbers.push_back(number->get());
  }
  if (!fits || numbers.size() != items->size()) {
    Fail(key, "must be a list of integers from " + std::to_string(range.least) + " to " +
                  std::to_string(range.most));
    return {};
  }
  return numbers;
}

TomlTable TomlTable::Table(std::string_view key) {
  if (!Has(key)) Fail(key, "missing table");
  return TableOrEmpty(key);
}

TomlTable TomlTable::TableOrEmpty(std::string_view key) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) return Empty(key);
  if (!node->is_table()) {
    Fail(key, "must be a table");
    return Empty(key);
  }
  return {state_, node, PathOf(key)};
}

std::vector<TomlTable> TomlTable::Tables(std::string_view key) {
  const toml::node* node = AsNode(Find(key));
  if (node == nullptr) return {};
  const toml::array* items = node->as_array();
  std::vector<TomlTable> tables;
  const bool fits = items != nullptr && items->size() <= kMaxItems;
  for (std::size_t i = 0; fits && i < items->size(); ++i) {
    const toml::node* item = items->get(i);
    if (!item->is_table()) break;
    tables.push_back(TomlTable(state_, item, PathOf(key)));
  }
  if (!fits || tables.size() != items->size()) {
    Fail(key, "must be tables: [[" + PathOf(key) + "]]");
    return {};
  }
  return tables;
}

}  // namespace aval::config
