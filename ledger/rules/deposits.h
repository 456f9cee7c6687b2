#pragma once

#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Whether something has moved a deposit under this id: account 1600 has repayments, debits,
/// payments and recoveries, so that one id names one of them.
bool MovesDeposit(Context& context, const Id& id);

}  // namespace aval::ledger::rules
