#pragma once

#include <cstdint>

#include "ledger/proto/acts.pb.h"
#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/types.h"
#include "ledger/verdict.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {

/// The acts of co-payers in a market: borrower 1 asks borrower 2 for help with loan 1. Invitations,
/// agreements and debits are named by numbers.
class CopayDesk {
 public:
  /// `market` outlives it and has two borrowers.
  explicit CopayDesk(Market& market) : market_(market) {}

  static Id InvitationId(std::uint8_t number) { return TestId('I', number); }
  static Id AgreementId(std::uint8_t number) { return TestId('A', number); }
  static Id MandateId(std::uint8_t number) { return TestId('M', number); }
  static Id DebitId(std::uint8_t number) { return TestId('D', number); }

  /// Borrower 1 buys on three instalments, due 2017-02-01, 03-01 and 04-01, and pays the first in
  /// time; the day is then five days before the second is due.
  void OpenLoan();

  /// Half of instalment 2 of loan 1, up to 500.00, as a third party's payment, open until tomorrow.
  act::v1::CopayInvite Invitation(std::uint8_t number) const;
  /// Signed by the loan's borrower; by borrower 1 when there is no such loan.
  Verdict Invite(const act::v1::CopayInvite& act);
  /// On the terms of invitation `number`, for an account at bank B, for 100 days.
  act::v1::CopayAccept Acceptance(std::uint8_t number) const;
  /// Signed by the invitee.
  Verdict Accept(const act::v1::CopayAccept& act);

  /// An attestation of the co-payer's capacity by the other attester, from today on.
  Id AttestCapacity(std::uint8_t number, PartyId subject, std::int64_t capacity);
  /// By what the other attester has attested under that number, which AttestCapacity wrote.
  act::v1::CopayReview Review(std::uint8_t number) const;
  Verdict SecondOpinion(const act::v1::CopayReview& act);
  /// Bank A's, which lends most.
  act::v1::CopayReview Word(std::uint8_t number) const;
  Verdict LendersWord(const act::v1::CopayReview& act);
  act::v1::MandateJoin Joining(std::uint8_t number) const;
  Verdict Join(const act::v1::MandateJoin& act);

  /// From an invitation that the book accepts to an ACTIVE agreement that bank B has joined; the
  /// first refusal ends it.
  Verdict Agree(const act::v1::CopayInvite& invitation, std::uint8_t number);

  /// Debit `number` under agreement 1, for instalment 2, to be answered within three days.
  act::v1::DebitCreate Instruction(std::uint8_t number, std::int64_t amount) const;
  Verdict Create(const act::v1::DebitCreate& act);
  Verdict Submit(std::uint8_t number);
  act::v1::DebitResult Confirmation(std::uint8_t number, std::int64_t amount) const;
  act::v1::DebitResult Rejection(std::uint8_t number) const;
  Verdict Result(const act::v1::DebitResult& act);
  /// By the debit's bank, for reason 7.
  Verdict Return(std::uint8_t number);

  /// By whom the ground needs; with code 9 where it needs one.
  Verdict Terminate(std::uint8_t agreement, act::v1::CopayTerminate::Ground ground);
  /// By bank A, which lends most.
  Verdict Demand(std::uint8_t agreement);
  /// Bank A's RISK holds the agreement, and lifts that.
  Verdict Suspend(std::uint8_t agreement);
  Verdict Resume(std::uint8_t agreement);

  /// Of borrower 1, for the platform, on an account at bank B: up to 400.00 a debit, for 100 days.
  act::v1::MandateGive Mandate(std::uint8_t number) const;
  /// Signed by `borrower` and bank B.
  Verdict Give(const act::v1::MandateGive& act, PartyId borrower);
  Verdict Give(std::uint8_t number) { return Give(Mandate(number), market_.borrower(1)); }
  /// The same as Instruction, under mandate 1.
  act::v1::DebitCreate OwnInstruction(std::uint8_t number, std::int64_t amount) const;

  /// Of a claim; signed by borrower 1 and borrower 2, or by bank B.
  act::v1::RecourseRepay PayingBack(std::uint8_t number, std::int64_t amount) const;
  Verdict PayBackBetweenThem(const act::v1::RecourseRepay& act);
  Verdict PayBackByBank(const act::v1::RecourseRepay& act);
  /// Of claim 1, by borrower 2.
  Verdict Forgive(std::int64_t amount);

  Agreement AgreementNow(std::uint8_t number) const {
    return market_.book().Get<Agreement>({AgreementId(number)});
  }
  Debit DebitNow(std::uint8_t number) const { return market_.book().Get<Debit>({DebitId(number)}); }
  RecourseClaim ClaimNow(std::uint8_t agreement) const {
    return market_.book().Get<RecourseClaim>({AgreementId(agreement)});
  }
  /// Debits less credits of the memo's owner.
  std::int64_t Memo(std::uint16_t code, std::uint8_t agreement) const {
    return market_.book().Balance(PartyId::Memo(), code, AgreementId(agreement)).minor;
  }

 private:
  Market& market_;
};

}  // namespace aval::ledger::rules
