#pragma once

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// Early repayment (A12) is quoted by one act and carried out by a payment of the same day. The
/// loan is caught up and penalty is charged.

/// Whether a payment of `amount` may carry out this quote: it is of the loan and of today, and is
/// what ends the loan now.
Verdict CheckQuote(Context& context, const Debt& debt, const Id& quote, Amount amount);

/// Ends the loan with `total`, which QuoteToday gave, and with what it holds. `payer`, whose
/// account the caller debits, owes the lenders their parts.
void RepayEarly(Context& context, Debt& debt, PartyId payer, Amount total);

}  // namespace aval::ledger::rules
