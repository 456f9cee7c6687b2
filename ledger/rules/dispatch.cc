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
    case Act::kPurchaseAuthorise:
      return Apply(context, act.purchase_authorise());
    case Act::kPurchaseCapture:
      return Apply(context, act.purchase_capture());
    case Act::kPurchaseVoid:
      return Apply(context, act.purchase_void());
    case Act::kDeliveryConfirm:
      return Apply(context, act.delivery_confirm());
    case Act::kRepay:
      return Apply(context, act.repay());
    case Act::kDebitCreate:
      return Apply(context, act.debit_create());
    case Act::kDebitSubmit:
      return Apply(context, act.debit_submit());
    case Act::kDebitResult:
      return Apply(context, act.debit_result());
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
    case Act::kDayRoll:
      return Apply(context, act.day_roll());
    case Act::BODY_NOT_SET:  // The shape checker lets none through.
      break;
  }
  return Verdict::kFormat;
}

}  // namespace aval::ledger::rules
