#include "cli/story/story_file.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/story/words.h"
#include "ledger/verdict.h"

namespace aval::cli::story {
namespace {

constexpr std::string_view kRefused = "*Refused (";
constexpr std::string_view kRefusedEnd = "):* ";
constexpr std::string_view kThen = "Then ";
constexpr std::uint16_t kVerdictsEnd = 1024;

// A heading, a paragraph or an item of a list, its lines joined by spaces.
struct Block {
  enum class Kind : std::uint8_t { kTitle, kHeading, kParagraph, kItem };
  std::size_t number = 0;
  Kind kind = Kind::kParagraph;
  std::string text;
};

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::vector<Block> BlocksOf(std::string_view text) {
  std::vector<Block> blocks;
  bool joins = false;  // Whether the next line may belong to the last block.
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = Trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty()) {
      joins = false;
      continue;
    }
    Block block{.number = number, .text = std::string(line)};
    if (line.starts_with("## ")) {
      block.kind = Block::Kind::kHeading;
      block.text = line.substr(3);
    } else if (line.starts_with("# ")) {
      block.kind = Block::Kind::kTitle;
      block.text = line.substr(2);
    } else if (line.starts_with("- ")) {
      block.kind = Block::Kind::kItem;
      block.text = Trimmed(line.substr(2));
    } else if (joins) {
      blocks.back().text += " " + block.text;
      continue;
    }
    joins = block.kind == Block::Kind::kItem || block.kind == Block::Kind::kParagraph;
    blocks.push_back(std::move(block));
  }
  return blocks;
}

bool IsCode(std::string_view code) {
  for (std::uint16_t number = 1; number < kVerdictsEnd; ++number) {
    const auto verdict = ledger::VerdictFromNumber(number);
    if (verdict && ledger::VerdictCode(*verdict) == code) return true;
  }
  return false;
}

std::vector<std::string> ClausesOf(std::string_view text) {
  std::vector<std::string> clauses;
  while (true) {
    const std::size_t end = text.find("; ");
    clauses.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return clauses;
    text.remove_prefix(end + 2);
  }
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& file)
      : blocks_(BlocksOf(text)),
        story_{.file = file, .title = {}, .about = {}, .cast = {}, .days = {}} {}

  Result<Story> Run() {
    AVAL_CHECK(Front());
    AVAL_CHECK(CastList());
    while (at_ < blocks_.size()) AVAL_CHECK(OneDay());
    if (story_.days.empty()) return Wrong(1, "has no day: a heading such as \"## 3 March 2026\"");
    return std::move(story_);
  }

 private:
  Error Wrong(std::size_t line, const std::string& words) const {
    return LineError(story_.file, line, words);
  }

  const Block* Next(Block::Kind kind) {
    if (at_ == blocks_.size() || blocks_[at_].kind != kind) return nullptr;
    return &blocks_[at_++];
  }
  std::size_t LineNow() const { return at_ < blocks_.size() ? blocks_[at_].number : 1; }

  Result<void> Front() {
    const Block* title = Next(Block::Kind::kTitle);
    if (title == nullptr) return Wrong(LineNow(), "begins without a title: \"# ...\"");
    story_.title = title->text;
    while (const Block* paragraph = Next(Block::Kind::kParagraph)) {
      story_.about.push_back(paragraph->text);
    }
    if (story_.about.empty()) return Wrong(LineNow(), "does not say what the story tells");
    return {};
  }

  Result<void> CastList() {
    const Block* heading = Next(Block::Kind::kHeading);
    if (heading == nullptr || heading->text != "Cast") {
      return Wrong(heading == nullptr ? LineNow() : heading->number,
                   "here the heading \"## Cast\" is needed");
    }
    while (at_ < blocks_.size() && blocks_[at_].kind != Block::Kind::kHeading) {
      AVAL_TRY(Line line, LineOf(blocks_[at_++]));
      if (line.kind == Line::Kind::kRefused || line.kind == Line::Kind::kThen) {
        return Wrong(line.number, "the cast only comes on");
      }
      story_.cast.push_back(std::move(line));
    }
    return {};
  }

  Result<void> OneDay() {
    const Block* heading = Next(Block::Kind::kHeading);
    if (heading == nullptr) return Wrong(LineNow(), "a title stands at the beginning alone");
    const auto date = ReadDate(heading->text);
    if (!date || date->length != heading->text.size()) {
      return Wrong(heading->number, "'" + heading->text + "' is no day such as 3 March 2026");
    }
    if (!story_.days.empty() && date->value <= story_.days.back().day) {
      return Wrong(heading->number, "days only go forward");
    }
    StoryDay day{.day = date->value, .number = heading->number, .lines = {}};
    while (at_ < blocks_.size() && (blocks_[at_].kind == Block::Kind::kItem ||
                                    blocks_[at_].kind == Block::Kind::kParagraph)) {
      AVAL_TRY(Line line, LineOf(blocks_[at_++]));
      day.lines.push_back(std::move(line));
    }
    story_.days.push_back(std::move(day));
    return {};
  }

  Result<Line> LineOf(const Block& block) const {
    Line line{.number = block.number, .text = block.text};
    if (block.kind == Block::Kind::kParagraph) return line;
    line.kind = Line::Kind::kAct;
    std::string_view text = block.text;
    if (!text.ends_with('.')) return Wrong(block.number, "a sentence ends with a full stop");
    text.remove_suffix(1);
    if (text.starts_with(kRefused)) {
      const std::size_t end = text.find(kRefusedEnd);
      if (end == std::string_view::npos) {
        return Wrong(block.number, "a refusal is written *Refused (E_STATE):* and the sentence");
      }
      line.kind = Line::Kind::kRefused;
      line.code = text.substr(kRefused.size(), end - kRefused.size());
      if (!IsCode(line.code)) return Wrong(block.number, "no verdict has the code " + line.code);
      text.remove_prefix(end + kRefusedEnd.size());
    } else if (text.starts_with(kThen)) {
      line.kind = Line::Kind::kThen;
      text.remove_prefix(kThen.size());
      line.clauses = ClausesOf(text);
    }
    line.text = text;
    return line;
  }

  const std::vector<Block> blocks_;
  std::size_t at_ = 0;
  Story story_;
};

}  // namespace

Error LineError(const std::string& file, std::size_t line, const std::string& words) {
  return {.code = Code::kInvalidArgument,
          .message = file + ":" + std::to_string(line) + ": " + words};
}

Result<Story> ParseStory(std::string_view text, const std::string& file) {
  if (!IsUtf8(text)) return LineError(file, 1, "is not UTF-8");
  return Parser(text, file).Run();
}

}  // namespace aval::cli::story
