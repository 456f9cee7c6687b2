#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "ledger/record/parties.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Acts of the network of ledger_fixture.h that its rules accept in this order: registrations
/// (RegisterAct), attestations, a grant. Each id names its act's nonce, too.

struct SampleAttestation {
  std::uint64_t id = 0;
  PartyId subject;
  AttestationKind kind = AttestationKind::kIdentity;
  std::vector<AttestedValue> values{};
  Day expiry;
};
/// By bank A.
std::shared_ptr<const Bytes> AttestAct(const SampleAttestation& attestation);

/// The attestations that the test policy asks for, of participant `n`, and its score of 720: ids
/// from `first` to `first` + 2.
std::vector<std::shared_ptr<const Bytes>> EvidenceActs(std::uint32_t n, std::uint64_t first,
                                                       Day expiry);

struct SampleGrant {
  std::uint64_t id = 0;
  PartyId borrower;
  std::uint64_t evidence = 0;  // The first of EvidenceActs' ids.
  Amount limit{.minor = 500'000};
  Day expiry;
};
/// The platform proposes: 30 % its own, 70 % bank A's.
std::shared_ptr<const Bytes> ProposeAct(const SampleGrant& grant);
/// One of the two lenders agrees to the act that proposed.
std::shared_ptr<const Bytes> DecideAct(const SampleGrant& grant, const PartyId& lender);
/// The borrower takes it up.
std::shared_ptr<const Bytes> ActivateAct(const SampleGrant& grant);

/// Gives a hand another key, which proves that it is held.
std::shared_ptr<const Bytes> KeyAddAct(const rules::SignerRef& hand, const crypto::SecretKey& key,
                                       const std::vector<rules::SignerRef>& signers,
                                       std::uint64_t nonce);
std::shared_ptr<const Bytes> KeyRevokeAct(const crypto::PublicKey& key,
                                          const rules::SignerRef& signer, std::uint64_t nonce);

}  // namespace aval::ledger
