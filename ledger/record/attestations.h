#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of what an attester states about a party. Field lists are the encoding (record/codec.h).

enum class AttestationKind : std::uint8_t {
  kIdentity = 1,
  kCapacity = 2,
  kExtScore = 3,
  kDefaultHistory = 4,
  kScore = 5,
  kConsumption = 6,
  kBehaviour = 7,
  kSocial = 8,
  kSecondOpinion = 9,
  kRegistered = 10,
};

enum class AttestationState : std::uint8_t { kIssued = 1, kExpired = 2, kRevoked = 3 };

struct AttestedValue {
  std::uint32_t code = 0;
  std::int64_t value = 0;
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("code", r.code);
    visit("value", r.value);
  }
};

struct Attestation {
  static constexpr Table kTable = Table::kAttestation;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id attestation;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("attestation", k.attestation);
    }
  };

  AttestationKind kind = AttestationKind::kIdentity;
  AttestationState state = AttestationState::kIssued;
  PartyId subject;
  PartyId issuer;
  std::vector<AttestedValue> values;
  crypto::Digest commitment;
  Day issued;
  Day expiry;  // The last day on which it counts.
  std::uint32_t revoke_reason = 0;
  std::uint32_t code = 0;  // Of a REGISTERED one, as the policy of that day named it (A29).

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("kind", r.kind);
    visit("state", r.state);
    visit("subject", r.subject);
    visit("issuer", r.issuer);
    visit("values", r.values);
    visit("commitment", r.commitment);
    visit("issued", r.issued);
    visit("expiry", r.expiry);
    visit("revoke_reason", r.revoke_reason);
    visit("code", r.code);
  }
};

/// Index: the attestations of a subject by kind.
struct AttestationOf {
  static constexpr Table kTable = Table::kAttestationOf;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId subject;
    AttestationKind kind = AttestationKind::kIdentity;
    Id attestation;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("subject", k.subject);
      visit("kind", k.kind);
      visit("attestation", k.attestation);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

}  // namespace aval::ledger
