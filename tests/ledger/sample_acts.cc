#include "tests/ledger/sample_acts.h"

#include "crypto/envelope.h"
#include "ledger/rules/keys.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_copay.h"

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

std::shared_ptr<const Bytes> KeyAddAct(const SignerRef& hand, const crypto::SecretKey& key,
                                       const std::vector<SignerRef>& signers, std::uint64_t nonce) {
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

std::shared_ptr<const Bytes> KeyRevokeAct(const crypto::PublicKey& key, const SignerRef& signer,
                                          std::uint64_t nonce) {
  act::v1::Act act = NewAct(signer.party, nonce);
  act.mutable_key_revoke()->set_key_id(ToWire(crypto::KeyIdOf(key).digest));
  act.mutable_key_revoke()->set_reason("test");
  return SignAct(act, {signer});
}

std::shared_ptr<const Bytes> SupplierAct(std::uint32_t n) {
  const PartyId supplier = TestParticipant(n);
  const SignerRef ops{supplier, Department::kOps};
  const SignerRef treasury{supplier, Department::kTreasury};
  act::v1::Act act = NewAct(kBankA, n);
  act::v1::SupplierRegister* body = act.mutable_supplier_register();
  body->set_supplier(ToWire(supplier));
  body->set_nullifier(TestDigest("nullifier " + std::to_string(n)));
  body->mutable_ops_key()->set_ed25519(std::string(AsText(KeyOf(ops).public_key().bytes)));
  body->mutable_treasury_key()->set_ed25519(
      std::string(AsText(KeyOf(treasury).public_key().bytes)));
  body->set_settlement_bank(ToWire(kBankB));
  return SignAct(act,
                 {{kBankA, Department::kCompliance}, {kPlatform, Department::kOps}, ops, treasury});
}

std::shared_ptr<const Bytes> AuthoriseAct(const SamplePurchase& purchase) {
  act::v1::Act act = NewAct(purchase.borrower, purchase.id);
  act::v1::PurchaseAuthorise* body = act.mutable_purchase_authorise();
  body->set_purchase(ToWire(TestId(purchase.id)));
  body->set_grant(ToWire(TestId(purchase.grant)));
  body->set_supplier(ToWire(purchase.supplier));
  body->set_order(TestDigest("order " + std::to_string(purchase.id)));
  body->set_scenario(1);
  body->set_product(1);
  body->mutable_amount()->set_currency("BRL");
  body->mutable_amount()->set_minor(purchase.amount.minor);
  body->set_instalments(purchase.instalments);
  body->set_first_due_day(ToWire(purchase.first_due));
  body->set_expiry_day(ToWire(purchase.expiry));
  body->set_disclosure(TestDigest("disclosure"));
  return SignAct(act, {{purchase.borrower, Department::kNone}, {kPlatform, Department::kOps}});
}

std::shared_ptr<const Bytes> CaptureAct(const SamplePurchase& purchase) {
  act::v1::Act act = NewAct(kPlatform, purchase.id);
  act::v1::PurchaseCapture* body = act.mutable_purchase_capture();
  body->set_purchase(ToWire(TestId(purchase.id)));
  body->set_amount(purchase.amount.minor);
  body->set_shipment(TestDigest("shipment"));
  return SignAct(act, {{kPlatform, Department::kOps}});
}

std::shared_ptr<const Bytes> VoidAct(const SamplePurchase& purchase) {
  act::v1::Act act = NewAct(kPlatform, purchase.id);
  act.mutable_purchase_void()->set_purchase(ToWire(TestId(purchase.id)));
  act.mutable_purchase_void()->set_reason(1);
  return SignAct(act, {{kPlatform, Department::kOps}});
}

std::shared_ptr<const Bytes> DeliverAct(const SamplePurchase& purchase) {
  act::v1::Act act = NewAct(purchase.supplier, purchase.id);
  act.mutable_delivery_confirm()->set_purchase(ToWire(TestId(purchase.id)));
  act.mutable_delivery_confirm()->set_delivery(TestDigest("delivery"));
  return SignAct(act, {{purchase.supplier, Department::kOps}, {kPlatform, Department::kOps}});
}

std::shared_ptr<const Bytes> RepayAct(std::uint64_t id, std::uint64_t loan, Amount amount,
                                      Day day) {
  act::v1::Act act = NewAct(kBankB, id);
  act.set_last_valid_day(ToWire(day));
  act::v1::Repay* body = act.mutable_repay();
  body->set_repayment(ToWire(TestId(id)));
  body->set_loan(ToWire(TestId(loan)));
  body->mutable_amount()->set_currency("BRL");
  body->mutable_amount()->set_minor(amount.minor);
  body->set_reference(TestDigest("reference"));
  return SignAct(act, {{kBankB, Department::kOps}});
}

std::vector<std::vector<std::shared_ptr<const Bytes>>> SampleDays() {
  constexpr std::size_t kDays = 60;
  const Day last = kFirstDay.Plus(kDays);
  const PartyId supplier = TestParticipant(50);
  std::vector<std::vector<std::shared_ptr<const Bytes>>> days(kDays);
  std::vector<std::shared_ptr<const Bytes>>& first = days[0];
  first.push_back(SupplierAct(50));
  for (const std::uint32_t n : {1U, 2U}) {
    first.push_back(RegisterAct(n));
    for (auto& act : EvidenceActs(n, 100 * n, last)) first.push_back(std::move(act));
    const SampleGrant grant{.id = 1000 * n,
                            .borrower = TestParticipant(n),
                            .evidence = 100 * n,
                            .expiry = kFirstDay.Plus(40)};
    first.push_back(ProposeAct(grant));
    first.push_back(DecideAct(grant, kPlatform));
    first.push_back(ActivateAct(grant));  // Too early: refused, and its id is burnt.
    first.push_back(DecideAct(grant, kBankA));
    if (n == 2) continue;
    SampleGrant again = grant;
    again.id = 1100;
    first.push_back(ProposeAct(again));
    first.push_back(DecideAct(again, kPlatform));
    first.push_back(DecideAct(again, kBankA));
    first.push_back(ActivateAct(again));
  }
  SamplePurchase purchase{.id = 5000,
                          .grant = 1100,
                          .borrower = TestParticipant(1),
                          .supplier = supplier,
                          .first_due = kFirstDay.Plus(10),
                          .expiry = kFirstDay.Plus(3)};
  for (purchase.id = 5000; purchase.id < 5004; ++purchase.id) {
    first.push_back(AuthoriseAct(purchase));
  }
  for (purchase.id = 5000; purchase.id < 5002; ++purchase.id) {
    days[1].push_back(CaptureAct(purchase));
    days[2].push_back(DeliverAct(purchase));
  }
  days[1].push_back(VoidAct(purchase));  // And 5003 runs out.
  for (const std::size_t day : {4U, 8U, 21U, 50U, 57U}) {
    const Day today = kFirstDay.Plus(static_cast<std::int64_t>(day));
    days[day].push_back(RepayAct(6000 + day, 5000 + day % 2, {40'000}, today));
  }
  std::size_t day = 0;
  for (const auto& acts : SampleCopayDays()) {
    days[day].insert(days[day].end(), acts.begin(), acts.end());
    ++day;
  }
  return days;
}

}  // namespace aval::ledger
