#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// A story as its file has it (tests/stories/README.md), its sentences not yet understood.

struct Line {
  enum class Kind : std::uint8_t {
    kProse,    // A paragraph for the reader alone.
    kAct,      // "- Ana takes up the grant."
    kRefused,  // "- *Refused (E_STATE):* Ana takes up the grant."
    kThen,     // "- Then the grant is ACTIVE; Ana may spend 500.00."
  };
  std::size_t number = 0;  // Of its first line in the file, from 1.
  Kind kind = Kind::kProse;
  std::string text;                    // Without its mark; a sentence without its full stop.
  std::string code{};                  // Of a refusal.
  std::vector<std::string> clauses{};  // Of what then holds.
};

struct StoryDay {
  ledger::Day day;
  std::size_t number = 0;  // The heading's line.
  std::vector<Line> lines;
};

struct Story {
  std::string file;  // What errors call it.
  std::string title;
  std::vector<std::string> about;  // Paragraphs.
  std::vector<Line> cast;          // Acts of the first day, before all others.
  std::vector<StoryDay> days;      // Ascending; at least one.
};

/// kInvalidArgument names file and line.
Result<Story> ParseStory(std::string_view text, const std::string& file);

/// "file:line: words", kInvalidArgument.
Error LineError(const std::string& file, std::size_t line, const std::string& words);

}  // namespace aval::cli::story
