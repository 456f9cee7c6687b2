#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "consensus/core/configuration.h"
#include "consensus/core/quorum.h"
#include "consensus/types.h"

namespace aval::consensus {

/// A configuration, in force from the entry that brings it on.
struct ConfigurationAt {
  Index index;  // 0: from the beginning.
  Configuration configuration;
};

/// The configurations that a node's log holds, from the newest committed one on. The last one is in
/// force as soon as it is appended, committed or not, and goes when its entry is truncated (thesis,
/// section 4.1).
/// Threads: one.
class Membership {
 public:
  /// Ascending; the first one is what was in force before them.
  explicit Membership(const std::vector<ConfigurationAt>& configurations);

  const Configuration& current() const { return configurations_.back().configuration; }
  /// Of the entry that brought it.
  Index index() const { return configurations_.back().index; }
  const Quorum& quorum() const { return quorum_; }

  void Append(Index index, Configuration configuration);
  void TruncateAfter(Index kept);
  /// Everything up to `commit` stays.
  void Committed(Index commit);

  /// Whether this incarnation of the node votes in one of them. Who does not in the last one may
  /// still be needed to commit it, and must campaign, without counting itself (thesis, 4.2.2).
  bool Votes(NodeId node, std::uint32_t incarnation) const;

 private:
  std::deque<ConfigurationAt> configurations_;  // Never empty.
  Quorum quorum_;
};

}  // namespace aval::consensus
