#include "cli/demo/sales.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cli/acts/derived.h"
#include "cli/acts/grants.h"
#include "cli/acts/parties.h"
#include "cli/acts/purchases.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"

namespace aval::cli::demo {
namespace {

using acts::Derive;
using acts::DerivedId;
using ledger::Day;
using ledger::Department;

constexpr std::int64_t kIdentityDays = 3650;
constexpr std::int64_t kCapacityDays = 180;
// Longer than the longest schedule of each kind.
constexpr std::int64_t kGrantDays = 365;
constexpr std::int64_t kLongGrantDays = 3 * 365;

void WriteGrant(ActWriter& writer, const PurchaseRow& row) {
  const ledger::Id grant = GrantOf(row);
  const std::int64_t days = ProductOf(row) == kLongAnnuity ? kLongGrantDays : kGrantDays;
  // The price, as far as a score can say it; the highest tier begins far below that.
  const auto score = static_cast<std::uint32_t>(
      std::min<std::int64_t>(row.value.minor, std::numeric_limits<std::uint32_t>::max()));
  const crypto::Digest proposal = writer.Write(
      acts::ProposeGrant(
          {.id = grant,
           .borrower = BorrowerOf(row),
           .lenders = {{.lender = ledger::PartyId::Institution(kPlatform), .ppm = kPlatformShare},
                       {.lender = ledger::PartyId::Institution(BankOf(row)),
                        .ppm = 1'000'000 - kPlatformShare}},
           .limit = InCurrency(row.value),
           .expiry = writer.today().Plus(days),
           .tier = TierOf(score),
           .attestations = {DerivedId("identity", CustomerOf(row)), CapacityId(row.order)},
           .score = score,
           .model = Derive("model", "limit-equals-price/1")}),
      {writer.Office(kPlatform, Department::kCredit)});
  for (const std::uint32_t lender : {kPlatform, BankOf(row)}) {
    const std::uint32_t share = lender == kPlatform ? kPlatformShare : 1'000'000 - kPlatformShare;
    writer.Write(acts::DecideGrant(grant, proposal, share, /*decline=*/false),
                 {writer.Office(lender, Department::kCredit)});
  }
  writer.Write(acts::ActivateGrant(grant, Derive("grant-disclosure", row.order)),
               {PartyHand::Borrower(row)});
}

void WriteAuthorisation(ActWriter& writer, const PurchaseRow& row,
                        const std::vector<Day>& release_days) {
  const Day ends = IsCancelled(row) ? writer.today().Plus(1) : CaptureDay(row);
  writer.Write(acts::AuthorisePurchase({.purchase = PurchaseOf(row),
                                        .grant = GrantOf(row),
                                        .supplier = SupplierOf(row),
                                        .order = Derive("order", row.order),
                                        .scenario = release_days.empty() ? kRetail : kPrepaid,
                                        .product = ProductOf(row),
                                        .amount = InCurrency(row.value),
                                        .instalments = row.instalments,
                                        .first_due = DueDaysOf(row).front(),
                                        .expiry = ends.Plus(1),
                                        .disclosure = Derive("purchase-disclosure", row.order),
                                        .release_days = release_days}),
               {PartyHand::Borrower(row), writer.Office(kPlatform, Department::kOps)});
}

}  // namespace

std::size_t DayOfActs::acts() const {
  std::size_t count = first.size();
  for (const std::vector<Bytes>& chain : chains) count += chain.size();
  return count;
}

void WriteDayRoll(ActWriter& writer, Day day) {
  writer.Write(acts::RollDay(day), {writer.Office(kPlatform, Department::kOps),
                                    writer.Office(kFirstBank, Department::kOps)});
}

void WriteRegistrations(ActWriter& writer, const PurchaseRow& row, Registered& registered) {
  const std::uint32_t bank = BankOf(row);
  const Hand attester = writer.Office(bank, Department::kCompliance);
  const ledger::PartyId supplier = SupplierOf(row);
  if (registered.insert(supplier.Hex()).second) {
    const PartyHand ops = PartyHand::Supplier(row, Department::kOps);
    const PartyHand treasury = PartyHand::Supplier(row, Department::kTreasury);
    writer.Write(acts::RegisterSupplier({.id = supplier,
                                         .nullifier = Derive("supplier-nullifier", row.seller),
                                         .ops_key = ops.key(),
                                         .treasury_key = treasury.key(),
                                         .settlement_bank = ledger::PartyId::Institution(bank)}),
                 {attester, writer.Office(kPlatform, Department::kOps), ops, treasury});
  }
  const ledger::PartyId borrower = BorrowerOf(row);
  if (!registered.insert(borrower.Hex()).second) return;
  const std::string& customer = CustomerOf(row);
  const PartyHand hand = PartyHand::Borrower(row);
  writer.Write(acts::RegisterParticipant({.id = borrower,
                                          .kind = ledger::ParticipantKind::kPerson,
                                          .nullifier = Derive("borrower-nullifier", customer),
                                          .key = hand.key()}),
               {attester, hand});
  writer.Write(acts::Attest({.id = DerivedId("identity", customer),
                             .subject = borrower,
                             .kind = ledger::AttestationKind::kIdentity,
                             .commitment = Derive("identity-commitment", customer),
                             .expiry = writer.today().Plus(kIdentityDays)}),
               {attester});
}

void WritePurchase(ActWriter& writer, const PurchaseRow& row,
                   const std::vector<Day>& release_days) {
  WriteCapacity(writer, {.name = row.order,
                         .subject = BorrowerOf(row),
                         .attester = BankOf(row),
                         .value = row.value.minor});
  WriteGrant(writer, row);
  WriteAuthorisation(writer, row, release_days);
}

void WriteCapture(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::CapturePurchase(PurchaseOf(row), row.value, Derive("shipment", row.order)),
               {writer.Office(kPlatform, Department::kOps)});
}

void WriteVoid(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::VoidPurchase(PurchaseOf(row), 1),
               {writer.Office(kPlatform, Department::kOps)});
}

void WriteDelivery(ActWriter& writer, const PurchaseRow& row, std::uint32_t payment_days) {
  writer.Write(
      acts::ConfirmDelivery(PurchaseOf(row), Derive("delivery", row.order), payment_days),
      {PartyHand::Supplier(row, Department::kOps), writer.Office(kPlatform, Department::kOps)});
}

DayOfActs SellOn(Day day, const std::vector<PurchaseRow>& rows, const Network& network,
                 Random& random) {
  ActWriter writer(network, random, nullptr);
  writer.set_today(day);
  DayOfActs acts;
  Registered registered;
  for (const PurchaseRow& row : rows) {
    writer.set_chain(acts.first);
    WriteRegistrations(writer, row, registered);
    writer.set_chain(acts.chains.emplace_back());
    WritePurchase(writer, row, {});
    WriteCapture(writer, row);
    WriteDelivery(writer, row, 0);
  }
  return acts;
}

Bytes RollTo(Day day, const Network& network, Random& random) {
  ActWriter writer(network, random, nullptr);
  writer.set_today(day);
  std::vector<Bytes> roll;
  writer.set_chain(roll);
  WriteDayRoll(writer, day);
  return std::move(roll.front());
}

void WriteCapacity(ActWriter& writer, const Capacity& capacity) {
  writer.Write(acts::Attest({.id = CapacityId(capacity.name),
                             .subject = capacity.subject,
                             .kind = ledger::AttestationKind::kCapacity,
                             .values = {{.code = 1, .value = capacity.value}},
                             .commitment = Derive("capacity-commitment", capacity.name),
                             .expiry = writer.today().Plus(kCapacityDays)}),
               {writer.Office(capacity.attester, Department::kCompliance)});
}

ledger::Id CapacityId(const std::string& name) { return DerivedId("capacity", name); }

}  // namespace aval::cli::demo
