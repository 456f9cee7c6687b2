#include "cli/demo/derived.h"

#include <algorithm>

#include "base/assert.h"
#include "cli/acts/derived.h"
#include "cli/demo/genesis.h"
#include "ledger/arithmetic/dates.h"

namespace aval::cli::demo {
namespace {

constexpr std::string_view kCancelled = "canceled";  // The marketplace's own spelling.
constexpr std::int64_t kShippingDays = 6;
constexpr std::int64_t kFirstDueDays = 30;

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

ledger::Id PurchaseOf(const PurchaseRow& row) { return acts::DerivedId("purchase", row.order); }

std::uint32_t BankOf(const PurchaseRow& row) {
  return kFirstBank + acts::Draw("bank", row.order, kBanks);
}

std::uint32_t OtherBankOf(const PurchaseRow& row) {
  return kFirstBank + (BankOf(row) - kFirstBank + 1) % kBanks;
}

std::uint32_t ProductOf(const PurchaseRow& row) {
  if (row.instalments > 12) return kLongAnnuity;
  return row.instalments >= 3 && row.instalments <= 6 ? kFreeStart : kFlatFee;
}

bool IsCancelled(const PurchaseRow& row) { return row.status == kCancelled; }

ledger::Day PurchaseDay(const PurchaseRow& row) {
  return row.purchased.value_or(row.shipping_limit.Plus(-kShippingDays));
}

ledger::Day FirstDay(const std::vector<PurchaseRow>& rows) {
  return PurchaseDay(*std::ranges::min_element(rows, {}, &PurchaseDay));
}

ledger::Day CaptureDay(const PurchaseRow& row) {
  return std::max(PurchaseDay(row), row.approved.value_or(PurchaseDay(row)));
}

ledger::Day DeliveryDay(const PurchaseRow& row) {
  return std::max(CaptureDay(row), row.shipping_limit);
}

std::vector<ledger::Day> DueDaysOf(const PurchaseRow& row) {
  auto dues = ledger::arithmetic::DueDays(CaptureDay(row).Plus(kFirstDueDays), row.instalments);
  AVAL_ASSERT(dues.has_value());
  return *std::move(dues);
}

}  // namespace aval::cli::demo
