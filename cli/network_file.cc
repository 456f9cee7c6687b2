#include "cli/network_file.h"

#include <array>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "config/endpoint.h"
#include "config/toml_reader.h"
#include "ledger/types.h"
#include "ledger/wire.h"

namespace aval::cli {
namespace {

using config::TomlTable;

// What genesis.proto's fields can hold; what they may hold is ledger::Genesis's to say.
constexpr TomlTable::Range kUint32{0, std::numeric_limits<std::uint32_t>::max()};
constexpr TomlTable::Range kInt32{std::numeric_limits<std::int32_t>::min(),
                                  std::numeric_limits<std::int32_t>::max()};
constexpr TomlTable::Range kNodeNumber{1, 65'535};  // As in node.toml and client.toml.
constexpr TomlTable::Range kInt64{std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max()};

struct Word {
  std::string_view text;
  int value;
};

constexpr std::array kInstitutionKinds{Word{"platform", genesis::v1::PLATFORM},
                                       Word{"bank", genesis::v1::BANK},
                                       Word{"microlender", genesis::v1::MICROLENDER},
                                       Word{"attester", genesis::v1::ATTESTER},
                                       Word{"settlement_agent", genesis::v1::SETTLEMENT_AGENT},
                                       Word{"public_platform", genesis::v1::PUBLIC_PLATFORM},
                                       Word{"supervisor", genesis::v1::SUPERVISOR}};
constexpr std::array kCalendars{Word{"clock", genesis::v1::CLOCK},
                                Word{"replay", genesis::v1::REPLAY}};
constexpr std::array kMethods{
    Word{"fee_flat", genesis::v1::FEE_FLAT}, Word{"equal_principal", genesis::v1::EQUAL_PRINCIPAL},
    Word{"annuity", genesis::v1::ANNUITY}, Word{"bullet", genesis::v1::BULLET}};
constexpr std::array kSponsors{Word{"none", genesis::v1::SPONSOR_NONE},
                               Word{"supplier", genesis::v1::SPONSOR_SUPPLIER},
                               Word{"platform", genesis::v1::SPONSOR_PLATFORM}};
constexpr std::array kAttestations{Word{"identity", act::v1::IDENTITY},
                                   Word{"capacity", act::v1::CAPACITY},
                                   Word{"ext_score", act::v1::EXT_SCORE},
                                   Word{"default_history", act::v1::DEFAULT_HISTORY},
                                   Word{"score", act::v1::SCORE},
                                   Word{"consumption", act::v1::CONSUMPTION},
                                   Word{"behaviour", act::v1::BEHAVIOUR},
                                   Word{"social", act::v1::SOCIAL},
                                   Word{"second_opinion", act::v1::SECOND_OPINION},
                                   Word{"registered", act::v1::REGISTERED}};
constexpr std::array kEarlyCharges{
    Word{"waive_future", genesis::v1::EarlyPolicy::WAIVE_FUTURE},
    Word{"current_only", genesis::v1::EarlyPolicy::CURRENT_ONLY},
    Word{"charge_remaining", genesis::v1::EarlyPolicy::CHARGE_REMAINING}};
constexpr std::array kBorrowers{Word{"all", genesis::v1::ALL_BORROWERS},
                                Word{"persons", genesis::v1::PERSONS},
                                Word{"smes", genesis::v1::SMES}};

// The value of one of `words`; an error at `key`, and the first of them, for any other text.
int Choice(TomlTable& table, std::string_view key, const std::string& text,
           std::span<const Word> words) {
  std::string known;
  for (const Word& word : words) {
    if (word.text == text) return word.value;
    known += (known.empty() ? "" : ", ") + std::string(word.text);
  }
  table.Fail(key, "must be one of " + known);
  return words.front().value;
}

std::uint32_t Unsigned(TomlTable& table, std::string_view key) {
  return static_cast<std::uint32_t>(table.Integer(key, kUint32));
}

std::uint32_t UnsignedOr(TomlTable& table, std::string_view key, std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(table.IntegerOr(key, kUint32, otherwise));
}

std::uint32_t DayAt(TomlTable& table, std::string_view key) {
  const auto day = ledger::Day::Parse(table.Text(key));
  if (!day) table.Fail(key, "must be a date, YYYY-MM-DD");
  return day ? ledger::ToWire(*day) : 0;
}

config::Endpoint EndpointAt(TomlTable& table, std::string_view key) {
  const auto endpoint = config::ParseEndpoint(table.Text(key));
  if (!endpoint) table.Fail(key, endpoint.error().message);
  return endpoint ? *endpoint : config::Endpoint{};
}

void ReadInstitution(TomlTable& table, genesis::v1::Institution& institution) {
  institution.set_number(Unsigned(table, "number"));
  institution.set_name(table.Text("name"));
  institution.set_kind(static_cast<genesis::v1::InstitutionKind>(
      Choice(table, "kind", table.Text("kind"), kInstitutionKinds)));
  institution.set_lend(table.FlagOr("lend", false));
  institution.set_guarantee(table.FlagOr("guarantee", false));
  institution.set_collect(table.FlagOr("collect", false));
  institution.set_account_servicing(table.FlagOr("account_servicing", false));
  institution.set_attest(table.FlagOr("attest", false));
}

// The defaults are those of domain.md's rows for co-payers.
void ReadCopayPolicy(TomlTable table, genesis::v1::CopayPolicy& copay) {
  copay.set_max_share_ppm(UnsignedOr(table, "max_share_ppm", 500'000));
  copay.set_borrower_share_ppm(UnsignedOr(table, "borrower_share_ppm", 200'000));
  copay.set_min(table.IntegerOr("min", kInt64, 10'000));
  copay.set_max_commitment(table.Integer("max_commitment", kInt64));
  copay.set_max_instalments(UnsignedOr(table, "max_instalments", 24));
  copay.set_agreements(UnsignedOr(table, "agreements", 3));
  copay.set_open_invitations(UnsignedOr(table, "open_invitations", 3));
  copay.set_invitation_days(UnsignedOr(table, "invitation_days", 1));
  copay.set_window_days(UnsignedOr(table, "window_days", 10));
  copay.set_max_days(UnsignedOr(table, "max_days", 730));
  copay.set_debit_days(UnsignedOr(table, "debit_days", 3));
  copay.set_debit_attempts(UnsignedOr(table, "debit_attempts", 3));
  copay.set_return_days(UnsignedOr(table, "return_days", 56));
  copay.set_notice_days(UnsignedOr(table, "notice_days", 3));
  copay.set_guarantee_months(UnsignedOr(table, "guarantee_months", 6));
  copay.set_recourse_days(UnsignedOr(table, "recourse_days", 1'096));
}

void ReadEarlyPolicy(TomlTable table, genesis::v1::EarlyPolicy& early) {
  early.set_charges(static_cast<genesis::v1::EarlyPolicy::Charges>(
      Choice(table, "charges", table.TextOr("charges", "waive_future"), kEarlyCharges)));
  early.set_prepay_ppm(UnsignedOr(table, "prepay_ppm", 0));
}

void ReadSupplierPolicy(TomlTable table, genesis::v1::SupplierPolicy& supplier) {
  supplier.set_payment_max_days(UnsignedOr(table, "payment_max_days", 60));
  supplier.set_assign_max_days(UnsignedOr(table, "assign_max_days", 183));
  for (const std::int64_t scenario : table.Integers("prepaid_scenarios", kUint32)) {
    supplier.add_prepaid_scenarios(static_cast<std::uint32_t>(scenario));
  }
  supplier.set_release_steps(UnsignedOr(table, "release_steps", 24));
}

void ReadRecoveryPolicy(TomlTable table, genesis::v1::RecoveryPolicy& recovery) {
  recovery.set_write_off_dpd(UnsignedOr(table, "write_off_dpd", 180));
  recovery.set_restructurings(UnsignedOr(table, "restructurings", 1));
  recovery.set_restructure_days(UnsignedOr(table, "restructure_days", 366));
  recovery.set_dispute_days(UnsignedOr(table, "dispute_days", 60));
}

// The defaults of the optional keys are those of domain.md's policy rows.
void ReadPolicy(TomlTable& table, genesis::v1::Policy& policy) {
  policy.set_version(UnsignedOr(table, "version", 1));
  policy.set_effective_day(DayAt(table, "effective_day"));
  policy.set_max_instalments(UnsignedOr(table, "max_instalments", 24));
  policy.set_min_instalment(table.IntegerOr("min_instalment", kInt64, 1));
  policy.set_max_purchase(table.Integer("max_purchase", kInt64));
  policy.set_max_limit_person(table.IntegerOr("max_limit_person", kInt64, 20'000'000));
  policy.set_max_limit_sme(table.IntegerOr("max_limit_sme", kInt64, 1'000'000'000));
  policy.set_partner_floor_ppm(UnsignedOr(table, "partner_floor_ppm", 300'000));
  policy.set_single_partner_ppm(UnsignedOr(table, "single_partner_ppm", 0));
  policy.set_joint_lending_ppm(UnsignedOr(table, "joint_lending_ppm", 0));
  policy.set_cost_cap_irr_ppm(UnsignedOr(table, "cost_cap_irr_ppm", 240'000));
  policy.set_authorisation_days(UnsignedOr(table, "authorisation_days", 30));
  policy.set_bill_lead_days(UnsignedOr(table, "bill_lead_days", 10));
  policy.set_grace_days(UnsignedOr(table, "grace_days", 3));
  policy.set_penalty_ppm_per_day(UnsignedOr(table, "penalty_ppm_per_day", 500));
  policy.set_penalty_min_per_day(table.IntegerOr("penalty_min_per_day", kInt64, 0));
  policy.set_penalty_on_all_unpaid(table.FlagOr("penalty_on_all_unpaid", false));
  policy.set_switch_dpd(UnsignedOr(table, "switch_dpd", 90));
  policy.set_default_dpd(UnsignedOr(table, "default_dpd", 90));
  for (const std::string& text : table.Texts("required_attestations")) {
    policy.add_required_attestations(static_cast<act::v1::AttestationKind>(
        Choice(table, "required_attestations", text, kAttestations)));
  }
  policy.set_capacity_max_age_days(UnsignedOr(table, "capacity_max_age_days", 180));
  policy.set_limit_factor_max_ppm(UnsignedOr(table, "limit_factor_max_ppm", 2'000'000));
  policy.set_limit_step(table.IntegerOr("limit_step", kInt64, 1));
  for (const std::int64_t edge : table.Integers("tier_edges", kUint32)) {
    policy.add_tier_edges(static_cast<std::uint32_t>(edge));
  }
  for (const std::int64_t limit : table.Integers("tier_limits", kInt64)) {
    policy.add_tier_limits(limit);
  }
  for (const std::int64_t code : table.Integers("attestation_codes", kUint32)) {
    policy.add_attestation_codes(static_cast<std::uint32_t>(code));
  }
  for (const std::int64_t scenario : table.Integers("scenarios", kUint32)) {
    policy.add_scenarios(static_cast<std::uint32_t>(scenario));
  }
  policy.set_first_due_max_days(UnsignedOr(table, "first_due_max_days", 60));
  policy.set_grants_per_30_days(UnsignedOr(table, "grants_per_30_days", 0));
  for (TomlTable& pair : table.Tables("lender_pair")) {
    genesis::v1::LenderPair& entry = *policy.add_lender_pairs();
    entry.set_bank(Unsigned(pair, "bank"));
    entry.set_partner(Unsigned(pair, "partner"));
  }
  policy.set_review_days(UnsignedOr(table, "review_days", 365));
  policy.set_bullet_max_days(UnsignedOr(table, "bullet_max_days", 366));
  if (table.Has("copay")) ReadCopayPolicy(table.Table("copay"), *policy.mutable_copay());
  if (table.Has("early")) ReadEarlyPolicy(table.Table("early"), *policy.mutable_early());
  if (table.Has("supplier")) {
    ReadSupplierPolicy(table.Table("supplier"), *policy.mutable_supplier());
  }
  if (table.Has("recovery")) {
    ReadRecoveryPolicy(table.Table("recovery"), *policy.mutable_recovery());
  }
}

void ReadProduct(TomlTable& table, genesis::v1::Product& product) {
  product.set_number(Unsigned(table, "number"));
  product.set_version(UnsignedOr(table, "version", 1));
  product.set_method(
      static_cast<genesis::v1::Method>(Choice(table, "method", table.Text("method"), kMethods)));
  product.set_rate_ppm(Unsigned(table, "rate_ppm"));
  product.set_free_instalments(UnsignedOr(table, "free_instalments", 0));
  product.set_sponsor(static_cast<genesis::v1::Sponsor>(
      Choice(table, "sponsor", table.TextOr("sponsor", "none"), kSponsors)));
  product.set_min_instalments(UnsignedOr(table, "min_instalments", 1));
  product.set_max_instalments(UnsignedOr(table, "max_instalments", 24));
  product.set_min_amount(table.IntegerOr("min_amount", kInt64, 1));
  product.set_max_amount(table.Integer("max_amount", kInt64));
  product.set_currency(table.Text("currency"));
  for (const std::int64_t scenario : table.Integers("scenarios", kUint32)) {
    product.add_scenarios(static_cast<std::uint32_t>(scenario));
  }
  for (const std::int64_t tier : table.Integers("tiers", kUint32)) {
    product.add_tiers(static_cast<std::uint32_t>(tier));
  }
  product.set_borrowers(static_cast<genesis::v1::Borrowers>(
      Choice(table, "borrowers", table.TextOr("borrowers", "all"), kBorrowers)));
}

}  // namespace

Result<NetworkPlan> ParseNetworkFile(std::string_view text, const std::filesystem::path& name) {
  AVAL_TRY(config::TomlFile file, config::TomlFile::Parse(text, name.string()));
  TomlTable root = file.root();
  NetworkPlan plan;
  plan.name = name.string();
  genesis::v1::Genesis& genesis = plan.genesis;
  genesis.set_origin(root.Text("origin"));
  genesis.set_first_day(DayAt(root, "first_day"));
  genesis.set_time_ms(std::int64_t{genesis.first_day()} * 86'400'000);
  genesis.set_calendar(static_cast<genesis::v1::CalendarMode>(
      Choice(root, "calendar", root.TextOr("calendar", "clock"), kCalendars)));
  genesis.set_utc_offset_minutes(
      static_cast<std::int32_t>(root.IntegerOr("utc_offset_minutes", kInt32, 0)));
  genesis.set_rule_version(1);
  genesis.set_majority_of_one(root.FlagOr("majority_of_one", false));
  for (TomlTable& table : root.Tables("institution")) {
    ReadInstitution(table, *genesis.add_institutions());
  }
  for (TomlTable& table : root.Tables("node")) {
    genesis::v1::Node& node = *genesis.add_nodes();
    node.set_number(static_cast<std::uint32_t>(table.Integer("number", kNodeNumber)));
    node.set_institution(Unsigned(table, "institution"));
    plan.addresses.push_back(
        {.peers = EndpointAt(table, "peers"), .api = EndpointAt(table, "api")});
  }
  for (TomlTable& table : root.Tables("policy")) ReadPolicy(table, *genesis.add_policies());
  for (TomlTable& table : root.Tables("product")) ReadProduct(table, *genesis.add_products());
  AVAL_CHECK(file.Finish());
  return plan;
}

Result<NetworkPlan> LoadNetworkFile(const std::filesystem::path& path) {
  AVAL_TRY(const std::string text, config::ReadTomlText(path));
  return ParseNetworkFile(text, path);
}

}  // namespace aval::cli
