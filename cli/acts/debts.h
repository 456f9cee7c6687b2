#pragma once

#include <cstdint>

#include "cli/acts/money.h"
#include "crypto/digest.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// Bodies of the acts on debts: money in, and debts that end, or go on, otherwise than their first
/// schedule has it.

struct PaymentIn {
  ledger::Id id;  // A repayment's, or a recovery's.
  ledger::Id loan;
  Money amount;
  crypto::Digest reference;
  ledger::Id quote{};  // That a repayment carries out; zero: none.
};
act::v1::Act Repay(const PaymentIn& payment);
/// On a loan that all lenders have written off; without a quote.
act::v1::Act Recover(const PaymentIn& payment);

struct Quote {
  ledger::Id quote;
  ledger::Id loan;
  ledger::Day day;
  ledger::Amount total;
};
act::v1::Act QuoteEarly(const Quote& quote);

struct NewSchedule {
  ledger::Id restructuring;
  ledger::Id loan;
  std::uint32_t instalments = 0;
  ledger::Day first_due;
  std::uint32_t rate_ppm = 0;  // As the product's method has it.
  ledger::Day expiry;
};
act::v1::Act ProposeRestructuring(const NewSchedule& schedule);
/// `proposal` is the identity of the accepted act that proposed it.
act::v1::Act ConsentToRestructuring(const ledger::Id& restructuring, const crypto::Digest& proposal,
                                    bool decline);

act::v1::Act WriteOff(const ledger::Id& loan);
act::v1::Act WriteOff(const ledger::Id& loan, const crypto::Digest& legal_proof);

}  // namespace aval::cli::acts
