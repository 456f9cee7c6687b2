#pragma once

#include "ledger/arithmetic/computed.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// What an act is told whose amounts have no result: the same everywhere, so that a code means one
/// thing. A rule that knows better (a payment above the debt is no refusal) asks before.
Verdict VerdictOf(arithmetic::Refusal refusal);

}  // namespace aval::ledger::rules
