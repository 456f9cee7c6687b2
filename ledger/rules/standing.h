#pragma once

#include "ledger/record/credit.h"
#include "ledger/record/parties.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// What parties may do by what they are and how they stand (domain.md 2.1). All is judged as of
/// today, however far the day's sweep has come.

/// ACTIVE. A suspended institution may repay and settle, but originates nothing.
bool MayOriginate(Context& context, PartyId institution);

/// The grant's platform and every lender may.
bool MayOriginate(Context& context, const Grant& grant);

/// Keeps customers' accounts, and has not left. A suspended one may still pay and settle.
bool KeepsAccounts(Context& context, PartyId institution);

bool IsPlatform(Context& context, PartyId institution);

/// Licensed to attest identities: an attester, but never a platform, which would vouch for its own
/// customers.
bool MayIdentify(Context& context, PartyId institution);

bool IsFrozen(Context& context, PartyId participant);

/// The state that follows from its identity and its holds; ERASED stays.
ParticipantState StateOf(const Participant& participant, Day today);

/// kFrozen, or kKyc when no identity attestation counts today.
Verdict StandingOf(const Participant& participant, Day today);

/// The same of today; kUnknown when there is no such participant.
Verdict CheckStanding(Context& context, PartyId participant);

/// Whether new credit may flow under the grant: kSuspended when platform or a lender may not
/// originate, else the borrower's standing.
Verdict CheckStanding(Context& context, const Grant& grant);

}  // namespace aval::ledger::rules
