#include "cli/demo/workload.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "cli/acts/debts.h"
#include "cli/acts/derived.h"
#include "cli/acts/grants.h"
#include "cli/acts/parties.h"
#include "cli/acts/purchases.h"
#include "cli/demo/derived.h"
#include "crypto/envelope.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/penalty.h"
#include "ledger/arithmetic/schedule.h"
#include "ledger/wire.h"

namespace aval::cli::demo {
namespace {

namespace arithmetic = ledger::arithmetic;
using acts::Derive;
using acts::DerivedId;
using acts::DerivedKey;
using ledger::Amount;
using ledger::Day;
using ledger::Department;
using ledger::ToWire;

constexpr std::int64_t kFirstDueDays = 30;
constexpr std::int64_t kGrantDays = 365;
constexpr std::int64_t kIdentityDays = 3650;
constexpr std::int64_t kCapacityDays = 180;
constexpr std::int64_t kValidDays = 10;
constexpr std::uint32_t kScenario = 1;  // Retail.
constexpr std::uint32_t kPlatformShare = 300'000;
constexpr std::uint32_t kGraceDays = 3;
constexpr std::uint32_t kPenaltyPpm = 500;

constexpr std::uint32_t kFreeStart = 1;  // The product's numbers.
constexpr std::uint32_t kFlatFee = 2;
constexpr std::uint32_t kLongAnnuity = 3;
constexpr std::uint32_t kFreeInstalments = 3;
constexpr std::uint32_t kFeePpm = 5'000;
constexpr std::uint32_t kAnnuityPpm = 180'000;

constexpr std::array<std::uint32_t, 3> kTierEdges{0, 100'000, 1'000'000};
constexpr std::array<std::int64_t, 3> kTierLimits{100'000, 1'000'000, 20'000'000};

std::uint32_t ProductFor(std::uint32_t instalments) {
  if (instalments > 12) return kLongAnnuity;
  return instalments >= kFreeInstalments && instalments <= 6 ? kFreeStart : kFlatFee;
}

// Days by which instalment `number` is paid late. Help comes for what is late.
std::int64_t Lateness(const PurchaseRow& row, std::uint32_t number) {
  const std::uint32_t draw = acts::Draw("lateness", row.order + "/" + std::to_string(number), 100);
  if (draw < 85) return 0;
  return draw < 95 ? 5 : 40;
}

Day CaptureDay(const PurchaseRow& row) {
  return std::max(PurchaseDay(row), row.approved.value_or(PurchaseDay(row)));
}

std::vector<arithmetic::ScheduleRow> ScheduleOf(const PurchaseRow& row) {
  const std::uint32_t product = ProductFor(row.instalments);
  arithmetic::ScheduleTerms terms;
  terms.principal = row.value;
  terms.instalments = row.instalments;
  terms.rate_ppm = product == kLongAnnuity ? kAnnuityPpm : kFeePpm;
  terms.free_instalments = product == kFreeStart ? kFreeInstalments : 0;
  if (product == kLongAnnuity) {
    const auto annuity = arithmetic::AnnuitySchedule(terms);
    AVAL_ASSERT(annuity.has_value());
    return annuity->rows;
  }
  const auto rows = arithmetic::FlatFeeSchedule(terms);
  AVAL_ASSERT(rows.has_value());
  return *rows;
}

void SetPolicy(genesis::v1::Policy& policy, Day first_day) {
  policy.set_version(1);
  policy.set_effective_day(ToWire(first_day));
  policy.set_max_instalments(24);
  policy.set_min_instalment(100);
  policy.set_max_purchase(20'000'000);
  policy.set_max_limit_person(20'000'000);
  policy.set_max_limit_sme(100'000'000);
  policy.set_partner_floor_ppm(300'000);
  policy.set_cost_cap_irr_ppm(240'000);
  policy.set_authorisation_days(400);
  policy.set_bill_lead_days(10);
  policy.set_grace_days(kGraceDays);
  policy.set_penalty_ppm_per_day(kPenaltyPpm);
  policy.set_switch_dpd(90);
  policy.set_default_dpd(90);
  policy.add_required_attestations(act::v1::IDENTITY);
  policy.add_required_attestations(act::v1::CAPACITY);
  policy.set_capacity_max_age_days(180);
  policy.set_limit_factor_max_ppm(2'000'000);
  policy.set_limit_step(100);
  for (const std::uint32_t edge : kTierEdges) policy.add_tier_edges(edge);
  for (const std::int64_t limit : kTierLimits) policy.add_tier_limits(limit);
  policy.add_scenarios(kScenario);
  policy.set_first_due_max_days(400);
  genesis::v1::CopayPolicy& copay = *policy.mutable_copay();
  copay.set_max_share_ppm(kCopayShare);
  copay.set_borrower_share_ppm(1'000'000 - kCopayShare);
  copay.set_min(1);
  copay.set_max_commitment(20'000'000);
  copay.set_max_instalments(1);
  copay.set_agreements(16);
  copay.set_open_invitations(2);
  copay.set_invitation_days(1);
  copay.set_window_days(10);
  copay.set_max_days(30);
  copay.set_debit_days(3);
  copay.set_debit_attempts(3);
}

genesis::v1::Product ProductRow(std::uint32_t number, genesis::v1::Method method,
                                std::uint32_t rate_ppm, std::uint32_t least, std::uint32_t most) {
  genesis::v1::Product product;
  product.set_number(number);
  product.set_version(1);
  product.set_method(method);
  product.set_rate_ppm(rate_ppm);
  product.set_min_instalments(least);
  product.set_max_instalments(most);
  product.set_min_amount(1);
  product.set_max_amount(20'000'000);
  product.set_currency(std::string(kCurrency));
  return product;
}

}  // namespace

genesis::v1::Genesis DemoGenesis(const std::string& origin, Day first_day) {
  genesis::v1::Genesis genesis;
  genesis.set_origin(origin);
  genesis.set_time_ms(std::int64_t{first_day.number} * 86'400'000);
  const std::array<std::string, 1 + kBanks> names{"platform.example", "bank-a.example",
                                                  "bank-b.example"};
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    genesis::v1::Institution& institution = *genesis.add_institutions();
    const bool bank = i > 0;
    institution.set_number(i + 1);
    institution.set_kind(bank ? genesis::v1::BANK : genesis::v1::PLATFORM);
    institution.set_name(names[i]);
    institution.set_lend(true);
    institution.set_collect(true);
    institution.set_account_servicing(bank);
    institution.set_attest(bank);
    genesis::v1::Node& node = *genesis.add_nodes();
    node.set_number(i + 1);
    node.set_institution(i + 1);
  }
  SetPolicy(*genesis.add_policies(), first_day);
  genesis::v1::Product free_start = ProductRow(kFreeStart, genesis::v1::FEE_FLAT, kFeePpm, 3, 6);
  free_start.set_free_instalments(kFreeInstalments);
  free_start.set_sponsor(genesis::v1::SPONSOR_SUPPLIER);
  *genesis.add_products() = std::move(free_start);
  *genesis.add_products() = ProductRow(kFlatFee, genesis::v1::FEE_FLAT, kFeePpm, 2, 12);
  *genesis.add_products() = ProductRow(kLongAnnuity, genesis::v1::ANNUITY, kAnnuityPpm, 13, 24);
  genesis.set_first_day(ToWire(first_day));
  genesis.set_calendar(genesis::v1::REPLAY);
  genesis.set_rule_version(1);
  return genesis;
}

Day FirstDay(const std::vector<PurchaseRow>& rows) {
  return PurchaseDay(*std::ranges::min_element(rows, {}, &PurchaseDay));
}

std::size_t DayOfActs::acts() const {
  std::size_t count = first.size();
  for (const std::vector<Bytes>& chain : chains) count += chain.size();
  return count;
}

Workload::Workload(std::vector<PurchaseRow> rows, const Network& network, Random& random)
    : rows_(std::move(rows)),
      network_(network),
      random_(random),
      help_(PlanHelp(rows_)),
      instalments_(rows_.size()) {
  for (std::size_t i = 0; i < rows_.size(); ++i) Plan(i);
}

Day Workload::first_day() const {
  AVAL_ASSERT(!events_.empty());
  return events_.begin()->first;
}

void Workload::Add(Day day, const Event& event) {
  if (events_[day].insert(event).second) ++events_left_;
}

void Workload::Plan(std::size_t index) {
  const PurchaseRow& row = rows_[index];
  ++counts_.rows;
  counts_.with_customer += row.customer.empty() ? 0 : 1;
  counts_.with_purchase_time += row.purchased ? 1 : 0;
  counts_.with_status += row.status.empty() ? 0 : 1;
  counts_.value.minor += row.value.minor;
  Add(PurchaseDay(row), {.row = index, .step = Step::kBuy});
  if (IsCancelled(row)) {
    ++counts_.cancelled;
    Add(PurchaseDay(row).Plus(1), {.row = index, .step = Step::kVoid});
    return;
  }
  counts_.instalments += row.instalments;
  Add(CaptureDay(row), {.row = index, .step = Step::kCapture});
  Add(std::max(CaptureDay(row), row.shipping_limit), {.row = index, .step = Step::kDeliver});
  instalments_[index] = InstalmentsOf(index);
  for (std::uint32_t k = 1; k <= row.instalments; ++k) {
    Add(instalments_[index][k - 1].paid, {.row = index, .step = Step::kRepay, .instalment = k});
  }
  if (!help_[index]) return;
  ++counts_.co_payers;
  counts_.declined += help_[index]->declines ? 1 : 0;
  // The day before its debit, when the instalment is overdue.
  const std::uint32_t number = help_[index]->instalment;
  Add(instalments_[index][number - 1].paid.Plus(-1), {.row = index, .step = Step::kAgree});
}

// The schedule, and when each instalment is due and paid.
std::vector<Workload::Instalment> Workload::InstalmentsOf(std::size_t index) const {
  const PurchaseRow& row = rows_[index];
  const auto dues = arithmetic::DueDays(CaptureDay(row).Plus(kFirstDueDays), row.instalments);
  AVAL_ASSERT(dues.has_value());
  const std::vector<arithmetic::ScheduleRow> schedule = ScheduleOf(row);
  std::vector<Instalment> instalments;
  Day paid;
  for (std::uint32_t k = 1; k <= row.instalments; ++k) {
    const Day due = (*dues)[k - 1];
    // Never before the one that is older: money goes to the oldest first.
    const bool helped = help_[index] && help_[index]->instalment == k;
    paid = std::max(paid, due.Plus(helped ? kHelpedDaysLate : Lateness(row, k)));
    instalments.push_back({.amount = schedule[k - 1].Due(), .due = due, .paid = paid});
  }
  return instalments;
}

DayOfActs Workload::Take(Day day) {
  DayOfActs acts;
  const auto at = events_.find(day);
  if (at == events_.end()) return acts;
  today_ = day;
  std::optional<std::size_t> row_of_chain;
  for (const Event& event : at->second) {
    const PurchaseRow& row = rows_[event.row];
    if (row_of_chain != event.row) acts.chains.emplace_back();
    row_of_chain = event.row;
    std::vector<Bytes>& chain = acts.chains.back();
    switch (event.step) {
      case Step::kBuy:
        RegisterNewParties(row, acts.first);
        Buy(row, chain);
        break;
      case Step::kCapture:
        chain.push_back(Capture(row));
        break;
      case Step::kVoid:
        chain.push_back(Void(row));
        break;
      case Step::kDeliver:
        chain.push_back(Deliver(row));
        break;
      case Step::kAgree:
        Agree(event.row, chain);
        break;
      case Step::kRepay:
        Pay(event.row, event.instalment, chain);
        break;
    }
  }
  events_left_ -= at->second.size();
  events_.erase(at);
  return acts;
}

Hand Workload::Office(std::uint32_t institution, Department department) const {
  const auto key = network_.InstitutionKey(institution, department);
  AVAL_ASSERT(key.has_value());  // The demo has made the network itself, with all keys.
  return {.signer = {.party = ledger::PartyId::Institution(institution), .department = department},
          .key = *key};
}

Bytes Workload::Sign(act::v1::Act act, const std::vector<Hand>& hands) {
  return SignAct(std::move(act), network_.origin(), today_.Plus(kValidDays), hands, random_);
}

Bytes Workload::DayRoll(Day day) {
  today_ = day;
  return Sign(acts::RollDay(day),
              {Office(kPlatform, Department::kOps), Office(kFirstBank, Department::kOps)});
}

void Workload::RegisterNewParties(const PurchaseRow& row, std::vector<Bytes>& acts) {
  const std::uint32_t bank = BankOf(row);
  const Hand attester = Office(bank, Department::kCompliance);
  const ledger::PartyId supplier = SupplierOf(row);
  if (registered_.insert(supplier.Hex()).second) {
    const crypto::SecretKey ops = DerivedKey("supplier-ops", row.seller);
    const crypto::SecretKey treasury = DerivedKey("supplier-treasury", row.seller);
    acts.push_back(Sign(
        acts::RegisterSupplier({.id = supplier,
                                .nullifier = Derive("supplier-nullifier", row.seller),
                                .ops_key = ops.public_key(),
                                .treasury_key = treasury.public_key(),
                                .settlement_bank = ledger::PartyId::Institution(bank)}),
        {attester,
         Office(kPlatform, Department::kOps),
         {.signer = {.party = supplier, .department = Department::kOps}, .key = &ops},
         {.signer = {.party = supplier, .department = Department::kTreasury}, .key = &treasury}}));
  }
  const ledger::PartyId borrower = BorrowerOf(row);
  if (!registered_.insert(borrower.Hex()).second) return;
  const std::string& customer = CustomerOf(row);
  const crypto::SecretKey key = DerivedKey("borrower-key", customer);
  acts.push_back(
      Sign(acts::RegisterParticipant({.id = borrower,
                                      .kind = ledger::ParticipantKind::kPerson,
                                      .nullifier = Derive("borrower-nullifier", customer),
                                      .key = key.public_key()}),
           {attester, {.signer = {.party = borrower}, .key = &key}}));
  acts.push_back(Sign(acts::Attest({.id = DerivedId("identity", customer),
                                    .subject = borrower,
                                    .kind = ledger::AttestationKind::kIdentity,
                                    .commitment = Derive("identity-commitment", customer),
                                    .expiry = today_.Plus(kIdentityDays)}),
                      {attester}));
}

void Workload::Buy(const PurchaseRow& row, std::vector<Bytes>& acts) {
  acts.push_back(AttestCapacity(row));
  acts.push_back(ProposeGrant(row));
  const auto proposal = crypto::ParseEnvelope(acts.back());
  AVAL_ASSERT(proposal.has_value());
  for (const std::uint32_t lender : {kPlatform, BankOf(row)}) {
    const std::uint32_t share = lender == kPlatform ? kPlatformShare : 1'000'000 - kPlatformShare;
    acts.push_back(
        Sign(acts::DecideGrant(GrantOf(row), crypto::IdentityOf(*proposal), share, false),
             {Office(lender, Department::kCredit)}));
  }
  const crypto::SecretKey key = DerivedKey("borrower-key", CustomerOf(row));
  const Hand borrower{.signer = {.party = BorrowerOf(row)}, .key = &key};
  acts.push_back(
      Sign(acts::ActivateGrant(GrantOf(row), Derive("grant-disclosure", row.order)), {borrower}));
  acts.push_back(Authorise(row, borrower));
}

Bytes Workload::AttestCapacity(const PurchaseRow& row) {
  return Sign(acts::Attest({.id = DerivedId("capacity", row.order),
                            .subject = BorrowerOf(row),
                            .kind = ledger::AttestationKind::kCapacity,
                            .values = {{.code = 1, .value = row.value.minor}},
                            .commitment = Derive("capacity-commitment", row.order),
                            .expiry = today_.Plus(kCapacityDays)}),
              {Office(BankOf(row), Department::kCompliance)});
}

Bytes Workload::ProposeGrant(const PurchaseRow& row) {
  const auto edge = std::ranges::upper_bound(kTierEdges, row.value.minor);
  // The price, as far as a score can say it; the highest tier begins far below that.
  const auto score = static_cast<std::uint32_t>(
      std::min<std::int64_t>(row.value.minor, std::numeric_limits<std::uint32_t>::max()));
  return Sign(acts::ProposeGrant({.id = GrantOf(row),
                                  .borrower = BorrowerOf(row),
                                  .lenders = {{.lender = ledger::PartyId::Institution(kPlatform),
                                               .ppm = kPlatformShare},
                                              {.lender = ledger::PartyId::Institution(BankOf(row)),
                                               .ppm = 1'000'000 - kPlatformShare}},
                                  .limit = InCurrency(row.value),
                                  .expiry = today_.Plus(kGrantDays),
                                  .tier = static_cast<std::uint32_t>(edge - kTierEdges.begin() - 1),
                                  .attestations = {DerivedId("identity", CustomerOf(row)),
                                                   DerivedId("capacity", row.order)},
                                  .score = score,
                                  .model = Derive("model", "limit-equals-price/1")}),
              {Office(kPlatform, Department::kCredit)});
}

Bytes Workload::Authorise(const PurchaseRow& row, const Hand& borrower) {
  const Day ends = IsCancelled(row) ? today_.Plus(1) : CaptureDay(row);
  return Sign(acts::AuthorisePurchase({.purchase = DerivedId("purchase", row.order),
                                       .grant = GrantOf(row),
                                       .supplier = SupplierOf(row),
                                       .order = Derive("order", row.order),
                                       .scenario = kScenario,
                                       .product = ProductFor(row.instalments),
                                       .amount = InCurrency(row.value),
                                       .instalments = row.instalments,
                                       .first_due = CaptureDay(row).Plus(kFirstDueDays),
                                       .expiry = ends.Plus(1),
                                       .disclosure = Derive("purchase-disclosure", row.order)}),
              {borrower, Office(kPlatform, Department::kOps)});
}

Bytes Workload::Capture(const PurchaseRow& row) {
  return Sign(acts::CapturePurchase(DerivedId("purchase", row.order), row.value,
                                    Derive("shipment", row.order)),
              {Office(kPlatform, Department::kOps)});
}

Bytes Workload::Void(const PurchaseRow& row) {
  return Sign(acts::VoidPurchase(DerivedId("purchase", row.order), 1),
              {Office(kPlatform, Department::kOps)});
}

Bytes Workload::Deliver(const PurchaseRow& row) {
  const crypto::SecretKey supplier = DerivedKey("supplier-ops", row.seller);
  return Sign(
      acts::ConfirmDelivery(DerivedId("purchase", row.order), Derive("delivery", row.order), 0),
      {{.signer = {.party = SupplierOf(row), .department = Department::kOps}, .key = &supplier},
       Office(kPlatform, Department::kOps)});
}

// What is due of the instalment, with the penalty; a co-payer's part of it first.
void Workload::Pay(std::size_t index, std::uint32_t number, std::vector<Bytes>& acts) {
  const PurchaseRow& row = rows_[index];
  const Instalment& instalment = instalments_[index][number - 1];
  const std::int64_t late = arithmetic::DaysPastDue(instalment.due, today_, kGraceDays);
  const auto penalty =
      arithmetic::Penalty(instalment.amount, {.ppm_per_day = kPenaltyPpm, .min_per_day = {}}, late);
  AVAL_ASSERT(penalty.has_value());
  Amount due{instalment.amount.minor + penalty->minor};
  if (help_[index] && help_[index]->instalment == number) {
    due.minor -= Debit(index, due, acts).minor;
  }
  if (due.minor > 0) acts.push_back(Repay(row, number, due));
}

Bytes Workload::Repay(const PurchaseRow& row, std::uint32_t number, Amount amount) {
  const std::string name = row.order + "/" + std::to_string(number);
  return Sign(acts::Repay({.id = DerivedId("repayment", name),
                           .loan = DerivedId("purchase", row.order),
                           .amount = InCurrency(amount),
                           .reference = Derive("bank-record", name)}),
              {Office(BankOf(row), Department::kOps)});
}

}  // namespace aval::cli::demo
