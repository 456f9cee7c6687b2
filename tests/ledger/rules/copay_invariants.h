#pragma once

#include <string>
#include <vector>

#include "ledger/state/overlay.h"

namespace aval::ledger::rules {

/// The part of BrokenInvariants (invariants.h) about invitations, agreements, debits and claims.
std::vector<std::string> BrokenCopayInvariants(const Overlay& state);

}  // namespace aval::ledger::rules
