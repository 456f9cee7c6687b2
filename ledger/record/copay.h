#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of co-payers: invitation and agreement (domain.md 2.4 and 2.6).

/// What a co-payer's word is in law; always one of these, by both signatures.
enum class LiabilityMode : std::uint8_t {
  kThirdPartyPayment = 1,  // May be debited as soon as the instalment is billed.
  kJointGuarantee = 2,     // Once the instalment is overdue.
  kGeneralGuarantee = 3,   // Never automatically (Civil Code Art. 687).
  kDebtJoining = 4,        // As soon as the instalment is billed.
};

enum class InvitationState : std::uint8_t {
  kOpen = 1,
  kAccepted = 2,
  kDeclined = 3,
  kWithdrawn = 4,
  kExpired = 5,
};

/// What a borrower asks somebody to stand for.
struct Invitation {
  static constexpr Table kTable = Table::kInvitation;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id invitation;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("invitation", k.invitation);
    }
  };

  InvitationState state = InvitationState::kOpen;
  Id loan;
  PartyId borrower;
  PartyId invitee;
  std::vector<std::uint16_t> instalments;  // Numbers, ascending.
  std::uint32_t share_ppm = 0;
  Currency currency;
  Amount cap;
  LiabilityMode mode = LiabilityMode::kThirdPartyPayment;
  crypto::Digest terms;
  crypto::Digest disclosure;
  Day invited;
  Day expiry;  // The last day on which it can be accepted.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("loan", r.loan);
    visit("borrower", r.borrower);
    visit("invitee", r.invitee);
    visit("instalments", r.instalments);
    visit("share_ppm", r.share_ppm);
    visit("currency", r.currency);
    visit("cap", r.cap);
    visit("mode", r.mode);
    visit("terms", r.terms);
    visit("disclosure", r.disclosure);
    visit("invited", r.invited);
    visit("expiry", r.expiry);
  }
};

/// Index: the open invitations of a borrower.
struct InvitationOf {
  static constexpr Table kTable = Table::kInvitationOf;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId borrower;
    Id invitation;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("borrower", k.borrower);
      visit("invitation", k.invitation);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

enum class AgreementState : std::uint8_t {
  kSigned = 1,     // By the co-payer.
  kReviewed = 2,   // By the independent attester.
  kActive = 3,     // By the lead lender, too: it may be debited.
  kDeclined = 4,   // By either of them.
  kCompleted = 5,  // Every instalment that it covers is paid or cancelled.
  kExhausted = 6,  // The cap is paid.
  kExpired = 7,    // Its last day has passed.
};

/// What was paid and is under way for one covered instalment.
struct CopayPart {
  std::uint16_t number = 0;
  Amount reserved{};  // By the one instruction under way.
  Amount paid{};
  std::uint32_t failures = 0;  // Instructions rejected or expired.
  Day retry_from{};            // No new one before; 0: none has failed.
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("number", r.number);
    visit("reserved", r.reserved);
    visit("paid", r.paid);
    visit("failures", r.failures);
    visit("retry_from", r.retry_from);
  }
};

/// A co-payer's signature on an invitation, with the debit mandate (R14). Shares of several
/// co-payers are several: what one's cap does not allow stays with the borrower.
///
/// Invariants: paid + reserved <= cap (I8), each the sum of its parts'; while it is live (SIGNED,
/// REVIEWED, ACTIVE) memo account 9200 has cap - paid, later nothing.
struct Agreement {
  static constexpr Table kTable = Table::kAgreement;
  static constexpr std::uint8_t kVersion = 1;
  // Live ones of one co-payer and on one loan, and open invitations of one borrower, that a policy
  // may allow.
  static constexpr std::size_t kLiveMax = 64;
  struct Key {
    Id agreement;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("agreement", k.agreement);
    }
  };

  AgreementState state = AgreementState::kSigned;
  Id invitation;
  Id loan;
  PartyId borrower;
  PartyId co_payer;
  LiabilityMode mode = LiabilityMode::kThirdPartyPayment;
  std::uint32_t share_ppm = 0;
  Currency currency;
  Amount cap;
  Amount reserved;
  Amount paid;
  std::vector<CopayPart> parts;  // Of the covered instalments, ascending.
  crypto::Digest acceptance;     // Identity of the accepting act.
  Day accepted;
  PartyId bank;  // Keeps the account.
  crypto::Digest account;
  bool bank_joined = false;
  Day last_day;
  PartyId reviewer;  // The second opinion's; the MEMO owner (0) before it.
  Id capacity;       // The attestation that it relies on.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("invitation", r.invitation);
    visit("loan", r.loan);
    visit("borrower", r.borrower);
    visit("co_payer", r.co_payer);
    visit("mode", r.mode);
    visit("share_ppm", r.share_ppm);
    visit("currency", r.currency);
    visit("cap", r.cap);
    visit("reserved", r.reserved);
    visit("paid", r.paid);
    visit("parts", r.parts);
    visit("acceptance", r.acceptance);
    visit("accepted", r.accepted);
    visit("bank", r.bank);
    visit("account", r.account);
    visit("bank_joined", r.bank_joined);
    visit("last_day", r.last_day);
    visit("reviewer", r.reviewer);
    visit("capacity", r.capacity);
  }
};

/// Index: the live agreements on a loan.
struct AgreementOn {
  static constexpr Table kTable = Table::kAgreementOn;
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

/// Index: the live agreements of a co-payer, each an edge of the guarantee graph.
struct AgreementBy {
  static constexpr Table kTable = Table::kAgreementBy;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId co_payer;
    Id agreement;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("co_payer", k.co_payer);
      visit("agreement", k.agreement);
    }
  };

  Id loan;
  PartyId borrower;
  Day last_day;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("loan", r.loan);
    visit("borrower", r.borrower);
    visit("last_day", r.last_day);
  }
};

}  // namespace aval::ledger
