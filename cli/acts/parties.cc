#include "cli/acts/parties.h"

#include <string>

#include "base/bytes.h"
#include "ledger/wire.h"

namespace aval::cli::acts {
namespace {

using ledger::ToWire;

std::string KeyBytes(const crypto::PublicKey& key) { return std::string(AsText(key.bytes)); }

}  // namespace

act::v1::Act RegisterParticipant(const NewParticipant& participant) {
  act::v1::Act act;
  act::v1::ParticipantRegister& body = *act.mutable_participant_register();
  body.set_participant(ToWire(participant.id));
  body.set_kind(static_cast<act::v1::ParticipantRegister::Kind>(participant.kind));
  body.set_nullifier(ToWire(participant.nullifier));
  body.mutable_key()->set_ed25519(KeyBytes(participant.key));
  return act;
}

act::v1::Act RegisterSupplier(const NewSupplier& supplier) {
  act::v1::Act act;
  act::v1::SupplierRegister& body = *act.mutable_supplier_register();
  body.set_supplier(ToWire(supplier.id));
  body.set_nullifier(ToWire(supplier.nullifier));
  body.mutable_ops_key()->set_ed25519(KeyBytes(supplier.ops_key));
  body.mutable_treasury_key()->set_ed25519(KeyBytes(supplier.treasury_key));
  body.set_settlement_bank(ToWire(supplier.settlement_bank));
  return act;
}

act::v1::Act Attest(const NewAttestation& attestation) {
  act::v1::Act act;
  act::v1::Attest& body = *act.mutable_attest();
  body.set_attestation(ToWire(attestation.id));
  body.set_subject(ToWire(attestation.subject));
  body.set_kind(static_cast<act::v1::AttestationKind>(attestation.kind));
  for (const ledger::AttestedValue& value : attestation.values) {
    act::v1::Attest::Value& entry = *body.add_values();
    entry.set_code(value.code);
    entry.set_value(value.value);
  }
  body.set_commitment(ToWire(attestation.commitment));
  body.set_expiry_day(ToWire(attestation.expiry));
  body.set_code(attestation.code);
  return act;
}

act::v1::Act RevokeAttestation(const ledger::Id& attestation, std::uint32_t reason) {
  act::v1::Act act;
  act.mutable_attest_revoke()->set_attestation(ToWire(attestation));
  act.mutable_attest_revoke()->set_reason(reason);
  return act;
}

act::v1::Act Hold(act::v1::Held what, const ledger::Id& subject, std::uint32_t reason) {
  act::v1::Act act;
  act::v1::Hold& body = *act.mutable_hold();
  body.set_what(what);
  body.set_subject(ToWire(subject));
  body.set_reason(reason);
  return act;
}

act::v1::Act Lift(act::v1::Held what, const ledger::Id& subject) {
  act::v1::Act act;
  act.mutable_lift()->set_what(what);
  act.mutable_lift()->set_subject(ToWire(subject));
  return act;
}

act::v1::Act RollDay(ledger::Day day) {
  act::v1::Act act;
  act.mutable_day_roll()->set_day(ToWire(day));
  return act;
}

}  // namespace aval::cli::acts
