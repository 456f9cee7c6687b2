#include "consensus/core/quorum.h"

#include <algorithm>
#include <functional>

#include "base/assert.h"

namespace aval::consensus {

Quorum::Quorum(std::span<const NodeId> voters) : voters_(voters.begin(), voters.end()) {
  AVAL_ASSERT(!voters_.empty());
  AVAL_ASSERT(voters_.size() == voters.size());
}

bool Quorum::Reached(const std::set<NodeId>& nodes) const {
  return 2 * CountVoters(nodes) > voters_.size();
}

bool Quorum::OutOfReach(const std::set<NodeId>& against) const {
  return 2 * (voters_.size() - CountVoters(against)) <= voters_.size();
}

Index Quorum::HeldByQuorum(const std::map<NodeId, Index>& held) const {
  std::vector<Index> positions;
  positions.reserve(voters_.size());
  for (const NodeId voter : voters_) {
    const auto at = held.find(voter);
    positions.push_back(at == held.end() ? Index{} : at->second);
  }
  // In descending order, the element at n/2 is the highest that more than half of n reach.
  std::ranges::sort(positions, std::greater<>{});
  return positions[positions.size() / 2];
}

std::size_t Quorum::CountVoters(const std::set<NodeId>& nodes) const {
  return static_cast<std::size_t>(std::count_if(
      nodes.begin(), nodes.end(), [this](NodeId node) { return voters_.contains(node); }));
}

}  // namespace aval::consensus
