// What clients read: records, reports, leaves, the log's files, and what a wrong question gets.

#include <gtest/gtest.h>

#include "crypto/note.h"
#include "ledger/log/leaf.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

class ApiReadsTest : public ::testing::Test {
 protected:
  ApiReadsTest() : nodes_(1) {}

  net::HttpReply Get(const std::string& target) {
    net::HttpCall call;
    call.target = target;
    const auto reply = nodes_.Call(0, call);
    EXPECT_TRUE(reply) << reply.error().message;
    return reply ? *reply : net::HttpReply{};
  }
  boost::json::value GetJson(const std::string& target) {
    const net::HttpReply reply = Get(target);
    EXPECT_EQ(reply.status, 200) << AsText(reply.body);
    return RunningNodes::JsonOf(reply);
  }

  RunningNodes nodes_;
};

TEST_F(ApiReadsTest, RecordIsShownByItsKeyWithNamesAndIndex) {
  const boost::json::value bank = GetJson("/v1/records/institution/institution:2");
  EXPECT_EQ(bank.at("record").at("kind").as_string(), "bank");
  EXPECT_EQ(bank.at("index").to_number<std::uint64_t>(), 2U);
}

TEST_F(ApiReadsTest, RecordThatIsNotThereIs404) {
  EXPECT_EQ(Get("/v1/records/institution/institution:9").status, 404);
  EXPECT_EQ(Get("/v1/records/nothing/1").status, 404);
}

TEST_F(ApiReadsTest, RecordsOfTheWholeCreditBookHaveTheirTables) {
  const std::string id(32, '1');
  for (const char* table :
       {"grant", "purchase", "loan", "repayment", "early_quote", "restructuring", "recovery",
        "refund", "payment", "dispute", "invitation", "agreement", "mandate", "debit",
        "recourse_claim", "recourse_payment"}) {
    const net::HttpReply reply = Get("/v1/records/" + std::string(table) + "/" + id);
    EXPECT_EQ(reply.status, 404) << table;
    EXPECT_NE(AsText(reply.body).find("has this key"), std::string_view::npos) << table;
  }
}

TEST_F(ApiReadsTest, MalformedKeyNamesItsPart) {
  const net::HttpReply reply = Get("/v1/records/grant/xyz");
  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(AsText(reply.body).find("grant"), std::string_view::npos);
  EXPECT_EQ(Get("/v1/records/institution").status, 400);
  EXPECT_EQ(Get("/v1/records/institution/institution:1/more").status, 400);
}

TEST_F(ApiReadsTest, AccountWithoutEntriesIs404) {
  EXPECT_EQ(Get("/v1/accounts/institution:1/1100/00000000000000000000000000000000/BRL").status,
            404);
}

TEST_F(ApiReadsTest, LeafZeroIsGenesisAndLeafOneThePolicy) {
  EXPECT_EQ(GetJson("/v1/leaves/0").at("kind").as_string(), "genesis");
  EXPECT_EQ(GetJson("/v1/leaves/1").at("kind").as_string(), "policy");
  EXPECT_EQ(Get("/v1/leaves/2").status, 404);
  EXPECT_EQ(Get("/v1/leaves/x").status, 400);
}

TEST_F(ApiReadsTest, TilesOfTheLogHoldTheEntries) {
  const net::HttpReply bundle = Get("/log/tile/entries/000.p/2");
  ASSERT_EQ(bundle.status, 200);
  ByteReader reader(bundle.body);
  const auto leaf = ledger::DecodeLeaf(reader.Raw(reader.U16()));
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(leaf->header.kind, ledger::LeafKind::kGenesis);
  EXPECT_EQ(Get("/log/tile/0/000.p/2").body.size(), 64U);
}

TEST_F(ApiReadsTest, TileNamesThatAreNoneAre404) {
  for (const char* path : {"/log/tile/entries/000.p/0", "/log/tile/entries/0", "/log/tile/64/000",
                           "/log/tile/entries/x00", "/log/tile/0", "/log/nothing",
                           "/log/tile/entries/000.p/256", "/log/checkpoints/abc"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(ApiReadsTest, IdleLedgerGetsACheckpointOfItsLastLeaf) {
  const ledger::Day day = RunningNodes::FirstDay().Plus(1);
  ASSERT_EQ(nodes_.PostAct(0, nodes_.DayRoll(day, day))->status, 200);
  boost::json::value status = GetJson("/v1/node?min_index=3");
  // Each read is a round trip; the checkpoint comes a moment after the last act.
  for (int turn = 0; turn < 10'000; ++turn) {
    if (status.at("checkpoint") == status.at("index")) break;
    status = GetJson("/v1/node");
  }
  ASSERT_EQ(status.at("checkpoint"), status.at("index"));
  const auto note = crypto::Note::Parse(AsText(Get("/log/checkpoint").body));
  ASSERT_TRUE(note) << note.error().message;
  const auto checkpoint = crypto::Checkpoint::Parse(note->text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->size, status.at("index").to_number<std::uint64_t>());
  EXPECT_EQ(ToBase64(checkpoint->root), status.at("root").as_string());
}

TEST_F(ApiReadsTest, TrialBalanceAndStateHashAreReported) {
  EXPECT_TRUE(GetJson("/v1/reports/trial-balance").at("lines").as_array().empty());
  EXPECT_EQ(GetJson("/v1/reports/state-hash").at("state_hash").as_string().size(), 64U);
}

TEST_F(ApiReadsTest, IndexThatDoesNotComeIs504) {
  const net::HttpReply reply = Get("/v1/node?min_index=1000000&timeout_ms=1");
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(RunningNodes::JsonOf(reply).at("code").as_string(), "index_not_reached");
}

TEST_F(ApiReadsTest, WrongQuestionsHaveTheirStatus) {
  EXPECT_EQ(Get("/v2/unknown").status, 404);
  EXPECT_EQ(Get("/v1/node?min_index=-1").status, 400);
  EXPECT_EQ(Get("/v1/acts/not-an-id").status, 400);
  net::HttpCall call;
  call.method = "DELETE";
  call.target = "/v1/node";
  const auto reply = nodes_.Call(0, call);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 405);
}

TEST_F(ApiReadsTest, MetricsAreInPrometheusText) {
  const net::HttpReply reply = Get("/metrics");
  EXPECT_EQ(reply.status, 200);
  for (const std::string line : {"aval_log_leaves 2", "aval_raft_takes_part 1",
                                 "aval_raft_paths_total{path=\"TermLeapRefused\"} 0"}) {
    EXPECT_NE(AsText(reply.body).find("\n" + line + "\n"), std::string_view::npos) << line;
  }
}

TEST_F(ApiReadsTest, ClientWithAnUnknownKeyGetsNoAnswer) {
  SystemRandom random;
  const crypto::SecretKey stranger = crypto::SecretKey::Generate(random);
  const auto file = cli::LoadClientFile(nodes_.network().directory() / "client.toml");
  ASSERT_TRUE(file);
  auto client = net::HttpClient::Make({.host = file->nodes[0].api.host,
                                       .port = file->nodes[0].api.port,
                                       .keys = {file->nodes[0].key_id}},
                                      stranger);
  ASSERT_TRUE(client);
  EXPECT_FALSE(client->Do({}, RunningNodes::kTimeout));
}

}  // namespace
}  // namespace aval::node
