#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/acts/money.h"
#include "cli/demo/purchases_file.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// Who and what the demo's rows stand for, derived from their ids (cli/acts/derived.h).

inline constexpr std::string_view kCurrency = "BRL";
acts::Money InCurrency(ledger::Amount amount);

/// The customer's id, or the order's where a row has no customer.
const std::string& CustomerOf(const PurchaseRow& row);
ledger::PartyId BorrowerOf(const PurchaseRow& row);
ledger::PartyId SupplierOf(const PurchaseRow& row);
ledger::Id GrantOf(const PurchaseRow& row);
/// Number of the bank that lends, and of the one that does not.
std::uint32_t BankOf(const PurchaseRow& row);
std::uint32_t OtherBankOf(const PurchaseRow& row);

ledger::Day PurchaseDay(const PurchaseRow& row);
bool IsCancelled(const PurchaseRow& row);

}  // namespace aval::cli::demo
