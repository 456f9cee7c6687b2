#include "ledger/rules/standing.h"

#include <algorithm>
#include <optional>

namespace aval::ledger::rules {
namespace {

std::optional<Institution> Find(Context& context, PartyId institution) {
  return context.state().Get<Institution>({.institution = institution});
}

}  // namespace

bool MayOriginate(Context& context, PartyId institution) {
  const auto record = Find(context, institution);
  return record && record->state == InstitutionState::kActive;
}

bool MayOriginate(Context& context, const Grant& grant) {
  return MayOriginate(context, grant.platform) &&
         std::ranges::all_of(grant.lenders, [&](const GrantLender& lender) {
           return MayOriginate(context, lender.lender);
         });
}

bool KeepsAccounts(Context& context, PartyId institution) {
  const auto record = Find(context, institution);
  return record && record->account_servicing && record->state != InstitutionState::kExited;
}

bool IsPlatform(Context& context, PartyId institution) {
  const auto record = Find(context, institution);
  return record && record->kind == InstitutionKind::kPlatform;
}

bool MayIdentify(Context& context, PartyId institution) {
  const auto record = Find(context, institution);
  return record && record->attest && record->kind != InstitutionKind::kPlatform;
}

bool IsFrozen(Context& context, PartyId participant) {
  const auto record = context.state().Get<Participant>({.participant = participant});
  return record && record->state == ParticipantState::kFrozen;
}

ParticipantState StateOf(const Participant& participant, Day today) {
  if (participant.state == ParticipantState::kErased) return ParticipantState::kErased;
  if (participant.holds > 0) return ParticipantState::kFrozen;
  if (participant.kyc_expiry == Day{}) return ParticipantState::kRegistered;
  return participant.kyc_expiry >= today ? ParticipantState::kKycValid
                                         : ParticipantState::kKycExpired;
}

Verdict StandingOf(const Participant& participant, Day today) {
  if (participant.state == ParticipantState::kFrozen) return Verdict::kFrozen;
  const bool known =
      participant.state == ParticipantState::kKycValid && participant.kyc_expiry >= today;
  return known ? Verdict::kAccepted : Verdict::kKyc;
}

Verdict CheckStanding(Context& context, PartyId participant) {
  const auto record = context.state().Get<Participant>({.participant = participant});
  return record ? StandingOf(*record, context.today()) : Verdict::kUnknown;
}

Verdict CheckStanding(Context& context, const Grant& grant) {
  if (!MayOriginate(context, grant)) return Verdict::kSuspended;
  return CheckStanding(context, grant.borrower);
}

}  // namespace aval::ledger::rules
