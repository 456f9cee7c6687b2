// Parties, their keys, and what is attested of them.

#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "ledger/record/attestations.h"
#include "ledger/record/parties.h"
#include "ledger/rules/keys.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/codes.h"

namespace aval::ledger::rules {
namespace {

using enum Verdict;

constexpr PartyId kNewcomer{TestId('N', 1)};
constexpr SignerRef kAttesters{.party = kAttester, .department = Department::kCompliance};
constexpr SignerRef kOtherAttesters{.party = kOtherAttester, .department = Department::kCompliance};
constexpr SignerRef kBanks{.party = kBankA, .department = Department::kCompliance};

std::string KeyBytes(PartyId party, Department department = Department::kNone) {
  return std::string(AsText(SmallBook::KeyOf(party, department).public_key().bytes));
}

std::string NullifierOf(Attempt& a, PartyId participant) {
  return ToWire(a.book().Get<Participant>({.participant = participant}).nullifier);
}

// y = 1 is the neutral element: canonical, but of small order.
std::string NoKey() {
  std::string bytes(32, '\0');
  bytes[0] = 1;
  return bytes;
}

// The newcomer's signatures are of another party.
void SignAs(Attempt& a, PartyId party) {
  for (SignerRef& signer : a.signers) {
    if (signer.party == kNewcomer) signer.party = party;
  }
}

// Whoever has attested signs for the attester.
Spoil AttestedBy(SignerRef hand) {
  return [hand](Attempt& a) {
    for (SignerRef& signer : a.signers) {
      if (signer == kAttesters) signer = hand;
    }
  };
}

ActCase ParticipantRegister() {
  return {
      .name = "ParticipantRegister",
      .prepare =
          [](Attempt& a) {
            act::v1::ParticipantRegister act;
            act.set_participant(ToWire(kNewcomer));
            act.set_kind(act::v1::ParticipantRegister::PERSON);
            act.set_nullifier(Text32('n'));
            act.mutable_key()->set_ed25519(KeyBytes(kNewcomer));
            a.Say(act, {kAttesters, By(kNewcomer)});
          },
      .reasons = {{"the newcomer has not signed", SignedBy({kAttesters}), kRole},
                  {"a bank that does not attest", AttestedBy(kBanks), kIssuer},
                  {"the party exists",
                   [](Attempt& a) {
                     a.act.mutable_participant_register()->set_participant(ToWire(kBorrower));
                     SignAs(a, kBorrower);
                   },
                   kDuplicate},
                  {"a second pseudonym of one person",
                   [](Attempt& a) {
                     a.act.mutable_participant_register()->set_nullifier(NullifierOf(a, kBorrower));
                   },
                   kNullifierDuplicate},
                  {"a key that is registered",
                   [](Attempt& a) {
                     a.act.mutable_participant_register()->mutable_key()->set_ed25519(
                         KeyBytes(kBankA, Department::kOps));
                   },
                   kKeyDuplicate},
                  {"a suspended attester", PartyHeld(kAttester), kSuspended},
                  {"an id of an institution's form",
                   [](Attempt& a) {
                     a.act.mutable_participant_register()->set_participant(
                         ToWire(TestInstitution(9)));
                     SignAs(a, TestInstitution(9));
                   },
                   kRange},
                  {"no key",
                   [](Attempt& a) {
                     a.act.mutable_participant_register()->mutable_key()->set_ed25519(NoKey());
                   },
                   kKeyRefused}},
      .makes = {"participant"}};
}

std::vector<Reason> SupplierRegisterReasons() {
  return {{"the treasury has not signed",
           SignedBy({kAttesters, kPlatformOps, By(kNewcomer, Department::kOps)}), kRole},
          {"a bank that does not attest", AttestedBy(kBanks), kIssuer},
          {"the party exists",
           [](Attempt& a) {
             a.act.mutable_supplier_register()->set_supplier(ToWire(a.market.supplier()));
             SignAs(a, a.market.supplier());
           },
           kDuplicate},
          {"a second pseudonym of one person",
           [](Attempt& a) {
             a.act.mutable_supplier_register()->set_nullifier(NullifierOf(a, kBorrower));
           },
           kNullifierDuplicate},
          {"one key for both hands",
           [](Attempt& a) {
             auto& act = *a.act.mutable_supplier_register();
             *act.mutable_treasury_key() = act.ops_key();
           },
           kKeyDuplicate},
          {"an unknown bank",
           [](Attempt& a) { a.act.mutable_supplier_register()->set_settlement_bank(Nowhere()); },
           kUnknown},
          {"a suspended platform", PartyHeld(kPlatform), kSuspended},
          {"a settlement bank that keeps no accounts",
           [](Attempt& a) {
             a.act.mutable_supplier_register()->set_settlement_bank(ToWire(kAttester));
           },
           kState},
          {"an id of an institution's form",
           [](Attempt& a) {
             a.act.mutable_supplier_register()->set_supplier(ToWire(TestInstitution(9)));
             SignAs(a, TestInstitution(9));
           },
           kRange},
          {"no key",
           [](Attempt& a) {
             a.act.mutable_supplier_register()->mutable_ops_key()->set_ed25519(NoKey());
           },
           kKeyRefused}};
}

ActCase SupplierRegister() {
  return {.name = "SupplierRegister",
          .prepare =
              [](Attempt& a) {
                act::v1::SupplierRegister act;
                act.set_supplier(ToWire(kNewcomer));
                act.set_nullifier(Text32('n'));
                act.mutable_ops_key()->set_ed25519(KeyBytes(kNewcomer, Department::kOps));
                act.mutable_treasury_key()->set_ed25519(KeyBytes(kNewcomer, Department::kTreasury));
                act.set_settlement_bank(ToWire(kBankB));
                a.Say(act, {kAttesters, kPlatformOps, By(kNewcomer, Department::kOps),
                            By(kNewcomer, Department::kTreasury)});
              },
          .reasons = SupplierRegisterReasons(),
          .makes = {"supplier"},
          .fields = {{"settlement_bank", {kUnknown}}}};
}

// A key that nobody has registered.
crypto::SecretKey NewKey() { return SmallBook::KeyOf({TestId('K', 1)}, Department::kNone); }

act::v1::KeyAdd KeyOf(PartyId party) {
  act::v1::KeyAdd act;
  act.set_party(ToWire(party));
  act.mutable_key()->set_ed25519(std::string(AsText(NewKey().public_key().bytes)));
  const Bytes text = KeyPossessionText("small.example/book", By(party), NewKey().public_key());
  act.set_possession(std::string(AsText(crypto::Sign(NewKey(), text).bytes)));
  return act;
}

ActCase KeyAdd() {
  return {.name = "KeyAdd",
          .prepare = [](Attempt& a) { a.Say(KeyOf(kBorrower), {kAttesters, kOtherAttesters}); },
          .reasons = {{"one attester alone", SignedBy({kAttesters}), kRole},
                      {"an unknown party",
                       [](Attempt& a) { a.act.mutable_key_add()->set_party(Nowhere()); }, kUnknown},
                      {"a key that is registered",
                       [](Attempt& a) {
                         a.act.mutable_key_add()->mutable_key()->set_ed25519(KeyBytes(kCoPayer));
                       },
                       kKeyDuplicate},
                      {"an erased participant",
                       Changed<Participant>(
                           {.participant = kBorrower},
                           [](Participant& record) { record.state = ParticipantState::kErased; }),
                       kState},
                      {"a suspended attester", PartyHeld(kOtherAttester), kSuspended, true},
                      {"no proof of possession",
                       [](Attempt& a) {
                         a.act.mutable_key_add()->set_possession(std::string(64, 'x'));
                       },
                       kKeyRefused}},
          .fields = {{"party", {kUnknown}}}};
}

crypto::Digest KeyId(PartyId party) {
  return crypto::KeyIdOf(SmallBook::KeyOf(party, Department::kNone).public_key()).digest;
}

ActCase KeyRevoke() {
  return {.name = "KeyRevoke",
          .prepare =
              [](Attempt& a) {
                act::v1::KeyRevoke act;
                act.set_key_id(ToWire(KeyId(kBorrower)));
                act.set_reason("lost");
                a.Say(act, {kAttesters});
              },
          .reasons = {
              {"two signers", SignedBy({kAttesters, kOtherAttesters}), kRole},
              {"an unknown key",
               [](Attempt& a) { a.act.mutable_key_revoke()->set_key_id(Text32('x')); }, kUnknown},
              {"a bank that does not attest", AttestedBy(kBanks), kRole},
              {"it is revoked",
               Changed<KeyRecord>({.key_id = KeyId(kBorrower)},
                                  [](KeyRecord& key) { key.revoked_leaf = 1; }),
               kState},
              {"a suspended attester", PartyHeld(kAttester), kSuspended}}};
}

ActCase Attest() {
  return {
      .name = "Attest",
      .prepare =
          [](Attempt& a) {
            act::v1::Attest act;
            act.set_attestation(ToWire(TestId('T', 1)));
            act.set_subject(ToWire(kBorrower));
            act.set_kind(act::v1::CAPACITY);
            act.add_values()->set_code(1);
            act.mutable_values(0)->set_value(5);
            act.set_commitment(Text32('c'));
            act.set_expiry_day(ToWire(a.today()));
            a.Say(act, {kAttesters});
          },
      .reasons =
          {{"two issuers", SignedBy({kAttesters, kOtherAttesters}), kRole},
           {"a bank that does not attest", AttestedBy(kBanks), kIssuer},
           {"the id exists",
            [](Attempt& a) { a.act.mutable_attest()->set_attestation(ToWire(TestId('I', 1))); },
            kDuplicate},
           {"an unknown subject",
            [](Attempt& a) { a.act.mutable_attest()->set_subject(Nowhere()); }, kUnknown},
           {"a suspended attester", PartyHeld(kAttester), kSuspended},
           {"an erased participant",
            Changed<Participant>(
                {.participant = kBorrower},
                [](Participant& record) { record.state = ParticipantState::kErased; }),
            kState},
           {"a further kind that the policy does not name",
            [](Attempt& a) {
              a.act.mutable_attest()->set_kind(act::v1::REGISTERED);
              a.act.mutable_attest()->set_code(9);
            },
            kRange},
           {"a negative capacity",
            [](Attempt& a) { a.act.mutable_attest()->mutable_values(0)->set_value(-1); }, kRange},
           {"it ended yesterday",
            [](Attempt& a) { a.act.mutable_attest()->set_expiry_day(ToWire(a.today().Plus(-1))); },
            kAttestExpired}},
      .makes = {"attestation"},
      .fields = {{"subject", {kUnknown}}, {"expiry_day", {kAttestExpired}}}};
}

ActCase AttestRevoke() {
  return {
      .name = "AttestRevoke",
      .prepare =
          [](Attempt& a) {
            act::v1::AttestRevoke act;
            act.set_attestation(ToWire(TestId('C', 1)));
            act.set_reason(7);
            a.Say(act, {kAttesters});
          },
      .reasons = {{"two issuers", SignedBy({kAttesters, kOtherAttesters}), kRole},
                  {"an unknown attestation",
                   [](Attempt& a) { a.act.mutable_attest_revoke()->set_attestation(Nowhere()); },
                   kUnknown},
                  {"another attester's", SignedBy({kOtherAttesters}), kRole},
                  {"it is revoked",
                   Changed<Attestation>(
                       {.attestation = TestId('C', 1)},
                       [](Attestation& said) { said.state = AttestationState::kRevoked; }),
                   kState}},
      .fields = {{"attestation", {kUnknown}}}};
}

}  // namespace

std::vector<ActCase> PartyCases() {
  return {ParticipantRegister(), SupplierRegister(), KeyAdd(),
          KeyRevoke(),           Attest(),           AttestRevoke()};
}

}  // namespace aval::ledger::rules
