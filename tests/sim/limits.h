#pragma once

#include "node/replica.h"
#include "node/snapshot/service.h"
#include "tests/sim/plan.h"

namespace aval::sim {

/// Small enough that a run meets them.
node::Replica::Limits ReplicaLimits(const Plan& plan);
node::SnapshotService::Options SnapshotLimits(const Plan& plan);

}  // namespace aval::sim
