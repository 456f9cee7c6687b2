#pragma once

#include <atomic>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "cli/story/scene.h"
#include "cli/story/script.h"
#include "cli/story/stage.h"

namespace aval::cli::story {

/// Hears a story as it is played.
class Audience : public Spectator {
 public:
  /// A day's lines begin; the cast's, before the first day's own, when `cast`.
  virtual void DayBegins(const Scene& scene, ledger::Day day, bool cast) = 0;
  /// Something that time did on that day.
  virtual void TimeMoved(const Scene& scene, ledger::Day day, const Stage::Movement& movement) = 0;
  /// A line, before its acts are played or its clauses are held against the ledger.
  virtual void LineBegins(const Line& line) = 0;
  /// Everything that a "Then" line says holds.
  virtual void LineHolds(const Line& line) = 0;
};

/// Plays a script: rolls the days one by one, works each off, plays its sentences and holds its
/// clauses against the ledger. Stops at the first that comes out otherwise: kCorruption, whose
/// message names file and line. kCancelled when stopped; other codes are the stage's.
/// `stage` begins on the script's first day, with the stories' founders (terms.h) and nobody else.
Result<void> Play(const Script& script, Stage& stage, Audience& audience, Random& random,
                  const std::atomic<bool>& stop);

}  // namespace aval::cli::story
