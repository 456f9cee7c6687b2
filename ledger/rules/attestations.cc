#include <algorithm>
#include <optional>

#include "ledger/record/attestations.h"
#include "ledger/record/parties.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// Identity attestations of one party that may count at once.
constexpr std::size_t kLiveIdentitiesMax = 16;

// The IDENTITY attestations of the party that count today. The index may still hold yesterday's,
// as many again, until the day's sweep has run.
std::vector<Attestation> LiveIdentities(Context& context, PartyId subject) {
  Bytes prefix = CopyBytes(subject.id.bytes);
  prefix.push_back(static_cast<std::uint8_t>(AttestationKind::kIdentity));
  std::vector<Attestation> live;
  for (const auto& [key, index] :
       context.state().List<AttestationOf>(prefix, 2 * kLiveIdentitiesMax)) {
    auto attestation = context.state().Get<Attestation>({.attestation = key.attestation});
    if (attestation && Counts(*attestation, context.today())) {
      live.push_back(*std::move(attestation));
    }
  }
  return live;
}

// A participant is KYC_VALID as long as one of its IDENTITY attestations counts, and KYC_EXPIRED
// after that, as far as it is neither frozen nor erased. A supplier has no such state.
void FollowIdentity(Context& context, PartyId subject) {
  auto participant = context.state().Get<Participant>({.participant = subject});
  if (!participant) return;
  const std::vector<Attestation> live = LiveIdentities(context, subject);
  participant->kyc_expiry = live.empty()
                                ? std::min(participant->kyc_expiry, context.today().Plus(-1))
                                : std::ranges::max_element(live, {}, &Attestation::expiry)->expiry;
  participant->state = StateOf(*participant, context.today());
  context.state().Put<Participant>({.participant = subject}, *participant);
}

// An attestation that counts no more: written in its last state, out of index and calendar.
void End(Context& context, const Id& id, const Attestation& attestation) {
  context.state().Put<Attestation>({.attestation = id}, attestation);
  context.state().Delete<AttestationOf>(
      {.subject = attestation.subject, .kind = attestation.kind, .attestation = id});
  context.Unschedule(attestation.expiry.Plus(1), Queue::kAttestation, id, 0);
  if (attestation.kind == AttestationKind::kIdentity) FollowIdentity(context, attestation.subject);
}

// Identities are for attesters, everything else also for a platform that has the licence.
bool IsLicensed(Context& context, PartyId issuer, AttestationKind kind) {
  if (kind == AttestationKind::kIdentity) return MayIdentify(context, issuer);
  const auto institution = context.state().Get<Institution>({.institution = issuer});
  return institution && institution->attest;
}

bool IsCustomer(Context& context, PartyId party) {
  return context.state().Has<Participant>({.participant = party}) ||
         context.state().Has<Supplier>({.supplier = party});
}

bool IsErased(Context& context, PartyId party) {
  const auto participant = context.state().Get<Participant>({.participant = party});
  return participant && participant->state == ParticipantState::kErased;
}

// A29: which further kinds there are is the policy's.
bool IsOfAKnownKind(Context& context, const Attestation& attestation) {
  if (attestation.kind != AttestationKind::kRegistered) return true;
  const Policy policy = context.PolicyOn(context.today()).policy;
  return std::ranges::binary_search(policy.attestation_codes, attestation.code);
}

// Whether the values are those that acts.proto gives the kind.
bool ValuesFit(const Attestation& attestation) {
  const auto& values = attestation.values;
  if (attestation.kind == AttestationKind::kIdentity) return values.empty();
  if (attestation.kind != AttestationKind::kCapacity) return true;
  return values.size() == 1 && values.front().code == kMonthlyCapacity && values.front().value >= 0;
}

Attestation Issued(const Context& context, const act::v1::Attest& act, PartyId issuer) {
  Attestation attestation;
  attestation.kind = static_cast<AttestationKind>(act.kind());
  attestation.code = act.code();
  attestation.subject = ToParty(act.subject());
  attestation.issuer = issuer;
  for (const auto& value : act.values()) {
    attestation.values.push_back({.code = value.code(), .value = value.value()});
  }
  attestation.commitment = ToDigest(act.commitment());
  attestation.issued = context.today();
  attestation.expiry = ToDay(act.expiry_day());
  return attestation;
}

}  // namespace

Verdict Apply(Context& context, const act::v1::Attest& act) {
  const auto issuer = SoleSigner(context, Department::kCompliance);
  if (!issuer) return Verdict::kRole;
  const Id id = ToId(act.attestation());
  const Attestation attestation = Issued(context, act, *issuer);
  if (!IsLicensed(context, *issuer, attestation.kind)) return Verdict::kIssuer;
  if (context.state().Has<Attestation>({.attestation = id})) return Verdict::kDuplicate;
  if (!IsCustomer(context, attestation.subject)) return Verdict::kUnknown;
  if (!MayOriginate(context, *issuer)) return Verdict::kSuspended;
  if (IsErased(context, attestation.subject)) return Verdict::kState;
  if (!IsOfAKnownKind(context, attestation) || !ValuesFit(attestation)) return Verdict::kRange;
  if (attestation.expiry < context.today()) return Verdict::kAttestExpired;
  const bool identity = attestation.kind == AttestationKind::kIdentity;
  if (identity && LiveIdentities(context, attestation.subject).size() >= kLiveIdentitiesMax) {
    return Verdict::kRange;
  }

  context.state().Put<Attestation>({.attestation = id}, attestation);
  context.state().Put<AttestationOf>(
      {.subject = attestation.subject, .kind = attestation.kind, .attestation = id}, {});
  context.Schedule(attestation.expiry.Plus(1), Queue::kAttestation, id, 0);
  if (identity) FollowIdentity(context, attestation.subject);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::AttestRevoke& act) {
  const auto issuer = SoleSigner(context, Department::kCompliance);
  if (!issuer) return Verdict::kRole;
  const Id id = ToId(act.attestation());
  auto attestation = context.state().Get<Attestation>({.attestation = id});
  if (!attestation) return Verdict::kUnknown;
  if (attestation->issuer != *issuer) return Verdict::kRole;
  if (!Counts(*attestation, context.today())) return Verdict::kState;

  attestation->state = AttestationState::kRevoked;
  attestation->revoke_reason = act.reason();
  End(context, id, *attestation);
  return Verdict::kAccepted;
}

Verdict RunAttestationItem(Context& context, const CalendarItem::Key& item) {
  auto attestation = context.state().Get<Attestation>({.attestation = item.subject});
  if (!attestation) return Verdict::kUnknown;
  if (attestation->state != AttestationState::kIssued || Counts(*attestation, context.today())) {
    return Verdict::kState;
  }
  attestation->state = AttestationState::kExpired;
  End(context, item.subject, *attestation);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
