#include <array>
#include <string>

#include "base/assert.h"
#include "cli/acts/copay.h"
#include "cli/acts/debits.h"
#include "cli/acts/derived.h"
#include "cli/acts/parties.h"
#include "cli/demo/derived.h"
#include "cli/demo/workload.h"
#include "crypto/envelope.h"
#include "ledger/arithmetic/copay.h"

namespace aval::cli::demo {
namespace {

using acts::Derive;
using acts::DerivedId;
using acts::DerivedKey;
using ledger::Amount;
using ledger::Department;
using ledger::LiabilityMode;

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
  return Sign(
      acts::InviteCoPayer(
          {.invitation = DerivedId("invitation", InvitationName(row, rows_[friend_row])),
           .loan = DerivedId("purchase", row.order),
           .invitee = BorrowerOf(rows_[friend_row]),
           .instalments = {number},
           .share_ppm = kCopayShare,
           // Penalty runs on for a day or more: the cap is what is due without it, all of it.
           .cap = InCurrency(instalments_[index][number - 1].amount),
           .mode = LiabilityMode::kThirdPartyPayment,
           .terms = Derive("copay-terms", row.order),
           .disclosure = Derive("copay-disclosure", row.order),
           .expiry = today_}),
      {{.signer = {.party = BorrowerOf(row)}, .key = &key}});
}

Bytes Workload::Decline(std::size_t index, std::size_t friend_row) {
  const PurchaseRow& invitee = rows_[friend_row];
  const crypto::SecretKey key = DerivedKey("borrower-key", CustomerOf(invitee));
  return Sign(
      acts::DeclineInvitation(DerivedId("invitation", InvitationName(rows_[index], invitee))),
      {{.signer = {.party = BorrowerOf(invitee)}, .key = &key}});
}

Bytes Workload::Accept(std::size_t index, std::size_t friend_row) {
  const PurchaseRow& row = rows_[index];
  const PurchaseRow& invitee = rows_[friend_row];
  const crypto::SecretKey key = DerivedKey("borrower-key", CustomerOf(invitee));
  return Sign(
      acts::AcceptInvitation({.agreement = DerivedId("agreement", row.order),
                              .invitation = DerivedId("invitation", InvitationName(row, invitee)),
                              .terms = Derive("copay-terms", row.order),
                              .disclosure = Derive("copay-disclosure", row.order),
                              .mode = LiabilityMode::kThirdPartyPayment,
                              .bank = ledger::PartyId::Institution(OtherBankOf(row)),
                              .account = Derive("account", CustomerOf(invitee)),
                              .last_day = today_.Plus(kAgreementDays)}),
      {{.signer = {.party = BorrowerOf(invitee)}, .key = &key}});
}

void Workload::Review(std::size_t index, const ledger::PartyId& co_payer, const Bytes& acceptance,
                      std::vector<Bytes>& acts) {
  const PurchaseRow& row = rows_[index];
  const ledger::Id agreement = DerivedId("agreement", row.order);
  const crypto::Digest accepted = IdentityOf(acceptance);
  const ledger::Id capacity = DerivedId("co-payer-capacity", row.order);
  const Hand reviewer = Office(OtherBankOf(row), Department::kCompliance);
  acts.push_back(Sign(acts::Attest({.id = capacity,
                                    .subject = co_payer,
                                    .kind = ledger::AttestationKind::kCapacity,
                                    .values = {{.code = 1, .value = kCapacity}},
                                    .commitment = Derive("co-payer-capacity-commitment", row.order),
                                    .expiry = today_.Plus(kCapacityDays)}),
                      {reviewer}));
  acts.push_back(Sign(
      acts::ReviewAgreement({.agreement = agreement, .accepted = accepted, .capacity = capacity}),
      {reviewer}));
  acts.push_back(Sign(acts::ReviewAgreement({.agreement = agreement, .accepted = accepted}),
                      {Office(BankOf(row), Department::kCredit)}));
  acts.push_back(
      Sign(acts::JoinMandate(agreement, accepted), {Office(OtherBankOf(row), Department::kOps)}));
}

// Takes the co-payer's part of what is due, and returns it.
Amount Workload::Debit(std::size_t index, Amount due, std::vector<Bytes>& acts) {
  const PurchaseRow& row = rows_[index];
  const Hand bank = Office(OtherBankOf(row), Department::kOps);
  const ledger::Id debit = DerivedId("debit", row.order);
  const std::array promises{ledger::arithmetic::CopayPromise{.share_ppm = kCopayShare, .cap = due}};
  const auto split = ledger::arithmetic::SplitCopay(due, promises);
  AVAL_ASSERT(split.has_value());
  const Amount amount = split->copayers.front();
  acts.push_back(Sign(acts::CreateDebit({.debit = debit,
                                         .agreement = DerivedId("agreement", row.order),
                                         .instalment = help_[index]->instalment,
                                         .amount = InCurrency(amount),
                                         .expiry = today_.Plus(kDebitDays)}),
                      {Office(kPlatform, Department::kOps)}));
  acts.push_back(Sign(acts::SubmitDebit(debit), {bank}));
  acts.push_back(
      Sign(acts::ConfirmDebit(debit, amount, Derive("debit-record", row.order)), {bank}));
  return amount;
}

}  // namespace aval::cli::demo
