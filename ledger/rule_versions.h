#pragma once

#include <cstdint>
#include <span>

#include "ledger/proto/acts.pb.h"
#include "ledger/record/calendar.h"
#include "ledger/record/parties.h"
#include "ledger/rules/context.h"
#include "ledger/verdict.h"

namespace aval::ledger {

/// One version of the rules: what decides an act, and what works off a due item. Old ones stay in
/// the program, so that every leaf can be executed again under the rules of its index.
struct RuleVersion {
  std::uint32_t number = 0;
  Verdict (*decide)(rules::Context&, const act::v1::Act&) = nullptr;
  Verdict (*run_item)(rules::Context&, const CalendarItem::Key&) = nullptr;
};

/// Those that this program knows, ascending.
std::span<const RuleVersion> KnownRuleVersions();

/// The number of the version that decides this leaf.
std::uint32_t RuleVersionAt(const Book& book, std::uint64_t leaf);

}  // namespace aval::ledger
