#include "tests/ledger/sample_acts.h"

#include "crypto/envelope.h"
#include "ledger/rules/keys.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

constexpr std::uint32_t kScore = 720;
constexpr std::uint32_t kPlatformShare = 300'000;  // ppm; the rest is bank A's.

}  // namespace

std::shared_ptr<const Bytes> AttestAct(const SampleAttestation& attestation) {
  act::v1::Act act = NewAct(kBankA, attestation.id);
  act::v1::Attest* body = act.mutable_attest();
  body->set_attestation(ToWire(TestId(attestation.id)));
  body->set_subject(ToWire(attestation.subject));
  body->set_kind(static_cast<act::v1::AttestationKind>(attestation.kind));
  for (const AttestedValue& value : attestation.values) {
    act::v1::Attest::Value* wire = body->add_values();
    wire->set_code(value.code);
    wire->set_value(value.value);
  }
  body->set_commitment(TestDigest("commitment " + std::to_string(attestation.id)));
  body->set_expiry_day(ToWire(attestation.expiry));
  return SignAct(act, {{kBankA, Department::kCompliance}});
}

std::vector<std::shared_ptr<const Bytes>> EvidenceActs(std::uint32_t n, std::uint64_t first,
                                                       Day expiry) {
  const PartyId subject = TestParticipant(n);
  return {AttestAct({.id = first, .subject = subject, .expiry = expiry}),
          AttestAct({.id = first + 1,
                     .subject = subject,
                     .kind = AttestationKind::kCapacity,
                     .values = {{.code = 1, .value = 100'000}},
                     .expiry = expiry}),
          AttestAct({.id = first + 2,
                     .subject = subject,
                     .kind = AttestationKind::kScore,
                     .values = {{.code = 1, .value = kScore}},
                     .expiry = expiry})};
}

std::shared_ptr<const Bytes> ProposeAct(const SampleGrant& grant) {
  act::v1::Act act = NewAct(kPlatform, grant.id);
  act::v1::GrantPropose* body = act.mutable_grant_propose();
  body->set_grant(ToWire(TestId(grant.id)));
  body->set_borrower(ToWire(grant.borrower));
  for (const PartyId& lender : {kPlatform, kBankA}) {
    act::v1::LenderShare* share = body->add_lenders();
    share->set_lender(ToWire(lender));
    share->set_share_ppm(lender == kPlatform ? kPlatformShare : 1'000'000 - kPlatformShare);
  }
  body->mutable_limit()->set_currency("BRL");
  body->mutable_limit()->set_minor(grant.limit.minor);
  body->set_expiry_day(ToWire(grant.expiry));
  body->set_tier(2);
  for (std::uint64_t i = 0; i < 3; ++i) {
    body->add_attestations(ToWire(TestId(grant.evidence + i)));
  }
  body->set_score(kScore);
  body->set_model(TestDigest("model"));
  return SignAct(act, {{kPlatform, Department::kCredit}});
}

std::shared_ptr<const Bytes> DecideAct(const SampleGrant& grant, const PartyId& lender) {
  const Result<crypto::Envelope> proposal = crypto::ParseEnvelope(*ProposeAct(grant));
  act::v1::Act act = NewAct(lender, grant.id + 1);
  act::v1::GrantDecide* body = act.mutable_grant_decide();
  body->set_grant(ToWire(TestId(grant.id)));
  body->set_proposal(ToWire(crypto::IdentityOf(*proposal)));
  body->set_share_ppm(lender == kPlatform ? kPlatformShare : 1'000'000 - kPlatformShare);
  return SignAct(act, {{lender, Department::kCredit}});
}

std::shared_ptr<const Bytes> ActivateAct(const SampleGrant& grant) {
  act::v1::Act act = NewAct(grant.borrower, grant.id);
  act.mutable_grant_activate()->set_grant(ToWire(TestId(grant.id)));
  act.mutable_grant_activate()->set_disclosure(TestDigest("disclosure"));
  return SignAct(act, {{grant.borrower, Department::kNone}});
}

std::shared_ptr<const Bytes> KeyAddAct(const rules::SignerRef& hand, const crypto::SecretKey& key,
                                       const std::vector<rules::SignerRef>& signers,
                                       std::uint64_t nonce) {
  act::v1::Act act = NewAct(signers.front().party, nonce);
  act::v1::KeyAdd* body = act.mutable_key_add();
  body->set_party(ToWire(hand.party));
  body->set_department(static_cast<act::v1::Department>(hand.department));
  body->mutable_key()->set_ed25519(std::string(AsText(key.public_key().bytes)));
  const crypto::Signature possession =
      crypto::Sign(key, rules::KeyPossessionText(kTestOrigin, hand, key.public_key()));
  body->set_possession(std::string(AsText(possession.bytes)));
  return SignAct(act, signers);
}

std::shared_ptr<const Bytes> KeyRevokeAct(const crypto::PublicKey& key,
                                          const rules::SignerRef& signer, std::uint64_t nonce) {
  act::v1::Act act = NewAct(signer.party, nonce);
  act.mutable_key_revoke()->set_key_id(ToWire(crypto::KeyIdOf(key).digest));
  act.mutable_key_revoke()->set_reason("test");
  return SignAct(act, {signer});
}

}  // namespace aval::ledger
