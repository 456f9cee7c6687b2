#pragma once

#include <cstddef>

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// Debit instructions: each reserves a part of one instalment, under one agreement or the
/// borrower's own mandate, until its result or the end of its last day. One under way stands in
/// five places, which debits.cc changes together: its record, the instalment's and the agreement's
/// `reserved` (or the instalment's `own`), the index DebitOn, and the calendar item of the day
/// after its last.

/// Instructions under way on one loan, whatever a policy allows.
inline constexpr std::size_t kLiveDebitsMax = 256;

/// Ends those on the loan that ran out before today, as this day's sweep would; the caller saves
/// the debt. Part of every CatchUp.
void EndExpiredDebits(Context& context, Debt& debt);

/// Ends, CANCELLED, those under the agreement that its bank has not had yet; they are no failures.
/// kReserved, with nothing changed, when the bank has one: its result comes first. The loan is
/// caught up; the caller lets it take what it holds, and saves the debt.
Verdict CancelDebits(Context& context, Debt& debt, const Id& agreement);

}  // namespace aval::ledger::rules
