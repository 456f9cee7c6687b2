#include "cli/demo/derived.h"

#include "cli/acts/derived.h"
#include "cli/demo/workload.h"

namespace aval::cli::demo {
namespace {

constexpr std::string_view kCancelled = "canceled";  // The marketplace's own spelling.
constexpr std::int64_t kShippingDays = 6;

}  // namespace

acts::Money InCurrency(ledger::Amount amount) {
  return {.currency = *ledger::Currency::Parse(kCurrency), .amount = amount};
}

const std::string& CustomerOf(const PurchaseRow& row) {
  return row.customer.empty() ? row.order : row.customer;
}

ledger::PartyId BorrowerOf(const PurchaseRow& row) {
  return {.id = acts::DerivedId("borrower", CustomerOf(row))};
}

ledger::PartyId SupplierOf(const PurchaseRow& row) {
  return {.id = acts::DerivedId("supplier", row.seller)};
}

ledger::Id GrantOf(const PurchaseRow& row) { return acts::DerivedId("grant", row.order); }

std::uint32_t BankOf(const PurchaseRow& row) {
  return kFirstBank + acts::Draw("bank", row.order, kBanks);
}

std::uint32_t OtherBankOf(const PurchaseRow& row) {
  return kFirstBank + (BankOf(row) - kFirstBank + 1) % kBanks;
}

ledger::Day PurchaseDay(const PurchaseRow& row) {
  return row.purchased.value_or(row.shipping_limit.Plus(-kShippingDays));
}

bool IsCancelled(const PurchaseRow& row) { return row.status == kCancelled; }

}  // namespace aval::cli::demo
