#pragma once

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// What a co-payer may ask back of the borrower (domain.md 2.4; Civil Code Art. 524, 700), judged
/// as of today, however far the day's sweep has come. A claim stands in its record, in memo
/// accounts 9300 and 9301, and in the calendar item of the day after its last.

/// A debit under the agreement has taken so much.
void GrowClaim(Context& context, const Id& agreement_id, const Agreement& agreement, Amount amount);

/// So much of it was taken back. kState when the borrower has paid back, or the co-payer forgiven,
/// more than would be left.
Verdict ShrinkClaim(Context& context, const Id& agreement_id, Amount amount);

/// Money of the borrower's has come in that the lenders have no right to (R15, A21): pays the open
/// claims on the loan's borrower out of what the platform's 2300 has in the borrower's name, by
/// largest remainder. The co-payers may have it paid back. Returns what was paid of `amount`.
Amount PayClaims(Context& context, const Debt& debt, Amount amount);

}  // namespace aval::ledger::rules
