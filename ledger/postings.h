#pragma once

#include <optional>
#include <span>
#include <string>

#include "ledger/rules/context.h"
#include "ledger/state/overlay.h"

namespace aval::ledger {

/// What is wrong with a leaf's postings, given the accounts as they are after them; nothing when
/// they balance per owner and currency (domain.md 2.3, I1) and no account that they touch and that
/// keeps its sign has lost it (I5). Something is a broken invariant: the node stops.
std::optional<std::string> PostingFault(const Overlay& state, std::span<const JournalLine> journal);

}  // namespace aval::ledger
