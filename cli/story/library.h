#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/story/script.h"

namespace aval::cli::story {

/// The story of that name among StoryTexts, understood. kNotFound names those that there are;
/// kInvalidArgument as Understand has it, under the file's name.
Result<Script> LoadStory(std::string_view name);

}  // namespace aval::cli::story
