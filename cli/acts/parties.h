#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/record/attestations.h"
#include "ledger/record/parties.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// Bodies of the acts by which parties come in, are attested and are stopped (domain.md 2.5). Each
/// function here and in the other files of this folder sets one act's body, from values that the
/// caller answers for, and nothing else: SignAct adds the rest. acts.proto says who signs.
/// Threads: all are safe from every thread.

struct NewParticipant {
  ledger::PartyId id;
  ledger::ParticipantKind kind = ledger::ParticipantKind::kPerson;
  crypto::Digest nullifier;
  crypto::PublicKey key;
};
act::v1::Act RegisterParticipant(const NewParticipant& participant);

struct NewSupplier {
  ledger::PartyId id;
  crypto::Digest nullifier;
  crypto::PublicKey ops_key;
  crypto::PublicKey treasury_key;
  ledger::PartyId settlement_bank;
};
act::v1::Act RegisterSupplier(const NewSupplier& supplier);

struct NewAttestation {
  ledger::Id id;
  ledger::PartyId subject;
  ledger::AttestationKind kind = ledger::AttestationKind::kIdentity;
  std::vector<ledger::AttestedValue> values{};  // Ascending by code.
  crypto::Digest commitment;
  ledger::Day expiry;
  std::uint32_t code = 0;  // Of REGISTERED: what it is about.
};
act::v1::Act Attest(const NewAttestation& attestation);
act::v1::Act RevokeAttestation(const ledger::Id& attestation, std::uint32_t reason);

/// `subject` is a party, a grant or an agreement, as `what` says.
act::v1::Act Hold(act::v1::Held what, const ledger::Id& subject, std::uint32_t reason);
act::v1::Act Lift(act::v1::Held what, const ledger::Id& subject);

/// The next business day.
act::v1::Act RollDay(ledger::Day day);

}  // namespace aval::cli::acts
