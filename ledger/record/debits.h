#pragma once

#include <cstdint>

#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of what co-payers pay: debit instruction and recourse claim (domain.md 2.4).

enum class DebitState : std::uint8_t {
  kCreated = 1,
  kSubmitted = 2,
  kConfirmed = 3,
  kRejected = 4,
  kExpired = 5,
};

/// One pull from a co-payer's account. While CREATED or SUBMITTED its amount is reserved in the
/// instalment and in the agreement.
struct Debit {
  static constexpr Table kTable = Table::kDebit;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id debit;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("debit", k.debit);
    }
  };

  DebitState state = DebitState::kCreated;
  Id agreement;
  Id loan;
  std::uint16_t instalment = 0;
  PartyId payer;
  PartyId bank;
  Currency currency;
  Amount amount;
  Day created;
  Day expiry;                // The last day on which a result counts.
  std::uint32_t reason = 0;  // Why the bank rejected it.
  crypto::Digest reference;  // Of the bank's record of its result; zero before.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("agreement", r.agreement);
    visit("loan", r.loan);
    visit("instalment", r.instalment);
    visit("payer", r.payer);
    visit("bank", r.bank);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("created", r.created);
    visit("expiry", r.expiry);
    visit("reason", r.reason);
    visit("reference", r.reference);
  }
};

/// Index: the instructions under way on a loan, those that end first in front, so that an act on
/// the loan can first end what has run out, however far the day's sweep has come.
struct DebitOn {
  static constexpr Table kTable = Table::kDebitOn;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id loan;
    Day expiry;
    Id debit;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("loan", k.loan);
      visit("expiry", k.expiry);
      visit("debit", k.debit);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

/// What a co-payer has paid of an instalment in all, however its agreements have ended (B18).
struct Copaid {
  static constexpr Table kTable = Table::kCopaid;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id loan;
    std::uint16_t number = 0;
    PartyId co_payer;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("loan", k.loan);
      visit("number", k.number);
      visit("co_payer", k.co_payer);
    }
  };

  Amount paid;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("paid", r.paid);
  }
};

enum class ClaimState : std::uint8_t {
  kOpen = 1,
  kPartRecovered = 2,
  kRecovered = 3,
  kForgiven = 4,
  kTimeBarred = 5,
};

/// What a co-payer may ask back of the borrower; it ranks behind the lenders until the loan is paid
/// (R15). Memo accounts 9300 and 9301 of the agreement have amount - recovered (I7).
struct RecourseClaim {
  static constexpr Table kTable = Table::kRecourseClaim;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id agreement;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("agreement", k.agreement);
    }
  };

  ClaimState state = ClaimState::kOpen;
  Id loan;
  PartyId borrower;
  PartyId co_payer;
  Currency currency;
  Amount amount;  // Grows with each confirmed debit.
  Amount recovered;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("loan", r.loan);
    visit("borrower", r.borrower);
    visit("co_payer", r.co_payer);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("recovered", r.recovered);
  }
};

/// Index: the claims that co-payers have ever had by a loan, whatever has become of them.
struct ClaimOn {
  static constexpr Table kTable = Table::kClaimOn;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id loan;
    Id agreement;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("loan", k.loan);
      visit("agreement", k.agreement);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

}  // namespace aval::ledger
