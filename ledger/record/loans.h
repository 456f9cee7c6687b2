#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/accounts.h"
#include "ledger/record/lender_part.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of debts: loan, instalment, bill, repayment; with the book that keeps them (accounts.h).

enum class LoanState : std::uint8_t {
  kOpen = 1,
  kOverdue = 2,
  kPaidOff = 3,
  kRefunded = 4,
  kWrittenOff = 5,
  kRecovered = 6,  // Written off, and all of it paid since.
};

/// What the charges of a loan's unbilled instalments are counted on.
struct LoanPricing {
  std::uint32_t rate_ppm = 0;  // The product's, until a restructuring names another.
  Amount principal;            // At the start, less what has been refunded since.
  Day start;                   // The opening, or the day of the last restructuring.
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("rate_ppm", r.rate_ppm);
    visit("principal", r.principal);
    visit("start", r.start);
  }
};

/// Invariant I3: what lenders have outstanding and what they have written off of the principal sum
/// to the instalments' unpaid principal. One that is PAID_OFF, REFUNDED or
/// RECOVERED holds no money: what it held is in the borrower's CreditBalance.
struct Loan {
  static constexpr Table kTable = Table::kLoan;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id loan;  // The purchase's id.
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("loan", k.loan);
    }
  };

  LoanState state = LoanState::kOpen;
  Id grant;
  PartyId borrower;
  PartyId platform;  // The servicer.
  PartyId supplier;
  PartyId sponsor;  // Pays the free instalments' charges; the MEMO owner (0) when there is none.
  std::vector<LenderPart> lenders;
  Currency currency;
  Amount principal;
  std::uint32_t instalments = 0;
  std::uint32_t first_unpaid = 1;  // Of the oldest instalment not finished; n + 1 when none.
  std::uint32_t product = 0;
  std::uint32_t product_version = 0;
  std::uint32_t policy_version = 0;  // Pricing is pinned to it.
  Day policy_effective;
  Day opened;
  bool defaulted = false;
  Amount held;  // Paid beyond what was billed; in the servicer's 2300 until the next bill takes it.
  std::uint64_t principal_days =
      0;             // Outstanding principal, summed over the days before `counted`.
  Day counted;       // Its opening to begin with.
  Amount refunded;   // By the supplier, of the principal.
  Amount recovered;  // Paid to lenders that had written it off.
  std::uint32_t restructurings = 0;
  LoanPricing pricing;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("grant", r.grant);
    visit("borrower", r.borrower);
    visit("platform", r.platform);
    visit("supplier", r.supplier);
    visit("sponsor", r.sponsor);
    visit("lenders", r.lenders);
    visit("currency", r.currency);
    visit("principal", r.principal);
    visit("instalments", r.instalments);
    visit("first_unpaid", r.first_unpaid);
    visit("product", r.product);
    visit("product_version", r.product_version);
    visit("policy_version", r.policy_version);
    visit("policy_effective", r.policy_effective);
    visit("opened", r.opened);
    visit("defaulted", r.defaulted);
    visit("held", r.held);
    visit("principal_days", r.principal_days);
    visit("counted", r.counted);
    visit("refunded", r.refunded);
    visit("recovered", r.recovered);
    visit("restructurings", r.restructurings);
    visit("pricing", r.pricing);
  }
};

/// Index: the loans of a grant that hold money, for their next bill or for a debit that may fail.
/// Time alone lets them take it, at a bill's issue or a debit's end, and so lowers what the grant
/// has used: an act that asks what is left runs such loans' due items first.
struct HeldOf {
  static constexpr Table kTable = Table::kHeldOf;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id grant;
    Id loan;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("grant", k.grant);
      visit("loan", k.loan);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

enum class InstalmentState : std::uint8_t {
  kScheduled = 1,
  kBilled = 2,
  kDue = 3,
  kPartPaid = 4,
  kOverdue = 5,
  kPaid = 6,
  kWrittenOff = 7,
  kCancelled = 8,
};

/// due = what was or will be charged; unpaid = due - paid - waived, never negative.
struct Component {
  Amount due;
  Amount paid;
  Amount waived;
  Amount Unpaid() const { return {due.minor - paid.minor - waived.minor}; }
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("due", r.due);
    visit("paid", r.paid);
    visit("waived", r.waived);
  }
};

/// The borrower's own debits of an instalment.
struct OwnDebits {
  Amount reserved{};           // By the one instruction under way.
  std::uint32_t failures = 0;  // Instructions rejected or expired.
  Day retry_from{};            // No new one before; 0: none has failed.
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("reserved", r.reserved);
    visit("failures", r.failures);
    visit("retry_from", r.retry_from);
  }
};

/// One pending calendar item at most: (next_day, instalments' queue, loan, number); next_day 0
/// means none. Penalty is charged for the days before penalty_day (the due day to begin with).
/// A free instalment's charge is due and waived, and stands in `subsidy` for the sponsor. What a
/// refund takes off is waived, too. What is CANCELLED has nothing left; what is WRITTEN_OFF is
/// still owed and may be recovered.
///
/// A dispute pauses it from `disputed_from` to before `disputed_until`; those of the latest stand
/// here, and of those before only the days that count: after the due day, in `paused_days`.
struct Instalment {
  static constexpr Table kTable = Table::kInstalment;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id loan;
    std::uint16_t number = 0;  // From 1.
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("loan", k.loan);
      visit("number", k.number);
    }
  };

  InstalmentState state = InstalmentState::kScheduled;
  Day due;
  Component cost;
  Component penalty;
  Component fee;
  Component interest;
  Component principal;
  Amount subsidy;   // Charge that the sponsor bears when this instalment is billed.
  Amount reserved;  // By debit instructions under way; at most what is unpaid (I11).
  Amount copaid;    // Of what is paid, by co-payers' debits.
  std::uint8_t bucket = 0;
  Day penalty_day;
  Day next_day;
  Day billed;  // When it was put on the bill of its due day; 0: on none.
  // Of fee and interest: what a restructuring has carried into it. Receivable before it is billed,
  // paid first, and no base of penalty.
  Amount carried_fee;
  Amount carried_interest;
  OwnDebits own{};
  // Of joint co-payers whose caps are spent: their shares, and what they have paid of it. The other
  // joint ones bear the rest (A10).
  std::uint32_t spent_ppm = 0;
  Amount spent{};
  Day disputed_from;   // 0: never.
  Day disputed_until;  // The first day that counts again.
  std::uint32_t paused_days = 0;
  std::uint32_t disputed_days = 0;  // Of those before, all: what the policy bounds.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("due", r.due);
    visit("cost", r.cost);
    visit("penalty", r.penalty);
    visit("fee", r.fee);
    visit("interest", r.interest);
    visit("principal", r.principal);
    visit("subsidy", r.subsidy);
    visit("reserved", r.reserved);
    visit("copaid", r.copaid);
    visit("bucket", r.bucket);
    visit("penalty_day", r.penalty_day);
    visit("next_day", r.next_day);
    visit("billed", r.billed);
    visit("carried_fee", r.carried_fee);
    visit("carried_interest", r.carried_interest);
    visit("own", r.own);
    visit("spent_ppm", r.spent_ppm);
    visit("spent", r.spent);
    visit("disputed_from", r.disputed_from);
    visit("disputed_until", r.disputed_until);
    visit("paused_days", r.paused_days);
    visit("disputed_days", r.disputed_days);
  }
};

enum class BillState : std::uint8_t { kIssued = 1, kSettled = 2, kOverdue = 3 };

/// The instalments of one borrower with the same due day and currency.
struct Bill {
  static constexpr Table kTable = Table::kBill;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId borrower;
    Day due;
    Currency currency;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("borrower", k.borrower);
      visit("due", k.due);
      visit("currency", k.currency);
    }
  };

  BillState state = BillState::kIssued;
  Day issued;
  Amount amount;  // Sum of the instalments at issue, less what refunds have taken off.
  Amount paid;    // Of principal, fee and interest.
  std::uint32_t instalments = 0;
  std::uint32_t open = 0;     // Instalments of the bill of which something is left.
  std::uint32_t overdue = 0;  // Those OVERDUE or WRITTEN_OFF; the bill is while there is one.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("issued", r.issued);
    visit("amount", r.amount);
    visit("paid", r.paid);
    visit("instalments", r.instalments);
    visit("open", r.open);
    visit("overdue", r.overdue);
  }
};

/// A repayment's id is used once.
struct Repayment {
  static constexpr Table kTable = Table::kRepayment;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id repayment;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("repayment", k.repayment);
    }
  };

  Id loan;
  PartyId bank;
  Currency currency;
  Amount amount;
  Amount overpaid;
  Day day;
  crypto::Digest reference;
  Id quote{};  // That it has carried out; zero: none.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("loan", r.loan);
    visit("bank", r.bank);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("overpaid", r.overpaid);
    visit("day", r.day);
    visit("reference", r.reference);
    visit("quote", r.quote);
  }
};

}  // namespace aval::ledger
