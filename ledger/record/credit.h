#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/attestations.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of credit: policy, product, grant, purchase, loan, instalment, bill.

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

enum class GrantState : std::uint8_t {
  kProposed = 1,
  kOffered = 2,
  kActive = 3,
  kFrozen = 4,
  kExpired = 5,
  kClosed = 6,
  kDeclined = 7,
};

struct GrantLender {
  PartyId lender;
  std::uint32_t share_ppm = 0;
  bool decided = false;
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("lender", r.lender);
    visit("share_ppm", r.share_ppm);
    visit("decided", r.decided);
  }
};

/// Invariant I4: used = outstanding principal of its loans + live reservations; reserved is the
/// second part.
struct Grant {
  static constexpr Table kTable = Table::kGrant;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id grant;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("grant", k.grant);
    }
  };

  GrantState state = GrantState::kProposed;
  PartyId borrower;
  PartyId platform;
  std::vector<GrantLender> lenders;  // Ascending; shares sum to 1,000,000 (I12).
  Currency currency;
  Amount limit;
  Amount used;
  Amount reserved;
  std::uint32_t tier = 0;
  std::vector<Id> attestations;
  crypto::Digest model;
  crypto::Digest proposal;  // Identity of the proposing act.
  Day proposed;
  Day expiry;  // The last day on which it is live.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("borrower", r.borrower);
    visit("platform", r.platform);
    visit("lenders", r.lenders);
    visit("currency", r.currency);
    visit("limit", r.limit);
    visit("used", r.used);
    visit("reserved", r.reserved);
    visit("tier", r.tier);
    visit("attestations", r.attestations);
    visit("model", r.model);
    visit("proposal", r.proposal);
    visit("proposed", r.proposed);
    visit("expiry", r.expiry);
  }
};

/// Index: the live grants of a borrower (proposed, offered, active, frozen): what R06 sums.
struct GrantOf {
  static constexpr Table kTable = Table::kGrantOf;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId borrower;
    Id grant;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("borrower", k.borrower);
      visit("grant", k.grant);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

enum class PurchaseState : std::uint8_t {
  kAuthorised = 1,
  kCaptured = 2,
  kDelivered = 3,
  kVoided = 4,
  kExpired = 5,
};

/// Its loan has the same id.
struct Purchase {
  static constexpr Table kTable = Table::kPurchase;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id purchase;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("purchase", k.purchase);
    }
  };

  PurchaseState state = PurchaseState::kAuthorised;
  Id grant;
  PartyId borrower;
  PartyId supplier;
  crypto::Digest order;
  std::uint32_t scenario = 0;
  std::uint32_t product = 0;
  std::uint32_t product_version = 0;
  std::uint32_t policy_version = 0;
  Day policy_effective;
  Currency currency;
  Amount amount;    // Reserved at authorisation.
  Amount captured;  // At most `amount`.
  std::uint32_t instalments = 0;
  Day authorised;
  Day first_due;
  Day expiry;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("grant", r.grant);
    visit("borrower", r.borrower);
    visit("supplier", r.supplier);
    visit("order", r.order);
    visit("scenario", r.scenario);
    visit("product", r.product);
    visit("product_version", r.product_version);
    visit("policy_version", r.policy_version);
    visit("policy_effective", r.policy_effective);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("captured", r.captured);
    visit("instalments", r.instalments);
    visit("authorised", r.authorised);
    visit("first_due", r.first_due);
    visit("expiry", r.expiry);
  }
};

/// Index: the live reservations of a grant, those that end first in front, so that an act on a
/// grant can first end what has run out, however far the day's sweep has come.
struct ReservationOf {
  static constexpr Table kTable = Table::kReservationOf;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id grant;
    Day expiry;
    Id purchase;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("grant", k.grant);
      visit("expiry", k.expiry);
      visit("purchase", k.purchase);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

}  // namespace aval::ledger
