#include "cli/story/script.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/story/terms.h"

namespace aval::cli::story {
namespace {

template <class Form>
struct Known {
  Pattern pattern;
  const Form* form;
};

template <class Form>
void Append(std::vector<Known<Form>>& known, std::span<const Form> forms) {
  for (const Form& form : forms) known.push_back({.pattern = Pattern(form.pattern), .form = &form});
}

const std::vector<Known<Sentence>>& Sentences() {
  static const std::vector<Known<Sentence>> all = [] {
    std::vector<Known<Sentence>> known;
    Append(known, PartySentences());
    Append(known, GrantSentences());
    Append(known, PurchaseSentences());
    Append(known, PaymentSentences());
    Append(known, CopaySentences());
    Append(known, RecoverySentences());
    return known;
  }();
  return all;
}

const std::vector<Known<Clause>>& Clauses() {
  static const std::vector<Known<Clause>> all = [] {
    std::vector<Known<Clause>> known;
    Append(known, StateClauses());
    Append(known, MoneyClauses());
    return known;
  }();
  return all;
}

template <class Form>
struct Found {
  const Form* form;
  Match match;
};

// The form that the text fits, or what is wrong with it.
template <class Form>
Result<Found<Form>> Find(const std::vector<Known<Form>>& known, const std::string& text,
                         const Cast& cast) {
  for (const Known<Form>& one : known) {
    if (auto match = one.pattern.Fit(text, cast)) {
      return Found<Form>{.form = one.form, .match = *std::move(match)};
    }
  }
  for (const Known<Form>& one : known) {
    const auto stranger = one.pattern.StrangerIn(text, cast);
    if (!stranger) continue;
    const std::string words =
        cast.RoleOf(*stranger) ? "' cannot stand in '" : "' is not in the cast: '";
    return Error{.code = Code::kInvalidArgument,
                 .message = "'" + *stranger + words + std::string(one.pattern.text()) + "'"};
  }
  const auto nearest = std::ranges::max_element(
      known, {}, [&text](const Known<Form>& one) { return one.pattern.Likeness(text); });
  return Error{.code = Code::kInvalidArgument,
               .message = "no form of sentence fits '" + text + "'; the nearest is '" +
                          std::string(nearest->pattern.text()) + "'"};
}

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)), cast_(FoundersCast()) {}

  Result<Chapter> Read(ledger::Day day, std::vector<Line> lines) {
    Chapter chapter{.day = day, .steps = {}};
    for (Line& line : lines) {
      AVAL_TRY(Step step, StepOf(std::move(line)));
      chapter.steps.push_back(std::move(step));
    }
    return chapter;
  }

 private:
  Result<Step> StepOf(Line line) {
    Step step{.line = std::move(line)};
    switch (step.line.kind) {
      case Line::Kind::kProse:
        return step;
      case Line::Kind::kAct:
      case Line::Kind::kRefused:
        AVAL_CHECK(BindSentence(step));
        return step;
      case Line::Kind::kThen:
        AVAL_CHECK(BindClauses(step));
        return step;
    }
    return step;
  }

  Error At(const Step& step, const Error& error) const {
    return LineError(file_, step.line.number, error.message);
  }

  Result<void> BindSentence(Step& step) {
    auto found = Find(Sentences(), step.line.text, cast_);
    if (!found) return At(step, found.error());
    step.sentence = found->form;
    step.match = std::move(found->match);
    for (const std::string& name : step.match->NewNames()) {
      if (!cast_.Add(name, *step.sentence->brings)) {
        return LineError(file_, step.line.number, "somebody is called '" + name + "' already");
      }
    }
    return {};
  }

  Result<void> BindClauses(Step& step) {
    for (const std::string& text : step.line.clauses) {
      auto found = Find(Clauses(), text, cast_);
      if (!found) return At(step, found.error());
      step.clauses.push_back({.clause = found->form, .match = std::move(found->match)});
    }
    return {};
  }

  const std::string file_;
  Cast cast_;
};

template <class Form>
std::vector<std::string_view> PatternsOf(const std::vector<Known<Form>>& known) {
  std::vector<std::string_view> patterns;
  for (const Known<Form>& one : known) patterns.push_back(one.pattern.text());
  return patterns;
}

}  // namespace

Result<Script> Understand(Story story) {
  Reader reader(story.file);
  Script script{.file = story.file,
                .title = std::move(story.title),
                .about = std::move(story.about),
                .cast = {},
                .chapters = {}};
  AVAL_TRY(script.cast, reader.Read(story.days.front().day, std::move(story.cast)));
  for (StoryDay& day : story.days) {
    AVAL_TRY(Chapter chapter, reader.Read(day.day, std::move(day.lines)));
    script.chapters.push_back(std::move(chapter));
  }
  return script;
}

std::vector<std::string_view> SentencePatterns() { return PatternsOf(Sentences()); }
std::vector<std::string_view> ClausePatterns() { return PatternsOf(Clauses()); }

}  // namespace aval::cli::story
