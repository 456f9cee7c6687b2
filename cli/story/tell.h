#pragma once

#include <filesystem>
#include <string>

namespace aval::cli::story {

struct TellOptions {
  std::string story;                              // A name of StoryTexts.
  std::filesystem::path directory = "demo-data";  // The demo's own: emptied at the start.
  bool keep = false;                              // Leave the network running.
};

/// Plays a story on a network of three institutions' nodes, each a process of its own, tells it on
/// standard output, and compares the nodes. Returns the exit code: 0 when all came out as the story
/// says and the nodes are equal, 1 when not, 2 for a story that is not there or not understood, 130
/// when stopped by Ctrl-C.
int TellStory(const TellOptions& options);

/// Prints the names of the stories and their titles; the exit code as TellStory's.
int ListStories();

}  // namespace aval::cli::story
