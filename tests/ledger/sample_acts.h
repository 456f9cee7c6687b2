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
std::shared_ptr<const Bytes> KeyAddAct(const SignerRef& hand, const crypto::SecretKey& key,
                                       const std::vector<SignerRef>& signers, std::uint64_t nonce);
std::shared_ptr<const Bytes> KeyRevokeAct(const crypto::PublicKey& key, const SignerRef& signer,
                                          std::uint64_t nonce);

/// Supplier number `n` (a participant's id), brought by bank A and the platform, settled by bank B.
std::shared_ptr<const Bytes> SupplierAct(std::uint32_t n);

struct SamplePurchase {
  std::uint64_t id = 0;
  std::uint64_t grant = 0;
  PartyId borrower;
  PartyId supplier;
  Amount amount{.minor = 100'000};
  std::uint32_t instalments = 3;
  Day first_due;
  Day expiry;  // Of the reservation.
};
std::shared_ptr<const Bytes> AuthoriseAct(const SamplePurchase& purchase);
/// All of it.
std::shared_ptr<const Bytes> CaptureAct(const SamplePurchase& purchase);
std::shared_ptr<const Bytes> VoidAct(const SamplePurchase& purchase);
std::shared_ptr<const Bytes> DeliverAct(const SamplePurchase& purchase);
/// Bank B pays for the borrower; `day` is the act's last valid day.
std::shared_ptr<const Bytes> RepayAct(std::uint64_t id, std::uint64_t loan, Amount amount, Day day);

/// Acts for each day from the first on, to be applied in this order, everything due worked off and
/// the day rolled after each: two borrowers, purchases captured, delivered, voided and left to
/// expire, bills, repayments on time and late, a co-payer's acts (sample_copay.h), refusals among
/// them. All kinds of leaves follow.
std::vector<std::vector<std::shared_ptr<const Bytes>>> SampleDays();

}  // namespace aval::ledger
