#include "cli/demo/supply.h"

#include <string>

#include "cli/acts/derived.h"
#include "cli/acts/purchases.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"

namespace aval::cli::demo {

using acts::Derive;
using acts::DerivedId;
using ledger::Department;

void WriteRelease(ActWriter& writer, const PurchaseRow& row, std::uint32_t step, bool by_borrower) {
  const PartyHand borrower = PartyHand::Borrower(row);
  const Hand other = by_borrower ? Hand(borrower) : writer.Office(kPlatform, Department::kOps);
  writer.Write(acts::ReleaseEscrow(PurchaseOf(row), step,
                                   Derive("release", row.order + "/" + std::to_string(step))),
               {PartyHand::Supplier(row, Department::kOps), other});
}

void WriteAssignment(ActWriter& writer, const PurchaseRow& row, ledger::Amount price) {
  writer.Write(acts::AssignReceivable(PurchaseOf(row),
                                      ledger::PartyId::Institution(OtherBankOf(row)), price),
               {PartyHand::Supplier(row, Department::kTreasury),
                writer.Office(OtherBankOf(row), Department::kCredit),
                writer.Office(kPlatform, Department::kOps)});
}

void WriteRefund(ActWriter& writer, const PurchaseRow& row, ledger::Amount amount) {
  writer.Write(
      acts::RefundPurchase({.refund = DerivedId("refund", row.order),
                            .purchase = PurchaseOf(row),
                            .amount = amount,
                            .reason = 1}),
      {PartyHand::Supplier(row, Department::kOps), writer.Office(kPlatform, Department::kOps)});
}

void WritePayBack(ActWriter& writer, const PurchaseRow& row, const ledger::PartyId& participant,
                  std::uint32_t bank, ledger::Amount amount) {
  const std::string name = row.order + "/" + participant.Hex();
  writer.Write(acts::PayBack({.payment = DerivedId("pay-back", name),
                              .participant = participant,
                              .bank = ledger::PartyId::Institution(bank),
                              .amount = InCurrency(amount),
                              .reference = Derive("pay-back-record", name)}),
               {writer.Office(kPlatform, Department::kOps), writer.Office(bank, Department::kOps)});
}

ledger::Id DisputeOf(const PurchaseRow& row) { return DerivedId("dispute", row.order); }

void WriteDispute(ActWriter& writer, const PurchaseRow& row, std::uint32_t instalment,
                  ledger::Day last_day) {
  writer.Write(acts::OpenDispute({.dispute = DisputeOf(row),
                                  .loan = PurchaseOf(row),
                                  .instalments = {instalment},
                                  .grounds = Derive("dispute-grounds", row.order),
                                  .last_day = last_day}),
               {PartyHand::Borrower(row)});
}

void WriteResolution(ActWriter& writer, const PurchaseRow& row,
                     act::v1::DisputeResolve::Outcome outcome) {
  writer.Write(
      acts::ResolveDispute(DisputeOf(row), outcome, Derive("dispute-decision", row.order)),
      {PartyHand::Supplier(row, Department::kOps), writer.Office(kPlatform, Department::kOps)});
}

}  // namespace aval::cli::demo
