#pragma once

#include <cstdint>
#include <vector>

#include "ledger/arithmetic/early.h"
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
  std::uint32_t return_days = 0;         // For so long after its result a debit may be taken back.
  std::uint32_t notice_days = 0;         // Of a withdrawal, before the next due day.
  std::uint32_t guarantee_months = 0;    // After the last covered due day; 0: no end.
  std::uint32_t recourse_days = 0;       // A claim ends so long after it last grew; 0: never.

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
    visit("return_days", r.return_days);
    visit("notice_days", r.notice_days);
    visit("guarantee_months", r.guarantee_months);
    visit("recourse_days", r.recourse_days);
  }
};

/// What a borrower pays who repays early (A12).
struct EarlyPolicy {
  arithmetic::EarlyCharges charges = arithmetic::EarlyCharges::kWaiveFuture;
  std::uint32_t prepay_ppm = 0;  // Of the principal repaid early.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("charges", r.charges);
    visit("prepay_ppm", r.prepay_ppm);
  }
};

/// What suppliers are owed, and when.
struct SupplierPolicy {
  std::uint32_t payment_max_days = 0;            // R19: after delivery.
  std::uint32_t assign_max_days = 0;             // R20: what is due later is not assigned.
  std::vector<std::uint32_t> prepaid_scenarios;  // B23: their price lies in escrow; ascending.
  std::uint32_t release_steps = 0;               // Most steps of an escrow.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("payment_max_days", r.payment_max_days);
    visit("assign_max_days", r.assign_max_days);
    visit("prepaid_scenarios", r.prepaid_scenarios);
    visit("release_steps", r.release_steps);
  }
};

/// What happens to debts that are in trouble.
struct RecoveryPolicy {
  std::uint32_t write_off_dpd = 0;     // Without a legal proof not before.
  std::uint32_t restructurings = 0;    // Of one loan.
  std::uint32_t restructure_days = 0;  // The last due day moves by so many at most.
  std::uint32_t dispute_days = 0;      // Most days in dispute of an instalment, beside one.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("write_off_dpd", r.write_off_dpd);
    visit("restructurings", r.restructurings);
    visit("restructure_days", r.restructure_days);
    visit("dispute_days", r.dispute_days);
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
  std::uint32_t review_days = 0;      // R07: how long a lender's decision lasts; 0: for ever.
  std::uint32_t bullet_max_days = 0;  // R06: longest term of a bullet.
  EarlyPolicy early{};
  SupplierPolicy supplier{};
  RecoveryPolicy recovery{};
  std::vector<std::uint32_t> attestation_codes;  // A29: of REGISTERED attestations; ascending.

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
    visit("review_days", r.review_days);
    visit("bullet_max_days", r.bullet_max_days);
    visit("early", r.early);
    visit("supplier", r.supplier);
    visit("recovery", r.recovery);
    visit("attestation_codes", r.attestation_codes);
  }
};

enum class Method : std::uint8_t { kFeeFlat = 1, kEqualPrincipal = 2, kAnnuity = 3, kBullet = 4 };
enum class Sponsor : std::uint8_t { kNone = 0, kSupplier = 1, kPlatform = 2 };

/// Whom a product is for.
enum class Borrowers : std::uint8_t { kAll = 0, kPersons = 1, kSmes = 2 };

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
  std::vector<std::uint32_t> scenarios{};  // Ascending; empty: every one of the policy (A33).
  std::vector<std::uint32_t> tiers{};      // Ascending; empty: every one (A20).
  Borrowers borrowers = Borrowers::kAll;

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
    visit("scenarios", r.scenarios);
    visit("tiers", r.tiers);
    visit("borrowers", r.borrowers);
  }
};

}  // namespace aval::ledger
