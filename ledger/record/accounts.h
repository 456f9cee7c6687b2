#pragma once

#include <compare>
#include <cstdint>

#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of the book itself: account and obligation.

/// One account of the chart (domain.md 2.2). `subject` is a loan, an order, a grant, an agreement,
/// a party, or what moved a deposit (a repayment, debit, payment or recovery: no id names two), as
/// the code has it; zero where the chart says free. balance = debits - credits.
struct Account {
  static constexpr Table kTable = Table::kAccount;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId owner;
    std::uint16_t code = 0;
    Id subject;
    Currency currency;
    friend auto operator<=>(const Key&, const Key&) = default;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("owner", k.owner);
      visit("code", k.code);
      visit("subject", k.subject);
      visit("currency", k.currency);
    }
  };

  Amount debits;
  Amount credits;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("debits", r.debits);
    visit("credits", r.credits);
  }
};

/// Written once, by the act that causes it; settlement derives its state (domain.md 5.2).
struct Obligation {
  static constexpr Table kTable = Table::kObligation;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    std::uint64_t sequence = 0;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("sequence", k.sequence);
    }
  };

  PartyId from;
  PartyId to;
  Currency currency;
  Amount amount;
  Day day;
  std::uint64_t leaf = 0;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("from", r.from);
    visit("to", r.to);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("day", r.day);
    visit("leaf", r.leaf);
  }
};

}  // namespace aval::ledger
