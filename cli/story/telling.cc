#include "cli/story/telling.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cli/json.h"
#include "cli/story/accounts.h"
#include "cli/story/words.h"

namespace aval::cli::story {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kMargin = 8;  // Of the journal's rows.
constexpr std::size_t kGap = 2;

using Row = std::array<std::string, 5>;
// At least, so that tables look alike.
constexpr std::array<std::size_t, 5> kWidths{12, 28, 14, 12, 12};

// Of text in UTF-8: one for each code point.
std::size_t WidthOf(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string Padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t have = WidthOf(text);
  const std::string space(have < width ? width - have : 0, ' ');
  return right ? space + text : text + space;
}

std::string TextIn(const boost::json::value& line, std::string_view name) {
  const auto text = JsonText(line, name);
  return text ? *text : "?";
}

std::int64_t MinorIn(const boost::json::value& line, std::string_view name) {
  const auto minor = JsonInteger(line, name);
  return minor ? *minor : 0;
}

// What an account is about; nothing for a free subject.
std::string SubjectText(const Scene& scene, const std::string& subject) {
  if (subject.find_first_not_of('0') == std::string::npos) return "";
  // An institution as a subject is its id in hexadecimal.
  constexpr std::size_t kPrefix = 24;
  if (subject.size() == 32 && subject.find_first_not_of('0') >= kPrefix) {
    const auto id = ledger::Id::FromHex(subject);
    if (id) return scene.NameOf(PartyText({*id}));
  }
  const std::string name = scene.NameOf(subject);
  return name == subject ? subject.substr(0, 8) : name;
}

Row RowOf(const Scene& scene, const boost::json::value& line) {
  const std::int64_t debit = MinorIn(line, "debit");
  const std::int64_t credit = MinorIn(line, "credit");
  const auto code = static_cast<std::uint64_t>(MinorIn(line, "code"));
  return {scene.NameOf(TextIn(line, "owner")),
          std::to_string(code) + " " + std::string(AccountName(code)),
          SubjectText(scene, TextIn(line, "subject")), debit == 0 ? "" : AmountText(debit),
          credit == 0 ? "" : AmountText(credit)};
}

}  // namespace

std::string JournalText(const Scene& scene, const boost::json::array& journal) {
  if (journal.empty()) return "";
  std::vector<Row> rows{{"owner", "account", "subject", "debit", "credit"}};
  for (const boost::json::value& line : journal) rows.push_back(RowOf(scene, line));
  std::array<std::size_t, 5> widths = kWidths;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], WidthOf(row[i]));
    }
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line(kMargin, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += Padded(row[i], widths[i], /*right=*/i >= 3) + std::string(kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string ActName(const act::v1::Act& act) {
  const auto* const field = act.GetDescriptor()->FindFieldByNumber(act.body_case());
  std::string name = field == nullptr ? "act" : field->name();
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string Wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::string wrapped;
  std::size_t column = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    const std::size_t length = WidthOf(word);
    if (column > indent && column + 1 + length > width) {
      wrapped += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!wrapped.empty()) {
      wrapped += " ";
      ++column;
    }
    wrapped += word;
    column += length;
    at = end + 1;
  }
  return wrapped;
}

void Telling::Front(const Script& script) {
  std::fprintf(out_, "%s\n%s\n", script.title.c_str(),
               std::string(WidthOf(script.title), '=').c_str());
  for (const std::string& paragraph : script.about) {
    std::fprintf(out_, "\n%s\n", Wrapped(paragraph, kWidth, 0).c_str());
  }
}

void Telling::DayBegins(const Scene& scene, ledger::Day day, bool cast) {
  scene_ = &scene;
  const std::string text = cast ? "The cast comes on, " + DateText(day) : DateText(day);
  std::fprintf(out_, "\n%s\n%s\n", text.c_str(), std::string(WidthOf(text), '-').c_str());
}

void Telling::TimeMoved(const Scene& scene, ledger::Day day, const Stage::Movement& movement) {
  if (movement.journal.empty()) return;
  std::fprintf(out_, "\n  By itself, on %s\n    leaf %llu\n%s", DateText(day).c_str(),
               static_cast<unsigned long long>(movement.leaf),
               JournalText(scene, movement.journal).c_str());
}

void Telling::LineBegins(const Line& line) {
  switch (line.kind) {
    case Line::Kind::kProse:
      std::fprintf(out_, "\n%s\n", Wrapped(line.text, kWidth, 0).c_str());
      return;
    case Line::Kind::kAct:
      std::fprintf(out_, "\n- %s\n", Wrapped(line.text + ".", kWidth - 2, 2).c_str());
      return;
    case Line::Kind::kRefused:
      std::fprintf(
          out_, "\n- %s\n",
          Wrapped("Refused (" + line.code + "): " + line.text + ".", kWidth - 2, 2).c_str());
      return;
    case Line::Kind::kThen:
      std::fprintf(out_, "\n- %s\n", Wrapped("Then " + line.text + ".", kWidth - 2, 2).c_str());
      return;
  }
}

void Telling::LineHolds(const Line&) { std::fprintf(out_, "    holds\n"); }

void Telling::Acted(const act::v1::Act& act, const Stage::Outcome& outcome) {
  std::fprintf(out_, "    leaf %llu  %s", static_cast<unsigned long long>(outcome.leaf),
               ActName(act).c_str());
  if (outcome.accepted) {
    std::fprintf(out_, "\n%s", JournalText(*scene_, outcome.journal).c_str());
  } else {
    std::fprintf(out_, ": refused, %s: %s\n", outcome.code.c_str(), outcome.words.c_str());
  }
}

}  // namespace aval::cli::story
