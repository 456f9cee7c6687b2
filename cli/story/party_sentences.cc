// Who comes in, what is attested of them, and who is stopped.

#include <array>
#include <string>

#include "cli/acts/parties.h"
#include "cli/story/party_steps.h"
#include "cli/story/sentence.h"

namespace aval::cli::story {
namespace {

using ledger::AttestationKind;
using ledger::Department;

constexpr std::int64_t kIdentityDays = 1826;
constexpr std::uint32_t kCapacityCode = 1;  // acts.proto, CAPACITY.
constexpr std::uint32_t kReason = 1;

Result<void> Register(Scene& scene, const Match& match, ledger::ParticipantKind kind) {
  const Member& attester = scene.Who(match, "attester");
  const Member& person = scene.Add(std::string(match.Text("name")), Role::kPerson);
  const Hand own = scene.HandOf(person);
  return scene.Submit(acts::RegisterParticipant({.id = person.id,
                                                 .kind = kind,
                                                 .nullifier = scene.NewDigest("nullifier"),
                                                 .key = own.key->public_key()}),
                      {scene.Compliance(attester), own});
}

Result<void> State(Scene& scene, const Member& attester, const Member& person, AttestationKind kind,
                   ledger::Day expiry, ledger::Amount capacity = {}) {
  acts::NewAttestation attestation{.id = scene.NewId("attestation"),
                                   .subject = person.id,
                                   .kind = kind,
                                   .values = {},
                                   .commitment = scene.NewDigest("commitment"),
                                   .expiry = expiry};
  if (kind == AttestationKind::kCapacity) {
    attestation.values = {{.code = kCapacityCode, .value = capacity.minor}};
  }
  AVAL_CHECK(scene.Submit(acts::Attest(attestation), {scene.Compliance(attester)}));
  scene.Attested(attester, person, kind, attestation.id, capacity.minor);
  return {};
}

Result<void> Known(Scene& scene, const Match& match, ledger::ParticipantKind kind) {
  AVAL_CHECK(Register(scene, match, kind));
  const Member& attester = scene.Who(match, "attester");
  const Member& person = scene.Who(match, "name");
  AVAL_CHECK(State(scene, attester, person, AttestationKind::kIdentity,
                   scene.today().Plus(kIdentityDays)));
  return AttestCapacity(scene, attester, person, match.Amount("capacity"),
                        scene.today().Plus(kCapacityDays));
}

Result<void> KnownPerson(Scene& scene, const Match& match) {
  return Known(scene, match, ledger::ParticipantKind::kPerson);
}

Result<void> KnownFirm(Scene& scene, const Match& match) {
  return Known(scene, match, ledger::ParticipantKind::kSme);
}

Result<void> RegisteredPerson(Scene& scene, const Match& match) {
  return Register(scene, match, ledger::ParticipantKind::kPerson);
}

Result<void> Supplies(Scene& scene, const Match& match) {
  const Member& supplier = scene.Add(std::string(match.Text("name")), Role::kSupplier);
  const Hand ops = scene.Ops(supplier);
  const Hand treasury = scene.HandOf(supplier, Department::kTreasury);
  return scene.Submit(
      acts::RegisterSupplier({.id = supplier.id,
                              .nullifier = scene.NewDigest("nullifier"),
                              .ops_key = ops.key->public_key(),
                              .treasury_key = treasury.key->public_key(),
                              .settlement_bank = scene.Who(match, "bank").id}),
      {scene.Compliance(scene.Who(match, "attester")), scene.Ops(scene.market()), ops, treasury});
}

Result<void> Identify(Scene& scene, const Match& match) {
  return State(scene, scene.Who(match, "attester"), scene.Who(match, "person"),
               AttestationKind::kIdentity, match.Date("last"));
}

Result<void> Attest(Scene& scene, const Match& match) {
  return AttestCapacity(scene, scene.Who(match, "attester"), scene.Who(match, "person"),
                        match.Amount("capacity"), match.Date("last"));
}

Result<void> TakeBack(Scene& scene, const Match& match) {
  const Member& attester = scene.Who(match, "attester");
  const auto kind =
      match.Text("kind") == "identity" ? AttestationKind::kIdentity : AttestationKind::kCapacity;
  AVAL_TRY(const ledger::Id id, scene.AttestationOf(scene.Who(match, "person"), kind, &attester));
  return scene.Submit(acts::RevokeAttestation(id, kReason), {scene.Compliance(attester)});
}

// A supervisor's LEGAL may hold anything, the RISK of those who lend what is at risk.
Hand Holder(const Scene& scene, const Match& match) {
  const Member& holder = scene.Who(match, "holder");
  const bool supervisor = holder.name == "Supervisor";
  return scene.HandOf(holder, supervisor ? Department::kLegal : Department::kRisk);
}

Result<void> HoldParty(Scene& scene, const Match& match) {
  const ledger::Id subject = scene.Who(match, "party").id.id;
  return scene.Submit(acts::Hold(act::v1::PARTY, subject, kReason), {Holder(scene, match)});
}

Result<void> LiftParty(Scene& scene, const Match& match) {
  const ledger::Id subject = scene.Who(match, "party").id.id;
  return scene.Submit(acts::Lift(act::v1::PARTY, subject), {Holder(scene, match)});
}

act::v1::Held HeldOf(const Thing& thing) {
  return thing.kind == Kind::kGrant ? act::v1::GRANT : act::v1::AGREEMENT;
}

Result<void> HoldThing(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing thing, scene.Find(match, "thing"));
  return scene.Submit(acts::Hold(HeldOf(thing), thing.id, kReason), {Holder(scene, match)});
}

Result<void> LiftThing(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing thing, scene.Find(match, "thing"));
  return scene.Submit(acts::Lift(HeldOf(thing), thing.id), {Holder(scene, match)});
}

constexpr std::array kSentences{
    // Registered, identified for five years and found able to pay for 180 days: three acts.
    Sentence{.pattern =
                 "{name:new} is a person whom {attester:institution} has identified, and who "
                 "can pay {capacity:amount} a month",
             .play = &KnownPerson,
             .brings = Role::kPerson},
    Sentence{.pattern =
                 "{name:new} is a small firm that {attester:institution} has identified, and "
                 "that can pay {capacity:amount} a month",
             .play = &KnownFirm,
             .brings = Role::kPerson},
    Sentence{.pattern = "{name:new} is a person whom {attester:institution} has registered, and "
                        "whom nobody has identified",
             .play = &RegisteredPerson,
             .brings = Role::kPerson},
    Sentence{.pattern = "{name:new} is a supplier known to {attester:institution}, with an account "
                        "at {bank:institution}",
             .play = &Supplies,
             .brings = Role::kSupplier},
    Sentence{.pattern = "{attester:institution} identifies {person:party} until {last:date}",
             .play = &Identify},
    Sentence{.pattern = "{attester:institution} attests until {last:date} that {person:party} can "
                        "pay {capacity:amount} a month",
             .play = &Attest},
    Sentence{.pattern = "{attester:institution} takes back its word on {person:party}'s "
                        "{kind=identity|capacity}",
             .play = &TakeBack},
    Sentence{.pattern = "{holder:institution} stops new business of {party:party}",
             .play = &HoldParty},
    Sentence{.pattern = "{holder:institution} allows new business of {party:party} again",
             .play = &LiftParty},
    Sentence{.pattern = "{holder:institution} freezes {thing:grant|agreement}", .play = &HoldThing},
    Sentence{.pattern = "{holder:institution} lifts its freeze of {thing:grant|agreement}",
             .play = &LiftThing},
};

}  // namespace

Result<void> AttestCapacity(Scene& scene, const Member& attester, const Member& person,
                            ledger::Amount capacity, ledger::Day expiry) {
  return State(scene, attester, person, AttestationKind::kCapacity, expiry, capacity);
}

std::span<const Sentence> PartySentences() { return kSentences; }

}  // namespace aval::cli::story
