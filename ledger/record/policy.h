#pragma once

#include <cstdint>
#include <vector>

#include "ledger/record/attestations.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of what the members have agreed to do business by: policies and products.

/// What a policy says of co-payers and of debits from their accounts (domain.md 2.4; B13, B18,
/// K15).
struct CopayPolicy {
  std::uint32_t max_share_ppm = 0;       // Of one co-payer; 0: there are no co-payers.
  std::uint32_t borrower_share_ppm = 0;  // What a borrower keeps of an instalment at least.
  Amount min;                            // Of a cap, and of a debit.
  Amount max_commitment;                 // All that one co-payer stands for, per currency.
  std::uint32_t max_instalments = 0;     // Of one agreement.
  std::uint32_t agreements = 0;          // Live ones of one co-payer, and of one loan.
  std::uint32_t open_invitations = 0;    // Of one borrower.
  std::uint32_t invitation_days = 0;     // Longest life of an invitation, after its own day.
  std::uint32_t window_days = 0;         // From so long before the due day a borrower may ask.
  std::uint32_t max_days = 0;            // Longest life of an agreement, after its own day.
  std::uint32_t debit_days = 0;          // Longest life of an instruction, after its own day.
  std::uint32_t debit_attempts = 0;      // That fail in a row, for one instalment.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("max_share_ppm", r.max_share_ppm);
    visit("borrower_share_ppm", r.borrower_share_ppm);
    visit("min", r.min);
    visit("max_commitment", r.max_commitment);
    visit("max_instalments", r.max_instalments);
    visit("agreements", r.agreements);
    visit("open_invitations", r.open_invitations);
    visit("invitation_days", r.invitation_days);
    visit("window_days", r.window_days);
    visit("max_days", r.max_days);
    visit("debit_days", r.debit_days);
    visit("debit_attempts", r.debit_attempts);
  }
};

/// Business parameters from `effective` on (domain.md 2.4 and section 4); the one in force is the
/// one with the latest effective day <= today. A loan keeps the version it was made under.
struct Policy {
  static constexpr Table kTable = Table::kPolicy;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Day effective;
    std::uint32_t version = 0;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("effective", k.effective);
      visit("version", k.version);
    }
  };

  std::uint32_t max_instalments = 24;
  Amount min_instalment;
  Amount max_purchase;
  Amount max_limit_person;
  Amount max_limit_sme;
  std::uint32_t partner_floor_ppm = 300'000;
  std::uint32_t single_partner_ppm = 0;  // 0: not checked.
  std::uint32_t joint_lending_ppm = 0;   // 0: not checked.
  std::uint32_t cost_cap_irr_ppm = 240'000;
  std::uint32_t authorisation_days = 0;
  std::uint32_t bill_lead_days = 0;
  std::uint32_t grace_days = 0;
  std::uint32_t penalty_ppm_per_day = 0;
  Amount penalty_min_per_day;
  bool penalty_on_all_unpaid = false;
  std::uint32_t switch_dpd = 90;
  std::uint32_t default_dpd = 90;
  std::vector<AttestationKind> required_attestations;
  std::uint32_t capacity_max_age_days = 180;
  std::uint32_t limit_factor_max_ppm = 0;
  Amount limit_step;
  std::vector<std::uint32_t> tier_edges;
  std::vector<Amount> tier_limits;
  std::vector<std::uint32_t> scenarios;
  std::uint32_t first_due_max_days = 0;
  std::vector<std::uint64_t>
      lender_pairs;                      // bank number << 32 | partner number; empty: not checked.
  std::uint32_t grants_per_30_days = 0;  // 0: not checked.

  CopayPolicy copay{};

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("max_instalments", r.max_instalments);
    visit("min_instalment", r.min_instalment);
    visit("max_purchase", r.max_purchase);
    visit("max_limit_person", r.max_limit_person);
    visit("max_limit_sme", r.max_limit_sme);
    visit("partner_floor_ppm", r.partner_floor_ppm);
    visit("single_partner_ppm", r.single_partner_ppm);
    visit("joint_lending_ppm", r.joint_lending_ppm);
    visit("cost_cap_irr_ppm", r.cost_cap_irr_ppm);
    visit("authorisation_days", r.authorisation_days);
    visit("bill_lead_days", r.bill_lead_days);
    visit("grace_days", r.grace_days);
    visit("penalty_ppm_per_day", r.penalty_ppm_per_day);
    visit("penalty_min_per_day", r.penalty_min_per_day);
    visit("penalty_on_all_unpaid", r.penalty_on_all_unpaid);
    visit("switch_dpd", r.switch_dpd);
    visit("default_dpd", r.default_dpd);
    visit("required_attestations", r.required_attestations);
    visit("capacity_max_age_days", r.capacity_max_age_days);
    visit("limit_factor_max_ppm", r.limit_factor_max_ppm);
    visit("limit_step", r.limit_step);
    visit("tier_edges", r.tier_edges);
    visit("tier_limits", r.tier_limits);
    visit("scenarios", r.scenarios);
    visit("first_due_max_days", r.first_due_max_days);
    visit("lender_pairs", r.lender_pairs);
    visit("grants_per_30_days", r.grants_per_30_days);
    visit("copay", r.copay);
  }
};

enum class Method : std::uint8_t { kFeeFlat = 1, kEqualPrincipal = 2, kAnnuity = 3 };
enum class Sponsor : std::uint8_t { kNone = 0, kSupplier = 1, kPlatform = 2 };

struct Product {
  static constexpr Table kTable = Table::kProduct;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    std::uint32_t product = 0;
    std::uint32_t version = 0;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("product", k.product);
      visit("version", k.version);
    }
  };

  Method method = Method::kFeeFlat;
  std::uint32_t rate_ppm = 0;  // A month (fee) or a year (interest).
  std::uint32_t free_instalments = 0;
  Sponsor sponsor = Sponsor::kNone;
  std::uint32_t min_instalments = 1;
  std::uint32_t max_instalments = 24;
  Amount min_amount;
  Amount max_amount;
  Currency currency;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("method", r.method);
    visit("rate_ppm", r.rate_ppm);
    visit("free_instalments", r.free_instalments);
    visit("sponsor", r.sponsor);
    visit("min_instalments", r.min_instalments);
    visit("max_instalments", r.max_instalments);
    visit("min_amount", r.min_amount);
    visit("max_amount", r.max_amount);
    visit("currency", r.currency);
  }
};

}  // namespace aval::ledger
