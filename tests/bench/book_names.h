#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/digest.h"
#include "ledger/record/parties.h"
#include "ledger/types.h"

namespace aval::bench {

/// What a name in a generated book is of.
enum class Named : std::uint8_t {
  kPerson = 1,
  kSupplier = 2,
  kAttestation = 3,
  kGrant = 4,
  kPurchase = 5,  // And its loan.
  kRepayment = 6,
  kMandate = 7,
  kInvitation = 8,
  kAgreement = 9,
  kDebit = 10,
  kRefund = 11,
  kDispute = 12,
  kNonce = 13,
};

/// A name's place in its district (district.h): the same in every one.
struct Slot {
  Named named = Named::kPerson;
  std::uint32_t number = 0;  // Below 2^24.
};

/// The names in one district of a generated book, all functions of the seed, the district and the
/// place in it. Ids look random, as those that authors choose do, so that what belongs together
/// does not lie together in the store's order of keys; no two of one book are the same.
class BookNames {
 public:
  BookNames(std::uint64_t seed, std::uint32_t district) : seed_(seed), district_(district) {}

  std::uint32_t district() const { return district_; }

  ledger::Id IdOf(Slot slot) const;
  ledger::Id IdOf(Named named, std::uint32_t number) const { return IdOf({named, number}); }
  ledger::PartyId Person(std::uint32_t number) const { return {IdOf(Named::kPerson, number)}; }
  ledger::PartyId Supplier(std::uint32_t number) const { return {IdOf(Named::kSupplier, number)}; }

  /// What stands in this district where `digest` stands in district 0.
  crypto::Digest Redraw(const crypto::Digest& digest) const;
  /// Of a text that no act has: an order, a commitment, an account.
  crypto::Digest DigestOf(std::string_view what, std::uint32_t number) const;

 private:
  std::uint64_t seed_;
  std::uint32_t district_;
};

}  // namespace aval::bench
