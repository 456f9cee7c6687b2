#pragma once

#include <optional>
#include <vector>

#include "ledger/record/attestations.h"
#include "ledger/record/credit.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// The attestations that a grant rests on, judged as of today, however far the day's sweep has
/// come. A revocation unwinds nothing (domain.md 2.4): the next event that wants more of the grant
/// looks here and refuses.

/// ISSUED, and today is not past its last day.
bool Counts(const Attestation& attestation, Day today);

/// In the grant's order; nothing when one does not exist.
std::optional<std::vector<Attestation>> EvidenceOf(Context& context, const Grant& grant);

/// Every attestation of the grant counts today: for the events that make the grant.
bool EvidenceCounts(Context& context, const Grant& grant);

/// One attestation of the grant was revoked: for the events that draw on it. One that has expired
/// since the decision does no harm.
bool EvidenceRevoked(Context& context, const Grant& grant);

}  // namespace aval::ledger::rules
