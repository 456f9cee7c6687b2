#include "cli/demo/genesis.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/demo/derived.h"
#include "cli/demo/help.h"
#include "ledger/wire.h"

namespace aval::cli::demo {
namespace {

using ledger::Day;
using ledger::ToWire;

constexpr std::uint32_t kFreeInstalments = 3;
constexpr std::array<std::uint32_t, 3> kTierEdges{0, 100'000, 1'000'000};
constexpr std::array<std::int64_t, 3> kTierLimits{100'000, 1'000'000, 20'000'000};

void SetCopay(genesis::v1::CopayPolicy& copay) {
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
  copay.set_debit_attempts(kDebitAttempts);
  copay.set_return_days(56);  // R26.
  copay.set_notice_days(3);
  copay.set_guarantee_months(6);  // Civil Code Art. 692.
  copay.set_recourse_days(3 * 365);
}

void SetPolicy(genesis::v1::Policy& policy, Day first_day) {
  policy.set_version(1);
  policy.set_effective_day(ToWire(first_day));
  policy.set_max_instalments(24);
  policy.set_min_instalment(kMinInstalment);
  policy.set_max_purchase(20'000'000);
  policy.set_max_limit_person(20'000'000);
  policy.set_max_limit_sme(100'000'000);
  policy.set_partner_floor_ppm(300'000);
  policy.set_cost_cap_irr_ppm(240'000);
  policy.set_authorisation_days(400);
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
  policy.set_first_due_max_days(400);
  policy.set_review_days(365);  // R07.
  SetCopay(*policy.mutable_copay());
  genesis::v1::SupplierPolicy& supplier = *policy.mutable_supplier();
  supplier.set_payment_max_days(60);  // R19.
  supplier.set_assign_max_days(183);  // R20.
  supplier.add_prepaid_scenarios(kPrepaid);
  supplier.set_release_steps(3);
  genesis::v1::RecoveryPolicy& recovery = *policy.mutable_recovery();
  recovery.set_write_off_dpd(kWriteOffDays);
  recovery.set_restructurings(1);
  recovery.set_restructure_days(730);
  recovery.set_dispute_days(30);
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

std::uint32_t TierOf(std::uint32_t score) {
  return static_cast<std::uint32_t>(std::ranges::upper_bound(kTierEdges, score) -
                                    kTierEdges.begin() - 1);
}

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

}  // namespace aval::cli::demo
