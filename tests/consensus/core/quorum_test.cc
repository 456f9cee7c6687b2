#include "consensus/core/quorum.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "consensus/core/configuration.h"

namespace aval::consensus {
namespace {

// A set of the nodes 1 to 5; bit i is node i + 1.
using Mask = std::uint32_t;
constexpr std::uint32_t kNodes = 5;
constexpr Mask kAll = (1U << kNodes) - 1;

std::set<NodeId> NodesOf(Mask mask) {
  std::set<NodeId> nodes;
  for (std::uint32_t i = 0; i < kNodes; ++i) {
    if ((mask >> i & 1U) != 0) nodes.insert(NodeId{i + 1});
  }
  return nodes;
}

Configuration ConfigurationOf(Mask voters, Mask outgoing = 0) {
  Configuration configuration;
  configuration.voters = NodesOf(voters);
  configuration.outgoing = NodesOf(outgoing);
  for (const NodeId node : NodesOf(voters | outgoing)) configuration.members[node] = {};
  return configuration;
}

// By definition: some majority of the set is among the nodes.
bool HoldsAMajority(Mask voters, Mask nodes) {
  for (Mask subset = 1; subset <= kAll; ++subset) {
    const bool is_majority =
        (subset & ~voters) == 0 && 2 * std::popcount(subset) > std::popcount(voters);
    if (is_majority && (subset & ~nodes) == 0) return true;
  }
  return false;
}

// [voters][nodes]
std::vector<std::vector<bool>> Majorities() {
  std::vector<std::vector<bool>> table(kAll + 1, std::vector<bool>(kAll + 1));
  for (Mask voters = 1; voters <= kAll; ++voters) {
    for (Mask nodes = 0; nodes <= kAll; ++nodes) {
      table[voters][nodes] = HoldsAMajority(voters, nodes);
    }
  }
  return table;
}

bool IsQuorum(Mask voters, Mask outgoing, Mask nodes) {
  static const std::vector<std::vector<bool>> majorities = Majorities();
  return majorities[voters][nodes] && (outgoing == 0 || majorities[outgoing][nodes]);
}

// M14: every configuration of up to five nodes, joint ones too, against the definition.
TEST(QuorumTest, EveryConfigurationOfUpToFiveNodesDecidesAsTheDefinitionSays) {
  for (Mask voters = 1; voters <= kAll; ++voters) {
    for (Mask outgoing = 0; outgoing <= kAll; ++outgoing) {
      const Quorum quorum(ConfigurationOf(voters, outgoing));
      std::vector<bool> reached;
      for (Mask nodes = 0; nodes <= kAll; ++nodes) {
        reached.push_back(IsQuorum(voters, outgoing, nodes));
        ASSERT_EQ(quorum.Reached(NodesOf(nodes)), reached.back())
            << voters << ' ' << outgoing << ' ' << nodes;
      }
      for (Mask against = 0; against <= kAll; ++against) {
        ASSERT_EQ(quorum.OutOfReach(NodesOf(against)), !reached[kAll & ~against])
            << voters << ' ' << outgoing << ' ' << against;
      }
    }
  }
}

// Every voter holds up to 0, 1 or 2, or has said nothing.
TEST(QuorumTest, EveryConfigurationOfUpToFiveNodesHoldsWhatTheDefinitionSays) {
  constexpr std::uint32_t kSilent = 3;
  constexpr std::uint32_t kAssignments = 1024;  // 4 to the 5th.
  std::map<Mask, std::vector<Quorum>> quorums;  // By voters; the position is outgoing.
  for (Mask voters = 1; voters <= kAll; ++voters) {
    for (Mask outgoing = 0; outgoing <= kAll; ++outgoing) {
      quorums[voters].emplace_back(ConfigurationOf(voters, outgoing));
    }
  }
  for (std::uint32_t assignment = 0; assignment < kAssignments; ++assignment) {
    std::map<NodeId, Index> held;
    std::vector<Mask> holders(3);  // Of at least that index.
    for (std::uint32_t i = 0; i < kNodes; ++i) {
      const std::uint32_t says = assignment >> (2 * i) & 3U;
      if (says == kSilent) continue;
      held[NodeId{i + 1}] = Index{says};
      for (std::uint32_t index = 0; index <= says; ++index) holders[index] |= 1U << i;
    }
    for (Mask voters = 1; voters <= kAll; ++voters) {
      for (Mask outgoing = 0; outgoing <= kAll; ++outgoing) {
        std::uint64_t expected = 0;
        for (std::uint32_t index = 1; index <= 2; ++index) {
          if (IsQuorum(voters, outgoing, holders[index])) expected = index;
        }
        ASSERT_EQ(quorums[voters][outgoing].HeldByQuorum(held), Index{expected})
            << voters << ' ' << outgoing << ' ' << assignment;
      }
    }
  }
}

// M01: what makes a change safe. No two quorums of neighbouring configurations miss each other.
TEST(QuorumTest, EveryQuorumOfAJointConfigurationMeetsEveryQuorumOfBothItsHalves) {
  for (Mask voters = 1; voters <= kAll; ++voters) {
    for (Mask outgoing = 1; outgoing <= kAll; ++outgoing) {
      const Quorum joint(ConfigurationOf(voters, outgoing));
      const Quorum before(ConfigurationOf(outgoing));
      const Quorum after(ConfigurationOf(voters));
      for (Mask nodes = 0; nodes <= kAll; ++nodes) {
        if (!joint.Reached(NodesOf(nodes))) continue;
        ASSERT_FALSE(before.Reached(NodesOf(kAll & ~nodes)));
        ASSERT_FALSE(after.Reached(NodesOf(kAll & ~nodes)));
      }
    }
  }
}

Configuration VotersUpTo(std::uint32_t size) {
  Configuration configuration;
  for (std::uint32_t id = 1; id <= size; ++id) {
    configuration.voters.insert(NodeId{id});
    configuration.members[NodeId{id}] = {};
  }
  return configuration;
}

// Larger ones, by counting.
RC_GTEST_PROP(QuorumTest, IsReachedByMoreThanHalfAndOutOfReachWhenHalfRefuse,
              (const std::set<std::uint32_t>& drawn)) {
  const auto size = *rc::gen::inRange<std::uint32_t>(1, 16);
  const Quorum quorum(VotersUpTo(size));
  std::set<NodeId> nodes;
  for (const std::uint32_t id : drawn) nodes.insert(NodeId{id % 20});  // Strangers, too.
  std::size_t known = 0;
  for (const NodeId id : nodes) known += id.value >= 1 && id.value <= size ? 1 : 0;
  RC_ASSERT(quorum.Reached(nodes) == (2 * known > size));
  RC_ASSERT(quorum.OutOfReach(nodes) == (2 * (size - known) <= size));
}

}  // namespace
}  // namespace aval::consensus
