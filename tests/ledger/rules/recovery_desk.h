#pragma once

#include <cstdint>
#include <string>

#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"
#include "ledger/verdict.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {

/// The acts of debts that end otherwise than by their schedule, in a market. Quotes, payments and
/// recoveries are named by numbers.
class RecoveryDesk {
 public:
  /// `market` outlives it.
  explicit RecoveryDesk(Market& market) : market_(market) {}

  static Id QuoteId(std::uint8_t number) { return TestId('Q', number); }
  static Id RecoveryId(std::uint8_t number) { return TestId('V', number); }

  /// Of today.
  act::v1::EarlyRepay Quote(std::uint8_t number, std::uint8_t loan, std::int64_t total) const;
  /// Signed by the loan's borrower, borrower 1 when there is no such loan, and the platform.
  Verdict Agree(const act::v1::EarlyRepay& act);
  /// That quote's, through bank B; `repayment` as Market's.
  act::v1::Repay Payment(std::uint8_t repayment, std::uint8_t quote) const;
  Verdict Pay(const act::v1::Repay& act);

  act::v1::WriteOff GivingUp(std::uint8_t loan, bool proof) const;
  Verdict GiveUp(std::uint8_t loan, PartyId lender, bool proof = false);
  /// Through bank B.
  act::v1::Recover Recovering(std::uint8_t number, std::uint8_t loan, std::int64_t amount) const;
  Verdict Recover(const act::v1::Recover& act);

  static Id RestructuringId(std::uint8_t number) { return TestId('T', number); }
  /// Four instalments from a month on, at 0.5 %, open for five days.
  act::v1::RestructurePropose Proposal(std::uint8_t number, std::uint8_t loan) const;
  /// Signed by the loan's borrower, borrower 1 when there is no such loan.
  Verdict Propose(const act::v1::RestructurePropose& act);
  act::v1::RestructureConsent Consent(std::uint8_t number, bool decline = false) const;
  /// Of a participant, or of a lender.
  Verdict ConsentAs(PartyId party, std::uint8_t number, bool decline = false);

 private:
  Market& market_;
};

}  // namespace aval::ledger::rules
