// Nodes together: forwarding, equal answers, restarts, and what a node refuses to start on.

#include "node/node.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "config/node_config.h"
#include "config/passphrase.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

ledger::Day DayPlus(int days) { return RunningNodes::FirstDay().Plus(days); }

boost::json::value At(RunningNodes& nodes, std::size_t i, const std::string& target) {
  const auto value = nodes.client(i).GetJson(target, RunningNodes::kTimeout);
  EXPECT_TRUE(value) << value.error().message;
  return value ? *value : boost::json::value{};
}

// Of three nodes at one length of the log, which the days' sweeps make grow beyond `leaves`.
void ExpectOneState(RunningNodes& nodes, std::uint64_t leaves) {
  for (;;) {
    const std::string target = "/v1/reports/state-hash?min_index=" + std::to_string(leaves);
    std::set<std::string> hashes;
    std::set<std::uint64_t> lengths;
    for (std::size_t i = 0; i < 3; ++i) {
      const boost::json::value report = At(nodes, i, target);
      hashes.insert(std::string(report.at("state_hash").as_string()));
      lengths.insert(report.at("index").to_number<std::uint64_t>());
    }
    if (lengths.size() == 1) {
      EXPECT_EQ(hashes.size(), 1U);
      return;
    }
    leaves = *lengths.rbegin();
  }
}

TEST(NodeTest, EveryNodeTakesActsAndAllComeToTheSameState) {
  RunningNodes nodes(3);
  for (int day = 1; day <= 6; ++day) {
    const auto reply =
        nodes.PostAct(static_cast<std::size_t>(day) % 3, nodes.DayRoll(DayPlus(day), DayPlus(day)));
    ASSERT_TRUE(reply) << reply.error().message;
    ASSERT_EQ(reply->status, 200) << AsText(reply->body);
  }
  ExpectOneState(nodes, 8);
}

TEST(NodeTest, TwoOfThreeGoOnAndTheThirdCatchesUpAfterItsRestart) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(2);
  for (int day = 2; day <= 4; ++day) {
    ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(day), DayPlus(day)))->status, 200);
  }
  nodes.StartNode(2);
  ExpectOneState(nodes, 6);
}

TEST(NodeTest, NodeThatLostItsDataUnderALeaderThatStaysIsNotReady) {
  RunningNodes nodes(3);
  bool seen = false;
  // Whenever a new leader comes in between, the node catches up as any other.
  for (int attempt = 1; attempt <= 5 && !seen; ++attempt) {
    ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(attempt), DayPlus(attempt)))->status, 200);
    ExpectOneState(nodes, 2);
    const auto leader = At(nodes, 0, "/v1/node").at("leader").to_number<std::size_t>();
    const std::size_t lost = leader == 3 ? 1 : 2;
    nodes.StopNode(lost);
    std::filesystem::remove_all(nodes.DataOf(lost));
    nodes.StartNode(lost);
    for (int look = 0; !seen && look < 100; ++look) {
      net::HttpCall call;
      call.target = "/readyz";
      const auto ready = nodes.Call(lost, call);
      ASSERT_TRUE(ready) << ready.error().message;
      seen = ready->status == 503 && RunningNodes::JsonOf(*ready).at("code") == "at_odds";
      call.target = "/v1/node?timeout_ms=100&min_index=3";
      const auto caught_up = nodes.Call(lost, call);
      ASSERT_TRUE(caught_up) << caught_up.error().message;
      if (caught_up->status == 200) break;
    }
  }
  EXPECT_TRUE(seen);
}

TEST(NodeTest, OneOfThreeAnswersOutcomeUnknownAndTheActIsDecidedLater) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(1);
  nodes.StopNode(2);
  const Bytes act = nodes.DayRoll(DayPlus(2), DayPlus(2));
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/acts?timeout_ms=300";
  call.body = act;
  const auto reply = nodes.Call(0, call);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 504);
  EXPECT_EQ(RunningNodes::JsonOf(*reply).at("code").as_string(), "outcome_unknown");
  nodes.StartNode(1);
  EXPECT_EQ(nodes.PostAct(0, act)->status, 200);
}

TEST(NodeTest, NodeStartsAgainWhereItStopped) {
  RunningNodes nodes(1);
  const Bytes act = nodes.DayRoll(DayPlus(1), DayPlus(5));
  const auto first = nodes.PostAct(0, act);
  ASSERT_EQ(first->status, 200);
  const boost::json::value before = At(nodes, 0, "/v1/reports/state-hash?min_index=3");
  nodes.StopNode(0);
  nodes.StartNode(0);
  EXPECT_EQ(At(nodes, 0, "/v1/reports/state-hash").at("state_hash"), before.at("state_hash"));
  const auto again = nodes.PostAct(0, act);
  ASSERT_TRUE(again);
  EXPECT_EQ(RunningNodes::JsonOf(*again).at("leaf"), RunningNodes::JsonOf(*first).at("leaf"));
}

TEST(NodeTest, SecondNodeOnTheSameDataIsRefused) {
  RunningNodes nodes(1);
  const auto config = config::LoadNodeConfig(nodes.network().NodeFile(1));
  ASSERT_TRUE(config);
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  ASSERT_TRUE(passphrase);
  const auto second = Node::Start(*config, passphrase->view(), [](const Error&) {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kDenied) << second.error().message;
}

TEST(NodeTest, LostWalIsRefusedInsteadOfForgotten) {
  RunningNodes nodes(1);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(0);
  std::filesystem::remove_all(nodes.DataOf(0) / "wal");
  const auto config = config::LoadNodeConfig(nodes.network().NodeFile(1));
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  const auto node = Node::Start(*config, passphrase->view(), [](const Error&) {});
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, Code::kCorruption);
  EXPECT_NE(node.error().message.find("wal"), std::string::npos) << node.error().message;
}

TEST(NodeTest, LostCheckpointsAreRefusedInsteadOfForgotten) {
  RunningNodes nodes(1);
  for (int day = 1; day <= 3; ++day) {
    ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(day), DayPlus(day)))->status, 200);
    // Signed, and then flushed with what follows.
    while (At(nodes, 0, "/v1/node").at("checkpoint").to_number<std::uint64_t>() == 0) {
    }
  }
  nodes.StopNode(0);
  ASSERT_TRUE(std::filesystem::remove(nodes.DataOf(0) / "log/checkpoints"));
  const auto config = config::LoadNodeConfig(nodes.network().NodeFile(1));
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  const auto node = Node::Start(*config, passphrase->view(), [](const Error&) {});
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, Code::kCorruption);
  EXPECT_NE(node.error().message.find("log/checkpoints"), std::string::npos)
      << node.error().message;
}

TEST(NodeTest, WrongPassphraseAndForeignKeyAreRefusedByName) {
  RunningNodes nodes(1);
  nodes.StopNode(0);
  auto config = config::LoadNodeConfig(nodes.network().NodeFile(1));
  ASSERT_TRUE(config);
  const auto wrong = Node::Start(*config, "not it", [](const Error&) {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kDenied);
  EXPECT_NE(wrong.error().message.find("tls.key"), std::string::npos) << wrong.error().message;
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  config->log_key = config->tls_key;
  const auto foreign = Node::Start(*config, passphrase->view(), [](const Error&) {});
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().message.find("genesis"), std::string::npos) << foreign.error().message;
}

}  // namespace
}  // namespace aval::node
