#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "cli/story/pattern.h"
#include "cli/story/scene.h"

namespace aval::cli::story {

/// A form of sentence and the acts that it stands for, in this order. The first act that is refused
/// ends it.
struct Sentence {
  std::string_view pattern;
  Result<void> (*play)(Scene& scene, const Match& match) = nullptr;
  std::optional<Role> brings{};  // What the new names in it are.
};

std::span<const Sentence> PartySentences();
std::span<const Sentence> GrantSentences();
std::span<const Sentence> PurchaseSentences();
std::span<const Sentence> PaymentSentences();
std::span<const Sentence> CopaySentences();
std::span<const Sentence> RecoverySentences();

/// A form of what "Then" says, held against records and balances. What does not hold is the error
/// kCorruption, whose words say what the ledger has instead.
struct Clause {
  std::string_view pattern;
  Result<void> (*check)(Scene& scene, const Match& match) = nullptr;
};

std::span<const Clause> StateClauses();
std::span<const Clause> MoneyClauses();

}  // namespace aval::cli::story
