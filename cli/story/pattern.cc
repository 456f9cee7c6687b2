#include "cli/story/pattern.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/assert.h"
#include "cli/story/words.h"

namespace aval::cli::story {
namespace {

constexpr std::size_t kNameWords = 4;

constexpr std::array<std::pair<std::string_view, SlotKind>, 13> kKinds{{
    {"new", SlotKind::kNewName},
    {"person", SlotKind::kPerson},
    {"supplier", SlotKind::kSupplier},
    {"institution", SlotKind::kInstitution},
    {"party", SlotKind::kParty},
    {"amount", SlotKind::kAmount},
    {"count", SlotKind::kCount},
    {"percent", SlotKind::kPercent},
    {"date", SlotKind::kDate},
    {"dates", SlotKind::kDates},
    {"numbers", SlotKind::kNumbers},
    {"shares", SlotKind::kShares},
    {"state", SlotKind::kState},
}};

std::vector<std::string_view> SplitAt(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(mark);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// Words without marks at their ends.
std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::string_view word : SplitAt(text, ' ')) {
    while (!word.empty() &&
           std::string_view(".,;:[]").find(word.back()) != std::string_view::npos) {
      word.remove_suffix(1);
    }
    while (word.starts_with('[')) word.remove_prefix(1);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
// Of a name: letters, also of other alphabets, digits and marks inside words.
bool IsNameByte(char c) {
  return IsUpper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '&' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Lengths of one to four words at the front that begin with a capital or a byte beyond ASCII.
std::vector<std::size_t> CapitalisedAt(std::string_view text) {
  std::vector<std::size_t> lengths;
  std::size_t at = 0;
  for (std::size_t words = 0; words < kNameWords && at < text.size(); ++words) {
    if (!IsUpper(text[at]) && static_cast<unsigned char>(text[at]) < 0x80) break;
    while (at < text.size() && IsNameByte(text[at])) ++at;
    lengths.push_back(at);
    if (at >= text.size() || text[at] != ' ') break;
    ++at;
  }
  std::ranges::reverse(lengths);
  return lengths;
}

bool Fits(Role role, SlotKind kind) {
  switch (kind) {
    case SlotKind::kPerson:
      return role == Role::kPerson;
    case SlotKind::kSupplier:
      return role == Role::kSupplier;
    case SlotKind::kInstitution:
      return role == Role::kInstitution;
    default:
      return true;
  }
}

template <class T>
std::vector<std::size_t> LengthOf(const std::optional<Read<T>>& read) {
  if (!read) return {};
  return {read->length};
}

std::optional<Read<std::vector<NamedShare>>> ReadShares(std::string_view text, const Cast& cast) {
  Read<std::vector<NamedShare>> read;
  std::size_t at = 0;
  while (true) {
    const std::string_view rest = text.substr(at);
    const auto share = ReadPercent(rest);
    if (!share || !rest.substr(share->length).starts_with(" by ")) break;
    const std::string_view name = rest.substr(share->length + 4);
    const std::vector<std::size_t> lengths = cast.NamesAt(name);
    if (lengths.empty()) break;
    read.value.push_back(
        {.lender = std::string(Cast::WithoutArticle(name.substr(0, lengths.front()))),
         .ppm = share->value});
    read.length = at + share->length + 4 + lengths.front();
    const std::string_view after = text.substr(read.length);
    if (after.starts_with(", ")) {
      at = read.length + 2;
    } else if (after.starts_with(" and ")) {
      at = read.length + 5;
    } else {
      break;
    }
  }
  if (read.value.empty()) return std::nullopt;
  return read;
}

std::vector<std::size_t> StateAt(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && (IsUpper(text[at]) || text[at] == '_')) ++at;
  if (at < 3) return {};
  return {at};
}

// Nouns are words of their own: "loan" is none of "loans".
bool NounAt(std::string_view text, std::string_view noun) {
  return text.starts_with(noun) && (text.size() == noun.size() || !IsNameByte(text[noun.size()]));
}

}  // namespace

bool Match::Has(std::string_view slot) const {
  return std::ranges::find(slots_, slot, &Slot::name) != slots_.end();
}

const Match::Slot& Match::Find(std::string_view slot) const {
  const auto at = std::ranges::find(slots_, slot, &Slot::name);
  AVAL_ASSERT(at != slots_.end());
  return *at;
}

std::string_view Match::Text(std::string_view slot) const { return Find(slot).text; }

ledger::Amount Match::Amount(std::string_view slot) const { return ReadAmount(Text(slot))->value; }
std::uint32_t Match::Count(std::string_view slot) const { return ReadCount(Text(slot))->value; }
std::uint32_t Match::Percent(std::string_view slot) const { return ReadPercent(Text(slot))->value; }
ledger::Day Match::Date(std::string_view slot) const { return ReadDate(Text(slot))->value; }
std::vector<ledger::Day> Match::Dates(std::string_view slot) const {
  return ReadDates(Text(slot))->value;
}
std::vector<std::uint32_t> Match::Numbers(std::string_view slot) const {
  return ReadNumbers(Text(slot))->value;
}

std::vector<NamedShare> Match::Shares(std::string_view slot) const {
  // The names have been found in the cast, and stand between the same words again.
  std::vector<NamedShare> shares;
  std::string_view rest = Text(slot);
  while (!rest.empty()) {
    const auto share = ReadPercent(rest);
    AVAL_ASSERT(share.has_value());
    rest.remove_prefix(share->length + 4);
    const std::size_t end = std::min(rest.find(", "), rest.find(" and "));
    shares.push_back(
        {.lender = std::string(Cast::WithoutArticle(rest.substr(0, end))), .ppm = share->value});
    if (end == std::string_view::npos) break;
    rest.remove_prefix(rest.substr(end).starts_with(", ") ? end + 2 : end + 5);
  }
  return shares;
}

std::vector<std::string> Match::NewNames() const {
  std::vector<std::string> names;
  for (const Slot& slot : slots_) {
    if (slot.kind == SlotKind::kNewName) names.push_back(slot.text);
  }
  return names;
}

// One sentence held against one form.
struct Pattern::Attempt {
  const Cast& cast;
  bool strangers = false;  // Any capitalised words may be a name.
  std::vector<Match::Slot> slots{};

  std::vector<std::size_t> NamesAt(std::string_view text, SlotKind kind) const {
    if (strangers) {
      std::vector<std::size_t> lengths = cast.NamesAt(text);
      const std::size_t article = text.size() - Cast::WithoutArticle(text).size();
      for (const std::size_t length : CapitalisedAt(text.substr(article))) {
        lengths.push_back(article + length);
      }
      return lengths;
    }
    std::vector<std::size_t> lengths = cast.NamesAt(text);
    std::erase_if(lengths, [&](std::size_t length) {
      return !Fits(*cast.RoleOf(text.substr(0, length)), kind);
    });
    return lengths;
  }

  std::vector<std::size_t> ThingsAt(std::string_view text, const Piece& piece) const {
    std::vector<std::size_t> lengths;
    for (const std::string_view noun : piece.options) {
      if ((text.starts_with("the ") || text.starts_with("The ")) && NounAt(text.substr(4), noun)) {
        lengths.push_back(4 + noun.size());
      }
      if (NounAt(text, noun) && text.substr(noun.size()).starts_with(' ')) {
        const auto number = ReadCount(text.substr(noun.size() + 1));
        if (number) lengths.push_back(noun.size() + 1 + number->length);
      }
      for (const std::size_t name : NamesAt(text, SlotKind::kParty)) {
        if (text.substr(name).starts_with("'s ") && NounAt(text.substr(name + 3), noun)) {
          lengths.push_back(name + 3 + noun.size());
        }
      }
    }
    std::ranges::sort(lengths, std::greater<>{});
    return lengths;
  }

  std::vector<std::size_t> LengthsAt(std::string_view text, const Piece& piece) const {
    switch (piece.kind) {
      case SlotKind::kNewName:
        return CapitalisedAt(text);
      case SlotKind::kPerson:
      case SlotKind::kSupplier:
      case SlotKind::kInstitution:
      case SlotKind::kParty:
        return NamesAt(text, piece.kind);
      case SlotKind::kAmount:
        return LengthOf(ReadAmount(text));
      case SlotKind::kCount:
        return LengthOf(ReadCount(text));
      case SlotKind::kPercent:
        return LengthOf(ReadPercent(text));
      case SlotKind::kDate:
        return LengthOf(ReadDate(text));
      case SlotKind::kDates:
        return LengthOf(ReadDates(text));
      case SlotKind::kNumbers:
        return LengthOf(ReadNumbers(text));
      case SlotKind::kShares:
        return LengthOf(ReadShares(text, cast));
      case SlotKind::kState:
        return StateAt(text);
      case SlotKind::kThing:
        return ThingsAt(text, piece);
      case SlotKind::kChoice: {
        std::vector<std::size_t> lengths;
        for (const std::string_view option : piece.options) {
          if (text.starts_with(option)) lengths.push_back(option.size());
        }
        std::ranges::sort(lengths, std::greater<>{});
        return lengths;
      }
    }
    return {};
  }
};

Pattern::Pattern(std::string_view text) : text_(text), forms_(Expand(text)) {}

Pattern::Piece Pattern::SlotPiece(std::string_view text) {
  const std::size_t mark = text.find_first_of(":=");
  AVAL_ASSERT(mark != std::string_view::npos && mark > 0);
  Piece piece;
  piece.slot = text.substr(0, mark);
  const std::string_view what = text.substr(mark + 1);
  piece.options = SplitAt(what, '|');
  if (text[mark] == '=') return piece;
  const auto kind = std::ranges::find(kKinds, what, &std::pair<std::string_view, SlotKind>::first);
  piece.kind = kind == kKinds.end() ? SlotKind::kThing : kind->second;
  return piece;
}

// Optional parts do not nest.
std::vector<Pattern::Form> Pattern::Expand(std::string_view text) {
  std::vector<Form> forms(1);
  std::vector<Form> without;  // While inside an optional part: the forms that leave it out.
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t next = std::min(text.find_first_of("{[]", at), text.size());
    if (next > at) {
      for (Form& form : forms) form.push_back({.words = text.substr(at, next - at)});
    }
    at = next + 1;
    if (next == text.size()) break;
    if (text[next] == '{') {
      const std::size_t end = text.find('}', next);
      AVAL_ASSERT(end != std::string_view::npos);
      for (Form& form : forms) form.push_back(SlotPiece(text.substr(next + 1, end - next - 1)));
      at = end + 1;
    } else if (text[next] == '[') {
      AVAL_ASSERT(without.empty());
      without = forms;
    } else {
      AVAL_ASSERT(!without.empty());
      forms.insert(forms.end(), without.begin(), without.end());
      without.clear();
    }
  }
  AVAL_ASSERT(without.empty());
  std::ranges::stable_sort(forms, std::greater<>{}, &Form::size);
  return forms;
}

bool Pattern::FitFrom(const Form& form, std::size_t piece, std::string_view rest,
                      Attempt& attempt) {
  if (piece == form.size()) return rest.empty();
  const Piece& now = form[piece];
  if (now.slot.empty()) {
    return rest.starts_with(now.words) &&
           FitFrom(form, piece + 1, rest.substr(now.words.size()), attempt);
  }
  for (const std::size_t length : attempt.LengthsAt(rest, now)) {
    std::string_view text = rest.substr(0, length);
    const bool name = now.kind == SlotKind::kPerson || now.kind == SlotKind::kSupplier ||
                      now.kind == SlotKind::kInstitution || now.kind == SlotKind::kParty;
    if (name) text = Cast::WithoutArticle(text);
    attempt.slots.push_back({.name = now.slot, .kind = now.kind, .text = std::string(text)});
    if (FitFrom(form, piece + 1, rest.substr(length), attempt)) return true;
    attempt.slots.pop_back();
  }
  return false;
}

std::optional<Match> Pattern::Fit(std::string_view sentence, const Cast& cast) const {
  for (const Form& form : forms_) {
    Attempt attempt{.cast = cast};
    if (FitFrom(form, 0, sentence, attempt)) return Match(std::move(attempt.slots));
  }
  return std::nullopt;
}

std::optional<std::string> Pattern::StrangerIn(std::string_view sentence, const Cast& cast) const {
  for (const Form& form : forms_) {
    Attempt attempt{.cast = cast, .strangers = true};
    if (!FitFrom(form, 0, sentence, attempt)) continue;
    for (const Match::Slot& slot : attempt.slots) {
      std::string name = slot.text;
      if (slot.kind == SlotKind::kThing) {
        const std::size_t owner = name.find("'s ");
        if (owner == std::string::npos) continue;
        name = std::string(Cast::WithoutArticle(std::string_view(name).substr(0, owner)));
      } else if (slot.kind != SlotKind::kPerson && slot.kind != SlotKind::kSupplier &&
                 slot.kind != SlotKind::kInstitution && slot.kind != SlotKind::kParty) {
        continue;
      }
      const auto role = cast.RoleOf(name);
      if (!role || !Fits(*role, slot.kind)) return name;
    }
  }
  return std::nullopt;
}

std::size_t Pattern::Likeness(std::string_view sentence) const {
  const std::vector<std::string_view> ours = WordsOf(text_);
  const std::vector<std::string_view> theirs = WordsOf(sentence);
  if (ours.empty() || theirs.empty()) return 0;
  // The longest common subsequence of words, row by row.
  std::vector<std::size_t> row(theirs.size() + 1, 0);
  for (const std::string_view word : ours) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= theirs.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = word == theirs[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
      diagonal = above;
    }
  }
  return 2'000 * row.back() / (ours.size() + theirs.size());
}

}  // namespace aval::cli::story
