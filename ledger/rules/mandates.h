#pragma once

#include "ledger/record/debits.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Borrowers' own mandates (domain.md R14). One has no calendar item: its date alone ends it.

/// It was not revoked, and today is not past its last day.
bool MandateCounts(const Mandate& mandate, Day today);

}  // namespace aval::ledger::rules
