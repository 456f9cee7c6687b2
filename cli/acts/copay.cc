#include "cli/acts/copay.h"

#include "ledger/wire.h"

namespace aval::cli::acts {

using ledger::ToWire;

act::v1::Act InviteCoPayer(const NewInvitation& invitation) {
  act::v1::Act act;
  act::v1::CopayInvite& body = *act.mutable_copay_invite();
  body.set_invitation(ToWire(invitation.invitation));
  body.set_loan(ToWire(invitation.loan));
  body.set_invitee(ToWire(invitation.invitee));
  for (const std::uint32_t number : invitation.instalments) body.add_instalments(number);
  body.set_share_ppm(invitation.share_ppm);
  SetMoney(*body.mutable_cap(), invitation.cap);
  body.set_mode(static_cast<act::v1::LiabilityMode>(invitation.mode));
  body.set_terms(ToWire(invitation.terms));
  body.set_disclosure(ToWire(invitation.disclosure));
  body.set_expiry_day(ToWire(invitation.expiry));
  body.set_joint(invitation.joint);
  return act;
}

act::v1::Act ChangeDisclosure(const ledger::Id& invitation, const crypto::Digest& disclosure) {
  act::v1::Act act;
  act.mutable_disclosure_consent()->set_invitation(ToWire(invitation));
  act.mutable_disclosure_consent()->set_disclosure(ToWire(disclosure));
  return act;
}

act::v1::Act DeclineInvitation(const ledger::Id& invitation) {
  act::v1::Act act;
  act.mutable_copay_decline()->set_invitation(ToWire(invitation));
  return act;
}

act::v1::Act WithdrawInvitation(const ledger::Id& invitation) {
  act::v1::Act act;
  act.mutable_copay_withdraw()->set_invitation(ToWire(invitation));
  return act;
}

act::v1::Act AcceptInvitation(const Acceptance& acceptance) {
  act::v1::Act act;
  act::v1::CopayAccept& body = *act.mutable_copay_accept();
  body.set_agreement(ToWire(acceptance.agreement));
  body.set_invitation(ToWire(acceptance.invitation));
  body.set_terms(ToWire(acceptance.terms));
  body.set_disclosure(ToWire(acceptance.disclosure));
  body.set_mode(static_cast<act::v1::LiabilityMode>(acceptance.mode));
  body.set_bank(ToWire(acceptance.bank));
  body.set_account(ToWire(acceptance.account));
  body.set_last_day(ToWire(acceptance.last_day));
  return act;
}

act::v1::Act ReviewAgreement(const Review& review) {
  act::v1::Act act;
  act::v1::CopayReview& body = *act.mutable_copay_review();
  body.set_agreement(ToWire(review.agreement));
  body.set_acceptance(ToWire(review.accepted));
  if (review.capacity != ledger::Id{}) body.set_capacity(ToWire(review.capacity));
  body.set_decline(review.decline);
  return act;
}

act::v1::Act JoinMandate(const ledger::Id& agreement, const crypto::Digest& accepted) {
  act::v1::Act act;
  act.mutable_mandate_join()->set_agreement(ToWire(agreement));
  act.mutable_mandate_join()->set_acceptance(ToWire(accepted));
  return act;
}

act::v1::Act TerminateAgreement(const ledger::Id& agreement, act::v1::CopayTerminate::Ground ground,
                                std::uint32_t code) {
  act::v1::Act act;
  act::v1::CopayTerminate& body = *act.mutable_copay_terminate();
  body.set_agreement(ToWire(agreement));
  body.set_ground(ground);
  body.set_code(code);
  return act;
}

act::v1::Act DemandPayment(const ledger::Id& agreement, const crypto::Digest& notice) {
  act::v1::Act act;
  act.mutable_demand()->set_agreement(ToWire(agreement));
  act.mutable_demand()->set_notice(ToWire(notice));
  return act;
}

act::v1::Act RepayCoPayer(const RecoursePayment& payment) {
  act::v1::Act act;
  act::v1::RecourseRepay& body = *act.mutable_recourse_repay();
  body.set_repayment(ToWire(payment.id));
  body.set_agreement(ToWire(payment.agreement));
  SetMoney(*body.mutable_amount(), payment.amount);
  body.set_reference(ToWire(payment.reference));
  return act;
}

act::v1::Act ForgiveClaim(const ledger::Id& agreement, ledger::Amount amount) {
  act::v1::Act act;
  act.mutable_recourse_forgive()->set_agreement(ToWire(agreement));
  act.mutable_recourse_forgive()->set_amount(amount.minor);
  return act;
}

}  // namespace aval::cli::acts
