#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/demo/purchases_file.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// What the demo derives from the ids of its rows, so that every run has the same parties and
/// objects: `kind` says what, `id` whose. Keys are nobody's secrets.

inline constexpr std::string_view kCurrency = "BRL";

crypto::Digest Derive(std::string_view kind, std::string_view id);
ledger::Id DerivedId(std::string_view kind, std::string_view id);
crypto::SecretKey DerivedKey(std::string_view kind, std::string_view id);
/// A number below `bound`, which is not 0.
std::uint32_t Draw(std::string_view kind, std::string_view id, std::uint32_t bound);

/// The customer's id, or the order's where a row has no customer.
const std::string& CustomerOf(const PurchaseRow& row);
ledger::PartyId BorrowerOf(const PurchaseRow& row);
ledger::PartyId SupplierOf(const PurchaseRow& row);
ledger::Id GrantOf(const PurchaseRow& row);
/// Number of the bank that lends, and of the one that does not.
std::uint32_t BankOf(const PurchaseRow& row);
std::uint32_t OtherBankOf(const PurchaseRow& row);
/// An institution's id as acts have it.
std::string Institution(std::uint32_t number);

ledger::Day PurchaseDay(const PurchaseRow& row);
bool IsCancelled(const PurchaseRow& row);

}  // namespace aval::cli::demo
