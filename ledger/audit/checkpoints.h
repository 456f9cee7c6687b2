#pragma once

#include <string>
#include <vector>

#include "ledger/audit/crew.h"
#include "ledger/audit/findings.h"
#include "ledger/audit/material.h"
#include "ledger/genesis.h"

namespace aval::ledger {

/// Signatures and policy of all checkpoints, ascending: of this origin, each with a signature by a
/// log key of the policy, no known key's line failing, and no cosigner's time falling while sizes
/// grow. Where the latest stands under the policy goes to the report; a quorum that it misses is
/// for CheckQuorum. Roots are the tree's matter (tree.h).
bool CheckCheckpoints(const Genesis& genesis, const std::vector<AuditCheckpoint>& checkpoints,
                      Crew& crew, Findings& findings, AuditReport& report);

/// Last of all, because a log may be in order whatever nodes have signed it.
bool CheckQuorum(const AuditOptions& options, const std::string& file, Findings& findings,
                 const AuditReport& report);

}  // namespace aval::ledger
