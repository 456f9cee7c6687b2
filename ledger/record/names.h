#pragma once

#include <string_view>

#include "ledger/record/calendar.h"
#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/record/debits.h"
#include "ledger/record/disputes.h"
#include "ledger/record/loans.h"
#include "ledger/record/notices.h"
#include "ledger/record/parties.h"
#include "ledger/record/recovery.h"

namespace aval::ledger {

/// What people call the values of a record's enums: lower case, words joined by '_'. Names are for
/// views and exports; what is stored and hashed are the numbers. "unnamed" for a number of none.

std::string_view NameOf(InstitutionKind value);
std::string_view NameOf(InstitutionState value);
std::string_view NameOf(Department value);
std::string_view NameOf(KeyAlgorithm value);
std::string_view NameOf(ParticipantKind value);
std::string_view NameOf(ParticipantState value);
std::string_view NameOf(AttestationKind value);
std::string_view NameOf(AttestationState value);
std::string_view NameOf(Method value);
std::string_view NameOf(Sponsor value);
std::string_view NameOf(Borrowers value);
std::string_view NameOf(arithmetic::EarlyCharges value);
std::string_view NameOf(GrantState value);
std::string_view NameOf(PurchaseState value);
std::string_view NameOf(LoanState value);
std::string_view NameOf(InstalmentState value);
std::string_view NameOf(BillState value);
std::string_view NameOf(LiabilityMode value);
std::string_view NameOf(InvitationState value);
std::string_view NameOf(AgreementState value);
std::string_view NameOf(TerminationGround value);
std::string_view NameOf(DebitState value);
std::string_view NameOf(MandateState value);
std::string_view NameOf(ClaimState value);
std::string_view NameOf(RestructuringState value);
std::string_view NameOf(NoticeKind value);
std::string_view NameOf(DisputeState value);
std::string_view NameOf(DisputeOutcome value);
std::string_view NameOf(Queue value);

}  // namespace aval::ledger
