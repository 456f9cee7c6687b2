#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/lender_part.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of what is taken from payers' accounts, and of what co-payers may ask back: debit
/// instruction, borrower's mandate, recourse claim (domain.md 2.4).

enum class DebitState : std::uint8_t {
  kCreated = 1,
  kSubmitted = 2,
  kConfirmed = 3,
  kRejected = 4,
  kExpired = 5,
  kCancelled = 6,  // Its agreement was terminated before it was submitted.
  kReturned = 7,   // CONFIRMED, and taken back by its bank.
};

/// What a confirmed debit has paid one lender.
struct DebitPart {
  PartyId lender;
  bool recovered = false;  // The lender had given its part up before: it was a recovery.
  LenderAmounts paid{};
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("lender", r.lender);
    visit("recovered", r.recovered);
    visit("paid", r.paid);
  }
};

/// One pull from a payer's account: a co-payer's under its agreement, or the borrower's own under
/// its mandate. While CREATED or SUBMITTED its amount is reserved in the instalment and, a
/// co-payer's, in the agreement. CONFIRMED or RETURNED, its parts sum to its amount.
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
  Id agreement;  // Zero under a mandate.
  Id loan;
  std::uint16_t instalment = 0;
  PartyId payer;
  PartyId bank;
  Currency currency;
  Amount amount;
  Day created;
  Day expiry;                         // The last day on which a result counts.
  std::uint32_t reason = 0;           // Why the bank rejected or returned it.
  crypto::Digest reference;           // Of the bank's record of its result; zero before.
  Id mandate{};                       // Zero under an agreement.
  Day result_day{};                   // 0 before.
  std::vector<DebitPart> parts{};     // By lender, in the loan's order.
  crypto::Digest return_reference{};  // Of the bank's record of its return.

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
    visit("mandate", r.mandate);
    visit("result_day", r.result_day);
    visit("parts", r.parts);
    visit("return_reference", r.return_reference);
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

enum class MandateState : std::uint8_t { kGiven = 1, kRevoked = 2 };

/// A borrower's word to its bank that a platform may debit its account for what is billed (R14). It
/// runs out by its date alone.
struct Mandate {
  static constexpr Table kTable = Table::kMandate;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id mandate;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("mandate", k.mandate);
    }
  };

  MandateState state = MandateState::kGiven;
  PartyId borrower;
  PartyId platform;
  PartyId bank;  // Keeps the account.
  crypto::Digest account;
  Currency currency;
  Amount most;  // Of one debit.
  Day given;
  Day last_day;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("borrower", r.borrower);
    visit("platform", r.platform);
    visit("bank", r.bank);
    visit("account", r.account);
    visit("currency", r.currency);
    visit("most", r.most);
    visit("given", r.given);
    visit("last_day", r.last_day);
  }
};

enum class ClaimState : std::uint8_t {
  kOpen = 1,
  kPartRecovered = 2,
  kRecovered = 3,
  kForgiven = 4,
  kTimeBarred = 5,
  kReturned = 6,  // The debits behind it were all taken back.
};

/// What a co-payer may ask back of the borrower; it ranks behind the lenders until the loan is paid
/// (R15). Open of it is what is neither recovered nor forgiven nor barred: that much memo accounts
/// 9300 and 9301 of the agreement have (I7). While something is open and last_day is not 0, it has
/// the calendar item of the day after.
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
  Amount amount;  // Grows with each confirmed debit, and falls with each that is returned.
  Amount recovered;
  Amount forgiven{};
  Amount barred{};  // By time; what it grows by later is open again.
  Day grown{};
  Day last_day{};  // By the policy of the day on which it last grew; 0: time never bars it.
  Amount Open() const { return {amount.minor - recovered.minor - forgiven.minor - barred.minor}; }

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("loan", r.loan);
    visit("borrower", r.borrower);
    visit("co_payer", r.co_payer);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("recovered", r.recovered);
    visit("forgiven", r.forgiven);
    visit("barred", r.barred);
    visit("grown", r.grown);
    visit("last_day", r.last_day);
  }
};

/// A payment on a claim; its id is used once.
struct RecoursePayment {
  static constexpr Table kTable = Table::kRecoursePayment;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id repayment;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("repayment", k.repayment);
    }
  };

  Id agreement;
  PartyId bank;  // The MEMO owner (0) when the two have settled it between themselves.
  Currency currency;
  Amount amount;
  Day day;
  crypto::Digest reference;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("agreement", r.agreement);
    visit("bank", r.bank);
    visit("currency", r.currency);
    visit("amount", r.amount);
    visit("day", r.day);
    visit("reference", r.reference);
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
