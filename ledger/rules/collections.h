#pragma once

#include <cstdint>
#include <vector>

#include "ledger/record/debits.h"
#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// Applies money to a debt by the waterfall A11: to what is billed, oldest instalment first, and
/// leaves what debits under way have reserved (I11), from the end of the waterfall. Each component
/// is split over the lenders (A9) and credited to their receivables; `payer`, whose account the
/// caller debits, owes every lender but itself its part. Charge penalty first.
///
/// Returns what nothing was billed for.
Amount Collect(Context& context, Debt& debt, PartyId payer, Amount amount);

/// The same for one instalment alone, which a debit has taken for it: what each lender got, in the
/// loan's order. The amount is at most what is unpaid and not reserved.
std::vector<DebitPart> CollectFor(Context& context, Debt& debt, std::uint16_t number, PartyId payer,
                                  Amount amount);

/// Takes it back, entry by entry: receivables are up again, the payer's debts to the lenders and
/// the limit as they were before, and each lender owes the payer its part anew. Of the instalment
/// `target` what it was paid is unpaid again: of `number`, which the debit was for, or of another
/// that takes its place. What follows from that, states and days, is the caller's.
void TakeBack(Context& context, Debt& debt, std::uint16_t number, std::uint16_t target,
              PartyId payer, const std::vector<DebitPart>& parts);

/// What came for the debt and nothing was billed for lies with the servicer, in the borrower's
/// name, until the next bill; `payer`, whose account the caller debits, owes it. kRange when the
/// grant has no room for one more loan that holds money.
Verdict HoldExcess(Context& context, Debt& debt, PartyId payer, Amount excess);

/// Principal that comes off the instalments, which the caller sees to: it is split over the
/// lenders (A9), `payer` owes every one but itself its part, and the limit is given back (I4).
void RepayPrincipal(Context& context, Debt& debt, PartyId payer, Amount principal);

/// Lets what is billed take the money that the loan holds, penalty charged first.
void ApplyHeld(Context& context, Debt& debt);

}  // namespace aval::ledger::rules
