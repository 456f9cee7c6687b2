#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of debts that end, or go on, otherwise than their first schedule has it.

/// What ends a loan on one day, by the word of borrower and platform (A12).
struct EarlyQuote {
  static constexpr Table kTable = Table::kEarlyQuote;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id quote;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("quote", k.quote);
    }
  };

  Id loan;
  Day day;
  Amount total;  // Beside what the loan holds.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("loan", r.loan);
    visit("day", r.day);
    visit("total", r.total);
  }
};

/// Money on a loan that every lender has written off. No repayment or debit has its id: account
/// 1600 has all three.
struct Recovery {
  static constexpr Table kTable = Table::kRecovery;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id recovery;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("recovery", k.recovery);
    }
  };

  Id loan;
  PartyId bank;
  Currency currency;
  Amount amount;
  Day day;
  crypto::Digest reference;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("loan", r.loan);
    visit("bank", r.bank);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("day", r.day);
    visit("reference", r.reference);
  }
};

enum class RestructuringState : std::uint8_t {
  kOpen = 1,
  kApplied = 2,   // With the last consent of borrower and lenders.
  kDeclined = 3,  // By one of them.
  kExpired = 4,   // Its last day has passed.
};

/// Another schedule for what is unpaid of a loan, and who has agreed to it.
struct Restructuring {
  static constexpr Table kTable = Table::kRestructuring;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id restructuring;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("restructuring", k.restructuring);
    }
  };

  RestructuringState state = RestructuringState::kOpen;
  Id loan;
  crypto::Digest proposal;  // Identity of the proposing act.
  Day proposed;
  Day expiry;  // The last day on which it can be consented to.
  std::uint32_t instalments = 0;
  Day first_due;
  std::uint32_t rate_ppm = 0;
  std::vector<PartyId> consents;  // Of borrower, lenders and co-payers; ascending.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("loan", r.loan);
    visit("proposal", r.proposal);
    visit("proposed", r.proposed);
    visit("expiry", r.expiry);
    visit("instalments", r.instalments);
    visit("first_due", r.first_due);
    visit("rate_ppm", r.rate_ppm);
    visit("consents", r.consents);
  }
};

/// Index: the open proposal on a loan.
struct RestructuringOf {
  static constexpr Table kTable = Table::kRestructuringOf;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id loan;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("loan", k.loan);
    }
  };

  Id restructuring;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("restructuring", r.restructuring);
  }
};

}  // namespace aval::ledger
