#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/record/attestations.h"
#include "ledger/record/credit.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// The attestations that a grant or an agreement rests on, judged as of today, however far the
/// day's sweep has come. A revocation unwinds nothing (domain.md 2.4): the next event that wants
/// more of the grant looks here and refuses.

/// ISSUED, and today is not past its last day.
bool Counts(const Attestation& attestation, Day today);

/// Value code of a CAPACITY attestation, which has this one value: what its subject can repay a
/// month, in minor units of the currency of what it is named for: it has none of its own.
inline constexpr std::uint32_t kMonthlyCapacity = 1;

/// Whether it attests this party's capacity, counts today (else kAttestMissing) and is no older
/// than the policy allows (else kCapacityStale).
Verdict CheckCapacity(const Context& context, const Policy& policy, const Attestation& attestation,
                      PartyId subject);

/// In the grant's order; nothing when one does not exist.
std::optional<std::vector<Attestation>> EvidenceOf(Context& context, const Grant& grant);

/// Every attestation of the grant counts today: for the events that make the grant.
bool EvidenceCounts(Context& context, const Grant& grant);

/// One attestation of the grant was revoked: for the events that draw on it. One that has expired
/// since the decision does no harm.
bool EvidenceRevoked(Context& context, const Grant& grant);

}  // namespace aval::ledger::rules
