#pragma once

#include <cstddef>

#include "ledger/record/credit.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Reservations of a grant's limit: each is made by one authorisation and ended once, by capture,
/// void or expiry. A live one stands in four places, which only these functions change together:
/// the purchase (AUTHORISED), grant.used and grant.reserved (I4), the index ReservationOf, and the
/// calendar item of the day after its last.

/// Live reservations that one grant may have, whatever its limit.
inline constexpr std::size_t kLiveReservationsMax = 256;

/// Whether the grant has room for one more.
bool MayReserve(Context& context, const Id& grant);

/// Writes `purchase`, which is AUTHORISED, and reserves its amount. The caller has checked that the
/// grant has so much left.
void MakeReservation(Context& context, const Id& id, const Purchase& purchase);

/// Writes `purchase` in the state that ended it, which is not AUTHORISED, and gives its whole
/// amount back to the grant.
void EndReservation(Context& context, const Id& id, const Purchase& purchase);

/// Ends what of the grant's reservations ran out before today, as this day's sweep would: for every
/// act that reads or writes what the grant has used.
void EndExpiredReservations(Context& context, const Id& grant);

/// Ends all that are left of a grant that is to be closed: what ran out as above, the others
/// VOIDED.
void VoidReservations(Context& context, const Id& grant);

}  // namespace aval::ledger::rules
