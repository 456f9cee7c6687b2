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

/// By id.
std::vector<std::pair<Id, Grant>> LiveGrantsOf(Context& context, PartyId borrower);

/// The memo of what a grant allows (domain.md 2.2): Dr 9100 / Cr 9101 when `change` is positive,
/// the other way round when it is negative.
void PostLimit(Context& context, const Id& id, const Currency& currency, Amount change);

}  // namespace aval::ledger::rules
