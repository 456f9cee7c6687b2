#pragma once

#include <cstdint>
#include <string>

#include "cli/demo/act_writer.h"
#include "cli/demo/purchases_file.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// A loan's acts: money in, and how a debt ends, or goes on, otherwise than its schedule has it.
/// Instalments are numbered from 1.

/// What the loan asks for up to that instalment and no debit has reserved; nothing when it is not
/// open.
ledger::Amount UnpaidUpTo(const ledger::rules::Debt& debt, std::uint32_t number);
/// What ends the loan today beside what it holds (A12), with no debit under way.
ledger::Amount EarlyTotal(const ledger::rules::Debt& debt);
/// What of it is left, when every lender has written it off.
ledger::Amount LeftToRecover(const ledger::rules::Debt& debt);

/// Through the borrower's bank. `name` tells a purchase's repayments apart.
void WriteRepayment(ActWriter& writer, const PurchaseRow& row, const std::string& name,
                    ledger::Amount amount);
/// Quote, and the payment that carries it out.
void WriteEarlyEnd(ActWriter& writer, const PurchaseRow& row, ledger::Amount total);

/// The borrower lets the platform debit its account at the bank that lends.
void WriteMandate(ActWriter& writer, const PurchaseRow& row, ledger::Day last_day);
void WriteRevocation(ActWriter& writer, const PurchaseRow& row);
/// A debit under it. `name` tells a purchase's debits apart.
void WriteOwnDebit(ActWriter& writer, const PurchaseRow& row, std::uint32_t number,
                   const std::string& name, ledger::Amount amount, bool confirmed);
ledger::Id OwnDebitOf(const PurchaseRow& row, const std::string& name);
void WriteOwnDebitReturn(ActWriter& writer, const PurchaseRow& row, const std::string& name);

/// The borrower proposes that what is left be paid in so many instalments, at half the price, the
/// first in 30 days; both lenders consent, or the bank does not.
void WriteRestructuring(ActWriter& writer, const PurchaseRow& row, std::uint32_t instalments,
                        bool declined);
/// As many instalments as the product allows and keep the policy's least; 0: none do.
std::uint32_t InstalmentsAnew(const PurchaseRow& row, const ledger::rules::Debt& debt);

/// Both lenders, each its own share.
void WriteWriteOff(ActWriter& writer, const PurchaseRow& row);
void WriteRecovery(ActWriter& writer, const PurchaseRow& row, ledger::Amount amount);

}  // namespace aval::cli::demo
