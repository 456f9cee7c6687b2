#include "consensus/core/quorum.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/assert.h"

namespace aval::consensus {

namespace {

std::size_t Count(const std::set<NodeId>& voters, const std::set<NodeId>& nodes) {
  return static_cast<std::size_t>(
      std::ranges::count_if(nodes, [&](NodeId node) { return voters.contains(node); }));
}

bool HasMajority(const std::set<NodeId>& voters, const std::set<NodeId>& nodes) {
  return 2 * Count(voters, nodes) > voters.size();
}

bool IsOutOfReach(const std::set<NodeId>& voters, const std::set<NodeId>& against) {
  return 2 * (voters.size() - Count(voters, against)) <= voters.size();
}

Index HeldByMajority(const std::set<NodeId>& voters, const std::map<NodeId, Index>& held) {
  std::vector<Index> positions;
  positions.reserve(voters.size());
  for (const NodeId voter : voters) {
    const auto at = held.find(voter);
    positions.push_back(at == held.end() ? Index{} : at->second);
  }
  // In descending order, the element at n/2 is the highest that more than half of n reach.
  std::ranges::sort(positions, std::greater<>{});
  return positions[positions.size() / 2];
}

}  // namespace

Quorum::Quorum(const Configuration& configuration)
    : incoming_(configuration.voters), outgoing_(configuration.outgoing), all_(incoming_) {
  AVAL_ASSERT(!incoming_.empty());
  all_.insert(outgoing_.begin(), outgoing_.end());
}

bool Quorum::Reached(const std::set<NodeId>& nodes) const {
  return HasMajority(incoming_, nodes) && (outgoing_.empty() || HasMajority(outgoing_, nodes));
}

bool Quorum::OutOfReach(const std::set<NodeId>& against) const {
  return IsOutOfReach(incoming_, against) ||
         (!outgoing_.empty() && IsOutOfReach(outgoing_, against));
}

Index Quorum::HeldByQuorum(const std::map<NodeId, Index>& held) const {
  const Index incoming = HeldByMajority(incoming_, held);
  return outgoing_.empty() ? incoming : std::min(incoming, HeldByMajority(outgoing_, held));
}

}  // namespace aval::consensus
