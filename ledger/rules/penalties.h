#pragma once

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"

namespace aval::ledger::rules {

/// Charges the penalty of all days before today that has not been charged yet (A8; domain.md 2.5
/// PENALTY_ASSESS): Dr 1220 / Cr 4120 at each lender. Penalty of a day depends on that day's base
/// alone, so that it may be left uncharged until something changes the base: call it before a
/// payment is applied, and at a month's end.
void ChargePenalty(Context& context, Debt& debt);

}  // namespace aval::ledger::rules
