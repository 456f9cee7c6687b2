#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <set>
#include <vector>

#include "tests/consensus/cluster.h"

namespace aval::consensus {

// The words in which scenarios are told. Nodes are numbered from 1; times are the cluster's.

inline const NodeId kOne{1};
inline const NodeId kTwo{2};
inline const NodeId kThree{3};
inline const NodeId kFour{4};
inline const NodeId kFive{5};
inline const NodeId kSix{6};
inline const NodeId kSeven{7};

inline const Duration kTimeout = Core::Options{}.election_timeout;
inline const Duration kBeat = Core::Options{}.heartbeat_interval;

using Terms = std::vector<std::uint64_t>;

/// Disks that hold logs of these terms; who is not named has an empty one. Everybody's term is the
/// last of its log, or `term` where that is higher.
Cluster::MakeStorage Logs(std::map<NodeId, Terms> logs, std::uint64_t term = 0);

/// What the leader of `term` sends of `log`: `count` entries after index `prev`.
Append AppendOf(const std::vector<Entry>& log, std::size_t prev, std::size_t count,
                std::uint64_t term, std::uint64_t commit = 0);

VoteRequest AskVote(std::uint64_t term, bool pre, std::uint64_t last_index,
                    std::uint64_t last_term);

/// Requests for votes and the answers, of real elections and of those before them.
Cluster::Filter PreVotes();
Cluster::Filter Votes();

/// The node wins an election by the votes of whoever is within reach; what it then sends waits.
void Win(Cluster& cluster, NodeId node);

/// The only letter of its kind under way.
template <class T>
T Only(const Cluster& cluster) {
  const T* found = nullptr;
  std::size_t count = 0;
  for (const auto& letter : cluster.mail()) {
    const auto* const typed = std::get_if<T>(&letter.message);
    if (typed == nullptr) continue;
    found = typed;
    ++count;
  }
  EXPECT_EQ(count, 1U);
  return found == nullptr ? T{} : *found;
}

MemberChange Add(NodeId node, std::uint32_t incarnation = 1);
MemberChange Promote(NodeId node);
MemberChange Demote(NodeId node);
MemberChange Remove(NodeId node);

/// In force at `node`.
const Configuration& Current(const Cluster& cluster, NodeId node);

/// Letters that bring a configuration.
Cluster::Filter Configurations();

/// Fails the test for each that no node has reached.
void ExpectReached(const Cluster& cluster, std::initializer_list<RarePath> rare_paths);

}  // namespace aval::consensus
