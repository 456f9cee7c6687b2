#pragma once

#include <cstdint>

#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of money that goes back: refund, and what lies with a platform in somebody's name.

/// What a supplier gave back of a purchase, and where it went (A13).
struct Refund {
  static constexpr Table kTable = Table::kRefund;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id refund;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("refund", k.refund);
    }
  };

  Id purchase;
  Amount amount;
  Amount undue;      // Of it, what the platform did not owe the supplier yet.
  Amount principal;  // Of it, taken off the debt; the rest had been paid already.
  Amount charges;    // Paid ones that lenders gave back besides, when all was refunded.
  Amount claims;     // What co-payers got of what had been paid.
  std::uint32_t reason = 0;
  Day day;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("purchase", r.purchase);
    visit("amount", r.amount);
    visit("undue", r.undue);
    visit("principal", r.principal);
    visit("charges", r.charges);
    visit("claims", r.claims);
    visit("reason", r.reason);
    visit("day", r.day);
  }
};

/// What a platform's 2300 has of a participant beyond what open loans hold: it may be paid back.
/// Time alone may add to it (a bill that ends a loan), and so what comes in on a day may be paid
/// back from the next on: no answer hangs on how far a day's sweep has come.
///
/// Invariant: 2300 is the sum of it and of what the participant's loans hold.
struct CreditBalance {
  static constexpr Table kTable = Table::kCreditBalance;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId platform;
    PartyId participant;
    Currency currency;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("platform", k.platform);
      visit("participant", k.participant);
      visit("currency", k.currency);
    }
  };

  Amount amount;
  Amount fresh;  // Of it, what has come in on `day`.
  Day day;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("amount", r.amount);
    visit("fresh", r.fresh);
    visit("day", r.day);
  }
};

/// A payment of a credit balance to its participant's account; its id is used once.
struct Payment {
  static constexpr Table kTable = Table::kPayment;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id payment;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("payment", k.payment);
    }
  };

  PartyId platform;
  PartyId participant;
  PartyId bank;
  Currency currency;
  Amount amount;
  Day day;
  crypto::Digest reference;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("platform", r.platform);
    visit("participant", r.participant);
    visit("bank", r.bank);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("day", r.day);
    visit("reference", r.reference);
  }
};

}  // namespace aval::ledger
