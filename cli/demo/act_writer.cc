#include "cli/demo/act_writer.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "cli/acts/derived.h"
#include "cli/demo/derived.h"
#include "crypto/envelope.h"

namespace aval::cli::demo {
namespace {

constexpr std::int64_t kValidDays = 10;

// In the order in which SignAct signs.
std::vector<crypto::PublicKey> KeysOf(std::vector<Hand> hands) {
  std::ranges::sort(hands, {}, &Hand::signer);
  std::vector<crypto::PublicKey> keys;
  for (const Hand& hand : hands) keys.push_back(hand.key->public_key());
  return keys;
}

}  // namespace

crypto::Digest ActWriter::Write(act::v1::Act act, const std::vector<Hand>& hands) {
  AVAL_ASSERT(chain_ != nullptr);
  Bytes envelope =
      SignAct(std::move(act), network_.origin(), today_.Plus(kValidDays), hands, random_);
  const auto parsed = crypto::ParseEnvelope(envelope);
  AVAL_ASSERT(parsed.has_value());
  if (rehearsal_ != nullptr) rehearsal_->Apply(envelope, KeysOf(hands));
  chain_->push_back(std::move(envelope));
  return crypto::IdentityOf(*parsed);
}

Hand ActWriter::Office(std::uint32_t institution, ledger::Department department) const {
  const auto key = network_.InstitutionKey(institution, department);
  AVAL_ASSERT(key.has_value());  // Of a network that was made for trials, with all keys.
  return {.signer = {.party = ledger::PartyId::Institution(institution), .department = department},
          .key = *key};
}

PartyHand PartyHand::Borrower(const PurchaseRow& row) {
  return {{.party = BorrowerOf(row)}, acts::DerivedKey("borrower-key", CustomerOf(row))};
}

PartyHand PartyHand::Supplier(const PurchaseRow& row, ledger::Department department) {
  const bool treasury = department == ledger::Department::kTreasury;
  return {{.party = SupplierOf(row), .department = department},
          acts::DerivedKey(treasury ? "supplier-treasury" : "supplier-ops", row.seller)};
}

}  // namespace aval::cli::demo
