#include "cli/story/terms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "ledger/wire.h"

namespace aval::cli::story {
namespace {

using ledger::ToWire;

constexpr std::uint32_t kNodes = 3;

constexpr std::array<std::uint32_t, 3> kTierEdges{0, 100'000, 1'000'000};
constexpr std::array<std::int64_t, 3> kTierLimits{100'000, 1'000'000, 20'000'000};

struct Plan {
  std::string_view name;
  genesis::v1::Method method = genesis::v1::FEE_FLAT;
  std::uint32_t rate_ppm = 0;  // A month of a flat fee, a year of interest.
  std::uint32_t most = 0;      // Instalments.
  std::uint32_t free = 0;
  genesis::v1::Sponsor sponsor = genesis::v1::SPONSOR_NONE;
  genesis::v1::Borrowers borrowers = genesis::v1::ALL_BORROWERS;
};

constexpr std::array<Plan, 7> kPlans{{
    {.name = "flat", .method = genesis::v1::FEE_FLAT, .rate_ppm = 5'000, .most = 12},
    {.name = "first-free",
     .method = genesis::v1::FEE_FLAT,
     .rate_ppm = 5'000,
     .most = 12,
     .free = 1,
     .sponsor = genesis::v1::SPONSOR_SUPPLIER},
    {.name = "interest-free",
     .method = genesis::v1::FEE_FLAT,
     .rate_ppm = 5'000,
     .most = 3,
     .free = 3,
     .sponsor = genesis::v1::SPONSOR_SUPPLIER},
    {.name = "market-sponsored",
     .method = genesis::v1::EQUAL_PRINCIPAL,
     .rate_ppm = 180'000,
     .most = 6,
     .free = 3,
     .sponsor = genesis::v1::SPONSOR_PLATFORM},
    {.name = "equal-principal",
     .method = genesis::v1::EQUAL_PRINCIPAL,
     .rate_ppm = 180'000,
     .most = 24},
    {.name = "annuity", .method = genesis::v1::ANNUITY, .rate_ppm = 180'000, .most = 24},
    {.name = "bullet",
     .method = genesis::v1::BULLET,
     .rate_ppm = 180'000,
     .most = 1,
     .borrowers = genesis::v1::SMES},
}};

void SetCopay(genesis::v1::CopayPolicy& copay) {
  copay.set_max_share_ppm(800'000);
  copay.set_borrower_share_ppm(200'000);
  copay.set_min(1'000);
  copay.set_max_commitment(2'000'000);
  copay.set_max_instalments(12);
  copay.set_agreements(4);
  copay.set_open_invitations(3);
  copay.set_invitation_days(7);
  copay.set_window_days(40);
  copay.set_max_days(730);
  copay.set_debit_days(5);
  copay.set_debit_attempts(3);
  copay.set_return_days(56);
  copay.set_notice_days(5);
  copay.set_guarantee_months(6);
  copay.set_recourse_days(365);
}

void SetPolicy(genesis::v1::Policy& policy, ledger::Day first_day) {
  policy.set_version(1);
  policy.set_effective_day(ToWire(first_day));
  policy.set_max_instalments(24);
  policy.set_min_instalment(1'000);
  policy.set_max_purchase(20'000'000);
  policy.set_max_limit_person(2'000'000);
  policy.set_max_limit_sme(20'000'000);
  policy.set_partner_floor_ppm(300'000);
  policy.set_cost_cap_irr_ppm(240'000);
  policy.set_authorisation_days(30);
  policy.set_bill_lead_days(10);
  policy.set_grace_days(3);
  policy.set_penalty_ppm_per_day(500);
  policy.set_switch_dpd(90);
  policy.set_default_dpd(90);
  policy.add_required_attestations(act::v1::IDENTITY);
  policy.add_required_attestations(act::v1::CAPACITY);
  policy.set_capacity_max_age_days(180);
  policy.set_limit_factor_max_ppm(2'000'000);
  policy.set_limit_step(100);
  for (const std::uint32_t edge : kTierEdges) policy.add_tier_edges(edge);
  for (const std::int64_t limit : kTierLimits) policy.add_tier_limits(limit);
  policy.add_scenarios(kRetail);
  policy.add_scenarios(kPrepaid);
  policy.set_first_due_max_days(62);
  policy.set_grants_per_30_days(4);
  policy.set_review_days(365);
  policy.set_bullet_max_days(365);
  policy.mutable_early()->set_charges(genesis::v1::EarlyPolicy::WAIVE_FUTURE);
  policy.mutable_supplier()->set_payment_max_days(60);
  policy.mutable_supplier()->set_assign_max_days(183);
  policy.mutable_supplier()->add_prepaid_scenarios(kPrepaid);
  policy.mutable_supplier()->set_release_steps(6);
  policy.mutable_recovery()->set_write_off_dpd(120);
  policy.mutable_recovery()->set_restructurings(1);
  policy.mutable_recovery()->set_restructure_days(365);
  policy.mutable_recovery()->set_dispute_days(30);
  SetCopay(*policy.mutable_copay());
}

genesis::v1::Product ProductRow(std::uint32_t number, const Plan& plan) {
  genesis::v1::Product product;
  product.set_number(number);
  product.set_version(1);
  product.set_method(plan.method);
  product.set_rate_ppm(plan.rate_ppm);
  product.set_free_instalments(plan.free);
  product.set_sponsor(plan.sponsor);
  product.set_min_instalments(1);
  product.set_max_instalments(plan.most);
  product.set_min_amount(1'000);
  product.set_max_amount(20'000'000);
  product.set_currency(std::string(kCurrency));
  product.set_borrowers(plan.borrowers);
  return product;
}

void SetLicences(genesis::v1::Institution& institution) {
  const genesis::v1::InstitutionKind kind = institution.kind();
  const bool bank = kind == genesis::v1::BANK;
  const bool lends = bank || kind == genesis::v1::PLATFORM;
  institution.set_lend(lends);
  institution.set_collect(lends);
  institution.set_account_servicing(bank);
  institution.set_attest(kind == genesis::v1::ATTESTER);
}

}  // namespace

const std::vector<Founder>& Founders() {
  static const std::vector<Founder> founders{
      {.name = "Mercado", .domain = "mercado.example", .kind = genesis::v1::PLATFORM},
      {.name = "Bank A", .domain = "bank-a.example", .kind = genesis::v1::BANK},
      {.name = "Bank B", .domain = "bank-b.example", .kind = genesis::v1::BANK},
      {.name = "Registry", .domain = "registry.example", .kind = genesis::v1::ATTESTER},
      {.name = "Bureau", .domain = "bureau.example", .kind = genesis::v1::ATTESTER},
      {.name = "Supervisor", .domain = "supervisor.example", .kind = genesis::v1::SUPERVISOR},
      {.name = "Ombudsman", .domain = "ombudsman.example", .kind = genesis::v1::PUBLIC_PLATFORM},
  };
  return founders;
}

Cast FoundersCast() {
  Cast cast;
  for (const Founder& founder : Founders()) {
    AVAL_ASSERT(cast.Add(std::string(founder.name), Role::kInstitution));
  }
  return cast;
}

genesis::v1::Genesis StoryGenesis(ledger::Day first_day) {
  genesis::v1::Genesis genesis;
  genesis.set_origin("ledger.aval.example/story-1");
  genesis.set_time_ms(std::int64_t{first_day.number} * 86'400'000);
  std::uint32_t number = 0;
  for (const Founder& founder : Founders()) {
    genesis::v1::Institution& institution = *genesis.add_institutions();
    institution.set_number(++number);
    institution.set_kind(founder.kind);
    institution.set_name(std::string(founder.domain));
    SetLicences(institution);
    if (number > kNodes) continue;
    genesis::v1::Node& node = *genesis.add_nodes();
    node.set_number(number);
    node.set_institution(number);
  }
  SetPolicy(*genesis.add_policies(), first_day);
  for (std::size_t i = 0; i < kPlans.size(); ++i) {
    *genesis.add_products() = ProductRow(static_cast<std::uint32_t>(i + 1), kPlans[i]);
  }
  genesis.set_first_day(ToWire(first_day));
  genesis.set_calendar(genesis::v1::REPLAY);
  genesis.set_rule_version(1);
  return genesis;
}

std::uint32_t ProductOf(std::string_view plan) {
  const auto at = std::ranges::find(kPlans, plan, &Plan::name);
  AVAL_ASSERT(at != kPlans.end());
  return static_cast<std::uint32_t>(at - kPlans.begin() + 1);
}

std::uint32_t TierOf(std::uint32_t score) {
  const auto edge = std::ranges::upper_bound(kTierEdges, score);
  return static_cast<std::uint32_t>(edge - kTierEdges.begin() - 1);
}

}  // namespace aval::cli::story
