#include "ledger/signers.h"

#include <gtest/gtest.h>

#include <functional>

#include "ledger/rules/keys.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"
#include "tests/ledger/test_ledger.h"

namespace aval::ledger {
namespace {

const SignerRef kCompliance{kBankA, Department::kCompliance};
const SignerRef kLegal{kBankA, Department::kLegal};

// A registration as bank A signs it, its envelope changed on the way.
std::shared_ptr<const Bytes> Changed(const std::function<void(crypto::Envelope&)>& change) {
  crypto::Envelope envelope = *crypto::ParseEnvelope(*RegisterAct(1));
  change(envelope);
  return std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope));
}

void Sign(crypto::Envelope& envelope, const SignerRef& hand) {
  crypto::SignEnvelope(envelope, KeyOf(hand));
}

// Dropped: no leaf, no state; the id stays free, so that the right envelope is then accepted.
void ExpectDropped(TestLedger& ledger, const std::shared_ptr<const Bytes>& envelope,
                   Verdict verdict) {
  const std::size_t leaves = ledger.leaves().size();
  const crypto::Digest hash = ledger.hash();
  const Machine::Answer outcome = ledger.Apply(envelope);
  EXPECT_EQ(outcome.verdict, verdict) << VerdictCode(outcome.verdict);
  EXPECT_FALSE(outcome.recorded);
  EXPECT_EQ(ledger.leaves().size(), leaves);
  EXPECT_EQ(ledger.hash(), hash);
  EXPECT_EQ(ledger.Apply(RegisterAct(1)).verdict, Verdict::kAccepted);
}

void ExpectDropped(const std::shared_ptr<const Bytes>& envelope, Verdict verdict) {
  TestLedger ledger;
  ExpectDropped(ledger, envelope, verdict);
}

TEST(SignersTest, AMissingSignatureIsDropped) {
  ExpectDropped(Changed([](auto& e) { e.signatures.pop_back(); }), Verdict::kSigners);
}

TEST(SignersTest, ASignatureTooManyIsDropped) {
  ExpectDropped(Changed([](auto& e) { Sign(e, kLegal); }), Verdict::kSigners);
}

TEST(SignersTest, ASignerWhomTheActDoesNotNameIsDropped) {
  ExpectDropped(Changed([](auto& e) {
                  e.signatures.erase(e.signatures.begin());
                  Sign(e, {kBankB, Department::kCompliance});
                }),
                Verdict::kSigners);
}

TEST(SignersTest, AnotherDepartmentOfTheNamedPartyIsDropped) {
  ExpectDropped(Changed([](auto& e) {
                  e.signatures.erase(e.signatures.begin());
                  Sign(e, kLegal);
                }),
                Verdict::kSigners);
}

TEST(SignersTest, ASignerWhoSignsTwiceIsDropped) {
  TestLedger ledger;
  const crypto::SecretKey second = TestKey("second key");
  ledger.Accept({KeyAddAct(kCompliance, second, {kCompliance, kLegal}, 900)});
  ExpectDropped(ledger, Changed([&](auto& e) {
                  e.signatures.pop_back();
                  crypto::SignEnvelope(e, second);
                }),
                Verdict::kSigners);
}

TEST(SignersTest, ASignatureThatFailsUnderItsKeyIsDropped) {
  ExpectDropped(Changed([](auto& e) { e.signatures[0].signature[9] ^= 1U; }), Verdict::kSignature);
  ExpectDropped(Changed([](auto& e) { e.signatures[0].signature.pop_back(); }),
                Verdict::kSignature);
}

TEST(SignersTest, ANewcomerMustHoldTheKeyThatItBrings) {
  ExpectDropped(Changed([](auto& e) { e.signatures[1].signature[9] ^= 1U; }), Verdict::kSignature);
}

TEST(SignersTest, AnUnknownKeyIsDropped) {
  ExpectDropped(Changed([](auto& e) {
                  e.signatures.pop_back();
                  crypto::SignEnvelope(e, TestKey("nobody's"));
                }),
                Verdict::kKey);
}

TEST(SignersTest, ARevokedKeyIsDropped) {
  TestLedger ledger;
  const crypto::SecretKey second = TestKey("second key");
  ledger.Accept({KeyAddAct(kCompliance, second, {kCompliance, kLegal}, 900),
                 KeyRevokeAct(second.public_key(), kLegal, 901)});
  ExpectDropped(ledger, Changed([&](auto& e) {
                  e.signatures.erase(e.signatures.begin());
                  crypto::SignEnvelope(e, second);
                }),
                Verdict::kKey);
}

TEST(SignersTest, AKeySignsFromTheLeafAfterItsOwnToTheOneBeforeItsRevocation) {
  TestLedger ledger;
  const crypto::SecretKey second = TestKey("second key");
  const auto by_second = [&](std::uint64_t nonce) {
    act::v1::Act act = NewAct(kBankA, nonce);
    act.mutable_attest_revoke()->set_attestation(ToWire(TestId(1)));
    act.mutable_attest_revoke()->set_reason(1);
    crypto::Envelope envelope = *crypto::ParseEnvelope(*SignAct(act, {kCompliance}));
    envelope.signatures.clear();
    crypto::SignEnvelope(envelope, second);
    return std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope));
  };
  EXPECT_EQ(ledger.Apply(by_second(1)).verdict, Verdict::kKey);
  ledger.Accept({KeyAddAct(kCompliance, second, {kCompliance, kLegal}, 900)});
  EXPECT_TRUE(ledger.Apply(by_second(2)).recorded);
  ledger.Accept({KeyRevokeAct(second.public_key(), kLegal, 901)});
  EXPECT_EQ(ledger.Apply(by_second(3)).verdict, Verdict::kKey);
}

TEST(SignersTest, AKeyUnderNoticeSignsFromItsDayOn) {
  TestLedger ledger;
  const SignerRef lost{TestParticipant(1), Department::kNone};
  const crypto::SecretKey found = TestKey("found key");
  ledger.Accept({RegisterAct(1),
                 KeyAddAct(lost, found, {kCompliance, {kBankB, Department::kCompliance}}, 900)});
  const auto act = [&](std::uint64_t nonce) {
    act::v1::Act activate = NewAct(lost.party, nonce);
    activate.mutable_grant_activate()->set_grant(ToWire(TestId(1)));
    activate.mutable_grant_activate()->set_disclosure(TestDigest("x"));
    crypto::Envelope envelope = *crypto::ParseEnvelope(*SignAct(activate, {lost}));
    envelope.signatures.clear();
    crypto::SignEnvelope(envelope, found);
    return std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope));
  };
  for (int day = 0; day < rules::kLostKeyNoticeDays; ++day) {
    EXPECT_EQ(ledger.Apply(act(1)).verdict, Verdict::kKey) << day;
    ledger.NextDay();
  }
  EXPECT_TRUE(ledger.Apply(act(1)).recorded);
}

// ---- Of several faults the first in the order of verdict.h counts.

TEST(SignersTest, AnUnnamedSignerCountsBeforeAFailingSignature) {
  ExpectDropped(Changed([](auto& e) {
                  e.signatures.erase(e.signatures.begin());
                  Sign(e, kLegal);
                  e.signatures[0].signature[9] ^= 1U;
                }),
                Verdict::kSigners);
}

TEST(SignersTest, AFailingSignatureCountsBeforeAnUnknownKey) {
  ExpectDropped(Changed([](auto& e) {
                  e.signatures.erase(e.signatures.begin());
                  crypto::SignEnvelope(e, TestKey("nobody's"));
                  e.signatures[0].signature[9] ^= 1U;
                }),
                Verdict::kSignature);
}

// ---- Who verifies.

TEST(SignersTest, WhatWasCheckedUnderTheSameKeyIsNotVerifiedAgain) {
  TestLedger ledger;
  PreparedAct act = *Prepare(RegisterAct(1), kTestOrigin).act;
  act.checks[0] = {.key = KeyOf(kCompliance).public_key(), .valid = false};
  EXPECT_EQ(ledger.Apply(act).verdict, Verdict::kSignature);
}

TEST(SignersTest, WhatWasCheckedUnderAnotherKeyIsVerifiedHere) {
  TestLedger ledger;
  PreparedAct act =
      *Prepare(Changed([](auto& e) { e.signatures[0].signature[9] ^= 1U; }), kTestOrigin).act;
  act.checks[0] = {.key = TestKey("other").public_key(), .valid = true};
  EXPECT_EQ(ledger.Apply(act).verdict, Verdict::kSignature);
}

// The key that a registration brings is its own party's, even where another has it: what comes of
// that is for the rule to say, in a leaf.
TEST(SignersTest, ABroughtKeyIsTheNewcomersUntilTheRuleSpeaks) {
  TestLedger ledger;
  ledger.Accept({RegisterAct(1)});
  act::v1::Act act = NewAct(kBankA, 2);
  auto* body = act.mutable_participant_register();
  body->set_participant(ToWire(TestParticipant(2)));
  body->set_kind(act::v1::ParticipantRegister::PERSON);
  body->set_nullifier(TestDigest("nullifier 2"));
  const crypto::SecretKey taken = KeyOf({TestParticipant(1), Department::kNone});
  body->mutable_key()->set_ed25519(std::string(AsText(taken.public_key().bytes)));
  crypto::Envelope envelope =
      *crypto::ParseEnvelope(*SignAct(act, {kCompliance, {TestParticipant(2), Department::kNone}}));
  envelope.signatures.pop_back();
  crypto::SignEnvelope(envelope, taken);
  const Machine::Answer outcome =
      ledger.Apply(std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope)));
  EXPECT_EQ(outcome.verdict, Verdict::kKeyDuplicate);
  EXPECT_TRUE(outcome.recorded);
}

}  // namespace
}  // namespace aval::ledger
