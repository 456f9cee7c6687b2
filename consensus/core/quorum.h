#pragma once

#include <cstddef>
#include <map>
#include <set>

#include "consensus/core/configuration.h"
#include "consensus/types.h"

namespace aval::consensus {

/// What a configuration's voters can decide: a majority of them, and while it is joint a majority
/// of the outgoing ones, too. Nodes that do not vote count for nothing.
class Quorum {
 public:
  explicit Quorum(const Configuration& configuration);

  /// Of either set.
  bool Contains(NodeId node) const { return all_.contains(node); }
  const std::set<NodeId>& voters() const { return all_; }

  bool Reached(const std::set<NodeId>& nodes) const;
  /// So many of `against` that the others can no longer reach a quorum.
  bool OutOfReach(const std::set<NodeId>& against) const;
  /// The highest index that a quorum holds, each voter holding up to held[voter]; a voter without
  /// an entry holds nothing.
  Index HeldByQuorum(const std::map<NodeId, Index>& held) const;

 private:
  std::set<NodeId> incoming_;
  std::set<NodeId> outgoing_;  // Empty unless joint.
  std::set<NodeId> all_;
};

}  // namespace aval::consensus
