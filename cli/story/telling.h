#pragma once

#include <cstdio>
#include <string>

#include "cli/story/player.h"

namespace aval::cli::story {

/// What a reader sees of a story that is played: its sentences, and under each the acts that it
/// stands for, their outcome and what they moved in the book, as double entry.
///
///     - Ana buys for 1,000.00 from Casa Flora in 3 instalments.
///         leaf 17  purchase authorise
///         leaf 18  purchase capture
///             owner         account              subject         debit        credit
///             Bank A        1100 loan principal  loan 1         700.00
///             Bank A        2200 due to          Mercado                      700.00
///
/// Threads: one.
class Telling final : public Audience {
 public:
  /// `out` outlives it.
  explicit Telling(std::FILE* out) : out_(out) {}

  void Front(const Script& script);
  void DayBegins(const Scene& scene, ledger::Day day, bool cast) override;
  void TimeMoved(const Scene& scene, ledger::Day day, const Stage::Movement& movement) override;
  void LineBegins(const Line& line) override;
  void LineHolds(const Line& line) override;
  void Acted(const act::v1::Act& act, const Stage::Outcome& outcome) override;

 private:
  std::FILE* const out_;
  const Scene* scene_ = nullptr;  // Of the play under way.
};

/// The lines of a journal as a table, each row indented; empty for none. `scene` names owners and
/// subjects.
std::string JournalText(const Scene& scene, const boost::json::array& journal);

/// "purchase capture": the kind of an act in words.
std::string ActName(const act::v1::Act& act);

/// Text broken into lines of at most `width` characters, all but the first indented by `indent`.
std::string Wrapped(const std::string& text, std::size_t width, std::size_t indent);

}  // namespace aval::cli::story
