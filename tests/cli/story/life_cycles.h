#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "ledger/state/store.h"

namespace aval::cli::story {

/// The states that records with a life cycle have come to, and from which: of all that is observed,
/// the writes of one leaf after another.
class LifeCycles {
 public:
  /// What a record was, or kNone before it was written, and what it became.
  using Step = std::pair<std::string, std::string>;
  static constexpr std::string_view kNone = "none";

  void Observe(const ledger::Writes& writes);
  void Join(const LifeCycles& other);

  /// By the entity's name: "loan", "agreement".
  const std::map<std::string, std::set<Step>>& steps() const { return steps_; }

  /// The names of all states of each entity, in the order of their numbers.
  static std::map<std::string, std::vector<std::string>> States();

 private:
  std::map<Bytes, std::string> now_;  // By state key.
  std::map<std::string, std::set<Step>> steps_;
};

}  // namespace aval::cli::story
