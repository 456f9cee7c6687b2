#pragma once

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// CatchUpLoan (rules.h) for a debt already loaded; the caller saves it.
void CatchUp(Context& context, Debt& debt);

/// Brings what a grant has used up to today, as this day's sweep would: ends expired reservations,
/// and lets due bills take the money that the grant's loans hold. Before any act that asks what is
/// left of a grant. Bounded by kLiveReservationsMax and by the loans that hold money.
void CatchUpGrant(Context& context, const Id& grant);

/// The first day on which time does something to this instalment: its bill day, `lead` days before
/// it is due, today when that has passed.
Day FirstBillDay(const Instalment& instalment, const Policy& policy, Day today);

}  // namespace aval::ledger::rules
