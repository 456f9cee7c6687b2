#pragma once

#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/rules/context.h"
#include "ledger/rules/copay.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// Invitations, judged as of today, however far the day's sweep has come. An open one stands in its
/// record, in the index InvitationOf and in the calendar item of the day after its last.

/// kInviteExpired when its last day has passed, kState when it was answered or withdrawn.
Verdict CheckOpen(const Invitation& invitation, Day today);

/// Whether its share of every instalment that it covers, beside those of the live agreements on its
/// loan, is no more than one co-payer may bear (B18), and leaves the borrower what the policy says
/// (I8, K15).
bool SharesFit(const Agreements& on_loan, const CopayPolicy& policy, const Invitation& invitation);

/// Writes an open invitation in its last state.
void CloseInvitation(Context& context, const Id& id, Invitation invitation, InvitationState last);

}  // namespace aval::ledger::rules
