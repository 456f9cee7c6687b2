// What clients send, good and bad: each bad input has its code, stores nothing, and leaves the node
// serving.

#include <gtest/gtest.h>

#include "crypto/envelope.h"
#include "ledger/rules/keys.h"
#include "ledger/wire.h"
#include "net/proto/api.pb.h"
#include "node/api/api.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

using ledger::Department;

class ApiActsTest : public ::testing::Test {
 protected:
  ApiActsTest() : nodes_(1) {}

  ledger::Day Tomorrow() const { return RunningNodes::FirstDay().Plus(1); }
  ledger::Day Valid() const { return RunningNodes::FirstDay().Plus(10); }

  // Posts, expects the status and code and that no leaf came of it; gives the answer.
  boost::json::value Refused(ByteView envelope, int status, const std::string& code,
                             const std::string& parameters = "") {
    const std::uint64_t before = nodes_.Index(0);
    net::HttpCall call;
    call.method = "POST";
    call.target = "/v1/acts" + parameters;
    call.content_type = "application/x-protobuf";
    call.body = CopyBytes(envelope);
    const auto reply = nodes_.Call(0, call);
    EXPECT_TRUE(reply) << reply.error().message;
    if (!reply) return nullptr;
    EXPECT_EQ(reply->status, status) << AsText(reply->body);
    boost::json::value body = RunningNodes::JsonOf(*reply);
    EXPECT_EQ(body.at("code").as_string(), code);
    EXPECT_EQ(nodes_.Index(0), before);
    ExpectServing();
    return body;
  }

  void ExpectServing() {
    net::HttpCall call;
    call.target = "/healthz";
    const auto reply = nodes_.Call(0, call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
  }

  // A day roll's envelope whose payload `change` has altered and whose signatures are anew.
  template <class Change>
  Bytes Altered(Change change) {
    auto envelope = crypto::ParseEnvelope(nodes_.DayRoll(Tomorrow(), Valid()));
    AVAL_ASSERT(envelope.has_value());
    change(envelope->payload);
    envelope->signatures.clear();
    for (const std::uint32_t institution : {1U, 2U}) {
      crypto::SignEnvelope(*envelope, *nodes_.Office(institution, Department::kOps).key);
    }
    return crypto::EncodeEnvelope(*envelope);
  }

  ::aval::api::v1::ActResults PostBatch(const std::vector<Bytes>& envelopes) {
    ::aval::api::v1::ActBatch batch;
    for (const Bytes& envelope : envelopes) batch.add_envelopes(std::string(AsText(envelope)));
    net::HttpCall call;
    call.method = "POST";
    call.target = "/v1/acts:batch";
    call.content_type = "application/x-protobuf";
    call.body = CopyBytes(AsBytes(batch.SerializeAsString()));
    const auto reply = nodes_.Call(0, call);
    EXPECT_TRUE(reply) << reply.error().message;
    ::aval::api::v1::ActResults results;
    EXPECT_TRUE(reply &&
                results.ParseFromArray(reply->body.data(), static_cast<int>(reply->body.size())));
    return results;
  }

  // The second institution's, by another key than its registered one.
  cli::Hand SecondOpsHand(const crypto::SecretKey& key) const {
    cli::Hand hand = nodes_.Office(2, Department::kOps);
    hand.key = &key;
    return hand;
  }

  // Registers `hand`'s key, by two departments of its institution.
  Bytes KeyAdd(const cli::Hand& hand) {
    act::v1::Act act;
    act::v1::KeyAdd& body = *act.mutable_key_add();
    body.set_party(ledger::ToWire(hand.signer.party));
    body.set_department(static_cast<act::v1::Department>(hand.signer.department));
    body.mutable_key()->set_ed25519(std::string(AsText(hand.key->public_key().bytes)));
    const Bytes text =
        ledger::rules::KeyPossessionText(nodes_.origin(), hand.signer, hand.key->public_key());
    const crypto::Signature possession = crypto::Sign(*hand.key, text);
    body.set_possession(std::string(AsText(possession.bytes)));
    return cli::SignAct(
        act, nodes_.origin(), Valid(),
        {nodes_.Office(2, Department::kOps), nodes_.Office(2, Department::kCompliance)}, random_);
  }

  // Of the Raft log.
  std::uint64_t LastEntry() {
    const auto status = nodes_.client(0).GetJson("/v1/node", RunningNodes::kTimeout);
    EXPECT_TRUE(status) << status.error().message;
    return status ? status->at("raft_index").at("last").to_number<std::uint64_t>() : 0;
  }

  RunningNodes nodes_;
  SystemRandom random_;
};

TEST_F(ApiActsTest, AcceptedActAnswersWithItsLeafAndEveryRetryWithTheSame) {
  const Bytes act = nodes_.DayRoll(Tomorrow(), Valid());
  const auto first = nodes_.PostAct(0, act);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->status, 200) << AsText(first->body);
  const boost::json::value answer = RunningNodes::JsonOf(*first);
  EXPECT_TRUE(answer.at("accepted").as_bool());
  const auto again = nodes_.PostAct(0, act);
  ASSERT_TRUE(again);
  const boost::json::value repeated = RunningNodes::JsonOf(*again);
  EXPECT_EQ(repeated.at("leaf"), answer.at("leaf"));
  EXPECT_TRUE(repeated.at("repeated").as_bool());
}

TEST_F(ApiActsTest, ActIsTakenAsDsseJsonToo) {
  const auto envelope = crypto::ParseEnvelope(nodes_.DayRoll(Tomorrow(), Valid()));
  ASSERT_TRUE(envelope);
  const auto reply =
      nodes_.PostAct(0, AsBytes(crypto::EnvelopeToJson(*envelope)), "application/json");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200) << AsText(reply->body);
}

TEST_F(ApiActsTest, OutcomeIsReadByTheActsId) {
  const auto reply = nodes_.PostAct(0, nodes_.DayRoll(Tomorrow(), Valid()));
  ASSERT_TRUE(reply);
  const boost::json::value answer = RunningNodes::JsonOf(*reply);
  const std::string id(answer.at("act_id").as_string());
  const std::string index = std::to_string(answer.at("leaf").to_number<std::uint64_t>() + 1);
  const auto stored =
      nodes_.client(0).GetJson("/v1/acts/" + id + "?min_index=" + index, RunningNodes::kTimeout);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->at("code").as_string(), "ACCEPTED");
  EXPECT_EQ(stored->at("leaf"), answer.at("leaf"));
}

TEST_F(ApiActsTest, RuleRefusalBindsTheIdAndIsRecorded) {
  const auto reply = nodes_.PostAct(0, nodes_.DayRoll(Tomorrow().Plus(5), Valid()));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 422);
  const boost::json::value answer = RunningNodes::JsonOf(*reply);
  EXPECT_EQ(answer.at("code").as_string(), "E_DAY_ORDER");
  EXPECT_TRUE(answer.at("recorded").as_bool());
}

TEST_F(ApiActsTest, GarbageIsMalformedAndNamesThePlace) {
  const boost::json::value answer = Refused(AsBytes("this is no envelope"), 400, "E_FORMAT");
  EXPECT_NE(answer.at("message").as_string(), "");
}

TEST_F(ApiActsTest, EmptyBodyIsMalformed) { Refused({}, 400, "E_FORMAT"); }

TEST_F(ApiActsTest, EnvelopeBeyondTheBoundIs413) {
  Refused(Bytes(crypto::kEnvelopeBytesMax + 1, 0x0a), 413, "too_large");
}

TEST_F(ApiActsTest, BodyBeyondABatchIs413) {
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/acts:batch";
  call.body = Bytes((std::size_t{1} << 20U) + 1, 0x0a);
  const auto of_the_api = nodes_.Call(0, call);
  ASSERT_TRUE(of_the_api) << of_the_api.error().message;
  EXPECT_EQ(of_the_api->status, 413);
  EXPECT_EQ(RunningNodes::JsonOf(*of_the_api).at("code").as_string(), "too_large");
  call.body = Bytes(api::Api::kBodyBytesMax + 1, 0x0a);
  const auto of_the_server = nodes_.Call(0, call);
  ASSERT_TRUE(of_the_server) << of_the_server.error().message;
  EXPECT_EQ(of_the_server->status, 413);
  EXPECT_EQ(RunningNodes::JsonOf(*of_the_server).at("code").as_string(), "body_too_long");
  ExpectServing();
}

TEST_F(ApiActsTest, UnknownFieldIsMalformed) {
  Refused(Altered([](Bytes& payload) {
            for (const int byte : {0xf8, 0x7f, 0x01}) {
              payload.push_back(static_cast<std::uint8_t>(byte));
            }
          }),
          400, "E_FORMAT");
}

TEST_F(ApiActsTest, ActOfAnotherLedgerIsRefusedWithItsCode) {
  Refused(Altered([](Bytes& payload) {
            act::v1::Act act;
            AVAL_ASSERT(act.ParseFromArray(payload.data(), static_cast<int>(payload.size())));
            act.set_origin("ledger.aval.example/other");
            payload = CopyBytes(AsBytes(act.SerializeAsString()));
          }),
          400, "E_ORIGIN");
}

TEST_F(ApiActsTest, MissingSignatureIsDroppedUnrecorded) {
  auto envelope = crypto::ParseEnvelope(nodes_.DayRoll(Tomorrow(), Valid()));
  ASSERT_TRUE(envelope);
  envelope->signatures.pop_back();
  const boost::json::value answer = Refused(crypto::EncodeEnvelope(*envelope), 422, "E_SIGNERS");
  EXPECT_FALSE(answer.at("recorded").as_bool());
}

TEST_F(ApiActsTest, SignatureOfSomebodyUnnamedIsDroppedUnrecorded) {
  auto envelope = crypto::ParseEnvelope(nodes_.DayRoll(Tomorrow(), Valid()));
  ASSERT_TRUE(envelope);
  crypto::SignEnvelope(*envelope, *nodes_.Office(3, Department::kOps).key);
  Refused(crypto::EncodeEnvelope(*envelope), 422, "E_SIGNERS");
}

TEST_F(ApiActsTest, SignatureTwiceIsMalformed) {
  auto envelope = crypto::ParseEnvelope(nodes_.DayRoll(Tomorrow(), Valid()));
  ASSERT_TRUE(envelope);
  envelope->signatures.push_back(envelope->signatures.front());
  Refused(crypto::EncodeEnvelope(*envelope), 400, "E_FORMAT");
}

TEST_F(ApiActsTest, WrongSignersForTheActAreARecordedRefusal) {
  const auto reply = nodes_.PostAct(0, nodes_.SignedDayRoll(Tomorrow(), Valid(),
                                                            {nodes_.Office(2, Department::kOps),
                                                             nodes_.Office(3, Department::kOps)}));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 422);
  const boost::json::value answer = RunningNodes::JsonOf(*reply);
  EXPECT_EQ(answer.at("code").as_string(), "E_ROLE");
  EXPECT_TRUE(answer.at("recorded").as_bool());
}

TEST_F(ApiActsTest, BrokenSignatureIsDroppedUnrecorded) {
  auto envelope = crypto::ParseEnvelope(nodes_.DayRoll(Tomorrow(), Valid()));
  ASSERT_TRUE(envelope);
  envelope->signatures.front().signature[10] ^= 1U;
  const boost::json::value answer = Refused(crypto::EncodeEnvelope(*envelope), 422, "E_SIGNATURE");
  EXPECT_FALSE(answer.at("recorded").as_bool());
}

// The node may be behind: that there is no such key only the log could say.
TEST_F(ApiActsTest, OutcomeOfAnActUnderAnUnknownKeyStaysUnknownWhenTheKeyDoesNotCome) {
  const crypto::SecretKey stranger = crypto::SecretKey::Generate(random_);
  const Bytes act = nodes_.SignedDayRoll(
      Tomorrow(), Valid(), {nodes_.Office(1, Department::kOps), SecondOpsHand(stranger)});
  const boost::json::value answer = Refused(act, 504, "outcome_unknown", "?timeout_ms=50");
  EXPECT_NE(answer.at("message").as_string().find("key"), std::string::npos);
}

TEST_F(ApiActsTest, ActUnderARevokedKeyIsDroppedUnrecorded) {
  const crypto::SecretKey fresh = crypto::SecretKey::Generate(random_);
  const cli::Hand hand = SecondOpsHand(fresh);
  ASSERT_EQ(nodes_.PostAct(0, KeyAdd(hand))->status, 200);
  act::v1::Act revoke;
  revoke.mutable_key_revoke()->set_key_id(
      std::string(AsText(crypto::KeyIdOf(fresh.public_key()).digest)));
  const auto revoked =
      nodes_.PostAct(0, cli::SignAct(revoke, nodes_.origin(), Valid(), {hand}, random_));
  ASSERT_EQ(revoked->status, 200) << AsText(revoked->body);
  ASSERT_TRUE(nodes_.client(0).GetJson("/v1/node?min_index=4", RunningNodes::kTimeout));
  const boost::json::value answer =
      Refused(nodes_.SignedDayRoll(Tomorrow(), Valid(), {nodes_.Office(1, Department::kOps), hand}),
              422, "E_KEY_UNKNOWN");
  EXPECT_FALSE(answer.at("recorded").as_bool());
}

TEST_F(ApiActsTest, RegistrationThatOnlyTheNewcomerHasSignedTeachesNoKey) {
  const crypto::SecretKey stranger = crypto::SecretKey::Generate(random_);
  act::v1::Act act;
  act::v1::ParticipantRegister& body = *act.mutable_participant_register();
  cli::Hand hand{.signer = {.party = {ledger::Id{{1, 2, 3}}}, .department = Department::kNone},
                 .key = &stranger};
  body.set_participant(ledger::ToWire(hand.signer.party));
  body.set_kind(act::v1::ParticipantRegister::PERSON);
  body.set_nullifier(std::string(32, 'n'));
  body.mutable_key()->set_ed25519(std::string(AsText(stranger.public_key().bytes)));
  const auto alone =
      nodes_.PostAct(0, cli::SignAct(act, nodes_.origin(), Valid(), {hand}, random_));
  EXPECT_EQ(RunningNodes::JsonOf(*alone).at("code").as_string(), "E_ROLE");
  // Its leaf is answered before it is durable here, and seen only then.
  ASSERT_TRUE(nodes_.client(0).GetJson("/v1/node?min_index=3", RunningNodes::kTimeout));
  Refused(nodes_.SignedDayRoll(Tomorrow(), Valid(),
                               {nodes_.Office(1, Department::kOps), SecondOpsHand(stranger)}),
          504, "outcome_unknown", "?timeout_ms=50");
}

// The node knows the second one's key, because its registration was well signed; the rules refused
// that, and the ledger does not.
TEST_F(ApiActsTest, BrokenSignatureUnderAKeyThatTheLedgerLacksIsDroppedHere) {
  const std::array<crypto::SecretKey, 2> keys{crypto::SecretKey::Generate(random_),
                                              crypto::SecretKey::Generate(random_)};
  std::vector<cli::Hand> hands;
  for (std::uint8_t i = 0; i < keys.size(); ++i) {
    hands.push_back({.signer = {.party = {ledger::Id{{1, 2, 3, i}}}}, .key = &keys[i]});
    act::v1::Act act;
    act::v1::ParticipantRegister& body = *act.mutable_participant_register();
    body.set_participant(ledger::ToWire(hands[i].signer.party));
    body.set_kind(act::v1::ParticipantRegister::PERSON);
    body.set_nullifier(std::string(32, 'n'));
    body.mutable_key()->set_ed25519(std::string(AsText(keys[i].public_key().bytes)));
    const auto reply = nodes_.PostAct(
        0, cli::SignAct(act, nodes_.origin(), Valid(),
                        {nodes_.Office(2, Department::kCompliance), hands[i]}, random_));
    EXPECT_EQ(RunningNodes::JsonOf(*reply).at("code").as_string(),
              i == 0 ? "ACCEPTED" : "E_NULLIFIER_DUP");
  }
  act::v1::Act act;
  act.mutable_grant_activate()->set_grant(std::string(16, 'g'));
  act.mutable_grant_activate()->set_disclosure(std::string(32, 'd'));
  auto envelope =
      crypto::ParseEnvelope(cli::SignAct(act, nodes_.origin(), Valid(), {hands[1]}, random_));
  ASSERT_TRUE(envelope);
  envelope->signatures.front().signature[10] ^= 1U;
  Refused(crypto::EncodeEnvelope(*envelope), 422, "E_SIGNATURE");
}

TEST_F(ApiActsTest, JsonLongerThanAnyEnvelopeNeedsIs413) {
  const std::string text = R"({"payload":")" + std::string(64'000, 'A') + R"("})";
  const auto reply = nodes_.PostAct(0, AsBytes(text), "application/json");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
}

TEST_F(ApiActsTest, ActUnderAKeyOfTheSameBatchWaitsForItAndKeepsItsPlace) {
  const crypto::SecretKey fresh = crypto::SecretKey::Generate(random_);
  const std::vector<cli::Hand> hands{nodes_.Office(1, Department::kOps), SecondOpsHand(fresh)};
  const auto results =
      PostBatch({KeyAdd(SecondOpsHand(fresh)), nodes_.SignedDayRoll(Tomorrow(), Valid(), hands),
                 nodes_.DayRoll(Tomorrow().Plus(1), Valid())});
  ASSERT_EQ(results.results_size(), 3);
  for (const auto& result : results.results()) {
    EXPECT_EQ(result.status(), ::aval::api::v1::ActResult::DECIDED);
    EXPECT_EQ(result.verdict(), 0U) << result.message();
  }
  EXPECT_LT(results.results(1).leaf(), results.results(2).leaf());
}

TEST_F(ApiActsTest, WhatTheLedgerWouldDropOrHasDecidedTakesNoPlaceInTheLog) {
  const Bytes act = nodes_.DayRoll(Tomorrow(), Valid());
  ASSERT_EQ(nodes_.PostAct(0, act)->status, 200);
  ASSERT_TRUE(nodes_.client(0).GetJson("/v1/node?min_index=3", RunningNodes::kTimeout));
  auto unsigned_act = crypto::ParseEnvelope(nodes_.DayRoll(Tomorrow(), Valid()));
  ASSERT_TRUE(unsigned_act);
  unsigned_act->signatures.pop_back();
  const crypto::SecretKey stranger = crypto::SecretKey::Generate(random_);
  const Bytes foreign = nodes_.SignedDayRoll(
      Tomorrow(), Valid(), {nodes_.Office(1, Department::kOps), SecondOpsHand(stranger)});
  const std::uint64_t before = LastEntry();
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(nodes_.PostAct(0, act)->status, 200);
    Refused(crypto::EncodeEnvelope(*unsigned_act), 422, "E_SIGNERS");
    Refused(nodes_.DayRoll(Tomorrow(), RunningNodes::FirstDay()), 422, "E_EXPIRED");
    Refused(foreign, 504, "outcome_unknown", "?timeout_ms=1");
  }
  // The last leaf's checkpoint may still come.
  EXPECT_LE(LastEntry(), before + 1);
}

TEST_F(ApiActsTest, ExpiredActIsDroppedUnrecorded) {
  Refused(nodes_.DayRoll(Tomorrow(), RunningNodes::FirstDay().Plus(-1)), 422, "E_EXPIRED");
}

TEST_F(ApiActsTest, ActValidTooFarAheadIsDroppedUnrecorded) {
  Refused(nodes_.DayRoll(Tomorrow(), RunningNodes::FirstDay().Plus(31)), 422, "E_VALIDITY");
}

TEST_F(ApiActsTest, IdWithOtherBytesIsRefusedAndBindsNothing) {
  const Bytes first = nodes_.DayRoll(Tomorrow(), Valid());
  ASSERT_EQ(nodes_.PostAct(0, first)->status, 200);
  const auto parsed = crypto::ParseEnvelope(first);
  ASSERT_TRUE(parsed);
  act::v1::Act original;
  ASSERT_TRUE(
      original.ParseFromArray(parsed->payload.data(), static_cast<int>(parsed->payload.size())));
  const Bytes other = Altered([&original](Bytes& payload) {
    act::v1::Act act = original;
    act.mutable_day_roll()->set_day(original.day_roll().day() + 1);
    payload = CopyBytes(AsBytes(act.SerializeAsString()));
  });
  const auto reply = nodes_.PostAct(0, other);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 422);
  EXPECT_EQ(RunningNodes::JsonOf(*reply).at("code").as_string(), "E_EXISTS_DIFFERENT");
  EXPECT_EQ(RunningNodes::JsonOf(*nodes_.PostAct(0, first)).at("code").as_string(), "ACCEPTED");
}

TEST_F(ApiActsTest, BatchAnswersEachActInOrder) {
  const auto results =
      PostBatch({nodes_.DayRoll(Tomorrow(), Valid()), CopyBytes(AsBytes("garbage")),
                 nodes_.DayRoll(Tomorrow().Plus(1), Valid())});
  ASSERT_EQ(results.results_size(), 3);
  EXPECT_EQ(results.results(0).verdict(), 0U);
  EXPECT_EQ(results.results(1).status(), ::aval::api::v1::ActResult::MALFORMED);
  EXPECT_EQ(results.results(2).verdict(), 0U);
  EXPECT_GT(results.results(2).leaf(), results.results(0).leaf());
}

TEST_F(ApiActsTest, EmptyAndGarbageBatchesAreMalformed) {
  for (const std::string& body : {std::string(), std::string("\xff\xff")}) {
    net::HttpCall call;
    call.method = "POST";
    call.target = "/v1/acts:batch";
    call.body = CopyBytes(AsBytes(body));
    const auto reply = nodes_.Call(0, call);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 400);
  }
  ExpectServing();
}

TEST_F(ApiActsTest, TimeoutOutOfRangeIsMalformed) {
  net::HttpCall call;
  call.method = "POST";
  call.target = "/v1/acts?timeout_ms=0";
  call.body = nodes_.DayRoll(Tomorrow(), Valid());
  const auto reply = nodes_.Call(0, call);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
  EXPECT_EQ(nodes_.Index(0), 2U);
}

}  // namespace
}  // namespace aval::node
