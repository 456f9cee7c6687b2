#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "consensus/types.h"

namespace aval::consensus {

/// Who votes, and what a majority of them is. Fixed by genesis; a joint configuration would be two
/// of these, both of which must agree.
class Quorum {
 public:
  /// No voter is listed twice; at least one.
  explicit Quorum(std::span<const NodeId> voters);

  bool Contains(NodeId node) const { return voters_.contains(node); }
  const std::set<NodeId>& voters() const { return voters_; }

  /// More than half of the voters are in `nodes`; strangers do not count.
  bool Reached(const std::set<NodeId>& nodes) const;
  /// So many of `against` that the others can no longer reach a quorum.
  bool OutOfReach(const std::set<NodeId>& against) const;
  /// The highest index that a quorum holds, each voter holding up to held[voter]; a voter without
  /// an entry holds nothing.
  Index HeldByQuorum(const std::map<NodeId, Index>& held) const;

 private:
  std::size_t CountVoters(const std::set<NodeId>& nodes) const;
  std::set<NodeId> voters_;
};

}  // namespace aval::consensus
