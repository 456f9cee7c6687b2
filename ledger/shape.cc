#include "ledger/shape.h"

#include <string>
#include <utility>

namespace aval::ledger {
namespace {

using field::Count;
using field::CurrencyCode;
using field::DayNumber;
using field::Digest;
using field::Id;
using field::Item;
using field::Key;
using field::Length;
using field::Party;
using field::Wrong;

constexpr std::size_t kSignatureBytes = 64;

template <class Number>
Result<void> Given(const std::string& name, Number value) {
  return value == Number{} ? Result<void>(Wrong(name, "is not given")) : Result<void>{};
}

template <class List>
Result<void> Ascending(const std::string& name, const List& list) {
  for (int i = 1; i < list.size(); ++i) {
    if (list.Get(i - 1) >= list.Get(i)) return Wrong(Item(name, i), "not ascending");
  }
  return {};
}

Result<void> Signers(const act::v1::Act& act) {
  AVAL_CHECK(Count("signers", act.signers_size(), 1, kSignersMax));
  bool author = false;
  for (int i = 0; i < act.signers_size(); ++i) {
    const act::v1::Signer& signer = act.signers(i);
    AVAL_CHECK(Party(Item("signers", i) + ".party", signer.party()));
    author = author || signer.party() == act.author();
    if (i == 0) continue;
    const act::v1::Signer& before = act.signers(i - 1);
    if (std::pair(before.party(), before.department()) >=
        std::pair(signer.party(), signer.department())) {
      return Wrong(Item("signers", i), "not ascending by party and department");
    }
  }
  if (!author) return Wrong("author", "is none of the signers");
  return {};
}

Result<void> Check(const act::v1::ParticipantRegister& body) {
  AVAL_CHECK(Party("participant", body.participant()));
  if (body.kind() == act::v1::ParticipantRegister::KIND_UNSPECIFIED) {
    return Wrong("kind", "is not given");
  }
  AVAL_CHECK(Digest("nullifier", body.nullifier()));
  return Key("key", body.key());
}

Result<void> Check(const act::v1::SupplierRegister& body) {
  AVAL_CHECK(Party("supplier", body.supplier()));
  AVAL_CHECK(Digest("nullifier", body.nullifier()));
  AVAL_CHECK(Key("ops_key", body.ops_key()));
  AVAL_CHECK(Key("treasury_key", body.treasury_key()));
  return Party("settlement_bank", body.settlement_bank());
}

Result<void> Check(const act::v1::KeyAdd& body) {
  AVAL_CHECK(Party("party", body.party()));
  AVAL_CHECK(Key("key", body.key()));
  return Length("possession", body.possession(), kSignatureBytes);
}

Result<void> Check(const act::v1::KeyRevoke& body) {
  AVAL_CHECK(Digest("key_id", body.key_id()));
  if (body.reason().size() <= kReasonBytesMax) return {};
  return Wrong("reason", "more than " + std::to_string(kReasonBytesMax) + " bytes");
}

Result<void> Check(const act::v1::Attest& body) {
  AVAL_CHECK(Id("attestation", body.attestation()));
  AVAL_CHECK(Party("subject", body.subject()));
  if (body.kind() == act::v1::ATTESTATION_KIND_UNSPECIFIED) return Wrong("kind", "is not given");
  const bool registered = body.kind() == act::v1::REGISTERED;
  if (registered != (body.code() != 0)) {
    return Wrong("code", registered ? "is not given" : "is for registered kinds alone");
  }
  AVAL_CHECK(Count("values", body.values_size(), 0, kAttestedValuesMax));
  for (int i = 1; i < body.values_size(); ++i) {
    if (body.values(i - 1).code() >= body.values(i).code()) {
      return Wrong(Item("values", i), "not ascending by code");
    }
  }
  AVAL_CHECK(Digest("commitment", body.commitment()));
  return DayNumber("expiry_day", body.expiry_day());
}

Result<void> Check(const act::v1::AttestRevoke& body) {
  AVAL_CHECK(Id("attestation", body.attestation()));
  if (body.reason() == 0) return Wrong("reason", "is not given");
  return {};
}

Result<void> Check(const act::v1::GrantPropose& body) {
  AVAL_CHECK(Id("grant", body.grant()));
  AVAL_CHECK(Party("borrower", body.borrower()));
  AVAL_CHECK(Count("lenders", body.lenders_size(), 0, kLendersMax));
  for (int i = 0; i < body.lenders_size(); ++i) {
    AVAL_CHECK(Party(Item("lenders", i) + ".lender", body.lenders(i).lender()));
    if (i > 0 && body.lenders(i - 1).lender() >= body.lenders(i).lender()) {
      return Wrong(Item("lenders", i), "not ascending by lender");
    }
  }
  AVAL_CHECK(CurrencyCode("limit.currency", body.limit().currency()));
  AVAL_CHECK(DayNumber("expiry_day", body.expiry_day()));
  AVAL_CHECK(Count("attestations", body.attestations_size(), 0, kAttestationsMax));
  for (int i = 0; i < body.attestations_size(); ++i) {
    AVAL_CHECK(Id(Item("attestations", i), body.attestations(i)));
    if (i > 0 && body.attestations(i - 1) >= body.attestations(i)) {
      return Wrong(Item("attestations", i), "not ascending");
    }
  }
  return Digest("model", body.model());
}

Result<void> Check(const act::v1::GrantDecide& body) {
  AVAL_CHECK(Id("grant", body.grant()));
  return Digest("proposal", body.proposal());
}

Result<void> Check(const act::v1::GrantActivate& body) {
  AVAL_CHECK(Id("grant", body.grant()));
  return Digest("disclosure", body.disclosure());
}

Result<void> Check(const act::v1::LimitAdjust& body) {
  AVAL_CHECK(Id("grant", body.grant()));
  if (body.evidence().empty()) return {};
  return Id("evidence", body.evidence());
}

Result<void> Check(const act::v1::GrantReview& body) {
  AVAL_CHECK(Id("grant", body.grant()));
  if (body.decline() != body.evidence().empty()) {
    return Wrong("evidence", "belongs to a decision that is no decline, alone");
  }
  return body.decline() ? Result<void>{} : Id("evidence", body.evidence());
}

Result<void> Check(const act::v1::GrantClose& body) {
  AVAL_CHECK(Id("grant", body.grant()));
  return Given("reason", body.reason());
}

Result<void> HeldSubject(act::v1::Held what, const std::string& subject) {
  AVAL_CHECK(Given("what", what));
  return what == act::v1::PARTY ? Party("subject", subject) : Id("subject", subject);
}

Result<void> Check(const act::v1::Hold& body) {
  AVAL_CHECK(HeldSubject(body.what(), body.subject()));
  return Given("reason", body.reason());
}

Result<void> Check(const act::v1::Lift& body) { return HeldSubject(body.what(), body.subject()); }

Result<void> Check(const act::v1::PurchaseAuthorise& body) {
  AVAL_CHECK(Id("purchase", body.purchase()));
  AVAL_CHECK(Id("grant", body.grant()));
  AVAL_CHECK(Party("supplier", body.supplier()));
  AVAL_CHECK(Digest("order", body.order()));
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  AVAL_CHECK(DayNumber("first_due_day", body.first_due_day()));
  AVAL_CHECK(DayNumber("expiry_day", body.expiry_day()));
  AVAL_CHECK(Digest("disclosure", body.disclosure()));
  AVAL_CHECK(Count("release_days", body.release_days_size(), 0, kReleaseStepsMax));
  for (int i = 0; i < body.release_days_size(); ++i) {
    AVAL_CHECK(DayNumber(Item("release_days", i), body.release_days(i)));
  }
  return Ascending("release_days", body.release_days());
}

Result<void> Check(const act::v1::PurchaseCapture& body) {
  AVAL_CHECK(Id("purchase", body.purchase()));
  return Digest("shipment", body.shipment());
}

Result<void> Check(const act::v1::PurchaseVoid& body) { return Id("purchase", body.purchase()); }

Result<void> Check(const act::v1::DeliveryConfirm& body) {
  AVAL_CHECK(Id("purchase", body.purchase()));
  return Digest("delivery", body.delivery());
}

Result<void> Check(const act::v1::EscrowRelease& body) {
  AVAL_CHECK(Id("purchase", body.purchase()));
  return Digest("proof", body.proof());
}

Result<void> Check(const act::v1::ReceivableAssign& body) {
  AVAL_CHECK(Id("purchase", body.purchase()));
  return Party("financier", body.financier());
}

Result<void> Check(const act::v1::Refund& body) {
  AVAL_CHECK(Id("refund", body.refund()));
  AVAL_CHECK(Id("purchase", body.purchase()));
  return Given("reason", body.reason());
}

Result<void> Check(const act::v1::PayBack& body) {
  AVAL_CHECK(Id("payment", body.payment()));
  AVAL_CHECK(Party("participant", body.participant()));
  AVAL_CHECK(Party("bank", body.bank()));
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  return Digest("reference", body.reference());
}

Result<void> Check(const act::v1::DisputeOpen& body) {
  AVAL_CHECK(Id("dispute", body.dispute()));
  AVAL_CHECK(Id("loan", body.loan()));
  AVAL_CHECK(Count("instalments", body.instalments_size(), 1, kInstalmentsMax));
  AVAL_CHECK(Ascending("instalments", body.instalments()));
  AVAL_CHECK(Digest("grounds", body.grounds()));
  return DayNumber("last_day", body.last_day());
}

Result<void> Check(const act::v1::DisputeResolve& body) {
  AVAL_CHECK(Id("dispute", body.dispute()));
  AVAL_CHECK(Given("outcome", body.outcome()));
  return Digest("decision", body.decision());
}

Result<void> Check(const act::v1::Repay& body) {
  AVAL_CHECK(Id("repayment", body.repayment()));
  AVAL_CHECK(Id("loan", body.loan()));
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  AVAL_CHECK(Digest("reference", body.reference()));
  return body.quote().empty() ? Result<void>{} : Id("quote", body.quote());
}

// By an agreement, which names its loan, or by the borrower's own mandate.
Result<void> Check(const act::v1::DebitCreate& body) {
  AVAL_CHECK(Id("debit", body.debit()));
  const bool own = body.agreement().empty();
  if (own) {
    AVAL_CHECK(Id("mandate", body.mandate()));
    AVAL_CHECK(Id("loan", body.loan()));
  } else {
    AVAL_CHECK(Id("agreement", body.agreement()));
    if (!body.mandate().empty()) return Wrong("mandate", "stands beside an agreement");
    if (!body.loan().empty()) return Wrong("loan", "stands beside an agreement");
  }
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  return DayNumber("expiry_day", body.expiry_day());
}

Result<void> Check(const act::v1::DebitSubmit& body) { return Id("debit", body.debit()); }

Result<void> Check(const act::v1::DebitResult& body) {
  AVAL_CHECK(Id("debit", body.debit()));
  if (body.result() == act::v1::DebitResult::RESULT_UNSPECIFIED) {
    return Wrong("result", "is not given");
  }
  const bool rejected = body.result() == act::v1::DebitResult::REJECTED;
  if (rejected != (body.reason() != 0)) return Wrong("reason", "belongs to a rejection, alone");
  return Digest("reference", body.reference());
}

Result<void> Check(const act::v1::DebitReturn& body) {
  AVAL_CHECK(Id("debit", body.debit()));
  AVAL_CHECK(Given("reason", body.reason()));
  return Digest("reference", body.reference());
}

Result<void> Check(const act::v1::MandateGive& body) {
  AVAL_CHECK(Id("mandate", body.mandate()));
  AVAL_CHECK(Party("platform", body.platform()));
  AVAL_CHECK(Party("bank", body.bank()));
  AVAL_CHECK(Digest("account", body.account()));
  AVAL_CHECK(CurrencyCode("most.currency", body.most().currency()));
  return DayNumber("last_day", body.last_day());
}

Result<void> Check(const act::v1::MandateRevoke& body) { return Id("mandate", body.mandate()); }

Result<void> Check(const act::v1::EarlyRepay& body) {
  AVAL_CHECK(Id("quote", body.quote()));
  AVAL_CHECK(Id("loan", body.loan()));
  return DayNumber("day", body.day());
}

Result<void> Check(const act::v1::RestructurePropose& body) {
  AVAL_CHECK(Id("restructuring", body.restructuring()));
  AVAL_CHECK(Id("loan", body.loan()));
  AVAL_CHECK(DayNumber("first_due_day", body.first_due_day()));
  return DayNumber("expiry_day", body.expiry_day());
}

Result<void> Check(const act::v1::RestructureConsent& body) {
  AVAL_CHECK(Id("restructuring", body.restructuring()));
  return Digest("proposal", body.proposal());
}

Result<void> Check(const act::v1::WriteOff& body) {
  AVAL_CHECK(Id("loan", body.loan()));
  return body.proof().empty() ? Result<void>{} : Digest("proof", body.proof());
}

Result<void> Check(const act::v1::Recover& body) {
  AVAL_CHECK(Id("recovery", body.recovery()));
  AVAL_CHECK(Id("loan", body.loan()));
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  return Digest("reference", body.reference());
}

Result<void> Check(const act::v1::CopayInvite& body) {
  AVAL_CHECK(Id("invitation", body.invitation()));
  AVAL_CHECK(Id("loan", body.loan()));
  AVAL_CHECK(Party("invitee", body.invitee()));
  AVAL_CHECK(Count("instalments", body.instalments_size(), 1, kInstalmentsMax));
  AVAL_CHECK(Ascending("instalments", body.instalments()));
  AVAL_CHECK(CurrencyCode("cap.currency", body.cap().currency()));
  AVAL_CHECK(Digest("terms", body.terms()));
  AVAL_CHECK(Digest("disclosure", body.disclosure()));
  return DayNumber("expiry_day", body.expiry_day());
}

Result<void> Check(const act::v1::CopayDecline& body) {
  return Id("invitation", body.invitation());
}

Result<void> Check(const act::v1::CopayWithdraw& body) {
  return Id("invitation", body.invitation());
}

Result<void> Check(const act::v1::CopayAccept& body) {
  AVAL_CHECK(Id("agreement", body.agreement()));
  AVAL_CHECK(Id("invitation", body.invitation()));
  AVAL_CHECK(Digest("terms", body.terms()));
  AVAL_CHECK(Digest("disclosure", body.disclosure()));
  AVAL_CHECK(Party("bank", body.bank()));
  AVAL_CHECK(Digest("account", body.account()));
  return DayNumber("last_day", body.last_day());
}

Result<void> Check(const act::v1::CopayReview& body) {
  AVAL_CHECK(Id("agreement", body.agreement()));
  AVAL_CHECK(Digest("acceptance", body.acceptance()));
  if (body.capacity().empty()) return {};
  return Id("capacity", body.capacity());
}

Result<void> Check(const act::v1::MandateJoin& body) {
  AVAL_CHECK(Id("agreement", body.agreement()));
  return Digest("acceptance", body.acceptance());
}

Result<void> Check(const act::v1::CopayTerminate& body) {
  using act::v1::CopayTerminate;
  AVAL_CHECK(Id("agreement", body.agreement()));
  AVAL_CHECK(Given("ground", body.ground()));
  const bool coded =
      body.ground() == CopayTerminate::BREACH || body.ground() == CopayTerminate::REGULATORY;
  if (coded != (body.code() != 0)) return Wrong("code", "belongs to a breach or a rule, alone");
  return {};
}

Result<void> Check(const act::v1::Demand& body) {
  AVAL_CHECK(Id("agreement", body.agreement()));
  return Digest("notice", body.notice());
}

Result<void> Check(const act::v1::RecourseRepay& body) {
  AVAL_CHECK(Id("repayment", body.repayment()));
  AVAL_CHECK(Id("agreement", body.agreement()));
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  return Digest("reference", body.reference());
}

Result<void> Check(const act::v1::RecourseForgive& body) {
  return Id("agreement", body.agreement());
}

Result<void> Check(const act::v1::DisclosureConsent& body) {
  AVAL_CHECK(Id("invitation", body.invitation()));
  return Digest("disclosure", body.disclosure());
}

Result<void> Check(const act::v1::DayRoll& body) { return DayNumber("day", body.day()); }

Result<void> Body(const act::v1::Act& act) {
  switch (act.body_case()) {
    case act::v1::Act::kParticipantRegister:
      return Check(act.participant_register());
    case act::v1::Act::kSupplierRegister:
      return Check(act.supplier_register());
    case act::v1::Act::kKeyAdd:
      return Check(act.key_add());
    case act::v1::Act::kKeyRevoke:
      return Check(act.key_revoke());
    case act::v1::Act::kAttest:
      return Check(act.attest());
    case act::v1::Act::kAttestRevoke:
      return Check(act.attest_revoke());
    case act::v1::Act::kGrantPropose:
      return Check(act.grant_propose());
    case act::v1::Act::kGrantDecide:
      return Check(act.grant_decide());
    case act::v1::Act::kGrantActivate:
      return Check(act.grant_activate());
    case act::v1::Act::kLimitAdjust:
      return Check(act.limit_adjust());
    case act::v1::Act::kGrantReview:
      return Check(act.grant_review());
    case act::v1::Act::kGrantClose:
      return Check(act.grant_close());
    case act::v1::Act::kHold:
      return Check(act.hold());
    case act::v1::Act::kLift:
      return Check(act.lift());
    case act::v1::Act::kPurchaseAuthorise:
      return Check(act.purchase_authorise());
    case act::v1::Act::kPurchaseCapture:
      return Check(act.purchase_capture());
    case act::v1::Act::kPurchaseVoid:
      return Check(act.purchase_void());
    case act::v1::Act::kDeliveryConfirm:
      return Check(act.delivery_confirm());
    case act::v1::Act::kEscrowRelease:
      return Check(act.escrow_release());
    case act::v1::Act::kReceivableAssign:
      return Check(act.receivable_assign());
    case act::v1::Act::kRefund:
      return Check(act.refund());
    case act::v1::Act::kPayBack:
      return Check(act.pay_back());
    case act::v1::Act::kDisputeOpen:
      return Check(act.dispute_open());
    case act::v1::Act::kDisputeResolve:
      return Check(act.dispute_resolve());
    case act::v1::Act::kRepay:
      return Check(act.repay());
    case act::v1::Act::kDebitCreate:
      return Check(act.debit_create());
    case act::v1::Act::kDebitSubmit:
      return Check(act.debit_submit());
    case act::v1::Act::kDebitResult:
      return Check(act.debit_result());
    case act::v1::Act::kDebitReturn:
      return Check(act.debit_return());
    case act::v1::Act::kMandateGive:
      return Check(act.mandate_give());
    case act::v1::Act::kMandateRevoke:
      return Check(act.mandate_revoke());
    case act::v1::Act::kEarlyRepay:
      return Check(act.early_repay());
    case act::v1::Act::kRestructurePropose:
      return Check(act.restructure_propose());
    case act::v1::Act::kRestructureConsent:
      return Check(act.restructure_consent());
    case act::v1::Act::kWriteOff:
      return Check(act.write_off());
    case act::v1::Act::kRecover:
      return Check(act.recover());
    case act::v1::Act::kCopayInvite:
      return Check(act.copay_invite());
    case act::v1::Act::kCopayDecline:
      return Check(act.copay_decline());
    case act::v1::Act::kCopayWithdraw:
      return Check(act.copay_withdraw());
    case act::v1::Act::kCopayAccept:
      return Check(act.copay_accept());
    case act::v1::Act::kCopayReview:
      return Check(act.copay_review());
    case act::v1::Act::kMandateJoin:
      return Check(act.mandate_join());
    case act::v1::Act::kCopayTerminate:
      return Check(act.copay_terminate());
    case act::v1::Act::kDemand:
      return Check(act.demand());
    case act::v1::Act::kRecourseRepay:
      return Check(act.recourse_repay());
    case act::v1::Act::kRecourseForgive:
      return Check(act.recourse_forgive());
    case act::v1::Act::kDisclosureConsent:
      return Check(act.disclosure_consent());
    case act::v1::Act::kDayRoll:
      return Check(act.day_roll());
    case act::v1::Act::BODY_NOT_SET:
      break;
  }
  return Wrong("body", "is not set");
}

}  // namespace

Result<void> CheckShape(const act::v1::Act& act) {
  AVAL_CHECK(Party("author", act.author()));
  AVAL_CHECK(DayNumber("last_valid_day", act.last_valid_day()));
  AVAL_CHECK(Id("nonce", act.nonce()));
  AVAL_CHECK(Signers(act));
  return Body(act);
}

}  // namespace aval::ledger
