#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "cli/demo/act_writer.h"
#include "cli/demo/purchases_file.h"
#include "cli/network.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// A purchase's acts from the registration of its parties to its delivery.

/// The acts of one business day: everything of `first` goes before everything of `chains`; within
/// a chain the order counts, chains may go beside one another.
struct DayOfActs {
  std::vector<Bytes> first;
  std::vector<std::vector<Bytes>> chains;
  std::size_t acts() const;
};

/// The platform and the first bank open `day`.
void WriteDayRoll(ActWriter& writer, ledger::Day day);

/// Who is registered already: suppliers and borrowers, by their derived ids.
using Registered = std::set<std::string>;
/// Supplier and borrower, where they are new, and the borrower's identity.
void WriteRegistrations(ActWriter& writer, const PurchaseRow& row, Registered& registered);

/// Capacity, a grant of the price by two lenders, and the authorisation under it. With release
/// days, ascending, the purchase is a prepaid one.
void WritePurchase(ActWriter& writer, const PurchaseRow& row,
                   const std::vector<ledger::Day>& release_days);
void WriteCapture(ActWriter& writer, const PurchaseRow& row);
void WriteVoid(ActWriter& writer, const PurchaseRow& row);
/// The platform owes the price so many days later; 0: at once.
void WriteDelivery(ActWriter& writer, const PurchaseRow& row, std::uint32_t payment_days);

/// The acts of purchases that are made, captured and delivered on `day`, in the order of the rows:
/// for loads that want nothing else.
DayOfActs SellOn(ledger::Day day, const std::vector<PurchaseRow>& rows, const Network& network,
                 Random& random);
/// The act that opens `day`, by itself.
Bytes RollTo(ledger::Day day, const Network& network, Random& random);

/// Share of the platform in every loan, ppm; the bank has the rest.
inline constexpr std::uint32_t kPlatformShare = 300'000;

/// A CAPACITY attestation that somebody's grant, review or agreement rests on.
struct Capacity {
  std::string name;  // Its id follows from it.
  ledger::PartyId subject;
  std::uint32_t attester = 0;
  std::int64_t value = 0;  // Minor units.
};
void WriteCapacity(ActWriter& writer, const Capacity& capacity);
ledger::Id CapacityId(const std::string& name);

}  // namespace aval::cli::demo
