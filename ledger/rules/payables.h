#pragma once

#include <optional>

#include "ledger/record/credit.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// What a platform owes for a purchase, judged as of today, however far the day's sweep has come:
/// payable first, in its 2100, then due, in its 2200.

/// A purchase with the platform that pays for it.
struct PaidPurchase {
  Purchase purchase{};
  PartyId platform{};
};

std::optional<PaidPurchase> FindPurchase(Context& context, const Id& id);

/// Whom the platform will owe what is payable: the financier that bought it, else the supplier.
PartyId CreditorOf(const Purchase& purchase);

/// A part of what is payable falls due now. The caller writes the purchase.
void FallDue(Context& context, const Id& id, PaidPurchase& paid, Amount part);

/// A part of what is payable will never be owed: it goes off the account at the platform alone.
void TakeOffPayable(Context& context, const Id& id, PaidPurchase& paid, Amount part);

/// The supplier has got so much of a sale on `day`, from its platform or from a financier (A15).
void CountCollected(Context& context, const Id& id, const Purchase& purchase, Amount amount,
                    Day day);

/// Lets fall due what is due today or before: for every act that touches what is payable. The
/// caller writes the purchase.
void CatchUpPayable(Context& context, const Id& id, PaidPurchase& paid);

}  // namespace aval::ledger::rules
