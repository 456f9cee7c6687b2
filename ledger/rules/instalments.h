#pragma once

#include <cstddef>
#include <cstdint>

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// CatchUpLoan (rules.h) for a debt already loaded; the caller saves it.
void CatchUp(Context& context, Debt& debt);

/// A payment for the billed or PAID or CANCELLED instalment was taken back: it stands as its dates
/// say, as if it had been unpaid from today on. No penalty runs for the days on which it was paid.
/// The caller has charged penalty before, and saves the debt.
void Reopen(Context& context, Debt& debt, std::uint16_t number);

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

/// Posts the charges of an instalment, which the borrower owes from today on, and puts it on the
/// bill of its due day.
void PutOnBill(Context& context, Debt& debt, std::uint16_t number);

/// The first day on which time does something to this instalment: its bill day, `lead` days before
/// it is due, today when that has passed.
Day FirstBillDay(const Instalment& instalment, const Policy& policy, Day today);

}  // namespace aval::ledger::rules
