#include "ledger/rules/rules.h"

namespace aval::ledger::rules {

Verdict Dispatch(Context& context, const act::v1::Act& act) {
  using act::v1::Act;
  switch (act.body_case()) {
    case Act::kParticipantRegister:
      return Apply(context, act.participant_register());
    case Act::kSupplierRegister:
      return Apply(context, act.supplier_register());
    case Act::kKeyAdd:
      return Apply(context, act.key_add());
    case Act::kKeyRevoke:
      return Apply(context, act.key_revoke());
    case Act::kAttest:
      return Apply(context, act.attest());
    case Act::kAttestRevoke:
      return Apply(context, act.attest_revoke());
    case Act::kGrantPropose:
      return Apply(context, act.grant_propose());
    case Act::kGrantDecide:
      return Apply(context, act.grant_decide());
    case Act::kGrantActivate:
      return Apply(context, act.grant_activate());
    case Act::kLimitAdjust:
      return Apply(context, act.limit_adjust());
    case Act::kGrantReview:
      return Apply(context, act.grant_review());
    case Act::kGrantClose:
      return Apply(context, act.grant_close());
    case Act::kHold:
      return Apply(context, act.hold());
    case Act::kLift:
      return Apply(context, act.lift());
    case Act::kPurchaseAuthorise:
      return Apply(context, act.purchase_authorise());
    case Act::kPurchaseCapture:
      return Apply(context, act.purchase_capture());
    case Act::kPurchaseVoid:
      return Apply(context, act.purchase_void());
    case Act::kDeliveryConfirm:
      return Apply(context, act.delivery_confirm());
    case Act::kEscrowRelease:
      return Apply(context, act.escrow_release());
    case Act::kReceivableAssign:
      return Apply(context, act.receivable_assign());
    case Act::kRefund:
      return Apply(context, act.refund());
    case Act::kPayBack:
      return Apply(context, act.pay_back());
    case Act::kDisputeOpen:
      return Apply(context, act.dispute_open());
    case Act::kDisputeResolve:
      return Apply(context, act.dispute_resolve());
    case Act::kRepay:
      return Apply(context, act.repay());
    case Act::kDebitCreate:
      return Apply(context, act.debit_create());
    case Act::kDebitSubmit:
      return Apply(context, act.debit_submit());
    case Act::kDebitResult:
      return Apply(context, act.debit_result());
    case Act::kDebitReturn:
      return Apply(context, act.debit_return());
    case Act::kMandateGive:
      return Apply(context, act.mandate_give());
    case Act::kMandateRevoke:
      return Apply(context, act.mandate_revoke());
    case Act::kEarlyRepay:
      return Apply(context, act.early_repay());
    case Act::kRestructurePropose:
      return Apply(context, act.restructure_propose());
    case Act::kRestructureConsent:
      return Apply(context, act.restructure_consent());
    case Act::kWriteOff:
      return Apply(context, act.write_off());
    case Act::kRecover:
      return Apply(context, act.recover());
    case Act::kCopayInvite:
      return Apply(context, act.copay_invite());
    case Act::kCopayDecline:
      return Apply(context, act.copay_decline());
    case Act::kCopayWithdraw:
      return Apply(context, act.copay_withdraw());
    case Act::kCopayAccept:
      return Apply(context, act.copay_accept());
    case Act::kCopayReview:
      return Apply(context, act.copay_review());
    case Act::kMandateJoin:
      return Apply(context, act.mandate_join());
    case Act::kCopayTerminate:
      return Apply(context, act.copay_terminate());
    case Act::kDemand:
      return Apply(context, act.demand());
    case Act::kRecourseRepay:
      return Apply(context, act.recourse_repay());
    case Act::kRecourseForgive:
      return Apply(context, act.recourse_forgive());
    case Act::kDisclosureConsent:
      return Apply(context, act.disclosure_consent());
    case Act::kDayRoll:
      return Apply(context, act.day_roll());
    case Act::BODY_NOT_SET:  // The shape checker lets none through.
      break;
  }
  return Verdict::kFormat;
}

Verdict RunItem(Context& context, const CalendarItem::Key& item) {
  switch (item.queue) {
    case Queue::kInstalment:
      return RunInstalmentItem(context, item);
    case Queue::kReservation:
      return RunReservationItem(context, item);
    case Queue::kGrant:
      return RunGrantItem(context, item);
    case Queue::kAttestation:
      return RunAttestationItem(context, item);
    case Queue::kInvitation:
      return RunInvitationItem(context, item);
    case Queue::kDebit:
      return RunDebitItem(context, item);
    case Queue::kAgreement:
      return RunAgreementItem(context, item);
    case Queue::kPayable:
      return RunPayableItem(context, item);
    case Queue::kDispute:
      return RunDisputeItem(context, item);
    case Queue::kRestructuring:
      return RunRestructuringItem(context, item);
    case Queue::kClaim:
      return RunClaimItem(context, item);
    case Queue::kOutcome:  // Never in the calendar.
      break;
  }
  AVAL_UNREACHABLE("a queue without a rule");
}

}  // namespace aval::ledger::rules
