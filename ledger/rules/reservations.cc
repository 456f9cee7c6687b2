#include "ledger/rules/reservations.h"

#include <optional>

#include "base/assert.h"
#include "ledger/rules/rules.h"

namespace aval::ledger::rules {
namespace {

// The first day on which the reservation is no more: it lasts to the end of its expiry day.
Day EndDay(const Purchase& purchase) { return purchase.expiry.Plus(1); }

// Null after a failed read alone: a purchase's grant is never deleted.
std::optional<Grant> GrantFor(Context& context, const Purchase& purchase) {
  std::optional<Grant> grant = context.state().Get<Grant>({.grant = purchase.grant});
  AVAL_ASSERT(grant || context.state().failure());
  return grant;
}

void Expire(Context& context, const Id& id, Purchase purchase) {
  purchase.state = PurchaseState::kExpired;
  EndReservation(context, id, purchase);
}

}  // namespace

bool MayReserve(Context& context, const Id& grant) {
  return context.state().List<ReservationOf>(grant.bytes, kLiveReservationsMax).size() <
         kLiveReservationsMax;
}

void MakeReservation(Context& context, const Id& id, const Purchase& purchase) {
  AVAL_ASSERT(purchase.state == PurchaseState::kAuthorised);
  std::optional<Grant> grant = GrantFor(context, purchase);
  if (!grant) return;
  grant->used.minor += purchase.amount.minor;
  grant->reserved.minor += purchase.amount.minor;
  AVAL_ASSERT(grant->used <= grant->limit);
  context.state().Put<Grant>({.grant = purchase.grant}, *grant);
  context.state().Put<Purchase>({.purchase = id}, purchase);
  context.state().Put<ReservationOf>(
      {.grant = purchase.grant, .expiry = purchase.expiry, .purchase = id}, {});
  context.Schedule(EndDay(purchase), Queue::kReservation, id, 0);
}

void EndReservation(Context& context, const Id& id, const Purchase& purchase) {
  AVAL_ASSERT(purchase.state != PurchaseState::kAuthorised);
  std::optional<Grant> grant = GrantFor(context, purchase);
  if (!grant) return;
  grant->used.minor -= purchase.amount.minor;
  grant->reserved.minor -= purchase.amount.minor;
  AVAL_ASSERT(grant->reserved.minor >= 0 && grant->used >= grant->reserved);
  context.state().Put<Grant>({.grant = purchase.grant}, *grant);
  context.state().Put<Purchase>({.purchase = id}, purchase);
  context.state().Delete<ReservationOf>(
      {.grant = purchase.grant, .expiry = purchase.expiry, .purchase = id});
  context.Unschedule(EndDay(purchase), Queue::kReservation, id, 0);
}

void EndExpiredReservations(Context& context, const Id& grant) {
  // Those that end first are in front.
  for (const auto& [key, index] :
       context.state().List<ReservationOf>(grant.bytes, kLiveReservationsMax)) {
    if (key.expiry >= context.today()) return;
    const auto purchase = context.state().Get<Purchase>({.purchase = key.purchase});
    AVAL_ASSERT(purchase || context.state().failure());
    if (!purchase) return;
    Expire(context, key.purchase, *purchase);
  }
}

void VoidReservations(Context& context, const Id& grant) {
  EndExpiredReservations(context, grant);
  for (const auto& [key, index] :
       context.state().List<ReservationOf>(grant.bytes, kLiveReservationsMax)) {
    auto purchase = context.state().Get<Purchase>({.purchase = key.purchase});
    AVAL_ASSERT(purchase || context.state().failure());
    if (!purchase) return;
    purchase->state = PurchaseState::kVoided;
    EndReservation(context, key.purchase, *purchase);
  }
}

Verdict RunReservationItem(Context& context, const CalendarItem::Key& item) {
  const auto purchase = context.state().Get<Purchase>({.purchase = item.subject});
  if (!purchase) return Verdict::kUnknown;
  if (purchase->state != PurchaseState::kAuthorised || EndDay(*purchase) > context.today()) {
    return Verdict::kState;
  }
  Expire(context, item.subject, *purchase);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
