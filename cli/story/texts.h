#pragma once

#include <span>
#include <string_view>

namespace aval::cli::story {

/// A story of tests/stories/, as it was when this program was built.
struct StoryText {
  std::string_view name;  // The file's, without its ending.
  std::string_view text;
};

/// All of them, ascending by name. Generated from the files (cmake/EmbedStories.cmake).
std::span<const StoryText> StoryTexts();

}  // namespace aval::cli::story
