#include "ledger/rules/evidence.h"

#include <algorithm>

namespace aval::ledger::rules {

bool Counts(const Attestation& attestation, Day today) {
  return attestation.state == AttestationState::kIssued && attestation.expiry >= today;
}

Verdict CheckCapacity(const Context& context, const Policy& policy, const Attestation& attestation,
                      PartyId subject) {
  if (attestation.kind != AttestationKind::kCapacity || attestation.subject != subject ||
      !Counts(attestation, context.today())) {
    return Verdict::kAttestMissing;
  }
  const Day last_fresh = attestation.issued.Plus(policy.capacity_max_age_days);
  return context.today() <= last_fresh ? Verdict::kAccepted : Verdict::kCapacityStale;
}

std::optional<std::vector<Attestation>> EvidenceOf(Context& context, const Grant& grant) {
  std::vector<Attestation> evidence;
  for (const Id& id : grant.attestations) {
    auto attestation = context.state().Get<Attestation>({.attestation = id});
    if (!attestation) return std::nullopt;
    evidence.push_back(*std::move(attestation));
  }
  return evidence;
}

bool EvidenceCounts(Context& context, const Grant& grant) {
  const auto evidence = EvidenceOf(context, grant);
  return evidence && std::ranges::all_of(*evidence, [&](const Attestation& attestation) {
           return Counts(attestation, context.today());
         });
}

bool EvidenceRevoked(Context& context, const Grant& grant) {
  const auto evidence = EvidenceOf(context, grant);
  return !evidence || std::ranges::any_of(*evidence, [](const Attestation& attestation) {
    return attestation.state == AttestationState::kRevoked;
  });
}

}  // namespace aval::ledger::rules
