#pragma once

#include "ledger/proto/acts.pb.h"
#include "ledger/rules/context.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// Rule version 1: one function for each act, in one file for each family; each checks signers,
/// then that what it names exists, then states, then ranges and policy, and returns the first
/// reason to refuse; then it posts and writes.
///
/// The scanner has accepted the bytes; lengths of ids and digests are checked by `shape.cc` before
/// any rule runs (kFormat), so that rules may rely on them.

// parties.cc
Verdict Apply(Context& context, const act::v1::ParticipantRegister& act);
Verdict Apply(Context& context, const act::v1::SupplierRegister& act);

// keys.cc
Verdict Apply(Context& context, const act::v1::KeyAdd& act);
Verdict Apply(Context& context, const act::v1::KeyRevoke& act);

// attestations.cc
Verdict Apply(Context& context, const act::v1::Attest& act);
Verdict Apply(Context& context, const act::v1::AttestRevoke& act);

// grants.cc
Verdict Apply(Context& context, const act::v1::GrantPropose& act);
Verdict Apply(Context& context, const act::v1::GrantDecide& act);
Verdict Apply(Context& context, const act::v1::GrantActivate& act);

// grant_reviews.cc
Verdict Apply(Context& context, const act::v1::GrantReview& act);
Verdict Apply(Context& context, const act::v1::GrantClose& act);

// holds.cc
Verdict Apply(Context& context, const act::v1::Hold& act);
Verdict Apply(Context& context, const act::v1::Lift& act);

// limits.cc
Verdict Apply(Context& context, const act::v1::LimitAdjust& act);

// purchases.cc
Verdict Apply(Context& context, const act::v1::PurchaseAuthorise& act);
Verdict Apply(Context& context, const act::v1::PurchaseCapture& act);
Verdict Apply(Context& context, const act::v1::PurchaseVoid& act);

// deliveries.cc
Verdict Apply(Context& context, const act::v1::DeliveryConfirm& act);

// escrow.cc
Verdict Apply(Context& context, const act::v1::EscrowRelease& act);

// receivables.cc
Verdict Apply(Context& context, const act::v1::ReceivableAssign& act);

// refunds.cc
Verdict Apply(Context& context, const act::v1::Refund& act);

// pay_backs.cc
Verdict Apply(Context& context, const act::v1::PayBack& act);

// disputes.cc
Verdict Apply(Context& context, const act::v1::DisputeOpen& act);
Verdict Apply(Context& context, const act::v1::DisputeResolve& act);

// repayments.cc
Verdict Apply(Context& context, const act::v1::Repay& act);

// early.cc
Verdict Apply(Context& context, const act::v1::EarlyRepay& act);

// restructurings.cc
Verdict Apply(Context& context, const act::v1::RestructurePropose& act);
Verdict Apply(Context& context, const act::v1::RestructureConsent& act);

// write_offs.cc
Verdict Apply(Context& context, const act::v1::WriteOff& act);
Verdict Apply(Context& context, const act::v1::Recover& act);

// mandates.cc
Verdict Apply(Context& context, const act::v1::MandateGive& act);
Verdict Apply(Context& context, const act::v1::MandateRevoke& act);

// debits.cc
Verdict Apply(Context& context, const act::v1::DebitCreate& act);
Verdict Apply(Context& context, const act::v1::DebitSubmit& act);
Verdict Apply(Context& context, const act::v1::DebitResult& act);

// debit_returns.cc
Verdict Apply(Context& context, const act::v1::DebitReturn& act);

// invitations.cc
Verdict Apply(Context& context, const act::v1::CopayInvite& act);
Verdict Apply(Context& context, const act::v1::CopayDecline& act);
Verdict Apply(Context& context, const act::v1::CopayWithdraw& act);
Verdict Apply(Context& context, const act::v1::DisclosureConsent& act);

// agreements.cc
Verdict Apply(Context& context, const act::v1::CopayAccept& act);
Verdict Apply(Context& context, const act::v1::CopayReview& act);
Verdict Apply(Context& context, const act::v1::MandateJoin& act);

// terminations.cc
Verdict Apply(Context& context, const act::v1::CopayTerminate& act);
Verdict Apply(Context& context, const act::v1::Demand& act);

// recourse.cc
Verdict Apply(Context& context, const act::v1::RecourseRepay& act);
Verdict Apply(Context& context, const act::v1::RecourseForgive& act);

// calendar.cc
Verdict Apply(Context& context, const act::v1::DayRoll& act);

/// Calls the one that the act's body names.
Verdict Dispatch(Context& context, const act::v1::Act& act);

/// Works off one due item; it is already removed. A verdict other than kAccepted becomes an alert.
Verdict RunItem(Context& context, const CalendarItem::Key& item);

/// The same of each queue, in the file of its family.
Verdict RunInstalmentItem(Context& context, const CalendarItem::Key& item);
Verdict RunReservationItem(Context& context, const CalendarItem::Key& item);
Verdict RunGrantItem(Context& context, const CalendarItem::Key& item);
Verdict RunAttestationItem(Context& context, const CalendarItem::Key& item);
Verdict RunInvitationItem(Context& context, const CalendarItem::Key& item);
Verdict RunDebitItem(Context& context, const CalendarItem::Key& item);
Verdict RunAgreementItem(Context& context, const CalendarItem::Key& item);
Verdict RunRestructuringItem(Context& context, const CalendarItem::Key& item);
Verdict RunClaimItem(Context& context, const CalendarItem::Key& item);
Verdict RunPayableItem(Context& context, const CalendarItem::Key& item);
Verdict RunDisputeItem(Context& context, const CalendarItem::Key& item);

/// Runs what is due of one loan (today or before), as the sweep would: before any act that touches
/// it.
void CatchUpLoan(Context& context, const Id& loan);

}  // namespace aval::ledger::rules
