#include "ledger/rules/guarantee_graph.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace aval::ledger::rules {
namespace {

using Kind = GuaranteeReach::Kind;

PartyId Party(std::uint8_t number) { return {Id{{number}}}; }

class Graph {
 public:
  void Add(std::uint8_t guarantor, std::uint8_t debtor) {
    edges_[Party(guarantor)].insert(Party(debtor));
  }
  // What guarantor -> debtor would close.
  GuaranteeReach With(std::uint8_t guarantor, std::uint8_t debtor,
                      const GuaranteeSearch& search = {}) {
    const auto debtors_of = [this](const PartyId& party) {
      return std::vector<PartyId>(edges_[party].begin(), edges_[party].end());
    };
    return WouldCycle(Party(guarantor), Party(debtor), debtors_of, search);
  }

 private:
  std::map<PartyId, std::set<PartyId>> edges_;
};

TEST(GuaranteeGraphTest, NobodyGuaranteesHimself) {
  EXPECT_EQ(Graph().With(1, 1).kind, Kind::kSelf);
}

TEST(GuaranteeGraphTest, FindsMutualGuaranteesAndRingsWithTheirLength) {
  Graph graph;
  graph.Add(2, 1);
  EXPECT_EQ(graph.With(1, 2), (GuaranteeReach{Kind::kCycle, 2}));
  graph.Add(3, 2);
  EXPECT_EQ(graph.With(1, 3), (GuaranteeReach{Kind::kCycle, 3}));
  EXPECT_EQ(graph.With(3, 1).kind, Kind::kFree);
}

TEST(GuaranteeGraphTest, FindsTheShortestOfTwoRings) {
  Graph graph;
  for (std::uint8_t i = 2; i < 5; ++i) graph.Add(i, i + 1);
  graph.Add(5, 1);
  graph.Add(2, 5);
  EXPECT_EQ(graph.With(1, 2), (GuaranteeReach{Kind::kCycle, 3}));
}

TEST(GuaranteeGraphTest, ChainsWithoutTheGuarantorAreFreeUpToTheDepth) {
  Graph graph;
  for (std::uint8_t i = 2; i < 7; ++i) graph.Add(i, i + 1);
  EXPECT_EQ(graph.With(1, 2).kind, Kind::kFree);
  graph.Add(7, 8);
  EXPECT_EQ(graph.With(1, 2).kind, Kind::kDepth);
  // At the depth itself it is still found.
  EXPECT_EQ(graph.With(8, 2), (GuaranteeReach{Kind::kCycle, 7}));
}

TEST(GuaranteeGraphTest, LooksAtNoMoreEdgesThanItsBudget) {
  Graph graph;
  for (std::uint8_t i = 10; i < 20; ++i) graph.Add(2, i);
  EXPECT_EQ(graph.With(1, 2, {.budget = 10}).kind, Kind::kFree);
  EXPECT_EQ(graph.With(1, 2, {.budget = 9}).kind, Kind::kBudget);
  EXPECT_EQ(graph.With(19, 2, {.budget = 10}), (GuaranteeReach{Kind::kCycle, 2}));
}

TEST(GuaranteeGraphTest, EndsInAGraphThatAlreadyHasARing) {
  Graph graph;
  graph.Add(2, 3);
  graph.Add(3, 2);
  EXPECT_EQ(graph.With(1, 2).kind, Kind::kFree);
}

}  // namespace
}  // namespace aval::ledger::rules
