#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/story/pattern.h"
#include "cli/story/sentence.h"
#include "cli/story/story_file.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// A story whose every sentence is understood: what its lines stand for.

struct Step {
  Line line;
  /// Of kAct and kRefused.
  const Sentence* sentence = nullptr;
  std::optional<Match> match{};
  /// Of kThen, one for each of the line's clauses.
  struct BoundClause {
    const Clause* clause = nullptr;
    Match match;
  };
  std::vector<BoundClause> clauses{};
};

struct Chapter {
  ledger::Day day;
  std::vector<Step> steps;
};

struct Script {
  std::string file;
  std::string title;
  std::vector<std::string> about;
  Chapter cast;  // Of the first day, before its own chapter.
  std::vector<Chapter> chapters;

  ledger::Day first_day() const { return cast.day; }
};

/// Finds for each sentence the form that it fits. kInvalidArgument names file and line of one that
/// fits none, with the form that is most like it, or of a name that is not in the cast.
Result<Script> Understand(Story story);

/// The patterns of all sentences, then those of all clauses: what a writer may say.
std::vector<std::string_view> SentencePatterns();
std::vector<std::string_view> ClausePatterns();

}  // namespace aval::cli::story
