#pragma once

#include "ledger/record/refunds.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// What lies with a platform in a participant's name and may be paid back. Postings to account 2300
/// are the caller's.

void AddToBalance(Context& context, const CreditBalance::Key& key, Amount amount);

/// What of it was there when today began.
Amount MayBePaidBack(Context& context, const CreditBalance::Key& key);

/// At most that much is paid back.
void TakeFromBalance(Context& context, const CreditBalance::Key& key, Amount amount);

}  // namespace aval::ledger::rules
