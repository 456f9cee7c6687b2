#pragma once

#include <cstddef>
#include <cstdint>

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// CatchUpLoan (rules.h) for a debt already loaded; the caller saves it.
void CatchUp(Context& context, Debt& debt);

/// Loans of one grant that may hold money at a time.
inline constexpr std::size_t kHeldLoansMax = 256;

/// Of a billed instalment that is caught up, when time next does something to it; after its days in
/// dispute have changed.
void SetNextDay(Debt& debt, std::uint16_t number, Day today);

/// Whether one more loan of the grant may begin to hold money.
bool MayHold(Context& context, const Id& grant);

/// Brings what a grant has used up to today, as this day's sweep would: ends expired reservations,
/// and lets due bills take the money that the grant's loans hold. Before any act that asks what is
/// left of a grant. Bounded by kLiveReservationsMax and kHeldLoansMax.
void CatchUpGrant(Context& context, const Id& grant);

/// The first day on which time does something to this instalment: its bill day, `lead` days before
/// it is due, today when that has passed.
Day FirstBillDay(const Instalment& instalment, const Policy& policy, Day today);

}  // namespace aval::ledger::rules
