#include <array>
#include <string>
#include <utility>

#include "base/assert.h"
#include "cli/demo/derived.h"
#include "cli/demo/workload.h"
#include "crypto/envelope.h"
#include "ledger/arithmetic/copay.h"
#include "ledger/wire.h"

namespace aval::cli::demo {
namespace {

using ledger::Amount;
using ledger::Department;
using ledger::ToWire;

constexpr std::int64_t kCapacity = 20'000'000;  // As much as one co-payer may stand for.
constexpr std::int64_t kCapacityDays = 180;
constexpr std::int64_t kAgreementDays = 10;
constexpr std::int64_t kDebitDays = 3;

// The invitation to the first or, when that one declines, to the second.
std::string InvitationName(const PurchaseRow& row, const PurchaseRow& friend_row) {
  return row.order + "/" + CustomerOf(friend_row);
}

crypto::Digest IdentityOf(const Bytes& act) {
  const auto envelope = crypto::ParseEnvelope(act);
  AVAL_ASSERT(envelope.has_value());
  return crypto::IdentityOf(*envelope);
}

}  // namespace

// The borrower asks, the co-payer signs, the other bank and the lead lender look at it, and the
// bank of the co-payer's account joins its mandate.
void Workload::Agree(std::size_t index, std::vector<Bytes>& acts) {
  const Help& help = *help_[index];
  if (help.declines) {
    acts.push_back(Invite(index, *help.declines));
    acts.push_back(Decline(index, *help.declines));
  }
  acts.push_back(Invite(index, help.co_payer));
  acts.push_back(Accept(index, help.co_payer));
  const Bytes acceptance = acts.back();
  Review(index, BorrowerOf(rows_[help.co_payer]), acceptance, acts);
}

Bytes Workload::Invite(std::size_t index, std::size_t friend_row) {
  const PurchaseRow& row = rows_[index];
  const crypto::SecretKey key = DerivedKey("borrower-key", CustomerOf(row));
  const std::uint32_t number = help_[index]->instalment;
  act::v1::Act act;
  act::v1::CopayInvite& body = *act.mutable_copay_invite();
  body.set_invitation(ToWire(DerivedId("invitation", InvitationName(row, rows_[friend_row]))));
  body.set_loan(ToWire(DerivedId("purchase", row.order)));
  body.set_invitee(ToWire(BorrowerOf(rows_[friend_row])));
  body.add_instalments(number);
  body.set_share_ppm(kCopayShare);
  body.mutable_cap()->set_currency(std::string(kCurrency));
  // Penalty runs on for a day or more: the cap is what is due without it, all of it.
  body.mutable_cap()->set_minor(instalments_[index][number - 1].amount.minor);
  body.set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body.set_terms(ToWire(Derive("copay-terms", row.order)));
  body.set_disclosure(ToWire(Derive("copay-disclosure", row.order)));
  body.set_expiry_day(ToWire(today_));
  return Sign(std::move(act), {{.signer = {.party = BorrowerOf(row)}, .key = &key}});
}

Bytes Workload::Decline(std::size_t index, std::size_t friend_row) {
  const PurchaseRow& invitee = rows_[friend_row];
  const crypto::SecretKey key = DerivedKey("borrower-key", CustomerOf(invitee));
  act::v1::Act act;
  act.mutable_copay_decline()->set_invitation(
      ToWire(DerivedId("invitation", InvitationName(rows_[index], invitee))));
  return Sign(std::move(act), {{.signer = {.party = BorrowerOf(invitee)}, .key = &key}});
}

Bytes Workload::Accept(std::size_t index, std::size_t friend_row) {
  const PurchaseRow& row = rows_[index];
  const PurchaseRow& invitee = rows_[friend_row];
  const crypto::SecretKey key = DerivedKey("borrower-key", CustomerOf(invitee));
  act::v1::Act act;
  act::v1::CopayAccept& body = *act.mutable_copay_accept();
  body.set_agreement(ToWire(DerivedId("agreement", row.order)));
  body.set_invitation(ToWire(DerivedId("invitation", InvitationName(row, invitee))));
  body.set_terms(ToWire(Derive("copay-terms", row.order)));
  body.set_disclosure(ToWire(Derive("copay-disclosure", row.order)));
  body.set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body.set_bank(Institution(OtherBankOf(row)));
  body.set_account(ToWire(Derive("account", CustomerOf(invitee))));
  body.set_last_day(ToWire(today_.Plus(kAgreementDays)));
  return Sign(std::move(act), {{.signer = {.party = BorrowerOf(invitee)}, .key = &key}});
}

void Workload::Review(std::size_t index, const ledger::PartyId& co_payer, const Bytes& acceptance,
                      std::vector<Bytes>& acts) {
  const PurchaseRow& row = rows_[index];
  const std::string agreement = ToWire(DerivedId("agreement", row.order));
  const std::string accepted = ToWire(IdentityOf(acceptance));
  const std::string capacity = ToWire(DerivedId("co-payer-capacity", row.order));

  act::v1::Act attestation;
  act::v1::Attest& attest = *attestation.mutable_attest();
  attest.set_attestation(capacity);
  attest.set_subject(ToWire(co_payer));
  attest.set_kind(act::v1::CAPACITY);
  attest.add_values()->set_code(1);
  attest.mutable_values(0)->set_value(kCapacity);
  attest.set_commitment(ToWire(Derive("co-payer-capacity-commitment", row.order)));
  attest.set_expiry_day(ToWire(today_.Plus(kCapacityDays)));
  acts.push_back(Sign(std::move(attestation), {Office(OtherBankOf(row), Department::kCompliance)}));

  for (const Hand& reviewer : {Office(OtherBankOf(row), Department::kCompliance),
                               Office(BankOf(row), Department::kCredit)}) {
    act::v1::Act act;
    act::v1::CopayReview& review = *act.mutable_copay_review();
    review.set_agreement(agreement);
    review.set_acceptance(accepted);
    if (reviewer.signer.department == Department::kCompliance) review.set_capacity(capacity);
    acts.push_back(Sign(std::move(act), {reviewer}));
  }
  act::v1::Act join;
  join.mutable_mandate_join()->set_agreement(agreement);
  join.mutable_mandate_join()->set_acceptance(accepted);
  acts.push_back(Sign(std::move(join), {Office(OtherBankOf(row), Department::kOps)}));
}

// Takes the co-payer's part of what is due, and returns it.
Amount Workload::Debit(std::size_t index, Amount due, std::vector<Bytes>& acts) {
  const PurchaseRow& row = rows_[index];
  const Hand bank = Office(OtherBankOf(row), Department::kOps);
  const std::string debit = ToWire(DerivedId("debit", row.order));
  const std::array promises{ledger::arithmetic::CopayPromise{.share_ppm = kCopayShare, .cap = due}};
  const auto split = ledger::arithmetic::SplitCopay(due, promises);
  AVAL_ASSERT(split.has_value());
  const Amount amount = split->copayers.front();

  act::v1::Act create;
  act::v1::DebitCreate& body = *create.mutable_debit_create();
  body.set_debit(debit);
  body.set_agreement(ToWire(DerivedId("agreement", row.order)));
  body.set_instalment(help_[index]->instalment);
  body.mutable_amount()->set_currency(std::string(kCurrency));
  body.mutable_amount()->set_minor(amount.minor);
  body.set_expiry_day(ToWire(today_.Plus(kDebitDays)));
  acts.push_back(Sign(std::move(create), {Office(kPlatform, Department::kOps)}));

  act::v1::Act submit;
  submit.mutable_debit_submit()->set_debit(debit);
  acts.push_back(Sign(std::move(submit), {bank}));

  act::v1::Act result;
  act::v1::DebitResult& taken = *result.mutable_debit_result();
  taken.set_debit(debit);
  taken.set_result(act::v1::DebitResult::CONFIRMED);
  taken.set_amount(amount.minor);
  taken.set_reference(ToWire(Derive("debit-record", row.order)));
  acts.push_back(Sign(std::move(result), {bank}));
  return amount;
}

}  // namespace aval::cli::demo
