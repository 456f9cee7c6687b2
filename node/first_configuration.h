#pragma once

#include "consensus/core/membership.h"
#include "ledger/genesis.h"

namespace aval::node {

/// What genesis says of members: every node votes, in the group of its institution.
consensus::ConfigurationAt FirstConfiguration(const ledger::Genesis& genesis);

}  // namespace aval::node
