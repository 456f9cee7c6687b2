#pragma once

#include <cstdint>
#include <string>

#include "cli/demo/act_writer.h"
#include "cli/demo/help.h"
#include "cli/demo/purchases_file.h"
#include "ledger/record/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// A co-payer's acts. There is one agreement for a purchase, on one instalment.

/// Who is asked, on what terms.
struct CopayTerms {
  const PurchaseRow& row;                 // The borrower's.
  const PurchaseRow& co_payer;            // A row of the co-payer's.
  const PurchaseRow* declines = nullptr;  // One of who was asked before; none when null.
  std::uint32_t instalment = 1;
  ledger::LiabilityMode mode = ledger::LiabilityMode::kThirdPartyPayment;
  ledger::Amount cap{};
};

/// The borrower asks, the co-payer signs, the other bank and the lead lender look at it, and the
/// bank of the co-payer's account joins its mandate.
void WriteAgreement(ActWriter& writer, const CopayTerms& terms);
ledger::Id AgreementOf(const PurchaseRow& row);

/// What a co-payer's debit may take of that.
ledger::Amount CopayPart(ledger::Amount due);
/// At the bank that does not lend. `name` tells a purchase's debits apart.
void WriteCopayDebit(ActWriter& writer, const PurchaseRow& row, std::uint32_t instalment,
                     const std::string& name, ledger::Amount amount, bool confirmed);
void WriteCopayReturn(ActWriter& writer, const PurchaseRow& row, const std::string& name);

/// The lead lender demands payment of the guarantor.
void WriteDemand(ActWriter& writer, const PurchaseRow& row);
/// The platform's risk department ends the agreement: so many debits have failed.
void WriteBreach(ActWriter& writer, const PurchaseRow& row);
/// Co-payer and platform end it together.
void WriteMutualEnd(ActWriter& writer, const PurchaseRow& row, const PurchaseRow& co_payer);

/// The borrower pays the co-payer back through a bank, or the two settle it between them.
void WriteRecourse(ActWriter& writer, const PurchaseRow& row, ledger::Amount amount);
void WriteSettlement(ActWriter& writer, const PurchaseRow& row, const PurchaseRow& co_payer,
                     ledger::Amount amount);
void WriteForgiving(ActWriter& writer, const PurchaseRow& row, const PurchaseRow& co_payer,
                    ledger::Amount amount);

}  // namespace aval::cli::demo
