#pragma once

#include "ledger/record/credit.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// What the policy in force allows of lenders and limits (domain.md section 4, A17). All is judged
/// as of today, however far the day's sweep has come.

/// For each bank among the lenders: its partners hold the floor together (R01), its joint lending
/// is not too concentrated (R02, R03), and its list has every other lender and the platform (R12a).
Verdict CheckPartners(Context& context, const Policy& policy, const Grant& grant);

/// Ceiling of all limits of one borrower in one currency (R06).
Amount LimitCap(const Policy& policy, ParticipantKind kind);

/// R06: the borrower's other live grants in this currency and this one, as given here, stay within
/// the ceiling of its kind.
Verdict CheckLimitCap(Context& context, const Policy& policy, const Id& id, const Grant& grant);

/// A17: whether one more proposal or raise would be too many for the borrower in so short a time,
/// whatever became of those before.
Verdict CheckVelocity(Context& context, const Policy& policy, PartyId borrower);
/// Counts one that is accepted today.
void CountForVelocity(Context& context, PartyId borrower);

}  // namespace aval::ledger::rules
