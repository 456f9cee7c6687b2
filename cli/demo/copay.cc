#include "cli/demo/copay.h"

#include <array>

#include "base/assert.h"
#include "cli/acts/copay.h"
#include "cli/acts/debits.h"
#include "cli/acts/derived.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "cli/demo/sales.h"
#include "ledger/arithmetic/copay.h"

namespace aval::cli::demo {
namespace {

using acts::Derive;
using acts::DerivedId;
using ledger::Amount;
using ledger::Department;

constexpr std::int64_t kCapacity = 20'000'000;  // As much as one co-payer may stand for.
constexpr std::int64_t kAgreementDays = 10;
constexpr std::int64_t kDebitDays = 3;
constexpr std::uint32_t kNoFunds = 1;  // The banks' codes.
constexpr std::uint32_t kObjection = 2;
constexpr std::uint32_t kUnpaid = 1;  // The platform's code of a breach.

// The invitation to the first or, when that one declines, to the second.
ledger::Id InvitationOf(const PurchaseRow& row, const PurchaseRow& invitee) {
  return DerivedId("invitation", row.order + "/" + CustomerOf(invitee));
}

void WriteInvitation(ActWriter& writer, const CopayTerms& terms, const PurchaseRow& invitee) {
  writer.Write(acts::InviteCoPayer({.invitation = InvitationOf(terms.row, invitee),
                                    .loan = PurchaseOf(terms.row),
                                    .invitee = BorrowerOf(invitee),
                                    .instalments = {terms.instalment},
                                    .share_ppm = kCopayShare,
                                    .cap = InCurrency(terms.cap),
                                    .mode = terms.mode,
                                    .terms = Derive("copay-terms", terms.row.order),
                                    .disclosure = Derive("copay-disclosure", terms.row.order),
                                    .expiry = writer.today()}),
               {PartyHand::Borrower(terms.row)});
}

crypto::Digest WriteAcceptance(ActWriter& writer, const CopayTerms& terms) {
  return writer.Write(
      acts::AcceptInvitation({.agreement = AgreementOf(terms.row),
                              .invitation = InvitationOf(terms.row, terms.co_payer),
                              .terms = Derive("copay-terms", terms.row.order),
                              .disclosure = Derive("copay-disclosure", terms.row.order),
                              .mode = terms.mode,
                              .bank = ledger::PartyId::Institution(OtherBankOf(terms.row)),
                              .account = Derive("account", CustomerOf(terms.co_payer)),
                              .last_day = writer.today().Plus(kAgreementDays)}),
      {PartyHand::Borrower(terms.co_payer)});
}

void WriteReviews(ActWriter& writer, const CopayTerms& terms, const crypto::Digest& accepted) {
  const PurchaseRow& row = terms.row;
  const ledger::Id agreement = AgreementOf(row);
  const std::string name = row.order + "/co-payer";
  WriteCapacity(writer, {.name = name,
                         .subject = BorrowerOf(terms.co_payer),
                         .attester = OtherBankOf(row),
                         .value = kCapacity});
  writer.Write(acts::ReviewAgreement(
                   {.agreement = agreement, .accepted = accepted, .capacity = CapacityId(name)}),
               {writer.Office(OtherBankOf(row), Department::kCompliance)});
  writer.Write(acts::ReviewAgreement({.agreement = agreement, .accepted = accepted}),
               {writer.Office(BankOf(row), Department::kCredit)});
  writer.Write(acts::JoinMandate(agreement, accepted),
               {writer.Office(OtherBankOf(row), Department::kOps)});
}

}  // namespace

ledger::Id AgreementOf(const PurchaseRow& row) { return DerivedId("agreement", row.order); }

void WriteAgreement(ActWriter& writer, const CopayTerms& terms) {
  if (terms.declines != nullptr) {
    WriteInvitation(writer, terms, *terms.declines);
    writer.Write(acts::DeclineInvitation(InvitationOf(terms.row, *terms.declines)),
                 {PartyHand::Borrower(*terms.declines)});
  }
  WriteInvitation(writer, terms, terms.co_payer);
  const crypto::Digest accepted = WriteAcceptance(writer, terms);
  WriteReviews(writer, terms, accepted);
}

Amount CopayPart(Amount due) {
  const std::array promises{ledger::arithmetic::CopayPromise{.share_ppm = kCopayShare, .cap = due}};
  const auto split = ledger::arithmetic::SplitCopay(due, promises);
  AVAL_ASSERT(split.has_value());
  return split->copayers.front();
}

void WriteCopayDebit(ActWriter& writer, const PurchaseRow& row, std::uint32_t instalment,
                     const std::string& name, Amount amount, bool confirmed) {
  const std::string full = row.order + "/" + name;
  const ledger::Id debit = DerivedId("debit", full);
  const crypto::Digest reference = Derive("debit-record", full);
  const Hand bank = writer.Office(OtherBankOf(row), Department::kOps);
  writer.Write(acts::CreateDebit({.debit = debit,
                                  .agreement = AgreementOf(row),
                                  .instalment = instalment,
                                  .amount = InCurrency(amount),
                                  .expiry = writer.today().Plus(kDebitDays)}),
               {writer.Office(kPlatform, Department::kOps)});
  writer.Write(acts::SubmitDebit(debit), {bank});
  writer.Write(confirmed ? acts::ConfirmDebit(debit, amount, reference)
                         : acts::RejectDebit(debit, kNoFunds, reference),
               {bank});
}

void WriteCopayReturn(ActWriter& writer, const PurchaseRow& row, const std::string& name) {
  const std::string full = row.order + "/" + name;
  writer.Write(
      acts::ReturnDebit(DerivedId("debit", full), kObjection, Derive("debit-return", full)),
      {writer.Office(OtherBankOf(row), Department::kOps)});
}

void WriteDemand(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::DemandPayment(AgreementOf(row), Derive("demand", row.order)),
               {writer.Office(BankOf(row), Department::kCredit)});
}

void WriteBreach(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::TerminateAgreement(AgreementOf(row), act::v1::CopayTerminate::BREACH, kUnpaid),
               {writer.Office(kPlatform, Department::kRisk)});
}

void WriteMutualEnd(ActWriter& writer, const PurchaseRow& row, const PurchaseRow& co_payer) {
  writer.Write(acts::TerminateAgreement(AgreementOf(row), act::v1::CopayTerminate::MUTUAL, 0),
               {PartyHand::Borrower(co_payer), writer.Office(kPlatform, Department::kOps)});
}

void WriteRecourse(ActWriter& writer, const PurchaseRow& row, Amount amount) {
  writer.Write(acts::RepayCoPayer({.id = DerivedId("recourse", row.order),
                                   .agreement = AgreementOf(row),
                                   .amount = InCurrency(amount),
                                   .reference = Derive("recourse-record", row.order)}),
               {writer.Office(BankOf(row), Department::kOps)});
}

void WriteSettlement(ActWriter& writer, const PurchaseRow& row, const PurchaseRow& co_payer,
                     Amount amount) {
  writer.Write(acts::RepayCoPayer({.id = DerivedId("recourse", row.order),
                                   .agreement = AgreementOf(row),
                                   .amount = InCurrency(amount),
                                   .reference = Derive("recourse-record", row.order)}),
               {PartyHand::Borrower(row), PartyHand::Borrower(co_payer)});
}

void WriteForgiving(ActWriter& writer, const PurchaseRow& row, const PurchaseRow& co_payer,
                    Amount amount) {
  writer.Write(acts::ForgiveClaim(AgreementOf(row), amount), {PartyHand::Borrower(co_payer)});
}

}  // namespace aval::cli::demo
