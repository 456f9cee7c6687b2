#include "ledger/genesis_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "crypto/ed25519.h"
#include "crypto/envelope.h"
#include "ledger/field_checks.h"
#include "ledger/genesis.h"
#include "ledger/record/copay.h"
#include "ledger/record/parties.h"
#include "ledger/shape.h"
#include "ledger/wire.h"

namespace aval::ledger {
namespace {

using field::Count;
using field::Item;
using field::Range;
using field::Wrong;

constexpr int kFoundersMax = crypto::kEnvelopeSignaturesMax;  // Each signs.
constexpr int kNodesMax = 15;  // A checkpoint has a log signature and at most 15 cosignatures.
constexpr int kPoliciesMax = 64;
constexpr int kProductsMax = 1024;
constexpr int kTiersMax = 64;
constexpr int kCodesMax = 256;
constexpr int kScenariosMax = 256;
constexpr int kLenderPairsMax = 256;
constexpr std::size_t kNameBytesMax = 128;
constexpr std::int64_t kAmountMax = 10'000'000'000'000;  // domain.md A1.
constexpr std::int64_t kInstalmentsMax = 60;
constexpr std::int64_t kDaysMax = 3660;
constexpr std::int64_t kGrantsMax = Participant::kCreditDaysMax;
constexpr std::int64_t kCopayMax = Agreement::kLiveMax;
constexpr std::int64_t kAttemptsMax = 100;
constexpr std::int64_t kMonthsMax = 120;
constexpr std::int64_t kStepsMax = kReleaseStepsMax;
constexpr std::int64_t kRestructuringsMax = 8;
constexpr std::int64_t kWhole = 1'000'000;              // ppm.
constexpr std::int64_t kFactorMax = 100 * kWhole;       // ppm.
constexpr std::int64_t kTimeMax = 253'402'300'799'999;  // 9999-12-31.

// Texts under other signatures of ours and of the note formats begin like this (formats.md 1.6).
constexpr std::array<std::string_view, 5> kForeignDomains{"DSSEv1", "cosignature/v1", "subtree/v1",
                                                          "aval-block/v1", "aval-key/v1"};

bool IsWord(std::string_view text, std::string_view punctuation) {
  const auto allowed = [punctuation](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           punctuation.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// "bank-a.example" or "bank-a.example/aval": a name that its owner has from the domain name system.
Result<void> DomainPath(const std::string& name, const std::string& value) {
  const std::string_view host = std::string_view(value).substr(0, value.find('/'));
  if (value.size() <= kNameBytesMax && IsWord(value, ".-/") && !value.ends_with('/') &&
      host.find('.') != std::string_view::npos) {
    return {};
  }
  return Wrong(name, "is not a domain, or a path below one, of at most 128 of a-z 0-9 . - /");
}

Result<void> Origin(const std::string& origin) {
  for (const std::string_view domain : kForeignDomains) {
    if (origin.starts_with(domain)) {
      return Wrong("origin", "begins like another signed text, " + std::string(domain));
    }
  }
  return DomainPath("origin", origin);
}

Result<void> Address(const std::string& name, const std::string& value) {
  const std::size_t colon = value.rfind(':');
  const auto printable = [](char c) { return c > ' ' && c < 0x7f; };
  if (colon != std::string::npos && colon > 0 && value.size() <= kNameBytesMax &&
      std::all_of(value.begin(), value.end(), printable)) {
    const auto port = ParseDecimal<std::uint16_t>(std::string_view(value).substr(colon + 1));
    if (port && *port != 0) return {};
  }
  return Wrong(name, "is not host:port");
}

// All keys of a genesis: no key serves two purposes, and each is a point that can be a key.
class Keys {
 public:
  Result<void> Add(const std::string& name, const act::v1::PublicKey& key) {
    AVAL_CHECK(field::Key(name, key));
    if (!crypto::IsValidPoint(ToPublicKey(key))) {
      return Wrong(name, "is not a public key");
    }
    if (!seen_.insert(key.ed25519()).second) return Wrong(name, "stands twice");
    return {};
  }

 private:
  std::set<std::string> seen_;
};

Result<void> Departments(const std::string& name, const genesis::v1::Institution& institution,
                         Keys& keys) {
  std::set<act::v1::Department> departments;
  act::v1::Department last = act::v1::DEPARTMENT_NONE;
  for (int i = 0; i < institution.keys_size(); ++i) {
    const genesis::v1::DepartmentKey& key = institution.keys(i);
    const std::string item = Item(name + ".keys", i);
    if (key.department() <= last) return Wrong(item + ".department", "not ascending");
    AVAL_CHECK(keys.Add(item + ".key", key.key()));
    last = key.department();
    departments.insert(last);
  }
  if (!departments.contains(act::v1::LEGAL)) return Wrong(name + ".keys", "no LEGAL key");
  if (!departments.contains(act::v1::OPS)) return Wrong(name + ".keys", "no OPS key");
  return {};
}

Result<void> Institutions(const genesis::v1::Genesis& genesis, Keys& keys) {
  AVAL_CHECK(Count("institutions", genesis.institutions_size(), 1, kFoundersMax));
  std::set<std::string> names;
  bool platform = false;
  std::uint32_t last = 0;
  for (int i = 0; i < genesis.institutions_size(); ++i) {
    const genesis::v1::Institution& institution = genesis.institutions(i);
    const std::string item = Item("institutions", i);
    if (institution.number() <= last) return Wrong(item + ".number", "not ascending from 1");
    last = institution.number();
    if (institution.kind() == genesis::v1::INSTITUTION_KIND_UNSPECIFIED) {
      return Wrong(item + ".kind", "is not given");
    }
    platform = platform || institution.kind() == genesis::v1::PLATFORM;
    AVAL_CHECK(DomainPath(item + ".name", institution.name()));
    if (!names.insert(institution.name()).second) return Wrong(item + ".name", "stands twice");
    AVAL_CHECK(Departments(item, institution, keys));
  }
  if (!platform) return Wrong("institutions", "none is a PLATFORM");
  return {};
}

const genesis::v1::Institution* FindInstitution(const genesis::v1::Genesis& genesis,
                                                std::uint32_t number) {
  for (const genesis::v1::Institution& institution : genesis.institutions()) {
    if (institution.number() == number) return &institution;
  }
  return nullptr;
}

Result<void> CosignerName(const std::string& name, const genesis::v1::Node& node,
                          const genesis::v1::Institution& institution) {
  const std::string prefix = institution.name() + "/";
  const std::string& value = node.cosigner_name();
  if (value.starts_with(prefix) && value.size() <= kNameBytesMax &&
      IsWord(std::string_view(value).substr(prefix.size()), "-")) {
    return {};
  }
  return Wrong(name, "is not \"" + prefix + "\" and a word of a-z 0-9 -");
}

Result<void> Nodes(const genesis::v1::Genesis& genesis, Keys& keys) {
  AVAL_CHECK(Count("nodes", genesis.nodes_size(), 1, kNodesMax));
  std::set<std::string> names;
  std::set<std::string> addresses;
  std::map<std::uint32_t, int> held;
  std::uint32_t last = 0;
  for (int i = 0; i < genesis.nodes_size(); ++i) {
    const genesis::v1::Node& node = genesis.nodes(i);
    const std::string item = Item("nodes", i);
    if (node.number() <= last) return Wrong(item + ".number", "not ascending from 1");
    last = node.number();
    const auto* institution = FindInstitution(genesis, node.institution());
    if (institution == nullptr) return Wrong(item + ".institution", "is none of the institutions");
    ++held[node.institution()];
    AVAL_CHECK(keys.Add(item + ".tls_key", node.tls_key()));
    AVAL_CHECK(keys.Add(item + ".log_key", node.log_key()));
    AVAL_CHECK(keys.Add(item + ".cosigner_key", node.cosigner_key()));
    AVAL_CHECK(CosignerName(item + ".cosigner_name", node, *institution));
    if (!names.insert(node.cosigner_name()).second) {
      return Wrong(item + ".cosigner_name", "stands twice");
    }
    AVAL_CHECK(Address(item + ".address", node.address()));
    if (!addresses.insert(node.address()).second) return Wrong(item + ".address", "stands twice");
  }
  for (const auto& [institution, nodes] : held) {
    if (2 * nodes > genesis.nodes_size() && !genesis.majority_of_one()) {
      return Wrong("nodes", "institution " + std::to_string(institution) +
                                " holds a majority, and majority_of_one does not say so");
    }
  }
  return {};
}

template <class List>
Result<void> Ascending(const std::string& name, const List& list) {
  for (int i = 1; i < list.size(); ++i) {
    if (list.Get(i - 1) >= list.Get(i)) return Wrong(Item(name, i), "not ascending");
  }
  return {};
}

template <class List>
Result<void> Subset(const std::string& name, const List& list, const List& all) {
  AVAL_CHECK(Ascending(name, list));
  for (int i = 0; i < list.size(); ++i) {
    if (std::find(all.begin(), all.end(), list.Get(i)) == all.end()) {
      return Wrong(Item(name, i), "is none of the policy's");
    }
  }
  return {};
}

struct Number {
  const char* field;
  std::int64_t value;
  std::int64_t least;
  std::int64_t most;
};

Result<void> Numbers(const std::string& name, std::span<const Number> numbers) {
  for (const Number& number : numbers) {
    AVAL_CHECK(Range(name + "." + number.field, number.value, number.least, number.most));
  }
  return {};
}

Result<void> CopayNumbers(const std::string& name, const genesis::v1::CopayPolicy& copay) {
  const std::array<Number, 16> numbers{{
      {"max_share_ppm", copay.max_share_ppm(), 1, kWhole},
      {"borrower_share_ppm", copay.borrower_share_ppm(), 0, kWhole - copay.max_share_ppm()},
      {"min", copay.min(), 1, kAmountMax},
      {"max_commitment", copay.max_commitment(), copay.min(), kAmountMax},
      {"max_instalments", copay.max_instalments(), 1, kInstalmentsMax},
      {"agreements", copay.agreements(), 1, kCopayMax},
      {"open_invitations", copay.open_invitations(), 1, kCopayMax},
      {"invitation_days", copay.invitation_days(), 0, kDaysMax},
      {"window_days", copay.window_days(), 0, kDaysMax},
      {"max_days", copay.max_days(), 0, kDaysMax},
      {"debit_days", copay.debit_days(), 0, kDaysMax},
      {"debit_attempts", copay.debit_attempts(), 1, kAttemptsMax},
      {"return_days", copay.return_days(), 0, kDaysMax},
      {"notice_days", copay.notice_days(), 0, kDaysMax},
      {"guarantee_months", copay.guarantee_months(), 0, kMonthsMax},
      {"recourse_days", copay.recourse_days(), 0, kDaysMax},
  }};
  return Numbers(name, numbers);
}

Result<void> PolicyNumbers(const std::string& name, const genesis::v1::Policy& policy) {
  const std::array<Number, 31> numbers{{
      {"max_instalments", policy.max_instalments(), 1, kInstalmentsMax},
      {"min_instalment", policy.min_instalment(), 1, kAmountMax},
      {"max_purchase", policy.max_purchase(), 1, kAmountMax},
      {"max_limit_person", policy.max_limit_person(), 0, kAmountMax},
      {"max_limit_sme", policy.max_limit_sme(), 0, kAmountMax},
      {"partner_floor_ppm", policy.partner_floor_ppm(), 0, kWhole},
      {"single_partner_ppm", policy.single_partner_ppm(), 0, kWhole},
      {"joint_lending_ppm", policy.joint_lending_ppm(), 0, kWhole},
      {"cost_cap_irr_ppm", policy.cost_cap_irr_ppm(), 0, kWhole},
      {"authorisation_days", policy.authorisation_days(), 0, kDaysMax},
      {"bill_lead_days", policy.bill_lead_days(), 0, kDaysMax},
      {"grace_days", policy.grace_days(), 0, kDaysMax},
      {"penalty_ppm_per_day", policy.penalty_ppm_per_day(), 0, kWhole},
      {"penalty_min_per_day", policy.penalty_min_per_day(), 0, kAmountMax},
      {"switch_dpd", policy.switch_dpd(), 0, kDaysMax},
      {"default_dpd", policy.default_dpd(), 0, kDaysMax},
      {"capacity_max_age_days", policy.capacity_max_age_days(), 0, kDaysMax},
      {"limit_factor_max_ppm", policy.limit_factor_max_ppm(), 0, kFactorMax},
      {"limit_step", policy.limit_step(), 1, kAmountMax},
      {"first_due_max_days", policy.first_due_max_days(), 0, kDaysMax},
      {"grants_per_30_days", policy.grants_per_30_days(), 0, kGrantsMax},
      {"review_days", policy.review_days(), 0, kDaysMax},
      {"bullet_max_days", policy.bullet_max_days(), 0, kDaysMax},
      {"early.prepay_ppm", policy.early().prepay_ppm(), 0, kWhole},
      {"supplier.payment_max_days", policy.supplier().payment_max_days(), 0, kDaysMax},
      {"supplier.assign_max_days", policy.supplier().assign_max_days(), 0, kDaysMax},
      {"supplier.release_steps", policy.supplier().release_steps(), 0, kStepsMax},
      {"recovery.write_off_dpd", policy.recovery().write_off_dpd(), 0, kDaysMax},
      {"recovery.restructurings", policy.recovery().restructurings(), 0, kRestructuringsMax},
      {"recovery.restructure_days", policy.recovery().restructure_days(), 0, kDaysMax},
      {"recovery.dispute_days", policy.recovery().dispute_days(), 0, kDaysMax},
  }};
  AVAL_CHECK(Numbers(name, numbers));
  return policy.has_copay() ? CopayNumbers(name + ".copay", policy.copay()) : Result<void>{};
}

Result<void> PolicyLists(const std::string& name, const genesis::v1::Policy& policy,
                         const genesis::v1::Genesis& genesis) {
  AVAL_CHECK(Ascending(name + ".required_attestations", policy.required_attestations()));
  if (policy.required_attestations_size() > 0 &&
      policy.required_attestations(0) == act::v1::ATTESTATION_KIND_UNSPECIFIED) {
    return Wrong(name + ".required_attestations[0]", "is not given");
  }
  AVAL_CHECK(Count(name + ".attestation_codes", policy.attestation_codes_size(), 0, kCodesMax));
  AVAL_CHECK(Ascending(name + ".attestation_codes", policy.attestation_codes()));
  if (policy.attestation_codes_size() > 0 && policy.attestation_codes(0) == 0) {
    return Wrong(name + ".attestation_codes[0]", "is 0");
  }
  AVAL_CHECK(Count(name + ".tier_edges", policy.tier_edges_size(), 1, kTiersMax));
  if (policy.tier_edges(0) != 0) return Wrong(name + ".tier_edges[0]", "is not 0");
  AVAL_CHECK(Ascending(name + ".tier_edges", policy.tier_edges()));
  const int tiers = policy.tier_edges_size();
  AVAL_CHECK(Count(name + ".tier_limits", policy.tier_limits_size(), tiers, tiers));
  for (int i = 0; i < tiers; ++i) {
    AVAL_CHECK(Range(Item(name + ".tier_limits", i), policy.tier_limits(i), 0, kAmountMax));
  }
  AVAL_CHECK(Count(name + ".scenarios", policy.scenarios_size(), 0, kScenariosMax));
  AVAL_CHECK(Ascending(name + ".scenarios", policy.scenarios()));
  AVAL_CHECK(Subset(name + ".supplier.prepaid_scenarios", policy.supplier().prepaid_scenarios(),
                    policy.scenarios()));
  AVAL_CHECK(Count(name + ".lender_pairs", policy.lender_pairs_size(), 0, kLenderPairsMax));
  std::pair<std::uint32_t, std::uint32_t> last;
  for (int i = 0; i < policy.lender_pairs_size(); ++i) {
    const genesis::v1::LenderPair& pair = policy.lender_pairs(i);
    const std::string item = Item(name + ".lender_pairs", i);
    if (std::pair(pair.bank(), pair.partner()) <= last) return Wrong(item, "not ascending");
    last = {pair.bank(), pair.partner()};
    for (const std::uint32_t number : {pair.bank(), pair.partner()}) {
      if (FindInstitution(genesis, number) == nullptr) {
        return Wrong(item, std::to_string(number) + " is none of the institutions");
      }
    }
  }
  return {};
}

Result<void> Policies(const genesis::v1::Genesis& genesis) {
  AVAL_CHECK(Count("policies", genesis.policies_size(), 1, kPoliciesMax));
  if (genesis.policies(0).effective_day() > genesis.first_day()) {
    return Wrong("policies[0].effective_day", "is after the first day");
  }
  std::pair<std::uint32_t, std::uint32_t> last;  // Version, effective day.
  for (int i = 0; i < genesis.policies_size(); ++i) {
    const genesis::v1::Policy& policy = genesis.policies(i);
    const std::string item = Item("policies", i);
    if (policy.version() <= last.first) return Wrong(item + ".version", "not ascending from 1");
    AVAL_CHECK(field::DayNumber(item + ".effective_day", policy.effective_day()));
    if (policy.effective_day() < last.second) return Wrong(item + ".effective_day", "falls");
    last = {policy.version(), policy.effective_day()};
    AVAL_CHECK(PolicyNumbers(item, policy));
    AVAL_CHECK(PolicyLists(item, policy, genesis));
  }
  return {};
}

Result<void> ProductTerms(const std::string& name, const genesis::v1::Product& product) {
  if (product.method() == genesis::v1::METHOD_UNSPECIFIED) {
    return Wrong(name + ".method", "is not given");
  }
  AVAL_CHECK(Range(name + ".rate_ppm", product.rate_ppm(), 0, kWhole));
  AVAL_CHECK(Range(name + ".max_instalments", product.max_instalments(), 1, kInstalmentsMax));
  AVAL_CHECK(
      Range(name + ".min_instalments", product.min_instalments(), 1, product.max_instalments()));
  AVAL_CHECK(
      Range(name + ".free_instalments", product.free_instalments(), 0, product.max_instalments()));
  const bool sponsored = product.sponsor() != genesis::v1::SPONSOR_NONE;
  if (sponsored != (product.free_instalments() > 0)) {
    return Wrong(name + ".sponsor", "a sponsor pays free instalments, and only those");
  }
  AVAL_CHECK(Range(name + ".max_amount", product.max_amount(), 1, kAmountMax));
  AVAL_CHECK(Range(name + ".min_amount", product.min_amount(), 1, product.max_amount()));
  if (product.method() == genesis::v1::BULLET && product.max_instalments() != 1) {
    return Wrong(name + ".max_instalments", "a bullet has one");
  }
  AVAL_CHECK(Count(name + ".scenarios", product.scenarios_size(), 0, kScenariosMax));
  AVAL_CHECK(Ascending(name + ".scenarios", product.scenarios()));
  AVAL_CHECK(Count(name + ".tiers", product.tiers_size(), 0, kTiersMax));
  AVAL_CHECK(Ascending(name + ".tiers", product.tiers()));
  return field::CurrencyCode(name + ".currency", product.currency());
}

Result<void> Products(const genesis::v1::Genesis& genesis) {
  AVAL_CHECK(Count("products", genesis.products_size(), 0, kProductsMax));
  std::pair<std::uint32_t, std::uint32_t> last;
  for (int i = 0; i < genesis.products_size(); ++i) {
    const genesis::v1::Product& product = genesis.products(i);
    const std::string item = Item("products", i);
    if (product.number() == 0) return Wrong(item + ".number", "is not given");
    if (product.version() == 0) return Wrong(item + ".version", "is not given");
    const std::pair key(product.number(), product.version());
    if (key <= last) return Wrong(item, "not ascending by number and version");
    last = key;
    AVAL_CHECK(ProductTerms(item, product));
  }
  return {};
}

Result<void> Calendar(const genesis::v1::Genesis& genesis) {
  constexpr std::int64_t kWestMost = -12 * 60;
  constexpr std::int64_t kEastMost = 14 * 60;
  AVAL_CHECK(Range("time_ms", genesis.time_ms(), 0, kTimeMax));
  AVAL_CHECK(field::DayNumber("first_day", genesis.first_day()));
  if (genesis.calendar() == genesis::v1::CALENDAR_MODE_UNSPECIFIED) {
    return Wrong("calendar", "is not given");
  }
  return Range("utc_offset_minutes", genesis.utc_offset_minutes(), kWestMost, kEastMost);
}

}  // namespace

Result<void> CheckGenesis(const genesis::v1::Genesis& genesis) {
  AVAL_CHECK(Origin(genesis.origin()));
  if (genesis.schema() != AsText(ActSchemaDigest())) {
    return Wrong("schema", "is not the acts.proto that this program was built with");
  }
  if (!genesis.predecessor().empty()) {
    AVAL_CHECK(field::Digest("predecessor", genesis.predecessor()));
  }
  Keys keys;
  AVAL_CHECK(Institutions(genesis, keys));
  AVAL_CHECK(Nodes(genesis, keys));
  AVAL_CHECK(Calendar(genesis));
  AVAL_CHECK(Policies(genesis));
  AVAL_CHECK(Products(genesis));
  if (genesis.rule_version() != kRuleVersion) {
    return Wrong("rule_version", "a ledger begins with rule version 1");
  }
  return field::Digest("cosigner_policy", genesis.cosigner_policy());
}

}  // namespace aval::ledger
