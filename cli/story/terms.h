#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/story/cast.h"
#include "ledger/proto/genesis.pb.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// What every story is played under: the same institutions, policy and products
/// (tests/stories/README.md says them to readers).

inline constexpr std::string_view kCurrency = "BRL";

inline constexpr std::uint32_t kMarket = 1;

/// Their numbers are their places, from 1. The first three have a node each.
struct Founder {
  std::string_view name;    // As sentences have it.
  std::string_view domain;  // As the ledger has it.
  genesis::v1::InstitutionKind kind = genesis::v1::BANK;
};
const std::vector<Founder>& Founders();
/// The founders.
Cast FoundersCast();

/// The founders' agreement but for keys and addresses.
genesis::v1::Genesis StoryGenesis(ledger::Day first_day);

/// The number of the product that sentences call so ("flat", "annuity", ...).
std::uint32_t ProductOf(std::string_view plan);

inline constexpr std::uint32_t kRetail = 1;   // Scenarios.
inline constexpr std::uint32_t kPrepaid = 2;  // Its price lies in escrow.

/// The tier that follows from a score.
std::uint32_t TierOf(std::uint32_t score);

}  // namespace aval::cli::story
