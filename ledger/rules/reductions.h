#pragma once

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// What a refund does to the instalments of a debt (A13). Debits under way keep what they have
/// reserved (I11). Charge penalty first; bills follow, the loan's state is the caller's.

/// Takes unpaid principal off, from the last instalment backwards, up to `refund`, which is at most
/// what the loan's principal leaves above `refunded`. Returns what was taken off; the caller repays
/// it to the lenders.
Amount TakeOffPrincipal(Context& context, Debt& debt, Amount refund);

/// Charges of what is not billed yet, anew on what refunds have left: a flat fee on the loan's
/// principal less all that was refunded, interest on the balance before the instalment. None goes
/// up. An instalment without principal is CANCELLED without a charge.
void RepriceUnbilled(Context& context, Debt& debt);

/// Ends the billed instalments of which nothing is left: PAID, or CANCELLED when nothing was.
void EndEmptied(Context& context, Debt& debt);

/// A sale that is undone costs nothing: the lenders take back the charges that are unpaid (at each
/// Dr income / Cr receivable). Costs stay, which were paid to others.
void ReverseCharges(Context& context, Debt& debt);

/// And they give back the charges that were paid (at each Dr income, and it owes the servicer its
/// part, in whose account 2300 the caller credits the sum, which this returns). What a sponsor paid
/// for free instalments stays with them.
Amount GiveBackCharges(Context& context, Debt& debt);

}  // namespace aval::ledger::rules
