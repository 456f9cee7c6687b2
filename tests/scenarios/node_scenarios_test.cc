// What goes wrong above consensus, with whole nodes in virtual time: README.md, by number.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "tests/ledger/ledger_fixture.h"
#include "tests/node/simulated_nodes.h"

namespace aval::node {
namespace {

using std::chrono::milliseconds;

void ExpectOneLedger(const SimulatedNodes& nodes) {
  for (std::uint32_t node = 2; node <= SimulatedNodes::kNodes; ++node) {
    EXPECT_EQ(nodes.state_hash(node), nodes.state_hash(1)) << "node " << node;
    EXPECT_EQ(nodes.view(node)->tree.Root(), nodes.view(1)->tree.Root()) << "node " << node;
  }
}

// The power fails at moments that are drawn, between the writes of the log, the effects and the
// state. Node 3 lives through all of it, and is what the others are compared with.
TEST(Scenarios, H27_StateAndAppliedIndexSurviveAPowerCutTogether) {
  std::size_t decided = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SimulatedNodes nodes({.seed = seed});
    nodes.Elect();
    std::vector<SimulatedNodes::Ticket> tickets;
    for (std::uint32_t n = 1; n <= 24; ++n) {
      tickets.push_back(nodes.Submit(3, ledger::RegisterAct(n)));
      nodes.Run(milliseconds(nodes.random().Below(30)));
      if (n % 4 != 0) continue;
      const std::uint32_t victim = 1 + static_cast<std::uint32_t>(nodes.random().Below(2));
      nodes.Kill(victim);
      nodes.Run(milliseconds(nodes.random().Below(30)));
      nodes.Start(victim);
    }
    ASSERT_TRUE(nodes.Settle());
    ExpectOneLedger(nodes);
    for (const auto& ticket : tickets) {
      if (!ticket->answer || ticket->answer->kind != ActAnswer::Kind::kDecided) continue;
      ++decided;
      for (std::uint32_t node = 1; node <= SimulatedNodes::kNodes; ++node) {
        const auto outcome = nodes.OutcomeAt(node, *ticket->act);
        ASSERT_TRUE(outcome.has_value());
        EXPECT_EQ(outcome->leaf, ticket->answer->outcome.leaf);
      }
    }
  }
  EXPECT_GT(decided, 200U);
}

// A node that catches up in bulk does with each act what those do that get it as it comes: it
// verifies every signature, and comes to the same state.
TEST(Scenarios, H32_CatchingUpTakesTheSamePathAsKeepingUp) {
  SimulatedNodes nodes;
  const std::uint32_t leader = nodes.Elect();
  const std::uint32_t absent = leader % SimulatedNodes::kNodes + 1;
  nodes.Kill(absent);
  std::vector<SimulatedNodes::Ticket> tickets;
  for (std::uint32_t n = 1; n <= 40; ++n) {
    tickets.push_back(nodes.Submit(leader, ledger::RegisterAct(n)));
    nodes.Run(milliseconds(5));
  }
  ASSERT_TRUE(nodes.RunUntil([&] { return tickets.back()->answer.has_value(); }));
  nodes.Start(absent);
  ASSERT_TRUE(nodes.Settle());
  ExpectOneLedger(nodes);
  EXPECT_EQ(nodes.applied_counters(absent).signatures, 2 * tickets.size());
  EXPECT_EQ(nodes.applied_counters(absent).signatures, nodes.applied_counters(leader).signatures);
  EXPECT_EQ(nodes.applied_counters(absent).unchecked, 0U);
  EXPECT_EQ(nodes.verifications(absent).reused, 0U);  // It has seen none of them before.
}

}  // namespace
}  // namespace aval::node
