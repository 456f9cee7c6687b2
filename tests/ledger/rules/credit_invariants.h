#pragma once

#include <string>
#include <vector>

#include "ledger/state/overlay.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// What is wrong with the parties and grants of a whole state, one sentence each; empty when every
/// index, calendar item and memo balance is what the records say, and identities are those that
/// count on `today`. Holds before and after a day's sweep. Reads everything: for tests.
std::vector<std::string> BrokenCreditInvariants(const Overlay& state, Day today);

}  // namespace aval::ledger::rules
