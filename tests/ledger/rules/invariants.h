#pragma once

#include <string>
#include <vector>

#include "ledger/rules/context.h"
#include "ledger/state/overlay.h"

namespace aval::ledger::rules {

/// What is wrong with a whole state, one sentence each; empty when the invariants hold that
/// domain.md 2.3 numbers (I2, I3, I4, I5, I7, I8, I11, I12) and those that records and headers
/// state: every owner's book balances per currency, indexes and calendar have exactly what the
/// records say. Reads everything: for tests, after every act and sweep.
std::vector<std::string> BrokenInvariants(const Overlay& state);

/// I1: the owners, as text, whose lines do not balance per currency.
std::vector<std::string> Unbalanced(const std::vector<JournalLine>& journal);

}  // namespace aval::ledger::rules
