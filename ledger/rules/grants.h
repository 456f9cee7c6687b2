#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "ledger/record/credit.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Grants as of today, however far the day's sweep has come.

/// Live grants that one borrower may have, whatever the policy says.
inline constexpr std::size_t kLiveGrantsMax = 64;

/// Proposed, offered, active or frozen, and today is not past its last day.
bool IsLive(const Grant& grant, Day today);

/// ACTIVE or FROZEN: its limit stands in the memo.
bool IsInForce(const Grant& grant);

/// FROZEN by a hold, or because a lender's decision is too old (R07). Not usable then.
bool IsFrozen(Context& context, const Grant& grant);

/// Brings the state of a grant in force in line with that.
void FollowHolds(Context& context, Grant& grant);

/// Sets the day on which the calendar looks at its decisions again: after the last one on which all
/// of them count. The caller writes the grant.
void ScheduleReview(Context& context, const Id& id, Grant& grant);

/// Live no more: what it allowed leaves the memo, what was drawn stays owed.
void EndGrant(Context& context, const Id& id, Grant grant, GrantState last);

/// Takes `evidence`, a CAPACITY attestation, in place of those that the grant rests on. Who has
/// attested before has no second opinion to give later (B07).
void ReplaceCapacity(Context& context, Grant& grant, const Id& evidence);

/// By id.
std::vector<std::pair<Id, Grant>> LiveGrantsOf(Context& context, PartyId borrower);

/// Ends a live grant before its time: nothing more is drawn under it, and nothing that is
/// authorised is captured. What was drawn stays owed. One that has run out is the sweep's.
void CloseGrant(Context& context, const Id& id);

/// The memo of what a grant allows (domain.md 2.2): Dr 9100 / Cr 9101 when `change` is positive,
/// the other way round when it is negative.
void PostLimit(Context& context, const Id& id, const Currency& currency, Amount change);

}  // namespace aval::ledger::rules
