// Nodes together: forwarding, equal answers, restarts, and what a node refuses to start on.

#include "node/node.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <set>
#include <string>

#include "base/disk.h"
#include "config/node_config.h"
#include "config/passphrase.h"
#include "node/promise_file.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

ledger::Day DayPlus(int days) { return RunningNodes::FirstDay().Plus(days); }

// Of three nodes at one length of the log, which the days' sweeps make grow beyond `leaves`.
void ExpectOneState(RunningNodes& nodes, std::uint64_t leaves) {
  for (;;) {
    const std::string target = "/v1/reports/state-hash?min_index=" + std::to_string(leaves);
    std::set<std::string> hashes;
    std::set<std::uint64_t> lengths;
    for (std::size_t i = 0; i < 3; ++i) {
      const boost::json::value report = nodes.Get(i, target);
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

net::HttpReply Post(RunningNodes& nodes, std::size_t i, const std::string& target,
                    const std::string& body) {
  net::HttpCall call;
  call.method = "POST";
  call.target = target;
  call.content_type = "application/json";
  call.body = CopyBytes(AsBytes(body));
  const auto reply = nodes.Call(i, call);
  EXPECT_TRUE(reply) << reply.error().message;
  return reply ? *reply : net::HttpReply{};
}

// The members in force are committed, nobody is leaving, and node 3 has this part ("" for none).
bool HasPart(const boost::json::value& status, const std::string& part) {
  const auto commit = status.at("raft_index").at("commit").to_number<std::uint64_t>();
  if (status.at("members_joint").as_bool() ||
      commit < status.at("members_index").to_number<std::uint64_t>()) {
    return false;
  }
  const boost::json::value* const member = status.at("members").as_object().if_contains("3");
  return member == nullptr ? part.empty() : member->at("part").as_string() == part;
}

// An act that node 0 is to decide soon, and cannot.
Result<net::HttpReply> PostInVain(RunningNodes& nodes, const Bytes& act) {
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/acts?timeout_ms=300";
  call.body = act;
  return nodes.Call(0, call);
}

// A change of node 3's part, asked for again where a new leader has not heard of it.
void Change(RunningNodes& nodes, const std::string& body, const std::string& part) {
  while (!HasPart(nodes.Get(nodes.Leader(), "/v1/node"), part)) {
    Post(nodes, nodes.Leader(), "/v1/node/members", body);
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

TEST(NodeTest, NodeThatStopsHasKeptWhatItsPeersPromisedLast) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  const std::size_t leader = nodes.Leader();
  const auto commit =
      nodes.Get(leader, "/v1/node").at("raft_index").at("commit").to_number<std::uint64_t>();
  nodes.StopNode(leader);
  PosixDisk disk;
  const auto loaded = LoadPromises(disk, nodes.DataOf(leader));
  ASSERT_TRUE(loaded);
  std::uint64_t acknowledged = 0;
  for (const auto& [node, promise] : loaded->known) {
    acknowledged = std::max(acknowledged, promise.index.value);
  }
  EXPECT_GE(acknowledged, commit);
}

TEST(NodeTest, NodeWhoseRecordOfPromisesIsDamagedStarts) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(2);
  PosixDisk disk;
  ASSERT_TRUE(disk.ReplaceFile(nodes.DataOf(2) / "promises", AsBytes("rot")));
  nodes.StartNode(2);
  ExpectOneState(nodes, 3);
  EXPECT_TRUE(disk.Exists(nodes.DataOf(2) / "promises.damaged"));
}

TEST(NodeTest, NodeThatLostItsDataHearsWhatItHadPromisedAndTakesPartNoMore) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  ExpectOneState(nodes, 3);
  nodes.StopNode(2);
  std::filesystem::remove_all(nodes.DataOf(2));
  nodes.StartNode(2);
  nodes.AwaitReadiness(2, "forgotten");
  const auto refused = nodes.PostAct(2, nodes.DayRoll(DayPlus(2), DayPlus(2)));
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(RunningNodes::JsonOf(*refused).at("code").as_string(), "forgotten");
  // The others go on without it.
  EXPECT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(2), DayPlus(2)))->status, 200);
}

TEST(NodeTest, LostNodeComesBackAsAnotherIncarnationAndVotesAgain) {
  std::uint32_t incarnation = 1;
  RunningNodes nodes(3, [&](config::NodeConfig& config) {
    if (config.number == 3) config.incarnation = incarnation;
  });
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  ExpectOneState(nodes, 3);
  nodes.StopNode(2);
  std::filesystem::remove_all(nodes.DataOf(2));
  Change(nodes, R"({"remove": {"node": 3}})", "");
  Change(nodes, R"({"add": {"node": 3, "incarnation": 2}})", "learner");
  incarnation = 2;
  nodes.StartNode(2);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(2), DayPlus(2)))->status, 200);
  ExpectOneState(nodes, 4);
  Change(nodes, R"({"promote": {"node": 3}})", "voter");
  const boost::json::value status = nodes.Get(nodes.Leader(), "/v1/node");
  const boost::json::value& member = status.at("members").at("3");
  EXPECT_EQ(member.at("part").as_string(), "voter");
  EXPECT_EQ(member.at("incarnation").to_number<int>(), 2);
  // Its vote counts: of the other two one is enough.
  nodes.StopNode(0);
  EXPECT_EQ(nodes.PostAct(1, nodes.DayRoll(DayPlus(3), DayPlus(3)))->status, 200);
}

TEST(NodeTest, IncarnationThatTheLogDoesNotHaveIsRefused) {
  RunningNodes nodes(1);
  nodes.StopNode(0);
  auto config = config::LoadNodeConfig(nodes.network().NodeFile(1));
  ASSERT_TRUE(config);
  config->incarnation = 2;
  const auto passphrase = config::ReadPassphrase(config->passphrase_file);
  const auto node = Node::Start(*config, passphrase->view(), [](const Error&) {});
  ASSERT_FALSE(node);
  EXPECT_NE(node.error().message.find("incarnation"), std::string::npos) << node.error().message;
}

TEST(NodeTest, OperatorHasTheLeaderHandOver) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  const std::size_t before = nodes.Leader();
  const std::size_t target = (before + 1) % 3;
  // A busy machine may miss the deadline of a transfer.
  for (std::size_t leader = before; leader != target; leader = nodes.Leader()) {
    const auto reply =
        Post(nodes, leader, "/v1/node/transfer", "{\"node\": " + std::to_string(target + 1) + "}");
    EXPECT_TRUE(reply.status == 202 || reply.status == 503) << AsText(reply.body);
  }
  EXPECT_EQ(nodes.PostAct(before, nodes.DayRoll(DayPlus(2), DayPlus(2)))->status, 200);
}

TEST(NodeTest, WhatAnOperatorAsksInVainHasItsStatus) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  const std::size_t leader = nodes.Leader();
  const std::string own = "{\"node\": " + std::to_string(leader + 1) + "}";
  EXPECT_EQ(Post(nodes, leader, "/v1/node/transfer", own).status, 400);
  EXPECT_EQ(Post(nodes, (leader + 1) % 3, "/v1/node/transfer", own).status, 503);
  for (const char* body : {"", "{}", "[1]", R"({"node": 0})", R"({"node": "1"})",
                           R"({"node": 1, "more": 2})", R"({"node": 1.5})"}) {
    EXPECT_EQ(Post(nodes, leader, "/v1/node/transfer", body).status, 400) << body;
  }
  for (const char* body :
       {R"({"add": {"node": 9, "incarnation": 1}})", R"({"add": {"node": 1}})",
        R"({"remove": {"node": 1, "node": 3}})", R"({"promote": {"node": 1}})",
        R"({"exile": {"node": 1}})", R"({"remove": {"node": 1}, "promote": {"node": 2}})"}) {
    EXPECT_EQ(Post(nodes, leader, "/v1/node/members", body).status, 400) << body;
  }
  const auto reply =
      Post(nodes, leader, "/v1/node/members", R"({"add": {"node": 3, "incarnation": 1000001}})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(AsText(reply.body).find("at most 1000000"), std::string::npos) << AsText(reply.body);
}

TEST(NodeTest, ClientThatIsNoOperatorChangesNothing) {
  RunningNodes nodes(1);
  net::HttpCall call;
  call.method = "POST";
  call.body = CopyBytes(AsBytes(R"({"node": 1})"));
  for (const char* target : {"/v1/node/transfer", "/v1/node/members"}) {
    call.target = target;
    const auto reply = nodes.CallAsOther(0, call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 403) << target;
  }
}

TEST(NodeTest, LinearizableReadOfAnyNodeSeesWhatAnotherHasAnswered) {
  RunningNodes nodes(3);
  for (int day = 1; day <= 6; ++day) {
    const auto writer = static_cast<std::size_t>(day) % 3;
    ASSERT_EQ(nodes.PostAct(writer, nodes.DayRoll(DayPlus(day), DayPlus(day)))->status, 200);
    const boost::json::value book =
        nodes.Get((writer + 1) % 3, "/v1/records/book?linearizable=true");
    EXPECT_EQ(book.at("record").at("day").as_string(), DayPlus(day).Text());
  }
}

TEST(NodeTest, LinearizableReadWaitsForItsIndexToo) {
  RunningNodes nodes(1);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  net::HttpCall call;
  call.target = "/v1/records/book?linearizable=true&min_index=1000000&timeout_ms=300";
  const auto reply = nodes.Call(0, call);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 504);
  EXPECT_EQ(RunningNodes::JsonOf(*reply).at("code").as_string(), "index_not_reached");
}

TEST(NodeTest, LinearizableReadWithoutAQuorumIsNotAnswered) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(1);
  nodes.StopNode(2);
  net::HttpCall call;
  call.target = "/v1/records/book?linearizable=true&timeout_ms=300";
  const auto reply = nodes.Call(0, call);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_TRUE(reply->status == 503 || reply->status == 504) << reply->status;
  call.target = "/v1/records/book?linearizable=maybe";
  EXPECT_EQ(nodes.Call(0, call)->status, 400);
}

TEST(NodeTest, ReadsThatWaitAreAnsweredWhenTheNodeGoesDown) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(1);
  nodes.StopNode(2);
  auto reply = std::async(std::launch::async, [&nodes] {
    net::HttpCall call;
    call.target = "/v1/records/book?linearizable=true&timeout_ms=60000";
    return nodes.Call(0, call);
  });
  while (nodes.Get(0, "/v1/node").at("waiting_reads").to_number<int>() == 0) {
  }
  nodes.StopNode(0);
  const auto answered = reply.get();
  ASSERT_TRUE(answered) << answered.error().message;
  EXPECT_EQ(answered->status, 503);
  EXPECT_EQ(RunningNodes::JsonOf(*answered).at("code").as_string(), "unavailable");
}

TEST(NodeTest, NodeOfAnIncarnationThatNobodyHasAddedSaysSo) {
  std::uint32_t incarnation = 1;
  RunningNodes nodes(3, [&](config::NodeConfig& config) {
    if (config.number == 3) config.incarnation = incarnation;
  });
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(2);
  std::filesystem::remove_all(nodes.DataOf(2));
  incarnation = 2;
  nodes.StartNode(2);
  nodes.AwaitReadiness(2, "no_member");
}

TEST(NodeTest, OneOfThreeDecidesNothingAndTheActIsDecidedLater) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(1);
  nodes.StopNode(2);
  const Bytes act = nodes.DayRoll(DayPlus(2), DayPlus(2));
  const auto reply = PostInVain(nodes, act);
  ASSERT_TRUE(reply) << reply.error().message;
  // By when it learnt that nobody leads.
  EXPECT_TRUE(reply->status == 503 || reply->status == 504) << AsText(reply->body);
  nodes.StartNode(1);
  EXPECT_EQ(nodes.PostAct(0, act)->status, 200);
}

TEST(NodeTest, ActThatNoLeaderHasHeardOfIsNotTakenAndTheAnswerSaysWhy) {
  RunningNodes nodes(3);
  ASSERT_EQ(nodes.PostAct(0, nodes.DayRoll(DayPlus(1), DayPlus(1)))->status, 200);
  nodes.StopNode(1);
  nodes.StopNode(2);
  nodes.AwaitReadiness(0, "no_leader");
  const Bytes act = nodes.DayRoll(DayPlus(2), DayPlus(2));
  const auto reply = PostInVain(nodes, act);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 503);
  const boost::json::value body = RunningNodes::JsonOf(*reply);
  EXPECT_EQ(body.at("code").as_string(), "no_leader");
  EXPECT_EQ(body.at("reason").as_string(), "no_leader");
  EXPECT_FALSE(body.at("recorded").as_bool());
  nodes.StartNode(1);
  const auto again = nodes.PostAct(0, act);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->status, 200) << AsText(again->body);
  EXPECT_FALSE(RunningNodes::JsonOf(*again).as_object().contains("repeated"));
}

TEST(NodeTest, NodeStartsAgainWhereItStopped) {
  RunningNodes nodes(1);
  const Bytes act = nodes.DayRoll(DayPlus(1), DayPlus(5));
  const auto first = nodes.PostAct(0, act);
  ASSERT_EQ(first->status, 200);
  const boost::json::value before = nodes.Get(0, "/v1/reports/state-hash?min_index=3");
  nodes.StopNode(0);
  nodes.StartNode(0);
  EXPECT_EQ(nodes.Get(0, "/v1/reports/state-hash").at("state_hash"), before.at("state_hash"));
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
    while (nodes.Get(0, "/v1/node").at("checkpoint").to_number<std::uint64_t>() == 0) {
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
