#pragma once

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Applies money to a debt by the waterfall A11: to what is billed, oldest instalment first. Each
/// component is split over the lenders (A9) and credited to their receivables; `payer`, whose
/// account the caller debits, owes every lender but itself its part. Charge penalty first.
///
/// Returns what nothing was billed for.
Amount Collect(Context& context, Debt& debt, PartyId payer, Amount amount);

}  // namespace aval::ledger::rules
