#include "cli/story/player.h"

#include <string>
#include <utility>

#include "cli/acts/parties.h"

namespace aval::cli::story {
namespace {

// Days are no acts of the story: an audience hears of those that a sentence has brought, and of
// what time has moved.
class Performance final : Spectator {
 public:
  Performance(const Script& script, Stage& stage, Audience& audience, Random& random,
              const std::atomic<bool>& stop)
      : script_(script), audience_(audience), stop_(stop), scene_(stage, *this, random) {}

  Result<void> Run() {
    scene_.set_today(script_.first_day());
    AVAL_CHECK(PlayChapter(script_.cast, /*cast=*/true));
    for (const Chapter& chapter : script_.chapters) {
      AVAL_CHECK(PassTo(chapter.day));
      AVAL_CHECK(PlayChapter(chapter, /*cast=*/false));
    }
    return WorkOff();
  }

 private:
  void Acted(const act::v1::Act& act, const Stage::Outcome& outcome) override {
    if (act.has_day_roll()) return;
    audience_.Acted(act, outcome);
  }

  Result<void> WorkOff() {
    AVAL_TRY(const std::vector<Stage::Movement> movements, scene_.WorkOff());
    for (const Stage::Movement& movement : movements) {
      audience_.TimeMoved(scene_, scene_.today(), movement);
    }
    return {};
  }

  Result<void> PassTo(ledger::Day day) {
    AVAL_CHECK(WorkOff());
    while (scene_.today() < day) {
      if (stop_) return Error{.code = Code::kCancelled, .message = "stopped"};
      scene_.set_today(scene_.today().Plus(1));
      AVAL_CHECK(scene_.Submit(acts::RollDay(scene_.today()),
                               {scene_.Ops(scene_.market()), scene_.Ops(scene_.Who("Bank A"))}));
      AVAL_CHECK(WorkOff());
    }
    return {};
  }

  Result<void> PlayChapter(const Chapter& chapter, bool cast) {
    audience_.DayBegins(scene_, chapter.day, cast);
    for (const Step& step : chapter.steps) {
      if (stop_) return Error{.code = Code::kCancelled, .message = "stopped"};
      audience_.LineBegins(step.line);
      AVAL_CHECK(PlayStep(step));
    }
    return {};
  }

  Result<void> PlayStep(const Step& step) {
    switch (step.line.kind) {
      case Line::Kind::kProse:
        return {};
      case Line::Kind::kAct:
        return PlayAct(step);
      case Line::Kind::kRefused:
        return PlayRefused(step);
      case Line::Kind::kThen:
        return HoldClauses(step);
    }
    return {};
  }

  // The story's own errors name the line; the stage's, and a stop, stay what they are.
  Error At(const Step& step, const std::string& words) const {
    Error error = LineError(script_.file, step.line.number, words);
    error.code = Code::kCorruption;
    return error;
  }
  Error At(const Step& step, const Error& error) const {
    switch (error.code) {
      case Code::kDenied:
      case Code::kNotFound:
      case Code::kInvalidArgument:
      case Code::kCorruption:
        return At(step, error.message);
      default:
        return error;
    }
  }

  Result<void> PlayAct(const Step& step) {
    const Result<void> played = step.sentence->play(scene_, *step.match);
    if (played) return {};
    return scene_.refusal() ? At(step, "refused: " + played.error().message)
                            : At(step, played.error());
  }

  Result<void> PlayRefused(const Step& step) {
    const Result<void> played = step.sentence->play(scene_, *step.match);
    if (played) return At(step, "accepted, where " + step.line.code + " was expected");
    if (!scene_.refusal()) return At(step, played.error());
    const std::string code = scene_.refusal()->code;
    scene_.ForgetRefusal();
    if (code != step.line.code) {
      return At(step, "refused with " + played.error().message + ", where " + step.line.code +
                          " was expected");
    }
    return {};
  }

  Result<void> HoldClauses(const Step& step) {
    for (std::size_t i = 0; i < step.clauses.size(); ++i) {
      const auto& [clause, match] = step.clauses[i];
      const Result<void> held = clause->check(scene_, match);
      if (!held) {
        return At(step, {.code = held.error().code,
                         .message = "'" + step.line.clauses[i] +
                                    "' does not hold: " + held.error().message});
      }
    }
    audience_.LineHolds(step.line);
    return {};
  }

  const Script& script_;
  Audience& audience_;
  const std::atomic<bool>& stop_;
  Scene scene_;
};

}  // namespace

Result<void> Play(const Script& script, Stage& stage, Audience& audience, Random& random,
                  const std::atomic<bool>& stop) {
  return Performance(script, stage, audience, random, stop).Run();
}

}  // namespace aval::cli::story
