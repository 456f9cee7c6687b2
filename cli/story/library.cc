#include "cli/story/library.h"

#include <algorithm>
#include <string>
#include <utility>

#include "cli/story/story_file.h"
#include "cli/story/texts.h"

namespace aval::cli::story {

Result<Script> LoadStory(std::string_view name) {
  const auto texts = StoryTexts();
  const auto at = std::ranges::find(texts, name, &StoryText::name);
  if (at == texts.end()) {
    std::string words = "there is no story '" + std::string(name) + "'; there are:";
    for (const StoryText& text : texts) words += " " + std::string(text.name);
    return Error{.code = Code::kNotFound, .message = std::move(words)};
  }
  AVAL_TRY(Story story, ParseStory(at->text, std::string(name) + ".md"));
  return Understand(std::move(story));
}

}  // namespace aval::cli::story
