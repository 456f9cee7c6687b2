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

Result<void> Check(const act::v1::PurchaseAuthorise& body) {
  AVAL_CHECK(Id("purchase", body.purchase()));
  AVAL_CHECK(Id("grant", body.grant()));
  AVAL_CHECK(Party("supplier", body.supplier()));
  AVAL_CHECK(Digest("order", body.order()));
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  AVAL_CHECK(DayNumber("first_due_day", body.first_due_day()));
  AVAL_CHECK(DayNumber("expiry_day", body.expiry_day()));
  return Digest("disclosure", body.disclosure());
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

Result<void> Check(const act::v1::Repay& body) {
  AVAL_CHECK(Id("repayment", body.repayment()));
  AVAL_CHECK(Id("loan", body.loan()));
  AVAL_CHECK(CurrencyCode("amount.currency", body.amount().currency()));
  return Digest("reference", body.reference());
}

Result<void> Check(const act::v1::DebitCreate& body) {
  AVAL_CHECK(Id("debit", body.debit()));
  AVAL_CHECK(Id("agreement", body.agreement()));
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

Result<void> Check(const act::v1::CopayInvite& body) {
  AVAL_CHECK(Id("invitation", body.invitation()));
  AVAL_CHECK(Id("loan", body.loan()));
  AVAL_CHECK(Party("invitee", body.invitee()));
  AVAL_CHECK(Count("instalments", body.instalments_size(), 1, kCopayInstalmentsMax));
  for (int i = 1; i < body.instalments_size(); ++i) {
    if (body.instalments(i - 1) >= body.instalments(i)) {
      return Wrong(Item("instalments", i), "not ascending");
    }
  }
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
    case act::v1::Act::kPurchaseAuthorise:
      return Check(act.purchase_authorise());
    case act::v1::Act::kPurchaseCapture:
      return Check(act.purchase_capture());
    case act::v1::Act::kPurchaseVoid:
      return Check(act.purchase_void());
    case act::v1::Act::kDeliveryConfirm:
      return Check(act.delivery_confirm());
    case act::v1::Act::kRepay:
      return Check(act.repay());
    case act::v1::Act::kDebitCreate:
      return Check(act.debit_create());
    case act::v1::Act::kDebitSubmit:
      return Check(act.debit_submit());
    case act::v1::Act::kDebitResult:
      return Check(act.debit_result());
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
