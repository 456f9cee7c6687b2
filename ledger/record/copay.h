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
  bool joint = false;

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
    visit("joint", r.joint);
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
  kSuspended = 8,  // ACTIVE but for a hold: it counts, and takes no debits.
  kTerminated = 9,
  kExpiredByLaw = 10,  // A guarantee's period has passed without a demand (Art. 692).
};

/// Why an agreement ended before its time; the numbers are the act's.
enum class TerminationGround : std::uint8_t {
  kNone = 0,  // It was not terminated.
  kPaid = 1,
  kWithdrawal = 2,
  kBreach = 3,
  kMutual = 4,
  kRegulatory = 5,
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

/// A co-payer's signature on an invitation, with the debit mandate (R14). What its cap does not
/// allow of its share stays with the borrower, or, of a joint one, goes to the other joint ones.
///
/// Invariants: paid + reserved <= cap (I8), each the sum of its parts'; while it is live (SIGNED,
/// REVIEWED, ACTIVE, SUSPENDED) memo account 9200 has cap - paid, later nothing.
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
  PartyId reviewer;         // The second opinion's; the MEMO owner (0) before it.
  Id capacity;              // The attestation that it relies on.
  std::uint32_t holds = 0;  // Of supervisors and of those at risk (holds.h): SUSPENDED.
  bool joint = false;
  // A guarantee's last day by law, if nobody demands; 0: none. It is the law's as of the
  // acceptance, and stays when the debt changes (Art. 692, 695).
  Day period_end{};
  Day demanded{};           // 0: not.
  crypto::Digest notice{};  // Of the demand.
  TerminationGround ground = TerminationGround::kNone;
  std::uint32_t code = 0;  // Which breach or rule.
  PartyId by{};            // Who terminated it; the MEMO owner (0) when nobody has.
  Amount accrued{};        // What of its share had fallen due by then, and was unpaid.

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
    visit("holds", r.holds);
    visit("joint", r.joint);
    visit("period_end", r.period_end);
    visit("demanded", r.demanded);
    visit("notice", r.notice);
    visit("ground", r.ground);
    visit("code", r.code);
    visit("by", r.by);
    visit("accrued", r.accrued);
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
  Day last_day;  // Its own, or its guarantee period's if that is earlier.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("loan", r.loan);
    visit("borrower", r.borrower);
    visit("last_day", r.last_day);
  }
};

}  // namespace aval::ledger
