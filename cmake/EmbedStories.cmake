# cmake -D OUTPUT=<file.cc> -D STORIES=<directory> -P EmbedStories.cmake: writes the definition of
# aval::cli::story::StoryTexts with all of that directory's stories, so that an installed program
# needs no source tree.
file(GLOB files "${STORIES}/*.md")
list(FILTER files EXCLUDE REGEX "/README\\.md$")
list(SORT files)
set(entries)
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(APPEND entries "    {\"${name}\", R\"aval-story(${text})aval-story\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made by cmake/EmbedStories.cmake from the stories of tests/stories/.
#include <array>

#include \"cli/story/texts.h\"

namespace aval::cli::story {
namespace {

constexpr auto kTexts = std::to_array<StoryText>({
${entries}});

}  // namespace

std::span<const StoryText> StoryTexts() { return kTexts; }

}  // namespace aval::cli::story
")
