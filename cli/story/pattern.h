#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/story/cast.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// What may stand in a pattern's slot.
enum class SlotKind : std::uint8_t {
  kNewName,  // "new": one to four capitalised words, which nobody is called yet.
  kPerson,
  kSupplier,
  kInstitution,
  kParty,   // Any of the three.
  kAmount,  // words.h has these forms.
  kCount,
  kPercent,
  kDate,
  kDates,
  kNumbers,
  kShares,  // "30 % by Mercado and 70 % by Bank A".
  kState,   // OVERDUE, PART_PAID: capitals joined by '_'.
  kThing,   // "the loan", "loan 2", "Ana's loan": one of the nouns that the slot names.
  kChoice,  // One of the words that the slot names.
};

/// A lender's part, as "shares" has it.
struct NamedShare {
  std::string lender;
  std::uint32_t ppm = 0;
};

/// What a sentence says in the slots of the pattern that it fits. Slots are asked for by name;
/// asking for the value of one that is not there, or is of another kind, is a broken invariant.
class Match {
 public:
  struct Slot {
    std::string_view name;  // The pattern's.
    SlotKind kind = SlotKind::kChoice;
    std::string text;
  };
  explicit Match(std::vector<Slot> slots) : slots_(std::move(slots)) {}

  bool Has(std::string_view slot) const;
  /// As the sentence has it; a name without its article.
  std::string_view Text(std::string_view slot) const;
  ledger::Amount Amount(std::string_view slot) const;
  std::uint32_t Count(std::string_view slot) const;
  std::uint32_t Percent(std::string_view slot) const;  // ppm.
  ledger::Day Date(std::string_view slot) const;
  std::vector<ledger::Day> Dates(std::string_view slot) const;
  std::vector<std::uint32_t> Numbers(std::string_view slot) const;
  std::vector<NamedShare> Shares(std::string_view slot) const;
  /// Names that the sentence brings into the cast.
  std::vector<std::string> NewNames() const;

 private:
  const Slot& Find(std::string_view slot) const;
  std::vector<Slot> slots_;
};

/// One form of sentence: words, slots and parts that may be left out.
///
///     {buyer:person} buys for {price:amount} from {supplier:supplier}[ on the {plan=flat|annuity}
///     plan]
///
/// Words count letter by letter. A slot's kind is one of SlotKind's in lower case, or the nouns of
/// a thing ("loan", "purchase|invoice"); after '=' stand the words of a choice. A malformed pattern
/// is a broken invariant: patterns are part of the program.
class Pattern {
 public:
  explicit Pattern(std::string_view text);  // `text` outlives it.

  std::string_view text() const { return text_; }
  /// The sentence, all of it, or nothing.
  std::optional<Match> Fit(std::string_view sentence, const Cast& cast) const;
  /// The same where any capitalised words may be a name of any role: tells a sentence that is wrong
  /// from one about somebody who is not in the cast, whose name it gives.
  std::optional<std::string> StrangerIn(std::string_view sentence, const Cast& cast) const;
  /// How much of the pattern's and the sentence's words is common to both in this order: 0 to 1000.
  std::size_t Likeness(std::string_view sentence) const;

 private:
  struct Piece {
    std::string_view words;  // Or a slot, when empty.
    std::string_view slot{};
    SlotKind kind = SlotKind::kChoice;
    std::vector<std::string_view> options{};  // Nouns or words.
  };
  using Form = std::vector<Piece>;
  struct Attempt;

  static std::vector<Form> Expand(std::string_view text);
  static Piece SlotPiece(std::string_view text);
  static bool FitFrom(const Form& form, std::size_t piece, std::string_view rest, Attempt& attempt);

  std::string_view text_;
  std::vector<Form> forms_;  // With every set of optional parts, the fullest first.
};

}  // namespace aval::cli::story
