#pragma once

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Open claims of co-payers on a loan's borrower, when money of the borrower's comes in that the
/// lenders have no right to (R15, A21).
///
/// Pays them out of what the platform's 2300 has in the borrower's name, by largest remainder: the
/// co-payers may have it paid back. Returns what was paid of `amount`.
Amount PayClaims(Context& context, const Debt& debt, Amount amount);

}  // namespace aval::ledger::rules
