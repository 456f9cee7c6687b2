#include "cli/demo/derived.h"

#include <algorithm>

#include "base/bytes.h"
#include "cli/demo/workload.h"
#include "ledger/wire.h"

namespace aval::cli::demo {
namespace {

constexpr std::string_view kCancelled = "canceled";  // The marketplace's own spelling.
constexpr std::int64_t kShippingDays = 6;

}  // namespace

crypto::Digest Derive(std::string_view kind, std::string_view id) {
  crypto::Sha256Hasher hasher;
  hasher.Update(AsBytes("aval-demo/v1\n")).Update(AsBytes(kind)).Update(AsBytes("\n"));
  return hasher.Update(AsBytes(id)).Finish();
}

ledger::Id DerivedId(std::string_view kind, std::string_view id) {
  ledger::Id derived;
  const crypto::Digest digest = Derive(kind, id);
  std::copy_n(digest.bytes.begin(), derived.bytes.size(), derived.bytes.begin());
  return derived;
}

crypto::SecretKey DerivedKey(std::string_view kind, std::string_view id) {
  return crypto::SecretKey::FromSeed(Derive(kind, id).bytes);
}

std::uint32_t Draw(std::string_view kind, std::string_view id, std::uint32_t bound) {
  const crypto::Digest digest = Derive(kind, id);
  ByteReader reader(digest);
  return reader.U32() % bound;
}

const std::string& CustomerOf(const PurchaseRow& row) {
  return row.customer.empty() ? row.order : row.customer;
}

ledger::PartyId BorrowerOf(const PurchaseRow& row) {
  return {.id = DerivedId("borrower", CustomerOf(row))};
}

ledger::PartyId SupplierOf(const PurchaseRow& row) {
  return {.id = DerivedId("supplier", row.seller)};
}

ledger::Id GrantOf(const PurchaseRow& row) { return DerivedId("grant", row.order); }

std::uint32_t BankOf(const PurchaseRow& row) {
  return kFirstBank + Draw("bank", row.order, kBanks);
}

std::uint32_t OtherBankOf(const PurchaseRow& row) {
  return kFirstBank + (BankOf(row) - kFirstBank + 1) % kBanks;
}

std::string Institution(std::uint32_t number) {
  return ledger::ToWire(ledger::PartyId::Institution(number));
}

ledger::Day PurchaseDay(const PurchaseRow& row) {
  return row.purchased.value_or(row.shipping_limit.Plus(-kShippingDays));
}

bool IsCancelled(const PurchaseRow& row) { return row.status == kCancelled; }

}  // namespace aval::cli::demo
