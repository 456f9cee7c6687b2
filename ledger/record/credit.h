#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/policy.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of credit: grant and purchase.

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
  Day decided{};  // When it last decided for the grant (R07, R08); 0: not yet.

  bool HasDecided() const { return decided != Day{}; }
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
  std::vector<PartyId> former_attesters;  // Whose attestations raises have replaced, ascending.
  crypto::Digest model;
  crypto::Digest proposal;  // Identity of the proposing act.
  Day proposed;
  Day expiry;               // The last day on which it is live.
  std::uint32_t holds = 0;  // Of supervisors and of those at risk (holds.h).
  Day review;  // When the calendar asks whether every decision still counts (R07); 0: never.

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
    visit("former_attesters", r.former_attesters);
    visit("model", r.model);
    visit("proposal", r.proposal);
    visit("proposed", r.proposed);
    visit("expiry", r.expiry);
    visit("holds", r.holds);
    visit("review", r.review);
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

/// Its loan has the same id. What the platform will owe for it, and owes not yet, is `payable`: in
/// the platform's 2100, in the name of the financier that bought it, else of the supplier.
///
/// Invariant: the calendar has an item for `payable_due` while something is payable then.
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
  Amount payable;                 // All that is captured, to begin with.
  Day payable_due;                // When it is paid later than on delivery (R19); else 0.
  std::vector<Day> release_days;  // Prepaid alone: the steps of its escrow (B23).
  std::uint32_t released = 0;     // Those of them that are done.
  PartyId financier;              // The MEMO owner (0): the supplier has not sold its claim.

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
    visit("payable", r.payable);
    visit("payable_due", r.payable_due);
    visit("release_days", r.release_days);
    visit("released", r.released);
    visit("financier", r.financier);
  }
};

/// How long a supplier waits for its money (A15): of its sales, what its platform has come to owe
/// it or a financier has bought, and each amount times the days since its capture, summed. Days
/// sales outstanding are amount_days / collected. Both are halved, rounded down, before one would
/// overflow: the quotient stays.
struct SupplierSales {
  static constexpr Table kTable = Table::kSupplierSales;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId supplier;
    Currency currency;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("supplier", k.supplier);
      visit("currency", k.currency);
    }
  };

  Amount collected;
  std::uint64_t amount_days = 0;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("collected", r.collected);
    visit("amount_days", r.amount_days);
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
