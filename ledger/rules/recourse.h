#pragma once

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/context.h"
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

}  // namespace aval::ledger::rules
