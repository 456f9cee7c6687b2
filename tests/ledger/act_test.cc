#include "ledger/act.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

const SignerRef kCompliance{kBankA, Department::kCompliance};

std::shared_ptr<const Bytes> Envelope(std::string payload, std::string_view type) {
  crypto::Envelope envelope{
      .payload = CopyBytes(AsBytes(payload)), .payload_type = std::string(type), .signatures = {}};
  crypto::SignEnvelope(envelope, KeyOf(kCompliance));
  return std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope));
}

void ExpectMalformed(const std::shared_ptr<const Bytes>& envelope, Verdict verdict,
                     const std::string& place) {
  const Preparation preparation = Prepare(envelope, kTestOrigin);
  EXPECT_EQ(preparation.act, nullptr);
  ASSERT_TRUE(preparation.malformed);
  EXPECT_EQ(preparation.malformed->verdict, verdict);
  EXPECT_EQ(preparation.malformed->place, place);
}

TEST(ActTest, AnActOfThisLedgerIsTakenApart) {
  const Preparation preparation = Prepare(RegisterAct(7), kTestOrigin);
  ASSERT_NE(preparation.act, nullptr) << preparation.malformed->place;
  const PreparedAct& act = *preparation.act;
  EXPECT_EQ(act.id.author, kBankA);
  EXPECT_EQ(act.id.last_valid, kFirstDay.Plus(5));
  EXPECT_EQ(act.id.nonce, TestId(7));
  EXPECT_EQ(act.identity, crypto::IdentityOf(act.envelope));
  const std::vector<SignerRef> signers{kCompliance, {TestParticipant(7), Department::kNone}};
  EXPECT_EQ(act.signers, signers);
  EXPECT_EQ(act.checks.size(), 2U);
}

TEST(ActTest, AnOversizedEnvelopeIsMalformed) {
  const auto envelope = std::make_shared<const Bytes>(crypto::kEnvelopeBytesMax + 1, 0);
  ExpectMalformed(envelope, Verdict::kFormat, "envelope: more than 32000 bytes");
}

TEST(ActTest, AnEnvelopeWithAnUnknownFieldIsMalformed) {
  Bytes bytes = *RegisterAct(1);
  const std::size_t end = bytes.size();
  bytes.insert(bytes.end(), {0x22, 0x01, 0x00});
  ExpectMalformed(std::make_shared<const Bytes>(std::move(bytes)), Verdict::kFormat,
                  "envelope: unknown or misplaced field at offset " + std::to_string(end));
}

TEST(ActTest, AnotherPayloadTypeIsMalformed) {
  ExpectMalformed(Envelope("x", crypto::kGenesisType), Verdict::kFormat,
                  "envelope: payloadType is not application/vnd.aval.act.v1+protobuf");
}

TEST(ActTest, APayloadWithAnUnknownFieldIsMalformed) {
  ExpectMalformed(Envelope("\x30\x01", crypto::kActType), Verdict::kFormat,
                  "payload: offset 0: unknown field 6");
}

TEST(ActTest, AWrongShapeIsMalformed) {
  act::v1::Act act = NewAct(kPlatform, 1);
  act.mutable_purchase_void()->set_purchase("short");
  ExpectMalformed(SignAct(act, {{kPlatform, Department::kOps}}), Verdict::kFormat,
                  "payload: field purchase: 5 bytes instead of 16");
}

TEST(ActTest, AnActOfAnotherLedgerIsRefusedForItsOrigin) {
  act::v1::Act act = NewAct(kPlatform, 1);
  act.set_origin("ledger.aval.example/other");
  act.mutable_purchase_void()->set_purchase(ToWire(TestId(1)));
  ExpectMalformed(SignAct(act, {{kPlatform, Department::kOps}}), Verdict::kOrigin,
                  "payload: field origin: not the ledger ledger.aval.example/test");
}

TEST(ActTest, FormIsCheckedBeforeOrigin) {
  act::v1::Act act = NewAct(kPlatform, 1);
  act.clear_origin();
  ExpectMalformed(SignAct(act, {{kPlatform, Department::kOps}}), Verdict::kFormat,
                  "payload: field body: is not set");
}

// What a node knows: the bank's key, not the newcomer's.
std::optional<crypto::PublicKey> BankKeys(const crypto::KeyId& id) {
  const crypto::PublicKey key = KeyOf(kCompliance).public_key();
  if (crypto::KeyIdOf(key) == id) return key;
  return std::nullopt;
}

TEST(ActTest, ARegistrationBringsTheKeyThatProvesPossession) {
  PreparedAct act = *Prepare(RegisterAct(1), kTestOrigin).act;
  EXPECT_TRUE(CheckSignatures(act, BankKeys));
  ASSERT_TRUE(act.checks[1]);
  EXPECT_EQ(act.checks[1]->key, KeyOf({TestParticipant(1), Department::kNone}).public_key());
}

TEST(ActTest, ASupplierBringsTwoKeys) {
  act::v1::Act act = NewAct(kBankA, 1);
  const PartyId supplier = TestParticipant(1);
  auto* body = act.mutable_supplier_register();
  body->set_supplier(ToWire(supplier));
  body->mutable_ops_key()->set_ed25519(std::string(32, 'o'));
  body->mutable_treasury_key()->set_ed25519(std::string(32, 't'));
  const auto keys = KeysBroughtBy(act);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].first, (SignerRef{supplier, Department::kOps}));
  EXPECT_EQ(keys[1].first, (SignerRef{supplier, Department::kTreasury}));
  EXPECT_NE(keys[0].second, keys[1].second);
}

TEST(ActTest, AnUnknownKeyIsLeftUnchecked) {
  PreparedAct act = *Prepare(RegisterAct(1), kTestOrigin).act;
  EXPECT_FALSE(CheckSignatures(act, [](const crypto::KeyId&) { return std::nullopt; }));
  EXPECT_FALSE(act.checks[0]);
  EXPECT_TRUE(act.checks[1]->valid);
}

TEST(ActTest, AFailingSignatureIsFound) {
  PreparedAct act = *Prepare(RegisterAct(1), kTestOrigin).act;
  act.envelope.signatures[0].signature[0] ^= 1U;
  EXPECT_FALSE(CheckSignatures(act, BankKeys));
  ASSERT_TRUE(act.checks[0]);
  EXPECT_FALSE(act.checks[0]->valid);
  EXPECT_TRUE(act.checks[1]->valid);
}

}  // namespace
}  // namespace aval::ledger
