#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/client.h"
#include "tests/cluster/chaos/clients.h"

namespace aval::chaos {

/// What all nodes have come to.
struct Agreement {
  std::uint64_t index = 0;  // Leaves.
  std::string state_hash;   // Hexadecimal.
};

/// Waits until all nodes show the same leaves, have nothing left to do and have signed that size;
/// then compares their states. kTimeout after two minutes, kCorruption when states differ.
Result<Agreement> AwaitAgreement(const std::vector<cli::ApiClient*>& nodes,
                                 const std::atomic<bool>& stop);

/// Whether every node has every acknowledged act where the answer said; kCorruption names the first
/// that is not there. `index` is that of an agreement.
Result<void> CheckAcknowledged(const std::vector<cli::ApiClient*>& nodes, std::uint64_t index,
                               const std::vector<Clients::Acknowledged>& acknowledged);

}  // namespace aval::chaos
